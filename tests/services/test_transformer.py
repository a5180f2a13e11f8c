"""Trainings that tune layers, as a user's act: told, cancelled, resumed, promoted, served, exported, refused."""

import json
import os
import signal
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.errors import Conflict, Unavailable
from core.domain.guarantee.outcome import OF_A_DEEP_PART
from core.domain.guarantee.promise import USUAL
from core.domain.metrics import Metric
from core.domain.records import Example
from core.domain.roles import COMMAND_LINE, User
from core.domain.verdicts.addition import Addition
from core.domain.verdicts.gates import Decision, Gate, judge_addition
from core.domain.verdicts.judgement import Use
from core.reward import artifact
from core.reward.encoding.embedder import Embedder, MemoryCache
from core.reward.training.events import Judged, Tuning
from core.services.models import guarantee, models, verdicts
from core.services.operations import backup
from core.services.reranking import reranking
from core.services.running.carrying import Cancelled
from core.services.training import dataset, promotion, training
from core.services.training.runs import active_run, history, run_view
from core.services.workspace import Workspace, open_workspace
from core.services.worth import scoring
from core.store.training import runs
from tests.databases import PATIENCE, Plain, environment, rater
from tests.reward.fakes import FakeEncoder, embedder, rated_answers, reference_embedder
from tests.reward.tiny_base import tiny_base
from tests.services.test_held_out import rate
from tests.services.versions_made import learned_from, made

pytestmark = pytest.mark.slow

ANA = User(0, "Ana")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("base") / "bert")


@pytest.fixture(autouse=True)
def small(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tiny language model, and an encoder that counts words."""
    monkeypatch.setenv("TRANSFORMER_BASE", str(base))
    monkeypatch.setattr(training, "reference_embedder", reference_embedder)


@pytest.fixture
def on_sqlite(sqlite_url: str, tmp_path: Path, small: None) -> Workspace:
    return open_workspace(environment(sqlite_url, tmp_path / "home"))


class Blind(FakeEncoder):
    """Does not see the two words that say how good an answer is."""

    fingerprint = reference = "fake:blind"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return super().encode([text.replace("word3 ", "").replace("word4 ", "") for text in texts])


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch, small: None) -> None:
    monkeypatch.setattr(training, "reference_embedder", lambda workspace: Embedder(Blind(), MemoryCache()))
    monkeypatch.setattr(reranking, "_embedder", lambda settings, store: Embedder(Blind(), MemoryCache()))


def telling(prompts: int = 200) -> list[Example]:
    """Answers of which one word says how good they are: nothing for ``Blind``, and easy for layers that are tuned."""
    rng = np.random.default_rng(1)
    examples: list[Example] = []
    for number in range(prompts):
        for good in (True, False):
            words = [f"word{n}" for n in rng.integers(20, 399, 12)]
            words += ["word3"] * 2 if good else ["word4"] * 2
            text = " ".join(rng.permutation(words)) + " end"
            examples.append(Example(len(examples) + 1, f"word{number} {number}", text, None, 5.0 if good else 1.0))
    return examples


def train(workspace: Workspace, recipe: str = "transformer") -> dict:
    return training.train_to_end(workspace, ANA, recipe=recipe, seed=0, on_progress=lambda done, total: None)


def test_a_training_is_told_registered_measured_and_leaves_nothing_behind(
    workspace: Workspace, old_app: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On both databases: events, files with their hashes, what it learned from, and no predictions that are none."""
    monkeypatch.setattr(training, "PROGRESS_SECONDS", 0.0)  # these folds take less than a second
    rate(workspace, rated_answers(100))
    result = train(workspace)
    assert result["recipe"] == "transformer"
    assert result["n"] + result["held_out"]["n"] == 400
    assert result["adds"]["questions"] == result["held_out"]["prompts"]
    version = models.listed(workspace, COMMAND_LINE)[0]
    assert (version.n, version.recipe) == (result["n"], "transformer")
    assert set(version.lineage["files"]) >= {"model.joblib", "metadata.json", "prompts.txt", artifact.DEEP_FILE}
    view = run_view(workspace, COMMAND_LINE, result["run_id"])
    assert view is not None
    assert {"planned", "tuning", "fold_done", "evaluated", "reported", "judged"} <= {e["event"] for e in view.events}
    assert view.evaluation.n == result["held_out"]["n"]
    assert old_app.run("SELECT count(*) FROM assay_predictions") == [(0,)]
    assert old_app.run("SELECT total_interactions FROM rlhf_reward_model_training") == [(result["n"],)]
    assert not (workspace.settings.home / "folds").exists()
    with workspace.store.read() as session:  # what compares ratings with such scores looks for an earlier training
        assert runs.latest_with_model(session, sample=False, with_scores=True) is None
    judged = verdicts.verdicts(workspace, ANA)[version.model_version]
    assert judged.judgement.adds is not None
    assert judged.judgement.adds.sentence() in judged.sentence
    assert judged.sentence == result["verdict"]
    # in use it is met itself by the next model, however few questions there are, from the vectors that are known
    models.promote(workspace, ANA, version.model_version, reason="A test.")
    assert "questions that neither was trained on" in train(workspace, "pair")["reason"]
    measured = {v.model_version: v.held_out for v in models.listed(workspace, COMMAND_LINE)}
    assert measured[version.model_version].metrics["roc_auc"].value == pytest.approx(
        version.metrics["roc_auc"].value, abs=1e-9
    )


def test_what_only_tuning_finds_is_promoted_served_and_exported(on_sqlite: Workspace, blind: None) -> None:
    """Where the deep part clearly adds, the rule puts the model in use, and everything that ranks uses it."""
    rate(on_sqlite, telling())
    result = train(on_sqlite)
    assert result["adds"]["gain"]["low"] > 0
    assert result["promoted"], result["reason"]
    ranking = reranking.rank(on_sqlite, ANA, "word1 1", ["word4 word50 word4 end", "word3 word50 word3 end"])
    assert ranking.model_version == result["model_version"]
    assert ranking.order == (1, 0)
    packed = models.as_zip(on_sqlite, ANA, result["model_version"])
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        assert f"{result['model_version']}/{artifact.DEEP_FILE}" in archive.namelist()
    # what needs out-of-fold scores of the whole model says that there are none
    answers = ["word4 word50 word4 end", "word3 word50 word3 end"]
    asked = reranking.reranker(on_sqlite).rank("word1 1", answers, guarantee=USUAL)
    assert (asked.guarantee.reason, asked.order) == (OF_A_DEEP_PART, (0, 1))
    with pytest.raises(Conflict, match="deep part"):
        guarantee.measure(on_sqlite, ANA, result["model_version"])
    with pytest.raises(Unavailable, match="deep part"):
        scoring.score_answers(on_sqlite, COMMAND_LINE, on_progress=lambda done, total: None)


def test_where_it_adds_nothing_it_is_said_and_not_promoted(on_sqlite: Workspace) -> None:
    """Shuffled ratings: the verdict names the case, and the model in use stays."""
    examples = rated_answers(200)
    ratings = np.random.default_rng(3).permutation([example.rating for example in examples])
    rate(on_sqlite, [replace(e, rating=float(r)) for e, r in zip(examples, ratings, strict=True)])
    result = train(on_sqlite)
    assert not result["promoted"]
    assert result["adds"]["gain"]["low"] <= 0
    assert result["verdict"].startswith("Not used: ")


@pytest.mark.parametrize("helps", [True, False])
def test_the_verdict_says_which_case_it_is(on_sqlite: Workspace, helps: bool) -> None:
    """A model that passes every other gate is stopped by what its deep part does not add, and the sentence says so."""
    trained = learned_from(rated_answers(60))
    gain = Metric(0.03, 0.01, 0.05) if helps else Metric(0.001, -0.01, 0.01)
    passed = Decision(Gate.PASSED, "It beats answer length: promoted.")
    decision = judge_addition(passed, Addition(gain, 40, 0.05))
    found = replace(trained, judged=Judged(decision, None), adds=Addition(gain, 40, 0.05))
    ground = dataset.TrainingSet([], [], 0, False, None, None)
    judged = promotion.judgement(on_sqlite, ground, found, embedder())
    said = judged.sentence(Use.IN_USE if helps else Use.NOT_USED)
    assert ("adds nothing here, keep the fast method" in said) is not helps
    assert ("+3.0 points of 100 [+1.0, +5.0], measured on 40 questions kept apart" in said) is helps
    few = judge_addition(passed, Addition(Metric(0.03, 0.01, 0.05), 29, None))
    assert few.gate is Gate.TOO_FEW_APART
    assert "too few to tell" in few.reason
    assert judge_addition(Decision(Gate.LENGTH, "no"), Addition(gain, 40, None)).gate is Gate.LENGTH


def test_a_champion_that_cannot_be_met_is_not_replaced(on_sqlite: Workspace, blind: None) -> None:
    """Tuned layers are not refitted: with a champion that cannot be loaded there is nothing to compare with."""
    rate(on_sqlite, telling())
    made(on_sqlite, "champion", champion=True)
    (models.version_path(on_sqlite, "champion") / "model.joblib").write_bytes(b"gone bad")
    second = train(on_sqlite)
    assert not second["promoted"]
    assert "could not be compared with the model in use" in second["reason"]


def test_too_few_ratings_are_a_result(on_sqlite: Workspace) -> None:
    """Below 300 ratings: a sentence, no model, and no failure."""
    rate(on_sqlite, rated_answers(70))
    result = train(on_sqlite)
    assert result["model_version"] is None
    assert "300 rated answers to 60 questions" in result["verdict"]
    assert history(on_sqlite, COMMAND_LINE)[0].state == "finished"


def test_a_cancelled_tuning_stops_at_once_and_the_next_goes_on(
    on_sqlite: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of the second fold: the run is cancelled, the first fold is kept, and used by the next training."""
    monkeypatch.setattr(training, "PROGRESS_SECONDS", 0.0)  # these folds take less than a second
    rate(on_sqlite, rated_answers(100))
    steps = training.train(on_sqlite, ANA, recipe="transformer")
    next(e for e in steps if isinstance(e, Tuning) and e.fold == 2)
    run = active_run(on_sqlite, COMMAND_LINE)
    training.cancel(on_sqlite, ANA, run.run_id)
    with pytest.raises(Cancelled):
        next(steps)
    assert run_view(on_sqlite, COMMAND_LINE, run.run_id).state == "cancelled"
    assert models.listed(on_sqlite, COMMAND_LINE) == []
    train(on_sqlite, "pair")  # one of another method meanwhile takes nothing away
    tuned = [e.fold for e in training.train(on_sqlite, ANA, recipe="transformer") if isinstance(e, Tuning)]
    assert set(tuned) == {2, 3}


def test_a_killed_process_is_resumed_from_its_last_fold(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real process, started as the page does, killed after its first fold; nothing of its texts stays on the disk."""
    environ = environment(sqlite_url, tmp_path / "home")
    workspace = open_workspace(environ)
    for name in ("DATABASE_URL", "ASSAY_HOME"):
        monkeypatch.setenv(name, environ[name])
    rate(workspace, rated_answers(100))
    run_id = training.start(workspace, rater(workspace, "Ben"), recipe="transformer")
    until = time.monotonic() + PATIENCE
    while not (view := run_view(workspace, COMMAND_LINE, run_id)).folds and time.monotonic() < until:
        assert view.active, view.message
        time.sleep(0.05)
    with workspace.store.read() as session:
        os.kill(int(runs.find(session, run_id).process.rpartition(":")[2]), signal.SIGKILL)
    while active_run(workspace, COMMAND_LINE) is not None and time.monotonic() < until:
        time.sleep(0.05)
    assert run_view(workspace, COMMAND_LINE, run_id).state == "failed"
    finished = len(list((tmp_path / "home" / "folds").glob("*/*.safetensors")))
    assert finished >= 1
    tuned = {e.fold for e in training.train(workspace, ANA, recipe="transformer") if isinstance(e, Tuning)}
    assert len(tuned) == 3 - finished
    assert not list((tmp_path / "home").rglob("hidden"))


def test_a_changed_deep_part_is_never_loaded(on_sqlite: Workspace) -> None:
    """One bit of the tuned layers: the version says so, and a version that was loaded before is not spoilt."""
    rate(on_sqlite, rated_answers(100))
    result = train(on_sqlite)
    folder = models.version_path(on_sqlite, result["model_version"])
    hashes = models.listed(on_sqlite, COMMAND_LINE)[0].lineage["files"]
    loaded = artifact.load(folder, hashes=hashes, encoder="fake:words")
    data = bytearray((folder / artifact.DEEP_FILE).read_bytes())
    data[-1] ^= 1
    (folder / artifact.DEEP_FILE).write_bytes(bytes(data))
    with pytest.raises(Unavailable, match=r"deep\.safetensors of .* was changed after training"):
        artifact.load(folder, hashes=hashes, encoder="fake:words")
    with pytest.raises(Unavailable, match="changed after training"):
        loaded.deep.loaded()
    assert models.listed(on_sqlite, COMMAND_LINE)[0].state == "file altered"


def test_a_backup_holds_the_deep_part(on_sqlite: Workspace, tmp_path: Path) -> None:
    """Restored elsewhere it has the same files."""
    rate(on_sqlite, rated_answers(100))
    result = train(on_sqlite)
    saved = backup.save(on_sqlite, COMMAND_LINE, tmp_path / "backup")
    files = json.loads((saved.path / "manifest.json").read_text())["files"]
    assert f"models/{result['model_version']}/{artifact.DEEP_FILE}" in files
