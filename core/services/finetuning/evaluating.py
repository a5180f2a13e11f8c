"""Whether a tuned language model is better than the one before: by figures, by the reward model, and by people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from core.domain.errors import Unavailable
from core.domain.metrics import Metric
from core.domain.plain import AS_IS
from core.domain.roles import Act, User
from core.domain.texts import prompt_group, text_hash
from core.finetuning import folder
from core.finetuning.evaluation import FOLDER, Measured, Step, asked, measure, write_json
from core.finetuning.figures import AnswerFigures, PreferenceFigures, answer_figures, preference_figures
from core.finetuning.folder import Question
from core.finetuning.tuned import find_run
from core.finetuning.verdict import SHOWN_TO_PEOPLE, PeopleSaid, verdict
from core.reward import artifact
from core.services.comparisons.blind import BlindPair, blind_result, serve_blind
from core.services.masking import masks_output
from core.services.reranking.reranking import ranker_for
from core.services.workspace import Workspace
from core.serving.reranker import Reranker
from core.store import audit
from core.store.database import Session
from core.store.finetuning import runs
from core.store.retrying import written
from core.store.training import versions

FIGURES = "figures.json"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of it."""

    run: int
    preferences: PreferenceFigures
    answers: AnswerFigures
    people: PeopleSaid
    learned: bool | None
    """None where that cannot be said."""
    verdict: Annotated[str, AS_IS]

    def to_json(self) -> dict[str, Any]:
        """As ``finetune evaluate --json`` prints it, and as it is stored; ``table``: its figures in words."""
        return {
            "run": self.run,
            "verdict": self.verdict,
            "learned": self.learned,
            "preferences": self.preferences.to_json(),
            "answers": self.answers.to_json(),
            "people": {
                "served": self.people.served,
                "better": self.people.better,
                "worse": self.people.worse,
                "waiting": self.people.waiting,
            },
            "table": self.table(),
        }

    def table(self) -> list[dict[str, str]]:
        """The figures as pages show them: what, of the model before, of the tuned one, and the difference."""
        seen, answers = self.preferences, self.answers
        lengths = answers.characters or (0.0, 0.0)
        rows = (
            ("better of two answers is the likelier one, of 100", seen.base, seen.tuned, seen.gained),
            (
                f"the same, beside choosing the longer answer, which is right in {_shown(seen.longer)}",
                None,
                seen.tuned,
                seen.over_longer,
            ),
            ("own answer scores higher than that of the model before, of 100", None, answers.tuned_better, None),
            (
                f"the same in the {answers.equally_long:,} cases in which both are about equally long",
                None,
                answers.tuned_better_equally_long,
                None,
            ),
        )
        return [
            *(
                {"figure": name, "base": _shown(base), "tuned": _shown(tuned), "difference": _shown(difference)}
                for name, base, tuned, difference in rows
            ),
            {
                "figure": "mean length of own answers, in characters",
                "base": f"{lengths[0]:,.0f}",
                "tuned": f"{lengths[1]:,.0f}",
                "difference": f"{round(lengths[1] - lengths[0]):+,}",
            },
        ]


@masks_output()
def evaluate(
    workspace: Workspace,
    user: User,
    directory: Path,
    *,
    run: int | None = None,
    on_step: Callable[[Step], None] = lambda step: None,
) -> Evaluation:
    """Compare the tuned model of a run with the model before, on the kept-apart questions of its export.

    Measures preference accuracy on pairs; has both answer questions, which the reward model in use compares; puts pairs
    of these answers to people, blind. What was measured before is not measured again, so that the same call later tells
    what people said. ``run``: its number; None for the latest that ended well.

    Raises:
        NotAllowed: the role does not include training.
        BadInput: there is no such export or run, or a model cannot be read.
        Conflict: no run has ended well yet.
        Unavailable: something that is needed is not installed, or the disk or the database does not answer.
    """
    workspace.require(user, Act.TRAIN)
    export = folder.read(directory)
    tuned_run = find_run(export.path, run)
    pairs, questions = export.pairs_apart(), asked(export)
    before, tuned = measure(export, tuned_run, on_step)
    preferences = preference_figures(pairs, before.log_probabilities, tuned.log_probabilities)
    answers = _compared(workspace, questions, before, tuned)
    shown = _for_people(questions, before, tuned)
    which = text_hash("\n".join(text for _, *texts in shown for text in texts))[:6]  # others after a new measuring
    people = _put_to_people(workspace, user, shown, reason=f"tuning {tuned_run.number} of a language model ({which})")
    judged = verdict(preferences, people)
    found = Evaluation(tuned_run.number, preferences, answers, people, judged.learned, judged.sentence)
    write_json(tuned_run.folder / FOLDER / FIGURES, found.to_json())
    _keep(workspace, user, export.path, found)
    return found


def _for_people(questions: Sequence[Question], before: Measured, tuned: Measured) -> list[tuple[Question, str, str]]:
    """Question, the tuned model's answer and the other one: the first that can be told apart."""
    told = [
        (question, new, old)
        for question, new, old in zip(questions, tuned.answers, before.answers, strict=True)
        if new and old and new != old
    ]
    return told[:SHOWN_TO_PEOPLE]


def _put_to_people(
    workspace: Workspace, user: User, pairs: Sequence[tuple[Question, str, str]], *, reason: str
) -> PeopleSaid:
    """Put pairs (question, the tuned model's answer, the other one) to people, blind; what they said so far."""
    blind = [BlindPair(asked.user_prompt, tuned, other, asked.turns) for asked, tuned, other in pairs]
    serve_blind(workspace, user, blind, reason=reason)
    said = blind_result(workspace, user, reason)
    return PeopleSaid(said.served, said.better, said.worse, said.not_rated)


def _keep(workspace: Workspace, user: User, directory: Path, found: Evaluation) -> None:
    """Keep an evaluation beside its run in the database, where that has one of this number and folder."""

    def keep(session: Session) -> None:
        run = runs.find(session, found.run)
        if run is not None and Path(run.folder) == directory:
            runs.save_evaluation(session, found.run, found.to_json(), found.verdict)
            audit.write(
                session, user, "evaluated fine-tuning", f"fine-tuning {found.run}", new={"verdict": found.verdict}
            )

    written(workspace.store, keep)


def _compared(workspace: Workspace, questions: Sequence[Question], before: Measured, tuned: Measured) -> AnswerFigures:
    """The answers of both models as the reward model in use scores them, on questions that it never saw."""
    ranker = ranker_for(workspace, None)
    learned, reason = _learned_from(workspace, ranker)
    seen = [prompt_group(question.user_prompt) in learned for question in questions]
    if not reason and all(seen):
        reason = "the reward model in use learned from all of them" if seen else "no question is kept apart"
    if reason:
        return answer_figures(before.answers, tuned.answers, None, model_version=None, reason=reason)
    kept = [row for row in zip(questions, before.answers, tuned.answers, seen, strict=True) if not row[-1]]
    ranked = [ranker.rank(question.user_prompt, [old, new]) for question, old, new, _ in kept]
    scores = np.array([one.scores for one in ranked], dtype=np.float64)  # nan where the model could not be used
    usable = np.isfinite(scores).all()
    return answer_figures(
        [old for _, old, *_ in kept],
        [new for *_, new, _ in kept],
        scores if usable else None,
        model_version=ranked[0].model_version,
        reason="" if usable else f"the reward model could not be used: {ranked[0].reason}",
    )


def _learned_from(workspace: Workspace, ranker: Reranker) -> tuple[frozenset[str], str]:
    """Hashes of the questions that the reward model in use learned from; why it cannot be used, else an empty text."""
    loaded = ranker.model()
    if loaded is None:
        why = "no reward model is in use; python -m core train makes one" if ranker.no_champion else ranker.reason()
        return frozenset(), str(why)
    with workspace.store.read() as session:
        version = versions.find(session, loaded[0].model_version)
        hashes, prompts = version.hashes, version.prompts
    try:
        return artifact.trained_groups(loaded[0].path, hashes=hashes, prompts=prompts), ""
    except Unavailable as error:
        return frozenset(), f"nobody can say what the reward model in use learned from: {error}"


def _shown(metric: Metric | None) -> str:
    if metric is None:
        return ""
    if metric.value is None:
        return f"cannot be said: {metric.reason}"
    interval = (
        "" if metric.low is None or metric.high is None else f" ({100 * metric.low:.0f} to {100 * metric.high:.0f})"
    )
    return f"{100 * metric.value:.0f}{interval}"
