"""Models says what was ranked lately, and what that means."""

import pytest

from core.services.reranking import usage
from core.serving.reranker import Ranking
from tests.services.versions_made import made
from tests.ui.reading import said


def note(workspace, scores, *, first=0, times=1, version="v1", source="api", seconds=0.05):
    order = (first, *(index for index in range(len(scores)) if index != first))
    for _ in range(times):
        usage.log_of(workspace).note(source, Ranking(version, order, tuple(scores)), seconds)
    usage.log_of(workspace).write()


@pytest.fixture
def in_use(workspace):
    """A model in use, without a training."""
    made(workspace, "v1", champion=True)
    return workspace


def metrics(app):
    return {metric.label: metric.value for metric in app.metric}


def test_before_the_first_ranking_it_says_what_will_be_counted(open_page, in_use, ana):
    """And leads to the two ways in."""
    app = open_page("models")
    assert "Nothing was ranked within 7 days" in said(app)
    assert {"models.usage_rerank", "models.usage_keys"} <= {button.key for button in app.button}


def test_counts_times_and_what_ranking_changes(open_page, in_use, ana):
    """In words: of a hundred rankings, how many users see another answer."""
    note(in_use, [0.9, 0.2], times=6)
    note(in_use, [0.2, 0.9], first=1, times=3, source="page", seconds=1.25)
    note(in_use, [None, None], version=None)
    app = open_page("models")
    shown = metrics(app)
    assert (shown["Rankings"], shown["Answers ranked"], shown["Usual time"]) == ("10", "20", "50 ms")
    assert (shown["95 of 100 within"], shown["First replaced"], shown["Abstained"]) == ("1.2 s", "33 %", "0 %")
    text = said(app)
    assert "In 33 of 100 rankings" in text
    assert "1 of 10 rankings had no model" in text
    assert "7 over HTTP · 3 on the Rerank page" in text


def test_other_days_can_be_chosen(open_page, in_use, ana):
    """One day, seven or thirty."""
    app = open_page("models", models__usage_days=1)
    assert "Nothing was ranked within 1 day" in said(app)
