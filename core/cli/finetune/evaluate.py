"""``finetune evaluate``: whether a tuned model is better than the one before."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.output import Done, ProgressBar, say
from core.domain.roles import COMMAND_LINE
from core.domain.texts import plural
from core.services.workspace import open_workspace

if TYPE_CHECKING:
    from core.finetuning.evaluation import Step
    from core.services.finetuning.evaluating import Evaluation


def evaluate(options: argparse.Namespace) -> Done:
    """Measure and print it; the verdict comes last."""
    from core.services.finetuning import evaluating  # loads torch and transformers

    with ProgressBar("evaluating", unit="text") as bar:
        begun: set[str] = set()

        def show(step: "Step") -> None:
            if step.words not in begun:
                begun.add(step.words)
                say(f"{step.words[:1].upper()}{step.words[1:]}: {step.total:,}. Ctrl-C stops; begun again, it goes on.")
            bar.at(step.done, step.total)

        found = evaluating.evaluate(
            open_workspace(), COMMAND_LINE, Path(options.directory), run=options.run, on_step=show
        )
    _say(found)
    return found.to_json(), 0


def _say(found: "Evaluation") -> None:
    seen, answers, people = found.preferences, found.answers, found.people
    left_out = f" ({seen.left_out:,} left out: longer than the models read)" if seen.left_out else ""
    say(
        f"Run {found.run}, on questions that no model learned from: {plural(seen.pairs, 'pair')} of answers to "
        f"{plural(seen.questions, 'question')}{left_out}; {plural(answers.questions, 'question')} answered by both."
    )
    for row in found.table():
        parts = {"before": row["base"], "tuned": row["tuned"], "difference": row["difference"]}
        say(f"  {row['figure']}: {', '.join(f'{name} {part}' for name, part in parts.items() if part)}")
    if answers.model_version:
        say(
            f"Scores are those of {answers.model_version}, which never saw these questions but learned from the same "
            "ratings: they decide nothing."
        )
    if people.served:
        say(f"For people: {plural(people.served, 'blind pair')}, {people.served - people.waiting:,} of them rated.")
    say(found.verdict)
