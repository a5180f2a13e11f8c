"""Counts that are kept are those that counting everything gives, after whatever happens."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import pytest
from sqlalchemy import event, func, select

from core.domain.queue import QueueSettings
from core.domain.records import ImportRow
from core.domain.roles import COMMAND_LINE
from core.services.data import erasure, importing
from core.services.rating import queue, rating
from core.services.workspace import Workspace
from core.store.interactions import imports
from core.store.review import reasons
from core.store.tables import Change, Item, KeptCounts, PartCounts
from core.store.training import counts, statistics
from tests import looked
from tests.databases import added, lead, rater

FIGURES: dict[str, Callable[[Any], Any]] = {
    "totals": lambda session: statistics.totals(session, 4),
    "questions": lambda session: statistics.questions(session, 4),
    "shared": statistics.shared_ratings,
    "ratings": statistics.ratings,
    "consensus": statistics.by_consensus,
    "days": statistics.ratings_per_day,
    "by rater": statistics.ratings_by_rater,
    "spread": statistics.spread_by_rater,
    "twice": statistics.rated_twice,
    "sessions": statistics.by_session,
    "shape": lambda session: statistics.shape(session, long_words=50),
    "pairs": statistics.pair_yield,
    "reasons": reasons.tallies,
}


@pytest.fixture(autouse=True)
def everything_is_kept(monkeypatch):
    """However few answers there are; and written down after every third change."""
    monkeypatch.setattr(counts, "SMALL", 0)
    monkeypatch.setattr(counts, "FEW", 3)


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """Answers of three sessions, rated by up to three people; some of the same text, some over and over alike."""
    rows = [
        ImportRow(
            number,
            f"Question {number // 4}" if number % 7 else f"question  {number // 4}",
            "the same " * 3 if number % 5 < 2 else f"answer {number} " + "word " * (number % 9 * 10),
            (number * 7 + place * number) % 5 + 1,
            name,
            session_id=f"ward|{number % 3}" if number % 4 else None,
        )
        for number in range(120)
        for place, name in enumerate(("Ana", "Ben", "Cleo")[: number % 4])
    ]
    rows += [ImportRow(900 + number, f"Question {number}", "not rated") for number in range(9)]
    with workspace.store.write() as session:
        imports.add_batch(session, None, rows, rater="imported", source="import")
    return workspace


def both(workspace: Workspace) -> Iterator[tuple[str, Any, Any]]:
    """Each figure as it is kept, and as it is counted."""
    with workspace.store.read() as session:
        assert counts.load(session) is not None, "nothing is kept"
        kept = {name: figure(session) for name, figure in FIGURES.items()}
        session.info["counts"] = None
        for name, figure in FIGURES.items():
            yield name, kept[name], figure(session)


def agree(workspace: Workspace) -> None:
    found = list(both(workspace))
    assert {name: kept for name, kept, _ in found} == {name: counted for name, _, counted in found}


def test_kept_counts_follow_every_act(filled, tmp_path):
    """A rating, its change and withdrawal, a discard, an edit, an import and its removal, new rules, a deletion."""
    lea, dan = lead(filled), rater(filled, "Dan")
    counts.refresh(filled.store)
    agree(filled)
    with filled.store.read() as session:
        waiting = list(session.scalars(select(Item.interaction_id).where(Item.consensus.is_(None))))
        rated = list(session.scalars(select(Item.interaction_id).where(Item.n_ratings == 2)))
    file = tmp_path / "more.csv"
    file.write_text("user_prompt,ai_response,rating,rater\nQuestion 3,a further one,2,Eve\nNew,first,5,Eve\n")
    acts: list[Callable[[], Any]] = [
        lambda: looked.rate(filled, dan, waiting[0], 5),
        lambda: looked.rate(filled, dan, rated[0], 1),
        lambda: looked.rate(filled, dan, rated[0], 4),
        lambda: looked.withdraw(filled, dan, rated[0]),
        lambda: looked.rate(filled, dan, rated[1], 3),
        lambda: rating.undo_last(filled, dan),
        lambda: looked.discard(filled, dan, waiting[1], reason="empty"),
        lambda: looked.decide(filled, lea, rated[2], 1, expected=None),
        lambda: looked.edit(
            filled, lea, rated[3], "An entirely different question", "and answer", withdraw_ratings=False
        ),
        lambda: added(filled, "question 5", "added by hand", session_label="new ward"),
        lambda: queue.change_settings(filled, lea, QueueSettings(raters=2)),
        lambda: [*importing.import_file(filled, COMMAND_LINE, file)],
        lambda: importing.remove_import(filled, COMMAND_LINE, importing.recorded(filled, COMMAND_LINE)[0].import_id),
        lambda: looked.delete(filled, lea, rated[4]),
    ]
    for number, act in enumerate(acts):
        act()
        agree(filled)
        if number % 2:
            counts.refresh(filled.store)
            agree(filled)


def test_an_erasure_leaves_nothing_of_what_was_kept(filled):
    """Not even the name of its session; and what is counted afterwards is right again."""
    lea = lead(filled)
    number = added(filled, "Of whom?", "Of somebody.", session_label="Zoë Brandt, room 7")
    counts.refresh(filled.store)
    with filled.store.read() as session:
        before = counts.number_of_changes(session)
        assert any("Zoë" in key for key in session.get_one(KeptCounts, 1).counts)
    looked.forget(filled, lea, number)
    with filled.store.read() as session:
        kept = [session.get_one(KeptCounts, 1).counts, *session.scalars(select(PartCounts.counts))]
        assert not any("Zoë" in key for counted in kept for key in counted)
        after = counts.number_of_changes(session)
        assert after[0] > before[0]
        assert after[1] == before[1] + 1
    agree(filled)
    erasure.rater(filled, lea, "Cleo", ratings_stay=False)
    counts.refresh(filled.store)
    agree(filled)


def test_acts_that_were_taken_back_go_with_their_rater(filled):
    """Of an undone rating there is a history and no rating, so that only its erasure changes what is counted."""
    lea, dan = lead(filled), rater(filled, "Dan")
    with filled.store.read() as session:
        numbers = list(session.scalars(select(Item.interaction_id).limit(3)))
    for number in numbers:
        looked.rate(filled, dan, number, 3)
    for _ in numbers:
        rating.undo_last(filled, dan)
    counts.refresh(filled.store)
    erasure.rater(filled, lea, "Dan", ratings_stay=False)
    agree(filled)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_changes_while_an_erasure_counts_is_counted(filled, old_app):
    """On PostgreSQL others go on meanwhile: what they change is not taken for counted."""
    lea, number = lead(filled), added(filled, "Of whom?", "Of somebody.")
    counts.refresh(filled.store)
    pending = ["UPDATE assay_items SET session_label = 'another' WHERE interaction_id = 2"]
    erasing: list[Any] = []

    def others_change(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "FROM assay_kept_counts" in statement and statement.endswith("FOR UPDATE"):
            erasing.append(connection)
        elif pending and connection in erasing and statement.startswith("SELECT assay_changes.change_id"):
            old_app.run(pending.pop())

    event.listen(filled.store.engine, "before_cursor_execute", others_change)
    looked.forget(filled, lea, number)
    event.remove(filled.store.engine, "before_cursor_execute", others_change)
    assert not pending
    agree(filled)


def test_two_who_write_at_the_same_moment_lose_no_count(filled):
    """Raters rate while two others write down what is kept, again and again; at the end all is counted once."""
    counts.refresh(filled.store)
    with filled.store.read() as session:
        waiting = list(session.scalars(select(Item.interaction_id).where(Item.n_ratings < 2).limit(24)))
    people = [rater(filled, name) for name in ("Fay", "Gus", "Hal")]
    done = threading.Event()
    failed: list[BaseException] = []

    def guarded(act: Callable[[], Any]) -> threading.Thread:
        def run() -> None:
            try:
                act()
            except BaseException as error:
                failed.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def rates(person: Any) -> None:
        for place, number in zip(count(), waiting):
            looked.rate(filled, person, number, place % 5 + 1)

    def writes_down() -> None:
        while not done.is_set():
            counts.refresh(filled.store)

    writers = [guarded(writes_down) for _ in range(2)]
    raters = [guarded(partial(rates, person)) for person in people]
    for thread in raters:
        thread.join()
    done.set()
    for thread in writers:
        thread.join()
    assert not failed, failed
    agree(filled)
    counts.refresh(filled.store)
    agree(filled)


def test_the_number_of_changes_moves_with_every_change_and_with_nothing_else(filled):
    """Also when what was noted is taken away."""
    dan = rater(filled, "Dan")

    def number(*kinds: str) -> int:
        with filled.store.read() as session:
            return counts.number_of_changes(session, *kinds)[0]

    before = number()
    counts.refresh(filled.store)
    with filled.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Change)) == 0
        waiting = session.scalars(select(Item.interaction_id).where(Item.consensus.is_(None))).first()
    assert number() == before
    looked.rate(filled, dan, waiting or 0, 4)
    assert number() > before


def test_few_answers_are_counted_and_nothing_is_kept(filled, monkeypatch):
    """What changes is noted, and the notes are taken away all the same."""
    monkeypatch.setattr(counts, "SMALL", 20_000)
    counts.refresh(filled.store)
    with filled.store.read() as session:
        assert counts.load(session) is None
        assert [session.scalar(select(func.count()).select_from(table)) for table in (Change, PartCounts)] == [0, 0]


def test_where_there_are_very_many_a_look_at_the_old_application_is_made_beside_the_page(filled, old_app, monkeypatch):
    """The page does not wait; what was written is there once the thread has ended."""
    monkeypatch.setattr(counts, "MOST_ROWS", 0)
    filled._sweep_again_at = 0.0
    ((number,),) = old_app.run("SELECT min(interaction_id) FROM rlhf_interactions WHERE rating IS NULL")
    old_app.run("UPDATE rlhf_interactions SET rating = 2 WHERE interaction_id = ?", number)
    assert filled.pick_up() == 0
    for thread in threading.enumerate():
        if thread.name in ("assay-sweeping", "assay-counting"):
            thread.join()
    with filled.store.read() as session:
        assert session.get_one(Item, number).consensus == 2
