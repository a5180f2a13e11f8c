"""Worker processes on this machine: each has one core, the model and the encoder, and works at one part at a time."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, NamedTuple, TypeVar

from core.domain.errors import AssayError, Unavailable

Row = TypeVar("Row")
Made = TypeVar("Made")
Part = tuple[int, list[Row]]
"""Its number, and what is in it."""

DEATHS = 3
"""After so many deaths of workers at one part it is given up."""
_NICE = 10
_PATIENCE_SECONDS = 10.0


class _Worker(NamedTuple):
    process: Any
    connection: Connection


class LocalWorkers(Generic[Row, Made]):
    """Processes of this machine; one that dies is replaced, and its part done once more."""

    def __init__(self, work: Callable[[list[Row]], Made], count: int) -> None:
        """``work`` is what each of ``count`` processes does with a part; it is pickled."""
        self._work = work
        self._count = count
        self._spawn = multiprocessing.get_context("spawn")  # a fork would copy threads' locks
        self.replaced = 0
        """How many workers died and were replaced."""

    def map(self, parts: Iterator[Part[Row]]) -> Iterator[tuple[int, Made]]:
        """Do the work of numbered parts; each result as it is ready, not in order.

        Raises:
            Unavailable: a worker cannot load the encoder, or dies at the same part again and again.
        """
        at_work: dict[Any, tuple[_Worker, Part[Row]]] = {}
        deaths: dict[int, int] = {}
        try:
            for _ in range(self._count):
                if (part := next(parts, None)) is None:
                    break
                self._begin(at_work, self._started(), part)
            while at_work:
                for connection in wait(list(at_work)):
                    worker, part = at_work.pop(connection)
                    answered, done = _answer(worker)
                    if not answered:
                        deaths[part[0]] = deaths.get(part[0], 0) + 1
                        self._replace(at_work, worker, part, deaths[part[0]])
                        continue
                    if (following := next(parts, None)) is not None:
                        self._begin(at_work, worker, following)  # first: it need not wait until this one is kept
                    else:
                        _end(worker, at_work=False)
                    yield part[0], done
        finally:
            for worker, _ in at_work.values():
                _end(worker, at_work=True)

    def _replace(
        self,
        at_work: dict[Any, tuple[_Worker, Part[Row]]],
        dead: _Worker,
        part: Part[Row],
        times: int,
    ) -> None:
        _end(dead, at_work=True)
        if times >= DEATHS:
            raise Unavailable(
                f"A worker process ended {DEATHS} times at the same {len(part[1]):,} rows; probably the memory is not "
                "enough. Finished parts are kept: run the same command again with --workers 1."
            )
        self.replaced += 1
        self._begin(at_work, self._started(), part)

    def _begin(self, at_work: dict[Any, tuple[_Worker, Part[Row]]], worker: _Worker, part: Part[Row]) -> None:
        with suppress(OSError):  # it died before it could take it: the answer, which does not come, tells
            worker.connection.send(part[1])
        at_work[worker.connection] = worker, part

    def _started(self) -> _Worker:
        ours, its = self._spawn.Pipe()
        process = self._spawn.Process(target=_serve, args=(its, self._work), daemon=True)
        process.start()
        its.close()
        return _Worker(process, ours)


def _serve(connection: Connection, work: Callable[[list[Any]], Any]) -> None:
    """Be a worker: do what comes, until nobody is there any more to send something."""
    os.environ["OMP_NUM_THREADS"] = "1"  # read by torch when it is imported: not before here
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started it
    if hasattr(os, "nice"):
        os.nice(_NICE)
    from threadpoolctl import threadpool_limits
    from tqdm import tqdm

    tqdm.set_lock(threading.RLock())  # its own one is left behind where this process is killed, and complained of
    with threadpool_limits(1), suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            rows = connection.recv()
            try:
                answer: Any = work(rows)
            except AssayError as error:
                answer = error
            except Exception as error:  # noqa: BLE001  it is raised again where it can be said
                answer = RuntimeError(f"{type(error).__name__}: {error}")
            connection.send(answer)


def _answer(worker: _Worker) -> tuple[bool, Any]:
    """What a worker made of its part; False before it where it died."""
    try:
        found = worker.connection.recv()
    except (EOFError, OSError):
        return False, None
    if isinstance(found, Exception):
        raise found
    return True, found


def _end(worker: _Worker, *, at_work: bool) -> None:
    worker.connection.close()  # one that waits for a part ends by this
    if at_work:
        worker.process.kill()
    worker.process.join(_PATIENCE_SECONDS)
    worker.process.kill()
    worker.process.join()
