"""The database: one engine per process, short sessions, driver errors as sentences, and a copy of SQLite's file."""

import logging
import os
import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from core.domain.errors import AssayError, BadSetting, Collision, MissingRight, Unavailable
from core.domain.settings import Settings
from core.store.scratch import scratch

# Session is here so that a service can name what it passes on without importing SQLAlchemy
__all__ = [
    "BUSY_SECONDS",
    "LOCK_SECONDS",
    "Session",
    "Store",
    "connect",
    "copy_sqlite",
    "lock_writers",
    "private_file",
    "private_folder",
]

log = logging.getLogger(__name__)

_ASK = "Ask whoever runs this server; python -m core doctor says more."
BUSY_SECONDS = 30
ONE_STATE = "one state"
"""In the ``info`` of a session that only reads: what it counted once holds until its end."""
LOCK_SECONDS = 15
_ADVISORY_KEY = 0x61737361  # "assa": any number that no other application is likely to use


@dataclass(frozen=True)
class Store:
    """The database in use. Sessions are opened per call and never shared between threads."""

    engine: Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a local SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @property
    def name(self) -> str:
        """The database without its place, for those who need not know where it is: "SQLite, assay.db"."""
        database = self.engine.url.database or ""
        return f"SQLite, {Path(database).name}" if self.is_sqlite else f"PostgreSQL, {database}"

    @property
    def label(self) -> str:
        """The database for display: password masked; of the query only the host (the rest may carry secrets too)."""
        query = {key: value for key, value in self.engine.url.query.items() if key == "host"}
        return self.engine.url.set(query=query).render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and changes nothing.

        Raises:
            Unavailable, MissingRight: as sentences.
        """
        # PostgreSQL would otherwise show a new state with every statement: an export's parts would not fit together
        engine = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        with _in_words(self), Session(engine, expire_on_commit=False, info={ONE_STATE: True}) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are all kept when the block ends, or none of them.

        SQLite takes its write lock at once, so that what is read here cannot change before it is written.

        Raises:
            Unavailable, MissingRight: as sentences; nothing was written.
        """
        with _in_words(self), self.engine.connect() as connection:
            connection = connection.execution_options(assay_write=True)
            with Session(connection, expire_on_commit=False) as session, session.begin():
                yield session


def connect(settings: Settings) -> Store:
    """Build the engine for the configured database; nothing is contacted yet.

    Raises:
        BadSetting: the address cannot be understood.
    """
    # hide_parameters: an error's trace must not carry texts of patients into a log
    try:
        url = make_url(settings.database_url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise BadSetting("The database address (DATABASE_URL or DB_URI) cannot be understood.") from error
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise BadSetting("DATABASE_URL must name an SQLite file, as in sqlite:////home/me/assay.db.")
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        # pre_ping: a database that was restarted is noticed and reconnected instead of failing the next rating
        # and no query waits for ever, neither for a lock of the existing application nor for a server that went silent
        waits = {"connect_timeout": 5, "tcp_user_timeout": 1000 * LOCK_SECONDS}
        engine = create_engine(url, pool_pre_ping=True, pool_size=10, connect_args=waits, hide_parameters=True)
        event.listen(engine, "connect", _postgres_connect)
    return Store(engine)


def lock_writers(session: Session) -> None:
    """Let only one writer at a time decide which interactions exist; held until the transaction ends.

    SQLite's write lock does that already. PostgreSQL would otherwise let two imports add the same answer.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_ADVISORY_KEY)))


def private_folder(path: Path) -> None:
    """Create a folder that only its owner can read; it will hold private text.

    Raises:
        Unavailable: it cannot be created.
    """
    try:
        if not path.is_dir():
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(0o700)
    except OSError as error:
        raise Unavailable(
            f"A folder for Assay's files cannot be created ({error.strerror}). {_ASK}",
            detail=f"It is {path}. Choose another place with ASSAY_HOME.",
        ) from error


def private_file(path: Path) -> None:
    """Create an empty file that only its owner can read, unless it is there; SQLite takes its rights over.

    Raises:
        Unavailable: it cannot be created.
    """
    try:
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise Unavailable(
            f"A file that Assay needs cannot be created ({error.strerror}). {_ASK}",
            detail=f"It is {path}. Choose another place with ASSAY_HOME.",
        ) from error


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


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _sqlite_begin, not guessed by the driver
    cursor = connection.cursor()
    # several processes that meet a new file: SQLite refuses all but one of them at once, whatever the timeout
    _until_free(lambda: cursor.execute("PRAGMA journal_mode=WAL"))
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what is edited or deleted is overwritten, also long before an erasure
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.close()
    # SQLite's own knows ASCII only, and a search shall find Öl as öl like on PostgreSQL
    connection.create_function("lower", 1, _lower, deterministic=True)


def _until_free(execute: Callable[[], object]) -> None:
    """Execute a statement, again every few milliseconds while others have SQLite's file locked."""
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            execute()
            return
        except (OperationalError, sqlite3.OperationalError) as error:
            if "locked" not in str(getattr(error, "orig", error)) or time.monotonic() > give_up:
                raise
            time.sleep(random.uniform(0.002, 0.006))


def _postgres_connect(connection: Any, _record: Any) -> None:
    # a statement, not a connection option: poolers refuse those, and the address may bring its own
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
    connection.commit()


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _sqlite_begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("assay_write"):
        connection.exec_driver_sql("BEGIN")
        return
    # SQLite's own waiting looks only every 100 ms and starves a rater beside an import.
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        _until_free(lambda: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


_NO_ANSWER = ("connect", "could not translate host name", "terminating")
_COLLISIONS = {"40001", "40P01"}  # serialization failure, deadlock: one of two transactions was chosen to give way


@contextmanager
def _in_words(store: Store) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _sentence(store, error) from error
    except PoolTimeout as error:
        raise Unavailable(
            "All connections to the database are busy. Nothing was changed; try again.", detail=f"It is {store.label}."
        ) from error


def _sentence(store: Store, error: DBAPIError) -> Exception:
    found = _in_sentences(store, error)
    log.warning("database error: %s: %s", type(error.orig).__name__, found.in_full)
    return found


def _in_sentences(store: Store, error: DBAPIError) -> AssayError:
    said = str(error.orig).strip().splitlines()[0] if error.orig is not None else str(error)
    code = getattr(error.orig, "pgcode", None)
    if isinstance(error, IntegrityError) or code in _COLLISIONS:
        return Collision("Somebody else changed the same thing at this moment. Nothing was changed; try again.")
    if code == "55P03":
        return Unavailable(
            "Another application is working on the same row. Nothing was changed; try again in a moment."
        )
    if code == "42501":
        return _missing_right(store, said)
    if store.is_sqlite:
        path = Path(str(store.engine.url.database))
        where = f"It is {path}."
        if "readonly" in said or (path.exists() and not os.access(path, os.W_OK)):
            return Unavailable(
                f"The database file cannot be written. Nothing was changed. {_ASK}", detail=f"{where} Check its rights."
            )
        if "full" in said or "disk I/O" in said:
            return Unavailable(
                f"The disk that holds the database is full or damaged. Nothing was changed. {_ASK}",
                detail=f"{where} Free some space.",
            )
        if "locked" in said:
            return Unavailable("The database was busy for too long. Nothing was changed; try again.")
        if "unable to open" in said:
            return Unavailable(
                f"The database file cannot be opened. {_ASK}",
                detail=f"{where} Check that its folder exists and is yours.",
            )
        if "not a database" in said or "malformed" in said:
            return Unavailable(
                f"The database file is damaged, or not an SQLite database. {_ASK}",
                detail=f"{where} Restore it from a backup.",
            )
    where = f"It is {store.label}."
    if "does not exist" in said and "database" in said:
        return Unavailable(
            f"The database that is configured does not exist. {_ASK}",
            detail=f"{where} Create it, or correct DATABASE_URL.",
        )
    if "authentication failed" in said or ("does not exist" in said and "role" in said):
        return Unavailable(
            f"The database refused the user name or password. {_ASK}",
            detail=f"{where} Correct them in DATABASE_URL or DB_*.",
        )
    if error.connection_invalidated or any(words in said.lower() for words in _NO_ANSWER):
        return Unavailable("The database does not answer. Nothing was changed; try again in a moment.", detail=where)
    return Unavailable(
        f"The database refused. Nothing was changed. {_ASK}", detail=f"{where} It said: {_without_values(said)}"
    )


def _missing_right(store: Store, said: str) -> MissingRight:
    found = re.search(r"for (table|sequence|schema|relation) (\w+)", said)
    kind, name = found.groups() if found else ("table", "...")
    rights = {"sequence": "USAGE, SELECT ON SEQUENCE", "schema": "USAGE, CREATE ON SCHEMA"}.get(
        kind, "SELECT, INSERT, UPDATE, DELETE, REFERENCES ON"
    )
    user = store.engine.dialect.identifier_preparer.quote(store.engine.url.username or "...")
    grant = f"GRANT {rights} {name} TO {user};"
    return MissingRight(
        f"The database does not let Assay do this. Nothing was changed. {_ASK}",
        grant,
        detail=f"The database user {store.engine.url.username} may not use the {kind} {name}. Ask the owner of the "
        f"database to run: {grant}",
    )


def _without_values(said: str) -> str:
    """A driver's message without quoted values: they may be private text."""
    return re.sub(r"'[^']*'", "'...'", said)[:200]
