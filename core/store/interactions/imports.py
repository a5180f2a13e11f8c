"""Imported rows, written in batches under an import id; an import that was cut off can be finished or removed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.orm import Session, defer

from core.domain.errors import BadInput
from core.domain.judges.scores import Place
from core.domain.ratings import EventContext, RatingInput, RatingStatus, consensus
from core.domain.records import ImportComparison, ImportRow, Rejected
from core.domain.texts import prompt_group
from core.domain.turns import turns_group, turns_to_json
from core.store.database import lock_writers
from core.store.interactions.consensus import (
    adopt_legacy_change,
    lock_interaction,
    lock_interactions,
    mirror_values,
    recompute_consensus,
    snapshot,
    store_rating,
    text_version,
)
from core.store.interactions.interactions import drop, free_identities
from core.store.interactions.legacy import existing_sessions, follow_text
from core.store.judges import scores
from core.store.people.raters import find_or_add, rater_name
from core.store.reranking import preferences
from core.store.settings import queue_settings
from core.store.tables import (
    SYSTEM_USER,
    BetterAnswer,
    Import,
    Item,
    LegacyInteraction,
    Occurrence,
    Preference,
    Rating,
    RatingEvent,
)
from core.store.tables.base import plain
from core.store.types import now

KEPT_REJECTED = 1000
"""Rows that are listed with a reason, of those refused and of those whose rating was left out."""
SAMPLE = "sample"
"""File name under which the import of the sample is recorded."""


@dataclass
class Counted:
    """What a batch, or a whole import, came to; ``rejected`` and ``left_out`` keep the first 1,000."""

    added: int = 0
    ratings: int = 0
    duplicates: int = 0
    """Rows that added nothing because all of it is there; ties and equal pairs are counted apart."""
    preferences: int = 0
    ties: int = 0
    """Comparisons that prefer neither answer."""
    equal_pairs: int = 0
    """Comparisons of an answer with itself."""
    rejected_total: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    left_out_total: int = 0
    left_out: list[Rejected] = field(default_factory=list)
    """Rows of which the answer is kept and the rating, or what a judge said, is not, and why."""
    judged: int = 0
    """Scores and choices of LLM judges, each once."""

    def reject(self, rejected: Rejected) -> None:
        """Count one refused row."""
        self.rejected_total += 1
        if len(self.rejected) < KEPT_REJECTED:
            self.rejected.append(rejected)

    def leave_out(self, row: Rejected) -> None:
        """Count one row without the rating, or the judge's word, that it gave."""
        self.left_out_total += 1
        if len(self.left_out) < KEPT_REJECTED:
            self.left_out.append(row)

    def add(self, other: "Counted") -> None:
        """Add what another batch came to."""
        self.added += other.added
        self.ratings += other.ratings
        self.duplicates += other.duplicates
        self.preferences += other.preferences
        self.ties += other.ties
        self.equal_pairs += other.equal_pairs
        self.rejected_total += other.rejected_total
        self.rejected.extend(other.rejected[: KEPT_REJECTED - len(self.rejected)])
        self.left_out_total += other.left_out_total
        self.left_out.extend(other.left_out[: KEPT_REJECTED - len(self.left_out)])
        self.judged += other.judged


@dataclass
class _Planned:
    """One interaction that a batch touches: what is there, and what the batch adds."""

    first: ImportRow
    interaction_id: int | None
    is_new: bool
    existing: dict[int, Rating] = field(default_factory=dict)
    added: dict[int, ImportRow] = field(default_factory=dict)

    def make_new(self) -> None:
        """What stood under this identity is not there any more."""
        self.interaction_id, self.is_new = None, True

    def value_of(self, rater_id: int) -> int | None:
        if rater_id in self.added:
            return self.added[rater_id].rating
        return self.existing[rater_id].rating if rater_id in self.existing else None


@dataclass
class _Compared:
    """One comparison of which something is stored."""

    row: ImportComparison
    answers: tuple[ImportRow, ...]
    """The better one first; of equal ones only one."""
    pair: str
    """Hash of question and answers."""
    rater_id: int | None = None
    """Whose preference it adds."""
    is_known: bool = False
    """The preference is there already."""


def add_batch(
    session: Session, import_id: int | None, rows: Sequence[ImportRow | ImportComparison], *, rater: str, source: str
) -> Counted:
    """Add answers that are not there yet, and ratings and preferences that do not exist yet; nothing that exists is
    replaced.

    ``rater`` is whom a rating or a preference belongs to where the row names nobody.
    """
    lock_writers(session)
    counted = Counted()
    usable: list[tuple[ImportRow | ImportComparison, str]] = []
    for row in rows:
        try:
            usable.append((row, rater_name(row.rater or rater)))
        except BadInput as error:
            counted.reject(Rejected(row.number, str(error), row.place))
    kind = "sample" if source == "sample" else "imported"
    rater_ids = {name: find_or_add(session, name, kind).rater_id for name in {n for row, n in usable if _speaks(row)}}
    rated = [(row, name) for row, name in usable if isinstance(row, ImportRow)]
    comparisons = [(row, rater_ids.get(name, 0)) for row, name in usable if isinstance(row, ImportComparison)]
    compared = _compare(session, comparisons, counted)
    plan = _plan(session, [*(row for row, _ in rated), *(row for one in compared for row in one.answers)], source)
    scored = [
        row
        for row, name in rated
        if _count_rated(plan[row.identity], row, name, rater_ids.get(name, 0), counted) and row.scores
    ]
    new = {id(planned.first) for planned in plan.values() if planned.is_new}
    for one in compared:
        added = sum(id(answer) in new for answer in one.answers)
        counted.added += added
        counted.duplicates += one.is_known and not added
    _insert_new(session, import_id, [planned for planned in plan.values() if planned.is_new], source)
    _add_to_existing(session, import_id, [p for p in plan.values() if not p.is_new and p.added])
    _add_preferences(session, import_id, [one for one in compared if one.rater_id is not None], plan)
    _keep_judged(session, import_id, scored, compared, plan, counted)
    return counted


def add_answers(session: Session, rows: Sequence[ImportRow], *, source: str) -> dict[str, int]:
    """Add the answers of these rows that are not there yet, without ratings; what exists stays as it is.

    Returns:
        identity -> the number of the interaction, of all rows.
    """
    lock_writers(session)
    plan = _plan(session, rows, source)
    _insert_new(session, None, [planned for planned in plan.values() if planned.is_new], source)
    return {identity: planned.interaction_id or 0 for identity, planned in plan.items()}


def _keep_judged(
    session: Session,
    import_id: int | None,
    scored: Sequence[ImportRow],
    compared: Sequence[_Compared],
    plan: dict[str, _Planned],
    counted: Counted,
) -> None:
    """Keep what judges say of answers that are in by now; of two rows on one answer the later one counts."""
    found = {(plan[row.identity].interaction_id or 0, judge): score for row in scored for judge, score in row.scores}
    chosen: dict[scores.Pair, tuple[Place, Place]] = {}
    for one in compared:
        if len(one.answers) < 2:
            continue  # an answer beside itself
        numbers = [plan[answer.identity].interaction_id or 0 for answer in one.answers]
        people = Place.TIE if one.row.tie else Place.SECOND if one.row.chosen_second else Place.FIRST
        first, second = reversed(numbers) if one.row.chosen_second else numbers
        chosen |= {scores.Pair(judge, first, second): (outcome, people) for judge, outcome in one.row.choices}
    counted.judged += scores.keep_scores(session, found, import_id) + scores.keep_choices(session, chosen, import_id)


def _count_rated(planned: _Planned, row: ImportRow, name: str, rater_id: int, counted: Counted) -> bool:
    """Count one answer, and plan the rating or the remark that comes with it; whether the row is not refused."""
    is_new = planned.is_new and planned.first is row
    known = planned.value_of(rater_id)
    counted.added += is_new
    if row.left_out is not None:
        counted.leave_out(Rejected(row.number, row.left_out, row.place))
    if row.rating is not None and known is None:
        planned.added[rater_id] = _with_remark(row, planned.added.get(rater_id), planned.existing.get(rater_id))
        counted.ratings += 1
    elif row.rating is not None and known != row.rating:
        counted.reject(Rejected(row.number, f"already rated {known} by {name}", row.place))
        return False
    else:
        counted.duplicates += not is_new
        if _speaks(row) and rater_id not in planned.existing:  # a remark without a rating
            planned.added.setdefault(rater_id, row)
    return True


def _compare(
    session: Session, comparisons: Sequence[tuple[ImportComparison, int]], counted: Counted
) -> list[_Compared]:
    """Count preferences, ties and equal pairs; a pair that its rater preferred the other way round is refused."""
    hashes = [pair_hash(row) for row, _ in comparisons]
    known = preferences.chosen_before(session, hashes) if hashes else {}
    found: list[_Compared] = []
    for (row, rater_id), pair in zip(comparisons, hashes, strict=True):
        if row.left_out is not None:
            counted.leave_out(Rejected(row.number, row.left_out, row.place))
        if row.chosen == row.rejected:
            counted.equal_pairs += 1
            found.append(_Compared(row, row.answers[:1], pair))
        elif row.tie:
            counted.ties += 1
            found.append(_Compared(row, row.answers, pair))
        elif (rater_id, pair) not in known:
            counted.preferences += 1
            known[rater_id, pair] = row.chosen
            found.append(_Compared(row, row.answers, pair, rater_id=rater_id))
        elif known[rater_id, pair] == row.chosen:
            found.append(_Compared(row, row.answers, pair, is_known=True))
        else:
            counted.reject(Rejected(row.number, "already preferred the other way", row.place))
    return found


def _add_preferences(
    session: Session, import_id: int | None, compared: Sequence[_Compared], plan: dict[str, _Planned]
) -> None:
    at = now()
    rows = [
        {
            "rater_id": one.rater_id,
            "prompt": one.row.user_prompt,
            "prompt_group": prompt_group(one.row.user_prompt),
            "chosen": one.row.chosen,
            "rejected": one.row.rejected,
            "context_id": one.row.context_id,
            "turns": turns_to_json(one.row.turns) or None,
            "turns_group": turns_group(one.row.turns),
            "import_id": import_id,
            "chosen_id": plan[one.answers[0].identity].interaction_id,
            "rejected_id": plan[one.answers[1].identity].interaction_id,
            "pair_hash": one.pair,
            "created_at": at,
        }
        for one in compared
    ]
    preferences.add_missing(session, rows)


def pair_hash(row: ImportComparison) -> str:
    """Hash of a comparison's question and answers, whichever is better."""
    return preferences.pair_hash(
        prompt_group(row.user_prompt), row.chosen, row.rejected, row.context_id, turns_group(row.turns)
    )


def _with_remark(row: ImportRow, earlier: ImportRow | None, existing: Rating | None) -> ImportRow:
    """A rating keeps the comment and flag that its rater left before without a rating."""
    comment, bias = row.feedback_comment, bool(row.bias_flag)
    if earlier is not None:
        comment, bias = comment or earlier.feedback_comment, bias or bool(earlier.bias_flag)
    if existing is not None and existing.status == RatingStatus.NOTED:
        comment, bias = comment or existing.comment, bias or existing.bias_flag
    return replace(row, feedback_comment=comment, bias_flag=bias)


def _speaks(row: ImportRow | ImportComparison) -> bool:
    """Whether somebody said something in this row."""
    if isinstance(row, ImportComparison):
        return not row.tie and row.chosen != row.rejected
    return row.rating is not None or bool(row.feedback_comment) or bool(row.bias_flag)


def _plan(session: Session, rows: Sequence[ImportRow], source: str) -> dict[str, _Planned]:
    by_identity: dict[str, ImportRow] = {}
    for row in rows:
        by_identity.setdefault(row.identity, row)
    known = select(Item.identity, Item.interaction_id, Item.source).where(Item.identity.in_(by_identity))
    ids, of_sample = {}, []
    for identity, interaction_id, stored_source in session.execute(known):
        if stored_source == "sample" != source:
            of_sample.append(str(identity))
        else:
            ids[str(identity)] = interaction_id
    if of_sample:
        free_identities(session, of_sample)
    plan = {
        identity: _Planned(first=row, interaction_id=ids.get(identity), is_new=identity not in ids)
        for identity, row in by_identity.items()
    }
    if ids:
        # locked and brought up to date before looking, so that what is decided here is still true when it is written
        found = lock_interactions(session, ids.values())
        for identity, interaction_id in ids.items():
            if interaction_id not in found:
                plan[identity].make_new()
                continue
            item, legacy = found[interaction_id]
            if text_version(item, legacy) != identity:
                follow_text(session, item, legacy)  # the old application put another text there
                plan[identity].make_new()
            if adopt_legacy_change(session, item, legacy):
                recompute_consensus(session, item, legacy)
        by_id = {planned.interaction_id: planned for planned in plan.values() if not planned.is_new}
        for rating in session.scalars(select(Rating).where(Rating.interaction_id.in_(by_id))):
            by_id[rating.interaction_id].existing[rating.rater_id] = rating
    return plan


def _insert_new(session: Session, import_id: int | None, plans: list[_Planned], source: str) -> None:
    """Insert new answers with their ratings, as plain rows: objects would take most of the time that others wait."""
    if not plans:
        return
    at = now()
    sessions = existing_sessions(session, {p.first.session_id for p in plans if p.first.session_id})
    wishes = queue_settings(session)
    rows: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    given: list[dict[int, RatingInput]] = []
    for planned in plans:
        first = planned.first
        own = {rater_id: _given(row) for rater_id, row in planned.added.items()}
        submitted = [one.rating for one in own.values() if one.rating is not None]
        agreed = consensus(submitted)
        rating, comment, bias = mirror_values(agreed, list(own.values()))
        given.append(own)
        items.append(
            {
                "identity": first.identity,
                "prompt_group": prompt_group(first.user_prompt),
                "context_id": first.context_id,
                "turns": turns_to_json(first.turns) or None,
                "turns_group": turns_group(first.turns),
                "session_label": first.session_id,
                "source": source,
                "import_id": import_id,
                "extra": first.metadata or None,
                "response_words": len(first.ai_response.split()),
                "consensus": agreed,
                "n_ratings": len(submitted),
                "rated_at": at if submitted else None,
                "mirrored_rating": rating,
                "mirrored_comment": comment,
                "mirrored_bias": bias,
                "created_at": at,
            }
        )
        rows.append(
            {
                "session_id": sessions.get(first.session_id or ""),
                "user_prompt": first.user_prompt,
                "ai_response": first.ai_response,
                "rating": rating,
                "feedback_comment": comment,
                "bias_flag": bias,
                "created_by": SYSTEM_USER,
                "updated_by": SYSTEM_USER,
            }
        )
    inserted = insert(plain(LegacyInteraction))
    inserted = inserted.returning(LegacyInteraction.interaction_id, sort_by_parameter_order=True)
    ratings, events = [], []
    for interaction_id, planned, item, own in zip(
        session.scalars(inserted, rows).all(), plans, items, given, strict=True
    ):
        planned.interaction_id = item["interaction_id"] = interaction_id
        item["places"] = wishes.places(interaction_id, item["n_ratings"], given_here=0)
        for rater_id, one in own.items():
            whose: dict[str, Any] = {"interaction_id": interaction_id, "rater_id": rater_id}
            values = {
                "status": one.status,
                "rating": one.rating,
                "comment": one.comment,
                "bias_flag": one.bias_flag,
                "import_id": import_id,
                "created_at": at,
                "updated_at": at,
            }
            ratings.append(whose | values)
            events.append(whose | {"at": at, "action": "imported", "new": snapshot(one)})
    session.execute(insert(plain(Item)), items)
    if ratings:
        session.execute(insert(plain(Rating)), ratings)
        session.execute(insert(plain(RatingEvent)), events)


def _given(row: ImportRow) -> RatingInput:
    """What a row says, as it is stored."""
    status = RatingStatus.NOTED if row.rating is None else RatingStatus.SUBMITTED
    return RatingInput(status, row.rating, row.feedback_comment, bool(row.bias_flag))


def _add_to_existing(session: Session, import_id: int | None, plans: list[_Planned]) -> None:
    for planned in sorted(plans, key=lambda p: p.interaction_id or 0):
        item, legacy = lock_interaction(session, planned.interaction_id or 0)
        for rater_id, row in planned.added.items():
            existing = planned.existing.get(rater_id)
            context = EventContext("imported")
            store_rating(session, existing, item.interaction_id, rater_id, _given(row), context, import_id=import_id)
        recompute_consensus(session, item, legacy)


# --- the record of an import ----------------------------------------------------------------------------------------


def begin(session: Session, file_name: str, file_hash: str, process: str) -> Import:
    """The record under which this file is imported: a cut-off one of the same file is taken up again."""
    unfinished = select(Import).where(Import.file_hash == file_hash, Import.state != "finished")
    found = session.scalar(unfinished.order_by(Import.import_id.desc()).limit(1).with_for_update())
    if found is None:
        found = Import(file_name=file_name, file_hash=file_hash, state="running", process=process)
        session.add(found)
    found.state, found.process, found.heartbeat_at = "running", process, now()
    # the whole file is read again; what was stored counts on
    found.rows_done = found.duplicates = found.rejected_total = found.left_out_total = found.ties = 0
    found.equal_pairs = 0
    found.rejected, found.left_out = [], []
    session.flush()
    return found


def running_elsewhere(session: Session, file_hash: str) -> Import | None:
    """An import of the same file that has not ended, in any process; none can begin until this transaction ends."""
    lock_writers(session)
    return session.scalar(select(Import).where(Import.file_hash == file_hash, Import.state == "running"))


def progress(session: Session, import_id: int, rows_done: int, batch: Counted) -> None:
    """Write down, in the batch's own transaction, how far the import is and what it came to."""
    lists = (defer(Import.rejected), defer(Import.left_out))  # long, and seldom added to
    record = session.get_one(Import, import_id, options=lists)
    if batch.rejected and record.rejected_total < KEPT_REJECTED:
        record.rejected = _with_more(record.rejected, batch.rejected)
    if batch.left_out and record.left_out_total < KEPT_REJECTED:
        record.left_out = _with_more(record.left_out, batch.left_out)
    record.rows_done, record.heartbeat_at = rows_done, now()
    record.added += batch.added
    record.ratings += batch.ratings
    record.duplicates += batch.duplicates
    record.preferences += batch.preferences
    record.ties += batch.ties
    record.equal_pairs += batch.equal_pairs
    record.judged += batch.judged
    record.rejected_total += batch.rejected_total
    record.left_out_total += batch.left_out_total


def _with_more(kept: list[Any], more: Sequence[Rejected]) -> list[Any]:
    """The first rows with their reasons; ``place`` is where a spreadsheet shows the row, missing where that is none."""
    return [*kept, *map(_line, more)][:KEPT_REJECTED]


def _line(row: Rejected) -> dict[str, Any]:
    line: dict[str, Any] = {"row": row.number, "reason": row.reason}
    return line | {"place": row.place} if row.place else line


def end(session: Session, import_id: int, state: str, process: str | None = None) -> None:
    """Mark an import as finished or stopped; with ``process`` only one that is still this process's."""
    ended = update(Import).where(Import.import_id == import_id)
    if process is not None:
        ended = ended.where(Import.process == process)
    session.execute(ended.values(state=state, finished_at=now(), heartbeat_at=now()))


def listed(session: Session, limit: int = 50) -> list[Import]:
    """The latest imports, newest first."""
    return list(session.scalars(select(Import).order_by(Import.import_id.desc()).limit(limit)))


def find(session: Session, import_id: int, *, lock: bool = False) -> Import | None:
    """One import's record; ``lock`` keeps it as it is until the transaction ends."""
    return session.get(Import, import_id, with_for_update=lock or None)


def remove_some(session: Session, import_id: int, limit: int = 500) -> tuple[int, int]:
    """Take back a part of an import: (interactions looked at, of these kept for what came since).

    Kept is what somebody rated, or a program sent, since.
    """
    ids = list(session.scalars(select(Item.interaction_id).where(Item.import_id == import_id).limit(limit)))
    if not ids:
        return 0, 0
    lock_writers(session)
    # a rating of one of them that is being stored comes first, or finds it gone
    for item, row in lock_interactions(session, ids).values():
        if adopt_legacy_change(session, item, row):
            recompute_consensus(session, item, row)
    foreign = and_(
        Rating.interaction_id.in_(ids),
        Rating.import_id.is_distinct_from(import_id),
        Rating.status.in_((RatingStatus.SUBMITTED, RatingStatus.NOTED)),
    )
    rated_since = set(session.scalars(select(Rating.interaction_id).where(foreign)))
    better = select(BetterAnswer.original_id).join(Item, Item.interaction_id == BetterAnswer.interaction_id)
    rated_since |= set(session.scalars(better.where(BetterAnswer.original_id.in_(ids))))  # somebody's work too
    rated_since |= _preferred_since(session, import_id, ids)
    rated_since |= set(session.scalars(select(Occurrence.interaction_id).where(Occurrence.interaction_id.in_(ids))))
    for interaction_id in rated_since:
        session.execute(update(Item).where(Item.interaction_id == interaction_id).values(import_id=None))
    drop(session, [interaction_id for interaction_id in ids if interaction_id not in rated_since])
    return len(ids), len(rated_since)


def remove_ratings_some(session: Session, import_id: int, limit: int = 500) -> int:
    """Take back a part of the ratings that an import gave to interactions that stay; how many."""
    ratings = list(session.scalars(select(Rating).where(Rating.import_id == import_id).limit(limit)))
    for interaction_id, group in _by_interaction(ratings):
        item, row = lock_interaction(session, interaction_id)
        adopt_legacy_change(session, item, row)
        for rating in group:
            session.add(
                RatingEvent(
                    interaction_id=interaction_id,
                    rater_id=rating.rater_id,
                    action="import removed",
                    old=snapshot(rating),
                    new={"status": str(RatingStatus.WITHDRAWN), "rating": None},
                )
            )
            session.delete(rating)
        session.flush()
        recompute_consensus(session, item, row)
    return len(ratings)


def _preferred_since(session: Session, import_id: int, ids: Sequence[int]) -> set[int]:
    """Which of these answers stand in preferences of other imports."""
    others = select(Preference.chosen_id, Preference.rejected_id).where(
        preferences.of_answers(ids), Preference.import_id.is_distinct_from(import_id)
    )
    return {number for pair in session.execute(others) for number in pair} & set(ids)


def remove_preferences_some(session: Session, import_id: int, limit: int = 500) -> int:
    """Take back a part of the preferences that an import gave on answers that stay; how many."""
    ids = list(session.scalars(select(Preference.preference_id).where(Preference.import_id == import_id).limit(limit)))
    session.execute(delete(Preference).where(Preference.preference_id.in_(ids)))
    return len(ids)


def delete_record(session: Session, import_id: int) -> None:
    """Delete the record of an import of which nothing is left."""
    session.execute(delete(Import).where(Import.import_id == import_id))


def delete_sample_records(session: Session) -> None:
    """Delete the records of imports that left nothing behind: those of a sample that was removed."""
    left = select(Item.import_id).where(Item.import_id.is_not(None))
    rated = select(Rating.import_id).where(Rating.import_id.is_not(None))
    session.execute(
        delete(Import).where(Import.file_name == SAMPLE, Import.import_id.not_in(left), Import.import_id.not_in(rated))
    )


def _by_interaction(ratings: Iterable[Rating]) -> list[tuple[int, list[Rating]]]:
    groups: dict[int, list[Rating]] = {}
    for rating in ratings:
        groups.setdefault(rating.interaction_id, []).append(rating)
    return sorted(groups.items())
