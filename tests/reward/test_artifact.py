import hashlib
import json
import pickle
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest

from core.domain.errors import BadInput, Conflict, Unavailable
from core.domain.metrics import Metric
from core.reward import artifact
from core.reward.artifact import Metadata, Saved
from core.reward.evaluation.explain import Kind, reasons
from core.reward.linear import LinearModel, logistic
from core.reward.recipes.base import Pair, feature_matrix
from core.reward.recipes.pair import SCALARS
from core.reward.recipes.registry import PAIR
from core.reward.training.events import TrainingResult
from core.reward.training.trainer import train
from tests.reward.fakes import DIM, embedder, rated_answers
from tests.reward.trained import events_and_result

ENCODER = "fake:words"


@pytest.fixture(scope="module")
def trained() -> TrainingResult:
    steps = train(rated_answers(20), recipe="pair", embedder=embedder(), seed=0, positive_threshold=4, minimum=10)
    *_, last = events_and_result(steps)
    assert isinstance(last, TrainingResult)
    return last


def save(root: Path, trained: TrainingResult, version: str = "v1") -> Saved:
    metadata = Metadata(
        model_version=version,
        recipe="pair",
        encoder=ENCODER,
        data_fingerprint=trained.report.fingerprint,
        n=80,
        prompts=20,
        seed=0,
        positive_threshold=4,
        metrics={"accuracy": Metric(0.8, 0.7, 0.9), "roc_auc": Metric(None, reason="not estimable: one class only")},
    )
    return artifact.save(root, trained.model, metadata, groups=trained.groups, confidence=trained.confidence)


def older(saved: Saved) -> dict[str, str]:
    """What the database knows of a version of an earlier release."""
    return {artifact.MODEL_FILE: saved.hashes[artifact.MODEL_FILE]}


def test_a_saved_model_scores_as_before(tmp_path: Path, trained: TrainingResult) -> None:
    """What comes back from disk is the model that was trained."""
    saved = save(tmp_path / "new" / "models", trained)
    loaded = artifact.load(saved.path, hashes=saved.hashes, encoder=ENCODER)
    pairs = [Pair("word1 word2", "word1 and more"), Pair("word1 word2", "")]
    assert np.array_equal(loaded.score(pairs, embedder()), trained.model.score(pairs, embedder()))
    assert artifact.trained_groups(saved.path, hashes=saved.hashes, prompts=len(trained.groups)) == trained.groups
    assert (saved.path / artifact.MODEL_FILE).stat().st_size < 100_000
    assert stat.S_IMODE(saved.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(saved.path.parent.stat().st_mode) == 0o700
    assert [path.name for path in saved.path.parent.iterdir()] == ["v1"]


def test_a_model_of_the_release_before_still_ranks(tmp_path: Path, trained: TrainingResult) -> None:
    """It was fitted without the columns for the form of an answer, and scores and explains as it did then."""
    columns = 4 * DIM + len(SCALARS)
    before = LinearModel(np.zeros(columns, np.float32), np.linspace(-1, 1, columns, dtype=np.float32), 0.25)
    old = replace(trained, model=replace(trained.model, linear=before))
    saved = save(tmp_path, old)
    described = json.loads((saved.path / "metadata.json").read_text()) | {"format": 2}
    (saved.path / "metadata.json").write_text(json.dumps(described))
    loaded = artifact.load(saved.path, hashes=older(saved), encoder=ENCODER)
    pairs = [Pair("word1 word2", "word1 and more"), Pair("word1 word2", "nothing of it, or is it?")]
    features = feature_matrix(PAIR, pairs, embedder())
    assert loaded.score(pairs, embedder()) == pytest.approx(logistic(features[:, :columns] @ before.weights + 0.25))
    assert np.array_equal(loaded.predict(features), loaded.score(pairs, embedder()))
    assert {reason.kind for reason in reasons(loaded, pairs, embedder())[0]} == set(Kind) - {Kind.FORM, Kind.DEEP}


def test_the_metadata_says_what_the_lead_asks(tmp_path: Path, trained: TrainingResult) -> None:
    """Listing versions reads JSON only."""
    saved = save(tmp_path, trained)
    described = artifact.read_metadata(saved.path)
    assert described["format"] == artifact.FORMAT
    assert described["sha256"] == saved.hashes[artifact.MODEL_FILE]
    assert described["metrics"]["accuracy"] == {"value": 0.8, "low": 0.7, "high": 0.9}
    assert described["metrics"]["roc_auc"]["reason"] == "not estimable: one class only"
    assert described["created_at"].endswith("+00:00")
    assert {"numpy", "torch"} <= set(described["libraries"])


def test_a_version_is_never_overwritten(tmp_path: Path, trained: TrainingResult) -> None:
    """The second save of a name changes nothing."""
    saved = save(tmp_path, trained)
    with pytest.raises(Conflict, match="exists already"):
        save(tmp_path, trained)
    artifact.verified(saved.path, hashes=saved.hashes)


@pytest.mark.parametrize("version", ["", "../v1", "a/b", ".hidden", "v 1"])
def test_a_version_is_a_plain_name(tmp_path: Path, trained: TrainingResult, version: str) -> None:
    """No name leads out of the model directory."""
    with pytest.raises(BadInput, match="is no name"):
        save(tmp_path, trained, version)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_save_leaves_nothing_behind(
    tmp_path: Path, trained: TrainingResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk costs the version, not the directory."""

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Unavailable, match="No space left"):
        save(tmp_path, trained)
    assert list(tmp_path.iterdir()) == []


class Trap:
    """Unpickling it leaves a file behind."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple:
        return (Path.touch, (self.witness,))


def test_a_changed_file_is_never_unpickled(tmp_path: Path, trained: TrainingResult) -> None:
    """The hash is checked before a single byte is interpreted."""
    saved, witness = save(tmp_path, trained), tmp_path / "unpickled"
    (saved.path / artifact.MODEL_FILE).write_bytes(pickle.dumps(Trap(witness)))
    with pytest.raises(Unavailable, match="was changed after training"):
        artifact.load(saved.path, hashes=saved.hashes, encoder=ENCODER)
    assert not witness.exists()


def test_a_file_that_holds_something_else_is_refused(tmp_path: Path, trained: TrainingResult) -> None:
    """Even with the right hash only a model is a model."""
    saved = save(tmp_path, trained)
    joblib.dump({"weights": 1}, saved.path / artifact.MODEL_FILE)
    sha256 = hashlib.sha256((saved.path / artifact.MODEL_FILE).read_bytes()).hexdigest()
    with pytest.raises(Unavailable, match="holds no model"):
        artifact.load(saved.path, hashes={artifact.MODEL_FILE: sha256}, encoder=ENCODER)


def test_another_encoder_is_refused(tmp_path: Path, trained: TrainingResult) -> None:
    """Scores from other vectors would mean nothing, so there are none."""
    saved = save(tmp_path, trained)
    with pytest.raises(Unavailable, match="another encoder"):
        artifact.load(saved.path, hashes=saved.hashes, encoder="other:torch")


@pytest.mark.parametrize(
    "damage, words",
    [
        (lambda path: (path / "metadata.json").unlink(), "not there"),
        (lambda path: (path / "metadata.json").write_text("{"), "damaged"),
        (lambda path: (path / "metadata.json").write_text(json.dumps({"format": 99})), "format 99"),
        (lambda path: (path / "metadata.json").write_text(json.dumps({"format": 1})), "earlier release"),
        (lambda path: (path / "metadata.json").write_text("[]"), "format None"),
        (lambda path: (path / "model.joblib").unlink(), "model.joblib of v1 is missing"),
    ],
)
def test_what_is_missing_or_unknown_is_a_sentence(tmp_path: Path, trained: TrainingResult, damage, words: str) -> None:
    """A damaged version says what is wrong and what to do."""
    saved = save(tmp_path, trained)
    damage(saved.path)
    with pytest.raises(Unavailable, match=rf"{words}.*Train again"):
        artifact.load(saved.path, hashes=saved.hashes, encoder=ENCODER)


def test_missing_prompts_are_a_sentence(tmp_path: Path, trained: TrainingResult) -> None:
    """Without the list of training prompts nothing is claimed about seen prompts."""
    saved = save(tmp_path, trained)
    (saved.path / artifact.PROMPTS_FILE).write_text("")
    for hashes in (saved.hashes, older(saved)):
        with pytest.raises(Unavailable, match=r"prompts.txt of v1 was changed after training"):
            artifact.trained_groups(saved.path, hashes=hashes, prompts=len(trained.groups))
    (saved.path / artifact.PROMPTS_FILE).unlink()
    for hashes in (saved.hashes, older(saved)):
        with pytest.raises(Unavailable, match=r"prompts.txt of v1 is missing"):
            artifact.trained_groups(saved.path, hashes=hashes, prompts=len(trained.groups))


def test_an_unreadable_pickle_is_a_sentence(tmp_path: Path, trained: TrainingResult) -> None:
    """A file with the right hash that these libraries cannot read raises nothing but our own error."""
    saved = save(tmp_path / "models", trained)
    data = b"cno_such_module\nThing\n."
    (saved.path / artifact.MODEL_FILE).write_bytes(data)
    with pytest.raises(Unavailable, match="cannot be read with the libraries"):
        artifact.load(saved.path, hashes={artifact.MODEL_FILE: hashlib.sha256(data).hexdigest()}, encoder=ENCODER)


def test_loading_and_scoring_needs_neither_scikit_learn_nor_torch(tmp_path: Path, trained: TrainingResult) -> None:
    """A program that ranks with known vectors starts fast."""
    saved = save(tmp_path, trained)
    code = (
        "import sys; from pathlib import Path; from core.reward import artifact;"
        "from core.reward.recipes.base import Pair; from tests.reward.fakes import embedder;"
        f"model = artifact.load(Path({str(saved.path)!r}), hashes={dict(saved.hashes)!r}, encoder={ENCODER!r});"
        "model.score([Pair('a', 'b')], embedder());"
        "sys.exit(bool({'sklearn', 'scipy', 'torch', 'transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
