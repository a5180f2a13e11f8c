"""Carrying out work that outlives a page: its signs of life, how it ended, and what its process said last."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.domain.errors import AssayError
from core.services.workspace import Workspace, is_dead
from core.store.database import Session
from core.store.retrying import written
from core.store.running.runs import Event, Row, Runs

log = logging.getLogger(__name__)

BEAT_SECONDS = 3.0
MOST_LOST = 1
"""Work is begun again after so many workers ended in the middle of it: what needs too much memory ends all of them."""
GIVEN_BACK = "given back"
"""What becomes of work whose worker was asked to stop."""
_TAIL = 16_384
"""Bytes of a log that are looked at."""


class GivenBack(AssayError):
    """A worker was asked to stop: what it was doing waits for the next one."""


class Cancelled(AssayError):
    """Somebody asked the work to stop."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """What is stored with work that something unexpected ended."""

    failed: str
    stopped: str
    memory: str


@contextmanager
def end_told(sentences: Sentences, end: Callable[[str, str], None]) -> Iterator[None]:
    """Whatever happens, work does not stay active: where it stops early, ``end`` is told its state and a sentence.

    The state is ``failed``, ``cancelled``, or GIVEN_BACK. What comes to its end says so itself.
    """
    state, sentence = "failed", sentences.failed
    try:
        yield
        state = ""
    except Cancelled as error:
        state, sentence = "cancelled", str(error)
        raise
    except GivenBack as error:
        state, sentence = GIVEN_BACK, str(error)
        raise
    except AssayError as error:
        sentence = str(error)
        raise
    except (KeyboardInterrupt, GeneratorExit):
        state, sentence = "cancelled", sentences.stopped
        raise
    except MemoryError:
        sentence = sentences.memory
        raise
    finally:
        if state:
            end(state, sentence)


@contextmanager
def beating(beat: Callable[[], bool], seconds: float) -> Iterator[Callable[[], bool]]:
    """Call ``beat`` every so many seconds, in a thread; yields whether it has said that the work shall stop."""
    stop, done = threading.Event(), threading.Event()

    def again() -> None:
        while not done.wait(seconds):
            try:
                if beat():
                    stop.set()
            except Exception as error:  # noqa: BLE001  a thread that ends would make living work look dead
                log.warning("a sign of life could not be written: %s", type(error).__name__)

    thread = threading.Thread(target=again, name="assay-beating", daemon=True)
    thread.start()
    try:
        yield stop.is_set
    finally:
        done.set()
        thread.join()


@contextmanager
def end_recorded(
    workspace: Workspace, rows: Runs[Row, Event], run: Row, sentences: Sentences, *, keep_events: bool = False
) -> Iterator[None]:
    """Whatever happens, the run does not stay active: what stops it is stored with it in a sentence."""
    number, claim = run.run_id, run.claim

    def end(state: str, sentence: str) -> None:
        def write(session: Session) -> None:
            if state == GIVEN_BACK:
                rows.give_back(session, number, claim, sentence, keep_events=keep_events)
            else:
                rows.finish(session, number, state, sentence, claim=claim)

        written(workspace.store, write)

    with end_told(sentences, end):
        yield


@contextmanager
def heartbeat(workspace: Workspace, rows: Runs[Row, Event], run: Row) -> Iterator[Callable[[], bool]]:
    """Store every few seconds that the run is alive; yields whether it shall stop."""
    number, claim = run.run_id, run.claim
    with beating(
        lambda: written(workspace.store, lambda session: rows.beat(session, number, claim)), BEAT_SECONDS
    ) as stop_asked:
        yield stop_asked


def give_up_dead(
    workspace: Workspace,
    rows: Runs[Row, Event],
    *,
    waits: str,
    failed: Callable[[int], str],
    keep_events: bool = False,
) -> None:
    """Mark a run whose process died as failed, so that the next one can start.

    One that was a worker's waits for the next worker instead; once. ``waits`` and ``failed`` say so.
    """
    with workspace.store.read() as session:
        run = rows.active(session)
    if run is None or (run.for_worker and run.process is None) or not is_dead(run.process, run.heartbeat_at):
        return
    number, claim = run.run_id, run.claim
    if run.for_worker and run.lost < MOST_LOST:
        written(
            workspace.store,
            lambda session: rows.give_back(session, number, claim, waits, lost=True, keep_events=keep_events),
        )
    else:
        sentence = failed(number)
        written(workspace.store, lambda session: rows.finish(session, number, "failed", sentence, claim=claim))


def last_lines(file: Path, lines: int) -> tuple[str, ...]:
    """The last lines of a log, oldest first; none where it cannot be read."""
    try:
        with file.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - _TAIL))
            text = stream.read().decode("utf-8", errors="replace")
    except OSError:  # none, or not readable: there is nothing to show
        return ()
    # a progress bar writes over itself; what a terminal would act on is left out
    said = ["".join(c for c in line.rpartition("\r")[2] if c.isprintable()) for line in text.split("\n")]
    return tuple([line for line in said if line.strip()][-lines:])
