"""What this process opened once and everything in it shares: the database, encoders, rerankers, the notes of rankings.

It lies outside Streamlit's caches, which a message of any browser can empty.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

from core.domain.settings import Settings
from core.services.workspace import Workspace, open_workspace
from core.store.database import Store
from core.store.interactions import identifiers

T = TypeVar("T")

KEPT = 8
"""Things of one kind; beyond that the one unused longest goes, and where it is a database its connections close."""


class Runtime:
    """Opens each thing when it is first asked for; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # what is made here may ask for something else that is made here
        self._kept: dict[str, OrderedDict[Hashable, Any]] = {}
        self._opening: Future[Workspace] | None = None

    def workspace(self) -> Workspace:
        """Settings and database of this process. Whoever comes while it is being opened waits for that one attempt.

        Raises:
            AssayError: it cannot be opened; an error is not kept, so the next call tries again.
        """
        with self._lock:
            attempt, is_mine = self._opening, self._opening is None
            if attempt is None:
                attempt = self._opening = Future()
        if is_mine:
            try:
                attempt.set_result(_for_a_server())
            except BaseException as error:  # noqa: BLE001  whoever waits must hear of it, whatever it is
                with self._lock:
                    self._opening = None if self._opening is attempt else self._opening
                attempt.set_exception(error)
        return attempt.result()

    def keep(self, kind: str, key: Hashable, make: Callable[[], T]) -> T:
        """The thing of this kind under this key, made where there is none; of each kind at most ``KEPT`` stay."""
        with self._lock:
            things = self._kept.setdefault(kind, OrderedDict())
            if key not in things:
                things[key] = make()
            things.move_to_end(key)
            found: T = things[key]
            while len(things) > KEPT:
                _dispose(things.popitem(last=False)[1])
            return found

    def close(self) -> None:
        """Forget everything and close the connections; what is asked for next is opened anew."""
        with self._lock:
            opened, self._opening = self._opening, None
            things = [thing for of_one_kind in self._kept.values() for thing in of_one_kind.values()]
            self._kept.clear()
        if opened is not None and opened.exception() is None:
            things.append(opened.result().store)
        for thing in things:
            _dispose(thing)


def _for_a_server() -> Workspace:
    opened = open_workspace()
    identifiers.take_charge(opened.store)  # a command with another reader in its environment marks nothing
    return opened


def _dispose(thing: object) -> None:
    if isinstance(thing, Workspace):
        thing = thing.store
    if isinstance(thing, Store):
        thing.engine.dispose()


runtime = Runtime()
"""The one of this process."""


def workspace_from_environment() -> Workspace:
    """Settings and database of a program that only imported ``core``: opened when it first needs them.

    Raises:
        AssayError: the sentence says which setting or which part of the database is in the way.
    """
    return runtime.keep("workspace", Settings.from_env(os.environ), open_workspace)
