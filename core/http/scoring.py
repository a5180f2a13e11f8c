"""Taking turns at the model: a bounded queue, one scoring at a time, long lists in parts between which others go first."""

import math
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

import anyio
import anyio.to_thread

from core.http.answers import Refused
from core.http.bodies import CLOSED
from core.http.limits import MAX_AT_ONCE, SCORING_SECONDS
from core.serving.reranker import Ranking

_PART = 64
"""Windows of text per turn: about a second of work on two cores."""
_WINDOW_CHARACTERS = 900  # about 150 words
_WINDOWS = 8  # more of one text are not read

Rank = Callable[[Sequence[str]], Ranking]


class Turns:
    """Who is scored when. The threads of the dashboard's own files are not touched: this has a limiter of its own."""

    def __init__(self, *, places: int = MAX_AT_ONCE, seconds: float = SCORING_SECONDS) -> None:
        self._places, self._limit = places, seconds
        self._inside = 0
        self._turn = anyio.Lock()
        self._thread = anyio.CapacityLimiter(1)
        self._usual = 0.2  # seconds per request, a running mean

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place among those that are taken in.

        Raises:
            Refused: 429, all are taken; Retry-After says when about half of them will be done.
        """
        if self._inside >= self._places:
            wait = min(max(1, math.ceil(self._usual * self._inside / 2)), 30)
            raise Refused(
                429, f"{self._inside} requests are being worked on, and no more are taken in. Try again in {wait} s.",
                {"retry-after": str(wait)},
            )  # fmt: skip
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    async def score(self, rank: Rank, texts: Sequence[str], left: Callable[[], Awaitable[bool]]) -> Ranking:
        """Rank the texts when it is their turn; ``left`` says whether the client is gone.

        A long list is ranked part by part first, which fills the cache of vectors, and then as a whole.

        Raises:
            Refused: 504 not done in time, 499 the client left.
        """
        began = time.monotonic()
        parts = _parts(texts)
        with anyio.move_on_after(self._limit):
            ranking: Ranking | None = None
            for part in [*parts, texts] if len(parts) > 1 else [texts]:
                async with self._turn:
                    if await left():
                        raise Refused(CLOSED, "The client left.")
                    ranking = await anyio.to_thread.run_sync(rank, part, limiter=self._thread)
                if ranking.model_version is None:
                    break
            if ranking is not None:
                self._usual += (time.monotonic() - began - self._usual) / 10
                return ranking
        raise Refused(
            504, f"Ranking took more than {self._limit:.0f} seconds and was stopped. Send fewer or shorter documents, "
            "or try again when the server is less busy.",
        )  # fmt: skip


def _parts(texts: Sequence[str]) -> list[Sequence[str]]:
    """The texts in parts of about a second of work, in their order."""
    parts: list[list[str]] = [[]]
    size = 0
    for text in texts:
        windows = min(_WINDOWS, 1 + len(text) // _WINDOW_CHARACTERS)
        if parts[-1] and size + windows > _PART:
            parts.append([])
            size = 0
        parts[-1].append(text)
        size += windows
    return list(parts)
