"""The held-out prompts, which no model learns from; rows are only ever added."""

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from core.domain.held_out import HELD_OUT_BELOW, HELD_OUT_FROM, HELD_OUT_PROMPTS, is_held_out
from core.store.database import lock_writers
from core.store.interactions.interactions import in_scope, only_sample
from core.store.tables import HeldOutPrompt, Item


def groups(session: Session) -> frozenset[str]:
    """Hashes of the held-out prompts; empty before the set exists, and while there is only the sample."""
    if only_sample(session):
        return frozenset()
    return frozenset(session.scalars(select(HeldOutPrompt.prompt_group)))


def freeze(session: Session) -> frozenset[str]:
    """Create the held-out set when there is enough, and add rated prompts of its fifth; all of it, as hashes.

    A training calls it before it reads what to learn from.
    """
    lock_writers(session)
    if only_sample(session):  # made to be thrown away, and its models are never compared with others
        return frozenset()
    known = groups(session)
    rated = in_scope(session, select(Item.prompt_group).where(Item.consensus.is_not(None)))
    if not known:
        answers = rated.subquery()
        number, prompts = session.execute(select(func.count(), func.count(answers.c.prompt_group.distinct()))).one()
        if number < HELD_OUT_FROM or prompts < HELD_OUT_PROMPTS:
            return known
    of_the_fifth = rated.where(Item.prompt_group < HELD_OUT_BELOW).distinct()
    joining = sorted(group for group in session.scalars(of_the_fifth) if is_held_out(group) and group not in known)
    if joining:
        session.execute(insert(HeldOutPrompt), [{"prompt_group": group} for group in joining])
    return known | frozenset(joining)
