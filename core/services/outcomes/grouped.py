"""Small writes of many callers in shared transactions: each is acknowledged after the commit that holds it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.domain.errors import AssayError, Collision
from core.store.database import Session, Store
from core.store.retrying import written

Given = TypeVar("Given")
Result = TypeVar("Result")

MOST_TOGETHER = 20
"""Writes of one transaction: a rater who saves meanwhile waits for as long as they take, some milliseconds."""


@dataclass(slots=True, eq=False)
class _Write(Generic[Given, Result]):
    given: Given
    became: Result | BaseException | None = None
    """None: it waits."""


class GroupedCommits(Generic[Given, Result]):
    """Writes on one database. Who comes while another one commits waits, and shares the next commit with all who do.

    There is no thread and no timer of its own: the first of those who wait commits for all of them.

    Args:
        store: the database.
        keep: what writes some of them and tells what became of each, in their order. One that it refuses is told by its
            error, and nothing of it is written; whatever it raises undoes them all. It may be called again for the
            same, each time after what it wrote was undone.
    """

    def __init__(self, store: Store, keep: Callable[[Session, Sequence[Given]], Sequence[Result | AssayError]]) -> None:
        self._store = store
        self._keep = keep
        self._turn = threading.Condition()
        self._waiting: list[_Write[Given, Result]] = []
        self._committing = False

    def run(self, given: Given) -> Result:
        """What became of this write, once it is committed; where it fails, nothing of it was written.

        Raises:
            AssayError: why it was refused, or the database does not answer.
        """
        write: _Write[Given, Result] = _Write(given)
        with self._turn:
            self._waiting.append(write)
        while group := self._next_group(write):
            self._commit(group)
        became = write.became
        if isinstance(became, Collision):  # alone it sees what another process did meanwhile
            became = written(self._store, lambda session: self._keep(session, [given]))[0]
        if isinstance(became, BaseException):
            raise became
        assert became is not None
        return became

    def _next_group(self, write: _Write[Given, Result]) -> list[_Write[Given, Result]]:
        """Those who wait, oldest first, once nobody else commits; none where this write has ended by then."""
        with self._turn:
            while self._committing and write.became is None:
                self._turn.wait()
            if write.became is not None:
                return []
            self._committing = True
            group, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            return group

    def _commit(self, group: list[_Write[Given, Result]]) -> None:
        became: Sequence[Result | BaseException]
        try:
            with self._store.write() as session:
                became = self._keep(session, [write.given for write in group])
        except BaseException as error:  # noqa: BLE001  each who waits must hear of it, whatever it is
            became = [error] * len(group)
        with self._turn:
            self._committing = False
            for write, one in zip(group, became, strict=True):
                write.became = one
            self._turn.notify_all()
