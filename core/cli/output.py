"""What commands print for a person: lines, metrics in words, and a progress bar on a terminal."""

import sys
from typing import Any, Self

from tqdm import tqdm

Done = tuple[dict[str, Any], int]
"""The JSON of a command and its exit code."""


def say(line: str) -> None:
    """One line for a person, on stdout before the JSON line."""
    sys.stdout.write(line + "\n")


def in_words(metric: dict[str, Any]) -> str:
    """A metric as ``0.871 [0.851, 0.890]``, or why there is none."""
    if metric["value"] is None:
        return str(metric["reason"])
    interval = "" if metric["low"] is None else f" [{metric['low']:.3f}, {metric['high']:.3f}]"
    return f"{metric['value']:.3f}{interval}"


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
