"""Guidelines: a text from the start, new versions by leads, none ever lost."""

import pytest

from core.domain.errors import BadInput, Conflict
from core.domain.ratings import RATING_WORDS
from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.services.review import guidelines
from core.store.tables import Audit
from tests.databases import lead, rater


def test_there_is_a_text_before_anybody_writes_one(workspace):
    """It says what each of 1 to 5 means."""
    first = guidelines.current(workspace, COMMAND_LINE)
    assert first.number == 0
    for value, word in RATING_WORDS.items():
        assert f"{value} {word}" in first.markdown


def test_every_version_is_kept_and_recorded_without_its_text(workspace):
    """The newest is in force; the record holds a hash, not the text."""
    lea = rater(workspace, "Lea")
    guidelines.save(workspace, lea, "First text", read=0)
    assert guidelines.save(workspace, lea, "Second text", read=1).number == 2
    assert guidelines.current(workspace, COMMAND_LINE).markdown == "Second text"
    assert [(one.number, one.markdown, one.by) for one in guidelines.versions(workspace, lea)] == [
        (2, "Second text", "Lea"),
        (1, "First text", "Lea"),
    ]
    with workspace.store.read() as session:
        acts = session.query(Audit).filter_by(action="guidelines saved").all()
    assert [act.new["version"] for act in acts] == [1, 2]
    assert "text" not in str([act.new for act in acts])


def test_who_wrote_on_an_old_version_is_told(workspace):
    """Nothing is overwritten: the second lead keeps the text and learns why it was not saved."""
    lea, ben = rater(workspace, "Lea"), lead(workspace, "Ben")
    guidelines.save(workspace, lea, "Lea's text", read=0)
    with pytest.raises(Conflict, match="Another lead saved the guidelines while you were writing"):
        guidelines.save(workspace, ben, "Ben's text", read=0)
    assert guidelines.current(workspace, COMMAND_LINE).markdown == "Lea's text"


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 20_001, "a\x00b"], ids=["empty", "blank", "too long", "NUL"])
def test_what_cannot_be_guidelines_is_refused(workspace, text):
    """The sentence says so, and the version in force stays."""
    with pytest.raises(BadInput):
        guidelines.save(workspace, rater(workspace, "Lea"), text, read=0)
    assert guidelines.current(workspace, COMMAND_LINE).number == 0


def test_saving_the_same_again_makes_no_version(workspace):
    """A version is a change."""
    lea = rater(workspace, "Lea")
    guidelines.save(workspace, lea, "Text", read=0)
    with pytest.raises(BadInput, match="no new version"):
        guidelines.save(workspace, lea, " Text ", read=1)


def test_experts_read_and_do_not_write(workspace):
    """Writing is for leads."""
    sme = User(rater(workspace).rater_id, "Ana", Role.SME)
    assert guidelines.versions(workspace, sme) == []
    with pytest.raises(NotAllowed):
        guidelines.save(workspace, sme, "Mine", read=0)
