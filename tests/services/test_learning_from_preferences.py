"""What raters order on the Rerank page, all the way into a model: where it helps, never on prompts kept apart, always
told.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import Any

import pytest

from core.domain.held_out import is_held_out
from core.domain.records import Example, ImportRow, Preferred
from core.domain.roles import User
from core.reward import artifact
from core.services.models import models
from core.services.models.models import VersionView
from core.services.reranking import preferences
from core.services.training import runs, training
from core.services.training.dataset import load_training_set
from core.services.training.runs import RunView
from core.services.workspace import Workspace
from core.store.erasure import raters
from core.store.interactions import imports
from core.store.reranking.preferences import for_training
from core.store.tables import Rater
from core.store.training import held_out
from tests import looked
from tests.databases import Plain, added, rater
from tests.reward.fakes import embedder, rated_answers, reference_embedder

RATED = rated_answers(51, 1, seed=4)


@pytest.fixture(autouse=True)
def counts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The encoder is not what these tests are about: one that counts words takes no time."""
    monkeypatch.setattr(training, "reference_embedder", reference_embedder)


def rate(workspace: Workspace, examples: Iterable[Example]) -> None:
    rows = [ImportRow(e.interaction_id, e.prompt, e.response, int(e.rating)) for e in examples]
    with workspace.store.write() as session:
        imports.add_batch(session, None, rows, rater="Ben", source="import")


def order(workspace: Workspace, user: User, examples: Iterable[Example], *, reverse: bool = False) -> None:
    """Keep an answer of each rating to each prompt in the order of these ratings, or upside down."""
    for prompt, group in groupby(examples, key=lambda example: example.prompt):
        by_rating = {example.rating: example.response for example in group}
        texts = [by_rating[rating] for rating in sorted(by_rating, reverse=not reverse)]
        if len(texts) < 2:
            continue
        preferences.keep(workspace, user, prompt, texts, range(len(texts)), model_version=None)


def asked_elsewhere(prompts: int = 60) -> list[Example]:
    """Answers to questions of which none was ever rated."""
    return [replace(example, prompt=f"elsewhere {example.prompt}") for example in rated_answers(prompts, seed=94)]


def trained(workspace: Workspace, user: User) -> tuple[dict[str, Any], RunView, VersionView]:
    result = training.train_to_end(workspace, user, recipe="pair", seed=0, on_progress=lambda done, total: None)
    run = runs.run_view(workspace, user, result["run_id"])
    assert run is not None
    return result, run, models.listed(workspace, user)[0]


def learned_prompts(workspace: Workspace, version: VersionView) -> frozenset[str]:
    path = models.version_path(workspace, version.model_version)
    return artifact.trained_groups(path, hashes={}, prompts=version.prompts)


def preferences_of(workspace: Workspace) -> list[Preferred]:
    with workspace.store.read() as session:
        return for_training(session)


def traced_to(workspace: Workspace, name: str) -> tuple[str, ...]:
    """The versions that whoever erases this rater is told of."""
    with workspace.store.read() as session:
        (traces,) = [raters.traces(session, one) for one in session.query(Rater).filter_by(name=name)]
    return traces.versions


def test_a_model_learns_from_orders_that_help_but_not_on_prompts_kept_apart(
    workspace: Workspace, old_app: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orders on held-out prompts are counted and left out, also where no answer to them was rated yet; the others are
    in the version's prompts, its lineage, what ``train --json`` prints and the sentence; no vector of their texts is
    stored.
    """
    monkeypatch.setattr(held_out, "HELD_OUT_FROM", len(RATED))  # orders help most where ratings are few
    rate(workspace, RATED)
    ana = rater(workspace)
    order(workspace, ana, asked_elsewhere())
    for example in [*RATED[:9], *[example for example in RATED if is_held_out(example.group)][:3]]:
        preferences.keep(workspace, ana, example.prompt, [example.response, "no"], [0], model_version=None)
    result, run, version = trained(workspace, ana)
    everything = preferences_of(workspace)
    apart = [pair for pair in everything if is_held_out(pair.group)]
    assert {pair.prompt.startswith("elsewhere") for pair in apart} == {True, False}
    told = run.latest("compared")
    assert told is not None
    assert (told["pairs"], told["apart"]) == (len(everything) - len(apart), len(apart))
    assert told["gain"]["value"] is not None
    assert result["preferences"] == version.lineage["preferences"] == told["pairs"]
    assert run.orders is not None
    assert run.orders.startswith(f"It also learned from {told['pairs']:,} comparisons that raters made on ")
    assert f"({len(apart):,} more are on questions kept apart for testing)" in run.orders
    learned = learned_prompts(workspace, version)
    with workspace.store.read() as session:
        kept_apart = held_out.groups(session)
    ((stored,),) = old_app.run("SELECT count(*) FROM assay_embeddings")
    assert kept_apart
    assert not learned & kept_apart
    assert {pair.group for pair in everything} - {pair.group for pair in apart} <= learned
    # somebody who only ordered answers is in that model too, and whoever erases them is told; one who came later is not
    assert traced_to(workspace, "Ana") == (version.model_version,)
    preferences.keep(workspace, rater(workspace, "Late"), "Later?", ["a", "b"], [0], model_version=None)
    assert traced_to(workspace, "Late") == ()
    texts = {text for e in RATED if e.group not in kept_apart for text in (e.prompt, e.response)}
    assert len(texts) <= stored <= len({text for e in RATED for text in (e.prompt, e.response)})


def test_orders_that_do_not_help_leave_no_trace_in_the_model(workspace: Workspace) -> None:
    """Orders upside down: the model and its figures are those of a training before there were any, and it says so."""
    rate(workspace, RATED)
    ana = rater(workspace)
    before, alone, plain = trained(workspace, ana)
    assert alone.orders is None
    order(workspace, ana, asked_elsewhere(), reverse=True)
    after, run, version = trained(workspace, ana)
    assert after["metrics"] == before["metrics"]
    assert (after["preferences"], version.lineage["preferences"]) == (0, 0)
    assert version.lineage["data_fingerprint"] == plain.lineage["data_fingerprint"]
    assert learned_prompts(workspace, version) == learned_prompts(workspace, plain)
    assert run.orders is not None
    assert "did not clearly help to rank answers" in run.orders
    assert traced_to(workspace, "Ana") == ()


def test_where_a_rater_is_left_out_their_orders_are_too(workspace: Workspace) -> None:
    """Nothing is learned from them; what others ordered stays."""
    for name in ("Ana", "Ben"):
        user = rater(workspace, name)
        looked.rate(workspace, user, added(workspace, f"Rated by {name}?"), 4)
        preferences.keep(workspace, user, f"Ordered by {name}?", ["a", "b"], [0], model_version=None)
    everybody, others = (
        load_training_set(workspace, embedder(), without_rater=left_out).preferred for left_out in (None, "Ben")
    )
    assert {pair.prompt for pair in everybody} == {"Ordered by Ana?", "Ordered by Ben?"}
    assert [pair.prompt for pair in others] == ["Ordered by Ana?"]
