"""A training that learns nothing from one of the raters."""

from pathlib import Path

import pytest

from core.domain.errors import BadInput
from core.domain.records import Example, ImportRow
from core.domain.roles import User
from core.reward.evaluation.slices import rated_by_others
from core.services.models import models
from core.services.training import runs, training
from core.services.workspace import Workspace, open_workspace
from core.store.interactions import imports
from core.ui.models.details import lineage
from tests.databases import environment
from tests.reward.fakes import rated_answers, reference_embedder

LEA = User(0, "Lea")


@pytest.fixture
def two_raters(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Ana rated 60 answers; Ben says the opposite of her on all of them, and rated 8 that nobody else did."""
    monkeypatch.setattr(training, "reference_embedder", reference_embedder)
    workspace = open_workspace(environment(sqlite_url, tmp_path / "home"))
    for rater, examples, turned in (("Ana", rated_answers(15), False), ("Ben", rated_answers(17), True)):
        rows = [
            ImportRow(e.interaction_id, e.prompt, e.response, int(6 - e.rating if turned else e.rating))
            for e in examples
        ]
        with workspace.store.write() as session:
            imports.add_batch(session, None, rows, rater=rater, source="import")
    return workspace


def train(workspace: Workspace, **options) -> dict:
    return training.train_to_end(workspace, LEA, recipe="pair", seed=0, on_progress=lambda done, total: None, **options)


def test_what_only_they_rated_is_not_learned_from_and_the_others_count(two_raters: Workspace) -> None:
    """Without Ben the contradiction is gone: Ana's 60 ratings, a model that ranks, and his name in its lineage."""
    result = train(two_raters, without_rater="ben")
    assert result["n"] == 60
    assert result["metrics"]["roc_auc"]["value"] > 0.75
    (version,) = models.listed(two_raters, LEA)
    assert version.without_rater == "Ben"
    assert isinstance(version.lineage["without_rater"], int)
    assert ("Learned from", "60 rated answers to 15 questions, without the ratings of Ben") in lineage(version, [])
    # nobody changed a rating meanwhile: leaving one out is no change
    assert "changed during" not in result["reason"]


def test_a_name_that_rated_nothing_is_a_sentence(two_raters: Workspace) -> None:
    """A typing error starts no training of everybody's ratings; the run is told as failed, with who there is."""
    with pytest.raises(BadInput, match="That rater has rated none of these answers"):
        train(two_raters, without_rater="Bert")
    assert runs.history(two_raters, LEA)[0].state == "failed"
    assert models.listed(two_raters, LEA) == []


def test_what_a_lead_decided_holds_without_them() -> None:
    """The median of the others, a lead's decision as it is, nothing where nobody else said anything."""

    def seen(*ratings: tuple[str, int], rating: float = 3.0, decided: bool = False) -> Example | None:
        return rated_by_others("Ben", Example(1, "p", "r", None, rating, None, ratings, decided))

    both = (("Ana", 5), ("Ben", 1), ("Cleo", 4))
    assert seen(*both).rating == 4.5
    assert seen(*both).ratings == (("Ana", 5), ("Cleo", 4))
    assert seen(*both, decided=True).rating == 3.0
    assert seen(("Ben", 1), rating=1.0) is None
    assert seen(("Ben", 1), rating=2.0, decided=True).rating == 2.0
    assert seen(("Ana", 5)).rating == 3.0
