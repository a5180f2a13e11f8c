"""Scales of ratings: what a file writes becomes a whole number from 1 to 5, and what a file's ratings look like."""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from core.domain.errors import BadInput
from core.domain.ratings import EMPTY_WORDS, MAX_RATING, MIN_RATING

MOST_UNUSUAL: Final = 0.02
"""The share of ratings that the scale cannot read above which somebody must say what they mean."""

_NO_RATING: Final = EMPTY_WORDS | {
    *("-", "--", "–", "—", "?", "na", "n/a", "n.a.", "#n/a", "#na", "<na>", "nil", "nat", "missing", "unrated"),
    *("not rated", "no rating", "not applicable", "not available"),
}
_NUMBER: Final = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d{1,3})?", re.IGNORECASE)
_RANGE: Final = re.compile(r"\s*(-?\d{1,6}(?:[.,]\d{1,6})?)\s*(?:-|–|to|\.\.)\s*(-?\d{1,6}(?:[.,]\d{1,6})?)\s*")
_PAIRS: Final = re.compile(r"(?<==[1-5])\s*[,;]\s*")  # a word can hold a comma
_SHOWN: Final = 40
"""Characters of a rating that are kept; of a longer text it is known that it is none."""
_SKIN: Final = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
_UP: Final = (
    *("👍", "up", "thumbs up", "thumbs_up", "thumbsup", "upvote", "true", "yes", "y", "good", "like", "liked"),
    *("positive", "desirable", "correct", "1"),
)
_DOWN: Final = (
    *("👎", "down", "thumbs down", "thumbs_down", "thumbsdown", "downvote", "false", "no", "n", "bad", "dislike"),
    *("disliked", "negative", "undesirable", "incorrect", "0", "-1"),
)
_THUMBS: Final = {**dict.fromkeys(_UP, MAX_RATING), **dict.fromkeys(_DOWN, MIN_RATING)}
_THUMBS_TABLE: Final = (
    ("thumbs up, true, yes, good, 1", MAX_RATING),
    ("thumbs down, false, no, bad, 0, -1", MIN_RATING),
)
_STEPS: Final = tuple(range(MIN_RATING, MAX_RATING + 1))
_OURS: Final = "1-5"
_COMMON: Final = ("0-1", "-1-1", "0-2", "1-3", "0-3", "1-4", "0-4", _OURS, "0-5", "1-7", "1-10", "0-10", "0-100")
"""Ranges that are proposed, narrow ones first."""
_FITS: Final = 0.9
"""The share of the ratings that a proposed scale can read."""
_MOST_LIKELY: Final = 4
_MOST_VALUES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Scale:
    """What ratings of a file mean."""

    name: str
    """For ``--scale``; empty: whole numbers from 1 to 5 as they are."""
    title: str
    """For people: "0 to 4"."""
    expected: str
    """What a rating has to be: "a number from 0 to 4"."""
    meaning: Callable[[object], int]
    """A rating that is one -> 1 to 5; raises ValueError where it has no meaning on this scale."""
    table: tuple[tuple[str, int], ...]
    """What the file writes -> what is stored, for people."""

    def read(self, value: object) -> int | None:
        """A rating as the file writes it, from 1 to 5; nothing at all, N/A and the like are None.

        Raises:
            BadInput: it has no meaning on this scale.
        """
        if is_no_rating(value):
            return None
        try:
            return self.meaning(value)
        except ValueError:
            raise BadInput(f"rating {_shown(value)!r} is not {self.expected}") from None


@dataclass(slots=True)
class RatingValues:
    """Counts what stands in a file's rating column; memory is bounded whatever the file holds."""

    scale: Scale
    given: int = 0
    """Ratings; nothing at all, N/A and the like are none."""
    unusual: int = 0
    """Of those, how many have no meaning on the scale."""
    counts: Counter[str] = field(default_factory=Counter)
    """The first 1,000 different ratings as the file writes them."""
    _lowest: Decimal | None = None
    _highest: Decimal | None = None
    _odd: set[str] = field(default_factory=set)

    def add(self, value: object) -> None:
        """Count the rating of one more row."""
        if is_no_rating(value):
            return
        shown = _shown(value)
        self.given += 1
        if shown in self.counts:
            self.counts[shown] += 1
            self.unusual += shown in self._odd
            return
        number = _number(shown)
        if number is not None:
            self._lowest = number if self._lowest is None else min(self._lowest, number)
            self._highest = number if self._highest is None else max(self._highest, number)
        odd = _meaning(self.scale, shown) is None
        self.unusual += odd
        if len(self.counts) < _MOST_VALUES:
            self.counts[shown] = 1
            if odd:
                self._odd.add(shown)

    @property
    def must_ask(self) -> bool:
        """Whether too many have no meaning on the scale to go on without asking."""
        return self.unusual > MOST_UNUSUAL * self.given

    @property
    def range(self) -> str:
        """What the ratings do, in words: "go from 0 to 4", "hold words such as 'good', 'poor'"."""
        words = [shown for shown, _ in self.counts.most_common() if _number(shown) is None]
        parts = []
        if self._lowest is not None and self._highest is not None:
            parts.append(f"go from {_plain(self._lowest)} to {_plain(self._highest)}")
        if words:
            parts.append(f"hold words such as {', '.join(map(repr, words[:3]))}")
        return " and ".join(parts)

    @property
    def likely(self) -> tuple[Scale, ...]:
        """The scales that can read nearly all of them, the likeliest first; none where only their words say it."""
        found = []
        for scale in (named("thumbs"), *map(named, _COMMON)):
            read = {shown: count for shown, count in self.counts.items() if _meaning(scale, shown) is not None}
            share = sum(read.values()) / max(self.counts.total(), 1)
            if share >= _FITS and not (scale.name == "thumbs" and {"0", "-1"} <= read.keys()):
                found.append((share < 1 - MOST_UNUSUAL, -_ends(scale, read), scale))
        found.sort(key=lambda one: one[:2])  # of those that are alike the narrowest: they are proposed in that order
        return tuple(scale for *_, scale in found[:_MOST_LIKELY])

    @property
    def question(self) -> str:
        """What makes them unusual, in a sentence."""
        return (
            f"The ratings in this file {self.range}: {self.unusual:,} of {self.given:,} are not {self.scale.expected}."
        )

    @property
    def option(self) -> str:
        """What to say on the command line, in a sentence."""
        likely = self.likely
        if likely:
            name = likely[0].name
            option = f"--scale{'=' if name.startswith('-') else ' '}{name}"
        else:
            option = "--scale 'poor=1,good=4' with a number from 1 to 5 for each word"
        return f"Say what they mean, for instance by {option}."


def named(text: str) -> Scale:
    """The scale that somebody names: "" (as given), "0-4" and any other range, "thumbs", or words: "poor=1,good=4".

    Raises:
        BadInput: it is none of these.
    """
    clean = text.strip()
    if not clean:
        return as_given()
    if clean.casefold() == "thumbs":
        return _of_words("thumbs", "thumbs up and down", "a thumb up or down", _THUMBS, _THUMBS_TABLE)
    if "=" in clean:
        return of_words(_word_pairs(clean))
    limits = _RANGE.fullmatch(clean)
    if limits:
        low, high = (Decimal(limit.replace(",", ".")) for limit in limits.groups())
        if low < high:
            return _of_range(low, high)
    raise BadInput(
        f"{text[:60]!r} is not a scale. Write the range of the ratings like 0-4 or 1-10, or thumbs, or what each word "
        "means like poor=1,good=4."
    )


def as_given() -> Scale:
    """Whole numbers from 1 to 5, as they are: 4, "4.0", "4,0"."""

    def meaning(value: object) -> int:
        number = _number(value)
        if number is None or number not in _STEPS:
            raise ValueError
        return int(number)

    return Scale(
        "", "whole numbers from 1 to 5", "a whole number from 1 to 5", meaning, tuple((str(n), n) for n in _STEPS)
    )


def of_words(words: Mapping[str, int]) -> Scale:
    """A scale of words; how they are spaced and whether they have capitals does not matter.

    Raises:
        BadInput: there are none, or one of them has no rating from 1 to 5.
    """
    clean = {_word(word): rating for word, rating in words.items()}
    if not clean or "" in clean or not set(clean.values()) <= set(_STEPS):
        raise BadInput("Say for each word which rating from 1 to 5 it means, like poor=1,good=4.")
    rows = tuple((" ".join(word.split()), rating) for word, rating in words.items())
    name = ",".join(f"{word}={rating}" for word, rating in rows)
    return _of_words(name, "words", "one of the words of the scale", clean, rows)


def is_no_rating(value: object) -> bool:
    """Whether a value says that there is no rating: nothing, blank, not a number, N/A and the like."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    text = value.strip() if isinstance(value, str) else None
    return text is not None and len(text) <= _SHOWN and text.casefold() in _NO_RATING


def _of_range(low: Decimal, high: Decimal) -> Scale:
    span = high - low

    def place(value: Decimal) -> int:
        exact = (value - low) * (MAX_RATING - MIN_RATING) / span + MIN_RATING
        return int(exact.quantize(Decimal(1), ROUND_HALF_UP))

    def meaning(value: object) -> int:
        number = _number(value)
        if number is None or not low <= number <= high:
            raise ValueError
        return place(number)

    name = f"{_plain(low)}-{_plain(high)}"
    limits = f"{_plain(low)} to {_plain(high)}"
    if 2 <= span <= 10 and span == int(span):
        rows = tuple((_plain(low + step), place(low + step)) for step in range(int(span) + 1))
    else:
        edges = [low, *(low + span * (2 * step - 1) / 8 for step in _STEPS[:-1]), high]
        rows = tuple(
            (f"{_plain(edges[n - 1])} to {'' if n == MAX_RATING else 'under '}{_plain(edges[n])}", n) for n in _STEPS
        )
    return Scale(
        name, f"{limits}, halves rounded up" if name == _OURS else limits, f"a number from {limits}", meaning, rows
    )


def _of_words(
    name: str, title: str, expected: str, words: Mapping[str, int], rows: tuple[tuple[str, int], ...]
) -> Scale:
    def meaning(value: object) -> int:
        number = _number(value)
        word = _word(_shown(value)) if number is None else _plain(number)
        if word not in words:
            word = _word(_shown(value))  # a scale can hold 1.0 or 007 as a word
        if word not in words:
            raise ValueError
        return words[word]

    return Scale(name, title, expected, meaning, rows)


def _meaning(scale: Scale, value: object) -> int | None:
    try:
        return scale.meaning(value)
    except ValueError:
        return None


def _ends(scale: Scale, read: Mapping[str, int]) -> int:
    """How well the ends of a range are met: 2 for the highest, 1 for the lowest rating; ours and thumbs go first."""
    limits = _RANGE.fullmatch(scale.name)
    if limits is None or scale.name == _OURS:
        return 4
    numbers = [number for number in map(_number, read) if number is not None]
    low, high = map(Decimal, limits.groups())
    return 2 * (max(numbers) == high) + (min(numbers) == low)


def _word_pairs(text: str) -> dict[str, int]:
    pairs: dict[str, int] = {}
    known: set[str] = set()
    for pair in _PAIRS.split(text.strip(" ,;")):
        word, _, rating = pair.rpartition("=")
        if _word(word) in known:
            raise BadInput(f"The scale says twice what {word.strip()[:_SHOWN]!r} means; say it once.")
        known.add(_word(word))
        pairs[word] = int(rating) if rating.strip() in map(str, _STEPS) else 0
    return pairs


def _number(value: object) -> Decimal | None:
    """A number as people and spreadsheets write it, with a decimal point or comma."""
    text = "" if isinstance(value, bool) else _shown(value)
    if len(text) > _SHOWN or not _NUMBER.fullmatch(text):
        return None
    return Decimal(text.replace(",", "."))


def _plain(number: Decimal) -> str:
    """Without an exponent and trailing zeros: 4, 0.125."""
    return f"{number.normalize() + 0:f}"


def _word(text: str) -> str:
    return " ".join(_SKIN.sub("", text).casefold().split())


def _shown(value: object) -> str:
    """The value as text, its beginning where it is long."""
    if isinstance(value, int) and abs(value) >= 10**_SHOWN:  # writing it out takes long, or is refused
        return "a number of more than 40 digits"
    text = value if isinstance(value, str) else str(value) if not isinstance(value, dict | list) else "a list or object"
    text = text.strip()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
