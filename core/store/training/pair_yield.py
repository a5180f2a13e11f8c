"""How many comparisons the ratings give, counted without reading the texts."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.ratings import MIN_MARGIN
from core.store.interactions.interactions import in_scope
from core.store.tables import Item, LegacyInteraction, Rating


@dataclass(frozen=True, slots=True)
class PairYield:
    """From ratings to pairs."""

    ratings: int
    prompts: int
    """Prompts (with their context) that have two answers whose consensus differs by at least 1."""
    pairs: int
    """Rows of the pairs export."""


def pair_yield(session: Session) -> PairYield:
    """Count what the export of pairs would hold now."""
    context = func.coalesce(Item.context_id, "")
    rated = (Item.consensus.is_not(None),)
    answers = (
        in_scope(session, select(Item.prompt_group, context, Item.consensus, func.count()))
        .where(*rated)
        .group_by(Item.prompt_group, context, Item.consensus)
        .order_by(Item.prompt_group, context)
    )
    prompts = pairs = 0
    for _, rows in groupby(session.execute(answers), key=lambda row: (row[0], row[1])):
        found = _pairs((float(value or 0), number) for _, _, value, number in rows)
        pairs += found
        prompts += found > 0
    # two identical texts are no pair, though their ratings may differ
    joined = in_scope(session, select(Item.prompt_group, context, LegacyInteraction.ai_response)).join(
        LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id
    )
    same = joined.where(*rated).group_by(Item.prompt_group, context, LegacyInteraction.ai_response)
    same = same.having(func.max(Item.consensus) - func.min(Item.consensus) >= MIN_MARGIN)
    for group, where, text in session.execute(same).all():
        values = select(Item.consensus, func.count()).join(
            LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id
        )
        these = values.where(
            *rated, Item.prompt_group == group, context == where, LegacyInteraction.ai_response == text
        )
        repeated = session.execute(in_scope(session, these).group_by(Item.consensus))
        pairs -= _pairs((float(value or 0), number) for value, number in repeated)
    given = in_scope(session, select(func.count()).select_from(Rating).join(Item)).where(Rating.rating.is_not(None))
    return PairYield(session.scalar(given) or 0, prompts, pairs)


def _pairs(values: Iterable[tuple[float, int]]) -> int:
    """How many pairs are at least MIN_MARGIN apart, from how often each consensus occurs."""
    counted = list(values)
    return sum(
        number * other
        for place, (value, number) in enumerate(counted)
        for another, other in counted[place + 1 :]
        if abs(value - another) >= MIN_MARGIN
    )
