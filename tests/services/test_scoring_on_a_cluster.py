"""`core score --scheduler` with a real Dask cluster over TLS, whose certificates are made here."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.serving.scoring import cluster, parts
from tests.databases import PATIENCE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not cluster.installed(), reason="not here: Dask is optional (make dask)"),
]

ROOT = Path(__file__).parents[2]
CLUSTER = """
import sys
from distributed import LocalCluster, Security

if __name__ == "__main__":
    secured = Security(require_encryption=True)
    options = {"threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1", "protocol": "tls://"}
    with LocalCluster(n_workers=2, security=secured, **options) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


def made(place: Path) -> tuple[Path, Path]:
    """A key and a certificate that it signed itself."""
    key, certificate = place.with_suffix(".key"), place.with_suffix(".crt")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """What scheduler, workers and the command are told: one certificate that all of them trust."""
    key, certificate = made(tmp_path / "ours")
    tls = "DASK_DISTRIBUTED__COMM__TLS__"
    places = {f"{tls}CA_FILE": certificate}
    for who in ("SCHEDULER", "WORKER", "CLIENT"):
        places |= {f"{tls}{who}__CERT": certificate, f"{tls}{who}__KEY": key}
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return os.environ | {name: str(file) for name, file in places.items()} | {"PYTHONPATH": path}


@pytest.fixture
def address(tmp_path: Path, environ: dict[str, str]) -> Iterator[str]:
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    process = subprocess.Popen(
        [sys.executable, script], env=environ, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.communicate("", timeout=PATIENCE)


def test_over_tls_killed_and_started_again(trained_home, tmp_path: Path, environ: dict[str, str], address: str) -> None:
    """The parts that were done are kept, and the numbers are those of processes on this machine."""
    assert address.startswith("tls://")
    file, number = tmp_path / "many.jsonl", 3 * parts.PART_ROWS
    rows = ({"question": f"question {n // 2}", "answer": f"answer {n} of them"} for n in range(number))
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    command = [sys.executable, "-m", "core", "score", str(file), "--json", "--out"]
    far, here = tmp_path / "far.parquet", tmp_path / "here.parquet"
    process = subprocess.Popen([*command, str(far), "--scheduler", address], env=environ, start_new_session=True)
    until = time.monotonic() + PATIENCE
    while not list((tmp_path / "far.parquet.parts").glob("part-*")):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not far.exists()
    done = subprocess.run([*command, str(far), "--scheduler", address], env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert parts.FEWEST_ROWS <= result["kept"] < number
    assert result["scored"] == number
    subprocess.run([*command, str(here), "--workers", "2"], check=True, capture_output=True)
    scored, wanted = (pq.read_table(one).to_pydict() for one in (far, here))
    assert scored["answer"] == [f"answer {n} of them" for n in range(number)]
    assert scored["score"] == pytest.approx(wanted["score"], abs=1e-5)
