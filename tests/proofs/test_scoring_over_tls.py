"""`core score --scheduler tls://...` on a cluster of Dask's own processes with certificates."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pandas as pd
import pytest

from core.serving.scoring.cluster import installed
from tests.databases import PATIENCE, ROOT
from tests.replicas import OPENSSL, certify

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not installed() or not OPENSSL, reason="not here: Dask is optional (make dask)"),
]


@pytest.fixture
def certified(tmp_path: Path) -> dict[str, Path]:
    """Two folders with certificates that do not trust each other."""
    folders = {name: tmp_path / name for name in ("ours", "stranger")}
    for folder in folders.values():
        folder.mkdir()
        certify(folder)
    return folders


def flags(folder: Path) -> list[str]:
    """As Dask's programs take them."""
    names = {"tls-ca-file": "certificate.pem", "tls-cert": "certificate.pem", "tls-key": "key.pem"}
    return [part for name, file in names.items() for part in (f"--{name}", str(folder / file))]


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A scheduler and a worker that speak TLS only; the scheduler's address."""
    environ = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    told = folder / "scheduler.json"
    common = [*flags(folder), "--protocol", "tls", "--scheduler-file", str(told), "--no-dashboard"]
    with ExitStack() as running, (folder / "log").open("wb") as log:

        def start(program: str, *arguments: str) -> None:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{program}", *common, *arguments],
                env=environ,
                cwd=folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            running.callback(process.wait)
            running.callback(process.kill)

        start("scheduler", "--host", "127.0.0.1", "--port", "0")
        until = time.monotonic() + PATIENCE
        while not told.is_file() or not told.read_text():
            assert time.monotonic() < until, (folder / "log").read_text()
            threading.Event().wait(0.1)
        start("worker", "--nthreads", "1", "--nworkers", "1")
        yield str(json.loads(told.read_text())["address"])


def score(file: Path, out: Path, *arguments: str, trusts: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command, with the certificates in a folder."""
    environ = dict(os.environ)
    if trusts is not None:
        place = "DASK_DISTRIBUTED__COMM__TLS__"
        environ |= {
            f"{place}CA_FILE": str(trusts / "certificate.pem"),
            f"{place}CLIENT__CERT": str(trusts / "certificate.pem"),
            f"{place}CLIENT__KEY": str(trusts / "key.pem"),
        }
    command = [sys.executable, "-m", "core", "score", str(file), "--out", str(out), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=PATIENCE)


def test_texts_travel_to_a_cluster_that_certificates_vouch_for(
    trained_home: Path, certified: dict[str, Path], tmp_path: Path, proven_once
) -> None:
    """The scores are those of this machine; who has another certificate, or none, gets a sentence and sends nothing."""
    file = tmp_path / "answers.csv"
    rows = [{"user_prompt": f"What helps in case {n}?", "ai_response": f"Do {n} things. " * (n % 5)} for n in range(60)]
    pd.DataFrame(rows).to_csv(file, index=False)
    here = score(file, tmp_path / "here.csv")
    assert here.returncode == 0, here.stderr
    with cluster(certified["ours"]) as address:
        assert address.startswith("tls://")
        for stranger in (certified["stranger"], None):
            refused = score(file, tmp_path / "refused.csv", "--scheduler", address, trusts=stranger)
            assert refused.returncode == 1, refused.stdout + refused.stderr
            assert "The Dask scheduler does not answer" in refused.stderr
            assert "Traceback" not in refused.stderr
            assert not (tmp_path / "refused.csv").exists()
        there = score(file, tmp_path / "there.csv", "--scheduler", address, trusts=certified["ours"])
        assert there.returncode == 0, there.stderr
    ours, theirs = (pd.read_csv(tmp_path / name) for name in ("here.csv", "there.csv"))
    assert ours.columns.tolist() == theirs.columns.tolist()
    assert (ours["score"] - theirs["score"]).abs().max() < 1e-5
    proven_once(
        f"{len(ours)} rows scored by a scheduler and a worker over TLS as on this machine; with another certificate or "
        "none: a sentence, nothing sent"
    )
