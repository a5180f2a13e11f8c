"""KTO: a prompt, a completion, and whether the completion is desirable."""

from collections.abc import Iterable, Sequence
from typing import Final

from core.domain.ratings import EMPTY_WORDS
from core.labeling.shapes.shape import Shape, Values

_NAMES: Final = ("prompt", "completion", "label")
_LABELS: Final = {"true", "false", "1", "0"}


def _recognises(columns: Sequence[str], rows: Sequence[Values]) -> bool:
    labels = {str(row.get("label")).strip().casefold() for row in rows} - EMPTY_WORDS
    return set(_NAMES) <= set(columns) and bool(labels) and labels <= _LABELS


def _read(values: Values) -> Iterable[Values]:
    others = {name: value for name, value in values.items() if name not in _NAMES}
    prompt, completion, label = map(values.get, _NAMES)
    yield {**others, "user_prompt": prompt, "ai_response": completion, "rating": label}


KTO = Shape(
    name="kto",
    title="KTO: completions with a thumb up or down",
    becomes="Each row becomes one answer, rated 5 where its label is true and 1 where it is false.",
    recognises=_recognises,
    read=_read,
    scale="thumbs",
)
