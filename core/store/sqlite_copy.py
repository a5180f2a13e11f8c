"""A copy of an SQLite file that is in use."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from core.domain.errors import Unavailable


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy an SQLite file with SQLite's own backup, which is consistent while others write.

    The copy gets its name when it is whole: what a killed process leaves is a hidden file that ends in ``.part``.

    Raises:
        Unavailable: the copy could not be written.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        part.touch(mode=0o600)
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new)
        part.replace(target)
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise Unavailable("A backup could not be written.", detail=f"It is {target} ({error}).") from error
