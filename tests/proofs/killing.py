"""Processes that are killed somewhere in between, many of them after one start of Python: acts, and the server."""

import json
import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from tests.databases import PATIENCE, start_python

FORKER = """
    import json, os, sys
    from pathlib import Path
    from core.domain.roles import COMMAND_LINE
    from core.services.data import importing
    from core.services.models import models
    from core.services.operations import backup
    from core.services.training import training
    from core.services.workspace import open_workspace
    from core.store import schema
    from tests.reward.fakes import reference_embedder
    training.reference_embedder = reference_embedder  # what is killed is the training, not the encoder

    def say(*words):
        os.write(1, (" ".join(map(str, words)) + "\\n").encode())

    def train():
        for event in training.train(open_workspace(), COMMAND_LINE):
            if type(event).__name__ == "Registered":
                say("done", event.model_version)

    def promote(version):
        models.promote(open_workspace(), COMMAND_LINE, version, reason="In turn.")
        say("done", version)

    def save(place):
        say("done", backup.save(open_workspace(), COMMAND_LINE, Path(place)).path)

    def upgrade():
        from core.domain.settings import Settings
        from core.store.database import connect
        say("done", schema.upgrade(connect(Settings.from_env(os.environ))))

    def load(file):
        for step in importing.import_file(open_workspace(), COMMAND_LINE, Path(file)):
            if isinstance(step, importing.ImportProgress):
                say("step")
        say("done", step.import_id)

    say("ready")
    for line in sys.stdin:
        name, words, environ = json.loads(line)
        child = os.fork()
        if not child:
            os.environ.update(environ)
            try:
                globals()[name](*words)
            except BaseException as error:
                say("failed", type(error).__name__, " ".join(str(error).split()))
            os._exit(0)
        say("pid", child)
        _, status = os.waitpid(child, 0)
        say("ended", os.waitstatus_to_exitcode(status))
"""

SERVERS = """
    import importlib, json, os, pkgutil, signal, sys
    import uvicorn
    import core.ui
    for module in pkgutil.walk_packages(core.ui.__path__, "core.ui."):
        importlib.import_module(module.name)

    def serve(environ, port, log):
        child = os.fork()
        if child:
            return child
        os.environ.update(environ)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for output in (1, 2):
            os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT), output)
        import Home
        uvicorn.run(Home.app, host="127.0.0.1", port=port, log_level="error")
        os._exit(0)

    def kill(child):
        os.kill(child, signal.SIGKILL)
        return os.waitpid(child, 0)[0]

    os.write(1, b"ready\\n")
    for line in sys.stdin:
        name, *words = json.loads(line)
        os.write(1, f"{globals()[name](*words)}\\n".encode())
"""


@dataclass(frozen=True)
class Ended:
    """What became of one act."""

    said: list[str]
    """What it acknowledged or complained of, in order."""
    killed: bool

    @property
    def done(self) -> str | None:
        """What it acknowledged at its end; None where it did not come to that."""
        return next((line.removeprefix("done ") for line in self.said if line.startswith("done ")), None)


class Victims:
    """Starts acts one after the other, and kills them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.environ: dict[str, str] = {}
        """What the next acts find in their environment: which database, which ASSAY_HOME."""
        assert self._line() == "ready", process.communicate()[1]

    def run(self, act: str, *words: object, kill_after: float | None = None) -> Ended:
        """Let an act run to its end, or for so many seconds."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([act, list(map(str, words)), self.environ]) + "\n")
        self._process.stdin.flush()
        said: list[str] = []
        timer: threading.Timer | None = None
        while not (line := self._line()).startswith("ended "):
            if line.startswith("pid ") and kill_after is not None:
                timer = threading.Timer(kill_after, _kill, [int(line.split()[1])])
                timer.start()
            elif not line.startswith("pid "):
                said.append(line)
        if timer is not None:
            timer.cancel()
            timer.join()
        return Ended(said, line == f"ended {-signal.SIGKILL}")

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self._process.communicate()[1]
        return line.rstrip("\n")


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # it has just ended by itself
        os.kill(pid, signal.SIGKILL)


@contextmanager
def victims() -> Iterator[Victims]:
    """One start of Python for many acts."""
    process = start_python(FORKER, dict(os.environ))
    try:
        yield Victims(process)
    finally:
        process.kill()
        process.communicate()


class Servers:
    """Starts the dashboard, as often as it is to be killed, in well below a second each time."""

    def __init__(self, process: subprocess.Popen[str], logs: Path) -> None:
        self._process, self.logs = process, logs
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()[1]

    def ask(self, name: str, *words: object) -> int:
        """Let the process that forks do something; the number of the server."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([name, *words]) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    @contextmanager
    def serve(self, environ: dict[str, str]) -> Iterator["Server"]:
        """A dashboard with this environment that answers."""
        started = Server(self, environ)
        try:
            started.start()
            yield started
        finally:
            started.kill()
        said = started.log.read_text(errors="replace")
        assert "Traceback" not in said, said[-3000:]


class Server:
    """The dashboard, always on the same port."""

    def __init__(self, servers: Servers, environ: dict[str, str]) -> None:
        self._servers, self._environ, self._number = servers, environ, 0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self.log = servers.logs / f"{self._port}.log"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._number = self._servers.ask("serve", self._environ, self._port, str(self.log))
        until, pause = time.monotonic() + PATIENCE, threading.Event()
        while time.monotonic() < until:
            with suppress(OSError), urlopen(f"{self.url}/_stcore/health", timeout=2):
                return
            pause.wait(0.01)
        raise AssertionError(self.log.read_text(errors="replace")[-3000:])

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        if self._number:
            self._servers.ask("kill", self._number)
            self._number = 0


@contextmanager
def servers(logs: Path) -> Iterator[Servers]:
    """One start of Python for many servers, which write into this folder what they have to say."""
    process = start_python(SERVERS, dict(os.environ))
    try:
        yield Servers(process, logs)
    finally:
        process.kill()
        process.communicate()


def moments(draw: random.Random, times: int, length: float) -> Iterator[float]:
    """When to kill: one moment in each of ``times`` equal parts of an act of that length, in random order."""
    parts = list(range(times))
    draw.shuffle(parts)
    for part in parts:
        yield length * (part + draw.random()) / times
