"""The promise that a caller asks for, "of the answers it picks, at most 1 in 4 is poor, 90 % sure", read from JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.errors import BadInput

MAX_POOR = (0.05, 0.1, 0.2, 0.25, 0.3)
CONFIDENCE = (0.9, 0.95)
FIELDS = ("max_poor", "confidence")
_IN_WORDS = {0.05: "1 in 20", 0.1: "1 in 10", 0.2: "1 in 5", 0.25: "1 in 4", 0.3: "3 in 10"}


@dataclass(frozen=True, slots=True)
class Promise:
    """Of the answers that are picked at most a share is poor."""

    max_poor: float
    """One of ``MAX_POOR``."""
    confidence: float
    """Chance that the promise is kept, over the draw of the kept-apart questions: one of ``CONFIDENCE``."""

    @property
    def level(self) -> str:
        """The share in words: 1 in 4."""
        return _IN_WORDS[self.max_poor]

    @property
    def sure(self) -> str:
        """The confidence in words: 90 % sure."""
        return f"{100 * self.confidence:.0f} % sure"

    def to_json(self) -> dict[str, float]:
        """As a request has it."""
        return {"max_poor": self.max_poor, "confidence": self.confidence}


PROMISES = tuple(Promise(max_poor, confidence) for max_poor in MAX_POOR for confidence in CONFIDENCE)
USUAL = Promise(0.25, 0.9)
"""The one that pages name first; chosen beforehand, not by what can be promised."""


def read_promise(value: Any) -> Promise | None:
    """Read the field ``guarantee`` of a request; None where there is none.

    Raises:
        BadInput: it is something else; the sentence names the field.
    """
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise BadInput('guarantee must be an object: {"max_poor": 0.25, "confidence": 0.9}.')
    unknown = sorted(str(name)[:40] for name in value if name not in FIELDS)
    if unknown:
        raise BadInput(f"guarantee has no field {unknown[0]!r}; it has max_poor and confidence.")
    return Promise(_one_of(value, "max_poor", MAX_POOR), _one_of(value, "confidence", CONFIDENCE))


def _one_of(value: Mapping[str, Any], name: str, known: tuple[float, ...]) -> float:
    given = value.get(name)
    if isinstance(given, float) and given in known:
        return given
    raise BadInput(f"guarantee.{name} must be one of {', '.join(map(str, known[:-1]))} and {known[-1]}.")
