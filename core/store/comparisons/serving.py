"""Which pair is kept for which rater: for 15 minutes at a time, until compared, skipped or not renewed.

As for answers (core/store/rating/leases.py): what was on a screen stays for that time; what lies ahead in a browser is
given back when the page is left, and given up when another rater would otherwise get nothing. The row stays when its
time is over, so that a pair has the same sides for its rater whenever it comes back.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from core.domain.queue import LEASE, MOST_COUNTED
from core.store.comparisons.pairs import PairTexts, texts_of
from core.store.interactions.interactions import only_sample
from core.store.tables import BetterAnswer, Comparison, ComparisonServing, Item, Rater
from core.store.types import now

_FIRST, _SECOND = aliased(Item), aliased(Item)  # made once: making them takes longer than the query


@dataclass(frozen=True, slots=True)
class Served:
    """A pair as one rater gets it."""

    comparison_id: int
    texts: PairTexts
    showing: str
    first_left: bool
    shown: bool
    verdict: str | None


def lock_rater(session: Session, rater_id: int) -> None:
    """Let the tabs of one rater come one after the other."""
    session.scalar(select(Rater.rater_id).where(Rater.rater_id == rater_id).with_for_update(key_share=True))


def next_pairs(session: Session, rater_id: int, on_screen: int | None) -> list[Served]:
    """Keep for this rater what is on their screen, and one pair ahead of it; needs a writing session.

    ``on_screen`` is None where nothing is: then the first of what is found is shown at once.
    """
    lock_rater(session, rater_id)
    held = _resume(session, rater_id)
    first = next((one for one in held if one.comparison_id == on_screen), None)
    rest = [one for one in held if one is not first]
    if first is None and on_screen is None:
        first = rest.pop(0) if rest else _take(session, rater_id, ahead=False)
    if first is not None:
        first.shown = True
    if not rest and (first is not None or on_screen is not None):
        beside = {first.comparison_id} if first is not None else set()
        if on_screen is not None:
            beside.add(on_screen)
        ahead = _take(session, rater_id, beside, ahead=True)
        rest = [ahead] if ahead is not None else []
    kept = [one for one in (first, *rest[:1]) if one is not None]
    for one in kept:
        one.expires_at = now() + LEASE
    session.flush()
    return served(session, kept)


def served(session: Session, servings: Collection[ComparisonServing]) -> list[Served]:
    """These with their texts as they are now; where these changed since, it is another showing."""
    numbers = [one.comparison_id for one in servings]
    found = {one.comparison_id: one for one in session.scalars(_pairs(numbers))}
    texts = texts_of(session, list(found.values()))
    result: list[Served] = []
    for one in servings:
        now_there = texts.get(one.comparison_id)
        if now_there is None or not now_there.comparable:
            continue
        if one.version != now_there.version:
            one.version, one.showing = now_there.version, uuid4().hex
        result.append(Served(one.comparison_id, now_there, one.showing, one.first_left, one.shown, one.verdict))
    session.flush()
    return result


def one(session: Session, rater_id: int, comparison_id: int) -> Served | None:
    """A pair that this rater got, whether or not it is kept for them; None where it cannot be compared (any more)."""
    found = session.get(ComparisonServing, (comparison_id, rater_id), populate_existing=True)
    return next(iter(served(session, [found])), None) if found is not None else None


def renew(session: Session, rater_id: int, comparison_ids: Collection[int]) -> list[int]:
    """Keep these for another 15 minutes; which of them are not kept for this rater any more."""
    kept = [one for one in _own(session, rater_id) if one.comparison_id in comparison_ids]
    free = [one for one in kept if _is_free(session, one.comparison_id, rater_id)]
    for one in free:
        one.expires_at = now() + LEASE
    return sorted({*comparison_ids} - {one.comparison_id for one in free})


def give_back(session: Session, rater_id: int, comparison_ids: Collection[int]) -> None:
    """Let others have what lies ahead of this rater."""
    ahead = update(ComparisonServing).where(
        ComparisonServing.rater_id == rater_id,
        ComparisonServing.comparison_id.in_(comparison_ids),
        ~ComparisonServing.shown,
        ComparisonServing.verdict.is_(None),
    )
    session.execute(ahead.values(expires_at=now()).execution_options(synchronize_session=False))


def count_left(session: Session, rater_id: int) -> int:
    """How many pairs wait for this rater, those that are kept for them among them, counted up to MOST_COUNTED + 1."""
    some = _fits(session, rater_id).limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def count_compared(session: Session, rater_id: int) -> int:
    """How many pairs this rater said something of."""
    said = [ComparisonServing.rater_id == rater_id, ComparisonServing.verdict.is_not(None)]
    return session.scalar(select(func.count()).select_from(ComparisonServing).where(*said)) or 0


def _own(session: Session, rater_id: int) -> list[ComparisonServing]:
    """What is kept for this rater and waits for them, run out or not: first what was on the screen."""
    kept = select(ComparisonServing).where(
        ComparisonServing.rater_id == rater_id,
        ComparisonServing.verdict.is_(None),
        ComparisonServing.skipped_at.is_(None),
    )
    in_turn = (ComparisonServing.shown.desc(), ComparisonServing.taken_at, ComparisonServing.comparison_id)
    return list(session.scalars(kept.order_by(*in_turn).execution_options(populate_existing=True)))


def _resume(session: Session, rater_id: int) -> list[ComparisonServing]:
    held = _own(session, rater_id)
    session.execute(  # locked by number, as everybody does who locks several
        select(Comparison.comparison_id)
        .where(Comparison.comparison_id.in_([one.comparison_id for one in held]))
        .order_by(Comparison.comparison_id)
        .with_for_update()
    )
    return [one for one in held if _is_free(session, one.comparison_id, rater_id)]


def _take(session: Session, rater_id: int, beside: Collection[int] = (), *, ahead: bool) -> ComparisonServing | None:
    """Keep the next pair; None when nothing waits for this rater.

    For one that is to be ahead of another nobody gives anything up.
    """
    for give_up in (False,) if ahead else (False, True):
        passed = {*beside}
        while True:
            untried = _open_for(session, rater_id, give_up=give_up).where(Comparison.comparison_id.not_in(passed))
            number = session.scalar(
                untried.order_by(Comparison.random_key, Comparison.comparison_id)
                .limit(1)
                .with_for_update(of=Comparison, skip_locked=not give_up)
            )
            if number is None:
                break
            # PostgreSQL looked before it locked: somebody may have taken it in between
            if _is_free(session, number, rater_id, give_up=give_up):
                if give_up:
                    _end_ahead(session, number, rater_id)
                return _kept(session, number, rater_id)
            passed.add(number)
    return _skipped_before(session, rater_id, beside)


def _skipped_before(session: Session, rater_id: int, beside: Collection[int]) -> ComparisonServing | None:
    """What this rater passed over, longest ago first."""
    skipped = select(ComparisonServing).where(
        ComparisonServing.rater_id == rater_id,
        ComparisonServing.verdict.is_(None),
        ComparisonServing.skipped_at.is_not(None),
        ComparisonServing.comparison_id.not_in(beside),
    )
    for one in session.scalars(skipped.order_by(ComparisonServing.skipped_at)):
        locked = select(Comparison.comparison_id).where(Comparison.comparison_id == one.comparison_id)
        session.scalar(locked.with_for_update())
        if _is_free(session, one.comparison_id, rater_id):
            return _kept(session, one.comparison_id, rater_id)
    return None


def _kept(session: Session, comparison_id: int, rater_id: int) -> ComparisonServing:
    """A row of this pair for this rater: the one that is there, else a new one with its sides drawn."""
    at = now()
    found = session.get(ComparisonServing, (comparison_id, rater_id))
    if found is None:
        found = ComparisonServing(
            comparison_id=comparison_id,
            rater_id=rater_id,
            showing=uuid4().hex,
            version="",
            first_left=bool(secrets.randbelow(2)),
        )
        session.add(found)
    if found.skipped_at is not None:  # an act on it is another one than what passed it over
        found.showing = uuid4().hex
    found.taken_at, found.expires_at, found.shown, found.skipped_at = at, at + LEASE, False, None
    session.flush()
    return found


def _end_ahead(session: Session, comparison_id: int, rater_id: int) -> None:
    others = update(ComparisonServing).where(
        ComparisonServing.comparison_id == comparison_id,
        ComparisonServing.rater_id != rater_id,
        ComparisonServing.verdict.is_(None),
        ~ComparisonServing.shown,
    )
    session.execute(others.values(expires_at=now()).execution_options(synchronize_session=False))


def _is_free(session: Session, comparison_id: int, rater_id: int, *, give_up: bool = False) -> bool:
    """Whether a pair waits for this rater, whatever they passed over."""
    this = _fits(session, rater_id, give_up=give_up).where(Comparison.comparison_id == comparison_id)
    return session.scalar(this) is not None


def _open_for(session: Session, rater_id: int, *, give_up: bool = False) -> Select[int]:
    """Pairs that wait for this rater and that they did not pass over."""
    passed_over = exists().where(
        ComparisonServing.comparison_id == Comparison.comparison_id,
        ComparisonServing.rater_id == rater_id,
        ComparisonServing.skipped_at.is_not(None),
    )
    return _fits(session, rater_id, give_up=give_up).where(~passed_over)


def _fits(session: Session, rater_id: int, *, give_up: bool = False) -> Select[int]:
    """Pairs that wait for this rater: of which fewer people than wanted said something or have it before them.

    With ``give_up`` what lies ahead in others' browsers counts as nobody's. Not served are pairs with a discarded
    answer or one that this rater wrote, with answers that are not to one question any more, and of the sample beside
    own answers.
    """
    one, other = _FIRST, _SECOND
    mine = [ComparisonServing.comparison_id == Comparison.comparison_id, ComparisonServing.rater_id == rater_id]
    said = exists().where(*mine, ComparisonServing.verdict.is_not(None))
    kept = ComparisonServing.expires_at > now()
    by_others = select(func.count()).select_from(ComparisonServing)
    by_others = by_others.where(
        ComparisonServing.comparison_id == Comparison.comparison_id,
        ComparisonServing.rater_id != rater_id,
        or_(ComparisonServing.verdict.is_not(None), and_(kept, ComparisonServing.shown) if give_up else kept),
    )
    written = exists().where(
        BetterAnswer.interaction_id.in_([Comparison.first_id, Comparison.second_id]), BetterAnswer.rater_id == rater_id
    )
    answers: list[ColumnElement[bool]] = [
        one.prompt_group == other.prompt_group,
        func.coalesce(one.context_id, "") == func.coalesce(other.context_id, ""),
        one.turns_group == other.turns_group,
        *(~and_(item.consensus.is_(None), item.places == 0) for item in (one, other)),
    ]
    if not only_sample(session):
        answers.append(one.source != "sample")
    return (
        select(Comparison.comparison_id)
        .outerjoin(one, one.interaction_id == Comparison.first_id)
        .outerjoin(other, other.interaction_id == Comparison.second_id)
        .where(
            by_others.correlate(Comparison).scalar_subquery() < Comparison.raters,
            ~said,
            ~written,
            or_(Comparison.first_id.is_(None), and_(*answers)),
        )
    )


def _pairs(numbers: Collection[int]) -> Select[Comparison]:
    return select(Comparison).where(Comparison.comparison_id.in_(numbers))
