"""Users, hosts, paths and GRANTs stand where whoever runs the server looks, and in no sentence that everybody reads."""

import ast
import logging
import sqlite3
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

import core
from core.domain import errors
from core.domain.errors import AssayError, MissingRight
from core.domain.settings import Settings
from core.reward import artifact
from core.store import schema
from core.store.database import Store, connect
from core.store.schema import State

USER, HOST, NAME = "anauser", "db.hidden.example", "reviewsdb"
POSTGRES = f"postgresql://{USER}:geheim@{HOST}:5432/{NAME}"
PLACES = {
    "path",
    "place",
    "file",
    "folder",
    "root",
    "directory",
    "label",
    "url",
    "host",
    "target",
    "user",
    "username",
    "grant",
    "emb_model",
    "source",
}
"""Names under which such a thing is put into a sentence."""


class Refusal(psycopg2.OperationalError):
    """What the driver raises, with the server's code."""

    def __init__(self, said: str, code: str | None = None) -> None:
        super().__init__(said)
        self.code = code

    @property
    def pgcode(self) -> str | None:
        return self.code


ON_POSTGRES = {
    "no server": Refusal(f'could not connect to server at "{HOST}", port 5432 failed: Connection refused'),
    "no host": Refusal(f'could not translate host name "{HOST}" to address'),
    "restarted": Refusal("terminating connection due to administrator command"),
    "no database": Refusal(f'database "{NAME}" does not exist'),
    "no role": Refusal(f'role "{USER}" does not exist'),
    "password": Refusal(f'password authentication failed for user "{USER}"'),
    "right on a table": Refusal("permission denied for table rlhf_interactions", "42501"),
    "right on a sequence": Refusal("permission denied for sequence x_seq", "42501"),
    "right on a schema": Refusal("permission denied for schema public", "42501"),
    "row locked": Refusal("canceling statement due to lock timeout", "55P03"),
    "collision": Refusal("could not serialize access", "40001"),
    "anything else": Refusal(f"FATAL: sorry, too many clients already, {USER}"),
}
ON_SQLITE = {
    said: sqlite3.OperationalError(said)
    for said in (
        "attempt to write a readonly database",
        "database or disk is full",
        "disk I/O error",
        "database is locked",
        "unable to open database file",
        "file is not a database",
        "database disk image is malformed",
        "something new",
    )
}


def failing(store: Store, error: Exception) -> AssayError:
    """What comes out of a session in which this happens."""
    with pytest.raises(AssayError) as caught, store.read():
        raise error
    return caught.value


def nothing_shown(error: AssayError, *hidden: str) -> None:
    for word in (*hidden, "GRANT", "geheim"):
        assert word not in str(error)
    assert "geheim" not in error.in_full


@pytest.mark.parametrize("cause", ON_POSTGRES)
def test_no_sentence_about_postgresql_names_user_host_or_database(tmp_path: Path, cause: str, caplog) -> None:
    """The detail and the log do, where it helps; the password is nowhere."""
    store = connect(Settings.from_env({"DATABASE_URL": POSTGRES, "ASSAY_HOME": str(tmp_path)}, root=tmp_path))
    with caplog.at_level(logging.WARNING):
        error = failing(store, OperationalError("SELECT", {}, ON_POSTGRES[cause]))
    nothing_shown(error, USER, HOST, NAME)
    if cause not in ("row locked", "collision"):
        assert USER in error.detail
        assert error.detail in caplog.text
    assert isinstance(error, MissingRight) == cause.startswith("right")
    assert "geheim" not in caplog.text


@pytest.mark.parametrize("cause", ON_SQLITE)
def test_no_sentence_about_sqlite_names_the_file(tmp_path: Path, cause: str) -> None:
    """The detail does."""
    store = connect(Settings.from_env({"ASSAY_HOME": str(tmp_path)}, root=tmp_path))
    error = failing(store, OperationalError("SELECT", {}, ON_SQLITE[cause]))
    nothing_shown(error, str(tmp_path), "assay.db")
    if "locked" not in cause:
        assert "assay.db" in error.detail


def test_the_other_sentences_of_the_database(tmp_path: Path, monkeypatch) -> None:
    """A full pool, equal rows, and tables of another release."""
    store = connect(Settings.from_env({"DATABASE_URL": POSTGRES, "ASSAY_HOME": str(tmp_path)}, root=tmp_path))
    causes: list[Exception] = [PoolTimeout("QueuePool"), IntegrityError("INSERT", {}, Refusal("duplicate key"))]
    causes.append(DBAPIError("SELECT", {}, Refusal("who knows"), connection_invalidated=True))
    for cause in causes:
        nothing_shown(failing(store, cause), USER, HOST, NAME)
    for where in (State.AHEAD, State.BEHIND):
        monkeypatch.setattr(schema, "_state_of_ours", lambda store, where=where: (where, "0001"))
        with pytest.raises(AssayError) as caught:
            schema.ready(store)
        nothing_shown(caught.value, USER, HOST, NAME)
        assert HOST in caught.value.detail


@pytest.mark.parametrize(
    "given",
    [
        {"DATABASE_URL": f"{USER}:geheim@{HOST}://x"},
        {"DATABASE_URL": f"{USER}:geheim@{HOST}"},
        {"DATABASE_URL": f"postgresql://{USER}:ge@heim@{HOST}/{NAME}"},
        {"DATABASE_URL": f"postgresql://{USER}:geheim@{HOST}:x/y"},
        {"DATABASE_URL": "sqlite://"},
        {"DB_HOST": HOST, "DB_NAME": NAME},
        {"DB_HOST": HOST, "DB_PORT": "none"},
    ],
)
def test_no_setting_is_repeated_that_may_hold_a_name(tmp_path: Path, given: dict[str, str]) -> None:
    """A bad address is a sentence about the variable, not about its value."""
    with pytest.raises(AssayError) as caught:
        connect(Settings.from_env(given, root=tmp_path))
    nothing_shown(caught.value, USER, HOST, NAME)


SHOWN_TO_EVERYBODY = (
    "store/database.py",
    "store/schema.py",
    "store/compacting.py",
    "reward/artifact.py",
    "reward/encoding/weights.py",
    "reward/encoding/encoder.py",
    "services/models/models.py",
    "services/reranking/reranking.py",
)


@pytest.mark.parametrize("name", SHOWN_TO_EVERYBODY)
def test_no_sentence_is_made_with_a_place_or_a_user(name: str) -> None:
    """In the source: what is put into the sentence of an error has none of these names; into its detail it may."""
    kinds = {kind for kind, of in vars(errors).items() if isinstance(of, type) and issubclass(of, AssayError)}
    kinds |= {"AssayError"}
    tree = ast.parse((Path(core.__file__).parent / name).read_text())
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in kinds and call.args:
            for value in ast.walk(call.args[0]):
                if isinstance(value, ast.FormattedValue):
                    said = ast.unparse(value.value)
                    assert said.rpartition(".")[2] not in PLACES, ast.unparse(call)


def test_no_sentence_about_a_model_names_its_folder(tmp_path: Path) -> None:
    """Its version and the file in it, which say enough."""
    for act in (lambda: artifact.read_metadata(tmp_path / "v1"), lambda: artifact.verified(tmp_path / "v1", hashes={})):
        with pytest.raises(AssayError) as caught:
            act()
        assert str(tmp_path) not in str(caught.value)
        assert str(tmp_path) in caught.value.detail
