"""Taking turns: what is too much is told so, long lists let others pass, and nothing waits for ever."""

import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import anyio
import pytest
from anyio.from_thread import start_blocking_portal

from core.http.answers import Refused
from core.http.scoring import Turns
from core.serving.reranker import Ranking


def ranked(texts: Sequence[str]) -> Ranking:
    return Ranking("v1", tuple(range(len(texts))), (0.5,) * len(texts))


async def stays() -> bool:
    return False


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    """In a loop of its own: Playwright may keep one running in this thread."""
    with start_blocking_portal() as elsewhere:
        return elsewhere.call(work)


def test_one_more_than_there_are_places_is_told_when_to_come_back() -> None:
    """429 with Retry-After in whole seconds; a place that is left can be taken again."""
    turns = Turns(places=2)
    with turns.place(), turns.place():
        with pytest.raises(Refused) as full, turns.place():
            pass
        assert full.value.status == 429
        assert int(full.value.headers["retry-after"]) >= 1
    with turns.place():
        pass


def test_a_short_list_does_not_wait_for_a_long_one() -> None:
    """Between the parts of a thousand long texts the next request has its turn; the whole is ranked last."""
    seen: list[int] = []
    turns = Turns()

    async def both() -> None:
        started = anyio.Event()

        def slow(texts: Sequence[str]) -> Ranking:
            if not seen:
                anyio.from_thread.run_sync(started.set)
                second_waits.wait(5)
            seen.append(len(texts))
            return ranked(texts)

        second_waits = threading.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(turns.score, slow, ["x" * 9_000] * 20, stays)
            await started.wait()
            tasks.start_soon(turns.score, slow, ["short"], stays)
            await anyio.wait_all_tasks_blocked()
            second_waits.set()

    run(both)
    assert seen == [8, 1, 8, 4, 20]


def test_a_ranking_that_takes_too_long_is_stopped() -> None:
    """504, and the parts that were not begun are never scored."""
    turns = Turns(seconds=0.05)
    parts: list[int] = []

    def slow(texts: Sequence[str]) -> Ranking:
        parts.append(len(texts))
        threading.Event().wait(0.1)
        return ranked(texts)

    async def ask() -> None:
        await turns.score(slow, ["x" * 9_000] * 100, stays)

    with pytest.raises(Refused) as late:
        run(ask)
    assert late.value.status == 504
    assert parts == [8]


def test_nothing_is_scored_for_a_client_that_left() -> None:
    """Its turn goes to the next."""
    called: list[int] = []

    def rank(texts: Sequence[str]) -> Ranking:
        called.append(1)
        return ranked(texts)

    async def gone() -> bool:
        return True

    async def ask() -> None:
        await Turns().score(rank, ["a"], gone)

    with pytest.raises(Refused):
        run(ask)
    assert not called
