"""UltraFeedback: an instruction with the completions of several models, each rated on four aspects."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from core.labeling.shapes.fields import as_list, as_object, metadata
from core.labeling.shapes.shape import Shape, Values


def _recognises(columns: Sequence[str], rows: Sequence[Values]) -> bool:
    return {"instruction", "completions"} <= set(columns) and any(
        "response" in as_object(completion) for row in rows for completion in as_list(row.get("completions"))
    )


def _read(values: Values) -> Iterable[Values]:
    # which models answered stands in their completions
    beside = metadata(values, "instruction", "completions", "models")
    for completion in map(as_object, as_list(values.get("completions"))):
        yield {
            **beside,
            **metadata(completion, "response", "model"),
            "generator": completion.get("model"),
            "user_prompt": values.get("instruction"),
            "ai_response": completion.get("response"),
            "rating": completion.get("fine-grained_score", _mean(as_object(completion.get("annotations")))),
        }


def _mean(annotations: Mapping[str, Any]) -> float | None:
    """The mean of the aspects, as ``fine-grained_score`` is one."""
    ratings = []
    for aspect in map(as_object, annotations.values()):
        with suppress(ValueError, TypeError):
            ratings.append(float(aspect.get("Rating")))  # type: ignore[arg-type]
    return statistics.fmean(ratings) if ratings else None


ULTRAFEEDBACK = Shape(
    name="ultrafeedback",
    title="UltraFeedback",
    becomes="Each completion becomes an answer; its rating is the mean of its four aspects, rounded half up.",
    recognises=_recognises,
    read=_read,
    scale="1-5",
)
