"""What of a file is there already: answers, ratings and preferences, looked up for some rows at a time."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.store.tables import Item, Preference, Rater, Rating


@dataclass(frozen=True, slots=True)
class Known:
    """What is there of some rows; raters by their ``name_key``."""

    answers: frozenset[str]
    """Identities."""
    ratings: dict[tuple[str, str], int]
    """Identity and rater -> rating."""
    preferences: dict[tuple[str, str], int]
    """Hash of the pair and rater -> which answer is better, as ``better`` says it."""


def better(chosen: str, rejected: str) -> int:
    """Which of two texts, put in order, is the chosen one: 1 or 2."""
    return 1 if chosen < rejected else 2


def find(session: Session, identities: Collection[str], pair_hashes: Collection[str]) -> Known:
    """Look up what an import would meet; the sample's answers give way to equal ones and do not count."""
    own = (Item.identity.in_(identities), Item.source != "sample")
    ratings = (
        select(Item.identity, Rater.name_key, Rating.rating)
        .join(Rating, Rating.interaction_id == Item.interaction_id)
        .join(Rater, Rater.rater_id == Rating.rater_id)
        .where(*own, Rating.rating.is_not(None))
    )
    preferences = (
        select(Preference.pair_hash, Rater.name_key, Preference.chosen, Preference.rejected)
        .join(Rater, Rater.rater_id == Preference.rater_id)
        .where(Preference.pair_hash.in_(pair_hashes))
    )
    pairs = session.execute(preferences) if pair_hashes else ()
    return Known(
        frozenset(str(identity) for identity in session.scalars(select(Item.identity).where(*own))),
        {(str(identity), rater): int(rating or 0) for identity, rater, rating in session.execute(ratings)},
        {(pair, rater): better(chosen, rejected) for pair, rater, chosen, rejected in pairs},
    )
