"""What somebody decides on an answer counts for the text that they were shown, and for no other."""

import inspect
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from core.domain.errors import AssayError, Conflict, TextChanged
from core.domain.ratings import EventContext, RatingInput, RatingStatus
from core.domain.roles import COMMAND_LINE, User
from core.services.data import erasure, interactions, redaction
from core.services.rating import better_answers, rating
from core.services.review import disagreements, own_ratings, second_looks, to_check
from core.services.workspace import Workspace, open_workspace
from core.store.rating import ratings
from core.store.tables import Showing
from tests import looked
from tests.databases import PATIENCE, Plain, added, environment, lead, rater, wait_until_blocked
from tests.services.test_second_looks import predicted
from tests.who_may import public_functions

ANSWER = "Five milligrams."


@dataclass
class Seen:
    """What was on the screen of the person who acts."""

    number: int
    version: str
    showing: str | None
    gap: int | None = None


Does = Callable[[Workspace, User, Seen], Any]


def nothing(w: Workspace, ana: User, number: int) -> int | None:
    return None


def rated(w: Workspace, ana: User, number: int) -> int | None:
    looked.rate(w, ana, number, 2, comment="before")
    return None


def surprising(w: Workspace, ana: User, number: int) -> int | None:
    rated(w, ana, number)
    predicted(w, {number: 0.9})
    return None


def discarded(w: Workspace, ana: User, number: int) -> int | None:
    looked.discard(w, ana, number, reason="Test data")
    return None


def gap(w: Workspace, ana: User, number: int) -> int | None:
    looked.mark_gap(w, ana, number, "doses")
    return disagreements.open_gaps(w, ana)[0].gap_id


def look(w: Workspace, ana: User, s: Seen) -> Any:
    return second_looks.look(w, ana, s.number, 2, seen=s.version)


def choose(w: Workspace, ana: User, s: Seen) -> Any:
    return second_looks.choose(w, ana, s.number, 5, seen=s.version, change=True)


def edit(w: Workspace, ana: User, s: Seen) -> Any:
    return interactions.edit(w, ana, s.number, "mine", "mine too", seen=s.version, withdraw_ratings=True)


ACTS: dict[str, tuple[Callable[[Workspace, User, int], int | None], Does]] = {
    "rating.rating.rate": (
        nothing,
        lambda w, ana, s: rating.rate(w, ana, s.number, 5, showing=s.showing, comment="typed"),
    ),
    "rating.rating.rate again": (rated, lambda w, ana, s: rating.rate(w, ana, s.number, 5, showing=s.showing)),
    "rating.rating.skip": (nothing, lambda w, ana, s: rating.skip(w, ana, s.number, showing=s.showing)),
    "rating.rating.discard": (
        nothing,
        lambda w, ana, s: rating.discard(w, ana, s.number, showing=s.showing, reason="Broken"),
    ),
    "rating.better_answers.write": (
        nothing,
        lambda w, ana, s: better_answers.write(w, ana, s.number, "Better.", showing=s.showing or "", request_id="1"),
    ),
    "rating.rating.reveal": (nothing, lambda w, ana, s: rating.reveal(w, ana, s.number, showing=s.showing or "")),
    "rating.rating.undo_last": (rated, lambda w, ana, s: rating.undo_last(w, ana)),
    "review.own_ratings.withdraw": (rated, lambda w, ana, s: own_ratings.withdraw(w, ana, s.number, seen=s.version)),
    "review.second_looks.look": (surprising, look),
    "review.second_looks.choose": (surprising, choose),
    "review.to_check.keep": (rated, lambda w, ana, s: to_check.keep(w, ana, s.number, seen=s.version)),
    "review.disagreements.decide": (
        rated,
        lambda w, ana, s: disagreements.decide(w, ana, s.number, 1, seen=s.version, expected=None),
    ),
    "review.disagreements.mark_gap": (
        rated,
        lambda w, ana, s: disagreements.mark_gap(w, ana, s.number, "doses", seen=s.version),
    ),
    "review.disagreements.close_gap": (
        gap,
        lambda w, ana, s: disagreements.close_gap(w, ana, s.gap or 0, seen=s.version),
    ),
    "data.interactions.edit": (rated, edit),
    "data.interactions.delete": (rated, lambda w, ana, s: interactions.delete(w, ana, s.number, seen=s.version)),
    "data.interactions.put_back": (
        discarded,
        lambda w, ana, s: interactions.put_back(w, ana, s.number, seen=s.version),
    ),
    "data.redaction.reveal": (nothing, lambda w, ana, s: redaction.reveal(w, ana, s.number, seen=s.version)),
    "data.erasure.interaction": (rated, lambda w, ana, s: erasure.interaction(w, ana, s.number, seen=s.version)),
}


def edited_here(w: Workspace, old_app: Plain, number: int) -> None:
    looked.edit(w, lead(w, "Lea"), number, "Which dose?", "Ten times as much.", withdraw_ratings=False)


def context_here(w: Workspace, old_app: Plain, number: int) -> None:
    looked.edit(w, lead(w, "Lea"), number, "Which dose?", ANSWER, "for children", withdraw_ratings=False)


def answer_there(w: Workspace, old_app: Plain, number: int) -> None:
    old_app.run("UPDATE rlhf_interactions SET ai_response = 'Ten times as much.' WHERE interaction_id = ?", number)


def prompt_and_rating_there(w: Workspace, old_app: Plain, number: int) -> None:
    old_app.run("UPDATE rlhf_interactions SET user_prompt = 'Which one', rating = 1 WHERE interaction_id = ?", number)


CHANGES = [edited_here, context_here, answer_there, prompt_and_rating_there]
KEPT = (
    "assay_ratings",
    "assay_rating_events",
    "assay_items",
    "assay_guideline_gaps",
    "assay_text_history",
    "assay_audit",
    "rlhf_interactions",
)
WRITES_NOTHING_ABOUT_IT = {
    "data.interactions.history",
    "data.interactions.load",
    "data.erasure.preview_interaction",
    "outcomes.of_answer.in_use",
    "rating.rating.item",
    "rating.rating.same_prompt",
    "rating.rating.keep_draft",  # what was typed is kept whatever the text says by now
}


def shown(w: Workspace, ana: User, number: int, gap_id: int | None) -> Seen:
    """What a page has in hand when it shows the answer."""
    return Seen(number, looked.version(w, number), looked.showing(w, ana, number), gap_id)


def prepared(w: Workspace, name: str) -> tuple[User, Seen, Does]:
    prepare, does = ACTS[name]
    ana, number = rater(w), added(w, "Which dose?", ANSWER)
    gap_id = prepare(w, ana, number)
    return ana, shown(w, ana, number, gap_id), does


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ACTS)
def test_an_act_on_a_text_that_changed_is_refused_and_stores_nothing(workspace, old_app, name, change):
    """Whoever changed it: a sentence, no trace of the act, the new text when it is shown next, and then it works."""
    ana, seen, does = prepared(workspace, name)
    change(workspace, old_app, seen.number)
    before = old_app.dump(*KEPT)
    with pytest.raises(TextChanged, match=f"text of answer {seen.number}"):
        does(workspace, ana, seen)
    assert old_app.dump(*KEPT) == before
    again = shown(workspace, ana, seen.number, seen.gap)
    assert again.version != seen.version
    assert again.showing != seen.showing
    does(workspace, ana, again)
    assert old_app.dump(*KEPT) != before


@pytest.mark.parametrize("name", ACTS)
def test_an_act_on_the_text_that_was_shown_works(workspace, old_app, name):
    """Neither a reload nor a change of something else than the text stands in the way."""
    ana, seen, does = prepared(workspace, name)
    old_app.run("UPDATE rlhf_interactions SET bias_flag = TRUE WHERE interaction_id = ?", seen.number)
    assert shown(workspace, ana, seen.number, seen.gap) == seen
    before = old_app.dump(*KEPT)
    does(workspace, ana, seen)
    assert old_app.dump(*KEPT) != before


def test_every_service_that_acts_on_an_answer_is_told_what_was_seen():
    """By its signature: whatever takes an answer's number asks for the text too,
    or is named above with what it does.
    """
    takes = {
        name: inspect.signature(function).parameters
        for name, function in public_functions().items()
        if {"interaction_id", "gap_id"} & set(inspect.signature(function).parameters)
    }
    asks = {
        name
        for name, parameters in takes.items()
        if any(key in parameters and parameters[key].default is inspect.Parameter.empty for key in ("seen", "showing"))
    }
    assert asks == set(takes) - WRITES_NOTHING_ABOUT_IT
    assert asks == {name.partition(" ")[0] for name in ACTS} - {"rating.rating.undo_last"}  # it takes no number


def test_what_was_typed_is_kept_and_comes_with_the_new_text(workspace, old_app):
    """A refused rating leaves comment and flag as a draft."""
    ana, seen, _ = prepared(workspace, "rating.rating.rate")
    answer_there(workspace, old_app, seen.number)
    with pytest.raises(TextChanged):
        rating.rate(workspace, ana, seen.number, 5, showing=seen.showing, comment="too low", bias_flag=True)
    found = rating.item(workspace, ana, seen.number)
    assert found.interaction.response == "Ten times as much."
    assert found.unsaved == ("too low", True)


def test_two_tabs_each_speak_of_what_they_show(workspace, old_app):
    """A second tab that shows the new text does not make the first one's showing good."""
    ana, first_tab, does = prepared(workspace, "rating.rating.rate")
    answer_there(workspace, old_app, first_tab.number)
    second_tab = shown(workspace, ana, first_tab.number, None)
    with pytest.raises(TextChanged):
        does(workspace, ana, first_tab)
    does(workspace, ana, second_tab)


def test_a_showing_is_worth_nothing_elsewhere(workspace):
    """Not for another rater, another answer, one that was made up, or none at all; and after a week not any more."""
    ana, seen, does = prepared(workspace, "rating.rating.rate")
    other = added(workspace, "other", "other")
    for who, number, showing in (
        (rater(workspace, "Ben"), seen.number, seen.showing),
        (ana, other, seen.showing),
        (ana, seen.number, seen.version),
        (ana, seen.number, None),
    ):
        with pytest.raises(TextChanged, match="not known any more"):
            rating.rate(workspace, who, number, 4, showing=showing)
    with workspace.store.write() as session:
        for one in session.query(Showing):
            one.at = one.at.replace(year=one.at.year - 1)
    again = shown(workspace, ana, seen.number, None)
    with pytest.raises(TextChanged, match="not known any more"):
        does(workspace, ana, seen)
    does(workspace, ana, again)


def test_an_answer_whose_prompt_changed_is_not_read_under_another_prompt(workspace, old_app):
    """All answers to a prompt: one that the old application gave another prompt is none of them."""
    ana = rater(workspace)
    first, second, third = (added(workspace, "Which dose?", f"answer {n}") for n in range(3))
    old_app.run("UPDATE rlhf_interactions SET user_prompt = 'Which food' WHERE interaction_id = ?", second)
    assert [one.interaction.interaction_id for one in rating.same_prompt(workspace, ana, first)[0]] == [first, third]


def test_of_two_leads_who_edit_at_once_one_wins(workspace):
    """Each began with the same text: the second one is told, and nothing of the first one's is lost."""
    number = added(workspace, "prompt", "answer")
    seen, gate = looked.version(workspace, number), threading.Barrier(2)
    outcomes: list[str] = []

    def save(text: str) -> None:
        gate.wait(PATIENCE)
        try:
            interactions.edit(
                workspace, lead(workspace, text), number, "prompt", text, seen=seen, withdraw_ratings=False
            )
            outcomes.append(text)
        except TextChanged:
            outcomes.append("refused")

    saving = [threading.Thread(target=save, args=(text,)) for text in ("Lea", "Ben")]
    for thread in saving:
        thread.start()
    for thread in saving:
        thread.join(60)
    (won,) = {*outcomes} - {"refused"}
    assert len(outcomes) == 2
    assert interactions.load(workspace, COMMAND_LINE, number).response == won


def test_a_change_that_is_not_committed_yet_is_waited_for(workspace, old_app):
    """The old application is in the middle of changing the text: the rating waits, and is then refused."""
    ana, seen, does = prepared(workspace, "rating.rating.rate")
    outcome: list[object] = []

    def act() -> None:
        try:
            outcome.append(does(workspace, ana, seen))
        except AssayError as error:
            outcome.append(type(error))

    old_app.run("BEGIN IMMEDIATE" if old_app.is_sqlite else "BEGIN")
    answer_there(workspace, old_app, seen.number)
    acting = threading.Thread(target=act)
    acting.start()
    if not old_app.is_sqlite:
        wait_until_blocked(old_app)
    old_app.run("COMMIT")
    acting.join(30)
    assert outcome == [TextChanged]


@pytest.mark.postgres
def test_no_change_slips_in_between_check_and_commit(postgres_url, tmp_path):
    """Once a rating was checked, the old application's change waits until it is stored."""
    workspace = open_workspace(environment(postgres_url, tmp_path / "home"))
    old_app, other = Plain(postgres_url), Plain(postgres_url)
    ana, seen, _ = prepared(workspace, "rating.rating.rate")
    changing = threading.Thread(target=answer_there, args=(workspace, old_app, seen.number))
    with workspace.store.write() as session:
        said = RatingInput(RatingStatus.SUBMITTED, 4)
        ratings.record(session, seen.number, ana.rater_id, said, EventContext("rated"), seen=seen.version)
        changing.start()
        wait_until_blocked(other)
    changing.join(30)
    row = old_app.run("SELECT ai_response, rating FROM rlhf_interactions WHERE interaction_id = ?", seen.number)
    assert row == [("Ten times as much.", 4)]
    old_app.close()
    other.close()


# --- undo -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", ["deleted here", "forgotten", "deleted there", "withdrawn"])
def test_undo_goes_on_to_the_act_before_one_that_nothing_can_take_back(workspace, old_app, gone):
    """An answer that is not there any more does not stand in the way for good."""
    ana = rater(workspace)
    first, second = added(workspace, "one", "one"), added(workspace, "two", "two")
    looked.rate(workspace, ana, first, 3)
    looked.rate(workspace, ana, second, 4)
    if gone == "deleted here":
        looked.delete(workspace, ana, second)
    elif gone == "forgotten":
        looked.forget(workspace, ana, second)
    elif gone == "deleted there":
        old_app.run("DELETE FROM rlhf_interactions WHERE interaction_id = ?", second)
    else:
        looked.withdraw(workspace, ana, second)
    undone = rating.undo_last(workspace, ana)
    assert (undone.receipt.interaction_id, undone.rating) == (first, 3)
    assert undone.passed == (() if gone == "forgotten" else (second,))


def test_where_nothing_can_be_taken_back_undo_says_so(workspace):
    """The only act was on an answer that is gone."""
    ana, number = rater(workspace), added(workspace)
    looked.rate(workspace, ana, number, 3)
    looked.delete(workspace, ana, number)
    with pytest.raises(Conflict, match=f"answer {number}, cannot be undone: the answer was deleted"):
        rating.undo_last(workspace, ana)
