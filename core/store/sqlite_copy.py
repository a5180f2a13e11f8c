"""A copy of an SQLite file that is in use."""

import sqlite3
from contextlib import closing
from pathlib import Path

from core.domain.errors import Unavailable
from core.store.scratch import scratch


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy an SQLite file with SQLite's own backup, which is consistent while others write.

    The copy gets its name when it is whole.

    Raises:
        Unavailable: the copy could not be written.
    """
    try:
        with scratch(target.parent) as folder:
            part = folder / target.name
            part.touch(mode=0o600)
            with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(part)) as new:
                old.backup(new)
            part.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise Unavailable("A backup could not be written.", detail=f"It is {target} ({error}).") from error
