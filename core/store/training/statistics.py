"""Counts of interactions, ratings, questions and pairs: for Home, Readiness, Train and ``status``."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise

from sqlalchemy import Float, case, cast, func, or_, select
from sqlalchemy.orm import Session

from core.domain.held_out import HELD_OUT_BELOW, HELD_OUT_FROM, HELD_OUT_PROMPTS
from core.domain.ratings import MAX_RATING, MIN_MARGIN, MIN_RATING
from core.store.interactions.interactions import discarded, in_scope, only_sample
from core.store.tables import HeldOutPrompt, Item, LegacyInteraction, Rater, Rating, RatingEvent
from core.store.training import counts

GIVEN = ("rated", "changed", "imported", "legacy")
"""The acts that bring a rating."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Interactions in scope, of these with a consensus, of these good."""

    interactions: int
    rated: int
    good: int
    sample: bool
    discarded: int
    """Of those without a consensus, how many nobody is asked to rate."""

    @property
    def unrated(self) -> int:
        """Interactions without a consensus."""
        return self.interactions - self.rated


def totals(session: Session, threshold: int) -> Totals:
    """Count what is in scope; ``sample`` says whether that is the sample."""
    kept = counts.load(session)
    if kept is not None:
        agreed = [(float(value), number) for value, number in counts.under(kept, "consensus")]
        good = sum(number for value, number in agreed if value >= threshold)
        rated = sum(number for _, number in agreed)
        return Totals(kept["answers"], rated, good, sample=False, discarded=kept["discarded"])
    query = in_scope(
        session,
        select(
            func.count(),
            func.count(Item.consensus),
            func.count(Item.interaction_id).filter(Item.consensus >= threshold),
            func.count(Item.interaction_id).filter(discarded()),
        ).select_from(Item),
    )
    interactions, rated, good, out = session.execute(query).one()
    return Totals(interactions, rated, good, sample=interactions > 0 and only_sample(session), discarded=out)


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions with rated answers that a training would learn from, without those that are kept apart."""

    rated: int
    with_good: int
    with_poor: int


def questions(session: Session, threshold: int) -> Questions:
    """Count them in one pass; ``threshold`` is the consensus from which an answer is good."""
    kept = counts.load(session)
    if kept is not None:
        return _questions(session, kept, threshold)
    good = case((Item.consensus >= threshold, 1), else_=0)
    rated = select(
        Item.prompt_group, func.count().label("answers"), func.max(good).label("good"), func.min(good).label("all_good")
    ).where(Item.consensus.is_not(None))
    groups = in_scope(session, rated).group_by(Item.prompt_group).subquery()
    learned = groups.c.prompt_group >= HELD_OUT_BELOW
    row = session.execute(
        select(
            func.count(),
            func.sum(groups.c.answers),
            func.sum(groups.c.good),
            func.sum(1 - groups.c.all_good),
            func.count(groups.c.prompt_group).filter(learned),
            func.sum(groups.c.good).filter(learned),
            func.sum(1 - groups.c.all_good).filter(learned),
        )
    ).one()
    number, answers, *_ = row
    apart = not only_sample(session) and _some_kept_apart(session, number, answers or 0)
    found = row[4:7] if apart else (row[0], row[2], row[3])
    return Questions(*(value or 0 for value in found))


def _questions(session: Session, kept: counts.Counts, threshold: int) -> Questions:
    """The same from what is kept: how many questions have which lowest and highest consensus."""
    rated = sum(number for _, number in counts.under(kept, "consensus"))
    apart = _some_kept_apart(session, sum(number for _, number in counts.under(kept, "group")), rated)
    groups = [
        (float(lowest), float(highest), number)
        for key, number in counts.under(kept, *(("group", "1") if apart else ("group",)))
        for *_, lowest, highest in [key.split("|")]
    ]
    return Questions(
        sum(number for _, _, number in groups),
        sum(number for _, highest, number in groups if highest >= threshold),
        sum(number for lowest, _, number in groups if lowest < threshold),
    )


def _some_kept_apart(session: Session, questions: int, answers: int) -> bool:
    many = questions >= HELD_OUT_PROMPTS and answers >= HELD_OUT_FROM
    return many or session.scalar(select(HeldOutPrompt.prompt_group).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class SharedRatings:
    """What any two people said of the same answer, counted over every two ratings of an answer."""

    answers: int
    """With several ratings."""
    pairs: int
    """Of ratings."""
    equal: int
    within_1: int
    """Of the pairs: those that differ by at most 1."""


def shared_ratings(session: Session) -> SharedRatings:
    """Count them by answer and value, in the database: an answer can have very many ratings."""
    kept = counts.load(session)
    if kept is not None:
        return SharedRatings(*(kept[f"shared|{what}"] for what in ("answers", "pairs", "equal", "close")))
    values = range(MIN_RATING, MAX_RATING + 1)
    given = (
        select(*(func.count().filter(Rating.rating == value).label(f"n{value}") for value in values))
        .join(Item, Item.interaction_id == Rating.interaction_id)
        .where(Item.n_ratings > 1, Rating.rating.is_not(None))
    )
    by_answer = in_scope(session, given).group_by(Rating.interaction_id).subquery()
    numbers = [by_answer.c[f"n{value}"] for value in values]
    total = sum(numbers[1:], start=numbers[0])
    twice_equal = sum((count * (count - 1) for count in numbers[1:]), start=numbers[0] * (numbers[0] - 1))
    neighbours = sum((a * b for a, b in pairwise(numbers[1:])), start=numbers[0] * numbers[1])
    answers, twice, equal, next_to = session.execute(
        select(func.count(), func.sum(total * (total - 1)), func.sum(twice_equal), func.sum(neighbours))
    ).one()
    pairs, same = int(twice or 0) // 2, int(equal or 0) // 2
    return SharedRatings(answers, pairs, same, same + int(next_to or 0))


def ratings(session: Session) -> int:
    """How many submitted ratings count."""
    kept = counts.load(session)
    if kept is not None:
        return kept["ratings"]
    return session.scalar(in_scope(session, select(func.sum(Item.n_ratings)))) or 0


def by_consensus(session: Session) -> dict[float, int]:
    """How many interactions have which consensus, lowest first."""
    kept = counts.load(session)
    if kept is not None:
        return dict(sorted((float(value), number) for value, number in counts.under(kept, "consensus")))
    rows = in_scope(session, select(Item.consensus, func.count()).where(Item.consensus.is_not(None)))
    return {
        float(value or 0): number
        for value, number in session.execute(rows.group_by(Item.consensus).order_by(Item.consensus))
    }


def ratings_per_day(session: Session) -> list[tuple[date, str, int]]:
    """How many ratings were given on which (UTC) day by whom, oldest first; changes of a rating are not counted."""
    kept = counts.load(session)
    if kept is not None:
        names = _names(session)
        return sorted(
            (date.fromisoformat(when), names[int(rater)], number)
            for key, number in counts.under(kept, "day")
            for when, _, rater in [key.partition("|")]
        )
    sqlite = session.get_bind().dialect.name == "sqlite"
    day = func.date(RatingEvent.at if sqlite else func.timezone("UTC", RatingEvent.at))
    rows = (
        select(day, Rater.name, func.count())
        .join(Rater, Rater.rater_id == RatingEvent.rater_id)
        .join(Item, Item.interaction_id == RatingEvent.interaction_id)
        .where(
            RatingEvent.new["rating"].as_integer().is_not(None),
            or_(RatingEvent.old.is_(None), RatingEvent.old["rating"].as_integer().is_(None)),
        )
    )
    found = session.execute(in_scope(session, rows).group_by(day, Rater.name).order_by(day, Rater.name))
    return [(date.fromisoformat(str(when)), name, number) for when, name, number in found]


def ratings_between(session: Session, start: datetime, end: datetime | None = None) -> int:
    """How many ratings were given or changed since ``start`` and before ``end``; each answer once per rater."""
    rows = select(RatingEvent.rater_id, RatingEvent.interaction_id).where(
        RatingEvent.action.in_(GIVEN), RatingEvent.at >= start, RatingEvent.new["rating"].as_integer().is_not(None)
    )
    if end is not None:
        rows = rows.where(RatingEvent.at < end)
    return session.scalar(select(func.count()).select_from(rows.distinct().subquery())) or 0


def ratings_by_rater(session: Session) -> dict[str, int]:
    """How many submitted ratings each rater has, most first."""
    kept = counts.load(session)
    if kept is not None:
        spread = _spread(session, kept)
        return {name: one.ratings for name, one in sorted(spread.items(), key=lambda each: (-each[1].ratings, each[0]))}
    rows = (
        select(Rater.name, func.count())
        .join(Rating, Rating.rater_id == Rater.rater_id)
        .join(Item, Item.interaction_id == Rating.interaction_id)
        .where(Rating.rating.is_not(None))
    )
    found = session.execute(in_scope(session, rows).group_by(Rater.name).order_by(func.count().desc(), Rater.name))
    return {name: number for name, number in found}  # noqa: C416


@dataclass(frozen=True, slots=True)
class Spread:
    """How one rater uses the scale."""

    ratings: int
    lowest: int
    highest: int


def spread_by_rater(session: Session) -> dict[str, Spread]:
    """How many submitted ratings each rater has, and from what to what they go."""
    kept = counts.load(session)
    if kept is not None:
        return _spread(session, kept)
    rows = (
        select(Rater.name, func.count(), func.min(Rating.rating), func.max(Rating.rating))
        .join(Rating, Rating.rater_id == Rater.rater_id)
        .join(Item, Item.interaction_id == Rating.interaction_id)
        .where(Rating.rating.is_not(None))
    )
    found = session.execute(in_scope(session, rows).group_by(Rater.name).order_by(Rater.name))
    return {name: Spread(number, lowest or 0, highest or 0) for name, number, lowest, highest in found}


def _spread(session: Session, kept: counts.Counts) -> dict[str, Spread]:
    names = _names(session)
    given: dict[str, dict[int, int]] = {}
    for key, number in counts.under(kept, "rating"):
        rater, _, value = key.partition("|")
        given.setdefault(names[int(rater)], {})[int(value)] = number
    return {name: Spread(sum(of.values()), min(of), max(of)) for name, of in sorted(given.items())}


def _names(session: Session) -> dict[int, str]:
    return {number: name for number, name in session.execute(select(Rater.rater_id, Rater.name))}  # noqa: C416


def rated_twice(session: Session) -> int:
    """How many interactions have ratings of two people or more."""
    kept = counts.load(session)
    if kept is not None:
        return kept["twice"]
    twice = select(func.count()).select_from(Item).where(Item.n_ratings > 1)
    return session.scalar(in_scope(session, twice)) or 0


def by_session(session: Session) -> dict[str, tuple[int, int]]:
    """How many interactions of each session have a consensus, and how many have none; without those of no session."""
    kept = counts.load(session)
    if kept is not None:
        rated, unrated = (dict(counts.under(kept, "session", what)) for what in ("rated", "unrated"))
        return {name: (rated.get(name, 0), unrated.get(name, 0)) for name in sorted(rated.keys() | unrated.keys())}
    rows = select(Item.session_label, func.count(Item.consensus), func.count()).where(Item.session_label.is_not(None))
    found = session.execute(in_scope(session, rows).group_by(Item.session_label).order_by(Item.session_label))
    return {name: (rated, number - rated) for name, rated, number in found if name}


@dataclass(frozen=True, slots=True)
class Shape:
    """How the rated interactions are spread over prompts."""

    prompts: int
    prompts_with_one_answer: int
    prompts_with_differing_answers: int
    answers_over_words: int
    contradicting_repeats: int


def shape(session: Session, *, long_words: int) -> Shape:
    """Prompts, prompts that allow no comparison, long answers, and equal answers with different ratings."""
    kept = counts.load(session)
    if kept is not None:
        return Shape(
            sum(number for _, number in counts.under(kept, "group")),
            kept["one_answer"],
            kept["differing"],
            sum(number for steps, number in counts.under(kept, "words") if int(steps) * counts.WORDS >= long_words),
            kept["contradicting"],
        )
    rated = in_scope(session, select(Item).where(Item.consensus.is_not(None))).subquery()
    groups = (
        select(
            func.count().label("answers"),
            func.min(rated.c.consensus).label("lowest"),
            func.max(rated.c.consensus).label("highest"),
        )
        .group_by(rated.c.prompt_group, rated.c.context_id, rated.c.turns_group)
        .subquery()
    )
    single = session.scalar(select(func.count()).select_from(groups).where(groups.c.answers == 1)) or 0
    differing = session.scalar(select(func.count()).select_from(groups).where(groups.c.lowest < groups.c.highest)) or 0
    prompts = session.scalar(select(func.count(func.distinct(rated.c.prompt_group)))) or 0
    long = session.scalar(select(func.count()).select_from(rated).where(rated.c.response_words > long_words)) or 0
    repeats = (
        select(cast(func.count(), Float))
        .select_from(rated)
        .join(LegacyInteraction, LegacyInteraction.interaction_id == rated.c.interaction_id)
        # identity is unique, so of equal answers all but one have none: only their prompts need a look at the texts
        .where(rated.c.prompt_group.in_(select(Item.prompt_group).where(Item.identity.is_(None))))
        .group_by(rated.c.prompt_group, rated.c.context_id, rated.c.turns_group, LegacyInteraction.ai_response)
        .having(func.min(rated.c.consensus) < func.max(rated.c.consensus))
        .subquery()
    )
    contradicting = session.scalar(select(func.count()).select_from(repeats)) or 0
    return Shape(prompts, single, differing, long, contradicting)


@dataclass(frozen=True, slots=True)
class PairYield:
    """From ratings to pairs."""

    ratings: int
    prompts: int
    """Prompts (with their context and earlier turns) that have two answers whose consensus differs by at least 1."""
    pairs: int
    """Rows of the pairs export."""


def pair_yield(session: Session) -> PairYield:
    """Count what the export of pairs would hold now."""
    kept = counts.load(session)
    if kept is not None:
        return PairYield(kept["ratings"], kept["pair_prompts"], kept["pairs"])
    asked = (Item.prompt_group, func.coalesce(Item.context_id, ""), Item.turns_group)
    rated = (Item.consensus.is_not(None),)
    answers = (
        in_scope(session, select(*asked, Item.consensus, func.count()))
        .where(*rated)
        .group_by(*asked, Item.consensus)
        .order_by(*asked)
    )
    prompts = pairs = 0
    for _, rows in groupby(session.execute(answers), key=lambda row: row[:3]):
        found = counts.comparable({float(value or 0): number for *_, value, number in rows})
        pairs += found
        prompts += found > 0
    # two identical texts are no pair, though their ratings may differ
    text = LegacyInteraction.ai_response
    joined = in_scope(session, select(*asked, text)).join(
        LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id
    )
    same = joined.where(*rated).group_by(*asked, text)
    same = same.having(func.max(Item.consensus) - func.min(Item.consensus) >= MIN_MARGIN)
    for repeat in session.execute(same).all():
        values = select(Item.consensus, func.count()).join(
            LegacyInteraction, LegacyInteraction.interaction_id == Item.interaction_id
        )
        these = values.where(*rated, *(part == value for part, value in zip((*asked, text), repeat, strict=True)))
        repeated = session.execute(in_scope(session, these).group_by(Item.consensus))
        pairs -= counts.comparable({float(value or 0): number for value, number in repeated})
    given = in_scope(session, select(func.count()).select_from(Rating).join(Item)).where(Rating.rating.is_not(None))
    return PairYield(session.scalar(given) or 0, prompts, pairs)
