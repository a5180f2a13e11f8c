"""A progress bar on a terminal, silence elsewhere."""

import sys
from typing import Self

from tqdm import tqdm


class ProgressBar:
    """Counts up to ``total`` where it is known; shown on stderr, and only when that is a terminal."""

    def __init__(self, words: str, *, unit: str) -> None:
        self._bar = tqdm(desc=words, unit=unit, disable=not sys.stderr.isatty(), leave=False, file=sys.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def at(self, done: int, total: int | None = None) -> None:
        """Show how far it is."""
        if total is not None and self._bar.total != total:
            self._bar.reset(total)
        self._bar.update(done - self._bar.n)
