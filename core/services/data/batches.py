"""How many rows are written at once, and how long to pause between, so that nobody who rates waits long."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from core.services.workspace import Workspace
from core.store.rating import leases

Row = TypeVar("Row")

FIRST_ROWS, FEWEST_ROWS, MOST_ROWS = 100, 25, 500
"""Rows of the first batch, and between how many those of the others lie."""
BATCH_CHARACTERS = 4_000_000
BATCH_SECONDS = 0.015
"""How long a transaction shall take, because so long a rater waits for it: batches become as large as that allows."""
BREATH_SECONDS = 0.01
"""Pause between batches, at the least."""
BREATH_SHARE_SQLITE, BREATH_SHARE = 3, 1
"""The pause is so many times what the batch took while somebody rates: SQLite has one writer at a time and no queue."""


@dataclass(slots=True)
class BatchSize:
    """How many rows the next batch has: as many as took the time that a batch may take."""

    rows: int = field(default_factory=lambda: FIRST_ROWS)

    def follow(self, rows: int, seconds: float) -> None:
        """Adapt to what a batch took, at most by half or twice."""
        wanted = int(rows * BATCH_SECONDS / max(seconds, 1e-6))
        self.rows = max(FEWEST_ROWS, min(MOST_ROWS, 2 * self.rows, max(self.rows // 2, wanted)))


def batches(rows: Iterable[Row], size: BatchSize, length: Callable[[Row], int]) -> Iterator[list[Row]]:
    """Rows in lists that are written at once; ``length`` is about how many characters a row holds."""
    batch: list[Row] = []
    characters = 0
    for row in rows:
        batch.append(row)
        characters += length(row)
        if len(batch) >= size.rows or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def pause_after(workspace: Workspace, seconds: float) -> float:
    """How many seconds to pause after a batch that took so long."""
    with workspace.store.read() as session:
        somebody_rates = leases.any_held(session)
    share = BREATH_SHARE_SQLITE if workspace.store.is_sqlite else BREATH_SHARE
    return max(BREATH_SECONDS, share * seconds * somebody_rates)
