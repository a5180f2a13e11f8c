"""Acts in processes of their own that are killed somewhere in between, many of them after one start of Python."""

import json
import os
import random
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.databases import start_python

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


def moments(draw: random.Random, times: int, length: float) -> Iterator[float]:
    """When to kill: one moment in each of ``times`` equal parts of an act of that length, in random order."""
    parts = list(range(times))
    draw.shuffle(parts)
    for part in parts:
        yield length * (part + draw.random()) / times
