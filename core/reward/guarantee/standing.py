"""What a promise comes to by the evidence on a model: kept for the process, since every ranking with it asks."""

from dataclasses import dataclass
from functools import lru_cache

from core.domain.guarantee.outcome import not_proven
from core.domain.guarantee.promise import Promise
from core.reward.guarantee.learn_then_test import Certified, Evidence


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a promise can be given."""

    certified: Certified | None
    reason: str | None
    """Why it cannot; None where it can."""
    more_questions: int | None
    """As ``Evidence.more_questions``; None where it can be given."""

    @property
    def answered(self) -> float | None:
        """Share of the kept-apart questions that are answered under the promise."""
        return None if self.certified is None else self.certified.answered / self.certified.questions


@lru_cache(maxsize=256)
def standing(evidence: Evidence, promise: Promise) -> Standing:
    """Whether ``promise`` can be given by this ``evidence``."""
    certified = evidence.certified(promise.max_poor, promise.confidence)
    if certified is not None:
        return Standing(certified, None, None)
    more = evidence.more_questions(promise.max_poor, promise.confidence)
    return Standing(None, not_proven(promise, evidence.questions, more), more)
