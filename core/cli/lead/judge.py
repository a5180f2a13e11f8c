"""``judge``: whether an LLM judge can be relied on."""

import argparse
from typing import Any

from core.cli.output import Done, in_words, say
from core.domain.roles import COMMAND_LINE
from core.domain.texts import plural
from core.services.workspace import open_workspace

FAILED = 1
"""Exit code where the judge is no better than chance, or that cannot be said."""


def judge(options: argparse.Namespace) -> Done:
    """Measure one judge and print it; without a name, list the judges."""
    from core.services.judges import judges  # loads scikit-learn

    workspace = open_workspace()
    if options.name is None:
        found = judges.listed(workspace, COMMAND_LINE)
        for one in found:
            say(
                f"{one.judge}: {plural(one.scores, 'score')}, {plural(one.choices, 'choice')} between two answers; "
                f"{plural(one.answers, 'scored answer')} to {plural(one.questions, 'question')} rated"
            )
        if not found:
            say("No judge yet: import a file with a column judge:NAME, or send scores with POST /v1/interactions.")
        return {
            "judges": [
                {
                    "judge": one.judge,
                    "scores": one.scores,
                    "choices": one.choices,
                    "answers": one.answers,
                    "questions": one.questions,
                }
                for one in found
            ]
        }, 0
    report = judges.report(workspace, COMMAND_LINE, options.name)
    shown = judges.to_json(report)
    say(report.verdict)
    if report.figures.right_order.value is not None:
        say(
            f"Right order: {in_words(shown['right_order'])}, over {plural(report.figures.pairs, 'pair')} of answers to "
            f"{plural(report.figures.questions, 'question')}."
        )
        beside = shown["beside_experts"]
        if beside["judge"]["value"] is None:
            say(f"Beside single experts: cannot be said, {beside['judge']['reason']}.")
        else:
            say(f"Beside single experts: the judge {in_words(beside['judge'])}, experts {in_words(beside['experts'])}.")
        _say_figure("Prefers the longer answer", shown["prefers_longer"])
        _say_figure("The longer answer is the better one", shown["length_alone"])
    _say_figure("Prefers the first answer", shown["prefers_first"])
    return shown, 0 if report.passes else FAILED


def _say_figure(name: str, metric: dict[str, Any]) -> None:
    say(f"{name}: {'cannot be said, ' if metric['value'] is None else ''}{in_words(metric)}.")
