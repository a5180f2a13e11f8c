"""What the process opens once: one of each, errors not kept, replaced databases closed."""

import threading
from functools import partial

import pytest

from core.domain.errors import AssayError
from core.domain.settings import Settings
from core.services.reranking import reranking, usage
from core.services.runtime import KEPT, Runtime, runtime
from core.store.database import Store, connect
from tests.databases import PATIENCE


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    runtime.close()
    yield
    runtime.close()


def checked_in(store: Store) -> int:
    """Connections that the engine holds open."""
    return store.engine.pool.checkedin()  # type: ignore[attr-defined]


def test_the_database_is_opened_once_whoever_asks_first():
    """Many threads at the same moment get the same; after a close there is another,
    and the old connections are gone.
    """
    together, found = threading.Barrier(8), []

    def ask():
        together.wait()
        found.append(runtime.workspace())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(workspace) for workspace in found}) == 1
    assert checked_in(found[0].store)
    runtime.close()
    assert not checked_in(found[0].store)
    assert runtime.workspace() is not found[0]


def test_an_error_is_not_kept_and_leaves_no_connection(monkeypatch, tmp_path):
    """Whoever waits for a failing attempt gets its sentence; the next call tries again."""
    stores: list[Store] = []

    def noted(settings: Settings) -> Store:
        stores.append(connect(settings))
        return stores[-1]

    monkeypatch.setattr("core.services.workspace.connect", noted)
    (tmp_path / "home").mkdir()
    file = tmp_path / "home" / "assay.db"
    file.write_bytes(b"no database at all" * 100)
    for _ in range(3):
        with pytest.raises(AssayError, match="not an SQLite database"):
            runtime.workspace()
    assert len(stores) == 3
    assert not any(map(checked_in, stores))
    file.unlink()
    assert runtime.workspace() is runtime.workspace()


def test_those_who_wait_for_a_failing_attempt_do_not_each_try_again(monkeypatch):
    """A database that hangs would otherwise hold up ten threads one after the other."""
    tries, waiting, go = [], threading.Semaphore(0), threading.Event()

    def fail():
        tries.append(1)
        go.wait(PATIENCE)
        raise AssayError("away")

    monkeypatch.setattr("core.services.runtime.open_workspace", fail)
    opened, said = Runtime(), []

    def ask():
        waiting.release()
        try:
            opened.workspace()
        except AssayError as error:
            said.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert waiting.acquire(timeout=PATIENCE)
    while opened._opening is None or len(opened._opening._condition._waiters) < 4:  # type: ignore[attr-defined]
        threading.Event().wait(0.001)
    go.set()
    for thread in threads:
        thread.join()
    assert said == ["away"] * 5
    assert len(tries) == 1


def test_a_changed_environment_gives_another_reranker_and_the_number_is_bounded(monkeypatch, tmp_path):
    """The one unused longest goes with its connections; what is used again stays the same."""
    first = reranking.reranker_from_environment()
    assert reranking.reranker_from_environment() is first
    assert first.model() is None
    for number in range(2 * KEPT):
        monkeypatch.setenv("ASSAY_HOME", str(tmp_path / str(number)))
        assert reranking.reranker_from_environment() is not first
    assert all(len(things) <= KEPT for things in runtime._kept.values())


def test_what_goes_because_there_are_too_many_is_closed(tmp_path):
    """A database that nobody used lately holds no connections."""
    opened, stores = Runtime(), []
    for number in range(KEPT + 1):
        settings = Settings.from_env(
            {"ASSAY_HOME": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / str(number)}"}
        )
        stores.append(opened.keep("database", number, partial(connect, settings)))
        with stores[-1].read() as session:
            session.connection()
    assert [checked_in(store) for store in stores] == [0] + [1] * KEPT
    opened.close()
    assert not any(map(checked_in, stores))


def test_two_databases_keep_their_notes_apart(workspace):
    """The notes of rankings belong to the database."""
    assert usage.log_of(workspace) is usage.log_of(workspace)
    assert usage.log_of(runtime.workspace()) is not usage.log_of(workspace)
