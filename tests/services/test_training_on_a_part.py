"""Of very many ratings a training learns from a part and says so; TRAIN_LIMIT still rules."""

from pathlib import Path

import pytest

from core.domain.records import ImportRow
from core.domain.roles import COMMAND_LINE
from core.services.training import dataset, training
from core.services.training.runs import run_view
from core.services.workspace import Workspace, open_workspace
from core.store.interactions import imports
from tests.databases import environment
from tests.reward.fakes import embedder, rated_answers, reference_embedder

pytestmark = pytest.mark.slow


@pytest.fixture
def opened_with(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Opens a database of 1,200 rated answers, of which 100 may be learned from and 20 measured on."""
    monkeypatch.setattr(training, "reference_embedder", reference_embedder)
    monkeypatch.setattr(dataset, "MOST_LEARNED", 100)
    monkeypatch.setattr(dataset, "MOST_APART", 20)

    def open_it(limit: int) -> Workspace:
        workspace = open_workspace(environment(sqlite_url, tmp_path / "home") | {"TRAIN_LIMIT": str(limit)})
        rows = [
            ImportRow(one.interaction_id, one.prompt, one.response, int(one.rating), session_id=f"s{number % 3}")
            for number, one in enumerate(rated_answers(300))
        ]
        with workspace.store.write() as session:
            imports.add_batch(session, None, rows, rater="Ana", source="import")
        return workspace

    return open_it


def test_a_part_is_learned_from_and_the_result_says_so(opened_with):
    workspace = opened_with(0)
    found = dataset.load_training_set(workspace, embedder())
    again = dataset.load_training_set(workspace, embedder())
    assert 80 < len(found.examples) <= 100
    assert 0 < len(found.held_out) <= 20
    assert (found.examples, found.held_out) == (again.examples, again.held_out)
    assert {one.session for one in found.examples} == {"s0", "s1", "s2"}
    assert found.learned_of is not None
    assert found.learned_of > 200
    result = training.train_to_end(workspace, COMMAND_LINE, recipe="pair", seed=0, on_progress=lambda done, total: None)
    assert result["n"] == len(found.examples)
    run = run_view(workspace, COMMAND_LINE, result["run_id"])
    assert run is not None
    assert (run.part or "").startswith(f"It learned from {result['n']:,} of {found.learned_of:,} rated answers")


def test_train_limit_rules(opened_with):
    """So many of the newest are learned from, also where that is more than would be taken by itself."""
    found = dataset.load_training_set(opened_with(150), embedder())
    assert (len(found.examples), found.learned_of) == (150, None)
