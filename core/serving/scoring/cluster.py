"""Work on a Dask cluster: the parts travel as texts, so only over TLS or within this machine."""

import importlib.util
import socket
from collections.abc import Callable, Iterator
from typing import Any, Generic
from urllib.parse import urlsplit

from core.domain.errors import BadInput, Unavailable
from core.serving.scoring.processes import Made, Part, Row

ATTEMPTS = 3
"""After so many workers that died at one part it is given up; Dask itself moves a part to another worker before."""
_AHEAD = 2
"""Parts at the cluster for each thread of it: so none of them waits for the next one."""
_PATIENCE = "60s"

_LOST = "The Dask cluster was lost. Finished parts are kept: start it and run the same command again."


class DaskWorkers(Generic[Row, Made]):
    """The workers of a Dask cluster, which may come and go."""

    def __init__(self, work: Callable[[list[Row]], Made], address: str) -> None:
        """``work`` is what a worker does with a part, pickled with it; ``address`` of the scheduler.

        Raises:
            BadInput: texts must not travel there, or Dask is not installed.
        """
        if not installed():
            raise BadInput("--scheduler needs Dask, which is not installed here. Run: make dask. Nothing was scored.")
        if not _is_address(address):
            raise BadInput(
                f"{address[:100]!r} is no address of a Dask scheduler, as tls://host:8786 would be. Nothing was sent."
            )
        if not _may_travel_to(address):
            raise BadInput(
                f"Questions and answers would travel to {address[:100]} as they are. Use a scheduler with TLS (tls://) "
                "or one on this machine. Nothing was sent."
            )
        self._work = work
        self._address = address
        self.replaced = 0
        """How many times a part was sent once more, because Dask gave it up with its workers."""

    def map(self, parts: Iterator[Part[Row]]) -> Iterator[tuple[int, Made]]:
        """Do the work of numbered parts; each result as it is ready, not in order.

        Raises:
            BadInput: a worker is neither reached over TLS nor on this machine.
            Unavailable: the cluster does not answer, has no worker, or gives a part up again and again.
        """
        from distributed import CancelledError, Client, KilledWorker, as_completed

        try:
            client = Client(self._address, timeout=_PATIENCE)
        except (OSError, ValueError, TimeoutError, TypeError) as error:  # TypeError: no certificates for tls://
            raise Unavailable(
                "The Dask scheduler does not answer. Look whether it runs, and whether the address and the "
                "certificates are right. Nothing was scored.",
                detail=f"It is {self._address}: {str(error)[:200]}",
            ) from error
        with client:
            try:
                client.wait_for_workers(1, timeout=_PATIENCE)
            except TimeoutError as error:
                raise Unavailable("The Dask cluster has no workers. Start some and try again.") from error
            waiting = as_completed()
            at_work: dict[str, tuple[Part[Row], int]] = {}
            while True:
                while len(at_work) < self._most(client) and (part := next(parts, None)) is not None:
                    self._send(client, waiting, at_work, part, 1)
                if not at_work:
                    return
                future = next(waiting)
                part, attempt = at_work.pop(future.key)
                try:
                    found: Made = future.result()
                except KilledWorker as error:
                    if attempt >= ATTEMPTS:
                        raise Unavailable(
                            f"Workers of the cluster ended again and again at the same {len(part[1]):,} rows; probably "
                            "their memory is not enough. Finished parts are kept."
                        ) from error
                    self.replaced += 1
                    self._send(client, waiting, at_work, part, attempt + 1)
                except (CancelledError, OSError) as error:
                    raise Unavailable(_LOST) from error
                else:
                    yield part[0], found

    def _send(
        self,
        client: Any,
        waiting: Any,
        at_work: dict[str, tuple[Part[Row], int]],
        part: Part[Row],
        attempt: int,
    ) -> None:
        future = client.submit(self._work, part[1], pure=False)
        at_work[future.key] = part, attempt
        waiting.add(future)

    def _most(self, client: Any) -> int:
        """How many parts may be at the cluster now; looks anew at who would get them.

        Raises:
            BadInput: a worker is neither reached over TLS nor on this machine.
            Unavailable: the scheduler is gone.
        """
        try:
            workers = client.scheduler_info(n_workers=-1)["workers"]
        except (OSError, KeyError) as error:
            raise Unavailable(_LOST) from error
        for address in workers:
            if not _may_travel_to(address):
                raise BadInput(
                    f"The cluster has a worker at {address[:100]}, on another machine and without TLS. No further "
                    "text is sent; finished parts are kept. Use a scheduler and workers with TLS (tls://)."
                )
        return max(_AHEAD * sum(int(worker["nthreads"]) for worker in workers.values()), 1)


def installed() -> bool:
    """Whether Dask is installed; imports nothing of it."""
    return importlib.util.find_spec("distributed") is not None


def _is_address(address: str) -> bool:
    """Whether a scheduler can be looked for there: only these ways, with host and port, are known."""
    try:
        found = urlsplit(address if "://" in address else f"tcp://{address}")
        return found.scheme in ("tcp", "tls") and bool(found.hostname) and bool(found.port)
    except ValueError:  # a port out of range, or what is no address
        return False


def _may_travel_to(address: str) -> bool:
    """Whether what is sent there is encrypted, or does not leave this machine."""
    try:
        found = urlsplit(address if "://" in address else f"tcp://{address}")
    except ValueError:  # what is no address
        return False
    if found.scheme in ("tls", "inproc"):
        return True
    return found.scheme == "tcp" and bool(found.hostname) and _is_here(found.hostname or "")


def _is_here(host: str) -> bool:
    """Whether every address of a name is one of this machine: only these can be listened at."""
    try:
        places = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, place in places:
            with socket.socket(family, kind, protocol) as probe:
                probe.bind(place)
    except OSError:
        return False
    return True
