"""Scores of the parts that are done, kept beside the file that they are for until all of them are there."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from core.domain.errors import BadInput, Conflict, Unavailable
from core.serving.scoring.scorer import Scored
from core.store.scratch import LOCKS, scratch

if LOCKS:
    import fcntl

PART_ROWS, PART_CHARACTERS = 500, 1_000_000
"""How large a part is at most: what is lost with a worker, a few seconds of work."""
FEWEST_ROWS, WANTED_PARTS = 200, 32
"""A smaller file has smaller parts: so that all cores get some, and none of them has much longer at its last one."""
_ABOUT, _LOCK = "about.json", "lock"


def part_rows(rows: int) -> int:
    """About how many rows a part of a file with so many has; the same whoever scores it, or goes on with it."""
    return min(PART_ROWS, max(FEWEST_ROWS, rows // WANTED_PARTS))


class Parts:
    """The folder ``OUT.parts``: figures only, no text. While it is open no other process scores into OUT."""

    def __init__(self, folder: Path, making: Path) -> None:
        """Use ``parts_of``."""
        self._folder = folder
        self._making = making

    def begin(self, about: Mapping[str, object]) -> bool:
        """Keep what is there if it was made with the same input, model, encoder and size of parts (``about``); whether
        something else was there.

        Raises:
            OSError: the folder cannot be written.
        """
        wanted = json.dumps(dict(about), sort_keys=True)
        file = self._folder / _ABOUT
        there = file.read_text("utf-8") if file.exists() else None
        if there == wanted:
            return False
        self.remove()
        self._write(_ABOUT, wanted)
        return there is not None

    def read(self, number: int, rows: int) -> list[Scored] | None:
        """The scores of a part with so many rows; None where it is not there or not whole."""
        try:
            text = self._path(number).read_text("utf-8")
            digest, _, data = text.partition("\n")
            if digest != _digest(data):
                return None
            found = [Scored(*one) for one in json.loads(data)]
        except (OSError, ValueError, TypeError):
            return None
        return found if len(found) == rows else None

    def keep(self, number: int, scores: Sequence[Scored]) -> None:
        """Keep the scores of a part, whole or not at all.

        Raises:
            OSError: the disk is full or fails.
        """
        data = json.dumps(scores)
        self._write(self._path(number).name, f"{_digest(data)}\n{data}")

    def remove(self) -> None:
        """Remove what is kept: the result is written, or it is of something else."""
        (self._folder / _ABOUT).unlink(missing_ok=True)  # first: without it nothing else counts
        for part in self._folder.glob("part-*.json"):
            part.unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self._folder / f"part-{number:07}.json"

    def _write(self, name: str, text: str) -> None:
        temporary = self._making / name
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._folder / name)


@contextmanager
def parts_of(out: Path) -> Iterator[Parts]:
    """The parts of the result ``out``, made where there are none yet, for this process alone.

    Raises:
        BadInput: nothing can be written there.
        Conflict: another process scores into the same file.
    """
    folder = out.with_name(f"{out.name}.parts")
    try:
        lock = _locked(folder, out)
    except OSError as error:
        raise BadInput(
            f"The folder {folder} cannot be written ({error.strerror or error}); choose another place for the result. "
            "Nothing was scored."
        ) from error
    try:
        with scratch(folder) as making:
            yield Parts(folder, making)
    finally:
        if not (folder / _ABOUT).exists():  # nothing was begun, or all is written
            with suppress(OSError):  # the lock last: whoever comes now makes the folder anew
                (folder / _LOCK).unlink()
                folder.rmdir()
        os.close(lock)


def says_where(act: Callable[[], None]) -> None:
    """Do something on the disk of the parts, and say in a sentence what went wrong.

    Raises:
        Unavailable: the disk is full or fails.
    """
    try:
        act()
    except OSError as error:
        raise Unavailable(
            f"The scores could not be kept ({error.strerror or error}). Those of finished parts are there: free some "
            "space and run the same command again, it goes on from there."
        ) from error


def _locked(folder: Path, out: Path) -> int:
    while True:
        folder.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):  # the process before removes the folder at this moment
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if _is_ours(lock, folder, out):
                return lock
            os.close(lock)


def _is_ours(lock: int, folder: Path, out: Path) -> bool:
    """Whether this process holds the lock of the folder, and not one that was removed with the folder before."""
    try:
        if LOCKS:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return (folder / _LOCK).stat().st_ino == os.fstat(lock).st_ino
    except BlockingIOError:
        os.close(lock)
        raise Conflict(
            f"Another process is scoring into {out.name} right now. Wait until it is done, or name another file "
            "with --out. Nothing was changed."
        ) from None
    except FileNotFoundError:
        return False


def _digest(data: str) -> str:
    return hashlib.sha256(data.encode()).hexdigest()
