"""From a file's rows to rows that can be stored: which column is what, and what each value means."""

import json
import math
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any, Final, TypeVar

from core.domain.errors import BadInput
from core.domain.judges.columns import judges_in, read_choice, read_score
from core.domain.ratings import EMPTY_WORDS, MAX_COMMENT
from core.domain.records import ImportComparison, ImportRow, Rejected
from core.domain.texts import storable
from core.domain.turns import Speaker, Turn, read_messages, read_stored_prompt
from core.labeling.column_names import OURS, find_column, find_path, look_up, opened, suggest_mapping, without
from core.labeling.how_to_read import HowToRead
from core.labeling.raw_rows import Row, Table
from core.labeling.scales import RatingValues, Scale, as_given
from core.labeling.scales import named as scale_named
from core.labeling.shapes.fields import is_messages
from core.labeling.shapes.registry import find_shape
from core.labeling.shapes.registry import named as shape_named
from core.labeling.shapes.shape import Shape
from core.labeling.shapes.table import TABLE

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
    "chosen",
    "rejected",
)
COMPARED: Final = ("chosen", "rejected")
"""The two columns that stand for the answer in a comparison."""
CONVERSATION: Final = "messages"
"""The column that can stand for those that are required."""

_LOOKED_AT = 5
"""Rows by which a shape is told."""
_OF_AN_ANSWER = ("rating", "feedback_comment", "bias_flag", "ai_response")
"""Of ours, what a comparison does not have."""
_AS_GIVEN = as_given()
_QUESTION = "the question"
_MAX_NESTING = 100
_Texts = tuple[str, str, tuple[Turn, ...]]
Judged = TypeVar("Judged")
_FirstRows = Callable[[], list[Mapping[str, object]]]
_TRUE, _FALSE = frozenset({"true", "yes", "1", "1.0"}), frozenset({"false", "no", "0", "0.0"})


@dataclass(frozen=True, slots=True)
class Understood:
    """How a file's rows are understood, and the rows."""

    shape: Shape
    mapping: Mapping[str, str]
    """Our column name -> the file's column or path, as applied; a shape finds its own columns itself."""
    metadata: tuple[str, ...]
    """Columns that are kept as metadata."""
    judges: Mapping[str, str]
    """Column -> the LLM judge whose scores or choices it holds."""
    scale: Scale
    rows: Callable[[], Iterator[ImportRow | ImportComparison | Rejected]]
    """Reads from the start; what cannot be stored comes as Rejected, in the file's order."""


def understand(table: Table, how: HowToRead, values: RatingValues | None = None) -> Understood:
    """Find out what a file's rows are, and understand every one of them.

    A rating that the scale cannot read leaves its answer without one (``ImportRow.left_out``). The rating as the file
    has it is then metadata under its column's name, and so is one that the scale changed.

    Args:
        table: an opened file.
        how: what somebody chose; the others are found by looking at the file.
        values: is given every rating as the file has it.

    Raises:
        BadInput: at once, when a required or named column is not in the file, a shape or scale does not exist, or a
            column of a judge's scores names none.
    """
    first_rows = cache(lambda: _first_rows(table))  # a workbook is opened anew each time
    judges = _judges(table.columns)
    shape = _shape(table.columns, first_rows, how)
    scale = scale_named(how.scale or shape.scale)
    if shape is TABLE:
        translation = _by_columns(table.columns, first_rows, how)
    else:
        translation = _by_shape(table.columns, first_rows, shape, how)

    def rows() -> Iterator[ImportRow | ImportComparison | Rejected]:
        for row in table.rows():
            if isinstance(row, Rejected):
                yield row
                continue
            held = False
            try:
                for answer in translation.read(row.values):
                    held = True
                    yield _understand(row, answer, translation, scale, values)
                if not held:
                    raise BadInput("the row holds no answer")
            except BadInput as error:
                yield Rejected(row.number, str(error), row.place)

    judges = {column: judge for column, judge in judges.items() if column not in translation.mapping.values()}
    kept = tuple(column for column in translation.metadata if column not in judges)
    return Understood(shape, translation.mapping, kept, judges, scale, rows)


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer or comparison before its values are checked."""

    ours: dict[str, object]
    others: dict[str, object]


@dataclass(frozen=True, slots=True)
class _Translation:
    """From a row of the file to our columns."""

    mapping: Mapping[str, str]
    metadata: tuple[str, ...]
    read: Callable[[Mapping[str, object]], Iterable[_Answer]]

    @property
    def rating(self) -> str:
        """The rating's name in the metadata."""
        return self.mapping.get("rating", "rating")


def _shape(columns: list[str], first_rows: _FirstRows, how: HowToRead) -> Shape:
    if how.shape:
        return shape_named(how.shape)
    if not set(how.mapping).isdisjoint(REQUIRED):
        return TABLE  # somebody says which column is what
    return find_shape(columns, first_rows())


def _first_rows(table: Table) -> list[Mapping[str, object]]:
    return [row.values for row in islice(table.rows(), _LOOKED_AT) if isinstance(row, Row)]


def _by_columns(columns: list[str], first_rows: _FirstRows, how: HowToRead) -> _Translation:
    """Our columns as they are named or chosen; the other columns of the file are metadata."""
    chosen = _choose_columns(columns, how.mapping)
    understood = {column for column, rest in chosen.values() if not rest}
    if how.context_column:
        # Named as in the file, or as we call it when the mapping says which column that is.
        named = find_path(columns, how.context_column) or chosen.get(how.context_column)
        understood.discard(chosen.get("context_id", ("", ""))[0])  # one that is passed over is kept as metadata
        chosen["context_id"] = named or _existing(columns, how.context_column)
        understood |= {
            column
            for name, (column, rest) in chosen.items()
            if not rest and (name != "context_id" or find_column([column], name))
        }
    nested = {column for column, rest in chosen.values() if rest}
    inner = [(column, rest) for name, (column, rest) in chosen.items() if rest and name != "context_id"]

    def read(values: Mapping[str, object]) -> Iterable[_Answer]:
        values = {**values, **{column: opened(values.get(column)) for column in nested}}
        ours = {name: look_up(values.get(column), rest) for name, (column, rest) in chosen.items()}
        others = {name: value for name, value in values.items() if name not in understood}
        for column, rest in inner:
            if column in others:
                others[column] = without(others[column], rest)
        yield _Answer(ours, others)

    others = [answer.others for values in (first_rows() if inner else ()) for answer in read(values)]
    emptied = {column for column, _ in inner if all(_is_nothing(left.get(column)) for left in others)}
    kept = tuple(column for column in columns if column not in understood | emptied)
    return _Translation({name: "".join(path) for name, path in chosen.items()}, kept, read)


def _by_shape(columns: list[str], first_rows: _FirstRows, shape: Shape, how: HowToRead) -> _Translation:
    """What the shape reads, and over it the columns that somebody chose."""
    chosen = {name: _existing(columns, path) for name, path in how.mapping.items() if _importable(name)}
    if how.context_column:
        chosen["context_id"] = _existing(columns, how.context_column)
    understood = {column for name, (column, rest) in chosen.items() if not rest and name != "context_id"}

    def read(values: Mapping[str, object]) -> Iterable[_Answer]:
        mapped = {name: look_up(values.get(column), rest) for name, (column, rest) in chosen.items()}
        for row in shape.read(values):
            yield _Answer(
                {name: value for name, value in row.items() if name in OURS} | mapped,
                {name: value for name, value in row.items() if name not in OURS and name not in understood},
            )

    kept: dict[str, None] = {}
    for values in first_rows():
        with suppress(BadInput):
            for answer in read(values):
                kept |= dict.fromkeys(answer.others)
    return _Translation({name: "".join(path) for name, path in chosen.items()}, tuple(kept), read)


def _choose_columns(columns: list[str], mapping: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Our column names -> column and path in the file, for those of ours that the file has."""
    chosen = {name: _existing(columns, path) for name, path in mapping.items() if _importable(name)}
    compared = not set(COMPARED).isdisjoint(chosen)
    if compared and ("ai_response" in chosen or not set(COMPARED).issubset(chosen)):
        raise BadInput("For one answer in a row choose ai_response, for a comparison both chosen and rejected.")
    for name in REQUIRED + OPTIONAL:
        if name in chosen or (name == "ai_response" and compared):
            continue
        if name in COMPARED and ("ai_response" in chosen or CONVERSATION in chosen):
            continue  # a column of this name says something else there
        free = [column for column in columns if (column, "") not in chosen.values()]
        found = find_column(free, name)
        if found is not None:
            chosen[name] = (found, "")
    compared = set(COMPARED).issubset(chosen)
    missing = [name for name in REQUIRED if name not in chosen]
    if missing and CONVERSATION not in chosen and not compared:
        raise _missing_columns(columns, missing, mapping)
    if not missing and chosen["user_prompt"] == chosen["ai_response"]:
        raise BadInput(
            f"Question and answer cannot both come from the column {''.join(chosen['user_prompt'])!r}; choose two."
        )
    return chosen


def _importable(name: str) -> bool:
    if name not in REQUIRED + OPTIONAL:
        raise BadInput(f"{name!r} is not a column that can be imported; use {_listed(REQUIRED + OPTIONAL)}.")
    return True


def _existing(columns: list[str], path: str) -> tuple[str, str]:
    found = find_path(columns, path)
    if found is None:
        raise BadInput(f"The file has no column {path!r}; it has {_listed(columns)}.")
    return found


def _missing_columns(columns: list[str], missing: list[str], mapping: Mapping[str, str]) -> BadInput:
    """What is not in the file, and how to say what it is called there; options for the command line only."""
    likely = suggest_mapping(columns)
    renames = [f"{likely[name]!r} to {name}" for name in missing if name in likely]
    advice = f"rename {' and '.join(renames)}" if renames else "rename the column that holds it"
    unnamed = {name: column for name, column in likely.items() if find_column([column], name) is None}
    named = dict.fromkeys(missing, "COLUMN") | unnamed | dict(mapping)
    options = " ".join(f"--map {shlex.quote(f'{name}={column}')}" for name, column in named.items())
    return BadInput(
        f"The file has no column {' and no column '.join(missing)}, only {_listed(columns)}; "
        f"{advice}, or choose the columns on the Data page.",
        detail=f"To import it on the command line: {options}",
    )


def _listed(names: list[str] | tuple[str, ...]) -> str:
    shown = ", ".join(name[:60] for name in names[:20])
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown


def _understand(
    row: Row, answer: _Answer, translation: _Translation, scale: Scale, values: RatingValues | None
) -> ImportRow | ImportComparison | Rejected:
    """Check every value of one answer or comparison."""
    ours = answer.ours

    def read(name: str, meaning: Callable[[object, str], Any]) -> Any:
        return meaning(ours.get(name), name)

    try:
        if "chosen" in ours:
            choices, others, unreadable = _judged(answer.others, read_choice)
            found = _comparison(row, ours, others, read)
            return replace(found, choices=tuple(choices.items()), left_out="; ".join(unreadable) or None)
        scores, others, unreadable = _judged(answer.others, read_score)
        prompt, response, turns = _texts(ours, "ai_response")
        given = ours.get("rating")
        if values is not None and "rating" in ours:
            values.add(given)
        rating, left_out = _rating(given, scale)
        if left_out or (scale.name and rating is not None and _rating(given, _AS_GIVEN)[0] != rating):
            others = {**others, translation.rating: given}
        return ImportRow(
            number=row.number,
            user_prompt=prompt,
            ai_response=response,
            rating=rating,
            rater=read("rater", _rater),
            session_id=read("session_id", session_label),
            context_id=read("context_id", optional_text),
            feedback_comment=read("feedback_comment", _comment),
            bias_flag=read("bias_flag", _flag),
            metadata=bounded_metadata(others),
            turns=turns,
            left_out="; ".join(filter(None, [left_out, *unreadable])) or None,
            scores=tuple(scores.items()),
            place=row.place,
        )
    except BadInput as error:
        return Rejected(row.number, str(error), row.place)


def _comparison(
    row: Row,
    ours: Mapping[str, object],
    others: Mapping[str, object],
    read: Callable[[str, Callable[[object, str], Any]], Any],
) -> ImportComparison:
    (prompt, chosen, turns), (other_prompt, rejected, other_turns) = (_texts(ours, name) for name in COMPARED)
    if (prompt, turns) != (other_prompt, other_turns):
        raise BadInput("the two conversations differ before their last answers, so these do not answer the same thing")
    meaningless = {name: ours[name] for name in _OF_AN_ANSWER if name in ours}
    return ImportComparison(
        number=row.number,
        user_prompt=prompt,
        chosen=chosen,
        rejected=rejected,
        tie=bool(read("tie", _flag)),
        rater=read("rater", _rater),
        session_id=read("session_id", session_label),
        context_id=read("context_id", optional_text),
        metadata=bounded_metadata({**meaningless, **others}),
        turns=turns,
        chosen_second=bool(ours.get("chosen_second")),
        place=row.place,
    )


def _judges(columns: Iterable[str]) -> dict[str, str]:
    """Column -> judge, of a whole file.

    Raises:
        BadInput: a column begins as one of a judge and names none, or two name the same.
    """
    try:
        return judges_in(columns)
    except BadInput as error:
        raise BadInput(f"The columns cannot be used as they are: {error}. Nothing was imported.") from None


def _judged(
    values: Mapping[str, object], read: Callable[[object, str], Judged | None]
) -> tuple[dict[str, Judged], Mapping[str, object], list[str]]:
    """What judges say of one answer or comparison, the other values, and why some of it cannot be read.

    What cannot be read stays among the other values, as a rating does.
    """
    columns = judges_in(values)
    found: dict[str, Judged] = {}
    unreadable: dict[str, str] = {}
    for column, judge in columns.items():
        try:
            said = read(values[column], column)
        except BadInput as error:
            unreadable[column] = str(error)
            continue
        if said is not None:
            found[judge] = said
    others = {name: value for name, value in values.items() if name not in columns or name in unreadable}
    return found, others, list(unreadable.values())


def _rating(value: object, scale: Scale) -> tuple[int | None, str | None]:
    """The rating, or why there is none."""
    try:
        return scale.read(value), None
    except BadInput as error:
        return None, str(error)


def _texts(ours: Mapping[str, object], answer: str) -> _Texts:
    """Last question, answer, and what was said before the question.

    The prompt can be a conversation that ends with the question, and the answer one that ends with the answer: as a
    list of messages, or, in a file without the column turns, as text. In a file with it prompts are what they are.
    """
    turns = read_messages(ours.get("turns"), "turns")
    messages = read_messages(ours.get(CONVERSATION), CONVERSATION)
    if messages and turns:
        raise BadInput(f"the row has both {CONVERSATION} and turns; leave one of them empty")
    prompt, response, name = ours.get("user_prompt"), ours.get(answer), CONVERSATION
    answered = "the answer" if answer == "ai_response" else answer
    if is_messages(prompt):
        if messages or turns:
            raise BadInput("the row has a conversation both in user_prompt and beside it; leave one of them empty")
        messages, prompt, name = read_messages(prompt, "user_prompt"), None, "user_prompt"
    compared_text = answer in COMPARED and isinstance(response, str) and _is_nothing(prompt) and not messages
    if is_messages(response) or compared_text:
        said = read_messages(response, answer)
        if len(said) == 1 and said[0].role is Speaker.ASSISTANT:
            response = said[0].text
        elif turns or said[: len(messages)] != messages:
            raise BadInput(f"the row has a conversation both in {answer} and beside it; leave one of them empty")
        else:
            messages, response, name = said, None, answer
    if messages:
        return split_messages(messages, name, _text_or_none(prompt, _QUESTION), _text_or_none(response, answered))
    if "user_prompt" not in ours or answer not in ours:  # only a conversation can stand for these columns
        raise BadInput(f"{CONVERSATION if CONVERSATION in ours else answered} is empty")
    prompt, response = required_text(prompt, _QUESTION), required_text(response, answered)
    said_before = read_stored_prompt(prompt) if "turns" not in ours else None
    if said_before:
        return said_before.prompt, response, said_before.turns
    return prompt, response, turns


def split_messages(
    messages: tuple[Turn, ...], name: str, prompt: str | None, response: str | None
) -> tuple[str, str, tuple[Turn, ...]]:
    """Last question, answer, and what was said before; the messages may end with the answer.

    Raises:
        BadInput: they do not end with a question, or say something else than ``prompt``.
    """
    last = messages[-1]
    if response is None and last.role is not Speaker.ASSISTANT:
        beside = "" if name in COMPARED else ", and there is no ai_response"
        raise BadInput(f"{name} does not end with an answer of the assistant{beside}")
    if last.role is Speaker.ASSISTANT and response in (None, last.text):
        response, messages = last.text, messages[:-1]
    if not messages or messages[-1].role is not Speaker.USER:
        raise BadInput(f"{name} has no message of the user right before the answer")
    question = messages[-1].text
    if prompt is not None and prompt.strip() != question.strip():
        raise BadInput(f"user_prompt is not the last question in {name}; leave one of them empty")
    return question, str(response), messages[:-1]


def _text_or_none(value: object, name: str) -> str | None:
    return None if _is_nothing(value) else required_text(value, name)


def required_text(value: object, name: str) -> str:
    """A text that is not blank.

    Raises:
        BadInput: it is blank, no text, or one that cannot be stored.
    """
    if _is_nothing(value):
        raise BadInput(f"{name} is empty")
    if not isinstance(value, str):
        raise BadInput(f"{name} is not text but {_kind(value)}")
    return _text(value, name)


def optional_text(value: object, name: str) -> str | None:
    """A text as it is; numbers as people would write them, because programs turn ids into 3.0; blank is None.

    Raises:
        BadInput: it is a list or an object, or cannot be stored.
    """
    if _is_nothing(value):
        return None
    if isinstance(value, dict | list):
        raise BadInput(f"{name} is not text but {_kind(value)}")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _text(str(value), name)


def session_label(value: object, name: str) -> str | None:
    """The label of a session; blank is None.

    Raises:
        BadInput: as ``optional_text``, or it is too long.
    """
    text = optional_text(value, name)
    if text and len(text) > MAX_SESSION:
        raise BadInput(f"{name} is longer than {MAX_SESSION} characters")
    return text


def _rater(value: object, name: str) -> str | None:
    text = optional_text(value, name)
    clean = " ".join(text.split()) if text else None
    if clean and len(clean) > MAX_RATER:
        raise BadInput(f"{name} is longer than {MAX_RATER} characters")
    return clean


def _comment(value: object, name: str) -> str | None:
    text = optional_text(value, name)
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


def bounded_metadata(
    values: Mapping[str, object], name: str = "the columns beside question, answer and rating hold"
) -> dict[str, Any] | None:
    """Values as JSON can hold them; None where there are none. ``name`` begins the sentence where there are too many.

    Raises:
        BadInput: they are too many, or nested too deep, or hold a text that cannot be stored.
    """
    kept = {_text(name, "a column name"): _plain(value, name, 0) for name, value in values.items() if value != ""}
    known = {name: value for name, value in kept.items() if value is not None} or None
    if known and sum(map(len, json.JSONEncoder(ensure_ascii=False).iterencode(known))) > MAX_METADATA:
        raise BadInput(f"{name} more than {MAX_METADATA:,} characters; leave out those that are not needed")
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
