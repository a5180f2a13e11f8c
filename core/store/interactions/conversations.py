"""Prompts that hold a whole conversation as text, and their conversion into earlier turns and last question."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import func, or_, select, union_all
from sqlalchemy.orm import Session

from core.domain.texts import interaction_identity, prompt_group
from core.domain.turns import Conversation, read_stored_prompt, turns_group, turns_to_json
from core.store.database import lock_writers
from core.store.interactions.consensus import adopt_legacy_change, lock_interactions, recompute_consensus
from core.store.interactions.interactions import free_identities, keep_texts
from core.store.tables import Item, LegacyInteraction

BATCH = 200
_BEGIN = 40
"""Characters in which a conversation has to begin."""
_BEGINNINGS = ("[", "{", "Human:", "User:")


@dataclass(frozen=True, slots=True)
class StoredAsText:
    """An answer whose prompt holds a whole conversation, and which one."""

    interaction_id: int
    found: Conversation


def stored_as_text(session: Session, *, within: int | None = None) -> Iterator[StoredAsText]:
    """Answers whose prompts hold a conversation, in the order of their numbers.

    ``within``: only among so many of the oldest and of the newest answers, which costs the same however many there are.
    """
    begin = func.ltrim(func.substr(LegacyInteraction.user_prompt, 1, _BEGIN), " \t\r\n")
    number = Item.interaction_id
    query = (
        select(number, LegacyInteraction.user_prompt)
        .join(LegacyInteraction, LegacyInteraction.interaction_id == number)
        .where(Item.turns_group == "", or_(*(begin.startswith(one) for one in _BEGINNINGS)))
        .order_by(number)
        .execution_options(yield_per=BATCH)
    )
    if within is not None:
        ends = (select(number).order_by(order).limit(within).subquery() for order in (number, number.desc()))
        query = query.where(number.in_(union_all(*map(select, ends))))
    for interaction_id, prompt in session.execute(query):
        found = read_stored_prompt(prompt)
        if found is not None:
            yield StoredAsText(interaction_id, found)


def convert(session: Session, interaction_ids: Collection[int], by: str) -> tuple[int, int]:
    """Let the prompts of these answers be their last question, and what was said before earlier turns.

    Ratings stay; the prompt as it was goes into the history of texts. Returns how many were converted and how many were
    left because another answer is the same already. What holds no conversation (any more) is passed over.
    """
    lock_writers(session)
    converted = left = 0
    for item, row in lock_interactions(session, interaction_ids).values():
        found = None if item.turns_group else read_stored_prompt(row.user_prompt)
        if found is None:
            continue
        group = turns_group(found.turns)
        identity = interaction_identity(found.prompt, row.ai_response, item.context_id, group)
        if item.source != "sample":
            free_identities(session, [identity])
        same = select(Item.interaction_id).where(Item.identity == identity, Item.interaction_id != item.interaction_id)
        is_taken = session.scalar(same) is not None
        if is_taken and item.identity is not None:  # a repeat that the old application made has none, and stays one
            left += 1
            continue
        adopt_legacy_change(session, item, row)
        keep_texts(session, item, row, "converted", by)
        row.user_prompt = found.prompt
        item.identity, item.prompt_group = None if is_taken else identity, prompt_group(found.prompt)
        item.turns, item.turns_group = turns_to_json(found.turns) or None, group
        recompute_consensus(session, item, row)
        converted += 1
    return converted, left
