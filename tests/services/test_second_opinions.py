"""Second opinions: what a lead asks for, what a further person gets, and how imported ratings count."""

import csv

import pytest

from core.domain.errors import BadInput
from core.domain.queue import Order, QueueFilters, QueueSettings
from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.services.data import importing
from core.services.rating import queue, second_opinions
from core.services.rating.second_opinions import FURTHER, AskFor
from core.store.rating.queue import renew_places
from core.store.tables import Audit, Item
from tests import looked
from tests.databases import added, rater


@pytest.fixture
def imported(workspace, tmp_path):
    """Sixty answers that Ida rated elsewhere, in two sessions."""
    file = tmp_path / "rated.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["user_prompt", "ai_response", "rating", "rater", "session_id"])
        rows.writerows(
            [f"prompt {n // 2}", f"answer {n}", 1 + n % 5, "Ida", "first" if n < 20 else "second"] for n in range(60)
        )
    list(importing.import_file(workspace, COMMAND_LINE, file))
    return items(workspace)


def items(workspace):
    with workspace.store.read() as session:
        return [item.interaction_id for item in session.query(Item).order_by(Item.interaction_id)]


def places(workspace):
    with workspace.store.read() as session:
        return {item.interaction_id: item.places for item in session.query(Item)}


def wanted(workspace):
    return {number for number, places in places(workspace).items() if places}


def rate_all(workspace, user, value=3):
    """The answers that the queue served to this rater until nothing was left."""
    served = []
    while (shown := looked.next_item(workspace, user)) is not None:
        served.append(shown.interaction.interaction_id)
        looked.rate(workspace, user, served[-1], value)
    return served


def acts(workspace):
    with workspace.store.read() as session:
        asked = session.query(Audit).filter(Audit.action == "second opinions asked").order_by(Audit.audit_id)
        return [(act.actor, act.new) for act in asked]


def test_a_further_person_always_gets_a_queue(workspace, imported):
    """Nothing waits: some of what others rated is drawn, it is served once, and the audit log says who asked."""
    ben = rater(workspace, "Ben")
    assert rate_all(workspace, ben) == []
    assert second_opinions.can_open(workspace, ben)
    second_opinions.open_queue(workspace, ben)
    assert queue.preference(workspace, ben) == (Order.OLDEST, QueueFilters(second=True))
    assert second_opinions.waiting(workspace, ben) == FURTHER
    added(workspace, "new", "a new answer, which nobody rated")
    served = rate_all(workspace, ben)
    assert (len(served), len(set(served))) == (FURTHER, FURTHER)
    assert set(served) < set(imported)
    assert acts(workspace) == [(ben.key, {"answers": FURTHER})]
    second_opinions.open_queue(workspace, ben)
    assert len(rate_all(workspace, ben)) == len(imported) - FURTHER
    assert not second_opinions.can_open(workspace, ben)
    second_opinions.open_queue(workspace, ben)
    assert len(acts(workspace)) == 2


def test_what_waits_already_is_not_asked_for_again(workspace, imported):
    """A third person opens the queue while the second one's is there: they get the same answers first."""
    ben, cleo = rater(workspace, "Ben"), rater(workspace, "Cleo")
    second_opinions.open_queue(workspace, ben)
    before = wanted(workspace)
    second_opinions.open_queue(workspace, cleo, Order.RANDOM)
    assert wanted(workspace) == before
    assert queue.preference(workspace, cleo) == (Order.RANDOM, QueueFilters(second=True))


def test_a_lead_asks_for_third_ratings_and_exactly_those_are_served(workspace, imported):
    """Twenty answers with two ratings get a third one each, from people who did not rate them."""
    ana, ben, cleo, dan = (rater(workspace, name) for name in ("Ana", "Ben", "Cleo", "Dan"))
    queue.change_settings(workspace, ana, QueueSettings(raters=2, overlap=0))
    assert sorted(rate_all(workspace, ben)) == imported
    assert wanted(workspace) == set()
    assert second_opinions.ask(workspace, ana, AskFor(20, 3)) == 20
    asked = wanted(workspace)
    assert len(asked) == 20
    assert rate_all(workspace, ben) == []
    served = [looked.next_item(workspace, cleo).interaction.interaction_id]
    looked.rate(workspace, cleo, served[0], 4)
    served += rate_all(workspace, dan)
    assert sorted(served) == sorted(asked)
    assert rate_all(workspace, cleo) == []
    assert acts(workspace) == [(ana.key, {"answers": 20, "ratings": 3})]


@pytest.mark.parametrize(
    "wish, expected",
    [
        ({}, 61),
        ({"session": "first"}, 20),
        ({"rater": "Ida"}, 60),
        ({"rater": "Ana"}, 1),
        ({"imported_only": True}, 60),
    ],
)
def test_a_lead_says_of_which(workspace, imported, wish, expected):
    """A session, a rater's, imported ones: no other answer, and none that nobody rated."""
    ana = rater(workspace)
    own = added(workspace, "own", "answer")
    added(workspace, "unrated", "answer")
    queue.change_settings(workspace, ana, QueueSettings(overlap=0))
    looked.rate(workspace, ana, own, 4)
    assert second_opinions.ask(workspace, ana, AskFor(1_000, 2, **wish)) == expected
    assert second_opinions.ask(workspace, ana, AskFor(1_000, 2, **wish)) == 0
    assert (imported[0] in wanted(workspace)) is (wish != {"rater": "Ana"})


def test_only_a_lead_asks_and_only_for_what_makes_sense(workspace, imported):
    """An expert may not, and numbers outside their range are refused in words."""
    ana = rater(workspace)
    with pytest.raises(NotAllowed):
        second_opinions.ask(workspace, User(ana.rater_id, "Ana", Role.SME), AskFor(20))
    with pytest.raises(BadInput, match="2 to 9 ratings"):
        second_opinions.ask(workspace, ana, AskFor(20, 1))
    with pytest.raises(BadInput, match="1 to 10,000 answers"):
        second_opinions.ask(workspace, ana, AskFor(0))
    assert wanted(workspace) == set()


def test_a_discarded_answer_is_not_asked_about(workspace, imported):
    """Whoever discarded it did so for everybody."""
    looked.discard(workspace, rater(workspace), imported[0], reason="Test data")
    assert second_opinions.ask(workspace, COMMAND_LINE, AskFor(1_000)) == len(imported) - 1
    assert imported[0] not in wanted(workspace)


def test_what_was_asked_for_holds_whatever_the_rule(workspace, imported):
    """A changed rule, a rating and its withdrawal leave the request in force."""
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    second_opinions.ask(workspace, ana, AskFor(1, 3))
    (number,) = wanted(workspace)
    queue.change_settings(workspace, ana, QueueSettings(overlap=0))
    assert places(workspace)[number] == 2
    looked.rate(workspace, ana, number, 2)
    assert places(workspace)[number] == 1
    looked.rate(workspace, ben, number, 2)
    assert places(workspace)[number] == 0
    looked.discard(workspace, ben, number, reason="Test data")
    assert places(workspace)[number] == 0


@pytest.mark.parametrize(
    "settings, elsewhere, here",
    [
        (QueueSettings(1, 0), 0, 0),
        (QueueSettings(2, 0), 1, 0),
        (QueueSettings(1, 100), 0, 0),
        (QueueSettings(1, 0, imported_count=False), 1, 0),
        (QueueSettings(2, 0, imported_count=False), 2, 1),
        (QueueSettings(1, 100, imported_count=False), 2, 1),
    ],
)
def test_an_imported_rating_counts_or_not(workspace, imported, settings, elsewhere, here):
    """Places of an answer rated elsewhere, and of one that was rated there and here, by either way of counting."""
    ana = rater(workspace)
    second_opinions.ask(workspace, ana, AskFor(1))
    (both,) = wanted(workspace)
    looked.rate(workspace, ana, both, 4)
    queue.change_settings(workspace, ana, settings)
    other = next(number for number in imported if number != both)
    assert (places(workspace)[other], places(workspace)[both]) == (elsewhere, here)
    looked.rate(workspace, ana, both, 5)  # computed for one answer it is the same as for all
    assert places(workspace)[both] == here
    with workspace.store.write() as session:
        assert renew_places(session, settings) == 0


@pytest.mark.parametrize("few", [0, 20_000])
def test_what_makes_a_pair_is_unrated_beside_a_rated_answer(workspace, monkeypatch, few):
    """Of the same prompt, context and earlier turns; a prompt without a rating, and one in another context, are not.

    Whether few or many answers are rated: it is looked for from the rated ones on, or from those that wait.
    """
    monkeypatch.setattr("core.store.rating.queue.FEW_RATED", few)
    ana = rater(workspace)
    queue.change_settings(workspace, ana, QueueSettings(overlap=0))
    rated, beside = (added(workspace, "asked", f"answer {n}", context_id=None) for n in range(2))
    elsewhere = added(workspace, "asked", "answer elsewhere", context_id="ward")
    added(workspace, "not asked", "answer")
    queue.choose(workspace, ana, Order.MODEL, QueueFilters(pair=True))
    assert queue.left(workspace, ana) == 0
    looked.rate(workspace, ana, rated, 4)
    assert queue.left(workspace, ana) == 1
    assert looked.next_item(workspace, ana).interaction.interaction_id == beside
    looked.rate(workspace, ana, elsewhere, 2)
    looked.rate(workspace, ana, beside, 2)
    assert queue.left(workspace, ana) == 0


def test_the_form_offers_what_is_rated(workspace, imported):
    """Sessions and raters with ratings, and how many rated answers wait."""
    second_opinions.ask(workspace, COMMAND_LINE, AskFor(7))
    found = second_opinions.choices(workspace, COMMAND_LINE)
    assert (found.sessions, found.raters, found.waiting) == ({"first": 20, "second": 40}, {"Ida": 60}, 7)


def test_nobody_gets_their_own_better_answer_as_a_second_opinion(workspace):
    """Others rated what Ana wrote; where that is all there is, no queue opens for her."""
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    original = added(workspace)
    written = looked.write_better(workspace, ana, original, "Take 250 mg twice a day.")
    assert rate_all(workspace, ben) == [original, written]
    assert second_opinions.can_open(workspace, ana)
    looked.rate(workspace, ana, original, 4)
    assert not second_opinions.can_open(workspace, ana)
    second_opinions.open_queue(workspace, ana)
    assert looked.next_item(workspace, ana) is None
    assert wanted(workspace) == set()
