"""Label Studio's export as JSON: tasks with their annotations."""

from collections.abc import Iterable, Sequence
from typing import Any

from core.domain.errors import BadInput
from core.labeling.column_names import suggest_mapping
from core.labeling.shapes.fields import (
    alternatives,
    answered,
    as_list,
    as_object,
    asked,
    compared,
    metadata,
    rating_name,
    shown_in,
)
from core.labeling.shapes.shape import Shape, Values


def _recognises(columns: Sequence[str], rows: Sequence[Values]) -> bool:
    return {"data", "annotations"} <= set(columns) and any(as_object(row.get("data")) for row in rows)


def _read(values: Values) -> Iterable[Values]:
    data, task = as_object(values.get("data")), values.get("id")
    done = [one for one in map(as_object, as_list(values.get("annotations"))) if one and not one.get("was_cancelled")]
    several = alternatives(data)
    if several:
        question = {**asked(data, several), "task_id": task}
        first, second = (data[name] for name in several[:2])
        sides = [(_annotator(one), _side(one)) for one in done]
        if done and not any(side for _, side in sides):
            raise BadInput(f"no annotation says which of {', '.join(several)} is better")
        if not done:
            yield from ({**question, "ai_response": data[name]} for name in several)
        for annotator, side in sides:
            order = {"left": [first, second], "right": [second, first]}.get(side, [])
            yield from compared({**question, "rater": annotator}, order)
        return
    shown = {**metadata(data, *shown_in(data)), **answered(data), "task_id": task}
    for annotation in done or [{}]:
        yield {**_rated(_results(annotation)), **shown, "rater": _annotator(annotation)}


def _side(annotation: Values) -> str:
    """Which of two answers the annotator chose: left or right; empty where none."""
    chosen = [result["value"].get("selected") for result in _results(annotation) if result["type"] == "pairwise"]
    return str(chosen[0]) if chosen and chosen[0] else ""


def _results(annotation: Values) -> list[dict[str, Any]]:
    results = map(as_object, as_list(annotation.get("result")))
    return [{**result, "type": result.get("type"), "value": as_object(result.get("value"))} for result in results]


def _rated(results: list[dict[str, Any]]) -> dict[str, object]:
    given = {str(result.get("from_name")): (result["type"], _answer(result)) for result in results}
    stars = [name for name, (kind, _) in given.items() if kind == "rating"]
    rating = rating_name(name for name, (kind, _) in given.items() if kind in ("rating", "number", "choices"))
    rating = rating or (stars[0] if len(stars) == 1 else None)
    texts = [name for name, (kind, _) in given.items() if kind == "textarea"]
    comment = suggest_mapping(texts).get("feedback_comment") or (texts[0] if len(texts) == 1 else None)
    answers = {name: answer for name, (_, answer) in given.items()}
    return {
        **metadata(answers, rating, comment),
        "rating": answers.get(rating or ""),
        "feedback_comment": answers.get(comment or ""),
    }


def _answer(result: dict[str, Any]) -> object:
    """What a control holds: its value's entry that is called like its type, as one text where there are several."""
    answer = result["value"].get("text" if result["type"] == "textarea" else result["type"])
    return "\n".join(map(str, answer)) if isinstance(answer, list) else answer


def _annotator(annotation: Values) -> object:
    """The e-mail address where the export has it, else the number."""
    who = annotation.get("completed_by")
    person = as_object(who)
    return person.get("email") or person.get("id") or who


LABEL_STUDIO = Shape(
    name="label-studio",
    title="Label Studio tasks",
    becomes="Each annotation becomes a rating by its annotator, a text field the comment. A choice between two answers "
    "becomes a comparison.",
    recognises=_recognises,
    read=_read,
)
