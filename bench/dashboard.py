"""A dashboard in a process of its own, for measuring it from outside, and load in another one."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[1]
RELEASE = "e0c1b4a"
"""The commit of the last release, which is measured beside this one."""


@contextmanager
def running(environ: dict[str, str], port: int, root: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """The dashboard of the code in ``root`` with this environment, ended with the block; its process."""
    command = [sys.executable, "-m", "streamlit", "run", "Home.py", "--server.port", str(port)]
    process = subprocess.Popen(command, env=environ, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ready(port, "/_stcore/health")
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def last_release() -> Iterator[Path]:
    """The code of the last release in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "release"
        subprocess.run(["git", "worktree", "add", "--detach", root, RELEASE], cwd=ROOT, check=True, capture_output=True)
        try:
            yield root
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", root], cwd=ROOT, check=True, capture_output=True)


@contextmanager
def alongside(module: str, *given: object, environ: dict[str, str] | None = None) -> Iterator[list[Any]]:
    """Run a module during the block, which says "begun" once it works and ends when its input is closed.

    Afterwards the list holds what it then said, in JSON.

    Raises:
        RuntimeError: it did not begin.
    """
    command = [sys.executable, "-m", module, *map(str, given)]
    process = subprocess.Popen(command, env=environ, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    said: list[Any] = []
    try:
        if process.stdout.readline() != "begun\n":
            raise RuntimeError(f"{module} did not begin")
        yield said
    finally:
        process.stdin.close()
        last = process.stdout.read()
        process.wait()
    said += json.loads(last)


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
