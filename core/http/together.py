"""Calls that want the same of the database, done together: one thread and one transaction for all who wait."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio
import anyio.to_thread

Asked = TypeVar("Asked")
Found = TypeVar("Found")

MOST = 20
"""Calls of one round: of writes a rater who saves meanwhile waits for as long as they take, some milliseconds."""


@dataclass(eq=False)
class _Call(Generic[Asked, Found]):
    asked: Asked
    found: Found | BaseException | None = None
    """None: it waits."""
    turn: anyio.Event = field(default_factory=anyio.Event)
    """Set once it is done, or is to do the next round."""


class Together(Generic[Asked, Found]):
    """Rounds of calls, one after the other. Who comes while one is done waits, and is in the next with all who do.

    There is no timer: the first of those who wait does the round for all of them, in a thread of this one's own.

    Args:
        do: what does a round; for each call, in their order, what was found, or the error that its caller gets. What it
            raises everybody gets.
    """

    def __init__(self, do: Callable[[Sequence[Asked]], Sequence[Found | Exception]]) -> None:
        self._do = do
        self._waiting: list[_Call[Asked, Found]] = []
        self._busy = False
        self._thread = anyio.CapacityLimiter(1)  # a database that hangs must not hold the threads of the dashboard

    async def ask(self, asked: Asked) -> Found:
        """What was found for this call in a round that began after it.

        Raises:
            Exception: as ``do`` says.
        """
        call: _Call[Asked, Found] = _Call(asked)
        self._waiting.append(call)
        if self._busy:
            try:
                await call.turn.wait()
            except BaseException:
                self._give_up(call)
                raise
        if call.found is None:
            await self._round()
        if isinstance(call.found, BaseException):
            raise call.found
        assert call.found is not None
        return call.found

    async def _round(self) -> None:
        self._busy = True
        calls, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        found: Sequence[Found | BaseException]
        try:
            with anyio.CancelScope(shield=True):  # of others too
                found = await anyio.to_thread.run_sync(self._do, [call.asked for call in calls], limiter=self._thread)
        except BaseException as error:  # noqa: BLE001  each who waits must hear of it: asyncio's own cancelling too
            found = [error] * len(calls)
        for call, one in zip(calls, found, strict=True):
            call.found = one
            call.turn.set()
        self._next()

    def _next(self) -> None:
        self._busy = bool(self._waiting)
        if self._waiting:
            self._waiting[0].turn.set()

    def _give_up(self, call: _Call[Asked, Found]) -> None:
        """A caller has left: nobody waits for it to do their round."""
        if call in self._waiting:
            self._waiting.remove(call)
            if call.turn.is_set():
                self._next()
