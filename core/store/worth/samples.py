"""Audit samples: which questions there are to draw from, what was drawn, and how far its rating is."""

from collections.abc import Collection, Sequence

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.orm import Session

from core.domain.ratings import RatingStatus
from core.domain.roles import User
from core.domain.worth.samples import Progress
from core.store import audit
from core.store.database import lock_writers
from core.store.interactions.interactions import discarded, in_scope
from core.store.tables import AuditSample, AuditSampled, Item, Rating

__all__ = ["AuditSample"]  # rows that the functions return

_AT_ONCE = 500
"""Questions or rows that are named in one statement."""


def latest(session: Session) -> AuditSample | None:
    """The sample that counts; None where there is none of the data that counts now."""
    found = session.scalar(select(AuditSample).order_by(AuditSample.sample_id.desc()).limit(1))
    if found is None:
        return None
    rows = select(Item.interaction_id).join(AuditSampled, AuditSampled.interaction_id == Item.interaction_id)
    some = in_scope(session, rows.where(AuditSampled.sample_id == found.sample_id)).limit(1)
    return found if session.scalar(some) is not None else None


def sizes(session: Session) -> dict[str, int]:
    """How many answers each question has, by its hash, in a fixed order; those that were discarded are none."""
    count = func.count()
    groups = select(Item.prompt_group, count).where(~discarded()).group_by(Item.prompt_group)
    rows = session.execute(in_scope(session, groups).order_by(Item.prompt_group))
    return {group: number for group, number in rows}  # noqa: C416  rows are not pairs to a type checker


def lock(session: Session) -> None:
    """Let nobody add or remove answers until this transaction ends, so that what is drawn is drawn from all."""
    lock_writers(session)


def keep(
    session: Session, by: User, certain: Collection[str], random: Collection[str], population: dict[str, int]
) -> AuditSample:
    """Keep what was drawn of this ``population`` (``sizes``), so that it is rated next; the sample."""
    newest = session.scalar(in_scope(session, select(func.max(Item.interaction_id))))
    groups = {**dict.fromkeys(random, False), **dict.fromkeys(certain, True)}
    sample = AuditSample(
        requested_by=str(by),
        questions=len(groups),
        certain=len(certain),
        answers=0,
        population_questions=len(population),
        population_answers=sum(population.values()),
        last_interaction_id=newest or 0,
    )
    session.add(sample)
    session.flush()
    for some in _parts(sorted(groups)):
        answers = select(Item.interaction_id, Item.prompt_group).where(Item.prompt_group.in_(some), ~discarded())
        rows = [
            {"sample_id": sample.sample_id, "interaction_id": number, "prompt_group": group, "certain": groups[group]}
            for number, group in session.execute(in_scope(session, answers))
        ]
        session.execute(insert(AuditSampled), rows)
        sample.answers += len(rows)
    _mark(session, sample.sample_id)
    numbers = {"questions": sample.questions, "certain": sample.certain, "answers": sample.answers}
    audit.write(session, by, "audit sample drawn", f"audit sample {sample.sample_id}", new=numbers)
    session.flush()
    return sample


def progress(session: Session, sample: AuditSample) -> Progress:
    """How far the rating of this sample is."""
    of_sample = Item.interaction_id.in_(
        select(AuditSampled.interaction_id).where(AuditSampled.sample_id == sample.sample_id)
    )
    passed_over = exists().where(Rating.interaction_id == Item.interaction_id, Rating.status == RatingStatus.SKIPPED)
    count = select(func.count()).select_from(Item).where(of_sample)
    unrated = count.where(Item.consensus.is_(None))
    there, rated, gone_bad, skipped = (
        session.scalar(query) or 0
        for query in (
            count,
            count.where(Item.consensus.is_not(None)),
            count.where(discarded()),
            unrated.where(Item.places > 0, passed_over),
        )
    )
    return Progress(
        sample.sample_id,
        sample.at,
        sample.requested_by,
        sample.answers,
        sample.questions,
        sample.certain,
        rated,
        gone_bad,
        skipped,
        there - rated - gone_bad - skipped,
        sample.answers - there,
    )


def _mark(session: Session, sample_id: int) -> None:
    """Let the queue serve the answers of this sample first, and those of others no more."""
    this, others = (
        select(AuditSampled.interaction_id).where(which)
        for which in (AuditSampled.sample_id == sample_id, AuditSampled.sample_id != sample_id)
    )
    # locked by number, as everybody does who locks several
    both = select(Item.interaction_id).where(Item.interaction_id.in_(this) | (Item.interaction_id.in_(others)))
    session.execute(both.order_by(Item.interaction_id).with_for_update())
    for numbers, before, after in ((others, 1, 0), (this, 0, 1)):  # what a lead asked for has more
        of_them = update(Item).where(Item.interaction_id.in_(numbers), Item.served_first == before)
        changed = of_them.values(served_first=after)
        session.execute(changed.execution_options(synchronize_session=False))


def _parts(groups: Sequence[str]) -> list[Sequence[str]]:
    return [groups[start : start + _AT_ONCE] for start in range(0, len(groups), _AT_ONCE)]
