"""Browsing: which interactions fit, in what order, and what they can be narrowed to."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from core.domain.records import Filters, Interaction, ListedInteraction, Sort
from core.store.distinct import distinct_values
from core.store.interactions.identifiers import not_looked_at
from core.store.interactions.interactions import discarded, says, shown
from core.store.tables import Generator, Item, LegacyInteraction, Occurrence, Rater, Rating

MOST_GENERATORS = 200
"""Generators that are offered to choose from."""
generator_of_item: ColumnElement[str] = Generator(Item.extra)
ORDERS: Mapping[Sort, Sequence[ColumnElement[Any]]] = {
    Sort.NEWEST: (Item.interaction_id.desc(),),
    Sort.OLDEST: (Item.interaction_id.asc(),),
    Sort.HIGHEST: (Item.consensus.desc().nulls_last(), Item.interaction_id.desc()),
    Sort.LOWEST: (Item.consensus.asc().nulls_last(), Item.interaction_id.asc()),
    Sort.MOST_RATINGS: (Item.n_ratings.desc(), Item.interaction_id.desc()),
    Sort.FEWEST_RATINGS: (Item.n_ratings.asc(), Item.interaction_id.asc()),
    Sort.LAST_RATED: (Item.rated_at.desc().nulls_last(), Item.interaction_id.desc()),
    Sort.LONGEST: (Item.response_words.desc(), Item.interaction_id.desc()),
    Sort.SHORTEST: (Item.response_words.asc(), Item.interaction_id.asc()),
}


def browse(
    session: Session, filters: Filters, *, offset: int, limit: int, sort: Sort = Sort.NEWEST
) -> tuple[list[ListedInteraction], int]:
    """One page of interactions in this order, and how many there are in all."""
    where = _conditions(session, filters)
    numbers, count = select(Item.interaction_id), select(func.count()).select_from(Item)
    if filters.text:
        numbers, count = numbers.join(LegacyInteraction), count.join(LegacyInteraction)
    # numbers first: what is sorted is small, and texts are read of one page alone
    page = session.scalars(numbers.where(*where).order_by(*ORDERS[sort]).offset(offset).limit(limit)).all()
    if len(page) < limit and (page or not offset):  # the last page: what there is has been looked through already
        total = offset + len(page)
    else:
        total = session.scalar(count.where(*where)) or 0
    return listed(session, page), total


def listed(session: Session, interaction_ids: Sequence[int]) -> list[ListedInteraction]:
    """These interactions in this order, without those that were deleted."""
    rows = select(LegacyInteraction, Item, generator_of_item).join(Item)
    raters = _raters(session, interaction_ids)
    found = {
        row.interaction_id: _listed(shown(row, item), item, raters.get(row.interaction_id, ()), wrote)
        for row, item, wrote in session.execute(rows.where(Item.interaction_id.in_(interaction_ids)))
    }
    return [found[number] for number in interaction_ids if number in found]


def generators(session: Session) -> list[str]:
    """The models that wrote answers, by the metadata of imports and by the programs that sent them; no more than
    ``MOST_GENERATORS`` of each.
    """
    of_items = distinct_values(session, generator_of_item, at_most=MOST_GENERATORS)
    sent = distinct_values(session, Occurrence.generator, at_most=MOST_GENERATORS)
    return sorted({*of_items, *map(str, sent)})


def raters(session: Session) -> list[str]:
    """The names of those whose ratings count, in the order of the alphabet."""
    gave = select(Rating.rating_id).where(Rating.rater_id == Rater.rater_id, Rating.rating.is_not(None)).exists()
    return sorted(session.scalars(select(Rater.name).where(gave)), key=str.casefold)


def _conditions(session: Session, filters: Filters) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if filters.text:
        where.append(says(session, filters.text))
    if filters.rated is not None:
        where.append(Item.consensus.is_not(None) if filters.rated else Item.consensus.is_(None))
    if filters.discarded:
        where.append(discarded())
    if filters.lowest is not None:
        where.append(Item.consensus >= filters.lowest)
    if filters.highest is not None:
        where.append(Item.consensus <= filters.highest)
    if filters.session_label:
        where.append(Item.session_label == filters.session_label)
    if filters.source:
        where.append(Item.source == filters.source)
    if filters.flagged:
        where.append(Item.mirrored_bias.is_(True))
    if filters.rater or filters.reason:
        where.append(_rated(session, filters.rater, filters.reason))
    if filters.generator:
        sent = select(Occurrence.interaction_id).where(Occurrence.generator == filters.generator)
        where.append(or_(generator_of_item == filters.generator, Item.interaction_id.in_(sent)))
    at = Item.rated_at if filters.by_rating else Item.created_at
    if filters.since is not None:
        where.append(at >= filters.since)
    if filters.until is not None:
        where.append(at < filters.until)
    if filters.identified:
        where.append(or_(Item.identifiers.is_not(None), not_looked_at()))
    return where


def _rated(session: Session, rater: str, reason: str) -> ColumnElement[bool]:
    """What this rater rated, or what anybody gave this reason for; both together are about one rating."""
    ratings = select(Rating.interaction_id)
    if rater:
        ratings = ratings.join(Rater, Rater.rater_id == Rating.rater_id).where(Rater.name == rater)
    if reason:
        return Item.interaction_id.in_(ratings.where(or_(Rating.reason == reason, _gives(session, reason))))
    return Item.interaction_id.in_(ratings.where(Rating.rating.is_not(None)))


def _gives(session: Session, reason: str) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "sqlite":
        one = func.json_each(Rating.reasons).table_valued("value")
        return and_(Rating.reasons.is_not(None), select(one.c.value).where(one.c.value == reason).exists())
    return cast(Rating.reasons, JSONB).contains([reason])


def _raters(session: Session, interaction_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    rows = (
        select(Rating.interaction_id, Rater.name)
        .join(Rater, Rater.rater_id == Rating.rater_id)
        .where(Rating.interaction_id.in_(interaction_ids), Rating.rating.is_not(None))
        .order_by(Rating.interaction_id, Rating.updated_at, Rating.rating_id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for number, name in session.execute(rows):
        found[number] = (*found.get(number, ()), name)
    return found


def _listed(found: Interaction, item: Item, names: tuple[str, ...], wrote: str | None) -> ListedInteraction:
    known = {field.name: getattr(found, field.name) for field in fields(Interaction)}
    return ListedInteraction(**known, raters=names, rated_at=item.rated_at, generator=wrote)
