"""Rating one interaction after the other: nothing is lost, nothing counts twice."""

import threading

import pytest

from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.roles import COMMAND_LINE
from core.services.data import interactions
from core.services.rating import rating
from core.services.training.readiness import readiness
from core.store.rating.ratings import Receipt
from core.store.tables import Rating, RatingEvent
from tests import looked
from tests.databases import PATIENCE, added, rater, start_python


def stored(workspace):
    with workspace.store.read() as session:
        rows = session.query(Rating).order_by(Rating.rating_id)
        return [(r.interaction_id, r.rater_id, str(r.status), r.rating, r.comment, r.bias_flag) for r in rows]


def events(workspace):
    with workspace.store.read() as session:
        rows = session.query(RatingEvent).order_by(RatingEvent.event_id)
        return [(e.action, e.old and e.old["rating"], e.new["rating"]) for e in rows]


def next_id(workspace, user):
    shown = looked.next_item(workspace, user)
    return None if shown is None else shown.interaction.interaction_id


def test_a_rating_is_stored_with_everything_said(workspace):
    """Number, comment and flag of one act are kept under the rater's name, and the receipt shows the number."""
    interaction_id, ana = added(workspace), rater(workspace)
    receipt = looked.rate(workspace, ana, interaction_id, 4, comment="  well said 💚 ", bias_flag=True)
    assert (receipt.interaction_id, receipt.rating) == (interaction_id, 4)
    assert receipt.number > 0
    assert receipt.at.tzinfo is not None
    assert stored(workspace) == [(interaction_id, ana.rater_id, "submitted", 4, "well said 💚", True)]


def test_a_second_rater_never_overwrites_the_first(workspace):
    """Two raters of one answer have one row each, whatever they say and in whatever order they change it."""
    interaction_id, ana, ben = added(workspace), rater(workspace, "Ana"), rater(workspace, "Ben")
    looked.rate(workspace, ana, interaction_id, 5, comment="a")
    looked.rate(workspace, ben, interaction_id, 1, comment="b")
    looked.rate(workspace, ana, interaction_id, 4, comment="a2")
    assert stored(workspace) == [
        (interaction_id, ana.rater_id, "submitted", 4, "a2", False),
        (interaction_id, ben.rater_id, "submitted", 1, "b", False),
    ]


def test_every_change_stays_in_the_history(workspace):
    """Skip, rating and change are three events with what was before and after, in order, under the rater's name."""
    interaction_id, ana = added(workspace), rater(workspace)
    looked.skip(workspace, ana, interaction_id)
    looked.rate(workspace, ana, interaction_id, 2)
    looked.rate(workspace, ana, interaction_id, 5)
    lines = interactions.history(workspace, COMMAND_LINE, interaction_id)
    assert [(line.rater, line.action, line.old, line.new) for line in lines] == [
        ("Ana", "skipped", "", "skipped"),
        ("Ana", "rated", "skipped", "2"),
        ("Ana", "changed", "2", "5"),
    ]
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_a_change_is_no_second_rating(workspace):
    """Changing one's rating counts once among today's and once on the chart of ratings per day."""
    interaction_id, ana = added(workspace), rater(workspace)
    for value in (2, 3, 4):
        looked.rate(workspace, ana, interaction_id, value)
    assert rating.rated_today(workspace, ana) == 1
    assert [(name, number) for _, name, number in readiness(workspace, COMMAND_LINE).per_day] == [("Ana", 1)]


@pytest.mark.parametrize("value", [0, 6, -1, 3.5, "4", None])
def test_what_is_no_rating_is_refused(workspace, value):
    """Anything but 1 to 5 is refused with a sentence and leaves no trace."""
    interaction_id = added(workspace)
    with pytest.raises(BadInput, match="one of 1, 2, 3, 4, 5"):
        looked.rate(workspace, rater(workspace), interaction_id, value)
    assert stored(workspace) == []
    assert events(workspace) == []


@pytest.mark.parametrize(
    "comment, words",
    [("x" * 10_001, "10,001 characters; 10,000 are possible"), ("a\x00b", "NUL"), ("\ud83d", "damaged")],
)
def test_a_comment_that_cannot_be_kept_is_refused(workspace, comment, words):
    """A comment too long or not storable is refused in words, together with its rating."""
    interaction_id = added(workspace)
    with pytest.raises(BadInput, match=words):
        looked.rate(workspace, rater(workspace), interaction_id, 4, comment=comment)
    assert stored(workspace) == []


def test_the_same_request_again_stores_nothing(workspace):
    """A request that is sent again gets the receipt of the first, even after the rating was changed by another."""
    interaction_id, ana = added(workspace), rater(workspace)
    first = looked.rate(workspace, ana, interaction_id, 2, request_id="r1")
    looked.rate(workspace, ana, interaction_id, 5, request_id="r2")
    assert looked.rate(workspace, ana, interaction_id, 2, request_id="r1") == first
    assert events(workspace) == [("rated", None, 2), ("changed", 2, 5)]
    assert stored(workspace)[0][3] == 5


def test_a_request_that_says_something_else_gets_no_receipt_for_it(workspace):
    """Two tabs press the same key with different comments: the second is told, and what was stored stands."""
    interaction_id, other, ana = added(workspace), added(workspace, "another"), rater(workspace)
    looked.rate(workspace, ana, interaction_id, 4, comment="of one tab", request_id="r:4")
    with pytest.raises(Conflict, match="in another tab"):
        looked.rate(workspace, ana, interaction_id, 4, comment="of another tab", request_id="r:4")
    with pytest.raises(Conflict, match="in another tab"):
        looked.rate(workspace, ana, other, 4, comment="of one tab", request_id="r:4")
    assert stored(workspace) == [(interaction_id, ana.rater_id, "submitted", 4, "of one tab", False)]


def test_the_same_request_twice_at_once_stores_one(workspace):
    """Two threads that send one request at the same moment both get the same receipt; one event is stored."""
    interaction_id, ana = added(workspace), rater(workspace)
    for round_ in range(5):
        together = threading.Barrier(2)
        receipts: list[Receipt] = []

        def send(request_id, value, together, receipts):
            together.wait()
            receipts.append(looked.rate(workspace, ana, interaction_id, value, request_id=request_id))

        threads = [threading.Thread(target=send, args=(f"r{round_}", round_ + 1, together, receipts)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(receipts) == 2
        assert receipts[0] == receipts[1]
    assert [new for _, _, new in events(workspace)] == [1, 2, 3, 4, 5]


def test_many_raters_of_one_answer_at_once_are_all_kept(workspace):
    """Eight raters who rate the same answer at the same moment each have their rating,
    and the median is that of all.
    """
    interaction_id = added(workspace)
    users = [rater(workspace, f"Rater {n}") for n in range(8)]
    together = threading.Barrier(8)

    def rate(number):
        together.wait()
        looked.rate(workspace, users[number], interaction_id, number % 5 + 1)

    threads = [threading.Thread(target=rate, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row[3] for row in stored(workspace)) == [1, 1, 2, 2, 3, 3, 4, 5]
    shown = interactions.load(workspace, COMMAND_LINE, interaction_id)
    assert shown is not None
    assert (shown.consensus, shown.n_ratings) == (2.5, 8)


def test_the_oldest_unrated_answer_comes_next(workspace, monkeypatch):
    """Answers come oldest first; one that anybody has rated, looks at, or has ahead, is not offered to another."""
    monkeypatch.setattr("core.store.rating.queue.RANDOM_EVERY", 1)
    first, second, third = (added(workspace, response=f"answer {n}") for n in range(3))
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    assert next_id(workspace, ana) == first
    assert next_id(workspace, ben) == third
    looked.rate(workspace, ana, first, 4)
    assert next_id(workspace, ana) == second
    looked.rate(workspace, ben, third, 4)
    assert next_id(workspace, ben) is None
    looked.rate(workspace, ana, second, 4)
    assert next_id(workspace, ana) is None


def test_skipped_answers_come_back_last(workspace):
    """What a rater skipped is offered again when nothing else is left, in the order of skipping;
    others still get it first.
    """
    first, second, third = (added(workspace, response=f"answer {n}") for n in range(3))
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    looked.skip(workspace, ana, second)
    looked.skip(workspace, ana, first)
    assert next_id(workspace, ana) == third
    assert next_id(workspace, ben) == first
    looked.rate(workspace, ana, third, 3)
    assert next_id(workspace, ana) == second
    looked.rate(workspace, ben, first, 3)
    looked.skip(workspace, ana, second)
    assert next_id(workspace, ana) == second


def test_skipping_does_not_undo_a_rating(workspace):
    """Skipping an answer one has rated leaves the rating as it was."""
    interaction_id, ana = added(workspace), rater(workspace)
    looked.rate(workspace, ana, interaction_id, 4)
    assert looked.skip(workspace, ana, interaction_id).rating == 4
    assert stored(workspace)[0][2:4] == ("submitted", 4)


def test_the_way_back_is_newest_first(workspace):
    """What one rated or skipped is listed newest first, and shows what one said; others' acts are not in it."""
    first, second = (added(workspace, response=f"answer {n}") for n in range(2))
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    looked.rate(workspace, ana, first, 4, comment="mine", bias_flag=True)
    looked.skip(workspace, ana, second)
    looked.rate(workspace, ben, first, 1)
    assert rating.recent(workspace, ana) == [second, first]
    assert rating.recent(workspace, ben) == [first]
    shown = rating.item(workspace, ana, first)
    assert shown is not None
    assert (shown.rating, shown.comment, shown.bias_flag) == (4, "mine", True)


def test_an_answer_deleted_meanwhile_is_a_sentence(workspace):
    """Rating or skipping what was deleted says so and stores nothing; it is not offered any more."""
    interaction_id, ana = added(workspace), rater(workspace)
    looked.delete(workspace, ana, interaction_id)
    with pytest.raises(NotFound, match="deleted meanwhile"):
        looked.rate(workspace, ana, interaction_id, 4)
    with pytest.raises(NotFound, match="deleted meanwhile"):
        looked.skip(workspace, ana, interaction_id)
    assert rating.item(workspace, ana, interaction_id) is None
    assert next_id(workspace, ana) is None
    assert stored(workspace) == []


def test_an_acknowledged_rating_survives_sigkill(workspace, environ):
    """A process that is killed right after a rating returned leaves that rating, its event and its mirror behind."""
    ids = [added(workspace, response=f"answer {n}") for n in range(5)]
    ana = rater(workspace)
    code = """
        import os, signal, sys
        from core.services.people import local_names
        from core.services.rating import rating
        from core.services.workspace import open_workspace
        workspace = open_workspace()
        ana = local_names.rate_as(workspace, "token", "Ana")
        number = int(sys.argv[1])
        showing = rating.item(workspace, ana, number).showing
        receipt = rating.rate(workspace, ana, number, 4, showing=showing, comment="before the end")
        os.write(1, str(receipt.number).encode() + b"\\n")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    for interaction_id in ids:
        process = start_python(code, environ, interaction_id)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == -9, err
        with workspace.store.read() as session:
            event = session.get_one(RatingEvent, int(out))
            assert (event.interaction_id, event.new["rating"]) == (interaction_id, 4)
    assert [row[:4] for row in stored(workspace)] == [(n, ana.rater_id, "submitted", 4) for n in ids]
    with workspace.store.read() as session:
        mirrored = session.connection().exec_driver_sql("SELECT rating, feedback_comment FROM rlhf_interactions")
        assert mirrored.all() == [(4, "before the end")] * 5


def test_a_skip_never_erases_a_rating(workspace):
    """A skip that arrives after the same rater's rating from another tab changes nothing."""
    number, ana = added(workspace), rater(workspace)
    looked.rate(workspace, ana, number, 4)
    assert looked.skip(workspace, ana, number, request_id="late").rating == 4
    assert stored(workspace)[0][2:4] == ("submitted", 4)
