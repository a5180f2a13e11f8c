"""A lead decides where raters differ: the decision is the consensus, everywhere, until it is cleared."""

import pytest

from core.domain.disagreements import Which
from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.services.data import interactions
from core.services.rating import rating
from core.services.review import disagreements
from core.store.tables import Audit, Item, LegacyInteraction, Rating, RatingEvent
from tests import looked
from tests.databases import added, lead, rater


@pytest.fixture
def team(workspace):
    """Three people; the first is the lead."""
    return [rater(workspace, name) for name in ("Lea", "Ana", "Ben")]


def rated(workspace, people, *values: int, response: str = "answer", prompt: str = "prompt") -> int:
    """An answer that these people rated so."""
    number = added(workspace, prompt, response)
    for person, value in zip(people, values, strict=False):
        looked.rate(workspace, person, number, value, comment=f"{person.name} says {value}")
    return number


def item(workspace, number: int) -> tuple[float | None, int | None, int | None]:
    """Consensus, decision, and what the old application reads."""
    with workspace.store.read() as session:
        kept, row = session.get(Item, number), session.get(LegacyInteraction, number)
        return kept.consensus, kept.adjudicated, row.rating


def numbers(workspace, lead, which=Which.OPEN) -> list[int]:
    found, total = disagreements.listed(workspace, lead, which, page=0)
    assert total == len(found)
    return [one.interaction.interaction_id for one in found]


def test_only_ratings_two_or_more_apart_are_a_disagreement(workspace, team):
    """Widest apart first; the comments stand side by side, lowest rating first."""
    rated(workspace, team, 3, 4, response="near")
    near, far = rated(workspace, team, 2, 4, response="two"), rated(workspace, team, 5, 1, 3, response="four")
    assert numbers(workspace, team[0]) == [far, near]
    found, _ = disagreements.listed(workspace, team[0], Which.OPEN, page=0)
    assert [(voice.rater, voice.rating, voice.comment) for voice in found[0].voices] == [
        ("Ana", 1, "Ana says 1"),
        ("Ben", 3, "Ben says 3"),
        ("Lea", 5, "Lea says 5"),
    ]


def test_a_long_list_is_paged(workspace, team):
    """Every disagreement is on exactly one page."""
    made = {rated(workspace, team, 1, 5, response=f"answer {number}") for number in range(7)}
    pages = [disagreements.listed(workspace, team[0], Which.OPEN, page=page, size=3) for page in range(3)]
    assert {total for _, total in pages} == {7}
    assert {one.interaction.interaction_id for found, _ in pages for one in found} == made


def test_a_decision_is_the_consensus_and_is_mirrored(workspace, team):
    """In the same act: consensus, the old application's column, history and record."""
    number = rated(workspace, team, 5, 1)
    assert item(workspace, number) == (3.0, None, 3)
    looked.decide(workspace, team[0], number, 2, expected=None)
    assert item(workspace, number) == (2.0, 2, 2)
    assert numbers(workspace, team[0]) == []
    assert numbers(workspace, team[0], Which.DECIDED) == [number]
    last = interactions.history(workspace, COMMAND_LINE, number)[-1]
    assert (last.rater, last.action, last.new) == ("Lea", "adjudicated", "decided: 2")
    with workspace.store.read() as session:
        (act,) = session.query(Audit).filter_by(action="adjudicated")
        assert (act.actor, act.subject, act.new) == (team[0].key, f"interaction {number}", {"adjudicated": 2})


def test_later_ratings_do_not_move_a_decision_until_it_is_cleared(workspace, team):
    """A new rating, a withdrawn one and a write of the old application leave it; cleared, the median counts again."""
    number = rated(workspace, team, 5, 1)
    looked.decide(workspace, team[0], number, 2, expected=None)
    looked.rate(workspace, team[2], number, 5)
    assert item(workspace, number) == (2.0, 2, 2)
    with workspace.store.write() as session:
        session.get(LegacyInteraction, number).rating = 4
    workspace.pick_up(at_once=True)
    assert item(workspace, number) == (2.0, 2, 2)
    with workspace.store.read() as session:  # what the old application said is kept as a rating all the same
        assert 4 in [one.rating for one in session.query(Rating).filter_by(interaction_id=number)]
    looked.decide(workspace, team[0], number, None, expected=2)
    assert item(workspace, number) == (4.5, None, 4)
    assert interactions.history(workspace, COMMAND_LINE, number)[-1].action == "cleared"


def test_a_decision_outlives_the_ratings_it_was_made_on(workspace, team):
    """When every rating is taken back the decision still counts, can be found, and can be cleared."""
    number = rated(workspace, team, 5, 1)
    looked.decide(workspace, team[0], number, 2, expected=None)
    looked.edit(workspace, team[0], number, "prompt", "mended answer", withdraw_ratings=True)
    assert item(workspace, number) == (2.0, 2, 2)
    assert numbers(workspace, team[0], Which.DECIDED) == [number]
    looked.decide(workspace, team[0], number, None, expected=2)
    assert item(workspace, number) == (None, None, None)


def test_two_leads_at_once_do_not_overwrite_each_other(workspace, team):
    """The second one is told, and the first decision stands."""
    number = rated(workspace, team, 5, 1)
    looked.decide(workspace, team[0], number, 2, expected=None)
    with pytest.raises(Conflict, match=r"Another lead decided.*Nothing was changed"):
        looked.decide(workspace, lead(workspace, "Ana"), number, 4, expected=None)
    assert item(workspace, number) == (2.0, 2, 2)


def test_a_decision_counts_for_nobodys_own_numbers(workspace, team):
    """It is no rating: neither today's count nor undo knows it."""
    number = rated(workspace, team[1:], 5, 1)
    looked.decide(workspace, team[0], number, 2, expected=None)
    assert rating.rated_today(workspace, team[0]) == 0
    assert rating.undo_last(workspace, team[0]) is None
    with workspace.store.read() as session:
        assert session.query(RatingEvent).filter_by(interaction_id=number).count() == 3


def test_a_gap_is_listed_until_it_is_closed(workspace, team):
    """Marked answers leave the open list; closing the gap brings a disagreement that is still there back."""
    number = rated(workspace, team, 5, 1)
    looked.mark_gap(workspace, team[0], number, "  Say how to rate outdated answers.  ")
    assert numbers(workspace, team[0]) == []
    assert numbers(workspace, team[0], Which.MARKED) == [number]
    (gap,) = disagreements.open_gaps(workspace, team[0])
    assert (gap.note, gap.by) == ("Say how to rate outdated answers.", "Lea")
    looked.close_gap(workspace, team[0], gap.gap_id)
    assert disagreements.open_gaps(workspace, team[0]) == []
    assert numbers(workspace, team[0]) == [number]
    with pytest.raises(NotFound, match="closed already"):
        looked.close_gap(workspace, team[0], gap.gap_id)


@pytest.mark.parametrize("value", [0, 6, -1])
def test_what_is_no_rating_is_no_decision(workspace, team, value):
    """Only 1 to 5; nothing changes."""
    number = rated(workspace, team, 5, 1)
    with pytest.raises(BadInput):
        looked.decide(workspace, team[0], number, value, expected=None)
    assert item(workspace, number)[1] is None


def test_a_gap_without_a_word_is_refused(workspace, team):
    """An empty note helps nobody who edits the guidelines."""
    with pytest.raises(BadInput, match="Nothing was saved"):
        looked.mark_gap(workspace, team[0], rated(workspace, team, 5, 1), "  ")


def test_an_expert_does_not_see_or_decide(workspace, team):
    """Other people's ratings and decisions are for leads."""
    sme = User(team[1].rater_id, "Ana", Role.SME)
    with pytest.raises(NotAllowed):
        disagreements.listed(workspace, sme, Which.OPEN, page=0)
    with pytest.raises(NotAllowed):
        looked.decide(workspace, sme, 1, 3, expected=None)
