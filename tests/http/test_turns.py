"""Taking turns: what is taken in is finished, what could not be is told so at once, and nothing waits for ever."""

import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from anyio.from_thread import start_blocking_portal

from core.http.fair_queue import TURN_WORDS, FairQueue, Pace, Ticket
from core.http.limits import SCORING_SECONDS
from core.http.responses import Refused
from core.http.scheduler import ScoringQueue, Work
from core.serving.reranker import Ranking

FULL_TEXTS = 8  # of 1,190 words: with what a text costs by itself one turn
LONG_WORDS = TURN_WORDS // FULL_TEXTS - 10


def ranked(texts: Sequence[str]) -> Ranking:
    return Ranking("v1", tuple(range(len(texts))), (0.5,) * len(texts))


@dataclass
class FakeModel:
    """Reads a text by remembering it; its clock goes on with what it reads and with nothing else."""

    pace: float = 4_000.0
    now: float = 0.0
    known: set[str] = field(default_factory=set)
    turns: list[tuple[str, int]] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)
    """The first turn waits for it, if it is asked to."""

    def __post_init__(self) -> None:
        self.go.set()

    def words(self, texts: Sequence[str]) -> list[int]:
        return [0 if text in self.known else int(text.split()[1]) for text in texts]

    def work(self, name: str, texts: int, words: int = LONG_WORDS) -> Work:
        """A list of this many texts nobody knows, each of so many words."""

        def rank(part: Sequence[str]) -> Ranking:
            self.go.wait(3)
            self.turns.append((name, len(part)))
            self.now += sum(self.words(part)) / self.pace
            self.known.update(part)
            return ranked(part)

        return Work([f"{name}-{number} {words}" for number in range(texts)], self.words, rank)

    def taking_turns(self, **options: Any) -> tuple[ScoringQueue, FairQueue]:
        queue = FairQueue(clock=lambda: self.now, pace=Pace(self.pace), **options)
        return ScoringQueue(queue), queue


async def stays() -> None:
    await anyio.sleep_forever()


async def ask(turns: ScoringQueue, caller: str, work: Work, gone: Callable[[], Awaitable[None]] = stays) -> Ranking:
    return await turns.score(caller, work, await turns.measured(caller, work), gone)


async def outcome(turns: ScoringQueue, caller: str, work: Work) -> int | Refused:
    try:
        await ask(turns, caller, work)
    except Refused as refused:
        return refused
    return 200


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    """In a loop of its own: Playwright may keep one running in this thread."""
    with start_blocking_portal() as elsewhere:
        return elsewhere.call(work)


@pytest.mark.parametrize("callers", [1, 5])
@pytest.mark.parametrize("texts", [1_000, 64, 8])
def test_what_is_taken_in_is_finished_and_the_rest_is_told_when_to_come_back(texts: int, callers: int) -> None:
    """Fifty large requests at once: some 200, the others 429 with the time, none 504; the places are all given back."""
    model = FakeModel()
    turns, queue = model.taking_turns()
    model.go.clear()
    found: list[int | Refused] = []

    async def one(number: int) -> None:
        words = 300 if texts == 1_000 else LONG_WORDS
        found.append(await outcome(turns, f"key {number % callers}", model.work(f"r{number}", texts, words)))

    async def fifty() -> None:
        async with anyio.create_task_group() as tasks:
            for number in range(50):
                tasks.start_soon(one, number)
            while len(found) + len(queue) < 50:
                await anyio.sleep(0.001)
            model.go.set()

    run(fifty)
    refused = [answer for answer in found if isinstance(answer, Refused)]
    assert found.count(200) >= 1
    assert found.count(200) + len(refused) == 50
    assert {answer.status for answer in refused} == {429}
    assert all(1 <= int(answer.headers["retry-after"]) <= 120 for answer in refused)
    assert len(queue) == 0


def test_who_comes_back_when_told_is_taken_in() -> None:
    """Retry-After is the time in which so much is done that there is room, and not much more."""
    model = FakeModel()
    queue = FairQueue(clock=lambda: model.now, pace=Pace(1_000))
    first = queue.take("a", [9_000] * 4)
    with pytest.raises(Exception, match=r"^[\d.]+$") as busy:
        queue.take("b", [9_000] * 2)
    wait = busy.value.seconds  # type: ignore[attr-defined]
    assert wait == pytest.approx((36_000 + 18_000 - 45_000) / 1_000)
    queue.next()
    queue.turn_over(first)  # nine seconds of work are done
    queue.take("b", [9_000] * 2)


def test_a_short_list_does_not_wait_for_a_long_one() -> None:
    """Between the parts of a long list the short ones have their turn; the whole is ranked last."""
    model = FakeModel()
    turns, _ = model.taking_turns()

    async def both() -> None:
        model.go.clear()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, turns, "a", model.work("long", 20))
            await until_waiting(turns, 1)
            tasks.start_soon(ask, turns, "a", model.work("short", 1))
            await until_waiting(turns, 2)
            model.go.set()

    run(both)
    assert model.turns == [("long", 8), ("short", 1), ("long", 8), ("long", 4), ("long", 20)]


async def until_waiting(turns: ScoringQueue, count: int) -> None:
    while len(turns._queue) < count:
        await anyio.sleep(0.001)


def test_one_that_floods_keeps_nobody_out() -> None:
    """A caller with fifty large and fifty short requests has its share; a second one's are taken in, and ranked
    soon.
    """
    model = FakeModel()
    turns, queue = model.taking_turns()

    model.go.clear()

    async def flooded() -> tuple[int, int]:
        statuses: list[int | Refused] = []

        async def one(work: Work) -> None:
            statuses.append(await outcome(turns, "key 1", work))

        async with anyio.create_task_group() as tasks:
            for number in range(50):
                tasks.start_soon(one, model.work(f"large{number}", 16))
                tasks.start_soon(one, model.work(f"short{number}", 2))
            while len(statuses) + len(queue) < 100:
                await anyio.sleep(0.001)
            places = len(queue)
            tasks.start_soon(ask, turns, "key 2", model.work("other", 2))
            await until_waiting(turns, places + 1)
            model.go.set()
        return places, statuses.count(200)

    places, served = run(flooded)
    assert 3 < places <= 24  # three quarters of the places at most
    assert served == places
    assert [name for name, _ in model.turns].index("other") <= 4


def test_a_ranking_that_takes_too_long_is_stopped() -> None:
    """504, and the parts that were not begun are never scored."""
    turns = ScoringQueue(FairQueue(pace=Pace(1e9)), seconds=0.05)
    model = FakeModel()
    work = model.work("slow", 100, 50)

    def slow(texts: Sequence[str]) -> Ranking:
        threading.Event().wait(0.1)
        return work.rank(texts)

    with pytest.raises(Refused) as late:
        run(lambda: ask(turns, "a", Work([*work.texts] * 10, lambda texts: [500] * len(texts), slow)))
    assert late.value.status == 504
    assert len(model.turns) == 1
    assert len(turns._queue) == 0


def test_who_cannot_be_taken_in_is_told_so_before_its_words_are_counted() -> None:
    """Counting fifty long lists one after the other would take longer than ranking one; nor is one counted in vain
    where there is no place."""
    model = FakeModel()
    counted: list[str] = []

    def words(texts: Sequence[str]) -> list[int]:
        counted.extend(texts)
        return model.words(texts)

    for full in ([[TURN_WORDS] * 50], [[1]] * 24):
        turns, queue = model.taking_turns()
        places = [queue.take("a", one) for one in full]
        long = Work([f"r{number} 300" for number in range(1_000)], words, ranked)
        with pytest.raises(Refused) as busy:
            run(lambda: turns.measured("a", long))  # noqa: B023
        assert busy.value.status == 429
        assert not counted
        for place in places:
            queue.leave(place)
        run(lambda: turns.measured("a", Work(["r 300"], words, ranked)))  # noqa: B023
        assert counted == ["r 300"]
        counted.clear()


@pytest.mark.parametrize("pace", [4_000, 500, 50])
def test_the_longest_list_is_begun_whatever_the_pace(pace: float) -> None:
    """What the documented sizes allow is never refused for being long: it is begun alone, done, and not stopped before
    twice what was expected; another long one is told meanwhile when to come back."""
    model = FakeModel(pace=pace)
    turns, queue = model.taking_turns()
    turns.pace.start(round(pace), 1.0)
    longest = model.work("r", 1_000, 350)
    expected = (1_000 * 350 + 2 * 1_000 * 10) / pace  # with what a text costs by itself, in its part and in the whole

    async def both() -> tuple[Ticket, int | Refused]:
        model.go.clear()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, turns, "a", longest)
            await until_waiting(turns, 1)
            place, other = queue._tickets[0], await outcome(turns, "b", model.work("other", 20))
            model.go.set()
        return place, other

    place, other = run(both)
    assert model.turns[-1] == ("r", 1_000)
    assert place.seconds == pytest.approx(max(SCORING_SECONDS, 2 * expected))
    assert isinstance(other, Refused)
    assert other.status == 429
    assert int(other.headers["retry-after"]) <= expected


def test_a_turn_that_loads_the_model_is_not_taken_for_a_slow_machine() -> None:
    """One outlier moves the pace by an eighth; what lasts is learned."""
    pace = Pace(4_000)
    pace.learn(TURN_WORDS, 600)
    assert pace.per_second == pytest.approx(3_500)
    for _ in range(40):
        pace.learn(TURN_WORDS, TURN_WORDS / 800)
    assert pace.per_second == pytest.approx(800, rel=0.1)
    for _ in range(6):  # lists of a few answers: a machine that is free again is soon taken for one
        pace.learn(TURN_WORDS // 4, TURN_WORDS / 4 / 4_000)
    assert pace.per_second > 3_000


class Broken(Exception):
    """What a model may raise."""


@pytest.mark.parametrize("end", ["left before", "left in between", "error", "cancelled"])
def test_a_place_is_given_back_however_it_ends(end: str) -> None:
    """A client that leaves while it waits frees its place at once, and its turn goes to the next."""
    model = FakeModel()
    turns, queue = model.taking_turns()
    if end == "left in between":
        model.go.clear()

    async def gone() -> None:
        if end == "left in between":
            while queue._running is None:
                await anyio.sleep(0.001)
            model.go.set()
        elif end != "left before":
            await stays()

    def breaks(texts: Sequence[str]) -> Ranking:
        raise Broken

    async def attempt() -> None:
        work = model.work("r", 32)
        if end == "error":
            work = Work(work.texts, work.unread, breaks)
        with anyio.move_on_after(0 if end == "cancelled" else None):
            await ask(turns, "a", work, gone)

    async def first_then_another() -> None:
        try:
            await attempt()
        except Broken:
            assert end == "error"
        except Refused:
            assert end.startswith("left")
        assert len(queue) == 0
        await ask(turns, "b", model.work("next", 1))

    run(first_then_another)
    assert model.turns[-1] == ("next", 1)
    assert len([name for name, _ in model.turns if name == "r"]) < 5
