"""Backup of the database while it is in use, and restoring it: SQLite's backup API, PostgreSQL's own programs."""

import os
import re
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, func, inspect, select, text, update
from sqlalchemy.orm import Session

from core.domain.errors import BadInput, Unavailable
from core.store.audit import REFUSING_FUNCTION
from core.store.database import Store, copy_sqlite, private_file
from core.store.schema import VERSION_TABLE, state
from core.store.tables import Base, SignIn, Visitor
from core.store.training.counts import MARKING_FUNCTION
from core.store.types import now

SQLITE_COPY, POSTGRES_COPY = "assay.db", "assay.pgdump"
OURS = ("assay_*", "rlhf_*")
"""What is copied from PostgreSQL: other tables of an application that lives beside us are its owner's to save."""

TABLES = frozenset(Base.metadata.tables)
"""The tables of this release."""
DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of every version."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy of the database in one file."""

    file: Path
    revision: str
    rows: dict[str, int]
    """Rows of every table, counted in the copied state."""


def copy_to(store: Store, folder: Path) -> Copied:
    """Write one consistent state of the database into ``folder``; others go on reading and writing meanwhile.

    Raises:
        Unavailable: the copy could not be written, or PostgreSQL's ``pg_dump`` is missing or too old.
    """
    revision = state(store)[1] or "none"
    if store.is_sqlite:
        file = folder / SQLITE_COPY
        copy_sqlite(Path(str(store.engine.url.database)), file)
        return Copied(file, revision, _rows_of_file(file))
    file = folder / POSTGRES_COPY
    private_file(file)
    with store.read() as session:
        rows = row_counts(session)
        snapshot = session.scalar(text("SELECT pg_export_snapshot()"))
        tables = [option for pattern in OURS for option in ("--table", pattern)]
        _run(store, session, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={file}", *tables)
    return Copied(file, revision, rows)


def put_back(store: Store, file: Path) -> set[str]:
    """Fill an empty PostgreSQL database from a copy, all of it or nothing; the tables that were there before.

    Raises:
        BadInput: the database has tables of ours already.
        Unavailable: PostgreSQL's ``pg_restore`` is missing or too old, or refused.
    """
    with store.read() as session:
        present = set(inspect(session.connection()).get_table_names())
        if present & {*Base.metadata.tables, VERSION_TABLE}:
            raise BadInput(f"{store.label} has tables of Assay already. Nothing was changed. Name an empty database.")
    with store.write() as session:
        session.execute(text(REFUSING_FUNCTION))
        session.connection().exec_driver_sql(MARKING_FUNCTION)
    with store.read() as session:
        _run(store, session, "pg_restore", "--single-transaction", "--exit-on-error", str(file), to_database=True)
    return present


def take_back(store: Store, before: set[str]) -> None:
    """Remove the tables that ``put_back`` brought; those that were there ``before`` stay."""
    with store.write() as session:
        quote = store.engine.dialect.identifier_preparer.quote
        for name in set(inspect(session.connection()).get_table_names()) - before:
            session.execute(text(f"DROP TABLE {quote(name)} CASCADE"))


def row_counts(session: Session) -> dict[str, int]:
    """How many rows each table of ours holds."""
    present = set(inspect(session.connection()).get_table_names())
    return {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in sorted(Base.metadata.tables.items())
        if name in present
    }


def end_all_sign_ins(session: Session) -> None:
    """End every sign-in from the time of the copy and delete every cookie: who signed out since then stays out."""
    session.execute(delete(Visitor))
    session.execute(update(SignIn).where(SignIn.ended_at.is_(None)).values(ended_at=now()))


def _rows_of_file(file: Path) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # one file, without the two that go with a database in use
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = sorted({name for (name,) in found} & set(Base.metadata.tables))
        counts = {name: f'SELECT count(*) FROM "{name}"' for name in names}  # noqa: S608  our own names
        return {name: connection.execute(count).fetchone()[0] for name, count in counts.items()}


def _run(store: Store, session: Session, name: str, *options: str, to_database: bool = False) -> None:
    major = int(session.scalar(text("SHOW server_version_num")) or 0) // 10_000
    url = store.engine.url
    password = {"PGPASSWORD": url.password} if url.password else {}  # never among the arguments, where others see it
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    command = [_tool(name, major), "--no-owner", "--no-privileges", "--no-password", f"--dbname={address}", *options]
    done = subprocess.run(command, env=os.environ | password, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        what = "filled from the copy" if to_database else "copied"
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise Unavailable(f"{store.label} could not be {what}. {name} says: {reason[:300]}")


def _tool(name: str, major: int) -> str:
    """PostgreSQL's own program, of the server's version or newer: an older one refuses or loses something."""
    folders = [Path(folder) for folder in os.get_exec_path()]
    folders += sorted(DEBIAN.glob("*/bin"), reverse=True)
    for tool in (folder / name for folder in folders if (folder / name).is_file()):
        said = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout
        found = re.search(r"(\d+)", said)
        if found and int(found[1]) >= major:
            return str(tool)
    raise Unavailable(
        f"{name} of PostgreSQL {major} or newer is needed for this and was not found. Install PostgreSQL's client "
        "programs of that version, or put their folder on PATH."
    )
