"""Personal identifiers leave no service for the screen unless whoever looks revealed them, which is in the record."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.domain.disagreements import Which
from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.identifiers.session_names import source_of
from core.domain.records import Filters
from core.domain.roles import SOMEBODY_HERE, NotAllowed, Role, User
from core.domain.second_looks import RepeatSettings
from core.services.data import interactions, redaction
from core.services.rating import rating
from core.services.reranking import cases
from core.services.review import disagreements, own_ratings, second_looks
from core.services.review.own_ratings import OwnFilters
from core.store.tables import Audit, Rating
from core.store.types import now
from tests import looked
from tests.databases import added, lead, rater

SECRET = "555-123-4567"
PROMPT, ANSWER, COMMENT = f"Call me at {SECRET}.", f"I will call {SECRET}.", f"Do not call {SECRET}"


@pytest.fixture
def ana(workspace) -> User:
    """A rater."""
    person = rater(workspace, "Ana")
    return User(person.rater_id, person.name, Role.SME)


@pytest.fixture
def lea(workspace) -> User:
    """A lead."""
    return lead(workspace, "Lea")


@pytest.fixture
def number(workspace) -> int:
    """An answer with a telephone number, in its context and session too."""
    return added(workspace, PROMPT, ANSWER, context_id=f"phone {SECRET}", session_label=f"phone {SECRET}")


def everything_shown(workspace, ana: User, lea: User, number: int) -> dict[str, object]:
    """What each service that hands out texts gives, by its name."""
    shown = {
        "next item": looked.next_item(workspace, ana),
        "item": rating.item(workspace, ana, number),
        "same prompt": rating.same_prompt(workspace, ana, number),
        "browse": interactions.browse(workspace, lea, Filters(), page=0),
        "load": interactions.load(workspace, lea, number),
        "cases of others": cases.listed(workspace, lea),
    }
    looked.rate(workspace, ana, number, 1)
    looked.rate(workspace, lea, number, 5, comment=COMMENT)
    looked.mark_gap(workspace, lea, number, COMMENT)
    second_looks.change_settings(workspace, lea, RepeatSettings(5, 1))
    with workspace.store.write() as session:
        session.execute(update(Rating).values(updated_at=now() - timedelta(days=400)))
    return shown | {
        "own ratings": own_ratings.listed(workspace, ana, OwnFilters(), page=0),
        "own ratings as csv": own_ratings.as_csv(workspace, lea),
        "disagreements": disagreements.listed(workspace, lea, Which.MARKED, page=0),
        "gaps": disagreements.open_gaps(workspace, lea),
    }


def test_no_service_shows_an_identifier_by_itself(workspace, ana, lea, number):
    """Prompt, answer, context, session, comments and notes: every one says what is hidden instead."""
    cases.save(workspace, ana, f"phone {SECRET}", PROMPT, [ANSWER])
    for name, shown in everything_shown(workspace, ana, lea, number).items():
        assert SECRET not in str(shown), name
        assert "phone hidden" in (shown.decode() if isinstance(shown, bytes) else str(shown)), name


def test_a_second_look_hides_them_too(workspace, ana, number, monkeypatch):
    """What comes back after days is hidden as it was."""
    monkeypatch.setattr(RepeatSettings, "comes_back", lambda *given: True)
    looked.rate(workspace, ana, number, 4)
    with workspace.store.write() as session:
        session.execute(update(Rating).values(updated_at=now() - timedelta(days=400)))
    look = second_looks.next_look(workspace, ana)
    assert look is not None
    assert SECRET not in str(look)
    assert look.interaction.hidden == {"phone": 4}


def test_revealing_shows_one_answer_to_one_person_for_a_while_and_is_recorded(workspace, ana, lea, number, monkeypatch):
    """The record holds number and kinds, never the text; another person and another answer stay as they were."""
    other = added(workspace, PROMPT, f"Again: {SECRET}")
    looked.reveal(workspace, ana, number)
    shown = rating.item(workspace, ana, number)
    assert (shown.interaction.prompt, shown.interaction.response) == (PROMPT, ANSWER)
    assert shown.interaction.revealed
    assert shown.interaction.hidden == {}
    assert SECRET not in str(rating.item(workspace, ana, other))
    assert SECRET not in str(interactions.load(workspace, lea, number))
    with workspace.store.read() as session:
        (act,) = session.query(Audit).filter(Audit.action == "revealed identifiers")
        assert (act.subject, act.new) == (f"interaction {number}", {"phone": 4})
    monkeypatch.setattr(redaction, "now", lambda: now() + redaction.REVEALED_FOR)
    assert SECRET not in str(rating.item(workspace, ana, number))


def test_a_viewer_reveals_nothing_and_loses_what_they_could_see(workspace, ana, number):
    """The role decides at every look, not only when the button is pressed."""
    looked.reveal(workspace, ana, number)
    viewer = User(ana.rater_id, ana.name, Role.VIEWER)
    with pytest.raises(NotAllowed):
        looked.reveal(workspace, viewer, number)
    with redaction.seen_by(workspace, viewer) as (_, eyes):
        assert eyes.revealed == frozenset()
    with pytest.raises(NotFound):
        looked.reveal(workspace, ana, number + 1)
    with pytest.raises(BadInput, match="name first"):
        looked.reveal(workspace, SOMEBODY_HERE, number)


def test_the_gaps_are_never_saved_in_place_of_the_text(workspace, lea, number):
    """An edit of an answer whose identifiers are hidden is refused until they are revealed."""
    shown = interactions.load(workspace, lea, number)
    with pytest.raises(Conflict, match="Reveal them first"):
        looked.edit(workspace, lea, number, shown.prompt, shown.response, withdraw_ratings=False)
    looked.reveal(workspace, lea, number)
    looked.edit(workspace, lea, number, "prompt", "answer", withdraw_ratings=False)
    assert interactions.load(workspace, lea, number).response == "answer"


def test_what_holds_identifiers_can_be_found(workspace, lea, number):
    """The filter of the Data page."""
    added(workspace)
    found, total = interactions.browse(workspace, lea, Filters(identified=True), page=0)
    assert ([one.interaction_id for one in found], total) == ([number], 1)


def test_a_session_named_for_a_patient_is_not_named_in_a_report():
    """Reports are kept with the model and handed on."""
    assert source_of(f"phone {SECRET}") == "phone «phone hidden»"
