"""The one way out of the services: every text that a public function returns or complains with is masked here.

``masks_output`` stands on every public function. Without it ``Workspace.require`` refuses to work: what was not led
through here does not leave at all. Inside, services give each other stored texts as they are; what is handed out by the
outermost one is masked, field by field, unless it was cleared before (``ClearedText``), or a field or a function says
in so many words why its texts are no outside ones (``AS_IS``, ``as_is``).
"""

import dataclasses
import inspect
import re
from collections.abc import Callable, Generator, Iterable, Iterator
from contextvars import ContextVar
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache, wraps
from itertools import chain
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, get_type_hints

from core.domain.errors import AssayError, BadInput
from core.domain.identifiers.masking import UNREAD_SHOWN, is_made_by_machines, mask, name_words, read_together, site
from core.domain.plain import AS_IS
from core.domain.records import ImportComparison, ImportRow, Rejected
from core.domain.roles import User

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

GAP = re.compile(r"«[^«»\n]{1,40} hidden»")
"""What stands in the place of something that is hidden."""
SHORT, REMEMBERED = 200, 4_096
"""Characters of a text whose masked form is kept in memory, and how many of them: labels and words of our own."""

_inside: ContextVar[bool] = ContextVar("inside a service", default=False)


class ClearedText(str):
    """A text that leaves as it is: masked already, revealed to the reader, or the reader's own words."""

    __slots__ = ()


def inside() -> bool:
    """Whether what is done now leaves through here."""
    return _inside.get()


def masks_output(
    *, as_is: str | None = None, takes_gaps: str | None = None
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Stand on a public function of the services: what it returns, yields and complains with is masked.

    Texts that it is given must not hold gaps of hidden texts: they would be stored in place of what they stand for.

    Args:
        as_is: why what it returns needs no masking.
        takes_gaps: why gaps in what it is given do no harm, or who looks for them instead.

    Raises:
        BadInput: (the function) a text holds a gap; nothing was changed.
    """

    def around(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        def seen(found: Any) -> Any:
            if as_is:
                return found
            if site() is not None:  # in one go: it keeps its answers
                read_together([text for text in _texts_in(found) if not _is_ours(text)])
            return masked(found)

        @wraps(function)
        def through(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Any:
            if _inside.get():  # another service asks, and what that one hands out is masked
                return function(*args, **kwargs)
            if not takes_gaps:
                refuse_gaps((args, kwargs))
            if inspect.isgeneratorfunction(function):
                return _steps(function(*args, **kwargs), seen)
            with _Leaving():
                found = function(*args, **kwargs)
            return seen(found)

        vars(through).update(masks_output=True, as_is=as_is, takes_gaps=takes_gaps)
        return through

    return around


def masked(found: Any, known: frozenset[str] = frozenset()) -> Any:
    """The same with every text masked; ``known`` are words of names that stand in what it belongs to.

    Raises:
        TypeError: there are things in it whose texts cannot be told.
    """
    if found is None or isinstance(found, bool | int | float | date | timedelta | Enum | Path | User):
        return found
    if isinstance(found, str):
        return str(found) if isinstance(found, ClearedText) else _masked_text(found, known)
    if isinstance(found, dict):
        return _distinct((masked(key, known), _beside(key, value, known)) for key, value in found.items())
    if isinstance(found, tuple) and hasattr(found, "_fields"):
        return type(found)(*(masked(one, known) for one in found))
    if isinstance(found, list | tuple | set | frozenset):
        return type(found)(masked(one, known) for one in found)
    if dataclasses.is_dataclass(found) and not isinstance(found, type):
        return _record(found, known)
    raise TypeError(f"{type(found).__name__} cannot leave a service: its texts could not be masked")


def masked_sentence(sentence: str) -> str:
    """A sentence of ours masked, which may quote a text: by the rules where the site's function does not answer.

    Who reads that something went wrong must be able to read what.
    """
    if isinstance(sentence, ClearedText):
        return str(sentence)
    seen = _masked_text(sentence, frozenset())
    return mask(sentence, by_rules=True) if seen == UNREAD_SHOWN else seen


def originals(shown: str, labels: list[str]) -> str:
    """The label that is meant by one as it was shown; ``shown`` itself where none is.

    Labels that look alike once they are masked are told apart by a number, as ``masked`` does.
    """
    if shown in labels or not GAP.search(shown):
        return shown
    meant: dict[str, str] = dict(zip(masked(dict.fromkeys(labels)), labels, strict=True))
    return meant.get(shown, shown)


def refuse_gaps(given: Any, *stored: str | None) -> None:
    """Let nothing pass that holds the gaps of a hidden text, unless what is stored now holds the same.

    Raises:
        BadInput: it does.
    """
    known = {gap for text in stored for gap in GAP.findall(text or "")}
    gap = next((gap for text in _texts_in(given) for gap in GAP.findall(text) if gap not in known), None)
    if gap is not None:
        raise BadInput(
            f"This text holds {gap}: that stands in the place of something that is hidden, and saving it would lose "
            "what is behind it. Nothing was changed. Reveal the text first, or write it without that."
        )


def without_gaps(row: ImportRow | ImportComparison | Rejected) -> ImportRow | ImportComparison | Rejected:
    """The row of a file; one that came from where identifiers were hidden is refused whole."""
    try:
        refuse_gaps(row)
    except BadInput:
        return Rejected(
            row.number,
            "a text holds «... hidden», the gap of something that was hidden where it was copied from; "
            "take the original",
            row.place,
        )
    return row


def _texts_in(given: Any, *, records: bool = True) -> Iterator[str]:
    """All texts in what a service is given or hands out, keys included; of records only where ``records`` is true."""
    parts: Iterable[Any] = ()
    if isinstance(given, str):
        if not isinstance(given, Enum):
            yield given
    elif isinstance(given, dict):
        parts = chain(given, given.values())
    elif isinstance(given, list | tuple | set | frozenset):
        parts = given
    elif records and _is_record(given) and not isinstance(given, User):
        parts = (getattr(given, field.name) for field in dataclasses.fields(given))
    for part in parts:
        yield from _texts_in(part, records=records)


class _Leaving:
    """While a service works: what it is asked by others stays inside, and its complaints are masked."""

    def __enter__(self) -> None:
        self._before = _inside.set(True)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        _inside.reset(self._before)
        if isinstance(error, AssayError):
            error.args = tuple(masked_sentence(part) if isinstance(part, str) else part for part in error.args)


def _steps(made: Any, seen: Callable[[Any], Any]) -> Generator[Any, None, Any]:
    try:
        while True:
            try:
                with _Leaving():
                    found = next(made)
            except StopIteration as end:
                return seen(end.value)
            yield seen(found)
    finally:
        with _Leaving():
            made.close()


def _record(found: Any, known: frozenset[str]) -> Any:
    """A copy of a record; what stands in it belongs together, so a name in one text is one in all."""
    touched = {name: getattr(found, name) for name in _outside(found.__class__)}
    known = known | _names(tuple(touched.values()))
    changed = {name: new for name, value in touched.items() if (new := masked(value, known)) is not value}
    return dataclasses.replace(found, **changed) if changed else found


@lru_cache(maxsize=256)
def _outside(kind: Any) -> tuple[str, ...]:
    """The fields of a record that can hold texts from outside: all but those that say why not."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        field.name for field in dataclasses.fields(kind) if AS_IS not in getattr(hints[field.name], "__metadata__", ())
    )


def _names(parts: Any) -> frozenset[str]:
    """Words of names in the texts of a record; the records in it see to their own."""
    found: set[str] = set()
    for text in _texts_in(parts, records=False):
        if not isinstance(text, ClearedText):
            found |= _short_names(text) if len(text) <= SHORT and site() is None else name_words([text])
    return frozenset(found)


def _beside(key: Any, value: Any, known: frozenset[str]) -> Any:
    """A value under its key: "patient name: ..." says what it is."""
    if not isinstance(key, str) or not isinstance(value, str) or isinstance(value, ClearedText | Enum):
        return masked(value, known)
    if _is_ours(value):
        return value
    label = f"{key.replace('_', ' ')}: "
    whole = _masked_text(label + value, known)
    alone = _masked_text(value, known)
    return whole.removeprefix(label) if whole.startswith(label) and whole != label + value else alone


def _distinct(pairs: Iterator[tuple[Any, Any]]) -> dict[Any, Any]:
    """Keys that look alike once they are masked are told apart by a number."""
    kept: dict[Any, Any] = {}
    for key, value in pairs:
        name, number = key, 2
        while name in kept:
            name, number = f"{key} ({number})", number + 1
        kept[name] = value
    return kept


def _masked_text(text: str, known: frozenset[str]) -> str:
    if len(text) > SHORT:
        return mask(text, known)
    if site() is not None:  # it may fail now and answer later, and it keeps its answers itself
        return text if _is_ours(text) else mask(text, known)
    return _short(text, known)


@lru_cache(maxsize=REMEMBERED)
def _short(text: str, known: frozenset[str]) -> str:
    return text if _is_ours(text) else mask(text, known)


@lru_cache(maxsize=REMEMBERED)
def _short_names(text: str) -> frozenset[str]:
    return frozenset() if is_made_by_machines(text) else name_words([text])


_WORD_OF_OURS = re.compile(r"[a-z][a-z_]{0,39}")


def _is_ours(text: str) -> bool:
    """Whether a text is a time, hash or version, or one word in small letters, as states, recipes and JSON keys are."""
    return _WORD_OF_OURS.fullmatch(text) is not None or is_made_by_machines(text)


def _is_record(given: Any) -> bool:
    """Whether it only holds what is handed over; a workspace is more."""
    return bool(getattr(getattr(given, "__dataclass_params__", None), "frozen", False))
