"""From a file's rows to rows that can be stored: which column is what, and what each value means."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from core.domain.errors import BadInput
from core.domain.ratings import EMPTY_WORDS, MAX_COMMENT, parse_rating
from core.domain.records import ImportRow, Rejected
from core.domain.texts import storable
from core.domain.turns import Speaker, Turn, read_messages, read_transcript
from core.labeling.column_names import find_column, suggest_mapping
from core.labeling.raw_rows import Row, Table

MAX_TEXT = 5_000_000
"""Characters of one text."""
MAX_RATER = 100
"""Characters of a rater's name."""
MAX_SESSION = 500
"""Characters of a session's label: it is chosen from lists, and an index of PostgreSQL holds no more."""
MAX_METADATA = 1_000_000
"""Characters of all columns of a row that have no meaning here, as JSON."""

REQUIRED: Final = ("user_prompt", "ai_response")
OPTIONAL: Final = (
    "rating",
    "rater",
    "session_id",
    "context_id",
    "feedback_comment",
    "bias_flag",
    "messages",
    "turns",
)
CONVERSATION: Final = "messages"
"""The column that can stand for those that are required."""

_MAX_NESTING = 100
_Texts = tuple[str, str, tuple[Turn, ...]]
_TRUE, _FALSE = frozenset({"true", "yes", "1", "1.0"}), frozenset({"false", "no", "0", "0.0"})


def import_rows(
    table: Table, *, mapping: Mapping[str, str] | None = None, context_column: str | None = None
) -> Iterator[ImportRow | Rejected]:
    """Understand every row of a table; rows that cannot be stored come as Rejected, in the file's order.

    Args:
        table: an opened file.
        mapping: our column name -> the file's, where they differ; the others are found by their name.
        context_column: the file's column that is the context_id; it also keeps its own meaning.

    Raises:
        BadInput: at once, when a required or named column is not in the file.
    """
    chosen = _choose_columns(table.columns, mapping or {})
    understood = set(chosen.values())
    if context_column is not None:
        # Named as in the file, or as we call it when the mapping says which column that is.
        named = find_column(table.columns, context_column) or chosen.get(context_column)
        understood.discard(chosen.get("context_id", ""))  # a context_id that is passed over is kept as metadata
        chosen["context_id"] = named or _existing(table.columns, context_column)
        understood |= {column for name, column in chosen.items() if name != "context_id" or find_column([column], name)}
    return (row if isinstance(row, Rejected) else _understand(row, chosen, understood) for row in table.rows())


def _choose_columns(columns: list[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Our column names -> the file's, for those of ours that the file has."""
    chosen: dict[str, str] = {}
    for name, column in mapping.items():
        if name not in REQUIRED + OPTIONAL:
            raise BadInput(f"{name!r} is not a column that can be imported; use {_listed(REQUIRED + OPTIONAL)}.")
        chosen[name] = _existing(columns, column)
    for name in REQUIRED + OPTIONAL:
        free = [column for column in columns if column not in chosen.values()]
        found = None if name in chosen else find_column(free, name)
        if found is not None:
            chosen[name] = found
    missing = [name for name in REQUIRED if name not in chosen]
    if missing and CONVERSATION not in chosen:
        raise BadInput(_missing_sentence(columns, missing))
    if not missing and chosen["user_prompt"] == chosen["ai_response"]:
        raise BadInput(f"Prompt and answer cannot both come from the column {chosen['user_prompt']!r}; choose two.")
    return chosen


def _existing(columns: list[str], name: str) -> str:
    found = find_column(columns, name)
    if found is None:
        raise BadInput(f"The file has no column {name!r}; it has {_listed(columns)}.")
    return found


def _missing_sentence(columns: list[str], missing: list[str]) -> str:
    likely = suggest_mapping(columns)
    renames = [f"{likely[name]!r} to {name}" for name in missing if name in likely]
    advice = f"rename {' and '.join(renames)}" if renames else "rename the column that holds it"
    return (
        f"The file has no column {' and no column '.join(missing)}, only {_listed(columns)}; "
        f"{advice}, or choose the columns on the Data page."
    )


def _listed(names: list[str] | tuple[str, ...]) -> str:
    shown = ", ".join(name[:60] for name in names[:20])
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown


def _understand(row: Row, chosen: Mapping[str, str], understood: set[str]) -> ImportRow | Rejected:
    def read(name: str, meaning: Callable[[object, str], Any]) -> Any:
        return meaning(row.values.get(chosen[name]), name) if name in chosen else None

    try:
        # a file with the column turns has them there, and its prompts are what they are
        prompt, response, turns = _texts(read, transcripts="turns" not in chosen)
        return ImportRow(
            number=row.number,
            user_prompt=prompt,
            ai_response=response,
            rating=read("rating", lambda value, _: parse_rating(value)),
            rater=read("rater", _rater),
            session_id=read("session_id", _session),
            context_id=read("context_id", _optional_text),
            feedback_comment=read("feedback_comment", _comment),
            bias_flag=read("bias_flag", _flag),
            metadata=_metadata({name: value for name, value in row.values.items() if name not in understood}),
            turns=turns,
        )
    except BadInput as error:
        return Rejected(row.number, str(error))


def _texts(read: Callable[[str, Callable[[object, str], Any]], Any], *, transcripts: bool) -> _Texts:
    """Last question, answer, and what was said before the question.

    ``transcripts``: a prompt can be a text of Human: and Assistant:.
    """
    turns: tuple[Turn, ...] = read("turns", read_messages) or ()
    messages: tuple[Turn, ...] = read(CONVERSATION, read_messages) or ()
    if messages and turns:
        raise BadInput(f"the row has both {CONVERSATION} and turns; leave one of them empty")
    if messages:
        return _of_messages(messages, read("user_prompt", _text_or_none), read("ai_response", _text_or_none))
    prompt, response = read("user_prompt", _required_text), read("ai_response", _required_text)
    if prompt is None or response is None:  # only a conversation can stand for these columns
        raise BadInput(f"{CONVERSATION} is empty")
    said = read_transcript(prompt) if transcripts else None
    if said and said[-1].role is Speaker.USER:
        return said[-1].text, response, said[:-1]
    return prompt, response, turns


def _of_messages(messages: tuple[Turn, ...], prompt: str | None, response: str | None) -> _Texts:
    last = messages[-1]
    if response is None and last.role is not Speaker.ASSISTANT:
        raise BadInput(f"{CONVERSATION} does not end with an answer of the assistant, and there is no ai_response")
    if last.role is Speaker.ASSISTANT and response in (None, last.text):
        response, messages = last.text, messages[:-1]
    if not messages or messages[-1].role is not Speaker.USER:
        raise BadInput(f"{CONVERSATION} has no message of the user right before the answer")
    question = messages[-1].text
    if prompt is not None and prompt.strip() != question.strip():
        raise BadInput(f"user_prompt is not the last question in {CONVERSATION}; leave one of them empty")
    return question, str(response), messages[:-1]


def _text_or_none(value: object, name: str) -> str | None:
    return None if _is_nothing(value) else _required_text(value, name)


def _required_text(value: object, name: str) -> str:
    if _is_nothing(value):
        raise BadInput(f"{name} is empty")
    if not isinstance(value, str):
        raise BadInput(f"{name} is not text but {_kind(value)}")
    return _text(value, name)


def _optional_text(value: object, name: str) -> str | None:
    """A text as it is; numbers as people would write them, because programs turn ids into 3.0; blank is None."""
    if _is_nothing(value):
        return None
    if isinstance(value, dict | list):
        raise BadInput(f"{name} is not text but {_kind(value)}")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _text(str(value), name)


def _session(value: object, name: str) -> str | None:
    text = _optional_text(value, name)
    if text and len(text) > MAX_SESSION:
        raise BadInput(f"{name} is longer than {MAX_SESSION} characters")
    return text


def _rater(value: object, name: str) -> str | None:
    text = _optional_text(value, name)
    clean = " ".join(text.split()) if text else None
    if clean and len(clean) > MAX_RATER:
        raise BadInput(f"{name} is longer than {MAX_RATER} characters")
    return clean


def _comment(value: object, name: str) -> str | None:
    text = _optional_text(value, name)
    if text and len(text) > MAX_COMMENT:
        # Cutting it would lose what the expert wrote without anybody noticing.
        raise BadInput(f"{name} is longer than {MAX_COMMENT:,} characters")
    return text


def _flag(value: object, name: str) -> bool | None:
    word = "" if value is None else str(value).strip().casefold()
    if word in EMPTY_WORDS:
        return None
    if word not in _TRUE | _FALSE:
        raise BadInput(f"{name} {word[:40]!r} is neither true nor false")
    return word in _TRUE


def _metadata(values: Mapping[str, object]) -> dict[str, Any] | None:
    kept = {_text(name, "a column name"): _plain(value, name, 0) for name, value in values.items() if value != ""}
    known = {name: value for name, value in kept.items() if value is not None} or None
    if known and sum(map(len, json.JSONEncoder(ensure_ascii=False).iterencode(known))) > MAX_METADATA:
        raise BadInput(
            f"the columns beside prompt, answer and rating hold more than {MAX_METADATA:,} characters; leave out those "
            "that are not needed"
        )
    return known


def _plain(value: object, name: str, depth: int) -> Any:
    """The value as JSON can hold it: not a number is nothing, dates and the like are text."""
    if depth > _MAX_NESTING:
        raise BadInput(f"{name} is nested more than {_MAX_NESTING} levels deep")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, dict):
        return {_text(str(key), name): _plain(inner, name, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, name, depth + 1) for inner in value]
    return _text(str(value), name)


def _text(text: str, name: str) -> str:
    if len(text) > MAX_TEXT:
        raise BadInput(f"{name} is longer than {MAX_TEXT:,} characters")
    return storable(text, name)


def _is_nothing(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and math.isnan(value))


def _kind(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", dict: "an object", list: "a list"}
    return kinds.get(type(value), type(value).__name__)
