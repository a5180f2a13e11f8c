"""Prompts that no model learns from: how they are chosen, who is measured on them, and what a decision rests on."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.held_out import is_held_out
from core.domain.records import Example, ImportRow
from core.domain.roles import COMMAND_LINE, User
from core.domain.verdicts.gates import Decision, Gate
from core.reward import artifact
from core.reward.training.events import Judged, Registered
from core.services.models import models, verdicts
from core.services.running import carrying
from core.services.training import dataset, promotion, training
from core.services.training.runs import history, run_view
from core.services.workspace import SILENT_AFTER, Workspace, open_workspace
from core.store.interactions import exports, imports
from core.store.training import held_out, runs, versions
from core.store.types import now
from tests.databases import Plain, environment
from tests.reward.fakes import embedder, rated_answers, reference_embedder
from tests.services.versions_made import learned_from, made

pytestmark = pytest.mark.slow

ANA = User(0, "Ana")


@pytest.fixture(autouse=True)
def counts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The encoder is not what these tests are about: one that counts words takes no time."""
    monkeypatch.setattr(training, "reference_embedder", reference_embedder)


@pytest.fixture
def on_sqlite(sqlite_url: str, tmp_path: Path) -> Workspace:
    """An empty SQLite database, for what does not depend on the kind of database."""
    return open_workspace(environment(sqlite_url, tmp_path / "home"))


def rate(workspace: Workspace, examples: Sequence[Example], *, source: str = "import") -> None:
    rows = [ImportRow(e.interaction_id, e.prompt, e.response, int(e.rating)) for e in examples]
    with workspace.store.write() as session:
        imports.add_batch(session, None, rows, rater="Ana", source=source)


def train(workspace: Workspace, **options) -> dict:
    return training.train_to_end(
        workspace, ANA, recipe=options.pop("recipe", "pair"), seed=0, on_progress=lambda done, total: None, **options
    )


def frozen(workspace: Workspace) -> frozenset[str]:
    with workspace.store.read() as session:
        return held_out.groups(session)


def learned_prompts(workspace: Workspace, name: str) -> frozenset[str]:
    version = next(v for v in models.listed(workspace, COMMAND_LINE) if v.model_version == name)
    return artifact.trained_groups(models.version_path(workspace, name), hashes={}, prompts=version.prompts)


def test_below_200_ratings_everything_is_learned_from(on_sqlite: Workspace) -> None:
    """Too few to give any away: no set, and the challenger is compared out of fold."""
    rate(on_sqlite, rated_answers(49))
    first, second = train(on_sqlite), train(on_sqlite, recipe="concat")
    assert frozen(on_sqlite) == frozenset()
    assert (first["n"], first["held_out"]) == (196, None)
    assert any(why in second["reason"] for why in ("learned anew", "length", "chance"))


def test_from_200_ratings_a_fifth_of_the_prompts_is_never_learned_from(workspace: Workspace) -> None:
    """Chosen by the prompt's hash, written down once; new prompts join, none leaves, and no model ever sees them."""
    examples = rated_answers(120)
    rate(workspace, examples[: 4 * 60])
    result = train(workspace)
    first = frozen(workspace)
    assert first == {e.group for e in examples[: 4 * 60] if is_held_out(e.group)}
    assert 5 <= len(first) <= 20
    assert result["n"] + result["held_out"]["n"] == 240
    assert result["held_out"]["prompts"] == len(first)
    rate(workspace, examples[4 * 60 :])
    second = train(workspace)
    assert first < frozen(workspace)
    for name in (result["model_version"], second["model_version"]):
        learned = learned_prompts(workspace, name)
        assert learned
        assert not learned & frozen(workspace)
    with workspace.store.read() as session:
        found = versions.find(session, second["model_version"])
    assert found.lineage["held_out"] == second["held_out"]["n"]
    assert found.held_out["n"] == second["held_out"]["n"]
    assert found.held_out["metrics"]["roc_auc"]["low"] < found.held_out["metrics"]["roc_auc"]["value"]


def test_a_challenger_meets_the_champion_on_prompts_that_neither_has_seen(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is compared on the kept-apart prompts, and the sentence says on how many; all versions are measured there."""
    monkeypatch.setattr(dataset, "ENOUGH_PROMPTS", 10)
    rate(workspace, rated_answers(100))
    first = train(workspace)
    assert first["promoted"], first["reason"]
    second = train(workspace)
    prompts = len(frozen(workspace))
    assert f"on {prompts} questions that neither was trained on" in second["reason"]
    events = history(workspace, COMMAND_LINE)[0]
    judged = run_view(workspace, COMMAND_LINE, events.run_id).latest("judged")
    assert judged["unseen_prompts"] == prompts
    measured = {v.model_version: v.held_out for v in models.listed(workspace, COMMAND_LINE)}
    assert {m.n for m in measured.values()} == {first["held_out"]["n"]}


def test_on_few_kept_apart_prompts_the_recipes_are_compared_too(on_sqlite: Workspace) -> None:
    """Ten to thirty refuse half of the better models: the champion's recipe is fitted anew on the same folds too."""
    examples = rated_answers(100)
    rate(on_sqlite, examples[: 4 * 70])
    first = train(on_sqlite)
    rate(on_sqlite, examples[4 * 70 :])
    second = train(on_sqlite)
    assert 10 <= len(frozen(on_sqlite)) < 30
    assert "with both learned anew from today's ratings" in second["reason"]
    judged = run_view(on_sqlite, ANA, second["run_id"]).latest("judged")
    assert judged["unseen_prompts"] is None
    assert judged["versus_champion"]["value"] != 0
    assert first["promoted"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_model_that_is_clearly_worse_on_few_prompts_is_stopped(on_sqlite: Workspace, turned: bool) -> None:
    """What the refitted recipes came to stands, unless the model itself loses to the champion itself beyond doubt."""
    examples = rated_answers(15)
    wrong = [replace(example, rating=6 - example.rating) for example in examples]
    rival = learned_from(examples)
    model = learned_from(wrong).model if turned else rival.model
    ground = dataset.TrainingSet(
        examples, [], 60, False, "champion", "pair", rival=rival.model, unseen=rated_answers(15, seed=9)
    )
    refitted = Judged(Decision(Gate.PASSED, "no worse, fitted anew: promoted."), None)
    trained = replace(rival, model=model, judged=refitted)
    judged = promotion.compare_with_champion(on_sqlite, ground, trained, embedder())
    assert judged.decision.promoted is not turned
    assert ("is worse than the model in use" in judged.decision.reason) is turned
    assert judged.unseen_prompts == (15 if turned else None)


def test_a_model_from_before_is_not_measured_on_prompts_that_it_learned(on_sqlite: Workspace) -> None:
    """It saw prompts that are kept apart now: they are counted and left out, and it is compared out of fold."""
    examples = rated_answers(70)
    early = [e for e in examples if e.interaction_id <= 4 * 45]
    made(on_sqlite, "early", learned_from(early), champion=True)
    rate(on_sqlite, examples)
    result = train(on_sqlite)
    found = {v.model_version: v.held_out for v in models.listed(on_sqlite, COMMAND_LINE)}
    seen = {e.group for e in early} & frozen(on_sqlite)
    assert found["early"].prompts_seen == len(seen) > 0
    assert found["early"].prompts == len(frozen(on_sqlite)) - len(seen)
    assert found[result["model_version"]].prompts_seen == 0
    assert "neither was trained on" not in result["reason"]


def test_a_damaged_champion_is_met_by_its_recipe_fitted_anew(on_sqlite: Workspace) -> None:
    """Its file cannot be trusted, so it is never loaded; the training goes on and replaces it."""
    rate(on_sqlite, rated_answers(100))
    first = train(on_sqlite)
    (models.version_path(on_sqlite, first["model_version"]) / "model.joblib").write_bytes(b"gone bad")
    second = train(on_sqlite)
    assert second["promoted"]
    assert "it is made as the model in use is" in second["reason"]
    assert models.trouble(on_sqlite, COMMAND_LINE) is None


def test_the_sample_is_never_divided(on_sqlite: Workspace) -> None:
    """It is thrown away later; nothing of it is written down for ever."""
    rate(on_sqlite, rated_answers(60), source="sample")
    train(on_sqlite)
    assert frozen(on_sqlite) == frozenset()


def test_what_is_needed_is_counted_in_rated_answers(on_sqlite: Workspace) -> None:
    """At a minimum of 200 and 200 rated answers a training starts, although it learns from fewer."""
    object.__setattr__(on_sqlite.settings, "min_samples_to_train", 200)
    rate(on_sqlite, rated_answers(50))
    assert train(on_sqlite)["model_version"] is not None


@pytest.mark.parametrize("share, promoted", [(0.02, True), (0.2, False)])
def test_ratings_that_change_during_a_training_are_told_and_many_undo_the_decision(
    workspace: Workspace, old_app: Plain, share: float, promoted: bool
) -> None:
    """A model that learned from what no longer holds does not come into use by rule."""
    rate(workspace, rated_answers(50))
    steps = training.train(workspace, ANA)
    next(event for event in steps if type(event).__name__ == "Fitted")
    with workspace.store.read() as session:
        numbers = [example.interaction_id for example in exports.examples(session)]
    changed = numbers[: int(share * len(numbers))]
    for number in changed:
        old_app.run("UPDATE assay_items SET consensus = NULL WHERE interaction_id = ?", number)
    last = list(steps)[-1]
    assert isinstance(last, Registered)
    assert last.promoted is promoted, last.reason
    assert f"{len(changed)} of the " in last.reason


def test_a_run_that_was_given_up_registers_nothing_when_it_ends_after_all(workspace: Workspace, old_app: Plain) -> None:
    """Two runs end at the same time: the one that other processes took for dead changes nothing."""
    rate(workspace, rated_answers(49))
    late = training.train(workspace, ANA)
    next(event for event in late if type(event).__name__ == "Fitted")
    with workspace.store.write() as session:
        run = runs.active(session)
        run.process, run.heartbeat_at = "elsewhere:1", now() - 2 * SILENT_AFTER
    second = training.train(workspace, User(0, "Ben"))
    next(event for event in second if type(event).__name__ == "Fitted")
    with pytest.raises(carrying.Cancelled):
        list(late)
    last = list(second)[-1]
    assert isinstance(last, Registered)
    assert [v.model_version for v in models.listed(workspace, COMMAND_LINE)] == [last.model_version]
    assert [run.state for run in history(workspace, COMMAND_LINE)] == ["finished", "failed"]
    assert len(list(workspace.settings.model_dir.iterdir())) == 1
    assert old_app.run("SELECT count(*) FROM assay_promotions") == [(1,)]


def test_the_rule_of_the_hash_keeps_about_a_fifth() -> None:
    """A fifth of many prompts, the same ones every time."""
    groups = [example.group for example in rated_answers(2000, 1)]
    share = sum(map(is_held_out, groups)) / len(groups)
    assert 0.17 < share < 0.23
    assert promotion.MOVED < 0.2


def test_figures_of_a_version_stay_what_they_were(on_sqlite: Workspace) -> None:
    """From thirty kept-apart questions they are of those, as they were rated then; later ratings and trainings change
    what is measured over time, and neither figures nor sentence of a version."""
    examples = rated_answers(260)
    enough = next(n for n in range(260) if len({e.group for e in examples[: 4 * n] if is_held_out(e.group)}) == 30)
    rate(on_sqlite, examples[: 4 * enough - 4])
    few = train(on_sqlite)
    assert few["figures"]["basis"] == "cross_validated"
    assert few["figures"]["right_order"] == few["metrics"]["pairwise_accuracy"]
    rate(on_sqlite, examples[4 * enough - 4 : 4 * enough])
    second = train(on_sqlite)
    assert second["figures"]["basis"] == "kept_apart"
    assert (second["figures"]["answers"], second["figures"]["questions"]) == (120, 30)
    assert second["figures"]["right_order"] != second["metrics"]["pairwise_accuracy"]
    before = verdicts.verdicts(on_sqlite, COMMAND_LINE)
    assert before[second["model_version"]].sentence == second["verdict"]
    assert "It learned from one person's ratings." in second["verdict"]
    measured = {v.model_version: v.held_out for v in models.listed(on_sqlite, COMMAND_LINE)}
    rate(on_sqlite, examples[4 * enough :])
    train(on_sqlite, recipe="concat")
    after = verdicts.verdicts(on_sqlite, COMMAND_LINE)
    assert list(after)[1:] == [second["model_version"], few["model_version"]]
    for result in (few, second):
        name = result["model_version"]
        assert after[name].figures.to_json() == before[name].figures.to_json() == result["figures"]
        assert after[name].judgement == before[name].judgement
        assert after[name].name == result["name"]
    again = {v.model_version: v.held_out for v in models.listed(on_sqlite, COMMAND_LINE)}
    assert again[second["model_version"]].n > measured[second["model_version"]].n
