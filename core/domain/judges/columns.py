"""Columns of files, and keys of answers that programs send, that are about a judge: what they are, and their values."""

import math
from collections.abc import Iterable
from typing import Final

from core.domain.errors import BadInput
from core.domain.judges.scores import MAX_JUDGE, Place
from core.domain.outcomes.sent_answers import check_name
from core.domain.ratings import EMPTY_WORDS

PREFIX: Final = "judge:"
"""What such a column or key begins with; the judge's name follows."""

_WORDS: Final = {
    **dict.fromkeys(("a", "1", "1.0", "first", "model_a"), Place.FIRST),
    **dict.fromkeys(("b", "2", "2.0", "second", "model_b"), Place.SECOND),
    "tie": Place.TIE,
}


def judge_of(column: str) -> str | None:
    """The judge that a column or a key names; None where it is about no judge.

    Raises:
        BadInput: no name follows, or one that cannot be shown or is too long.
    """
    start = column.lstrip()[: len(PREFIX)]
    if start.casefold() != PREFIX:
        return None
    name = column.lstrip()[len(PREFIX) :].strip()
    return check_name(name, f"The judge's name after “{PREFIX}”", MAX_JUDGE)


def column_of(judge: str) -> str:
    """The column of this judge's scores."""
    return f"{PREFIX}{judge}"


def judges_in(columns: Iterable[str]) -> dict[str, str]:
    """Column -> judge, of those columns that are about one.

    Raises:
        BadInput: as ``judge_of``, or two columns name one judge.
    """
    found: dict[str, str] = {}
    judges: set[str] = set()
    for column in columns:
        judge = judge_of(column)
        if judge is None:
            continue
        if judge in judges:
            raise BadInput(f"two columns hold scores of the judge {judge!r}; keep one of them")
        found[column] = judge
        judges.add(judge)
    return found


def read_score(value: object, name: str) -> float | None:
    """A score of any scale; None where nothing is there.

    Raises:
        BadInput: it is no number, or none that can be compared.
    """
    shown = "a very long number"
    try:
        shown = "" if value is None else str(value).strip()
        number = math.nan if isinstance(value, bool) or "_" in shown else float(shown)
    except ValueError:  # a text, or a whole number of more digits than Python writes
        number = math.nan
    if shown.casefold() in EMPTY_WORDS:
        return None
    if not math.isfinite(number):
        raise BadInput(f"{shown[:40]!r} in {_quoted_nothing(name)} is no number that can be compared")
    return number + 0.0  # no minus zero


def read_choice(value: object, name: str) -> Place | None:
    """Which of two answers a judge prefers; None where nothing is there.

    Raises:
        BadInput: it names neither.
    """
    word = "" if value is None else str(value).strip().casefold()
    if word in EMPTY_WORDS:
        return None
    if word not in _WORDS:
        raise BadInput(f"{word[:40]!r} in {_quoted_nothing(name)} names neither answer; write a or 1, b or 2, or tie")
    return _WORDS[word]


def _quoted_nothing(name: str) -> str:
    """A column's name without quotation marks: an erasure looks for quoted texts between them."""
    return name.replace("'", "’").replace('"', "”")
