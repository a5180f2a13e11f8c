"""Langfuse's exports of traces and of generations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.domain.errors import BadInput
from core.labeling.column_names import opened, suggest_mapping
from core.labeling.shapes.fields import as_list, as_object, asked, is_messages, metadata, rating_name
from core.labeling.shapes.shape import Shape, Values

_MODELS = ("model", "providedModelName", "provided_model_name")
_KNOWN = ("input", "output", "scores", "comments", "metadata", "sessionId", "session_id", *_MODELS)


def _recognises(columns: Sequence[str], rows: Sequence[Values]) -> bool:
    found = set(columns)
    trace = {"timestamp", "release", "version"} <= found
    step = bool({"traceId", "trace_id"} & found) and bool({"startTime", "start_time"} & found)
    return {"id", "input", "output"} <= found and (trace or step)


def _read(values: Values) -> Iterable[Values]:
    kind = values.get("type")
    if kind not in (None, "", "GENERATION"):
        raise BadInput(f"it is a step of the kind {str(kind)[:40]}, not an answer of a model")
    scores = _scores(values)
    name = rating_name(scores)
    model = next((values[column] for column in _MODELS if values.get(column)), None)
    session = values.get("sessionId") or values.get("session_id")
    known = (*_KNOWN, *(name for name in scores if name in values))
    yield {
        **metadata(values, *known),
        **metadata(as_object(values.get("metadata"))),
        **metadata(scores, name),
        **({"generator": model} if model else {}),
        **_question(opened(values.get("input"))),
        "ai_response": _answer(values.get("output")),
        "session_id": session,
        "rating": scores.get(name or ""),
    }


def _scores(values: Values) -> dict[str, object]:
    """Name -> value: a column of lists for each name in the table's export, a list of scores elsewhere."""
    listed = [as_object(score) for score in as_list(values.get("scores"))]
    found: dict[str, list[object]] = {}
    for score in listed:
        if score.get("source") != "EVAL":  # a model's opinion
            value = score.get("value") if score.get("value") is not None else score.get("stringValue")
            found.setdefault(str(score.get("name")), []).append(value)
    for name, value in values.items():
        column = [value] if isinstance(value, int | float) else as_list(value)
        if column and name not in (*_KNOWN, "tags") and all(isinstance(one, str | int | float) for one in column):
            found[name] = list(column)
    return {name: given[0] if len(given) == 1 else given for name, given in found.items()}


def _question(given: object) -> dict[str, object]:
    if is_messages(given):
        return {"messages": given}
    if isinstance(given, dict):
        messages = opened(given.get("messages"))
        return {"messages": messages} if is_messages(messages) else asked(_texts(given) or given)
    return {"user_prompt": given}


def _texts(given: Mapping[str, Any]) -> dict[str, object]:
    """The only text of an object under a name that says what it is; empty where there are several."""
    texts = [value for value in given.values() if isinstance(value, str)]
    return {"user_prompt": texts[0]} if len(texts) == 1 and "user_prompt" not in suggest_mapping(list(given)) else {}


def _answer(output: object) -> object:
    found = opened(output)
    last = found[-1] if isinstance(found, list) and found else found
    if not isinstance(last, dict):
        return output
    name = suggest_mapping(list(last)).get("ai_response", "content")
    texts = [value for value in last.values() if isinstance(value, str)]
    return last.get(name) or (texts[0] if len(texts) == 1 else output)


LANGFUSE = Shape(
    name="langfuse",
    title="Langfuse traces",
    becomes="Each trace or generation becomes an answer: its input is the question with what was said before, its "
    "output the answer. A score called rating, score, grade or label is the rating; the other scores are kept.",
    recognises=_recognises,
    read=_read,
)
