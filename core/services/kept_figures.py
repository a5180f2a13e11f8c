"""Figures for which all ratings are read: measured once for each state of the data and kept in memory.

Each is kept with the number of changes at which it was measured (``counts.number_of_changes``), and measured anew where
that number is another one. Where there are many answers a page shows for some minutes what it has, says how old that
is, and measures anew when it is asked to: somebody always rates, and measuring takes seconds. After an erasure nothing
is shown that was measured before.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from core.store.database import Store
from core.store.training import counts
from core.store.types import now

T = TypeVar("T")

OLDEST = timedelta(minutes=15)
"""So long a figure is shown of which the data has changed since, where there are many answers."""
MOST = 64
"""Figures that are kept; beyond that the one unused longest goes."""


class Kind(StrEnum):
    """What is measured."""

    AGREEMENT = "agreement"
    JUDGES = "judges"
    WORTH = "worth"


BESIDE = {
    Kind.AGREEMENT: (counts.PEOPLE,),
    Kind.JUDGES: (counts.PEOPLE, counts.JUDGES),
    Kind.WORTH: (counts.WORTH,),
}
"""What a kind depends on beside answers and ratings."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure, and the state of the data that it is of."""

    value: Any
    changes: int
    erasures: int
    at: datetime


@dataclass
class KeptFigures:
    """The figures of one workspace; safe to share between threads."""

    _kept: OrderedDict[tuple[Hashable, ...], Measured] = field(default_factory=OrderedDict)
    _measuring: dict[tuple[Hashable, ...], threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, store: Store, kind: Kind, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """The figure of this kind under this key, made where none is kept that may still be shown."""
        whole = (kind, *key)
        changes, erasures, large = state(store, kind)

        def usable() -> Measured | None:
            found = self._find(whole)
            if found is None or found.erasures != erasures:
                return None
            return found if found.changes >= changes or (large and now() - found.at < OLDEST) else None

        found = usable()
        if found is None:
            with self._one_at_a_time(whole):  # of several pages one measures
                found = usable()
                if found is None:
                    found = Measured(make(), changes, erasures, now())
                    self._keep(whole, found)
        value: T = found.value
        return value

    def drop(self, kind: Kind) -> None:
        """Forget all figures of this kind."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == kind]:
                del self._kept[key]

    def oldest(self, kind: Kind) -> Measured | None:
        """The figure of this kind that was measured first."""
        with self._lock:
            return min((one for key, one in self._kept.items() if key[0] == kind), key=lambda one: one.at, default=None)

    def _find(self, key: tuple[Hashable, ...]) -> Measured | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def _keep(self, key: tuple[Hashable, ...], measured: Measured) -> None:
        with self._lock:
            self._kept[key] = measured
            while len(self._kept) > MOST:
                self._measuring.pop(self._kept.popitem(last=False)[0], None)

    def _one_at_a_time(self, key: tuple[Hashable, ...]) -> threading.Lock:
        with self._lock:
            return self._measuring.setdefault(key, threading.Lock())


def state(store: Store, kind: Kind) -> tuple[int, int, bool]:
    """A number that moves with every change that this kind depends on, one that moves with every erasure, and whether
    there are many answers.
    """
    with store.read() as session:
        return (*counts.number_of_changes(session, *BESIDE[kind]), counts.is_large(session))
