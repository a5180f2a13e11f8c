"""What became of a promise in one ranking, and the sentences that pages, programs and JSON share."""

from dataclasses import dataclass
from typing import Any

from core.domain.guarantee.promise import Promise
from core.domain.texts import plural

NOTHING_TO_CHOOSE = "There was nothing to choose: fewer than two different answers with a text were given."
NO_MODEL = "No model ranked these answers, so nothing can be promised about the order."
NOT_MEASURED = (
    "How often the picks of this model are poor was not measured yet as it ranks on this server. A lead can have that "
    "measured on the Models page."
)
OF_THE_SAMPLE = (
    "The model learned from the sample, not from your ratings, so nothing can be promised about your answers. Train a "
    "model on your own ratings."
)
OF_A_DEEP_PART = (
    "Promises are not measured for a model with a deep part: its training makes no scores of the whole model for "
    "questions that it learned from. Put a model of the usual method in use to ask for promises."
)
NOT_SURE_ENOUGH = "The model is not sure enough of its best answer here to keep the promise."


@dataclass(frozen=True, slots=True)
class GuaranteeOutcome:
    """What became of a promise in one ranking."""

    promise: Promise
    picked: bool = False
    """An answer was picked under the promise; else the order of the input was kept."""
    answered: float | None = None
    """Share of the kept-apart questions that are answered under the promise; None where it cannot be given."""
    questions: int = 0
    """Kept-apart questions that it was measured on."""
    reason: str | None = None
    """Why the promise cannot be given; None where it can."""
    more_questions: int | None = None
    """Of how many more kept-apart questions it needs where picks stay as good as they are; None: more do not help."""

    @property
    def certified(self) -> bool:
        """Whether the promise can be given."""
        return self.reason is None

    def to_json(self) -> dict[str, Any]:
        """As ``meta.guarantee`` of an answer, and ``guarantee`` of the Python API."""
        if not self.certified:
            return {"certified": False, "reason": self.reason, "more_questions": self.more_questions}
        return {
            "certified": True,
            **self.promise.to_json(),
            "answered": self.answered,
            "questions": self.questions,
            "picked": self.picked,
        }


def not_proven(promise: Promise, questions: int, more: int | None) -> str:
    """Why a promise cannot be given with what was measured on so many kept-apart ``questions``."""
    told = (
        f"It is not proven that at most {promise.level} of the answers it picks is poor ({promise.sure}), on "
        f"{plural(questions, 'question')} kept apart. "
    )
    if more is None:
        return f"{told}Its picks were poor too often there for more questions to help: it takes a better model."
    return (
        f"{told}About {more:,} more with two rated answers each would be needed if its picks stay as good as they are, "
        f"and a training after that. Every fifth question is kept apart, so about {5 * more:,} more are to be rated."
    )
