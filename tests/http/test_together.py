"""Calls that are done together: each hears of its own, nobody is left waiting, and nothing is said too early."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest

from core.domain.errors import BadInput
from core.http.together import MOST, Together
from tests.databases import PATIENCE


class Slow:
    """Doubles numbers, refuses those that end in 7, and lets the first round wait until it is told to go on."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, asked: Sequence[int]) -> list[int | Exception]:
        self.rounds.append(list(asked))
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        if -1 in asked:
            raise RuntimeError("the whole round")
        return [BadInput(str(number)) if number % 10 == 7 else 2 * number for number in asked]


Outcome = dict[int, int | Exception]


def run(function: Callable[..., Coroutine[Any, Any, Any]], *given: Any) -> Any:
    """What an async function returns; in a thread of its own, since Playwright leaves a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, function, *given).result()


async def behind_the_first(slow: Slow, asked: Sequence[int], *, leave: Sequence[int] = ()) -> Outcome:
    """What calls get that all come while a first one is done; those in ``leave`` go before it has ended."""
    together: Together[int, int] = Together(slow)
    found: Outcome = {}
    scopes: dict[int, anyio.CancelScope] = {}

    async def ask(number: int) -> None:
        with anyio.CancelScope() as scopes[number]:
            try:
                found[number] = await together.ask(number)
            except Exception as error:
                found[number] = error

    with anyio.fail_after(PATIENCE):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, 1)
            await anyio.to_thread.run_sync(slow.begun.wait)
            for number in asked:
                tasks.start_soon(ask, number)
            await anyio.wait_all_tasks_blocked()
            for number in leave:
                scopes[number].cancel()
            await anyio.wait_all_tasks_blocked()
            assert not found, "acknowledged before it was done"
            slow.go_on.set()
    return found


def test_who_waits_shares_the_next_round():
    """In the order in which they came; more than fit into one round are done in the one after it."""
    slow, asked = Slow(), list(range(100, 100 + MOST + 5))
    found = run(behind_the_first, slow, asked)
    assert slow.rounds == [[1], asked[:MOST], asked[MOST:]]
    assert {number: one for number, one in found.items() if not isinstance(one, Exception)} == {
        number: 2 * number for number in [1, *asked] if number % 10 != 7
    }
    refused = {number: str(one) for number, one in found.items() if isinstance(one, BadInput)}
    assert refused == {number: str(number) for number in asked if number % 10 == 7}


def test_what_undoes_a_round_is_said_to_all_of_it():
    """And the next round is done."""
    slow, asked = Slow(), [*range(100, 100 + MOST - 1), -1, 200]
    found = run(behind_the_first, slow, asked)
    assert (found[1], found[200]) == (2, 400)
    assert all(isinstance(found[number], RuntimeError) for number in asked[:-1])


@pytest.mark.parametrize("leave", [[1], [100], [100, 101], [102]])
def test_who_leaves_keeps_nobody_waiting(leave: list[int]):
    """Not the one whose round is being done, which ends all the same, and not the one who would do the next."""
    slow, asked = Slow(), [100, 101, 102]

    async def leaving() -> Outcome:
        return await behind_the_first(slow, asked, leave=leave)

    found = run(leaving)
    stayed = [number for number in [1, *asked] if number not in leave]
    assert {number: found[number] for number in stayed} == {number: 2 * number for number in stayed}
    assert slow.rounds == [[1], [number for number in asked if number not in leave]]


def test_a_round_that_is_cancelled_from_outside_leaves_nobody_waiting():
    """As a server does that ends: asyncio's cancelling passes every shield, and the next call is answered."""
    slow = Slow()

    async def ended() -> int:
        together: Together[int, int] = Together(slow)
        first = asyncio.ensure_future(together.ask(1))
        await anyio.to_thread.run_sync(slow.begun.wait)
        second = asyncio.ensure_future(together.ask(2))
        await anyio.wait_all_tasks_blocked()
        first.cancel()
        slow.go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await first
        with anyio.fail_after(PATIENCE):
            return await second

    assert run(ended) == 4
