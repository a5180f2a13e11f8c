"""What raters order on the Rerank page, all the way into a model: never on prompts kept apart, always told."""

import pytest

from core.domain.held_out import is_held_out
from core.domain.records import ImportRow, Preferred
from core.reward import artifact
from core.services.models import models
from core.services.reranking import preferences
from core.services.training import runs, training
from core.services.workspace import Workspace
from core.store.erasure import raters
from core.store.interactions import imports
from core.store.reranking.preferences import for_training
from core.store.tables import Rater
from core.store.training import held_out
from tests.databases import Plain, rater
from tests.reward.fakes import rated_answers, reference_embedder


@pytest.fixture(autouse=True)
def counts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The encoder is not what these tests are about: one that counts words takes no time."""
    monkeypatch.setattr(training, "reference_embedder", reference_embedder)


def test_a_model_learns_from_orders_but_not_on_prompts_kept_apart(workspace: Workspace, old_app: Plain) -> None:
    """Orders on held-out prompts are counted and left out, also where no answer to them was rated yet; the others are
    in the version's prompts, its lineage and what `train --json` prints; no vector of their texts is stored.
    """
    examples = rated_answers(51, seed=2)
    rows = [ImportRow(e.interaction_id, e.prompt, e.response, int(e.rating)) for e in examples]
    with workspace.store.write() as session:
        imports.add_batch(session, None, rows, rater="Ben", source="import")
    ana = rater(workspace)
    elsewhere = rated_answers(12, seed=8)
    asked = [*dict.fromkeys(e.prompt for e in examples[:40]), *dict.fromkeys("new " + e.prompt for e in elsewhere)]
    for prompt in asked:
        preferences.keep(workspace, ana, prompt, [f"{prompt} so", "no"], [0], model_version=None)
    result = training.train_to_end(
        workspace, ana, recipe="pair", seed=0, with_preferences=True, on_progress=lambda done, total: None
    )
    apart = [e for e in preferences_of(workspace) if is_held_out(e.group)]
    assert 0 < len(apart) < len(asked)
    assert result["preferences"] == len(asked) - len(apart)
    run = runs.history(workspace, ana)[0]
    view = runs.run_view(workspace, ana, run.run_id)
    assert view is not None
    told = view.latest("compared")
    assert told is not None
    assert (told["pairs"], told["apart"]) == (len(asked) - len(apart), len(apart))
    (version,) = models.listed(workspace, ana)
    assert version.lineage["preferences"] == result["preferences"]
    learned = artifact.trained_groups(
        models.version_path(workspace, version.model_version), hashes={}, prompts=version.prompts
    )
    with workspace.store.read() as session:
        kept_apart = held_out.groups(session)
    ((stored,),) = old_app.run("SELECT count(*) FROM assay_embeddings")
    assert kept_apart
    assert not learned & kept_apart
    assert {e.group for e in preferences_of(workspace)} - {e.group for e in apart} <= learned
    # who only ordered answers is in that model too, and whoever forgets them is told; one who came later is not
    with workspace.store.read() as session:
        (ana_traces,) = [raters.traces(session, r) for r in session.query(Rater).filter_by(name="Ana")]
    assert ana_traces.versions == (version.model_version,)
    late = rater(workspace, "Late")
    preferences.keep(workspace, late, "Later?", ["a", "b"], [0], model_version=None)
    with workspace.store.read() as session:
        (theirs,) = [raters.traces(session, r) for r in session.query(Rater).filter_by(name="Late")]
    assert theirs.versions == ()
    texts = {text for e in examples if e.group not in kept_apart for text in (e.prompt, e.response)}
    everything = {text for e in examples for text in (e.prompt, e.response)}
    assert len(texts) <= stored <= len(everything)


def preferences_of(workspace: Workspace) -> list[Preferred]:
    with workspace.store.read() as session:
        return for_training(session)
