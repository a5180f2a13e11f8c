"""Taking turns at the model: one scoring at a time, long lists in parts between which others go first."""

import math
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import anyio
import anyio.to_thread

from core.http.fair_queue import TURN_WORDS, FairQueue, QueueFull, Ticket
from core.http.json_body import CLOSED
from core.http.limits import SCORING_SECONDS
from core.http.responses import Refused
from core.serving.reranker import Ranking

_TEXT_WORDS = 10  # what a text costs beside its words, as words: measured on texts whose vectors are known
_WORD_CHARACTERS = 6  # about, with the space behind it


@dataclass(frozen=True, slots=True)
class Work:
    """What one request wants of the model."""

    texts: Sequence[str]
    unread: Callable[[Sequence[str]], Sequence[int]]
    """Words of each text that the encoder has not read yet."""
    rank: Callable[[Sequence[str]], Ranking]


@dataclass(frozen=True, slots=True)
class Part:
    """Texts that are scored in one turn."""

    texts: Sequence[str]
    words: int


class ScoringQueue:
    """Who is scored when. The threads of the dashboard's own files are not touched: this has limiters of its own."""

    def __init__(self, queue: FairQueue | None = None, *, seconds: float = SCORING_SECONDS) -> None:
        self._queue = FairQueue() if queue is None else queue
        self.pace = self._queue.pace
        self._limit = seconds
        self._called: dict[Ticket, anyio.Event] = {}
        self._scoring, self._measuring = anyio.CapacityLimiter(1), anyio.CapacityLimiter(1)

    async def measured(self, caller: str, work: Work) -> list[Part]:
        """What has to be read for this work, in turns of about a second; a long list ends with the ranking as a whole.

        Raises:
            Refused: 429 it could not be done in time, which is told before its words are counted where that is
                possible.
        """
        least = _TEXT_WORDS * len(work.texts)
        try:
            self._queue.check(caller, least, least + sum(map(len, work.texts)) // _WORD_CHARACTERS)
        except QueueFull as busy:
            raise too_busy(busy.seconds) from None
        unread = await anyio.to_thread.run_sync(work.unread, work.texts, limiter=self._measuring)
        return _parts(work.texts, unread)

    async def score(
        self, caller: str, work: Work, parts: Sequence[Part], gone: Callable[[], Awaitable[None]]
    ) -> Ranking:
        """Rank the texts when it is their turn; ``gone`` returns when the client left.

        A long list is ranked part by part first, which fills the cache of vectors, and then as a whole.

        Raises:
            Refused: 429 it could not be done in time, and Retry-After says when it could; 504 not done in time against
                all expectation, 499 the client left.
        """
        ticket = self._taken(caller, parts)
        self._called[ticket] = anyio.Event()
        result: Ranking | None = None
        failure: Exception | None = None
        left = False
        try:
            with anyio.move_on_after(ticket.seconds):
                async with anyio.create_task_group() as tasks:

                    async def watch() -> None:
                        nonlocal left
                        await gone()
                        left = True
                        tasks.cancel_scope.cancel()

                    tasks.start_soon(watch)
                    try:
                        result = await self._in_turns(ticket, work, parts)
                    except Exception as error:  # noqa: BLE001  raised below, and not as a group of one
                        failure = error
                    tasks.cancel_scope.cancel()
        finally:
            self._queue.leave(ticket)
            del self._called[ticket]
            self._call_next()
        if failure is not None:
            raise failure
        if result is not None:
            return result
        if left:
            raise Refused(CLOSED, "The client left.")
        raise Refused(
            504,
            f"Ranking took more than {ticket.seconds:.0f} seconds and was stopped. Nothing is wrong with what you "
            "sent: try again, and what was read so far goes faster then, or send fewer or shorter documents.",
        )

    def _taken(self, caller: str, parts: Sequence[Part]) -> Ticket:
        try:
            return self._queue.take(caller, [part.words for part in parts], self._limit)
        except QueueFull as busy:
            raise too_busy(busy.seconds) from None

    async def _in_turns(self, ticket: Ticket, work: Work, parts: Sequence[Part]) -> Ranking:
        self._call_next()
        for number, part in enumerate(parts, 1):
            await self._called[ticket].wait()
            ranking, words, seconds = await anyio.to_thread.run_sync(_scored, work, part.texts, limiter=self._scoring)
            self.pace.learn(words, seconds)
            if number == len(parts) or ranking.model_version is None:
                break
            self._called[ticket] = anyio.Event()
            self._queue.turn_over(ticket)
            self._call_next()
        return ranking

    def _call_next(self) -> None:
        ticket = self._queue.next()
        if ticket is not None:
            self._called[ticket].set()


def too_busy(seconds: float) -> Refused:
    """The refusal of what could not be done now: when to come back, in whole seconds."""
    wait = max(1, math.ceil(seconds))
    return Refused(
        429,
        f"The server has as much to do as it can finish in time, so nothing was begun. Try again in {wait} s.",
        {"retry-after": str(wait)},
    )


def _scored(work: Work, texts: Sequence[str]) -> tuple[Ranking, int, float]:
    """The ranking, how many words were read for it, and the seconds it took."""
    words = sum(work.unread(texts))  # again: another request may have had the same texts in the meantime
    began = time.monotonic()
    return work.rank(texts), words, time.monotonic() - began


def _parts(texts: Sequence[str], unread: Sequence[int]) -> list[Part]:
    """The texts in parts of about a second of work, in their order, and then all of them where there are several."""
    parts: list[Part] = []
    first = words = 0
    for index, size in enumerate(unread):
        size += _TEXT_WORDS
        if index > first and words + size > TURN_WORDS:
            parts.append(Part(texts[first:index], words))
            first, words = index, 0
        words += size
    parts.append(Part(texts[first:], words))
    return parts if len(parts) == 1 else [*parts, Part(texts, _TEXT_WORDS * len(texts))]
