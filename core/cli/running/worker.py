"""`worker`: takes what pages ask for, until it is stopped."""

import argparse
import os
import signal
import threading
from types import FrameType

from core.cli.output import Done, say
from core.domain.errors import BadInput
from core.domain.roles import COMMAND_LINE
from core.domain.running.work import Work
from core.finetuning.packages import installed
from core.services.workspace import open_workspace, this_process


def worker(options: argparse.Namespace) -> Done:
    """Work until a signal asks to stop; what is under way then is given back."""
    from core.services.running.worker import work
    from core.services.running.workers import in_words

    takes = _kinds(options.only)
    workspace, stop = open_workspace(), threading.Event()

    def ask_to_stop(number: int, _frame: FrameType | None) -> None:
        say("Stopping: what is under way is given back within seconds.")
        stop.set()
        signal.signal(number, signal.SIG_DFL)  # a second time: at once

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    os.nice(5)  # the raters at this machine come first
    say(f"Worker {this_process()} takes {in_words(takes)} (Ctrl+C stops it)")
    done = work(workspace, COMMAND_LINE, takes=takes, gpu=options.gpu, stop=stop)
    return {"done": done}, 0


def _kinds(only: str | None) -> tuple[Work, ...]:
    # without the packages it takes the rest; who asks for it by name is told
    known = [kind for kind in Work if kind is not Work.FINE_TUNING or installed()]
    names = [name.strip() for name in only.split(",")] if only else known
    unknown = [name for name in names if name not in set(Work)]
    if unknown:
        raise BadInput(f"--only {unknown[0]!r} is not known; choose from: {', '.join(Work)}.")
    return tuple(kind for kind in Work if kind in names)
