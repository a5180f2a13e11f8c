"""Made feedback on the sample: it shows what feedback leads to, changes no figure of ratings, goes with the sample."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.domain.errors import Conflict
from core.domain.outcomes.feedback import Kind, Said
from core.domain.outcomes.results import By
from core.domain.queue import Order, QueueFilters
from core.domain.roles import COMMAND_LINE, SENDER
from core.services.data.exporting import export
from core.services.data.importing import load_sample, remove_sample
from core.services.operations.status import status
from core.services.outcomes import demo, feedback, results, sending
from core.services.rating import queue
from core.services.reranking import reranking
from core.services.training.readiness import readiness
from core.services.workspace import Workspace
from core.store.tables import AnswersGiven, Feedback, Item, Occurrence, Reranking
from core.store.types import now
from tests import looked
from tests.databases import added, rater
from tests.reward.fakes import embedder
from tests.services.versions_made import made

VERSION = "of-the-sample"
TABLES = (Feedback, Occurrence, Reranking, AnswersGiven)


@pytest.fixture
def sampled(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The sample and a model of it, whose encoder only counts words."""
    monkeypatch.setattr(reranking, "_embedder", lambda settings, store: embedder())
    load_sample(workspace, COMMAND_LINE)
    made(workspace, VERSION, sample=True, champion=True)
    return workspace


def rows(workspace: Workspace) -> list[int]:
    with workspace.store.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def test_a_week_of_it_shows_on_models_and_sets_the_first_queue(sampled: Workspace) -> None:
    """Thumbs of the version with an interval, of two generators, within a week; and what users disliked waits."""
    assert queue.disliked(sampled, COMMAND_LINE) == 0
    told = demo.make_feedback(sampled, COMMAND_LINE)
    found = results.measure(sampled, COMMAND_LINE, By.VERSION)
    (version,) = found.lines
    assert found.applications == ("demo",)
    assert (version.line.name, version.given) == (VERSION, told.rankings)
    assert set(version.figures) == {"thumb", "chosen"}
    for figure in version.figures.values():
        assert figure.metric.low is not None
        assert figure.metric.high is not None
        assert 0 < figure.metric.low < figure.metric.high < 1
    generators = results.measure(sampled, COMMAND_LINE, By.GENERATOR).lines
    assert {one.line.name for one in generators} == {"demo assistant 1", "demo assistant 2"}
    assert sum(one.given for one in generators) == told.answers
    with sampled.store.read() as session:
        first, last, number = session.execute(
            select(func.min(Feedback.at), func.max(Feedback.at), func.count(Feedback.feedback_id))
        ).one()
    assert number == told.feedback
    assert now() - timedelta(days=7, hours=1) < first < last < now()
    ana = rater(sampled)
    waiting = queue.disliked(sampled, ana)
    assert waiting >= 5
    queue.choose(sampled, ana, Order.USERS, QueueFilters())
    shown = looked.next_item(sampled, ana)
    assert shown is not None
    with sampled.store.read() as session:
        most = session.scalar(select(func.max(Item.disliked)).where(Item.places > 0))
        item = session.get(Item, shown.interaction.interaction_id)
        assert item is not None
        assert item.disliked == most


def test_no_figure_of_ratings_changes_by_it(sampled: Workspace) -> None:
    """It is no rating: what is rated, and what stands in the way of a training, stays as it was."""
    before = status(sampled, COMMAND_LINE), readiness(sampled, COMMAND_LINE)
    demo.make_feedback(sampled, COMMAND_LINE)
    assert (status(sampled, COMMAND_LINE), readiness(sampled, COMMAND_LINE)) == before


def test_it_goes_with_the_sample_and_comes_again_the_same(sampled: Workspace) -> None:
    """Answers, rankings, what was said and what was counted; the same seed makes as much of it again."""
    told = demo.make_feedback(sampled, COMMAND_LINE)
    assert all(rows(sampled))
    assert demo.is_made(sampled, COMMAND_LINE)
    remove_sample(sampled, COMMAND_LINE)
    assert rows(sampled) == [0, 0, 0, 0]
    assert not demo.is_made(sampled, COMMAND_LINE)
    load_sample(sampled, COMMAND_LINE)
    made(sampled, VERSION, sample=True, champion=True)
    assert demo.make_feedback(sampled, COMMAND_LINE) == told


def test_it_is_not_exported_beside_own_feedback(sampled: Workspace, tmp_path: Path) -> None:
    """Neither what is about answers of the sample nor which answer of a ranking was taken."""
    told = demo.make_feedback(sampled, COMMAND_LINE)

    def exported() -> list[str]:
        file = tmp_path / "feedback.jsonl"
        export(sampled, COMMAND_LINE, "feedback", file)
        return [json.loads(line)["id"] for line in file.read_text(encoding="utf-8").splitlines()]

    assert len(exported()) == told.feedback
    sending.send(sampled, SENDER, "demo", [{"id": "a", "prompt": "p", "response": "r"}])
    feedback.give(sampled, SENDER, "demo", Said(Kind.THUMB, 0, interaction="a", user="u", id="f"))
    assert exported() == ["f"]


def test_a_program_of_the_same_name_keeps_its_own(sampled: Workspace) -> None:
    """A key may be called demo too: what it sent stays when the sample goes."""
    demo.make_feedback(sampled, COMMAND_LINE)
    sending.send(sampled, SENDER, "demo", [{"id": "a", "prompt": "p", "response": "r", "generator": "ours"}])
    feedback.give(sampled, SENDER, "demo", Said(Kind.THUMB, 0, interaction="a", user="u", id="f"))
    remove_sample(sampled, COMMAND_LINE)
    assert rows(sampled) == [1, 1, 0, 1]
    assert queue.disliked(sampled, COMMAND_LINE) == 1


def test_it_is_made_once_and_for_the_sample_alone(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the sample, without a model of it, with own data, and a second time it is refused."""
    monkeypatch.setattr(reranking, "_embedder", lambda settings, store: embedder())
    with pytest.raises(Conflict, match="load the sample first"):
        demo.make_feedback(workspace, COMMAND_LINE)
    load_sample(workspace, COMMAND_LINE)
    with pytest.raises(Conflict, match="train one first"):
        demo.make_feedback(workspace, COMMAND_LINE)
    made(workspace, VERSION, sample=True, champion=True)
    own = added(workspace)
    with pytest.raises(Conflict, match="for the sample alone"):
        demo.make_feedback(workspace, COMMAND_LINE)
    assert not any(rows(workspace))
    looked.delete(workspace, COMMAND_LINE, own)
    demo.make_feedback(workspace, COMMAND_LINE)
    before = rows(workspace)
    with pytest.raises(Conflict, match="already"):
        demo.make_feedback(workspace, COMMAND_LINE)
    assert rows(workspace) == before
