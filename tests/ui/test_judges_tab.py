"""The tab Judges of Quality: what it says of a judge, and asking for one more rating of what is parted."""

import pytest

from core.domain.queue import QueueSettings
from core.domain.roles import COMMAND_LINE
from core.services.judges import judges
from core.services.rating import queue, second_opinions
from core.ui.judges.plots import map_figure
from core.ui.shell.navigation import QualityTab
from tests.databases import rater
from tests.services.test_judges import ODD, brought, many
from tests.ui.reading import press, said

EXPERTS = ("Ben", "Cleo", "Dora")
"""Whose ratings came with a file: Ana is at this browser."""


def opened(open_page, **state):
    return open_page("quality", topic=QualityTab.JUDGES, **state)


def test_without_scores_the_tab_says_how_they_come(open_page, workspace, ana):
    """By a column of a file or a key over HTTP, with the way to Data."""
    app = opened(open_page)
    assert "No judge has scored an answer yet" in said(app)
    assert "judge:NAME" in said(app)
    assert "POST /v1/interactions" in said(app)
    app = press(app, "quality.judges_data")
    assert [title.value for title in app.title] == ["Data"]


@pytest.fixture
def two_judges(workspace, ana, tmp_path):
    """One that is good, and one that follows length."""
    brought(workspace, tmp_path / "1.csv", many("good", lambda worth, words: round(worth * 2), raters=EXPERTS))
    brought(workspace, tmp_path / "2.csv", many(ODD, lambda worth, words: words, raters=EXPERTS))
    return workspace


def test_a_judge_is_told_in_a_sentence_with_its_figures(open_page, two_judges):
    """The sentence of the command, figures with ranges, each expert by name, and the chart; the other on demand."""
    app = opened(open_page)
    report = judges.report(two_judges, COMMAND_LINE, "good")
    assert report.verdict in said(app)
    assert [one.label for one in app.metric] == ["Right order", "A single expert", "Prefers the longer"]
    assert "Whether it leans to whatever comes first cannot be said: no question has comparisons" in said(app)
    table = app.table[0].value.to_dict("records")
    assert [row["Expert"] for row in table] == [*EXPERTS, "All together"]
    assert len(app.get("plotly_chart")) == 1
    app = app.selectbox(key="quality.judge").set_value(ODD).run()
    assert judges.report(two_judges, COMMAND_LINE, ODD).verdict in said(app)
    assert "leans to longer answers" in said(app)
    assert [len(app.success), len(app.warning)] == [0, 1]  # better than chance, and yet nothing to rely on


def test_the_chart_shows_map_and_experts(two_judges):
    """Two traces, the map rising."""
    found = judges.report(two_judges, COMMAND_LINE, "good").figures.map
    dots, line = map_figure(found).data
    assert list(line.y) == sorted(line.y)
    assert len(dots.x) == len(dots.error_y.array) == len(found.groups)


def test_a_lead_asks_for_one_more_rating_of_what_is_parted(open_page, workspace, ana, tmp_path):
    """Of those that are shown; a further rater gets them."""
    queue.change_settings(workspace, COMMAND_LINE, QueueSettings(overlap=0))
    turned: dict[float, float] = {}
    rows = many("good", lambda worth, words: turned.setdefault(worth, 6 - worth if len(turned) in (1, 4) else worth))
    brought(workspace, tmp_path / "1.csv", rows)
    app = opened(open_page)
    assert "Where judge and experts part" in said(app)
    label = next(one.label for one in app.button if one.key == "quality.judge_ask")
    shown = len([one for one in app.markdown if one.value.startswith("**Experts: ")])
    assert (f"these {shown} answers" if shown > 1 else "this answer") in label
    app = press(app, "quality.judge_ask")
    assert [f"{shown} answer" in toast.value and "one more rating" in toast.value for toast in app.toast] == [True]
    assert second_opinions.waiting(workspace, rater(workspace, "Dora")) == shown
    app = press(app, "quality.judge_ask")
    assert ["waits for a further rating already" in toast.value for toast in app.toast] == [True]


def test_too_few_questions_say_what_to_do(open_page, workspace, ana, tmp_path):
    """Rate more, or bring more scores; no figure is shown."""
    brought(workspace, tmp_path / "1.csv", many("few", lambda worth, words: worth, questions=29))
    app = opened(open_page)
    assert "cannot be said yet" in said(app)
    assert "From 30 questions on" in said(app)
    assert not app.metric
    assert {"quality.judges_rate", "quality.judges_import"} <= {button.key for button in app.button}


def test_a_scale_that_is_upside_down_says_what_to_do(open_page, workspace, ana, tmp_path):
    """And lists no answers as parted from it."""
    brought(workspace, tmp_path / "1.csv", many("down", lambda worth, words: -worth))
    app = opened(open_page)
    assert "upside down" in said(app)
    assert "Turn the scale round" in said(app)
    assert "Where judge and experts part" not in said(app)


def test_a_judge_that_says_one_thing_has_no_map(open_page, workspace, ana, tmp_path):
    """There is nothing to draw."""
    brought(workspace, tmp_path / "1.csv", many("one", lambda worth, words: 3, raters=("Ana",)))
    app = opened(open_page)
    assert "same score" in said(app)
    assert not app.get("plotly_chart")
    assert "compares with a single expert cannot be said: no question has two scored answers" in said(app)
