"""The form with which a lead asks for second opinions."""

from core.domain.queue import QueueSettings
from core.domain.roles import COMMAND_LINE
from core.services.rating import queue, second_opinions
from core.ui.shell.navigation import QualityTab
from tests import looked
from tests.databases import added, rater
from tests.ui.reading import press, said


def test_without_ratings_there_is_nothing_to_ask_about(open_page, workspace, ana):
    """The tab says so instead of showing a form."""
    app = open_page("quality", topic=QualityTab.SECOND_OPINIONS)
    assert "Nothing is rated yet" in said(app)
    assert not app.selectbox


def test_a_lead_asks_and_sees_what_waits(open_page, workspace, ana):
    """Two of Ben's three answers; the third and Cleo's are not asked about, and asking for too many says so."""
    queue.change_settings(workspace, COMMAND_LINE, QueueSettings(overlap=0))
    ben, cleo = rater(workspace, "Ben"), rater(workspace, "Cleo")
    of_ben = [added(workspace, f"prompt {n}", "answer") for n in range(3)]
    for number in of_ben:
        looked.rate(workspace, ben, number, 4)
    looked.rate(workspace, cleo, added(workspace, "prompt", "answer"), 2)
    app = open_page("quality", topic=QualityTab.SECOND_OPINIONS)
    assert "0 rated answers wait" in said(app)
    app.number_input(key="quality.second_answers").set_value(2)
    app.selectbox(key="quality.second_rater").set_value("Ben")
    app = press(app, "quality.second_ask")
    assert "2 rated answers wait" in said(app)
    assert ["Asked for 2 answers" in toast.value for toast in app.toast] == [True]
    assert (second_opinions.waiting(workspace, cleo), second_opinions.waiting(workspace, ben)) == (2, 0)
    app.number_input(key="quality.second_answers").set_value(20)
    app = press(app, "quality.second_ask")
    assert ["Asked for 1 answer; no more fit" in toast.value for toast in app.toast] == [True]
    app = press(app, "quality.second_ask")
    assert ["No answer fits that" in toast.value for toast in app.toast] == [True]
