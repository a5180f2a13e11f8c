"""Better answers that raters write: stored once, beside the one that was edited, and rated by others."""

import pytest

from core.domain.errors import BadInput, Conflict, TextChanged
from core.domain.roles import COMMAND_LINE
from core.services.data import interactions
from core.services.rating import better_answers, rating
from tests import looked
from tests.databases import added, lead, rater

pytestmark = pytest.mark.every_database


def written(workspace, number):
    shown = interactions.load(workspace, COMMAND_LINE, number)
    assert shown is not None
    return shown


def test_it_stands_beside_the_answer_that_was_edited(workspace):
    """Same prompt, context and session; a source of its own kind; the original stays as it is."""
    first = interactions.add(workspace, COMMAND_LINE, "Why?", "Because.", "case 1", "story 7")
    better = looked.write_better(workspace, rater(workspace, "Ana"), first, "  Because of the weather.\n")
    shown = written(workspace, better)
    assert (shown.prompt, shown.response, shown.context_id, shown.session_label, shown.source) == (
        "Why?",
        "Because of the weather.",
        "case 1",
        "story 7",
        "manual",
    )
    assert written(workspace, first).response == "Because."


@pytest.mark.parametrize(
    "text,error,words",
    [
        (" \n", BadInput, "empty"),
        (" First.\r\n", BadInput, "as it was"),
        ("Second.", Conflict, "there already, as no. 2"),
        ("a\x00b", BadInput, "NUL"),
        ("«name hidden» says so", BadInput, "in the place of something that is hidden"),
    ],
)
def test_what_is_none_is_refused_in_words(workspace, text, error, words):
    """Nothing, the same, another answer of that prompt, and what cannot be stored: nothing is added."""
    first, _ = (interactions.add(workspace, COMMAND_LINE, "Why?", text) for text in ("First.", "Second."))
    with pytest.raises(error, match=words):
        looked.write_better(workspace, rater(workspace, "Ana"), first, text)
    assert interactions.sources(workspace, COMMAND_LINE) == {"manual": 2}


def test_the_same_request_again_adds_nothing(workspace):
    """Sent twice it is one answer, also when the original changed meanwhile; other words or another person are told."""
    first, ana = added(workspace, "Why?", "Because."), rater(workspace, "Ana")
    better = looked.write_better(workspace, ana, first, "Better.", "request")
    looked.edit(workspace, lead(workspace, "Lead"), first, "Why?", "Because it is.", withdraw_ratings=False)
    assert better_answers.write(workspace, ana, first, "Better.", showing="x", request_id="request") == better
    with pytest.raises(Conflict, match="in another tab"):
        looked.write_better(workspace, ana, first, "Still better.", "request")
    with pytest.raises(Conflict, match="somebody else"):
        looked.write_better(workspace, rater(workspace, "Ben"), first, "Better.", "request")
    assert sum(interactions.sources(workspace, COMMAND_LINE).values()) == 2


def test_an_answer_that_changed_since_it_was_shown_is_not_edited(workspace):
    """A better answer to a text that nobody sees any more is refused; so is one whose showing is not known."""
    first, ana = added(workspace, "Why?", "Because."), rater(workspace, "Ana")
    shown = looked.showing(workspace, ana, first)
    looked.edit(workspace, lead(workspace, "Lead"), first, "Why?", "Because it is.", withdraw_ratings=False)
    with pytest.raises(TextChanged, match="changed after it was shown"):
        better_answers.write(workspace, ana, first, "Better.", showing=shown, request_id="1")
    with pytest.raises(TextChanged, match="not known any more"):
        better_answers.write(workspace, ana, first, "Better.", showing="other", request_id="1")
    assert rating.item(workspace, ana, first + 1) is None


def test_hidden_identifiers_are_revealed_first(workspace):
    """Where something is hidden nothing is edited: the gaps would be stored. Revealed, it is."""
    first, lea = added(workspace, "Why?", "Call Mrs. Miller, +44 20 7946 0958."), lead(workspace, "Lea")
    with pytest.raises(Conflict, match="Reveal them first"):
        looked.write_better(workspace, lea, first, "Call the patient.")
    looked.reveal(workspace, lea, first)
    better = looked.write_better(workspace, lea, first, "Call +44 20 7946 0958 at once.")
    assert interactions.load(workspace, COMMAND_LINE, better).hidden == {"phone": 1}
