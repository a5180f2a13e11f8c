"""A dashboard in a process of its own, for measuring it from outside."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[1]


@contextmanager
def running(environ: dict[str, str], port: int) -> Iterator[None]:
    """The dashboard with this environment, ended with the block."""
    command = [sys.executable, "-m", "streamlit", "run", "Home.py", "--server.port", str(port)]
    process = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ready(port, "/_stcore/health")
        yield
    finally:
        process.terminate()
        process.wait()


def ready(port: int, path: str, seconds: float = 120) -> None:
    """Wait until this path answers with 200.

    Raises:
        RuntimeError: it does not within ``seconds``.
    """
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        try:
            with urlopen(f"http://{HOST}:{port}{path}", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError(f"{path} did not get ready within {seconds:.0f} seconds")
