"""Writes that share a commit: each is told of its own, one that fails fails alone, and nothing is said too early."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.domain.errors import AssayError, BadInput
from core.services.outcomes.grouped import MOST_TOGETHER, GroupedCommits
from core.services.workspace import Workspace
from core.store import settings
from core.store.database import Session
from tests.databases import PATIENCE

Write = Callable[[Session], str]
Commits = GroupedCommits[Write, str]


def put(name: str) -> Write:
    """Writes a setting of that name; the name."""

    def act(session: Session) -> str:
        settings.put(session, name, {"by": name})
        session.flush()
        return name

    return act


def bad(name: str) -> Write:
    """Is refused."""

    def act(session: Session) -> str:
        raise BadInput(name)

    return act


def commits_of(workspace: Workspace) -> Commits:
    """Each write is an act; what it raises as BadInput refuses it alone."""

    def keep(session: Session, acts: Sequence[Write]) -> list[str | AssayError]:
        became: list[str | AssayError] = []
        for act in acts:
            try:
                became.append(act(session))
            except BadInput as refused:
                became.append(refused)
        return became

    return GroupedCommits(workspace.store, keep)


def is_kept(workspace: Workspace, name: str) -> bool:
    """Whether it was committed."""
    with workspace.store.read() as session:
        return bool(settings.get(session, name))


def behind_a_slow_one(commits: Commits, acts: list[Write], slow: Write = put("slow")) -> list[str | Exception]:
    """What comes of these acts, all of which come while a slow one is being committed: they share what follows."""
    begun, release = threading.Event(), threading.Event()

    def slowly(session: Session) -> str:
        begun.set()
        assert release.wait(PATIENCE)
        return slow(session)

    def run(act: Write) -> str | Exception:
        try:
            return commits.run(act)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(acts) + 1) as threads:
        first = threads.submit(commits.run, slowly)
        assert begun.wait(PATIENCE)
        others = [threads.submit(run, act) for act in acts]
        while len(commits._waiting) < len(acts):
            threading.Event().wait(0.01)
        release.set()
        assert first.result(PATIENCE) == "slow"
        return [one.result(PATIENCE) for one in others]


def test_one_that_fails_fails_alone(workspace: Workspace) -> None:
    """Nothing of it is kept; the others of its commit are, more than fit into one commit too."""
    names = [f"n{number}" for number in range(MOST_TOGETHER + 5)]
    acts = [bad(name) if number % 7 == 0 else put(name) for number, name in enumerate(names)]
    found = behind_a_slow_one(commits_of(workspace), acts)
    for number, name in enumerate(names):
        if number % 7 == 0:
            assert isinstance(found[number], BadInput)
            assert str(found[number]) == name
        else:
            assert found[number] == name
        assert is_kept(workspace, name) == (number % 7 != 0)


def test_a_connection_that_breaks_is_said_to_all_who_share_it(workspace: Workspace) -> None:
    """As a sentence; nothing is kept, and what comes next is."""
    if workspace.store.is_sqlite:
        pytest.skip("not here: a file has no connection that breaks")

    def breaking(session: Session) -> str:
        pid = session.connection().connection.dbapi_connection.get_backend_pid()
        with workspace.store.write() as other:
            other.connection().exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        return put("broken")(session)

    commits = commits_of(workspace)
    found = behind_a_slow_one(commits, [put("before"), breaking, put("after")])
    assert all(isinstance(one, AssayError) for one in found), found
    assert not any(is_kept(workspace, name) for name in ("before", "broken", "after"))
    assert commits.run(put("next")) == "next"
    assert is_kept(workspace, "next")


def test_what_another_process_did_meanwhile_is_seen_when_it_is_run_again(workspace: Workspace) -> None:
    """A collision is no refusal: the act is run once more, alone."""
    runs: list[int] = []

    def colliding(session: Session) -> str:
        runs.append(1)
        if len(runs) == 1:
            settings.put(session, "twice", {})
            session.flush()
            session.connection().exec_driver_sql("INSERT INTO assay_settings (name, value) VALUES ('twice', '{}')")
        return put("again")(session)

    assert behind_a_slow_one(commits_of(workspace), [put("other"), colliding]) == ["other", "again"]
    assert len(runs) == 2
    assert is_kept(workspace, "again")
    assert not is_kept(workspace, "twice")
