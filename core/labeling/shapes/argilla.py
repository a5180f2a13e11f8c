"""Argilla's records, nested as ``to_json`` writes them or flat as they stand on the Hub."""

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

_RESPONSES, _USERS, _STATUS = ".responses", ".responses.users", ".responses.status"
_Given = dict[str | None, dict[str, Any]]
"""Rater -> question -> what the rater answered."""


def _recognises(columns: Sequence[str], rows: Sequence[Values]) -> bool:
    flat = any(column.endswith(_USERS) for column in columns)
    return flat or any(as_object(row.get("fields")) and "responses" in row for row in rows)


def _read(values: Values) -> Iterable[Values]:
    fields, given = _nested(values) if "fields" in values else _flat(values)
    several = alternatives(fields)
    kept = {name: value for name, value in values.items() if name in ("id", "external_id")}
    kept |= metadata(as_object(values.get("metadata"))) | {
        f"{name} (suggestion)": as_object(suggestion).get("value")
        for name, suggestion in as_object(values.get("suggestions")).items()
    }
    if several:
        question = {**kept, **asked(fields, several)}
        orders = [(rater, _order(answer, several)) for rater, answers in given.items() for answer in answers.values()]
        if given and not any(order for _, order in orders):
            raise BadInput(f"no response says which of {', '.join(several)} is better")
        if not given:
            yield from ({**question, "ai_response": fields[name]} for name in several)
        for rater, order in orders:
            yield from compared({**question, "rater": rater}, [fields[name] for name in order])
        return
    shown = answered(fields)
    kept |= metadata(fields, *shown_in(fields))
    for rater, answers in (given or _Given({None: {}})).items():
        rating = rating_name(answers)
        comment = suggest_mapping(list(answers)).get("feedback_comment")
        yield {
            **kept,
            **metadata(answers, rating, comment),
            **shown,
            "rating": answers.get(rating or ""),
            "feedback_comment": answers.get(comment or ""),
            "rater": rater,
        }


def _nested(values: Values) -> tuple[dict[str, object], _Given]:
    given: _Given = {}
    for question, responses in as_object(values.get("responses")).items():
        for response in map(as_object, as_list(responses)):
            given.setdefault(_name(response.get("user_id")), {})[question] = response.get("value")
    return dict(as_object(values["fields"])), given


def _flat(values: Values) -> tuple[dict[str, object], _Given]:
    """Fields and metadata stand side by side there; what is no question and no suggestion is a field."""
    given: _Given = {}
    for column in values:
        if column.endswith(_RESPONSES):
            question = column.removesuffix(_RESPONSES)
            users, status = as_list(values.get(question + _USERS)), as_list(values.get(question + _STATUS))
            for place, answer in enumerate(as_list(values[column])):
                if status[place : place + 1] in ([], [None], ["submitted"]):
                    given.setdefault(_name(users[place]) if place < len(users) else None, {})[question] = answer
    parts = (_RESPONSES, _USERS, _STATUS, ".suggestion", ".suggestion.score", ".suggestion.agent")
    fields = {name: value for name, value in values.items() if not name.endswith(parts)}
    return {name: value for name, value in fields.items() if name not in ("id", "status", "_server_id")}, given


def _name(user: object) -> str | None:
    return None if user is None else str(user)


def _order(answer: object, names: Sequence[str]) -> list[str]:
    """The alternatives, best first: a ranking lists them, a label names the best one of two."""
    known = set(names)
    ranked = [name for name in as_list(answer) if isinstance(name, str) and name in known]
    if ranked or not isinstance(answer, str) or answer not in known:
        return ranked
    return [answer, *(name for name in names if name != answer)] if len(names) == 2 else []


ARGILLA = Shape(
    name="argilla",
    title="Argilla records",
    becomes="Each response becomes a rating by the annotator who gave it, with what else the annotator answered kept "
    "beside it; rankings of several answers become comparisons. Suggestions of models are kept, but are no ratings.",
    recognises=_recognises,
    read=_read,
)
