"""Which personal identifiers an interaction's texts hold: kinds and numbers beside the item, never the texts themselves."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.identifiers import RULES_VERSION, count
from core.domain.roles import User
from core.store.database import Store
from core.store.tables import Audit, Item, LegacyInteraction, Rating

BATCH = 500
REVEALED = "revealed identifiers"
"""How the record of acts calls it."""


def mark(item: Item, row: LegacyInteraction, comments: Iterable[str | None]) -> None:
    """Keep beside the item what the rules find in its texts and in what raters wrote about it."""
    note(item, [row.user_prompt, row.ai_response, *comments])


def note(item: Item, texts: Iterable[str | None]) -> None:
    """As ``mark``, for an interaction whose row is not there yet."""
    item.identifiers = count([*texts, item.context_id, item.session_label, *_extra(item)]) or None
    item.identifier_rules = RULES_VERSION


def comments_on(session: Session, interaction_id: int) -> list[str]:
    """What raters wrote about it."""
    written = select(Rating.comment).where(Rating.interaction_id == interaction_id, Rating.comment.is_not(None))
    return [comment for comment in session.scalars(written) if comment]


def look_again(store: Store, *, limit: int | None = None) -> int:
    """Look at rows that no rules or older ones looked at, ``limit`` of them or all; how many.

    In small transactions, so that nobody waits long; what is cut off goes on the next time.
    """
    due = select(Item.interaction_id).where(Item.identifier_rules < RULES_VERSION)
    total = 0
    while limit is None or total < limit:
        batch = BATCH if limit is None else min(BATCH, limit - total)
        with store.read() as session:  # looking first: where nothing is due no write lock is taken
            ids = list(session.scalars(due.limit(batch)))
        if not ids:
            break
        with store.write() as session:
            locked = select(Item, LegacyInteraction).join(LegacyInteraction).where(Item.interaction_id.in_(ids))
            written: dict[int, list[str | None]] = {}
            for number, comment in session.execute(
                select(Rating.interaction_id, Rating.comment).where(Rating.interaction_id.in_(ids))
            ):
                written.setdefault(number, []).append(comment)
            for item, row in session.execute(locked.order_by(Item.interaction_id).with_for_update(of=Item)):
                mark(item, row, written.get(item.interaction_id, ()))
        total += len(ids)
    return total


def revealed(session: Session, user: User, since: datetime) -> set[int]:
    """The interactions of which this person revealed the identifiers since then, by the record of acts."""
    # by time alone: all that somebody ever did, or all that was ever revealed, is more than a quarter of an hour of acts
    lately = select(Audit.subject).where(Audit.at >= since)
    acts = lately.where(Audit.actor.concat("") == user.key, Audit.action.concat("") == REVEALED)
    return {int(subject.rpartition(" ")[2]) for subject in session.scalars(acts)}


def _extra(item: Item) -> Iterator[str]:
    """The other columns of an imported row, each with its name: "patient name: ..." says what it is."""
    for name, value in (item.extra or {}).items():
        yield f"{name.replace('_', ' ')}: {value}"
