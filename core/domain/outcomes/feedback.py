"""What a user of an application says of an answer or of a ranking: read from JSON and checked. Never a rating."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.domain.errors import BadInput
from core.domain.outcomes.sent_answers import check_name
from core.domain.texts import storable

MAX_COMMENT = 10_000
"""Characters."""
_NOTHING = "Nothing was stored."


class Kind(StrEnum):
    """In what form it is said."""

    THUMB = "thumb"
    SCORE = "score"
    CHOSEN = "chosen"


THUMBS = {"down": 0, "up": 1}
FIELDS = ("interaction", "rerank", "index", *Kind, "comment", "user", "id")


@dataclass(frozen=True, slots=True)
class Said:
    """One feedback, checked as far as it can be without the database."""

    kind: Kind
    value: int
    """Of a thumb 1 (up) or 0 (down), of a score 1 to 5, of a choice the index of the document."""
    interaction: str | None = None
    """The application's id of the answer; or ``rerank``."""
    rerank: str | None = None
    """The id of the ranking."""
    index: int | None = None
    """Which document of the ranking a thumb or score is about; None: the one that came first."""
    comment: str | None = None
    user: str | None = None
    id: str | None = None
    """The application's id of this feedback."""


def read_feedback(body: Any) -> Said:
    """Check the JSON of one feedback; a field of another name is refused, for it may be a misspelt one.

    Raises:
        BadInput: the sentence names the field.
    """
    if not isinstance(body, Mapping):
        raise BadInput(f'Feedback must be a JSON object: {{"interaction": "...", "thumb": "up"}}. {_NOTHING}')
    unknown = sorted(str(name)[:40] for name in body if name not in FIELDS)
    if unknown:
        raise BadInput(f"The field {unknown[0]!r} is not known; feedback has {', '.join(FIELDS)}. {_NOTHING}")
    interaction, rerank = _named(body, "interaction"), _named(body, "rerank")
    if (interaction is None) == (rerank is None):
        raise BadInput(
            "Say what the feedback is about with one of interaction (the id that you sent the answer with) and rerank "
            f"(the id of a ranking). {_NOTHING}"
        )
    given = [kind for kind in Kind if body.get(kind) is not None]
    if len(given) != 1:
        raise BadInput(f'Feedback has one of thumb ("up" or "down"), score (1 to 5) and chosen (an index). {_NOTHING}')
    index = _index(body, "index")
    if index is not None and (rerank is None or given == [Kind.CHOSEN]):
        raise BadInput(f"index goes with a thumb or score on a ranking (rerank), and with nothing else. {_NOTHING}")
    if given == [Kind.CHOSEN] and rerank is None:
        raise BadInput(f"chosen goes with a ranking (rerank): which of its documents was chosen. {_NOTHING}")
    return Said(
        given[0],
        _value(body, given[0]),
        interaction,
        rerank,
        index,
        _comment(body),
        _named(body, "user"),
        _named(body, "id"),
    )


def _value(body: Mapping[str, Any], kind: Kind) -> int:
    value = body[kind]
    if kind is Kind.THUMB:
        if not isinstance(value, str) or value not in THUMBS:
            raise BadInput(f'thumb must be "up" or "down". {_NOTHING}')
        return THUMBS[value]
    if kind is Kind.SCORE:
        score = _whole(value)
        if score is None or not 1 <= score <= 5:
            raise BadInput(f"score must be a whole number from 1 (bad) to 5 (good). {_NOTHING}")
        return score
    chosen = _index(body, Kind.CHOSEN)
    assert chosen is not None
    return chosen


def _index(body: Mapping[str, Any], name: str) -> int | None:
    if body.get(name) is None:
        return None
    index = _whole(body[name])
    if index is None or index < 0:
        raise BadInput(f"{name} must be the place of a document in what was ranked: 0, 1, 2, ... {_NOTHING}")
    return index


def _whole(value: Any) -> int | None:
    """JSON knows no difference between 2 and 2.0; true is no number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _named(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is None:
        return None
    try:
        return check_name(value, name)
    except BadInput as refused:
        raise BadInput(f"{refused}. {_NOTHING}") from None


def _comment(body: Mapping[str, Any]) -> str | None:
    value = body.get("comment")
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadInput(f"comment must be a text. {_NOTHING}")
    if len(value) > MAX_COMMENT:
        raise BadInput(f"comment has {len(value):,} characters; at most {MAX_COMMENT:,} are taken. {_NOTHING}")
    try:
        return storable(value, "comment").strip() or None
    except BadInput as refused:
        raise BadInput(f"{refused}. {_NOTHING}") from None
