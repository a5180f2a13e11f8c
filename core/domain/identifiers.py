"""Personal identifiers in texts: found by rules, counted by kind, and hidden on the screen.

The rules are few and want a reason to believe, because a marked row cannot be exported without a word: a date counts
only as a date of birth when the text says so, a name only when somebody is introduced by it or the text speaks of
care, a telephone number not when it is free of charge (those are hotlines). What they miss and what they find by
mistake was measured: docs/decisions/0058.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from core.domain.person_names import names

RULES_VERSION = 1
"""Raised with every change of the rules: rows that older ones looked at are looked at again."""


class Kind(StrEnum):
    """What was found; the word is what stands in its place."""

    NAME = "name"
    BIRTH_DATE = "date of birth"
    PHONE = "phone"
    EMAIL = "e-mail"
    ADDRESS = "address"
    RECORD_NUMBER = "record number"


@dataclass(frozen=True, slots=True)
class Found:
    """One identifier in a text."""

    start: int
    end: int
    kind: Kind


def find(text: str, known: frozenset[str] = frozenset()) -> list[Found]:
    """All identifiers in a text, from left to right; where two overlap, the longer one.

    A name that was found once is one wherever it stands again, whole or in part; so are the words in ``known``.
    """
    found = _apart(_all(text))
    words = known | _words_of_names(text, found)
    if words:
        again = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b")
        found = _apart([*found, *(Found(*match.span(), Kind.NAME) for match in again.finditer(text))])
    return found


def name_words(texts: Iterable[str | None]) -> frozenset[str]:
    """The words of all names in texts that belong together: what stands in one of them is a name in all."""
    return frozenset().union(*(_words_of_names(text, _apart(_all(text))) for text in texts if text))


def count(texts: Iterable[str | None]) -> dict[str, int]:
    """How many identifiers of which kind these texts, which belong together, hold; empty where there are none."""
    given = [text for text in texts if text]
    counts: Counter[str] = Counter()
    found = [find(text) for text in given]
    if len(given) > 1 and any(one.kind is Kind.NAME for part in found for one in part):
        known = name_words(given)
        found = [find(text, known) for text in given]
    for part in found:
        counts.update(str(one.kind) for one in part)
    return dict(sorted(counts.items()))


def mask(text: str, known: frozenset[str] = frozenset()) -> str:
    """The text with every identifier replaced by its kind, as in "«phone hidden»"; unchanged where there is none."""
    parts, at = [], 0
    for one in find(text, known):
        parts += [text[at : one.start], f"«{one.kind} hidden»"]
        at = one.end
    return "".join(parts) + text[at:] if parts else text


def mask_all(texts: Sequence[str]) -> list[str]:
    """Texts that belong together, each as ``mask`` gives it."""
    known = name_words(texts)
    return [mask(text, known) for text in texts]


def in_words(counts: dict[str, int]) -> str:
    """Counts as people read them: "2 names, 1 phone"."""
    plural = {Kind.BIRTH_DATE: "dates of birth", Kind.ADDRESS: "addresses"}
    return ", ".join(
        f"{number:,} {kind if number == 1 else plural.get(Kind(kind), f'{kind}s')}"
        for kind, number in sorted(counts.items())
    )


def _apart(found: Iterable[Found]) -> list[Found]:
    """Those that do not overlap, the longer ones first."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _words_of_names(text: str, found: Iterable[Found]) -> frozenset[str]:
    words = (word for one in found if one.kind is Kind.NAME for word in text[one.start : one.end].split())
    return frozenset(word for word in words if len(word) >= _LEAST_NAME and word[0].isupper())


_LEAST_NAME = 3
"""Letters of a word of a name that is looked for elsewhere: initials stand for too much."""


def _all(text: str) -> Iterator[Found]:
    # patterns are slow, looking for a word is not: most texts hold no hint and cost a few of those looks
    low = text.lower()
    if len(low) != len(text):  # a letter became two, and the places would not agree any more
        low = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    if "@" in text:
        yield from _emails(text)
    for start, end in _numbers(text):
        yield from _matches(_SOCIAL_SECURITY, text, Kind.RECORD_NUMBER, start, end)
        yield from _matches(_RECORD_NUMBER, low, Kind.RECORD_NUMBER, start, end, _holds_three_digits)
        yield from _matches(_BIRTH_DATE, low, Kind.BIRTH_DATE, start, end)
        yield from _matches(_PHONE, text, Kind.PHONE, start, end, _is_phone)
        yield from _matches(_LABELLED_PHONE, low, Kind.PHONE, start, end, _is_labelled_phone)
    if _HOUSE.search(text):
        yield from _matches(_STREET, text, Kind.ADDRESS)
    if any(hint in low for hint in _STRASSE_HINTS):
        yield from _matches(_STRASSE, text, Kind.ADDRESS)
    if "box " in low:
        yield from _matches(_POST_BOX, low, Kind.ADDRESS)
    for start, end in names(text, low):
        yield Found(start, end, Kind.NAME)


def _matches(
    pattern: re.Pattern[str], text: str, kind: Kind, start: int = 0, end: int = sys.maxsize,
    holds: Callable[[str], bool] = lambda found: True,
) -> Iterator[Found]:  # fmt: skip
    """What the pattern's group ``it`` found and ``holds`` believes."""
    for match in pattern.finditer(text, start, end):
        if holds(match["it"]):
            yield Found(*match.span("it"), kind)


_NUMBER = re.compile(r"[0-9][0-9 ().,/-]+[0-9]")
_BEFORE, _AFTER = 60, 40


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text in which something written in digits can be: around every longer number."""
    start = end = -1
    for match in _NUMBER.finditer(text):
        if start >= 0 and match.start() - _BEFORE > end:
            yield start, end
            start = -1
        start = max(0, match.start() - _BEFORE) if start < 0 else start
        end = match.end() + _AFTER
    if start >= 0:
        yield start, end


# --- e-mail and telephone -------------------------------------------------------------------------------------------

_EMAIL = re.compile(r"(?<![\w.+-])(?P<it>(?P<box>[\w.+-]{1,64})@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,24})(?![\w@-])")
_DESKS = frozenset({
    "admin", "billing", "contact", "customerservice", "enquiries", "feedback", "hello", "help", "helpdesk", "hotline",
    "info", "information", "inquiries", "mail", "noreply", "no-reply", "office", "press", "reception", "sales",
    "service", "support", "team", "webmaster",
})  # fmt: skip
_NEAR = 60
"""Characters after a hotline's number in which an e-mail address is the hotline's."""


def _emails(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        around = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        if match["box"].casefold() not in _DESKS and not any(_is_free(number[0]) for number in _PHONE.finditer(around)):
            yield Found(*match.span("it"), Kind.EMAIL)


_PHONE = re.compile(
    r"""(?<![\w.,/$€£%-])(?P<it>
        \+\d{1,3}[ ().\-/]{0,2}\d(?:[ ().\-/]{0,2}\d){5,12}                   # with a country code
        | (?:1[ .-])?(?:\(\d{3}\)[ .-]?|\d{3}[.-]|\d{3}[ ](?=\d{3}-))\d{3}[ .-]\d{4}   # 202-456-1111, (202) 456-1111
    )(?![\w%]|[.,-]\d)""",
    re.VERBOSE,
)
_LABELLED_PHONE = re.compile(
    r"""\b(?:phone|telephone|tel|mobile|cell|cellphone|fax|whatsapp|text\ me|(?:call|reach)(?:ed)?(?:\ (?:me|us|him|her|them))?)
        (?:\ (?:number|no\.?|is|at|on))*\b[\s.:=\#]{1,3}(?P<it>\(?\d(?:[ .\-/]\d|[)]\ ?\d|\d){5,14})(?![\w%]|[.,-]\d)""",
    re.VERBOSE,
)


def _is_phone(number: str) -> bool:
    return _is_possible(number) and not _is_free(number)


def _is_labelled_phone(number: str) -> bool:
    return not _is_free(number) and not _DATE.fullmatch(number)


@lru_cache(maxsize=1024)
def _is_possible(number: str) -> bool:
    """Whether a number is of a length that exists; its place need not exist: 555 is as good as another."""
    import phonenumbers

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, "US"))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=1024)
def _is_free(number: str) -> bool:
    """Whether it costs nothing to call, as hotlines do, or is a service's number."""
    import phonenumbers
    from phonenumbers import PhoneNumberType as Type

    services = {Type.TOLL_FREE, Type.PREMIUM_RATE, Type.SHARED_COST, Type.UAN, Type.VOICEMAIL}
    try:
        return phonenumbers.number_type(phonenumbers.parse(number, "US")) in services
    except phonenumbers.NumberParseException:
        return False


# --- dates of birth, record numbers, addresses ----------------------------------------------------------------------

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
_A_DATE = (
    rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d{{2}})|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?:\ |-){_MONTH}(?:,?\ |-)\d{{2,4}}|{_MONTH}\ \d{{1,2}}(?:st|nd|rd|th)?,?\ \d{{4}})"
)
_DATE = re.compile(_A_DATE)
_BIRTH_DATE = re.compile(
    rf"""\b(?:d\.?o\.?b\b\.?|date\ of\ birth|birth\s?date|birthday|born)
        (?:[\s:=,-]|\b(?:is|was|on)\b){{1,8}}(?P<it>{_A_DATE})(?!\d)""",
    re.VERBOSE,
)
_RECORD_NUMBER = re.compile(
    r"""\b(?:(?:mrn|ssn|nhs)(?:\ (?:number|no\.?|id))?
        |(?:medical\ record|chart|hospital|patient|record|case|member|insurance|policy|social\ security|medicare|medicaid
           |health\ card|passport|account|driver['’]s\ licen[cs]e)(?:\ (?:number|num|nr|no|id|identifier)\b|\ ?\#))
        (?:[\s:=\#.]|\b(?:is|was)\b){1,8}(?P<it>[a-z]{0,4}[-\ ]?\d[\da-z]*(?:[-\ /]?[\da-z]*\d[\da-z]*){0,5})\b""",
    re.VERBOSE,
)
_SOCIAL_SECURITY = re.compile(
    r"(?P<it>[0-9](?<![\w.-][0-9])[0-9]{2}(?<!000|666)-(?!00)[0-9]{2}-(?!0000)[0-9]{4})(?![\w-])"
)


def _holds_three_digits(found: str) -> bool:
    return sum(letter.isdigit() for letter in found) >= 3


_HOUSE = re.compile(r"[0-9][A-Za-z]? [A-Z0-9]")
_STREET = re.compile(
    r"""(?P<it>[0-9](?<![\w.,/-][0-9])[0-9]{0,4}[A-Za-z]?\ (?:[NSEW]\.?\ |North\ |South\ |East\ |West\ )?
        (?:[A-Z][a-z'’]+\ |\d{1,3}(?:st|nd|rd|th)\ ){1,3}
        (?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Lane|Ln|Boulevard|Blvd|Court|Ct|Terrace|Crescent)\b\.?
        (?:,?\ (?:Apt|Apartment|Suite|Unit|Flat|\#)\.?\ ?\w{1,5})?
        (?:,\ [A-Z][A-Za-z.\ ]{1,30}?,?\ (?:[A-Z]{2}\ \d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\ \d[A-Z]{2}))?)""",
    re.VERBOSE,
)
_STRASSE_HINTS = ("straße ", "strasse ", "str. ")
_STRASSE = re.compile(r"(?P<it>\b[A-ZÄÖÜ][\w-]+(?:straße|strasse|str\.) \d{1,4} ?[a-z]?\b(?:,? \d{5} [A-ZÄÖÜ][\w-]+)?)")
_POST_BOX = re.compile(r"(?P<it>\bp\.?\s?o\.?\s?box \d{1,6}\b)")
