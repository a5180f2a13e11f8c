"""Who does the work of a large pile, part by part: processes of this machine, or a Dask cluster."""

import os
from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from core.domain.errors import BadInput
from core.serving.scoring.cluster import DaskWorkers
from core.serving.scoring.processes import LocalWorkers, Made, Part, Row

MOST_WORKERS = 256
Made_co = TypeVar("Made_co", covariant=True)


class Pool(Protocol[Row, Made_co]):
    """Does numbered parts, in any order, and each again whose worker died."""

    replaced: int
    """How many workers died and were replaced."""

    def map(self, parts: Iterator[Part[Row]]) -> Iterator[tuple[int, Made_co]]:
        """What became of each part, as soon as it is ready."""


def check_pool(workers: int | None, scheduler: str | None) -> None:
    """Refuse what cannot be asked for.

    Raises:
        BadInput: a number of processes out of range, or beside a cluster.
    """
    if workers is not None and not 1 <= workers <= MOST_WORKERS:
        raise BadInput(f"--workers must be 1 to {MOST_WORKERS}.")
    if workers is not None and scheduler is not None:
        raise BadInput("--workers counts processes of this machine; a cluster (--scheduler) has its own.")


def pool_of(
    work: Callable[[list[Row]], Made], workers: int | None = None, scheduler: str | None = None
) -> Pool[Row, Made]:
    """So many processes on this machine, None for one a core; or the cluster of the ``scheduler``.

    Raises:
        BadInput: texts must not travel to that scheduler, or Dask is not installed.
    """
    return DaskWorkers(work, scheduler) if scheduler is not None else LocalWorkers(work, workers or _cores())


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
