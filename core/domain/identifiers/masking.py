"""Personal identifiers in texts: found by rules, counted by kind, and hidden on the screen.

The rules want a reason to believe, because a marked row cannot be exported without a word. What they miss and what they
find by mistake was measured: docs/decisions/identifiers.md. Where the site named a reader of its own (``use``), that is
asked instead.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from core.domain.found import Found, Kind
from core.domain.identifiers.deidentifier import Deidentifier
from core.domain.identifiers.message_rules import in_a_message
from core.domain.identifiers.note_rules import in_a_note
from core.domain.identifiers.person_names import is_word_too, names
from core.domain.identifiers.rules import in_digits, without_digits
from core.domain.texts import plural

__all__ = [
    "RULES_VERSION",
    "UNREAD",
    "Found",
    "Kind",
    "count",
    "current_rules",
    "find",
    "in_words",
    "mask",
    "mask_all",
    "name_words",
    "site",
    "use",
]

RULES_VERSION = 2
"""Raised with every change of the rules: rows that other ones looked at are looked at again."""
UNREAD = "unread text"
"""The kind of a whole text for which the site's function gave no answer in time: it is hidden, and counts as marked."""
UNREAD_SHOWN = f"«{UNREAD} hidden»"

_in_use: list[Deidentifier] = []


def use(reader: Deidentifier | None) -> None:
    """Ask the site's function from now on, in this whole process; None: the rules."""
    _in_use[:] = [] if reader is None else [reader]


def site() -> Deidentifier | None:
    """The site's function, where one is in use."""
    return _in_use[0] if _in_use else None


def current_rules() -> int:
    """What marks carry that are up to date: the version of the rules, or the number of the site's function."""
    reader = site()
    return RULES_VERSION if reader is None else reader.number


def find(text: str, known: frozenset[str] = frozenset(), *, by_rules: bool = False) -> list[Found]:
    """All identifiers in a text, from left to right; what overlaps is one, of the kind of the longest.

    A name that was found once is one wherever it stands again, whole or in part; so are the words in ``known``. Where
    the site's function gives no answer, the whole text is one identifier of the kind ``UNREAD``. ``by_rules``: do not
    ask it.
    """
    reader = site()
    if reader is not None and not by_rules:
        return _by_site(reader, text)
    plain = _without_masks(text)
    found = list(_found_in(plain))
    words = known | _words_of_names(plain, found)
    if words:
        found = _joined([*found, *_again(plain, words)])
    return found


def name_words(texts: Iterable[str | None]) -> frozenset[str]:
    """The words of all names in texts that belong together: what stands in one of them is a name in all."""
    if site() is not None:  # it reads every text by itself
        return frozenset()
    given = [_without_masks(text) for text in texts if text]
    return frozenset().union(*(_words_of_names(text, _found_in(text)) for text in given))


def count(texts: Iterable[str | None]) -> dict[str, int]:
    """How many identifiers of which kind these texts, which belong together, hold; empty where there are none."""
    given = [text for text in texts if text]
    read_together(given)
    counts: Counter[str] = Counter()
    found = [find(text) for text in given]
    if len(given) > 1 and any(one.kind is Kind.NAME for part in found for one in part):
        known = name_words(given)
        found = [find(text, known) for text in given]
    for part in found:
        counts.update(str(one.kind) for one in part)
    return dict(sorted(counts.items()))


def mask(text: str, known: frozenset[str] = frozenset(), *, by_rules: bool = False) -> str:
    """The text with every identifier replaced by its kind, as in "«phone hidden»"; unchanged where there is none."""
    for _ in range(_ROUNDS):
        found = find(text, known, by_rules=by_rules)
        if not found:
            break
        parts, at = [], 0
        for one in found:
            parts += [text[at : one.start], f"«{one.kind} hidden»"]
            at = one.end
        text = "".join(parts) + text[at:]
        if site() is not None and not by_rules:
            break
    return text


_ROUNDS = 4
"""A text in which something was hidden is read again: what stood too far from its reason may be near it now."""


def mask_all(texts: Sequence[str]) -> list[str]:
    """Texts that belong together, each as ``mask`` gives it."""
    read_together(texts)
    known = name_words(texts)
    return [mask(text, known) for text in texts]


def in_words(counts: dict[str, int]) -> str:
    """Counts as people read them: "2 names, 1 phone"."""
    several: dict[str, str] = {
        Kind.BIRTH_DATE: "dates of birth",
        Kind.ADDRESS: "addresses",
        Kind.AGE: "ages over 89",
        Kind.NETWORK: "network addresses",
    }
    return ", ".join(plural(number, kind, several.get(kind)) for kind, number in sorted(counts.items()))


def _by_site(reader: Deidentifier, text: str) -> list[Found]:
    if not text:
        return []
    answer = reader.read([text])
    return [Found(0, len(text), UNREAD)] if answer is None else _joined(answer[0])


def read_together(texts: Sequence[str]) -> None:
    """Let the site's function read texts in one go; it keeps its answers."""
    reader = site()
    if reader is not None and len(texts) > 1:
        reader.read(texts)


_BY_MACHINES = re.compile(
    r"\d{4}-\d\d-\d\d[T ](?!00:00:00)\d\d:\d\d:\d\d[\d.:+Z-]*|(?=[0-9]*[a-f])[0-9a-f]{7,64}(?:-dirty)?"
    r"|v\d+(?:\.\d+){2}-\d+-g[0-9a-f]{7,40}(?:-dirty)?|[0-9]{32,64}|sbert-logreg-v[\d-]+"
)


def is_made_by_machines(text: str) -> bool:
    """Whether a whole text is a time to the second, a hash or a version of this product: its digits are no numbers of
    anybody.

    A day at midnight is not: programs write dates of birth like that.
    """
    return _BY_MACHINES.fullmatch(text) is not None


_MASK = re.compile(r"«[^«»\n]{1,60} hidden»")


def _without_masks(text: str) -> str:
    """The text with what stands for hidden identifiers blanked: neither identifiers nor reasons to believe in one."""
    return _MASK.sub(lambda mask: "\0" * len(mask[0]), text) if " hidden»" in text else text


@lru_cache(maxsize=16)  # counting and masking the texts of one page ask for the same ones
def _found_in(text: str) -> tuple[Found, ...]:
    low = text.lower()
    if len(low) != len(text):  # a letter became two, and the places would not agree any more
        low = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    found = [*in_digits(text, low), *without_digits(text, low), *in_a_note(text, low), *in_a_message(text, low)]
    found += (Found(start, end, Kind.NAME) for start, end in names(text, low))
    return tuple(_joined(found))


def _joined(found: Iterable[Found]) -> list[Found]:
    """What overlaps as one, of the kind of the longest: one look at each from left to right."""
    joined: list[Found] = []
    longest = 0
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        length = one.end - one.start
        if joined and one.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = Found(last.start, max(last.end, one.end), one.kind if length > longest else last.kind)
            longest = max(longest, length)
        else:
            joined.append(one)
            longest = length
    return joined


_TOKEN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def _again(text: str, words: frozenset[str]) -> Iterator[Found]:
    """Where a word of a name stands again."""
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in words:
            yield Found(*match.span(), Kind.NAME)
        elif "'" in token or "’" in token:
            owner = re.split("['’]", token, maxsplit=1)[0]
            if owner in words:
                yield Found(match.start(), match.start() + len(owner), Kind.NAME)


def _words_of_names(text: str, found: Iterable[Found]) -> frozenset[str]:
    words = (word for one in found if one.kind is Kind.NAME for word in text[one.start : one.end].split())
    return frozenset(
        word.strip(",") for word in words if len(word) >= _LEAST_NAME and word[0].isupper() and not is_word_too(word)
    )


_LEAST_NAME = 3
"""Letters of a word of a name that is looked for elsewhere: initials stand for too much."""
