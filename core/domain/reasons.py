"""The short reasons that go with a rating: what a lead may word, and which key each has."""

from collections.abc import Collection, Iterable

from core.domain.errors import BadInput
from core.domain.texts import storable

DEFAULT_REASONS = ("wrong", "unsafe", "incomplete", "off topic", "unclear")
REASON_KEYS = "qwxtz"
"""The key of each, by its place in the guidelines."""
MOST_REASONS = len(REASON_KEYS)
MAX_REASON_LENGTH = 40
SEPARATOR = "; "
"""Between the reasons of one rating in exports."""
NOT_OFFERED = (
    "The guidelines do not offer the reason “{}”. Nothing was stored, and what you typed is kept. Take that reason "
    "away, then act again."
)
TOO_MANY = f"At most {MOST_REASONS} reasons go with a rating. Nothing was stored, and what you typed is kept."


def worded_reasons(typed: Iterable[str]) -> tuple[str, ...]:
    """The reasons that a lead typed, each in one line; empty ones are left out, so the later ones move up a key.

    Raises:
        BadInput: too many, one that is too long or cannot be stored, one that holds a semicolon, or two alike.
    """
    found = tuple(clean for reason in typed if (clean := storable(" ".join(reason.split()), "The reason")))
    if len(found) > MOST_REASONS:
        raise BadInput(f"There are keys for {MOST_REASONS} reasons; these are {len(found)}. Nothing was saved.")
    for reason in found:
        if len(reason) > MAX_REASON_LENGTH:
            raise BadInput(
                f"The reason “{reason}” has {len(reason)} characters; {MAX_REASON_LENGTH} are possible. "
                "Nothing was saved."
            )
        if ";" in reason:
            raise BadInput(f"Please write the reason “{reason}” without a semicolon. Nothing was saved.")
    if len({reason.casefold() for reason in found}) < len(found):
        raise BadInput("Two of the reasons are the same. Nothing was saved.")
    return found


def in_order(chosen: Iterable[str], offered: Collection[str]) -> tuple[str, ...]:
    """The chosen reasons, each once, as the guidelines order them; those of other versions last.

    Raises:
        BadInput: more than a rating can have.
    """
    found = tuple(dict.fromkeys(chosen))
    if len(found) > MOST_REASONS:
        raise BadInput(TOO_MANY)
    known = [reason for reason in offered if reason in found]
    return (*known, *(reason for reason in found if reason not in known))
