"""Browsing: sorted by the database, narrowed in every way, and several answers acted on at once."""

import csv
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from core.domain.errors import BadInput
from core.domain.queue import Chosen, Order, QueueFilters, QueueSettings
from core.domain.records import Filters, Sort
from core.domain.roles import COMMAND_LINE
from core.services.data import interactions, selected
from core.services.data.importing import import_file
from core.services.rating import queue
from core.store.interactions import browse
from core.store.tables import Item, Lease, Rating
from tests import looked
from tests.databases import added, lead, rater


def listed(workspace, sort=Sort.NEWEST, **filters):
    found, total = interactions.browse(workspace, COMMAND_LINE, Filters(**filters), page=0, sort=sort)
    assert total == len(found)
    return [one.interaction_id for one in found]


def imported(workspace, tmp_path, *rows: dict[str, str]) -> None:
    """Bring these rows in as a file."""
    path = tmp_path / "answers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    for _ in import_file(workspace, COMMAND_LINE, path):
        pass


def test_every_order_puts_what_has_no_value_last(workspace):
    """Rated highest, lowest, often and lately, long and short; ties by number."""
    ben, kim = rater(workspace, "Ben"), rater(workspace, "Kim")
    low, high, none = added(workspace, "a", "one"), added(workspace, "b", "one two three"), added(workspace, "c", "1 2")
    looked.rate(workspace, ben, high, 5)
    looked.rate(workspace, ben, low, 2)
    looked.rate(workspace, kim, low, 2)
    assert {sort: listed(workspace, sort) for sort in Sort} == {
        Sort.NEWEST: [none, high, low],
        Sort.OLDEST: [low, high, none],
        Sort.HIGHEST: [high, low, none],
        Sort.LOWEST: [low, high, none],
        Sort.MOST_RATINGS: [low, high, none],
        Sort.FEWEST_RATINGS: [none, high, low],
        Sort.LAST_RATED: [low, high, none],
        Sort.LONGEST: [high, none, low],
        Sort.SHORTEST: [low, none, high],
    }


def test_what_is_listed_says_who_rated_it(workspace):
    """In the order of the ratings; what was skipped is no rating."""
    number = added(workspace)
    for name in ("Kim", "Ben"):
        looked.rate(workspace, rater(workspace, name), number, 3)
    looked.skip(workspace, rater(workspace, "Ana"), number)
    ((one,), _) = interactions.browse(workspace, COMMAND_LINE, Filters(), page=0)
    assert one.raters == ("Kim", "Ben")
    assert one.rated_at is not None
    assert interactions.filter_choices(workspace, COMMAND_LINE).raters == ("Ben", "Kim")


def test_rater_and_reason_are_about_one_rating(workspace):
    """Whoever rated, whatever reason was given; both together only where that rater gave it."""
    ben, kim = rater(workspace, "Ben"), rater(workspace, "Kim")
    first, second = added(workspace, "a"), added(workspace, "b")
    looked.rate(workspace, ben, first, 2, reasons=("wrong",))
    looked.rate(workspace, kim, first, 2)
    looked.rate(workspace, kim, second, 2, reasons=("wrong", "unclear"))
    thrown_out = added(workspace, "c")
    looked.discard(workspace, ben, thrown_out, reason="Test data")
    assert listed(workspace, rater="Ben") == [first]
    assert listed(workspace, rater="Kim") == [second, first]
    assert listed(workspace, reason="wrong") == [second, first]
    assert listed(workspace, rater="Kim", reason="wrong") == [second]
    assert listed(workspace, reason="Test data") == [thrown_out]
    assert listed(workspace, rater="Nobody") == []
    assert {"wrong", "Test data"} <= set(interactions.filter_choices(workspace, COMMAND_LINE).reasons)


def test_dates_are_of_coming_in_or_of_the_last_rating(workspace):
    """From a moment on, and before another one."""
    old, new = added(workspace, "a"), added(workspace, "b")
    looked.rate(workspace, rater(workspace, "Ben"), old, 4)
    with workspace.store.write() as session:
        before = session.get(Item, new).created_at - timedelta(days=3)
        session.execute(update(Item).where(Item.interaction_id == old).values(created_at=before))
    day = before + timedelta(days=1)
    assert listed(workspace, since=day) == [new]
    assert listed(workspace, until=day) == [old]
    assert listed(workspace, since=day, by_rating=True) == [old]
    assert listed(workspace, until=day, by_rating=True) == []
    assert isinstance(day, datetime)


def test_the_generator_is_read_from_what_came_with_the_answer(workspace, tmp_path):
    """Under any of its names; the choice offers each once, and what is longer than an index takes is cut."""
    long = "m" * 5000
    rows = [
        {"user_prompt": "a", "ai_response": "x", "generator": "gpt-4o", "model": "judge"},
        {"user_prompt": "b", "ai_response": "x", "model": "llama-3"},
        {"user_prompt": "c", "ai_response": "x", "model": long},
    ]
    imported(workspace, tmp_path, *rows)
    added(workspace, "d")
    names = {one.prompt: one.generator for one in interactions.browse(workspace, COMMAND_LINE, Filters(), page=0)[0]}
    assert names == {
        "a": "gpt-4o",
        "b": "llama-3",
        "c": long[:200],
        "d": None,
    }
    assert list(interactions.filter_choices(workspace, COMMAND_LINE).generators) == ["gpt-4o", "llama-3", long[:200]]
    assert len(listed(workspace, generator="llama-3")) == 1
    assert len(listed(workspace, generator=long[:200])) == 1
    assert listed(workspace, generator="judge") == []


def test_a_generator_that_looks_like_a_telephone_number_is_found_as_it_is_shown(workspace, tmp_path):
    """What is hidden in it stays hidden, and choosing it finds what is meant."""
    rows = [{"user_prompt": p, "ai_response": "x", "model": f"call 555-123-456{n}"} for n, p in enumerate("ab")]
    imported(workspace, tmp_path, *rows)
    shown = list(interactions.filter_choices(workspace, COMMAND_LINE).generators)
    assert len(set(shown)) == 2
    assert not any("555" in name for name in shown)
    assert sorted(number for name in shown for number in listed(workspace, generator=name)) == sorted(listed(workspace))
    assert len(listed(workspace, generator=shown[0])) == 1


def test_generators_are_found_through_their_index(workspace):
    """Else each look at the page would read every answer."""
    if not workspace.store.is_sqlite:
        pytest.skip("not here: PostgreSQL reads a small table whole")
    with workspace.store.read() as session:
        query = select(Item.interaction_id).where(browse.generator_of_item == "a")
        compiled = str(query.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
        plan = str(session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all())
    assert "ix_assay_items_generator" in plan


def test_selected_answers_are_deleted_each_by_the_version_that_was_seen(workspace):
    """What was changed or deleted meanwhile is left and named."""
    lea = lead(workspace)
    first, second, third = (added(workspace, prompt) for prompt in "abc")
    seen = {number: looked.version(workspace, number) for number in (third, second, first)}
    looked.edit(workspace, lea, second, "b", "another", withdraw_ratings=False)
    looked.delete(workspace, lea, third)
    outcome = selected.delete(workspace, lea, seen)
    assert outcome == selected.Outcome((first,), {second: selected.CHANGED, third: selected.GONE})
    assert listed(workspace) == [second]


def test_selected_answers_are_discarded_where_nobody_rated_them(workspace):
    """Under the name and with the reason of who did it; ratings are not touched."""
    lea, ben = lead(workspace), rater(workspace, "Ben")
    waiting, rated, own, out = (added(workspace, prompt) for prompt in "abcd")
    looked.rate(workspace, ben, rated, 4)
    looked.rate(workspace, lea, own, 4)
    looked.discard(workspace, ben, out, reason="Test data")
    seen = {number: looked.version(workspace, number) for number in (waiting, rated, own, out)}
    outcome = selected.discard(workspace, lea, seen, reason="Repeated")
    assert outcome.done == (waiting,)
    assert outcome.left == {rated: "has a rating", own: "has a rating", out: "discarded already"}
    assert listed(workspace, discarded=True) == [out, waiting]
    (line,) = interactions.history(workspace, COMMAND_LINE, waiting)
    assert (line.rater, line.action, line.new) == (lea.name, "discarded", "discarded: Repeated")
    with workspace.store.read() as session:
        given = session.query(Rating.rating).where(Rating.rating.is_not(None)).all()
    assert len(given) == 2


@pytest.mark.parametrize("reason", ["", "  ", "x" * 500])
def test_selected_answers_are_not_discarded_without_a_reason(workspace, reason):
    """A sentence, and nothing is changed."""
    number = added(workspace)
    with pytest.raises(BadInput, match="Nothing was changed"):
        selected.discard(workspace, lead(workspace), {number: looked.version(workspace, number)}, reason=reason)
    assert listed(workspace, discarded=True) == []


def test_selected_answers_get_one_more_rating_each(workspace):
    """Those that have one and wait for none; the next rater gets them."""
    lea, ben, kim = lead(workspace), rater(workspace, "Ben"), rater(workspace, "Kim")
    queue.change_settings(workspace, lea, QueueSettings(overlap=0))
    first, second, waiting = (added(workspace, prompt) for prompt in "abc")
    looked.rate(workspace, ben, first, 4)
    looked.rate(workspace, ben, second, 4)
    seen = {number: looked.version(workspace, number) for number in (first, second, waiting)}
    looked.edit(workspace, lea, second, "b", "another", withdraw_ratings=False)
    outcome = selected.ask_for_rating(workspace, lea, seen)
    assert outcome.done == (first,)
    assert outcome.left == {second: selected.CHANGED, waiting: "waits for its first rating"}
    assert selected.ask_for_rating(workspace, lea, {first: seen[first]}).left == {
        first: "waits for a further rating already"
    }
    looked.rate(workspace, kim, waiting, 3)
    assert looked.next_item(workspace, kim).interaction.interaction_id == first


@pytest.mark.parametrize("order", list(Order))
def test_what_a_lead_asked_for_is_rated_next(workspace, order):
    """Whatever order a rater chose, said with the rating; one turn in four stays for what is drawn at random."""
    lea, ben, kim = lead(workspace), rater(workspace, "Ben"), rater(workspace, "Kim")
    queue.change_settings(workspace, lea, QueueSettings(overlap=0))
    numbers = [added(workspace, f"prompt {number}") for number in range(20)]
    asked = set(numbers[-5:])
    for number in asked:
        looked.rate(workspace, ben, number, 4)
    selected.ask_for_rating(workspace, lea, {number: looked.version(workspace, number) for number in asked})
    queue.choose(workspace, kim, order, QueueFilters())
    chosen = {}
    for _ in range(8):
        number = looked.next_item(workspace, kim).interaction.interaction_id
        with workspace.store.read() as session:
            chosen[number] = session.get(Lease, (number, kim.rater_id)).chosen
        looked.rate(workspace, kim, number, 3)
    assert {number for number, why in chosen.items() if why == Chosen.ASKED} == asked - {
        number for number, why in chosen.items() if why == Chosen.RANDOM
    }
    assert list(chosen.values())[:6].count(Chosen.ASKED) >= 4
    assert list(chosen.values())[:4].count(Chosen.RANDOM) == 1
    assert looked.next_item(workspace, ben).interaction.interaction_id not in asked


def test_too_many_at_once_are_refused(workspace):
    """Before anything is done."""
    seen = dict.fromkeys(range(1, selected.MOST_SELECTED + 2), "")
    with pytest.raises(BadInput, match="at once"):
        selected.delete(workspace, lead(workspace), seen)
