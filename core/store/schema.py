"""Creating and upgrading the tables, driven from code; the state of a database in words."""

import logging
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, inspect, select, table

from core.domain.errors import AssayError, Unavailable
from core.domain.roles import Rule
from core.store import audit
from core.store.database import Store, copy_sqlite, lock_writers, private_file, private_folder
from core.store.tables import Base

log = logging.getLogger(__name__)

VERSION_TABLE = "assay_alembic_version"
"""Not Alembic's default name: the existing application may use Alembic for its own tables."""


class State(StrEnum):
    """How the tables stand to this release."""

    EMPTY = "empty"  # none of ours; tables of the old application may be there
    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"


def state(store: Store) -> tuple[State, str | None]:
    """The state of the database and its revision."""
    with store.read() as session:
        return _state(session.connection())


def exists(store: Store) -> bool:
    """Whether our tables are there, without creating anything, not even an SQLite file."""
    if store.is_sqlite and not Path(str(store.engine.url.database)).is_file():
        return False
    with store.read() as session:  # not by way of the state, which loads every migration: rankings ask every 2 s
        return _revision(session.connection()) is not None


def ready(store: Store) -> None:
    """Make the database usable at start: create what is missing, upgrade SQLite after a backup.

    Raises:
        AssayError: PostgreSQL is behind (its owner decides when), or the database is newer than this release.
    """
    where, revision = _state_of_ours(store)
    if where is State.AHEAD:
        raise AssayError(
            f"The database was made by a newer Assay (revision {revision}). "
            "Nothing was changed. Start the newer release, or choose another database.",
            detail=f"It is {store.label}.",
        )
    if where is State.BEHIND and not store.is_sqlite:
        raise AssayError(
            f"The database was made by an older Assay (revision {revision}). "
            "Nothing was changed. Make a backup, then run: python -m core init",
            detail=f"It is {store.label}.",
        )
    if where is not State.CURRENT:
        upgrade(store)


def upgrade(store: Store, *, keep_copy: bool = True) -> str:
    """Create or upgrade all tables in one transaction, one process at a time; the revision reached.

    An SQLite file is copied first, unless ``keep_copy`` says that it is a copy itself.
    """
    where, revision = _state_of_ours(store)
    if where is State.AHEAD:
        ready(store)  # says why not
    if where is State.BEHIND and store.is_sqlite and keep_copy:
        log.warning(
            "upgrading from revision %s; backup in %s", revision, _save_before_upgrade(store, revision or "none")
        )
    config = _config()
    with store.write() as session:
        lock_writers(session)
        connection = session.connection()
        _refuse_strangers(connection)
        config.attributes["connection"] = connection
        before = _revision(connection)  # as it is now that nobody else upgrades
        command.upgrade(config, "head")
        if before not in (None, head()):
            audit.write(session, Rule.ASSAY, "upgraded", "database", old={"revision": before}, new={"revision": head()})
    return head()


def head() -> str:
    """The revision of this release."""
    return _head_of(str(_config().get_main_option("script_location")))


def tables(store: Store) -> dict[str, bool]:
    """Every table that is needed, and whether it exists."""
    with store.read() as session:
        present = set(inspect(session.connection()).get_table_names())
    return {name: name in present for name in sorted(Base.metadata.tables)}


def _save_before_upgrade(store: Store, revision: str) -> Path:
    """Copy the SQLite file beside itself; without that copy nothing is upgraded."""
    source = Path(str(store.engine.url.database))
    target = source.with_name(f"{source.stem}-{revision}-{datetime.now(UTC):%Y%m%d-%H%M%S}.backup.db")
    try:
        copy_sqlite(source, target)
    except Unavailable as error:
        raise Unavailable(f"{error} Nothing was upgraded.", detail=error.detail) from error
    return target


def _state_of_ours(store: Store) -> tuple[State, str | None]:
    """The state, after making room for an SQLite file that is about to be created."""
    if store.is_sqlite:
        file = Path(str(store.engine.url.database)).resolve()
        private_folder(file.parent)
        private_file(file)
    return state(store)


@cache
def _head_of(location: str) -> str:
    """Reading every migration takes longer than all the rest of opening a database."""
    config = _config()
    config.set_main_option("script_location", location)
    found = ScriptDirectory.from_config(config).get_current_head()
    assert found is not None
    return found


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _state(connection: Connection) -> tuple[State, str | None]:
    revision = _revision(connection)
    if revision is None:
        return State.EMPTY, None
    if revision == head():
        return State.CURRENT, revision
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return (State.BEHIND if revision in known else State.AHEAD), revision


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(select(column("version_num")).select_from(table(VERSION_TABLE))).scalar()
    return None if found is None else str(found)


def _refuse_strangers(connection: Connection) -> None:
    """A table of an expected name with other columns is somebody else's: better to stop than to guess."""
    inspector = inspect(connection)
    for name, expected in Base.metadata.tables.items():
        if name.startswith("rlhf_") and inspector.has_table(name):
            present = {found["name"] for found in inspector.get_columns(name)}
            missing = sorted({wanted.name for wanted in expected.columns} - present)
            if missing:
                raise AssayError(
                    f"The table {name} lacks the column {missing[0]}, so it is not the table Assay knows. "
                    "Nothing was changed. Check DATABASE_URL."
                )
