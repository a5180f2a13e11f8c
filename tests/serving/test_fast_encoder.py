"""The fast encoder as it is built, checked, chosen and refused; where it is installed, with the real weights."""

import fcntl
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from core.domain.errors import Unavailable
from core.domain.settings import ROOT
from core.reward import artifact
from core.reward.baselines import FittedBaselines
from core.reward.encoding import openvino_build
from core.reward.encoding.embedder import Embedder, MemoryCache, View
from core.reward.encoding.encoder import SentenceEncoder
from core.reward.encoding.openvino_encoder import OpenVinoEncoder
from core.reward.encoding.weights import PACKAGED_SHA256
from core.reward.linear import LinearModel
from core.reward.model import FittedModel
from core.reward.recipes.base import Pair
from core.reward.training.events import TrainingResult
from core.reward.training.trainer import train
from core.reward.transformer.base import load_base, locate_base
from core.reward.transformer.network import Tuned
from core.reward.transformer.served import DeepPart, pack
from core.serving import building
from core.serving.encoders import ServingEncoder, described, described_tuned
from core.serving.scoring.scorer import AnswerScorer
from tests.databases import PATIENCE
from tests.reward.fakes import rated_answers
from tests.reward.trained import events_and_result

pytestmark = pytest.mark.skipif(
    not openvino_build.installed(), reason="not here: openvino is not installed (make fast)"
)

MODEL = "all-MiniLM-L6-v2"
TEXTS = ["How is asthma treated?", "", "Inhalers open the airways. " * 30, "How is asthma treated?", "Bread recipes"]


@pytest.fixture(scope="module")
def reference() -> SentenceEncoder:
    return SentenceEncoder(MODEL)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """An ASSAY_HOME in which a process of its own has built the fast encoder."""
    home = tmp_path_factory.mktemp("built")
    folder = openvino_build.folder_for(home, PACKAGED_SHA256)
    building.start(MODEL, folder)
    building.start(MODEL, folder)  # a second server at the same moment ends by itself
    give_up = time.monotonic() + PATIENCE
    while openvino_build.read(folder) is None:
        assert time.monotonic() < give_up, (folder.parent / "build.log").read_text()
        time.sleep(0.1)
    return home


def copied(built: Path, home: Path) -> Path:
    """The build in another ASSAY_HOME; returns its folder, which is there at once, as after a build."""
    folder = openvino_build.folder_for(home, PACKAGED_SHA256)
    part = shutil.copytree(openvino_build.folder_for(built, PACKAGED_SHA256), folder.with_name("part"))
    part.rename(folder)
    return folder


def test_the_build_agrees_and_keeps_its_verdict(built: Path, reference: SentenceEncoder) -> None:
    """Row i belongs to text i, vectors have length 1, and each is close to the reference's; the check says so."""
    folder = openvino_build.folder_for(built, PACKAGED_SHA256)
    check = openvino_build.read(folder)
    assert check.usable, check.reason
    assert (check.min_cosine or 0) >= openvino_build.MIN_COSINE
    fast = OpenVinoEncoder(folder, check)
    vectors = fast.encode(TEXTS)
    assert vectors.shape == (5, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert np.array_equal(vectors[0], vectors[3])
    assert np.sum(vectors * reference.encode(TEXTS), axis=1).min() >= openvino_build.MIN_COSINE
    assert fast.encode([]).shape == (0, 384)
    assert fast.reference == reference.fingerprint != fast.fingerprint
    assert described(MODEL, built, fast=True)[1].startswith("OpenVINO int8 serves")
    assert {path.name for path in folder.parent.iterdir()} == {folder.name, "build.log", ".lock"}


@pytest.mark.skipif(sys.platform != "linux", reason="not here: a thread has no priority of its own")
def test_what_reads_the_texts_is_less_urgent_than_who_asks(built: Path) -> None:
    """Threads that take every core give way; the one that asks, which holds Python's lock, keeps its priority."""
    folder = openvino_build.folder_for(built, PACKAGED_SHA256)
    check = openvino_build.read(folder)
    fast = OpenVinoEncoder(folder, check)
    mine, before = os.getpriority(os.PRIO_PROCESS, 0), processor_time()
    fast.encode([f"{number} inhalers open the airways. " * 30 for number in range(64)])
    after = processor_time()
    worked = {thread: after[thread] - before.get(thread, 0) for thread in after}
    busiest = max(worked, key=lambda thread: worked[thread])
    assert os.getpriority(os.PRIO_PROCESS, busiest) > mine == os.getpriority(os.PRIO_PROCESS, 0)
    assert worked[threading.get_native_id()] < worked[busiest]


def processor_time() -> dict[int, int]:
    """Ticks of the processor by each thread of this process."""
    found = {}
    for stat in Path("/proc/self/task").glob("*/stat"):
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        found[int(stat.parent.name)] = int(user) + int(system)
    return found


def test_a_model_of_the_reference_is_served_without_torch_and_without_telemetry(built, reference, tmp_path) -> None:
    """A fresh process ranks with a model that was trained on the reference's vectors, and scores as the reference."""
    steps = train(
        rated_answers(prompts=12),
        recipe="pair",
        embedder=Embedder(reference, MemoryCache()),
        seed=0,
        positive_threshold=4,
        minimum=10,
    )
    *_, trained = events_and_result(steps)
    assert isinstance(trained, TrainingResult)
    metadata = artifact.Metadata("m", "pair", trained.model.encoder, "d", 48, 12, 0, 4, {})
    saved = artifact.save(tmp_path / "models", trained.model, metadata, groups=[])
    code = f"""
import sys
from pathlib import Path
from core.reward.encoding.embedder import Embedder, MemoryCache, View
from core.reward.encoding.encoder import SentenceEncoder
from core.serving.encoders import ServingEncoder
from core.serving.reranker import ModelRef, Reranker
chosen = ServingEncoder({MODEL!r}, SentenceEncoder({MODEL!r}), Path({str(built)!r}), fast=True)
ref = ModelRef("m", Path({str(saved.path)!r}), {dict(saved.hashes)!r}, sample=False)
ranker = Reranker(lambda: [ref], lambda: Embedder(chosen.current(), MemoryCache()))
ranking = ranker.rank("word1 word2", ["word1", "no"])
assert not {{"torch", "transformers", "openvino_telemetry"}} & set(sys.modules), "imported"
print(chosen.current().back_end, *ranking.scores, sep="|")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    back_end, *scores = done.stdout.strip().split("|")
    assert back_end == "OpenVINO int8"
    expected = trained.model.score(
        [Pair("word1 word2", "word1"), Pair("word1 word2", "no")], Embedder(reference, MemoryCache())
    )
    assert np.allclose([float(score) for score in scores], expected, atol=0.05)


def test_the_reference_serves_until_the_build_is_there(built: Path, reference: SentenceEncoder, tmp_path: Path) -> None:
    """A loaded reference answers at once; the build is picked up by a later call, without a restart."""
    reference.encode(["loaded"])
    (tmp_path / "encoders").mkdir()
    with (tmp_path / "encoders" / ".lock").open("w") as lock:  # somebody else is building
        fcntl.flock(lock, fcntl.LOCK_EX)
        serving = ServingEncoder(MODEL, reference, tmp_path, fast=True)
        assert serving.current() is reference
        copied(built, tmp_path)
        give_up = time.monotonic() + PATIENCE
        while serving.current() is reference:
            assert time.monotonic() < give_up
            time.sleep(0.05)
    assert serving.current().back_end == "OpenVINO int8"


def test_a_build_is_found_without_starting_one(built: Path, reference: SentenceEncoder, tmp_path: Path) -> None:
    """A training looks for it: where there is none it starts none, and whoever ranks next still does."""
    nothing = ServingEncoder(MODEL, reference, tmp_path, fast=True)
    assert nothing.built() is None
    assert nothing.pending
    assert not (tmp_path / "encoders").exists()
    found = ServingEncoder(MODEL, reference, built, fast=True)
    assert found.built() is found.current()
    assert found.current().back_end == "OpenVINO int8"
    assert ServingEncoder(MODEL, reference, built, fast=False).built() is None


def test_tuned_layers_are_built_too_and_read_in_one_go(built: Path, reference: SentenceEncoder, tmp_path: Path) -> None:
    """They serve as they were tuned until the build is there; then one pass reads for them and for the encoder."""
    copied(built, tmp_path)
    part, file = tuned_part(tmp_path)
    serving = ServingEncoder(MODEL, reference, tmp_path, fast=True)
    fast = serving.built()
    assert fast is not None
    source = Embedder(fast, MemoryCache(), serving.tuned)
    pairs = [Pair(TEXTS[0], text) for text in TEXTS[1:]]
    slowly = part.log_odds(pairs, source)  # starts the build, and does not wait for it
    assert serving.tuned_pending(part.sha256)
    give_up = time.monotonic() + PATIENCE
    while (tuned := serving.tuned(part.sha256, file)) is None:
        assert serving.tuned_pending(part.sha256), "it was refused"
        assert time.monotonic() < give_up, (tmp_path / "encoders" / "build.log").read_text()
        time.sleep(0.1)
    source = Embedder(fast, MemoryCache(), serving.tuned)
    assert part.log_odds(pairs, source) == pytest.approx(slowly, abs=0.15)
    assert source.unread(TEXTS, View.WINDOWS) == {}
    in_one_go = source.vectors(TEXTS, View.WINDOWS)
    for text, vectors in Embedder(reference, MemoryCache()).vectors(TEXTS, View.WINDOWS).items():
        assert np.sum(in_one_go[text] * vectors, axis=1).min() >= openvino_build.MIN_COSINE
    assert described_tuned(tmp_path, part.sha256, fast=True) == (
        True,
        f"OpenVINO int8 serves. {agreed(tmp_path, part)}",
    )
    assert described_tuned(tmp_path, part.sha256, fast=False) == (True, "the deep part is read as it was trained")
    # what scores a file names the build, so that no part of it is read by another one
    scorer = scorer_of(part, tmp_path, fast.fingerprint, tuned.fingerprint)
    assert scorer.embedder().build_of(part.sha256, None).fingerprint == tuned.fingerprint
    with pytest.raises(Unavailable, match="cannot load the encoder"):
        scorer_of(part, tmp_path, fast.fingerprint, "another").embedder()
    openvino_build.remove(tmp_path, part.sha256)
    assert [path.name for path in (tmp_path / "encoders").iterdir() if path.is_dir()] == [
        openvino_build.folder_for(tmp_path, PACKAGED_SHA256).name
    ]
    assert ServingEncoder(MODEL, reference, built, fast=False).tuned(part.sha256, file) is None


def agreed(home: Path, part: DeepPart) -> str:
    """What was found about the build of tuned layers."""
    check = openvino_build.read(openvino_build.folder_for(home, part.sha256))
    assert check is not None
    assert "agree with the tuned layers" in check.reason
    return check.reason


def tuned_part(folder: Path) -> tuple[DeepPart, Path]:
    """One fold of the packaged model, its layers a little moved, and the file it lies in."""
    layers, rng = load_base(locate_base("")), np.random.default_rng(0)
    network = Tuned(layers)
    width = 4 * layers.dim
    network.start_at(np.zeros(width), np.ones(width), rng.normal(0, 0.3, width), 0.3)
    tensors = network.tensors()
    moved = {name: values + rng.normal(0, 1e-3, values.shape) for name, values in tensors.items() if "layer." in name}
    tensors |= {name: values.astype(np.float32) for name, values in moved.items()}
    data = pack([tensors], locate_base(""), layers.dim)
    file = folder / artifact.DEEP_FILE
    file.write_bytes(data)
    return DeepPart(file.read_bytes, DeepPart.of(data).sha256, file), file


def scorer_of(part: DeepPart, home: Path, encoder: str, tuned: str) -> AnswerScorer:
    none = np.zeros(0, dtype=np.float32)
    model = FittedModel("transformer", "", LinearModel(none, none, 0.0), 0.5, FittedBaselines(0.5, {}), part)
    return AnswerScorer("v", model, None, MODEL, home, encoder, tuned)


def test_a_build_that_was_altered_is_not_loaded(built: Path, tmp_path: Path, caplog) -> None:
    """One changed byte, and the reference serves; the log and the doctor say which folder to remove."""
    folder = copied(built, tmp_path)
    weights = folder / openvino_build.WEIGHTS_FILE
    data = bytearray(weights.read_bytes())
    data[1000] ^= 1
    weights.write_bytes(data)
    reference = SentenceEncoder(MODEL)
    assert ServingEncoder(MODEL, reference, tmp_path, fast=True).current() is reference
    assert f"Remove {folder}" in caplog.text
    with pytest.raises(Exception, match="was changed"):
        described(MODEL, tmp_path, fast=True)


def test_a_build_that_differs_is_refused(tmp_path: Path, caplog) -> None:
    """The check is kept: it is not built again at every start, and the doctor tells why."""
    folder = openvino_build.folder_for(tmp_path, PACKAGED_SHA256)
    folder.mkdir(parents=True)
    reason = "Its vectors differ from sentence-transformers: smallest cosine 0.8500 over 113 texts."
    openvino_build.write(
        folder, openvino_build.BuildCheck(False, reason, f"{PACKAGED_SHA256}:torch", 0.85, 113, 384, 256, 0, 9.0, {})
    )
    reference = SentenceEncoder(MODEL)
    serving = ServingEncoder(MODEL, reference, tmp_path, fast=True)
    assert serving.current() is serving.current() is reference
    assert caplog.text.count(reason) == 1
    healthy, detail = described(MODEL, tmp_path, fast=True)
    assert not healthy
    assert reason in detail
    assert not (tmp_path / "encoders" / "build.log").exists()


def test_a_model_that_cannot_be_built_gets_a_verdict_too(tmp_path: Path) -> None:
    """An EMB_MODEL directory that cannot be loaded leaves a sentence and no half-made files."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"no weights")
    folder = tmp_path / "encoders" / "build"
    folder.parent.mkdir()
    command = [sys.executable, "-m", "core.serving.building", str(tmp_path / "model"), str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    check = openvino_build.read(folder)
    assert not check.usable
    assert "could not be built" in check.reason
    assert [path.name for path in folder.iterdir()] == [openvino_build.CHECK_FILE]
