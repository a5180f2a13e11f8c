"""Small writes of many callers in shared transactions: each is acknowledged after the commit that holds it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from core.domain.errors import Collision, Unavailable
from core.services.runtime import runtime
from core.services.workspace import Workspace
from core.store.database import Session, Store
from core.store.retrying import written

Result = TypeVar("Result")

MOST_TOGETHER = 20
"""Writes of one transaction: a rater who saves meanwhile waits for as long as they take, some milliseconds."""


@dataclass(slots=True, eq=False)
class _Write:
    act: Callable[[Session], Any]
    ended: bool = False
    result: Any = None
    error: BaseException | None = None


class GroupedCommits:
    """Writes on one database. Who comes while another one commits waits, and shares the next commit with all who do.

    There is no thread and no timer of its own: the first of those who wait commits for all of them.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = threading.Condition()
        self._waiting: list[_Write] = []
        self._committing = False

    def run(self, act: Callable[[Session], Result]) -> Result:
        """What ``act`` returns, once that it wrote is committed; where it fails, nothing of it was written.

        It may be run more than once, each time after what it did before was undone.

        Raises:
            AssayError: what ``act`` raised, or the database does not answer.
        """
        write = _Write(act)
        with self._turn:
            self._waiting.append(write)
        while group := self._next_group(write):
            self._commit(group)
        if isinstance(write.error, Collision):  # alone it sees what another process did meanwhile
            return written(self._store, act)
        if write.error is not None:
            raise write.error
        result: Result = write.result
        return result

    def _next_group(self, write: _Write) -> list[_Write]:
        """Those who wait, oldest first, once nobody else commits; none where this write has ended by then."""
        with self._turn:
            while self._committing and not write.ended:
                self._turn.wait()
            if write.ended:
                return []
            self._committing = True
            group, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            return group

    def _commit(self, group: list[_Write]) -> None:
        try:
            with self._store.write() as session:
                for write in group:
                    self._do(session, write)
        except BaseException as error:  # noqa: BLE001  each who waits must hear of it, whatever it is
            for write in group:
                write.error = write.error or error
        with self._turn:
            self._committing = False
            for write in group:
                write.ended = True
            self._turn.notify_all()

    def _do(self, session: Session, write: _Write) -> None:
        try:
            with self._store.part(session):
                write.result = write.act(session)
        except Unavailable:
            raise  # the connection may be gone, and with it what the others wrote: all are told
        except Exception as error:  # noqa: BLE001  it fails alone, and its caller raises it
            write.error = error


def commits_of(workspace: Workspace) -> GroupedCommits:
    """The shared commits of this process on the workspace's database."""
    return runtime.keep("grouped commits", workspace.store, lambda: GroupedCommits(workspace.store))
