"""Figures that read all ratings: measured once for each state, shown for a while where there are many answers."""

from datetime import timedelta
from typing import Any

import pytest

from core.domain.roles import COMMAND_LINE, User
from core.reward.metrics.agreement import Agreement, Given
from core.reward.metrics.agreement import agreement as real
from core.services import figures, kept_figures
from core.services.kept_figures import Kind
from core.services.review import agreement
from core.services.workspace import Workspace
from core.store.training import counts
from tests import looked
from tests.databases import added, lead, rater


@pytest.fixture
def people(workspace: Workspace) -> tuple[User, User]:
    """Two who rate; three answers are there, and both rated the first."""
    both = lead(workspace), rater(workspace, "Ben")
    numbers = [added(workspace, "prompt", f"answer {number}") for number in range(3)]
    for person in both:
        looked.rate(workspace, person, numbers[0], 4)
    return both


@pytest.fixture
def measured(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many ratings each measurement of agreement read, in turn."""
    read: list[int] = []

    def counted(given: list[Given], **how: Any) -> Agreement:
        read.append(len(given))
        return real(given, **how)

    monkeypatch.setattr("core.services.review.agreement.agreement", counted)
    return read


def test_a_figure_is_measured_once_for_each_state(workspace, people, measured):
    """Not at every rerun; at once after a rating, also of another process, and after a change of a name."""
    for _ in range(3):
        agreement.measure(workspace, COMMAND_LINE)
    looked.rate(workspace, people[0], 2, 5)
    for _ in range(3):
        agreement.measure(workspace, COMMAND_LINE)
    assert measured == [2, 3]
    assert figures.measured_at(workspace, COMMAND_LINE, Kind.AGREEMENT) is None


def test_with_many_answers_a_figure_is_shown_for_a_while_and_says_so(workspace, people, measured, monkeypatch):
    monkeypatch.setattr(counts, "SMALL", 0)
    before = agreement.measure(workspace, COMMAND_LINE)
    looked.rate(workspace, people[0], 2, 5)
    assert agreement.measure(workspace, COMMAND_LINE) == before
    assert figures.measured_at(workspace, COMMAND_LINE, Kind.AGREEMENT) is not None
    figures.measure_again(workspace, COMMAND_LINE, Kind.AGREEMENT)
    assert agreement.measure(workspace, COMMAND_LINE) != before
    looked.rate(workspace, people[1], 2, 1)
    monkeypatch.setattr(kept_figures, "OLDEST", timedelta(0))
    agreement.measure(workspace, COMMAND_LINE)
    assert measured == [2, 3, 4]


def test_after_an_erasure_nothing_is_shown_that_was_measured_before(workspace, people, measured, monkeypatch):
    monkeypatch.setattr(counts, "SMALL", 0)
    agreement.measure(workspace, COMMAND_LINE)
    looked.forget(workspace, people[0], 1)
    agreement.measure(workspace, COMMAND_LINE)
    assert measured == [2, 0]
