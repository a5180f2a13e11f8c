"""Which personal identifiers an interaction's texts hold: kinds and numbers beside the item, never the texts."""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.orm import Session

from core.domain.identifiers.deidentifier import BATCH as TEXTS_AT_ONCE
from core.domain.identifiers.deidentifier import SECONDS_PER_BATCH
from core.domain.identifiers.masking import UNREAD, count, current_rules, is_made_by_machines, site
from core.domain.roles import User
from core.store import settings
from core.store.database import Store
from core.store.retrying import written
from core.store.tables import Audit, Item, LegacyInteraction, Rating

BATCH, BATCH_CHARACTERS = 100, 4_000_000
NOT_LOOKED_AT = 0
AT_ONCE = 400
"""Characters of all texts of an item up to which they are read while it is written: a fraction of a millisecond."""
READER = "identifier reader"
"""The setting that says whose marks count."""
REVEALED = "revealed identifiers"
"""The action in the audit log."""


def mark(item: Item, row: LegacyInteraction, comments: Iterable[str | None]) -> None:
    """Keep beside the item what the rules find in its texts and in what raters wrote about it."""
    note(item, [row.user_prompt, row.ai_response, *comments])


def note(item: Item, texts: Iterable[str | None]) -> None:
    """As ``mark``, for an interaction whose row is not there yet.

    Longer texts, and all where the site's function is in use, stay unmarked until ``look_again`` comes to them: nothing
    that may take long is done while a transaction is open.
    """
    given = _texts(item, texts)
    if site() is not None or sum(map(len, given)) > AT_ONCE:
        item.identifiers, item.identifier_rules = None, NOT_LOOKED_AT
        return
    item.identifiers = count(given) or None
    item.identifier_rules = current_rules()


def comments_on(session: Session, interaction_id: int) -> list[str]:
    """What raters wrote about it."""
    written = select(Rating.comment).where(Rating.interaction_id == interaction_id, Rating.comment.is_not(None))
    return [comment for comment in session.scalars(written) if comment]


def not_looked_at() -> ColumnElement[bool]:
    """Whether an item has not been looked at by what is in use now: nobody knows yet what it holds."""
    return Item.identifier_rules != current_rules()


def waiting(session: Session, rules: int) -> int:
    """How many items were not looked at by these rules."""
    return session.scalar(select(func.count()).select_from(Item).where(Item.identifier_rules != rules)) or 0


def take_charge(store: Store) -> None:
    """Make this process's reader the one that marks, as the server that started last: two would mark anew for ever."""
    with store.write() as session:
        settings.put(session, READER, {"number": _reader()})


def _in_charge(session: Session) -> bool:
    """Whether this process's reader marks; while no server said which one does, every one does."""
    return bool(settings.get(session, READER).get("number", _reader()) == _reader())


def _reader() -> int:
    """The number of the site's function, 0 for the rules of any version."""
    return 0 if site() is None else current_rules()


def look_again(store: Store, *, limit: int | None = None, seconds: float | None = None) -> int:
    """Look at rows that no rules or other ones looked at; how many were marked: all, or ``limit``, or as many as begin
    within ``seconds``.

    Texts are read and looked at before a write transaction begins, which then marks those that are still the same. What
    is cut off goes on the next time; where the site's function does not answer, the rows stay unmarked, and so they do
    where another reader is in charge (see ``take_charge``).
    """
    with store.read() as session:
        if not _in_charge(session) or not _any_due(session):
            return 0
    total = after = 0
    began = time.monotonic()
    while (limit is None or total < limit) and (seconds is None or time.monotonic() - began < seconds):
        looked = _look(store, after, BATCH if limit is None else min(BATCH, limit - total))
        if not looked:
            break
        after = max(looked)
        found = {number: (texts, counts) for number, (texts, counts) in looked.items() if UNREAD not in counts}
        if not found:
            break
        written(store, partial(_mark_found, found=found, rules=current_rules()))
        total += len(found)
    return total


def _mark_found(session: Session, found: dict[int, tuple[list[str], dict[str, int]]], rules: int) -> None:
    """Keep what was found in texts that are still the same."""
    for item, texts in _rows(session, list(found), lock=True):
        if texts == found[item.interaction_id][0]:
            item.identifiers = found[item.interaction_id][1] or None
            item.identifier_rules = rules


def _any_due(session: Session) -> bool:
    """Whether there is something to look at: asked of the index, which cannot answer "other than"."""
    rules = current_rules()
    return any(
        session.scalar(select(Item.interaction_id).where(other).limit(1)) is not None
        for other in (Item.identifier_rules < rules, Item.identifier_rules > rules)
    )


def _look(store: Store, after: int, number: int) -> dict[int, tuple[list[str], dict[str, int]]]:
    """The texts of the next unmarked rows, and what was found in them."""
    turns = func.coalesce(func.length(cast(Item.turns, Text)), 0)
    size = func.length(LegacyInteraction.user_prompt) + func.length(LegacyInteraction.ai_response) + turns
    due = select(Item.interaction_id, size).join(LegacyInteraction).where(not_looked_at(), Item.interaction_id > after)
    with store.read() as session:  # looking first: where nothing is due no write lock is taken
        sized = session.execute(due.order_by(Item.interaction_id).limit(number))
        few = _few_at_once((interaction_id, length) for interaction_id, length in sized)
        texts = {item.interaction_id: found for item, found in _rows(session, few, lock=False)}
    reader = site()
    if reader is not None:
        all_texts = [text for found in texts.values() for text in found]
        for at in range(0, len(all_texts), TEXTS_AT_ONCE):
            if reader.read(all_texts[at : at + TEXTS_AT_ONCE], SECONDS_PER_BATCH) is None:
                break  # ``count`` says of these texts that they were not read
    return {interaction_id: (found, count(found)) for interaction_id, found in texts.items()}


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


def _rows(session: Session, numbers: list[int], *, lock: bool) -> Iterator[tuple[Item, list[str]]]:
    written: dict[int, list[str | None]] = {}
    for number, comment in session.execute(
        select(Rating.interaction_id, Rating.comment)
        .where(Rating.interaction_id.in_(numbers))
        .order_by(Rating.rating_id)
    ):
        written.setdefault(number, []).append(comment)
    rows = select(Item, LegacyInteraction).join(LegacyInteraction).where(Item.interaction_id.in_(numbers))
    rows = rows.order_by(Item.interaction_id)
    for item, row in session.execute(rows.with_for_update(of=Item) if lock else rows):
        yield item, _texts(item, [row.user_prompt, row.ai_response, *written.get(item.interaction_id, ())])


def _texts(item: Item, texts: Iterable[str | None]) -> list[str]:
    """All texts of an interaction that can hold identifiers."""
    said = (turn["text"] for turn in item.turns or ())
    return [text for text in (*texts, *said, item.context_id, item.session_label, *_extra(item)) if text]


def revealed(session: Session, user: User, since: datetime) -> frozenset[str]:
    """What this person revealed the identifiers of since then, by the audit log: "interaction 12", "case 3"."""
    # by time alone: a quarter of an hour of acts is less than all that somebody ever did, or that was ever revealed
    lately = select(Audit.subject).where(Audit.at >= since)
    acts = lately.where(Audit.actor.concat("") == user.key, Audit.action.concat("") == REVEALED)
    return frozenset(session.scalars(acts))


def _extra(item: Item) -> Iterator[str]:
    """The other columns of an imported row, each with its name: "patient name: ..." says what it is."""
    for name, value in (item.extra or {}).items():
        if not is_made_by_machines(str(value)):
            yield f"{name.replace('_', ' ')}: {value}"
