"""Cookies of browsers: signed by this server, or known to the database; nothing else."""

import threading

import pytest

from core.domain.roles import COMMAND_LINE
from core.services.operations import backup
from core.services.people import local_names, visitors
from core.services.workspace import open_workspace
from tests.databases import environment

OLD = "a-token-from-before-there-were-signatures"


def test_only_what_this_server_gave_is_accepted(workspace):
    """A random value, a signature of another server, and each altered character are refused."""
    cookie = visitors.issue(workspace)
    assert visitors.accepted(workspace, cookie)
    assert cookie != visitors.issue(workspace)
    for place in (0, 10, len(cookie) - 44, len(cookie) - 43, len(cookie) - 2):
        assert not visitors.accepted(
            workspace, cookie[:place] + ("A" if cookie[place] != "A" else "B") + cookie[place + 1 :]
        )
    for planted in ("", ".", OLD, cookie.partition(".")[0], cookie + "x", "." + cookie, cookie + "." + cookie, "é.é"):
        assert not visitors.accepted(workspace, planted)
    assert visitors.cookie_for(workspace, [OLD, cookie]) is None
    given = visitors.cookie_for(workspace, [OLD])
    assert given is not None
    assert visitors.accepted(workspace, given)


def test_browsers_that_the_database_knows_stay_known(workspace):
    """Whoever chose a name before cookies were signed need not do it again."""
    local_names.rate_as(workspace, OLD, "Ana")
    assert visitors.accepted(workspace, OLD)
    local_names.stop_rating(workspace, OLD)
    assert not visitors.accepted(workspace, OLD)


def test_processes_that_start_at_once_and_later_ones_sign_alike(opened):
    """Whoever is second takes the key of the first; a restart changes nothing; no text of ours holds it."""
    workspaces, given, together = [opened() for _ in range(4)], [], threading.Barrier(4)

    def start(workspace):
        together.wait()
        given.append(visitors.issue(workspace))

    threads = [threading.Thread(target=start, args=(workspace,)) for workspace in workspaces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == 4
    later = opened()
    assert all(visitors.accepted(later, cookie) for cookie in given)
    assert later.cookie_key
    assert later.cookie_key.decode() not in repr(later)


def test_a_restored_database_knows_its_own_cookies(sqlite_url, tmp_path):
    """The key comes with the backup; who somebody was does not."""
    workspace = open_workspace(environment(sqlite_url, tmp_path / "home"))
    cookie = visitors.issue(workspace)
    local_names.rate_as(workspace, cookie, "Ana")
    saved = backup.save(workspace, COMMAND_LINE, tmp_path / "saved")
    workspace.store.engine.dispose()
    into = tmp_path / "restored"
    backup.restore(saved.path, str(into), workspace.settings)
    restored = open_workspace(environment("", into))
    assert visitors.accepted(restored, cookie)
    assert local_names.user_of(restored, cookie) is None
    restored.store.engine.dispose()


@pytest.mark.every_database
@pytest.mark.parametrize("offered", [[], [OLD]])
def test_without_a_database_nothing_is_given_and_nothing_taken(workspace, monkeypatch, offered):
    """A cookie that cannot be checked now may be a good one."""
    from core.domain.errors import Unavailable

    def away():
        raise Unavailable("away")

    monkeypatch.setattr(type(workspace.store), "read", lambda self: away())
    monkeypatch.setattr(type(workspace.store), "write", lambda self: away())
    assert visitors.cookie_for(workspace, offered) is None
