"""Which personal identifiers an interaction's texts hold: kinds and numbers beside the item, never the texts themselves."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, object_session

from core.domain.identifiers import RULES_VERSION
from core.domain.roles import User
from core.store import marks
from core.store.database import Store
from core.store.tables import Audit, Item, LegacyInteraction, Rating

BATCH, BATCH_CHARACTERS = 500, 4_000_000
UNMARKED = 0
"""In place of the rules' version: nobody has looked."""
REVEALED = "revealed identifiers"
"""How the record of acts calls it."""


def mark(item: Item, row: LegacyInteraction, comments: Iterable[str | None]) -> None:
    """Keep beside the item what the rules find in its texts and in what raters wrote about it."""
    note(item, [row.user_prompt, row.ai_response, *comments])


def note(item: Item, texts: Iterable[str | None]) -> None:
    """As ``mark``, for an interaction whose row is not there yet.

    What would take long stays unmarked, which hides it, until ``look_again`` has read it outside of any transaction.
    """
    found = marks.read_before(all_texts(texts, item.context_id, item.session_label, item.extra), object_session(item))
    if found is None:
        item.identifier_rules = UNMARKED
        return
    item.identifiers = found or None
    item.identifier_rules = RULES_VERSION


def all_texts(
    texts: Iterable[str | None], context_id: str | None, session_label: str | None, extra: Mapping[str, Any] | None
) -> list[str | None]:
    """Everything of one interaction in which an identifier can stand.

    The other columns of an imported row come each with its name: "patient name: ..." says what it is.
    """
    named = (f"{name.replace('_', ' ')}: {value}" for name, value in (extra or {}).items())
    return [*texts, context_id, session_label, *named]


def comments_on(session: Session, interaction_id: int) -> list[str]:
    """What raters wrote about it."""
    written = select(Rating.comment).where(Rating.interaction_id == interaction_id, Rating.comment.is_not(None))
    return [comment for comment in session.scalars(written) if comment]


def look_again(store: Store, *, limit: int | None = None) -> int:
    """Look at rows that no rules or older ones looked at, ``limit`` of them or all; how many.

    In small transactions, so that nobody waits long; what is cut off goes on the next time.
    """
    size = func.length(LegacyInteraction.user_prompt) + func.length(LegacyInteraction.ai_response)
    due = select(Item.interaction_id, size).join(LegacyInteraction).where(Item.identifier_rules < RULES_VERSION)
    total = 0
    while limit is None or total < limit:
        batch = BATCH if limit is None else min(BATCH, limit - total)
        with store.read() as session:  # looking first: where nothing is due no write lock is taken
            ids = _few_at_once((number, length) for number, length in session.execute(due.limit(batch)))
            if not ids:
                break
            for item, row, comments in _with_comments(session, ids):
                texts = [row.user_prompt, row.ai_response, *comments]
                marks.read(all_texts(texts, item.context_id, item.session_label, item.extra))
        with store.write() as session:
            for item, row, comments in _with_comments(session, ids, locked=True):
                mark(item, row, comments)
        total += len(ids)
    return total


def _few_at_once(sized: Iterable[tuple[int, int]]) -> list[int]:
    """So many of them that their texts together are no more than memory has room for; at least one."""
    chosen: list[int] = []
    characters = 0
    for number, length in sized:
        characters += length
        if chosen and characters > BATCH_CHARACTERS:
            break
        chosen.append(number)
    return chosen


def _with_comments(
    session: Session, ids: list[int], *, locked: bool = False
) -> Iterator[tuple[Item, LegacyInteraction, list[str | None]]]:
    written: dict[int, list[str | None]] = {}
    for number, comment in session.execute(
        select(Rating.interaction_id, Rating.comment).where(Rating.interaction_id.in_(ids))
    ):
        written.setdefault(number, []).append(comment)
    rows = select(Item, LegacyInteraction).join(LegacyInteraction).where(Item.interaction_id.in_(ids))
    rows = rows.order_by(Item.interaction_id)
    for item, row in session.execute(rows.with_for_update(of=Item) if locked else rows):
        yield item, row, written.get(item.interaction_id, [])


def revealed(session: Session, user: User, since: datetime) -> set[int]:
    """The interactions of which this person revealed the identifiers since then, by the record of acts."""
    # by time alone: all that somebody ever did, or all that was ever revealed, is more than a quarter of an hour of acts
    lately = select(Audit.subject).where(Audit.at >= since)
    acts = lately.where(Audit.actor.concat("") == user.key, Audit.action.concat("") == REVEALED)
    return {int(subject.rpartition(" ")[2]) for subject in session.scalars(acts)}
