"""Creating, upgrading and refusing databases."""

import shutil
import stat
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import make_url

from core.domain.errors import AssayError, BadSetting, Unavailable
from core.domain.settings import Settings
from core.services.workspace import open_workspace
from core.store import database, schema
from core.store.database import connect
from core.store.schema import State
from core.store.tables import Base
from tests import looked
from tests.databases import LEGACY_NAMES, Plain, added, at_once, environment, finished, rater, start_python

RELEASE = schema.head()


def stamp(plain, revision):
    plain.run(f"UPDATE {schema.VERSION_TABLE} SET version_num = ?", revision)


@pytest.fixture
def older_release(tmp_path, monkeypatch):
    """Adds a second migration, so that a database of today's release is behind."""
    real = Path(schema.__file__).parent / "migrations"
    copy = tmp_path / "migrations"
    shutil.copytree(real, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "versions" / "9999_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision, branch_labels, depends_on = '9999', '{schema.head()}', None, None\n"
        "def upgrade():\n    op.add_column('assay_raters', sa.Column('colour', sa.Text(), nullable=True))\n"
    )
    plain = schema._config

    def config():
        found = plain()
        found.set_main_option("script_location", str(copy))
        return found

    def start_newer_release():
        monkeypatch.setattr(schema, "_config", config)

    return start_newer_release


def test_an_empty_database_gets_every_table(store):
    """An empty database has no tables of ours; making it ready creates all of them at this release's revision."""
    assert schema.state(store) == (State.EMPTY, None)
    schema.ready(store)
    assert schema.state(store) == (State.CURRENT, schema.head())
    assert set(schema.tables(store)) == set(Base.metadata.tables)
    assert all(schema.tables(store).values())


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index ix_assay_items_generator")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index 'ix_assay_items_g")
def test_the_migrations_lead_to_what_the_code_expects(store):
    """The upgraded database does not differ from the metadata in any table, column, type, index or constraint."""
    schema.ready(store)
    with store.read() as session:
        context = MigrationContext.configure(
            session.connection(),
            opts={"version_table": schema.VERSION_TABLE, "compare_type": True, "compare_server_default": True},
        )
        assert compare_metadata(context, Base.metadata) == []


def test_ready_twice_changes_nothing(store, old_app):
    """A database that is current is left exactly as it is."""
    schema.ready(store)
    names = [*Base.metadata.tables, schema.VERSION_TABLE]
    before = old_app.dump(*names)
    schema.ready(store)
    assert old_app.dump(*names) == before


def test_looking_whether_tables_exist_creates_no_file(sqlite_url, tmp_path):
    """Asking for the state of an SQLite database that is not there does not create it."""
    store = connect(Settings.from_env(environment(sqlite_url, tmp_path / "home")))
    assert not schema.exists(store)
    assert not (tmp_path / "home").exists()


def test_a_database_of_a_newer_release_is_refused(opened, old_app):
    """A revision this release does not know stops the start with a sentence, and nothing is touched."""
    opened()
    stamp(old_app, "7777")
    before = old_app.dump(*LEGACY_NAMES, schema.VERSION_TABLE)
    with pytest.raises(AssayError, match=r"newer Assay \(revision 7777\).*Nothing was changed"):
        opened()
    assert old_app.dump(*LEGACY_NAMES, schema.VERSION_TABLE) == before


def test_upgrading_a_newer_database_is_refused_too(workspace, old_app):
    """``init`` does not touch a database of a newer release either."""
    stamp(old_app, "7777")
    with pytest.raises(AssayError, match="newer Assay"):
        schema.upgrade(workspace.store)


def test_sqlite_that_is_behind_is_backed_up_and_upgraded(sqlite_url, tmp_path, older_release):
    """An SQLite file of an older release is copied beside itself, then upgraded with everything in it."""
    environ = environment(sqlite_url, tmp_path / "home")
    workspace = open_workspace(environ)
    interaction_id = added(workspace)
    rater(workspace, "Ana")
    older_release()
    assert schema.state(workspace.store) == (State.BEHIND, RELEASE)
    schema.ready(workspace.store)
    assert schema.state(workspace.store) == (State.CURRENT, "9999")
    (backup,) = (tmp_path / "home").glob("*.backup.db")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    copy = connect(Settings.from_env(environment(f"sqlite:///{backup}", tmp_path / "home")))
    assert schema.state(copy) == (State.BEHIND, RELEASE)
    with copy.read() as session:
        connection = session.connection()
        assert connection.exec_driver_sql("SELECT name FROM assay_raters").scalars().all() == ["Ana"]
        assert connection.exec_driver_sql("SELECT interaction_id FROM rlhf_interactions").scalar() == interaction_id
    with workspace.store.read() as session:
        connection = session.connection()
        assert connection.exec_driver_sql("SELECT name, colour FROM assay_raters").all() == [("Ana", None)]
    for store in (workspace.store, copy):
        store.engine.dispose()


def test_an_upgrade_without_backup_does_not_happen(sqlite_url, tmp_path, older_release, monkeypatch):
    """Where the backup cannot be written the file stays at its old revision and a sentence says why."""
    workspace = open_workspace(environment(sqlite_url, tmp_path / "home"))
    older_release()

    class FullDisk(type(Path())):  # type: ignore[misc]
        def with_name(self, name):
            return super().with_name("no such folder") / name

    monkeypatch.setattr(schema, "Path", FullDisk)
    with pytest.raises(Unavailable, match=r"backup could not be written.*Nothing was upgraded"):
        schema.ready(workspace.store)
    monkeypatch.setattr(schema, "Path", Path)
    assert schema.state(workspace.store) == (State.BEHIND, RELEASE)
    workspace.store.engine.dispose()


@pytest.mark.postgres
def test_postgresql_that_is_behind_waits_for_its_owner(postgres_url, tmp_path, older_release):
    """PostgreSQL of an older release is upgraded by ``python -m core init``, which the sentence at start names."""
    environ = environment(postgres_url, tmp_path / "home")
    store = open_workspace(environ).store
    older_release()
    with pytest.raises(AssayError, match=rf"older Assay \(revision {RELEASE}\).*python -m core init"):
        schema.ready(store)
    assert schema.state(store) == (State.BEHIND, RELEASE)
    assert schema.upgrade(store) == "9999"
    assert schema.state(store) == (State.CURRENT, "9999")
    store.engine.dispose()


def test_processes_that_start_at_once_all_succeed(environ, store):
    """Three processes that meet an empty database at the same moment all end with a usable one."""
    code = """
        import sys
        from core.services.workspace import open_workspace
        print("loaded", flush=True)
        sys.stdin.readline()
        print(open_workspace().store.label)
    """
    processes = [start_python(code, environ) for _ in range(3)]
    at_once(processes)
    assert finished(processes) == [f"{store.label}\n"] * 3
    assert schema.state(store) == (State.CURRENT, schema.head())


def test_a_new_file_that_somebody_else_is_making_is_waited_for(sqlite_url, tmp_path):
    """Opening a file in which another process writes its first page waits, though SQLite itself refuses at once."""
    environ = environment(sqlite_url, tmp_path / "home")
    (tmp_path / "home").mkdir()
    first = Plain(sqlite_url)
    first.run("BEGIN IMMEDIATE")
    done = threading.Timer(0.2, first.run, ["COMMIT"])
    done.start()
    store = open_workspace(environ).store
    assert schema.state(store) == (State.CURRENT, schema.head())
    done.join()
    first.close()
    store.engine.dispose()


def test_a_table_of_an_expected_name_with_other_columns_is_refused(store, old_app):
    """Somebody else's rlhf_interactions stops the start, and not one table is created beside it."""
    old_app.script("CREATE TABLE rlhf_interactions (interaction_id SERIAL PRIMARY KEY, user_prompt TEXT);")
    with pytest.raises(AssayError, match="rlhf_interactions lacks the column ai_response"):
        schema.ready(store)
    assert [name for name, there in schema.tables(store).items() if there] == ["rlhf_interactions"]
    assert schema.state(store) == (State.EMPTY, None)


def test_more_columns_than_expected_are_welcome(store, legacy_database):
    """A column that the owner added to a table of the old application is no reason to refuse it."""
    legacy_database.run("ALTER TABLE rlhf_interactions ADD COLUMN reviewed_by INTEGER")
    schema.ready(store)
    assert schema.state(store)[0] is State.CURRENT


def test_alembic_of_the_old_application_is_left_alone(store, old_app):
    """The old application's own alembic_version is neither read nor written."""
    old_app.run("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    old_app.run("INSERT INTO alembic_version VALUES ('abcdef')")
    schema.ready(store)
    assert schema.state(store)[0] is State.CURRENT
    assert old_app.run("SELECT version_num FROM alembic_version") == [("abcdef",)]


@pytest.mark.every_database
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:top%40secret@127.0.0.1:1/reviews",
        "postgresql://ana:top%40secret@no-such-host.invalid:5432/reviews",
        "postgresql://ana:top%40secret@/reviews?host=/no/such/folder",
    ],
)
def test_a_database_that_does_not_answer_is_an_error(tmp_path, url):
    """A PostgreSQL that is not there is named, its password masked; no SQLite file appears instead."""
    with pytest.raises(Unavailable) as caught:
        open_workspace(environment(url, tmp_path / "home"))
    sentence, everything = str(caught.value), caught.value.in_full
    assert "ana:***@" in everything
    assert "/reviews" in everything
    assert "secret" not in everything
    assert "ana" not in sentence
    assert "reviews" not in sentence
    assert list(tmp_path.rglob("*.db")) == []


@pytest.mark.postgres
def test_a_database_name_that_does_not_exist_is_named(postgres_url, tmp_path):
    """A server without the configured database gives a sentence that says so."""
    url = make_url(postgres_url).set(database="nobody_made_this").render_as_string(hide_password=False)
    with pytest.raises(Unavailable, match="does not exist") as caught:
        open_workspace(environment(url, tmp_path / "home"))
    assert "nobody_made_this" in caught.value.detail


@pytest.mark.every_database
@pytest.mark.parametrize(
    "url",
    ["postgresql://host:port/name", "sqlite://", "sqlite:///:memory:", "postgresql://[::1/name"],
)
def test_an_address_that_cannot_be_understood_is_a_bad_setting(tmp_path, url):
    """An unusable DATABASE_URL is refused with a sentence that names the variable."""
    with pytest.raises(BadSetting, match="DATABASE_URL"):
        open_workspace(environment(url, tmp_path / "home"))


def test_a_file_that_is_no_database_is_named(sqlite_url, tmp_path):
    """A file of other content under the database's name is refused, not overwritten."""
    (tmp_path / "home").mkdir()
    file = tmp_path / "home" / "assay.db"
    file.write_bytes(b"something else entirely, and long enough to be read as a header\n" * 20)
    before = file.read_bytes()
    with pytest.raises(Unavailable, match="damaged, or not an SQLite database") as caught:
        open_workspace(environment(sqlite_url, tmp_path / "home"))
    assert str(file) in caught.value.detail
    assert file.read_bytes() == before


def test_sqlite_keeps_what_it_acknowledged(sqlite_url, tmp_path):
    """Every SQLite connection uses WAL, full synchronisation, foreign keys and a busy timeout."""
    workspace = open_workspace(environment(sqlite_url, tmp_path / "home"))
    for open_session in (workspace.store.read, workspace.store.write):
        with open_session() as session:
            values = {
                name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
            }
        assert values == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 30_000,
            "secure_delete": 1,
        }
    workspace.store.engine.dispose()


def test_private_text_lies_in_a_private_folder(sqlite_url, tmp_path):
    """The folder created for the database can be entered by its owner only."""
    open_workspace(environment(sqlite_url, tmp_path / "home")).store.engine.dispose()
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


@pytest.mark.postgres
def test_a_lock_of_another_program_is_not_waited_for_without_end(postgres_url, tmp_path, monkeypatch):
    """A row that the old application holds locked makes a rating give up with a sentence; nothing is stored."""
    monkeypatch.setattr(database, "LOCK_SECONDS", 1)
    workspace = open_workspace(environment(postgres_url, tmp_path / "home"))
    number, ana = added(workspace), rater(workspace)
    holder = Plain(postgres_url)
    holder.run("BEGIN")
    holder.run("UPDATE rlhf_interactions SET feedback_comment = 'held' WHERE interaction_id = ?", number)
    with pytest.raises(Unavailable, match="working on the same row"):
        looked.rate(workspace, ana, number, 4)
    holder.run("ROLLBACK")
    assert looked.rate(workspace, ana, number, 4).rating == 4
    holder.close()
    workspace.store.engine.dispose()
