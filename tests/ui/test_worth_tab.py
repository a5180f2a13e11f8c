"""The tab that says what all answers are worth."""

import pytest

from core.domain.metrics import Metric
from core.domain.worth.parts import Part
from core.services.worth import samples, scoring
from core.services.worth.figures import Compared
from core.ui.shell.navigation import QualityTab
from core.ui.worth.parts import verdict
from tests import looked
from tests.databases import added
from tests.reward.fakes import reference_embedder
from tests.services.versions_made import made
from tests.systems import stored
from tests.ui.reading import press, said


@pytest.fixture
def tab(open_page):
    """Opens the tab."""
    return lambda **state: open_page("quality", topic=QualityTab.WORTH, **state)


def test_an_empty_tab_says_what_to_do(tab, workspace, ana):
    """Without answers: import some."""
    assert "Import some on Data" in said(tab())


def test_few_questions_give_nothing_to_draw_from(tab, workspace, ana):
    """How many a figure needs is said, and there is no button."""
    added(workspace)
    app = tab()
    assert "a figure needs 30" in said(app)
    assert not [button for button in app.button if button.key == "quality.worth_draw"]


def test_a_lead_draws_rates_and_reads_the_figure(tab, workspace, ana):
    """What a draw means is said before; then how far its rating is; at the end one sentence with a range."""
    system = stored(workspace, 60, good=0.7)
    app = tab()
    assert "How good are all the answers" in said(app)
    assert "This draws 50 of 60 questions at random, with all their answers: about 100." in said(app)
    app = press(app, "quality.worth_draw")
    assert ["50 questions with 100 answers" in toast.value for toast in app.toast] == [True]
    looked.skip(workspace, ana, system.sampled()[0])
    looked.rate(workspace, ana, system.sampled()[1], 4)
    app = tab()
    assert "1 of 100 rated; 1 skipped" in said(app)
    assert [button.label for button in app.button if button.key == "quality.worth_rate"] == ["Rate them now"]
    system.rate(system.sampled()[2:])
    text = said(tab())
    assert "Of all 120 answers about " in text
    assert "of 100 [" in text
    assert "99 of them were rated." in text
    assert "99 of 100 rated; 1 skipped" in text
    assert "It takes the place of the one before" not in text  # what it would come to is counted when it is opened
    assert "It takes the place of the one before" in said(tab(quality__worth_another=True))
    assert "drawn by Ana" in text


def test_parts_and_two_generators_side_by_side(tab, workspace, ana):
    """The better one is named, and that both answered the same questions."""
    system = stored(workspace, 80, generators=("new", "old"), good=0.3, better=0.5)
    samples.draw(workspace, ana, 160)
    system.finish()
    text = said(tab())
    assert "new is better than old: of 100 answers" in text
    assert "Both answered the 80 questions" in text
    app = tab(quality__worth_part=Part.WEEK)
    assert "Week from" in app.table[0].value.columns


def test_of_many_answers_parts_are_counted_when_they_are_chosen(tab, workspace, ana, monkeypatch):
    """Each part and comparison reads all answers again."""
    monkeypatch.setattr("core.ui.worth.parts.MANY", 100)
    system = stored(workspace, 80, generators=("new", "old"), good=0.3, better=0.5)
    samples.draw(workspace, ana, 160)
    system.finish()
    app = tab()
    assert not app.table
    assert "is better than" not in said(app)
    assert app.selectbox(key="quality.worth_one").set_value("new").run() is app
    assert "new is better than old" in said(app)
    assert tab(quality__worth_part=Part.GENERATOR).table


@pytest.mark.parametrize(
    "low, high, says",
    [
        (0.02, 0.2, "a is better than b: of 100 answers 11 [2, 20] more are good."),
        (-0.2, -0.02, "b is better than a: of 100 answers 11 [2, 20] more are good."),
        (-0.09, 0.07, "of 100 answers a may have anything from 9 fewer to 7 more good ones."),
    ],
)
def test_a_comparison_is_a_sentence_without_signs(low, high, says):
    """Which is better, or how far either may be ahead; and whether their questions were the same."""
    metric = Metric((low + high) / 2, low, high)
    assert says in verdict("a", "b", Compared(metric, True, 40))
    assert "different questions" in verdict("a", "b", Compared(metric, False, 40))


def test_where_all_is_rated_the_sentence_says_so(tab, workspace, ana):
    """And offers no draw."""
    system = stored(workspace, 40)
    system.rate(list(system.ratings))
    text = said(tab())
    assert f"Of all 80 answers {100 * system.good:.0f} of 100 are good; all of them were rated." in text
    assert "of further answers to questions like these 40, between " in text.lower()
    assert "Draw answers" not in text


def test_the_model_scores_by_a_button(tab, workspace, ana, monkeypatch):
    """Never by itself: until it is pressed the page says how many wait."""
    monkeypatch.setattr(scoring, "reference_embedder", reference_embedder)
    stored(workspace, 40)
    made(workspace, "v1", champion=True)
    app = tab()
    assert "wait for a score of the model in use" in said(app)
    app = press(app, "quality.worth_score")
    assert "wait for a score" not in said(app)
