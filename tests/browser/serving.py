"""A real dashboard on a port of its own, ended by its number, with waiting for conditions instead of for time."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.databases import PATIENCE

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Dashboard:
    """A running server."""

    url: str
    home: Path

    def query(self, sql: str) -> list[tuple]:
        """What is in the database file itself."""
        with closing(sqlite3.connect(self.home / "assay.db", timeout=PATIENCE)) as file:
            return file.execute(sql).fetchall()


@contextmanager
def serve(home: Path, *flags: str, **environ: str) -> Iterator[Dashboard]:
    """`streamlit run Home.py` in a process of its own, with this ASSAY_HOME, these flags and these further settings."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "Home.py", "--server.port", str(port), *flags],
            cwd=ROOT,
            env=os.environ | {"ASSAY_HOME": str(home)} | environ,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health", process, log)
            yield Dashboard(f"http://127.0.0.1:{port}", home)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    assert b"Traceback" not in log.read_bytes(), log.read_text(errors="replace")[-3000:]


def _wait_for(url: str, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"the dashboard did not start: {log.read_text(errors='replace')[-2000:]}")
