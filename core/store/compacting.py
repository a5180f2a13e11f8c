"""The SQLite file after an erasure: its write-ahead log is truncated, and its free pages can be cleared.

What is deleted is overwritten (``secure_delete``, in ``database``). But the log keeps what was written before until
nobody reads that state any more, and pages that other programs or earlier releases freed keep what stood in them.
"""

import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.domain.errors import Unavailable
from core.store import settings
from core.store.database import BUSY_SECONDS, Store
from core.store.tables import Setting

UNTIDY = "untidy"
"""Name of the setting that is there from an erasure until the file is free of it, whichever process sees to that."""


def to_tidy(session: Session) -> None:
    """Note, in the erasure's own transaction, that the write-ahead log of an SQLite file still holds what goes."""
    if session.get_bind().dialect.name == "sqlite":
        settings.put(session, UNTIDY, {"token": secrets.token_hex(8)})


def is_tidy(store: Store) -> bool:
    """Whether nothing that was erased is still in the SQLite file or its log because somebody was reading."""
    return not store.is_sqlite or _noted(store) is None


def tidy(store: Store) -> bool:
    """Truncate the write-ahead log where it still holds something that was erased; whether that is done.

    Waits for nobody: while others read, it is for the next sweep to try again.
    """
    noted = _noted(store) if store.is_sqlite else None
    if noted is None:
        return True
    connection = store.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            (busy, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:  # locked: as busy
            busy = 1
        finally:
            cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    finally:
        connection.close()
    if busy:
        return False
    with store.write() as session:
        if settings.get(session, UNTIDY).get("token") == noted:  # else something was erased meanwhile
            session.execute(delete(Setting).where(Setting.name == UNTIDY))
    return True


def compact(store: Store) -> tuple[int, int]:
    """Write the SQLite file anew without free room; its size in bytes before and after.

    Raises:
        Unavailable: others are using the database, or the disk is full; nothing was changed.
    """
    file = Path(str(store.engine.url.database))
    before = file.stat().st_size
    store.engine.dispose()  # connections of this process that nobody uses would be in the way
    try:
        with closing(sqlite3.connect(file, timeout=5, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        words = "its disk is full" if "full" in str(error) else "others are using it"
        raise Unavailable(
            f"The database file could not be compacted: {words}. Nothing was changed. Try again when nobody is "
            "working, with twice the file's size free on its disk.",
            detail=f"It is {file} ({error}).",
        ) from error
    if busy:
        raise Unavailable(
            "The database file was written anew, but others are still reading the old state. Try again when nobody is "
            "working."
        )
    tidy(store)
    return before, file.stat().st_size


def _noted(store: Store) -> str | None:
    with store.read() as session:
        return settings.get(session, UNTIDY).get("token")
