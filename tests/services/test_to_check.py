"""To check: the reason for each entry, blind where it must be, and a comment that speaks against its rating."""

from datetime import UTC, datetime, timedelta

import pytest

from bench.made_comments import GOOD_FROM, found_in_top_tenth, made
from core.domain.roles import COMMAND_LINE, Role, User
from core.reward.comments import doubts
from core.services.review import second_looks, to_check
from core.services.review.to_check import FEWEST_COMMENTS, Kind
from core.store.tables import Rating, RatingEvent
from core.store.training import runs
from tests import looked
from tests.databases import added, rater

GOOD, POOR = "Correct and complete", "Wrong and dangerous"
ANSWERS = FEWEST_COMMENTS + 10


@pytest.fixture
def ana(workspace):
    """The rater."""
    return rater(workspace, "Ana")


@pytest.fixture
def slip(workspace, ana) -> int:
    """The one of Ana's answers whose comment speaks against the rating, of many that fit."""
    numbers = [added(workspace, f"prompt {n}", f"answer {n}") for n in range(ANSWERS)]
    with workspace.store.write() as session:
        for place, number in enumerate(numbers):
            rating, comment = (5, GOOD) if place % 2 else (1, POOR)
            one = Rating(interaction_id=number, rater_id=ana.rater_id, status="submitted", rating=rating)
            one.comment = POOR if place == 1 else comment
            session.add(one)
    return numbers[1]


def commented(workspace, user: User) -> list[int]:
    """Which of a rater's answers are on the list for their comment."""
    found = to_check.listed(workspace, user)
    return [one.interaction.interaction_id for one in found if one.kind is Kind.COMMENT and one.interaction]


@pytest.mark.every_database
def test_a_comment_that_speaks_against_its_rating_is_shown_beside_it(workspace, ana, slip):
    """To the rater openly, to a lead with the rater's name, to nobody else."""
    (entry,) = to_check.listed(workspace, ana)
    assert (entry.kind, entry.rating, entry.comment, entry.rater) == (Kind.COMMENT, 5, POOR, "")
    assert entry.interaction is not None
    assert entry.interaction.interaction_id == slip
    (of_all,) = to_check.listed_for_lead(workspace, COMMAND_LINE).entries
    assert (of_all.kind, of_all.rater, of_all.rating, of_all.comment) == (Kind.COMMENT, "Ana", 5, POOR)
    assert to_check.listed(workspace, rater(workspace, "Ben")) == []


@pytest.mark.every_database
def test_what_the_rater_holds_for_right_leaves_the_list_until_it_changes(workspace, ana, slip):
    """A line in the history and nothing else; given anew, it is doubted anew; sent twice, it is stored once."""
    first = looked.keep_comment(workspace, ana, slip, request_id="r1")
    assert looked.keep_comment(workspace, ana, slip, request_id="r1") == first
    assert commented(workspace, ana) == []
    assert to_check.listed_for_lead(workspace, COMMAND_LINE).entries == []
    with workspace.store.read() as session:
        (event,) = session.query(RatingEvent)
        assert (event.action, event.old, event.new) == ("kept", {"rating": 5}, {"rating": 5})
    looked.rate(workspace, ana, slip, 4, comment=POOR)
    assert commented(workspace, ana) == [slip]


def test_a_change_is_seen_at_once(workspace, ana, slip):
    """What was worked out before is kept only as long as it is true."""
    assert commented(workspace, ana) == [slip]
    looked.rate(workspace, ana, slip, 1, comment=POOR)
    assert commented(workspace, ana) == []
    looked.rate(workspace, ana, slip, 5, comment=POOR)
    assert commented(workspace, ana) == [slip]
    looked.withdraw(workspace, ana, slip)
    assert commented(workspace, ana) == []


def test_an_answer_that_waits_for_a_blind_look_does_not_show_its_rating(workspace, ana, slip):
    """The look comes first, without the number of the answer; the comment after it."""
    with workspace.store.write() as session:
        run = runs.start(session, "pair", 0, "Lea", "elsewhere:1")
        runs.save_predictions(session, run.run_id, [(slip, 0, 0.05)])
        runs.finish(session, run.run_id, "finished", "done", model_version="v1")
        for one in session.query(Rating):
            one.updated_at = datetime.now(UTC) - timedelta(days=8)
    (look,) = [one for one in to_check.listed(workspace, ana) if one.kind is Kind.LOOK]
    assert (look.interaction, look.rating, look.comment) == (None, None, "")
    assert slip not in commented(workspace, ana)
    while (found := second_looks.next_look(workspace, ana)) is not None:
        number = found.interaction.interaction_id
        with workspace.store.read() as session:
            before = session.query(Rating).filter_by(interaction_id=number).one().rating
        looked.look(workspace, ana, number, before)
    assert commented(workspace, ana) == [slip]


def test_few_comments_say_nothing(workspace, ana):
    """From a handful of words nobody is told that they contradict themselves."""
    for n, (value, comment) in enumerate([(5, GOOD), (1, POOR), (5, POOR), (1, GOOD)] * 3):
        looked.rate(workspace, ana, added(workspace, f"prompt {n}", f"answer {n}"), value, comment=comment)
    assert to_check.listed(workspace, ana) == []


def test_a_lead_finds_disagreements_and_gaps_in_the_same_list(workspace, ana):
    """Each with its reason; a marked one is a gap and no longer a disagreement."""
    ben = rater(workspace, "Ben")
    one, other = added(workspace, "prompt 1", "answer 1"), added(workspace, "prompt 2", "answer 2")
    for number in (one, other):
        looked.rate(workspace, ana, number, 5)
        looked.rate(workspace, ben, number, 1)
    looked.mark_gap(workspace, ana, other, "Say how to rate old advice")
    found = to_check.listed_for_lead(workspace, ana)
    assert [(entry.kind, entry.interaction.interaction_id) for entry in found.entries if entry.interaction] == [
        (Kind.DISAGREEMENT, one),
        (Kind.GAP, other),
    ]
    assert found.entries[1].comment == "Say how to rate old advice"
    assert found.totals == {Kind.DISAGREEMENT: 1, Kind.GAP: 1, Kind.COMMENT: 0}


def test_identifiers_in_comments_are_hidden_from_a_lead(workspace, ana, slip):
    """Who wrote it sees it as it is."""
    looked.rate(workspace, ana, slip, 5, comment=f"{POOR}, write to ana@clinic.example")
    (own,) = to_check.listed(workspace, ana)
    (of_all,) = to_check.listed_for_lead(workspace, User(0, "Lea", Role.LEAD)).entries
    assert "ana@clinic.example" in own.comment
    assert "ana@clinic.example" not in of_all.comment
    assert " hidden»" in of_all.comment


def test_flipped_ratings_are_among_the_most_doubted():
    """On comments that are made: a fifth of the goal's size, so a weaker figure than `bench quality` asks for."""
    rows = made(300, seed=1)
    found = doubts(rows.comments, rows.good, rows.groups)
    assert found is not None
    assert found_in_top_tenth(found, rows.flipped) >= 0.3
    assert GOOD_FROM == 4
    again = doubts(rows.comments, rows.good, rows.groups)
    assert again is not None
    assert (found == again).all()
