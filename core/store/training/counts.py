"""Counts of rated answers that are kept, so that a page does not read a million rows to say how many there are.

The answers are divided into parts by the hash of their prompt, so that all answers to a prompt are in one. Of each part
is kept what it adds, and of all parts the sum. Triggers note which part a change touches (``Change``, in the change's
own transaction); whoever counts takes the sum and counts those parts anew, so a count is always that of the state of
the database that the session sees. ``refresh`` writes down what was counted anew and takes the notes away.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from core.domain.held_out import HELD_OUT_BELOW
from core.domain.ratings import MIN_MARGIN
from core.store.database import ONE_STATE, Store
from core.store.interactions.interactions import only_sample
from core.store.tables import Change, Item, KeptCounts, LegacyInteraction, PartCounts, Rater, Rating, RatingEvent
from core.store.upsert import insert_missing, upsert

SMALL = 20_000
"""Answers up to which nothing is kept: counting them takes no time."""
PART = 3
"""Hexadecimal digits of a prompt's hash that make a part: 4,096 parts, each of 244 answers of a million."""
FEW = 10
"""Changed parts up to which they are counted anew by everybody who asks, and not yet written down."""
MOST_ROWS = 60_000
"""Answers in changed parts up to which a page counts these parts anew while it waits."""
WORDS = 50
"""Lengths of answers are counted in steps of so many words."""
JUDGES, PEOPLE, WORTH = BESIDE = ("judges", "people", "worth")
"""What changes beside answers and ratings: scores of judges; names, and answers rated once more; a model's scores."""
_ONLY = 1  # the key of the one row of KeptCounts
_ANSWERS, _ERASURES = "answers", "erasures"
_IDS = 10_000  # that one statement names

MARKING_FUNCTION = """
CREATE OR REPLACE FUNCTION assay_mark_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO assay_changes (part) VALUES (left(OLD.prompt_group, 3));
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND left(NEW.prompt_group, 3) <> left(OLD.prompt_group, 3)) THEN
        INSERT INTO assay_changes (part) VALUES (left(NEW.prompt_group, 3));
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION assay_mark_rating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO assay_changes (part) SELECT left(prompt_group, 3) FROM assay_items
        WHERE interaction_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.interaction_id ELSE NEW.interaction_id END;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION assay_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO assay_changes (part) VALUES (TG_ARGV[0]);
    RETURN NULL;
END $$;
"""
"""What PostgreSQL's triggers call; pg_dump copies the triggers with their tables, but not these."""

Counts = Counter[str]
"""What is counted, by a name and what it is told apart by, with ``|`` between: ``session|rated|ward 3``."""


def load(session: Session) -> Counts | None:
    """The counts of own answers as the session sees them; None where they are not kept, and have to be counted."""
    if ONE_STATE in session.info and "counts" in session.info:
        found: Counts | None = session.info["counts"]
        return found
    found = _load(session)
    if ONE_STATE in session.info:
        session.info["counts"] = found
    return found


def under(counts: Counts, *name: str) -> Iterator[tuple[str, int]]:
    """What is counted under a name: what it is told apart by, and the number."""
    start = "|".join((*name, ""))
    return ((key[len(start) :], number) for key, number in counts.items() if key.startswith(start))


def number_of_changes(session: Session, *kinds: str) -> tuple[int, int]:
    """A number that is another one after every change of answers and ratings, and of these kinds; and one that is
    another one after every erasure.
    """
    kept = session.get(KeptCounts, _ONLY)
    passed = kept.passed if kept else {}
    others = {*BESIDE} - {*kinds}
    left = session.scalar(select(func.count()).select_from(Change).where(Change.part.not_in(others))) or 0
    return left + passed.get(_ANSWERS, 0) + sum(passed.get(kind, 0) for kind in kinds), passed.get(_ERASURES, 0)


def note(session: Session, kind: str) -> None:
    """Note that something beside answers and ratings changed, in the transaction of the change."""
    session.execute(insert(Change).values(part=kind))


def note_acts(session: Session, rater_id: int) -> None:
    """Note the parts in which a rater did something, before their history goes: no trigger sees that."""
    part = func.substr(Item.prompt_group, 1, PART)
    acts = select(part).join(RatingEvent, RatingEvent.interaction_id == Item.interaction_id)
    session.execute(insert(Change).from_select(["part"], acts.where(RatingEvent.rater_id == rater_id).distinct()))


def is_large(session: Session) -> bool:
    """Whether there are more than ``SMALL`` answers, and not only those of the sample."""
    return _more_than(session, SMALL) and not only_sample(session)


def _more_than(session: Session, answers: int) -> bool:
    one = select(Item.interaction_id).order_by(Item.interaction_id).offset(answers).limit(1)
    return session.scalar(one) is not None


def takes_long(store: Store) -> bool:
    """Whether ``refresh`` would take so long now that no page should wait for it."""
    with store.read() as session:
        kept = session.get(KeptCounts, _ONLY)
        if kept is None or not kept.built:
            return _more_than(session, MOST_ROWS)
        return _too_many(kept, _marks(session))


def is_very_large(store: Store) -> bool:
    """Whether there are so many answers that no page should wait for a look at all of them."""
    with store.read() as session:
        return _more_than(session, MOST_ROWS)


def refresh(store: Store) -> None:
    """Write down what changed, where it is so much that counting it anew at every page would be felt.

    Of several who do this at the same moment one writes; what the others counted is not needed.
    """
    with store.read() as session:
        kept, marks, large = session.get(KeptCounts, _ONLY), _marks(session), is_large(session)
        built = kept is not None and kept.built
        if built == large and sum(marks.values()) < FEW:
            return
        version, everything = kept.version if kept else 0, large and not built
        noted = list(session.scalars(select(Change.change_id).order_by(Change.change_id)))
        passed = _passed(kept, marks)
        total = Counter(kept.counts if kept and built and large else {})
        rows = _add_up(session, total, None if everything else marks) if large else []
    with store.write() as session:
        insert_missing(session, KeptCounts, _nothing_kept())
        current = (KeptCounts.kept_id == _ONLY, KeptCounts.version == version)
        if session.scalar(select(KeptCounts.kept_id).where(*current).with_for_update()) is None:
            return  # somebody else wrote since
        if everything or not large:
            session.execute(delete(PartCounts))
        _write_down(session, version, large, passed, total, rows)
        if store.is_sqlite and noted:  # it has one writer, so what it noted later has a higher number
            session.execute(delete(Change).where(Change.change_id <= noted[-1]))
            return
        _take_away(session, noted)


def after_erasure(session: Session) -> None:
    """Let nothing stay in what is kept of what was erased just now in this transaction: sessions, reasons, numbers."""
    insert_missing(session, KeptCounts, _nothing_kept())
    session.flush()
    kept = session.get_one(KeptCounts, _ONLY, with_for_update=True, populate_existing=True)
    # in one look, and before it is counted, so that nothing that others change meanwhile is missed
    noted = {number: part for number, part in session.execute(select(Change.change_id, Change.part))}  # noqa: C416
    marks = Counter(noted.values())
    passed = _passed(kept, marks) + Counter({_ERASURES: 1})
    built = kept.built and not _too_many(kept, marks) and not only_sample(session)
    total = Counter(kept.counts if built else {})
    rows = _add_up(session, total, marks) if built else []
    if not built:
        session.execute(delete(PartCounts))
    _write_down(session, kept.version, built, passed, total, rows)
    _take_away(session, list(noted))
    session.expire(kept)


def _passed(kept: KeptCounts | None, marks: Mapping[str, int]) -> Counter[str]:
    passed = Counter(kept.passed if kept else {})
    for part, number in marks.items():
        passed[part if part in BESIDE else _ANSWERS] += number
    return passed


def _too_many(kept: KeptCounts, marks: Mapping[str, int]) -> bool:
    return bool(len(_parts(marks)) * kept.counts.get("answers", 0) > MOST_ROWS * 16**PART)


def _parts(marks: Mapping[str, int]) -> list[str]:
    return sorted(part for part in marks if len(part) == PART)


def _add_up(session: Session, total: Counts, marks: Mapping[str, int] | None) -> list[dict[str, Any]]:
    """Bring the sum up to date with the parts that changed (None: with all there are); these parts, to be stored."""
    rows = []
    for part, before, now in _counted_anew(session, None if marks is None else _parts(marks)):
        total.subtract(before)
        total.update(now)
        rows.append({"part": part, "counts": dict(now)})
    return rows


def _write_down(
    session: Session, version: int, built: bool, passed: Counts, total: Counts, rows: list[dict[str, Any]]
) -> None:
    values = {"version": version + 1, "built": built, "passed": dict(passed), "counts": _positive(total)}
    only = update(KeptCounts).where(KeptCounts.kept_id == _ONLY).values(values)
    session.execute(only.execution_options(synchronize_session=False))
    upsert(session, PartCounts, *rows, key=("part",))


def _take_away(session: Session, noted: Sequence[int]) -> None:
    for start in range(0, len(noted), _IDS):
        session.execute(delete(Change).where(Change.change_id.in_(noted[start : start + _IDS])))


def _nothing_kept() -> dict[str, Any]:
    return {"kept_id": _ONLY, "version": 0, "passed": {}, "counts": {}, "built": False}


def _load(session: Session) -> Counts | None:
    kept = session.get(KeptCounts, _ONLY)
    if kept is None or not kept.built or only_sample(session):
        return None
    marks = _marks(session)
    if _too_many(kept, marks):
        return None
    total = Counter(kept.counts)
    _add_up(session, total, marks)
    return Counter(_positive(total))


def _marks(session: Session) -> dict[str, int]:
    """How many changes are noted of which part."""
    rows = session.execute(select(Change.part, func.count()).group_by(Change.part))
    return {part: number for part, number in rows}  # noqa: C416


def _positive(counts: Counts) -> dict[str, int]:
    return {key: number for key, number in counts.items() if number}


def _counted_anew(session: Session, parts: Sequence[str] | None) -> Iterator[tuple[str, Counts, Counts]]:
    """Of these parts (None: of all there are) what is kept of each, and what it has now."""
    if parts is None:
        for digit in "0123456789abcdef":
            found = _counted(session, _begins(digit))
            yield from ((part, Counter(), now) for part, now in found.items())
        return
    for part in parts:  # one by one: the ranges of several in one query are not looked up in the index
        before = session.scalar(select(PartCounts.counts).where(PartCounts.part == part))
        yield part, Counter(before or {}), _counted(session, _begins(part)).get(part, Counter())


def _begins(part: str) -> ColumnElement[bool]:
    """Whether the hash of an item's prompt begins so, in a way that its index is used for."""
    after = f"{int(part, 16) + 1:0{len(part)}x}"
    return and_(Item.prompt_group >= part, Item.prompt_group < (after if len(after) == len(part) else "g"))


def _counted(session: Session, within: ColumnElement[bool]) -> dict[str, Counts]:
    """Count own answers within these parts, by part."""
    found: defaultdict[str, Counts] = defaultdict(Counter)
    own = (Item.source != "sample", within)
    _count_answers(session, own, found)
    part = func.substr(Item.prompt_group, 1, PART)
    sqlite = session.get_bind().dialect.name == "sqlite"

    def day(at: Any) -> ColumnElement[Any]:
        return func.date(at if sqlite else func.timezone("UTC", at))

    given = select(part, Rating.rater_id, Rating.rating, func.count()).join(Item).where(Rating.rating.is_not(None))
    for key, rater, rating, number in session.execute(given.where(*own).group_by(part, Rating.rater_id, Rating.rating)):
        found[key][f"rating|{rater}|{rating}"] += number
    first = (
        RatingEvent.new["rating"].as_integer().is_not(None),
        or_(RatingEvent.old.is_(None), RatingEvent.old["rating"].as_integer().is_(None)),
    )
    on = day(RatingEvent.at)
    acts = select(part, on, RatingEvent.rater_id, func.count()).select_from(RatingEvent)
    acts = acts.join(Item, Item.interaction_id == RatingEvent.interaction_id).where(*first, *own)
    for key, when, rater, number in session.execute(acts.group_by(part, on, RatingEvent.rater_id)):
        found[key][f"day|{when}|{rater}"] += number
    # as a value: SQLite would else read all ratings without an import by the index on it
    by_hand = case((Rating.import_id.is_(None), 1), else_=0) == 1
    here = (Rating.rating.is_not(None), by_hand, Rater.kind == "person")
    on, worded = day(Rating.updated_at), cast(Rating.reasons, String)
    said = select(part, on, Item.session_label, worded, func.count()).select_from(Rating).join(Item).join(Rater)
    for key, when, label, reasons, number in session.execute(
        said.where(*here, *own).group_by(part, on, Item.session_label, worded)
    ):
        counts, monday = found[key], _monday(date.fromisoformat(str(when)))
        counts[f"week|{monday}"] += number
        counts[f"of|{json.dumps(label)}"] += number
        for reason in dict.fromkeys(json.loads(reasons or "[]")):
            counts[f"week_why|{monday}|{reason}"] += number
            counts[f"of_why|{json.dumps([label, reason])}"] += number
    several = select(part, Rating.interaction_id, Rating.rating, func.count()).select_from(Rating).join(Item)
    several = several.where(Item.n_ratings > 1, Rating.rating.is_not(None), *own)
    several = several.group_by(part, Rating.interaction_id, Rating.rating).order_by(Rating.interaction_id)
    for (key, _), ratings in groupby(session.execute(several), key=lambda row: row[:2]):
        counts, values = found[key], {rating: number for _, _, rating, number in ratings}
        total, equal = sum(values.values()), sum(number * (number - 1) // 2 for number in values.values())
        counts["shared|answers"] += 1
        counts["shared|pairs"] += total * (total - 1) // 2
        counts["shared|equal"] += equal
        counts["shared|close"] += equal + sum(number * values.get(rating + 1, 0) for rating, number in values.items())
    return found


def _count_answers(session: Session, own: Sequence[ColumnElement[bool]], found: defaultdict[str, Counts]) -> None:
    """Answers, consensus, sessions, lengths, questions and comparisons."""
    asked = (Item.prompt_group, func.coalesce(Item.context_id, ""), Item.turns_group)
    rows = select(
        *asked,
        Item.interaction_id,
        Item.consensus,
        Item.n_ratings,
        Item.places,
        Item.session_label,
        Item.response_words,
        Item.identity.is_(None),
    )
    alike: dict[int, tuple[Any, ...]] = {}  # rated answers as long as another one to the same question
    repeating: set[str] = set()
    streamed = session.execute(rows.where(*own).order_by(*asked).execution_options(yield_per=10_000))
    for group, answers in groupby(streamed, key=lambda row: row[0]):
        counts, agreed = found[group[:PART]], []
        for key, compared in groupby(answers, key=lambda row: row[:3]):
            rated: list[tuple[int, float, int]] = []
            for _, _, _, number, consensus, n_ratings, places, label, words, repeat in compared:
                counts["answers"] += 1
                counts["ratings"] += n_ratings
                counts["twice"] += n_ratings > 1
                counts["discarded"] += consensus is None and places == 0
                if repeat:
                    repeating.add(group)
                if label:
                    counts[f"session|{'unrated' if consensus is None else 'rated'}|{label}"] += 1
                if consensus is not None:
                    counts[f"consensus|{float(consensus)}"] += 1
                    counts[f"words|{(words - 1) // WORDS}"] += 1
                    rated.append((number, float(consensus), words))
            agreed += [value for _, value, _ in rated]
            if not rated:
                continue
            values = Counter(value for _, value, _ in rated)
            pairs = comparable(values)
            counts["pairs"] += pairs
            counts["pair_prompts"] += pairs > 0
            counts["one_answer"] += len(rated) == 1
            counts["differing"] += len(values) > 1
            lengths = Counter(words for _, _, words in rated)
            if len(values) > 1:
                alike |= {number: (*key, value) for number, value, words in rated if lengths[words] > 1}
        if agreed:
            counts[f"group|{group >= HELD_OUT_BELOW:d}|{min(agreed)}|{max(agreed)}"] += 1
    texts: defaultdict[tuple[Any, ...], Counter[float]] = defaultdict(Counter)
    numbers = sorted(alike)
    for start in range(0, len(numbers), _IDS):
        some = LegacyInteraction.interaction_id.in_(numbers[start : start + _IDS])
        for number, text in session.execute(
            select(LegacyInteraction.interaction_id, LegacyInteraction.ai_response).where(some)
        ):
            *key, value = alike[number]
            texts[*key, text][value] += 1
    for (group, *_), values in texts.items():
        found[group[:PART]]["contradicting"] += len(values) > 1 and group in repeating
        found[group[:PART]]["pairs"] -= comparable(values)  # two identical texts are no pair


def comparable(values: Mapping[float, int]) -> int:
    """How many pairs of answers are at least ``MIN_MARGIN`` apart, from how often each consensus occurs."""
    counted = sorted(values.items())
    return sum(
        number * other
        for place, (value, number) in enumerate(counted)
        for another, other in counted[place + 1 :]
        if another - value >= MIN_MARGIN
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
