"""The queue: who gets which answer, for how long, in which order; drafts, discarding and taking back."""

import json
import random
import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.event import listen

from core.domain.errors import BadInput, Conflict
from core.domain.queue import Order, QueueFilters, QueueSettings
from core.domain.ratings import EventContext, RatingInput, RatingStatus
from core.domain.records import Filters
from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.services.data import interactions
from core.services.operations.status import status
from core.services.rating import active_learning, queue, rating
from core.services.workspace import open_workspace
from core.store.rating import leases, ratings
from core.store.tables import Audit, Draft, Item, Lease, QueuePreference, RatingEvent, Suggestion
from core.store.types import now
from tests import looked
from tests.databases import (
    Plain,
    added,
    at_once,
    environment,
    finished,
    rater,
    start_python,
    wait_until_blocked,
    went_wrong,
)
from tests.services.test_at_the_same_moment import together


def many(workspace, number, **values):
    """So many answers, each to a prompt of its own; their numbers."""
    return [added(workspace, prompt=f"prompt {n}", response=f"answer {n}", **values) for n in range(number)]


def next_id(workspace, user):
    shown = looked.next_item(workspace, user)
    return None if shown is None else shown.interaction.interaction_id


def ids(workspace, user, **there):
    """What is kept for a rater: what is on their screen, and what is ahead."""
    return [item.interaction.interaction_id for item in rating.next_items(workspace, user, **there)]


def places(workspace):
    with workspace.store.read() as session:
        return {item.interaction_id: item.places for item in session.query(Item)}


def events(workspace):
    with workspace.store.read() as session:
        return session.query(RatingEvent).order_by(RatingEvent.event_id).all()


def let_expire(workspace):
    """Let everybody's quarter of an hour be over."""
    with workspace.store.write() as session:
        session.execute(update(Lease).values(expires_at=now() - timedelta(seconds=1)))


def rate_all(workspace, user, value=3):
    """Rate until nothing is offered any more; what was rated, in order."""
    rated = []
    while (number := next_id(workspace, user)) is not None:
        looked.rate(workspace, user, number, value)
        rated.append(number)
    return rated


@pytest.fixture
def in_order(monkeypatch):
    """Nothing is drawn at random beside the chosen order."""
    monkeypatch.setattr("core.store.rating.queue.RANDOM_EVERY", 1)


# --- leases ---------------------------------------------------------------------------------------------------------


def test_an_answer_on_the_screen_is_kept_for_its_rater(workspace):
    """Asking again, as a reload does, gives the same answer under the same request; another rater gets another one."""
    many(workspace, 3)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    shown, again = looked.next_item(workspace, ana), looked.next_item(workspace, ana)
    assert shown is not None
    assert again == shown
    assert shown.request_id
    assert next_id(workspace, ben) != shown.interaction.interaction_id


def test_an_expired_lease_frees_the_answer(workspace):
    """After its time an answer goes to whoever asks; the first rater then gets another one."""
    first, second = many(workspace, 2)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    assert next_id(workspace, ana) == first
    let_expire(workspace)
    assert next_id(workspace, ben) == first
    assert next_id(workspace, ana) == second


def test_an_expired_lease_that_nobody_wanted_is_taken_up_again(workspace):
    """Whoever comes back late to an answer that is still free finds it, with the same request."""
    many(workspace, 2)
    ana = rater(workspace)
    shown = looked.next_item(workspace, ana)
    let_expire(workspace)
    assert looked.next_item(workspace, ana) == shown


def test_a_renewed_lease_stays(workspace):
    """While the page is open the answer stays with its rater; what was given up is not taken back by renewing."""
    first, _ = many(workspace, 2)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    assert next_id(workspace, ana) == first
    let_expire(workspace)
    rating.renew(workspace, ana, [first])
    assert next_id(workspace, ben) != first
    looked.skip(workspace, ana, first)
    rating.renew(workspace, ana, [first])
    with workspace.store.read() as session:
        assert session.get(Lease, (first, ana.rater_id)) is None


def test_a_late_rating_is_kept(workspace):
    """A rating that comes after its answer went to somebody else counts beside the other's."""
    (first,) = many(workspace, 1)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    shown = looked.next_item(workspace, ana)
    assert shown is not None
    let_expire(workspace)
    assert next_id(workspace, ben) == first
    looked.rate(workspace, ben, first, 2)
    looked.rate(workspace, ana, first, 5, request_id=shown.request_id)
    both = interactions.load(workspace, COMMAND_LINE, first)
    assert both is not None
    assert (both.consensus, both.n_ratings) == (3.5, 2)


def test_raters_who_ask_at_once_get_different_answers(workspace):
    """Eight raters at the same moment and eight answers: each gets one, nobody gets none."""
    numbers = many(workspace, 4)  # number 5 would want two raters
    users = [rater(workspace, f"Rater {n}") for n in range(4)]
    together, got = threading.Barrier(4), []

    def ask(user):
        together.wait()
        got.append(next_id(workspace, user))

    threads = [threading.Thread(target=ask, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == numbers


def test_two_tabs_of_one_rater_show_the_same_answer(workspace):
    """One rater who asks twice at the same moment holds one answer and one ahead of it, not four."""
    many(workspace, 4)
    ana = rater(workspace)
    together, got = threading.Barrier(2), []

    def ask():
        together.wait()
        got.append(tuple(ids(workspace, ana)))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == 1
    with workspace.store.read() as session:
        assert session.query(Lease).count() == 2


@pytest.mark.postgres
def test_an_answer_that_is_just_being_stored_is_waited_for_when_it_is_the_last(postgres_url, tmp_path):
    """Where the only answer left is locked, asking waits for it instead of saying that nothing is left."""
    workspace = open_workspace(environment(postgres_url, tmp_path / "home"))
    other = Plain(postgres_url)
    (number,) = many(workspace, 1)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    got = []
    asking = threading.Thread(target=lambda: got.append(next_id(workspace, ben)))
    seen = looked.version(workspace, number)
    with workspace.store.write() as session:
        ratings.record(
            session, number, ana.rater_id, RatingInput(RatingStatus.SKIPPED), EventContext("skipped"), seen=seen
        )
        asking.start()
        wait_until_blocked(other)
    asking.join(30)
    assert got == [number]
    other.close()
    workspace.store.engine.dispose()


# --- one answer ahead of what is on the screen ----------------------------------------------------------------------


def test_one_answer_lies_ahead_of_what_is_on_the_screen(workspace, in_order):
    """A reload and a second tab get the same two; once the second is on the screen, a third one lies ahead."""
    first, second, third = many(workspace, 3)
    ana = rater(workspace)
    found = rating.next_items(workspace, ana)
    assert [(item.interaction.interaction_id, item.shown) for item in found] == [(first, True), (second, False)]
    assert len({item.request_id for item in found}) == 2
    assert rating.next_items(workspace, ana) == found
    looked.rate(workspace, ana, first, 3)
    for _ in range(2):  # the second tab says it too
        now = rating.next_items(workspace, ana, on_screen=second)
        assert [(item.interaction.interaction_id, item.shown) for item in now] == [(second, True), (third, False)]
        assert now[0].request_id == found[1].request_id


def test_a_reload_waits_for_nobody_who_writes(workspace, old_app):
    """Nothing is written for it: it gets what is kept while another program holds the database."""
    many(workspace, 3)
    ana = rater(workspace)
    found = rating.next_items(workspace, ana)
    old_app.run("BEGIN IMMEDIATE" if old_app.is_sqlite else "BEGIN")
    if not old_app.is_sqlite:
        old_app.run("LOCK TABLE assay_leases, assay_items IN EXCLUSIVE MODE")
    assert rating.next_items(workspace, ana) == found
    old_app.run("ROLLBACK")


def test_what_lies_ahead_counts_as_served_once_it_is_shown(workspace):
    """Given back and taken again it has the same turn in the order: the second of four is drawn at random."""

    def served_and_chosen():
        with workspace.store.read() as session:
            preferred = session.get(QueuePreference, ana.rater_id)
            ahead = session.query(Lease).filter(~Lease.shown).one()
            return preferred.served, ahead.chosen, ahead.interaction_id

    many(workspace, 9)
    ana = rater(workspace)
    shown, ahead = ids(workspace, ana)
    for _ in range(3):
        assert served_and_chosen() == (1, "random", ahead)
        rating.give_back(workspace, ana, [ahead])
        _, ahead = ids(workspace, ana)
    looked.rate(workspace, ana, shown, 3)
    shown, _ = ids(workspace, ana, on_screen=ahead)
    assert shown == ahead
    assert served_and_chosen()[:2] == (2, "oldest")
    assert next_id(workspace, ana) == shown
    assert served_and_chosen()[:2] == (2, "oldest")


def test_what_lies_ahead_is_given_up_only_when_another_would_get_nothing(workspace, in_order):
    """Not while anything else is left, not for what another has ahead, and never what is on a screen."""
    first, second, third = many(workspace, 3)
    ana, ben, cleo, dora = (rater(workspace, name) for name in ("Ana", "Ben", "Cleo", "Dora"))
    assert ids(workspace, ana) == [first, second]
    assert ids(workspace, ben) == [third]
    assert ids(workspace, ana) == [first, second]
    assert ids(workspace, cleo) == [second]
    assert ids(workspace, dora) == []
    assert ids(workspace, ana) == [first]


def test_what_was_given_up_meanwhile_can_still_be_rated(workspace, in_order):
    """The browser showed it before it could know: it says so, and its rating counts."""
    first, second = many(workspace, 2)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    assert ids(workspace, ana) == [first, second]
    assert ids(workspace, ben) == [second]
    looked.rate(workspace, ana, first, 3)
    assert ids(workspace, ana, on_screen=second) == []
    looked.rate(workspace, ana, second, 5)
    looked.rate(workspace, ben, second, 1)
    assert interactions.load(workspace, COMMAND_LINE, second).n_ratings == 2


def test_only_what_fits_another_rater_is_given_up_for_them(workspace, in_order):
    """By their filters; and what they skipped before comes first, since that is not nothing."""
    first, second = added(workspace, response="one", session_label="a"), added(workspace, response="two")
    ana, ben, cleo = (rater(workspace, name) for name in ("Ana", "Ben", "Cleo"))
    skipped = added(workspace, response="three", session_label="b")
    looked.skip(workspace, cleo, skipped)
    assert ids(workspace, ana) == [first, second]
    queue.choose(workspace, ben, Order.OLDEST, QueueFilters(session_label="a"))
    assert ids(workspace, ben) == []
    assert ids(workspace, cleo) == [skipped]
    looked.rate(workspace, ana, second, 3)
    queue.change_settings(workspace, ana, QueueSettings(raters=2, overlap=0))
    assert ids(workspace, ben) == [first]
    assert ids(workspace, cleo)[0] == skipped


def test_an_answer_for_two_is_given_up_by_one_of_them(workspace):
    """Two have it ahead: the third takes the place of one, the other keeps theirs."""
    (number,) = many(workspace, 1)
    users = [rater(workspace, name) for name in ("Ana", "Ben", "Cleo", "Dora")]
    queue.change_settings(workspace, users[0], QueueSettings(raters=2, overlap=0))
    with workspace.store.write() as session:
        for user in users[:2]:
            leases.take(session, number, user.rater_id, "oldest", shown=False)
    assert ids(workspace, users[2]) == [number]
    with workspace.store.read() as session:
        kept = {(lease.rater_id, lease.shown) for lease in session.query(Lease)}
    assert len(kept) == 2
    assert (users[2].rater_id, True) in kept
    assert ids(workspace, users[3]) == [number]
    assert ids(workspace, users[0]) == []


def test_what_lies_ahead_is_given_back_and_what_was_shown_is_not(workspace, in_order):
    """Leaving the page frees it for others; the answer on the screen stays for a reload, also of another's asking."""
    first, second, third = many(workspace, 3)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    assert ids(workspace, ana) == [first, second]
    rating.give_back(workspace, ben, [first, second])
    assert ids(workspace, ana) == [first, second]
    rating.give_back(workspace, ana, [first, second, third, 99])
    assert ids(workspace, ben) == [second, third]
    assert ids(workspace, ana) == [first]
    queue.choose(workspace, ben, Order.OLDEST, QueueFilters())
    assert ids(workspace, ana) == [first, second]


def test_renewing_says_what_is_lost(workspace, in_order):
    """What others have by now, what was rated, what somebody else has and what never was; the rest stays longer."""
    first, second, third, fourth = many(workspace, 4)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    assert ids(workspace, ana) == [first, second]
    let_expire(workspace)
    assert ids(workspace, ben) == [first, second]
    assert rating.renew(workspace, ana, [first, second, 99]) == [first, second, 99]
    assert ids(workspace, ana) == [third, fourth]
    looked.rate(workspace, ana, third, 3)
    let_expire(workspace)
    assert rating.renew(workspace, ana, [third, fourth]) == [third]
    assert rating.renew(workspace, ben, [first, second]) == []
    with workspace.store.read() as session:
        kept = {(lease.interaction_id, lease.expires_at > now()) for lease in session.query(Lease)}
    assert kept == {(fourth, True), (first, True), (second, True)}


def test_an_answer_that_is_opened_is_not_ahead_of_itself(workspace, in_order):
    """Somebody opened what the queue would bring next: they get another one after it."""
    first, second, third = many(workspace, 3)
    ana = rater(workspace)
    assert ids(workspace, ana, on_screen=first) == [second]
    looked.rate(workspace, ana, first, 4)
    assert ids(workspace, ana, on_screen=second) == [second, third]


def test_what_is_compared_is_on_the_screen(workspace, in_order):
    """An answer that lay ahead and is put beside the others was shown, and is given up no more."""
    first, second = (added(workspace, "same prompt", f"answer {n}") for n in range(2))
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    assert ids(workspace, ana) == [first, second]
    assert [one.shown for one in rating.same_prompt(workspace, ana, first)[0]] == [True, True]
    assert ids(workspace, ben) == []
    rating.give_back(workspace, ana, [second])
    assert ids(workspace, ana) == [first, second]
    with workspace.store.read() as session:
        assert session.get(QueuePreference, ana.rater_id).served == 2


ASK = """
    import sys
    from core.services.people import local_names
    from core.services.rating import rating
    from core.services.workspace import open_workspace
    workspace = open_workspace()
    me = local_names.rate_as(workspace, "cookie of " + sys.argv[1], sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()
    print([item.interaction.interaction_id for item in rating.next_items(workspace, me)])
"""


def test_processes_that_ask_at_once_leave_nobody_without_an_answer(workspace, environ):
    """As many raters as answers, at the same moment: whoever took two keeps one, and each has one on the screen."""
    numbers = many(workspace, 4)
    processes = [start_python(ASK, environ, f"Rater {n}") for n in range(4)]
    at_once(processes)
    got = [json.loads(printed) for printed in finished(processes)]
    assert sorted(first for first, *_ in got) == numbers
    with workspace.store.read() as session:
        assert {(lease.interaction_id, lease.shown) for lease in session.query(Lease)} == {(n, True) for n in numbers}
        assert session.query(Lease).count() == 4


def test_whatever_raters_do_at_once_nobody_waits_for_ever(workspace):
    """Six raters with few answers for two each ask, compare, renew, give back, choose and rate: none is refused, and no
    answer is on more screens than it wants ratings.
    """
    numbers = [added(workspace, f"prompt {n % 3}", f"answer {n}") for n in range(9)]
    queue.change_settings(workspace, COMMAND_LINE, QueueSettings(raters=2, overlap=0))

    def work(seed: int) -> None:
        draw, user = random.Random(seed), rater(workspace, f"Rater {seed}")
        for _ in range(12):
            found = ids(workspace, user, on_screen=draw.choice([None, *numbers]))
            what = draw.randrange(5)
            if what == 0:
                rating.same_prompt(workspace, user, draw.choice(numbers))
            elif what == 1:
                rating.renew(workspace, user, draw.sample(numbers, 3))
            elif what == 2:
                rating.give_back(workspace, user, draw.sample(numbers, 3))
            elif what == 3:
                queue.choose(workspace, user, draw.choice(list(Order)), QueueFilters())
            elif found:
                looked.rate(workspace, user, found[0], 3)

    assert together(*(lambda seed=seed: work(seed) for seed in range(6))) == []
    with workspace.store.read() as session:
        wanted = {item.interaction_id: item.places for item in session.query(Item)}
        held = Counter(lease.interaction_id for lease in session.query(Lease) if lease.expires_at > now())
    assert all(held[number] <= wanted[number] for number in numbers)


# --- how many raters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("overlap", [0, 10, 33, 100])
def test_the_share_for_two_raters_is_met_exactly(overlap):
    """Of any hundred consecutive numbers exactly that many want one more rater, also seen per place within a prompt."""
    wishes = QueueSettings(raters=1, overlap=overlap)
    for start in (1, 57, 4242):
        assert sum(wishes.wanted(number) - 1 for number in range(start, start + 100)) == overlap
    if overlap == 10:
        assert [sum(wishes.wanted(n) - 1 for n in range(place, 1000, 10)) for place in range(10)] == [10] * 10


def test_an_answer_for_two_raters_is_served_to_two_and_no_more(workspace):
    """Three raters go through ten answers: the one in the overlap gets two ratings, the others one each."""
    numbers = many(workspace, 10)
    users = [rater(workspace, name) for name in ("Ana", "Ben", "Cleo")]
    rated = [number for user in users for number in rate_all(workspace, user)]
    assert sorted(rated) == sorted([*numbers, 5])
    assert set(places(workspace).values()) == {0}
    assert {interactions.load(workspace, COMMAND_LINE, n).n_ratings for n in numbers if n != 5} == {1}


def test_a_lead_sets_how_many_raters_and_the_record_says_so(workspace, in_order):
    """Two raters for all: what was rated once waits again, for others; the change is in the audit."""
    numbers = many(workspace, 4)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    assert rate_all(workspace, ana) == numbers
    assert queue.change_settings(workspace, ana, QueueSettings(raters=2, overlap=0)) == 4
    assert next_id(workspace, ana) is None
    assert rate_all(workspace, ben) == numbers
    with workspace.store.read() as session:
        line = session.query(Audit).filter(Audit.action == "changed queue").one()
        assert (line.actor, line.old, line.new) == (
            ana.key,
            {"raters": 1, "overlap": 10, "imported_count": True},
            {"raters": 2, "overlap": 0, "imported_count": True},
        )
    assert queue.change_settings(workspace, ana, QueueSettings(raters=2, overlap=0)) == 0
    assert queue.change_settings(workspace, ana, QueueSettings(raters=1, overlap=0)) == 0  # all have two already
    assert added(workspace, response="later") in places(workspace)
    assert places(workspace)[5] == 1


def test_only_a_lead_sets_it_and_only_to_what_makes_sense(workspace):
    """An expert may not, and numbers outside their range are refused in words."""
    ana = rater(workspace)
    with pytest.raises(NotAllowed):
        queue.change_settings(workspace, User(ana.rater_id, "Ana", Role.SME), QueueSettings(raters=2))
    with pytest.raises(BadInput, match="1 to 9 raters"):
        queue.change_settings(workspace, ana, QueueSettings(raters=0))
    with pytest.raises(BadInput, match="0 to 100"):
        queue.change_settings(workspace, ana, QueueSettings(overlap=101))
    with pytest.raises(NotAllowed):
        looked.next_item(workspace, User(ana.rater_id, "Ana", Role.VIEWER))


# --- orders and filters ---------------------------------------------------------------------------------------------


def test_some_answers_are_drawn_at_random_and_marked(workspace):
    """Whatever the order, at least a fifth of what is served is random at any moment, and its ratings say so;
    a reload draws nothing anew.
    """
    many(workspace, 40)
    ana = rater(workspace)
    for _ in range(20):
        number = next_id(workspace, ana)
        assert next_id(workspace, ana) == number
        looked.rate(workspace, ana, number, 3)
    chosen = [event.chosen for event in events(workspace)]
    assert chosen == ["oldest", "random", "oldest", "oldest"] * 5
    assert all(chosen[:n].count("random") >= n / 5 for n in range(2, 21))


def test_the_random_order_is_no_order(workspace):
    """In random order every answer comes, each once, and not by number."""
    numbers = many(workspace, 30)
    ana = rater(workspace)
    queue.choose(workspace, ana, Order.RANDOM, QueueFilters())
    rated = rate_all(workspace, ana)
    assert sorted(rated) == numbers
    assert rated != numbers
    assert {event.chosen for event in events(workspace)} == {"random"}


def test_by_session_one_session_is_finished_before_the_next(workspace, in_order):
    """Answers of one session follow one another; those without a session come last."""
    loose = added(workspace, response="loose")
    late, early = added(workspace, response="b1", session_label="b"), added(workspace, response="a1", session_label="a")
    also_late = added(workspace, response="b2", session_label="b")
    ana = rater(workspace)
    queue.choose(workspace, ana, Order.SESSION, QueueFilters())
    assert rate_all(workspace, ana) == [early, late, also_late, loose]


def test_what_the_model_suggests_comes_by_rank_and_then_at_random(workspace, in_order):
    """In the model's order suggestions come first, marked with their kind; without any, the draw is random."""
    numbers = many(workspace, 6)
    ana = rater(workspace)
    with workspace.store.write() as session:
        session.add(Suggestion(interaction_id=numbers[3], rank=0, chosen="pair", score=None))
        session.add(Suggestion(interaction_id=numbers[1], rank=1, chosen="model", score=0.5))
    queue.choose(workspace, ana, Order.MODEL, QueueFilters())
    assert rate_all(workspace, ana)[:2] == [numbers[3], numbers[1]]
    assert [event.chosen for event in events(workspace)][:3] == ["pair", "model", "random"]


def test_what_users_disliked_comes_first_under_its_own_mark(workspace, in_order):
    """Most disliked first, of equals the oldest, then what a model could not tell, then the rest by age."""
    numbers = many(workspace, 8)
    went_wrong(workspace, {numbers[6]: 3, numbers[5]: 1, numbers[2]: 1}, abstained=[numbers[3], numbers[5]])
    ana = rater(workspace)
    assert queue.disliked(workspace, ana) == 3
    queue.choose(workspace, ana, Order.USERS, QueueFilters())
    wrong = [numbers[n] for n in (6, 2, 5, 3)]
    assert rate_all(workspace, ana) == wrong + [number for number in numbers if number not in wrong]
    assert [event.chosen for event in events(workspace)] == ["users"] * 4 + ["oldest"] * 4
    assert queue.disliked(workspace, ana) == 0


def test_what_users_disliked_is_never_counted_as_random(workspace):
    """One of four is drawn at random in this order too, and only what was drawn is marked so."""
    numbers = many(workspace, 40)
    went_wrong(workspace, dict.fromkeys(numbers[:20], 1))
    ana = rater(workspace)
    queue.choose(workspace, ana, Order.USERS, QueueFilters())
    rate_all(workspace, ana)
    chosen = [event.chosen for event in events(workspace)]
    assert chosen[1::4] == ["random"] * 10
    assert set(chosen[0::4] + chosen[2::4] + chosen[3::4]) == {"users", "oldest"}
    assert chosen.count("users") >= 10


def test_what_users_disliked_is_served_only_where_it_waits(workspace, in_order):
    """What has its ratings, or was discarded, is neither counted nor served, however many disliked it."""
    rated, discarded, waiting = many(workspace, 3)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    looked.rate(workspace, ben, rated, 2)
    looked.discard(workspace, ben, discarded, reason="Test data")
    went_wrong(workspace, {rated: 9, discarded: 8})
    assert queue.disliked(workspace, ana) == 0
    queue.choose(workspace, ana, Order.USERS, QueueFilters())
    assert rate_all(workspace, ana) == [waiting]


def test_what_users_disliked_is_found_by_its_index(workspace):
    """No walk over a million answers for the few that users disliked, and no sorting of them: on SQLite as planned."""
    if not workspace.store.is_sqlite:
        pytest.skip("not here: PostgreSQL reads a small table whole")
    went_wrong(workspace, dict.fromkeys(many(workspace, 3), 1))
    ana = rater(workspace)
    queue.choose(workspace, ana, Order.USERS, QueueFilters())
    asked = []
    listen(workspace.store.engine, "before_cursor_execute", lambda *event: asked.append(event[2:4]))
    assert next_id(workspace, ana) is not None
    assert queue.disliked(workspace, ana)
    served = [(sql, values) for sql, values in asked if sql.startswith("SELECT") and "disliked > 0" in sql]
    assert len(served) >= 2
    with workspace.store.read() as session:
        for sql, values in served:
            plan = str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all())
            assert "ix_assay_items_queue_disliked" in plan
            assert "ORDER BY" not in plan


def test_a_filter_that_many_answers_fit_serves_every_one_of_them(workspace, monkeypatch):
    """Few fits are looked up by their numbers, many are walked through in the order: both serve all that fits, once."""
    fitting = many(workspace, 5, session_label="s")
    many(workspace, 3, context_id="elsewhere")
    for few in (2, 5):
        monkeypatch.setattr("core.store.rating.queue.FEW", few)
        user = rater(workspace, f"Rater {few}")
        queue.change_settings(workspace, COMMAND_LINE, QueueSettings(raters=2, overlap=0))
        queue.choose(workspace, user, Order.RANDOM, QueueFilters(session_label="s"))
        assert sorted(rate_all(workspace, user)) == fitting


def test_filters_restrict_what_is_served_and_are_remembered(workspace, in_order):
    """Session, source, length and flag: only what fits is served, and counted as left; a new visit finds them set."""
    ana = rater(workspace)
    plain = added(workspace, response="one")
    fits = added(workspace, response="one two three", session_label="s")
    other = added(workspace, response="one two three", prompt="other")
    looked.skip(workspace, rater(workspace, "Ben"), other, bias_flag=True)
    for filters, expected in (
        (QueueFilters(session_label="s"), [fits]),
        (QueueFilters(least_words=2), [fits, other]),
        (QueueFilters(most_words=2), [plain]),
        (QueueFilters(source="manual"), [plain, fits, other]),
        (QueueFilters(source="import"), []),
        (QueueFilters(flagged=True), []),
    ):
        queue.choose(workspace, ana, Order.OLDEST, filters)
        assert queue.preference(workspace, ana) == (Order.OLDEST, filters)
        assert queue.left(workspace, ana) == len(expected)
        assert next_id(workspace, ana) == (expected[0] if expected else None)


# --- skip, discard, drafts, undo ------------------------------------------------------------------------------------


def test_a_discarded_answer_is_offered_to_nobody(workspace):
    """Discarding takes an answer out for everybody, with its reason in the history; rating it brings it back."""
    first, second = many(workspace, 2)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    with pytest.raises(BadInput, match="say why"):
        looked.discard(workspace, ana, first, reason="  ")
    looked.discard(workspace, ana, first, reason="Test data")
    assert events(workspace)[0].new == {
        "status": "discarded",
        "rating": None,
        "comment": None,
        "bias_flag": False,
        "reason": "Test data",
    }
    assert rate_all(workspace, ben) == [second]
    queue.change_settings(workspace, ana, QueueSettings(raters=3, overlap=0))
    assert places(workspace) == {first: 0, second: 2}
    looked.rate(workspace, ana, first, 3)
    assert places(workspace)[first] == 2


def test_a_lead_puts_a_discarded_answer_back(workspace):
    """It is found among the discarded, and once put back it waits again; why it was discarded stays in its history."""
    first, second = many(workspace, 2)
    ana = rater(workspace, "Ana")
    looked.discard(workspace, ana, first, reason="Test data")
    now = status(workspace, COMMAND_LINE, at_once=True)
    assert (now.unrated, now.discarded, now.waiting) == (2, 1, 1)
    found, total = interactions.browse(workspace, COMMAND_LINE, Filters(discarded=True), page=0)
    assert (total, [one.interaction_id for one in found]) == (1, [first])
    looked.put_back(workspace, ana, first)
    assert places(workspace) == {first: 1, second: 1}
    assert interactions.browse(workspace, COMMAND_LINE, Filters(discarded=True), page=0) == ([], 0)
    told = [(line.action, line.new) for line in interactions.history(workspace, COMMAND_LINE, first)]
    assert told == [("discarded", "discarded: Test data"), ("put back", "withdrawn")]
    with pytest.raises(Conflict, match="waits for ratings again already"):
        looked.put_back(workspace, ana, first)
    with workspace.store.read() as session:
        assert [(a.actor, a.subject) for a in session.query(Audit).filter(Audit.action == "put back")] == [
            (ana.key, f"interaction {first}")
        ]


def test_a_skip_keeps_its_reason(workspace):
    """Why an answer was skipped is in the history."""
    (number,) = many(workspace, 1)
    looked.skip(workspace, rater(workspace), number, reason=" Not my  field ")
    assert events(workspace)[0].new["reason"] == "Not my field"
    with pytest.raises(BadInput, match="201 characters"):
        looked.skip(workspace, rater(workspace), number, reason="x" * 201)


def test_a_draft_comes_back_until_it_is_saved(workspace):
    """What was typed is there in another session, for its rater only; a rating,
    or typing what is saved already, ends it.
    """
    (number,) = many(workspace, 1)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    rating.keep_draft(workspace, ana, number, "half a th", bias_flag=False)
    rating.keep_draft(workspace, ana, number, "half a thought 💚 ", bias_flag=True)
    shown = rating.item(workspace, ana, number)
    assert shown is not None
    assert (shown.draft, shown.draft_flag, shown.comment) == ("half a thought 💚 ", True, "")
    assert rating.item(workspace, ben, number).draft is None
    looked.rate(workspace, ana, number, 4, comment="a thought")
    assert rating.item(workspace, ana, number).draft is None
    rating.keep_draft(workspace, ana, number, "")
    assert rating.item(workspace, ana, number).unsaved == ("", False)
    rating.keep_draft(workspace, ana, number, "a thought")
    with workspace.store.read() as session:
        assert session.query(Draft).count() == 0


def test_a_draft_for_an_answer_that_is_gone_is_no_error(workspace):
    """An answer deleted while somebody types about it takes the draft with it."""
    (number,) = many(workspace, 1)
    ana = rater(workspace)
    looked.delete(workspace, ana, number)
    rating.keep_draft(workspace, ana, number, "too late")
    assert rating.item(workspace, ana, number) is None


def test_undo_restores_the_value_before_and_both_are_in_the_history(workspace):
    """Undo of a change brings the old value back, again takes back the rating itself,
    and then there is nothing left.
    """
    (number,) = many(workspace, 1)
    ana = rater(workspace)
    shown = looked.next_item(workspace, ana)
    assert shown is not None
    looked.rate(workspace, ana, number, 2, comment="first", request_id="a")
    looked.rate(workspace, ana, number, 5, comment="second", bias_flag=True, request_id="b")
    undone = rating.undo_last(workspace, ana)
    assert undone is not None
    assert (undone.action, undone.rating, undone.receipt.rating) == ("changed", 5, 2)
    to_rate = rating.item(workspace, ana, number)
    assert (to_rate.rating, to_rate.comment, to_rate.bias_flag, to_rate.draft) == (2, "first", False, "second")
    undone = rating.undo_last(workspace, ana)
    assert undone is not None
    assert (undone.action, undone.rating, undone.receipt.rating) == ("rated", 2, None)
    to_rate = rating.item(workspace, ana, number)
    assert (to_rate.rating, to_rate.draft) == (None, "first")
    assert rating.undo_last(workspace, ana) is None
    assert [(e.action, e.old and e.old["rating"], e.new["rating"]) for e in events(workspace)] == [
        ("rated", None, 2),
        ("changed", 2, 5),
        ("undone", 5, 2),
        ("undone", 2, None),
    ]
    assert places(workspace)[number] == 1
    assert next_id(workspace, ana) == number
    looked.rate(workspace, ana, number, 3)
    assert [e.chosen for e in events(workspace)] == ["oldest", None, None, "oldest", "oldest"]


def test_undo_takes_back_skips_and_discards(workspace):
    """A skipped or discarded answer is as if nothing had been said, and waits again."""
    first, second = many(workspace, 2)
    ana = rater(workspace)
    looked.discard(workspace, ana, first, reason="Test data")
    looked.skip(workspace, ana, second, comment="later")
    assert places(workspace) == {first: 0, second: 1}
    assert rating.undo_last(workspace, ana).action == "skipped"
    assert rating.undo_last(workspace, ana).action == "discarded"
    assert places(workspace) == {first: 1, second: 1}
    assert rating.recent(workspace, ana) == []


def test_undo_leaves_alone_what_others_did_and_what_was_changed_since(workspace):
    """Another rater's act is never undone; an act whose outcome was changed since is refused in words."""
    (number,) = many(workspace, 1)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    looked.rate(workspace, ana, number, 4)
    looked.rate(workspace, ben, number, 1)
    assert rating.undo_last(workspace, ana).rating == 4
    assert rating.undo_last(workspace, ana) is None
    assert rating.item(workspace, ben, number).rating == 1
    looked.edit(workspace, ana, number, "other", "text", withdraw_ratings=True)
    with pytest.raises(Conflict, match="changed since"):
        rating.undo_last(workspace, ben)


def test_the_same_undo_again_undoes_one_thing(workspace):
    """A request to undo that is sent again gets the same answer and takes nothing more back."""
    first, second = many(workspace, 2)
    ana = rater(workspace)
    looked.rate(workspace, ana, first, 4)
    looked.rate(workspace, ana, second, 5)
    undone = rating.undo_last(workspace, ana, request_id="u")
    assert rating.undo_last(workspace, ana, request_id="u") == undone
    assert rating.item(workspace, ana, first).rating == 4


def test_the_history_says_how_a_rating_came_about(workspace):
    """Time on the screen, guideline version, why it was served, the request, and that no score was visible."""
    (number,) = many(workspace, 1)
    ana = rater(workspace)
    shown = looked.next_item(workspace, ana)
    assert shown is not None
    looked.rate(workspace, ana, number, 4, request_id=f"{shown.request_id}:4", shown_ms=1234, guideline_version=7)
    (event,) = events(workspace)
    assert (event.shown_ms, event.guideline_version, event.score_visible, event.chosen) == (1234, 7, False, "oldest")
    assert event.request_id == f"{shown.request_id}:4"


def test_all_answers_to_a_prompt_are_kept_for_whoever_compares_them(workspace):
    """The other answers to a prompt are shown with it and kept for this rater;
    what somebody else rates stays theirs.
    """
    one, two, three = (added(workspace, "same prompt", f"answer {n}") for n in range(3))
    added(workspace, "same prompt", "elsewhere", context_id="other story")
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    assert next_id(workspace, ben) == one
    rating.give_back(workspace, ben, [two, three])
    shown, _ = rating.same_prompt(workspace, ana, two)
    assert [(s.interaction.interaction_id, s.request_id is not None) for s in shown] == [
        (one, False),
        (two, True),
        (three, True),
    ]
    looked.rate(workspace, ana, two, 5)
    looked.rate(workspace, ana, three, 1)
    assert [event.chosen for event in events(workspace)] == ["prompt", "prompt"]


def test_todays_progress_of_all(workspace):
    """The team's number counts each answer once per rater, and no skips."""
    first, second = many(workspace, 2)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    looked.rate(workspace, ana, first, 4)
    looked.rate(workspace, ana, first, 5)
    looked.rate(workspace, ben, first, 5)
    looked.skip(workspace, ben, second)
    assert rating.rated_today_by_all(workspace, COMMAND_LINE) == 2
    assert rating.rated_today(workspace, ben) == 1


# --- what the model suggests ----------------------------------------------------------------------------------------


def test_answers_that_make_the_next_pair_are_suggested_also_without_a_model(workspace, in_order):
    """To a prompt with a rated answer one of the unrated ones is suggested; to others none;
    a second look replaces the first.
    """
    ana = rater(workspace)
    rated, partner, another = (added(workspace, "asked twice", f"answer {n}") for n in range(3))
    added(workspace, "asked twice", "about another case", context_id="other")
    added(workspace, "asked once", "alone")
    assert active_learning.suggest(workspace) == 0
    looked.rate(workspace, ana, rated, 5)
    assert active_learning.suggest(workspace) == 1
    queue.choose(workspace, ana, Order.MODEL, QueueFilters())
    assert next_id(workspace, ana) == partner
    looked.rate(workspace, ana, partner, 1)
    assert active_learning.suggest(workspace) == 1
    queue.choose(workspace, ana, Order.MODEL, QueueFilters())  # what lay ahead was found before
    assert next_id(workspace, ana) == another
