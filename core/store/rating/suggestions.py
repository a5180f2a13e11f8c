"""Unrated answers from which the model would learn most: who is asked, and the short ranked list that comes of it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from core.domain.queue import RANDOM_KEYS
from core.store.interactions.interactions import in_scope
from core.store.rating.queue import WAITING
from core.store.tables import Item, LegacyInteraction, Suggestion


@dataclass(frozen=True, slots=True)
class Candidate:
    """An unrated answer; ``beside`` is the consensus of a rated answer to the same prompt, None where there is none."""

    interaction_id: int
    prompt: str
    response: str
    beside: float | None = None


def drawn(session: Session, limit: int) -> list[Candidate]:
    """Unrated answers that wait, from a random point of the random order on; never more than ``limit``."""
    waiting = in_scope(session, select(Item.interaction_id).where(WAITING, Item.n_ratings == 0))
    point = secrets.randbelow(RANDOM_KEYS)
    numbers = list(session.scalars(waiting.where(Item.random_key >= point).order_by(Item.random_key).limit(limit)))
    if len(numbers) < limit:
        before = waiting.where(Item.random_key < point).order_by(Item.random_key)
        numbers += session.scalars(before.limit(limit - len(numbers)))
    return _with_texts(session, dict.fromkeys(numbers))


def beside_rated(session: Session, limit: int) -> list[Candidate]:
    """Unrated answers that wait, to the prompts rated last: a rating of one of them can make a pair."""
    asked = (Item.prompt_group, Item.context_id, Item.turns_group)
    rated = in_scope(session, select(*asked, Item.consensus))
    latest = rated.where(Item.rated_at.is_not(None)).order_by(Item.rated_at.desc()).limit(limit)
    consensus_of = {tuple(key): consensus for *key, consensus in session.execute(latest)}
    groups = {group for group, *_ in consensus_of}
    waiting = select(Item.interaction_id, *asked).where(Item.prompt_group.in_(groups), WAITING, Item.n_ratings == 0)
    found: dict[int, float | None] = {}
    for number, *key in session.execute(in_scope(session, waiting).order_by(Item.interaction_id)):
        if tuple(key) in consensus_of and len(found) < limit:
            found[number] = consensus_of.pop(tuple(key))  # one for each prompt: the next pair, not all of them
    return _with_texts(session, found)


def replace(session: Session, ranked: Sequence[tuple[int, str, float | None]]) -> None:
    """Put this list (interaction, why, score), the best first, in the place of the one before."""
    session.execute(delete(Suggestion))
    there = set(session.scalars(select(Item.interaction_id).where(Item.interaction_id.in_([row[0] for row in ranked]))))
    rows = [
        {"interaction_id": number, "rank": rank, "chosen": chosen, "score": score}
        for rank, (number, chosen, score) in enumerate(ranked)
        if number in there
    ]
    if rows:
        session.execute(insert(Suggestion), rows)


def _with_texts(session: Session, beside: dict[int, float | None]) -> list[Candidate]:
    texts = select(LegacyInteraction.interaction_id, LegacyInteraction.user_prompt, LegacyInteraction.ai_response)
    rows = session.execute(texts.where(LegacyInteraction.interaction_id.in_(beside)))
    return [Candidate(number, prompt, response, beside[number]) for number, prompt, response in rows]
