"""Fields of a record of another tool: which hold the question, the answers and the rating."""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from core.domain.errors import BadInput
from core.labeling.column_names import OURS, opened, suggest_mapping
from core.labeling.shapes.shape import Values

_NUMBERED = re.compile(r"(?:[\W_]{0,3}\d{1,3}|[\W_]{1,3}[a-zA-Z]|(?<=[a-z])[A-Z])$")
"""The end of ``answer_1``, ``response-b``, ``answerA``."""

_RATINGS = ("quality", "overall", "stars")
"""Names of ratings in tools, beside those that a table's column can have."""


def as_object(value: object) -> Mapping[str, Any]:
    """The object that a value is or holds as JSON text; empty where it is none."""
    found = opened(value)
    return found if isinstance(found, dict) else {}


def as_list(value: object) -> Sequence[Any]:
    """The list that a value is or holds as JSON text; empty where it is none."""
    found = opened(value)
    return found if isinstance(found, list) else []


def is_messages(value: object) -> bool:
    """Whether a value is a list of messages with a role."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) and "role" in one for one in value)


def asked(fields: Values, beside: Iterable[str] = ()) -> dict[str, object]:
    """Our columns for the question: ``messages`` where a field is a list of them, else ``user_prompt``.

    Args:
        fields: of the record.
        beside: names of those that are something else.

    Raises:
        BadInput: no field is either.
    """
    others = set(beside)
    fields = {name: value for name, value in fields.items() if name not in others}
    for value in fields.values():
        if is_messages(opened(value)):
            return {"messages": opened(value)}
    name = suggest_mapping(list(fields)).get("user_prompt")
    if name is None:
        raise BadInput(_not_found("question", fields, "user_prompt"))
    return {"user_prompt": fields[name]}


def answered(fields: Values) -> dict[str, object]:
    """Our columns for a question and its one answer; ``messages`` can hold both.

    Raises:
        BadInput: there is no question, or no answer.
    """
    found = asked(fields)
    name = suggest_mapping(list(fields)).get("ai_response")
    if name is not None:
        return {**found, "ai_response": fields[name]}
    if "messages" not in found:
        raise BadInput(_not_found("answer", fields, "ai_response"))
    return found


def shown_in(fields: Values) -> set[str]:
    """Names of the fields that ``answered`` reads."""
    likely = suggest_mapping(list(fields))
    chats = {name for name, value in fields.items() if is_messages(opened(value))}
    return chats | {likely[name] for name in ("user_prompt", "ai_response") if name in likely}


def alternatives(fields: Values) -> list[str]:
    """Names of at least two texts that differ in a number or letter at their end: ``answer_1``, ``answer_2``."""
    groups: dict[str, list[str]] = {}
    for name, value in fields.items():
        if isinstance(value, str) and (end := _NUMBERED.search(name)) is not None:
            groups.setdefault(name[: end.start()].casefold(), []).append(name)
    return next((group for group in groups.values() if len(group) > 1), [])


def rating_name(names: Iterable[str]) -> str | None:
    """The name among these that is the rating's: by what it is called only, so that it is the same in every row."""
    names = list(names)
    likely = suggest_mapping(names).get("rating")
    return likely or next((name for name in names if name.casefold() in _RATINGS), None)


def compared(question: Values, best_first: Sequence[object]) -> Iterator[Values]:
    """Comparisons of each answer with the next one, from our columns for the question."""
    for better, worse in itertools.pairwise(best_first):
        yield {**question, "chosen": better, "rejected": worse}


def metadata(values: Values, *known: str | None) -> dict[str, object]:
    """What a record holds beside the known fields; a name that is one of our columns becomes ``metadata.<name>``."""
    left = {name: value for name, value in values.items() if name not in known}
    return {f"metadata.{name}" if name in OURS else name: value for name, value in left.items()}


def _not_found(what: str, fields: Values, column: str) -> str:
    names = ", ".join(name[:60] for name in list(fields)[:20]) or "nothing"
    return f"which field is the {what} cannot be told from the names ({names}); say which with {column}"
