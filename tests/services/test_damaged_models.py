"""Whatever happens to a file of a model, whoever reads it gets the promised fallback or a sentence,
and doctor names it.
"""

import hashlib
import io
import json
import logging
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

import core
from core.cli.main import main
from core.domain.errors import AssayError
from core.domain.roles import COMMAND_LINE
from core.http.api import Api
from core.reward import artifact
from core.services.models import compare, evaluate, models
from core.services.operations import doctor
from core.services.reranking import explain, reranking
from core.services.workspace import Workspace
from tests.reward.fakes import embedder, reference_embedder
from tests.reward.test_artifact import Trap
from tests.services.versions_made import made

FILES = (artifact.MODEL_FILE, artifact.METADATA_FILE, artifact.PROMPTS_FILE, artifact.KNOWN_FILE)
TEXTS = ["no", "word1 word2", "word3"]


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 16
    file.write_bytes(bytes(data))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


def pickled(file: Path) -> None:
    file.write_bytes(pickle.dumps(Trap(file.with_name("unpickled"))))


def objects(file: Path) -> None:
    """Arrays that only unpickling could read."""
    groups = np.array([Trap(file.with_name("unpickled"))], dtype=object)
    np.savez(file.with_suffix(".npz"), groups=groups, vectors=groups, allow_pickle=True)
    file.with_suffix(".npz").replace(file)


def bomb(file: Path) -> None:
    """Some kilobytes that unfold to 200 MB."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f2", "fortran_order": False, "shape": (100_000, 1_000)})
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("groups.npy", "vectors.npy"):
            archive.writestr(name, header.getvalue() + bytes(100_000_000))


def other_arrays(file: Path) -> None:
    """Whole, but made for another encoder, and not numbers."""
    vectors = np.full((3, 7), np.nan, dtype=np.float16)
    np.savez(file.with_suffix(".npz"), groups=np.zeros((3, 32), dtype=np.uint8), vectors=vectors)
    file.with_suffix(".npz").replace(file)


def folder_instead(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "flipped": flip,
    "cut": cut,
    "deleted": Path.unlink,
    "pickled": pickled,
    "objects": objects,
    "bomb": bomb,
    "other arrays": other_arrays,
    "a folder": folder_instead,
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is shown here does not depend on the kind of database."""
    return sqlite_url


@pytest.fixture
def readers(workspace: Workspace, tmp_path: Path, monkeypatch, capsys, caplog) -> Callable[[], dict]:
    """Everybody who reads a model, as in a process that starts now; what each of them answered."""
    monkeypatch.setenv("ASSAY_HOME", str(workspace.settings.home))
    monkeypatch.setenv("DATABASE_URL", workspace.settings.database_url)
    monkeypatch.setattr(reranking, "_embedder", lambda settings, store: embedder())
    for module in (evaluate, compare, explain):
        monkeypatch.setattr(module, "reference_embedder", reference_embedder)
    candidates, rated = tmp_path / "candidates.txt", tmp_path / "rated.csv"
    candidates.write_text("\n---\n".join(TEXTS))
    rated.write_text("user_prompt,ai_response,rating\nq1,a,5\nq1,b,1\nq2,a,4\nq2,b,2\n")

    def sentence(act: Callable[[], object]) -> object:
        try:
            return act()
        except AssayError as error:
            return error

    def read() -> dict:
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            ranked = core.rerank_candidates("word1 word2", TEXTS)
        warned = [line for line in caplog.messages if "kept the input order" in line]
        api = Api(lambda: workspace)
        client = TestClient(api.app, base_url="http://localhost:8501", client=("127.0.0.1", 50000))
        answer = client.post("/v1/rerank", json={"query": "word1 word2", "documents": TEXTS})
        capsys.readouterr()
        status = main(["rerank", "--prompt", "word1 word2", "--candidates", str(candidates), "--json"])
        told = json.loads(capsys.readouterr().out.splitlines()[-1])
        evaluated = main(["evaluate", str(rated), "--json"])
        said = capsys.readouterr()
        return {
            "ranked": [one["text"] for one in ranked],
            "scores": [one["_score"] for one in ranked],
            "warned": warned,
            "certainty": core.rerank_with_certainty("word1 word2", TEXTS, abstain=True),
            "info": core.get_model_info(),
            "http": answer,
            "command line": (status, told),
            "evaluate": (evaluated, said.err),
            "explained": sentence(lambda: explain.explain(workspace, COMMAND_LINE, "word1 word2", TEXTS, only=[0])),
            "compared": sentence(lambda: compare.compare(workspace, COMMAND_LINE, "v1", "v2")),
            "zip": sentence(lambda: models.as_zip(workspace, COMMAND_LINE, "v1")),
            "state": {v.model_version: v.state for v in models.listed(workspace, COMMAND_LINE)},
            "trouble": models.trouble(workspace, COMMAND_LINE),
            "doctor": {c["name"]: c for c in doctor.examine()["checks"]},
        }

    return read


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_of_a_model_is_noticed_by_everybody(workspace, readers, file: str, damage: str) -> None:
    """The order of the input, scores None, one line, no error; the file is named where somebody can see to it."""
    made(workspace, "v2")
    made(workspace, "v1", champion=True)
    place = models.version_path(workspace, "v1") / file
    DAMAGES[damage](place)
    found = readers()
    assert (found["ranked"], found["scores"]) == (TEXTS, [None] * 3)
    assert len(found["warned"]) == 1
    assert file in found["warned"][0]
    assert found["certainty"]["fallback"] is True
    assert found["info"]["is_ready"] is False
    assert str(workspace.settings.home) not in found["info"]["reason"]
    assert found["http"].status_code == 503
    status, told = found["command line"]
    assert (status, told["fallback"], [row["score"] for row in told["results"]]) == (0, True, [None] * 3)
    status, said = found["evaluate"]
    assert status == 1
    assert file in said
    for reader in ("compared", "zip"):
        assert file in str(found[reader])
    assert "Answers keep their original order" in found["trouble"]
    assert str(workspace.settings.home) not in found["trouble"]
    check = found["doctor"]["model v1"]
    assert not check["ok"]
    assert str(place) in check["detail"]
    assert "model files" not in found["doctor"]
    assert not place.with_name("unpickled").exists()


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_of_an_older_model_never_raises(workspace, readers, file: str, damage: str) -> None:
    """Only the hash of its model file is known: the model serves without what else is damaged,
    and doctor names that.
    """
    made(workspace, "v2", older=True)
    made(workspace, "v1", champion=True, older=True)
    place = models.version_path(workspace, "v1") / file
    DAMAGES[damage](place)
    found = readers()
    serves = found["scores"] != [None] * 3
    assert serves == (found["http"].status_code == 200) == found["info"]["is_ready"]
    if file == artifact.MODEL_FILE:
        assert not serves
    if file in (artifact.PROMPTS_FILE, artifact.KNOWN_FILE):
        assert serves
    if (damage, file) not in (("flipped", artifact.PROMPTS_FILE), ("flipped", artifact.METADATA_FILE)):
        check = found["doctor"]["model v1"]
        assert not check["ok"]
        assert file in check["detail"]
    assert not place.with_name("unpickled").exists()


@pytest.mark.parametrize("damage", ["objects", "bomb", "other arrays", "pickled"])
def test_vectors_forged_with_their_hash_never_raise(workspace, readers, damage: str) -> None:
    """In a version of an earlier release both files can be replaced; they are read as numbers, in bounds,
    or not at all.
    """
    made(workspace, "v2", older=True)
    made(workspace, "v1", champion=True, older=True)
    folder = models.version_path(workspace, "v1")
    DAMAGES[damage](folder / artifact.KNOWN_FILE)
    described = json.loads((folder / artifact.METADATA_FILE).read_text())
    forged = hashlib.sha256((folder / artifact.KNOWN_FILE).read_bytes()).hexdigest()
    described["honesty"]["known_sha256"] = forged
    (folder / artifact.METADATA_FILE).write_text(json.dumps(described))
    found = readers()
    assert found["scores"] != [None] * 3
    assert artifact.load_confidence(folder, hashes={}) is None
    assert found["http"].status_code == 200
    assert not (folder / "unpickled").exists()


@pytest.mark.parametrize(
    "figures",
    [
        {"margin": "wide"},
        {"levels": [{"start": 0, "good": 0, "n": 0}]},
        {"familiar": [1]},
        {"pairs": None},
        {"levels": 3},
        {"margin": float("nan")},
        {"margin": float("inf")},
        {"familiar": {}},
        {"levels": [{"start": "low", "good": 1, "n": 2}]},
    ],
)
def test_forged_figures_never_raise(workspace, readers, figures: dict) -> None:
    """They are figures or nothing."""
    made(workspace, "v2", older=True)
    made(workspace, "v1", champion=True, older=True)
    file = models.version_path(workspace, "v1") / artifact.METADATA_FILE
    described = json.loads(file.read_text())
    described["honesty"] |= figures
    file.write_text(json.dumps(described))
    found = readers()
    assert found["scores"] != [None] * 3
    assert found["certainty"]["doubt"] is None
    assert found["http"].status_code == 200


def test_older_models_and_new_ones_are_all_unaltered(workspace, readers) -> None:
    """Those that the release before made stay readable and usable, and doctor says nothing of them."""
    made(workspace, "v2", older=True)
    made(workspace, "v1", champion=True, older=True)
    made(workspace, "v3")
    found = readers()
    assert found["ranked"][0] == "word1 word2"
    for name in ("v1", "v3"):
        honesty = artifact.load_confidence(models.version_path(workspace, name), hashes={})
        assert honesty is not None
        assert honesty.known is not None
    assert found["doctor"]["model files"]["detail"] == "3 versions, all unaltered"
    assert set(found["state"].values()) == {"available", "champion"}
    assert found["trouble"] is None


def test_a_server_that_had_loaded_the_model_says_that_it_goes_on(workspace, readers) -> None:
    """Damage keeps the loaded model, and the page says so instead of that the order is kept."""
    made(workspace, "v1", champion=True)
    ranker = reranking.reranker(workspace)
    usual = ranker.rank("word1 word2", TEXTS)
    cut(models.version_path(workspace, "v1") / artifact.KNOWN_FILE)
    assert ranker.rank("word1 word2", TEXTS) == usual
    said = models.trouble(workspace, COMMAND_LINE)
    assert said is not None
    assert "prompts.npz of v1 was changed" in said
    assert "This server loaded it before and goes on ranking with its copy" in said
    assert "cannot be loaded" not in said
