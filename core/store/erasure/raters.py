"""Erasure of a rater: their name everywhere, and where that is asked for all that they said.

Their number stays (the audit log and the history point to it, and SQLite would give it to the next person), with
nothing behind it.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.domain.errors import BadInput, NotFound
from core.store.compacting import to_tidy
from core.store.erasure.answers import (
    THE_ANSWER,
    Part,
    Traces,
    backups_since,
    parts_of,
    refuse_while_training,
    remove,
    versions_of,
    with_better,
)
from core.store.erasure.copies import Copies, copies
from core.store.interactions.consensus import adopt_legacy_change, lock_interactions, recompute_consensus
from core.store.people import accounts, raters
from core.store.tables import (
    ApiKey,
    AuditSample,
    BetterAnswer,
    Case,
    ComparisonEvent,
    ComparisonServing,
    Draft,
    FineTuning,
    Guideline,
    GuidelineGap,
    Identity,
    Import,
    Job,
    Lease,
    ModelVersion,
    Prediction,
    Preference,
    Promotion,
    QueuePreference,
    Rater,
    Rating,
    RatingEvent,
    Run,
    RunEvent,
    Showing,
    SignIn,
    TextHistory,
    Upload,
    Visitor,
)
from core.store.training import counts
from core.store.types import now

BATCH = 500
NAMED: tuple[InstrumentedAttribute[Any], ...] = (
    TextHistory.by,
    Guideline.by,
    GuidelineGap.by,
    Promotion.by,
    FineTuning.requested_by,
    Run.requested_by,
    ModelVersion.archived_by,
    ApiKey.created_by,
    Upload.requested_by,
    Job.requested_by,
    AuditSample.requested_by,
)
"""Where a name stands as it was at the time."""


def find(session: Session, who: str) -> Rater:
    """The rater of that name or e-mail address, a person or a name that came with data.

    Raises:
        NotFound: there is none, or they were erased already.
        BadInput: the name is none of a person.
    """
    found = accounts.by_email(session, who.strip()) if "@" in who else None
    found = found or accounts.by_name(session, who)
    if found is None or found.forgotten_at is not None:
        raise NotFound(f"There is no rater called {who.strip()[:100]!r}. Nothing was changed.")
    return _checked(found)


def by_id(session: Session, rater_id: int) -> Rater:
    """The rater of that number.

    Raises:
        NotFound: there is none, or they were erased already.
        BadInput: it is none of a person.
    """
    found = session.get(Rater, rater_id)
    if found is None or found.forgotten_at is not None:
        raise NotFound("This person is not here any more. Nothing was changed.")
    return _checked(found)


def _checked(rater: Rater) -> Rater:
    """The rater, who can be erased.

    Raises:
        BadInput: it is a name under which data without a rater stands.
    """
    if rater.name in raters.KEPT or rater.kind in ("legacy", "sample"):
        raise BadInput(f"{rater.name!r} is nobody: ratings without a rater stand under that name.")
    return rater


def parts(session: Session, rater_id: int, *, ratings_stay: bool) -> list[Part]:
    """What goes with a rater, in the order in which it can go."""
    identities = select(Identity.identity_id).where(Identity.rater_id == rater_id)
    both = [
        Part("unsaved comments", Draft, Draft.rater_id == rater_id),
        Part("answers kept on their screen", Lease, Lease.rater_id == rater_id),
        Part("notes of what was shown to them", Showing, Showing.rater_id == rater_id),
        Part(
            "pairs kept on their screen",
            ComparisonServing,
            (ComparisonServing.rater_id == rater_id) & ComparisonServing.verdict.is_(None),
        ),
        Part("settings of their queue", QueuePreference, QueuePreference.rater_id == rater_id),
        Part("browsers that spoke for them", Visitor, Visitor.rater_id == rater_id),
        Part("sign-ins", SignIn, SignIn.identity_id.in_(identities)),
        Part("identities at the provider", Identity, Identity.rater_id == rater_id),
    ]
    if ratings_stay:
        return both
    return [
        *_better_answers(session, written_by(session, rater_id)),
        Part("ratings", Rating, Rating.rater_id == rater_id),
        Part("lines of rating history", RatingEvent, RatingEvent.rater_id == rater_id),
        Part("saved cases", Case, Case.rater_id == rater_id),
        Part("comparisons", Preference, Preference.rater_id == rater_id),
        Part("lines of history of comparisons", ComparisonEvent, ComparisonEvent.rater_id == rater_id),
        Part(
            "pairs that they compared",
            ComparisonServing,
            (ComparisonServing.rater_id == rater_id) & ComparisonServing.verdict.is_not(None),
        ),
        *both,
    ]


def _better_answers(session: Session, numbers: list[int]) -> list[Part]:
    """What goes with the better answers that a rater wrote."""
    return [
        replace(part, words="better answers that they wrote") if part.words == THE_ANSWER else part
        for part in (parts_of(session, numbers) if numbers else ())
    ]


def written_by(session: Session, rater_id: int) -> list[int]:
    """The better answers that a rater wrote, deleted ones included."""
    return list(session.scalars(select(BetterAnswer.interaction_id).where(BetterAnswer.rater_id == rater_id)))


def goes(session: Session, rater: Rater, *, ratings_stay: bool) -> dict[str, int]:
    """What an erasure of this rater removes or renames, and how many rows of it."""
    found = Counter[str]()
    for part in parts(session, rater.rater_id, ratings_stay=ratings_stay):
        found[part.words] += part.count(session)
    if not ratings_stay:
        found.update(_copied(session, written_by(session, rater.rater_id)).count())
    found["records in which the name becomes a number"] = named(session, rater.name)
    return {words: number for words, number in found.items() if number}


def _copied(session: Session, numbers: list[int]) -> Copies:
    """What was copied from the better answers that a rater wrote."""
    return copies(session, numbers, parts_of(session, numbers)) if numbers else Copies()


def named(session: Session, name: str) -> int:
    """In how many other records the name stands."""
    found = sum(session.scalar(select(func.count()).where(column == name)) or 0 for column in NAMED)
    found += session.scalar(select(func.count()).where(_refusals(name))) or 0
    return found + len(_reports(session, name)) + len(_imports(session, name))


def traces(session: Session, rater: Rater) -> Traces:
    """Where else something of a rater is; to be asked before they are erased."""
    learned = (
        select(Run.model_version)
        .join(Prediction, Prediction.run_id == Run.run_id)
        .join(Rating, Rating.interaction_id == Prediction.interaction_id)
        .where(Rating.rater_id == rater.rater_id, Rating.rating.is_not(None), Rating.created_at <= Run.started_at)
    )
    since = rater.created_at
    found = versions_of(session, learned, orders=Preference.rater_id == rater.rater_id)
    return Traces(since, found, None, backups_since(session, since))


def erase(session: Session, rater: Rater, *, ratings_stay: bool) -> dict[str, int]:
    """Remove what goes with a rater and put a number in the place of the name; how many rows of each part went.

    Consensus and mirror of every answer follow in the same transaction.

    Raises:
        Conflict: a training is running.
    """
    refuse_while_training(session)
    to_tidy(session)
    rater_id, name = rater.rater_id, rater.name
    session.refresh(rater, with_for_update=True)  # a rating of theirs that is being stored comes first
    if not ratings_stay:  # a rating of their better answers that is being stored comes first, or finds it gone
        lock_interactions(session, with_better(session, written_by(session, rater_id)))
    going = parts(session, rater_id, ratings_stay=ratings_stay)
    gone = goes(session, rater, ratings_stay=ratings_stay)
    if not ratings_stay:
        _copied(session, written_by(session, rater_id)).put_out(session)
        _take_ratings_back(session, rater_id)
        counts.note_acts(session, rater_id)
    remove(session, going)
    for notes in (Upload, Job):  # they stay
        session.execute(update(notes).where(notes.rater_id == rater_id).values(rater_id=0))
    rater = session.get_one(Rater, rater_id)
    rater.name = accounts.free_name(session, f"Rater {rater_id}", None)
    rater.name_key = rater.name.casefold()
    rater.email, rater.disabled, rater.forgotten_at = None, True, now()
    session.flush()
    _rename(session, name, rater.name)
    return gone


def _take_ratings_back(session: Session, rater_id: int) -> None:
    after = 0
    while True:
        rated = select(Rating.interaction_id).where(Rating.rater_id == rater_id, Rating.interaction_id > after)
        ids = list(session.scalars(rated.order_by(Rating.interaction_id).limit(BATCH)))
        if not ids:
            return
        after = ids[-1]
        found = lock_interactions(session, ids)
        for item, row in found.values():
            adopt_legacy_change(session, item, row)
        session.execute(delete(Rating).where(Rating.rater_id == rater_id, Rating.interaction_id.in_(ids)))
        for item, row in found.values():
            recompute_consensus(session, item, row)
        session.expunge_all()  # thousands of texts would pile up


def _rename(session: Session, old: str, new: str) -> None:
    for column in NAMED:
        session.execute(
            update(column.class_)
            .where(column == old)
            .values({column.key: new})
            .execution_options(synchronize_session=False)
        )
    for run in session.scalars(select(Run).where(_refusals(old))):
        run.message = str(run.message).replace(old, new)
    for event in _reports(session, old):
        event.payload = _replaced(event.payload, old, new)
    for record in _imports(session, old):
        record.rejected = [
            {**line, "reason": str(line["reason"]).replace(f"by {old}", f"by {new}")} for line in record.rejected
        ]
    session.flush()


def _refusals(name: str) -> ColumnElement[bool]:
    """Trainings of earlier releases that could not leave a rater out: their sentence names raters."""
    return Run.message.contains("has rated none of these answers") & Run.message.contains(name, autoescape=True)


def _reports(session: Session, name: str) -> list[RunEvent]:
    """Trust reports in which the name stands: they show results by rater."""
    told = select(RunEvent).where(RunEvent.kind == "Reported")
    return [event for event in session.scalars(told) if _replaced(event.payload, name, "") != event.payload]


def _imports(session: Session, name: str) -> list[Import]:
    """Imports of which a refused row names them."""
    some = select(Import).where(Import.rejected_total > 0, cast(Import.rejected, String).contains("already rated"))
    return [
        record
        for record in session.scalars(some)
        if any(str(line["reason"]).endswith(f"by {name}") for line in record.rejected)
    ]


def _replaced(value: Any, old: str, new: str) -> Any:
    """A record with every text that is exactly the name replaced."""
    if isinstance(value, dict):
        return {key: _replaced(part, old, new) for key, part in value.items()}
    if isinstance(value, list):
        return [_replaced(part, old, new) for part in value]
    return new if value == old else value
