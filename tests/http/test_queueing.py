"""The queue under random callers, in time that passes only by work: nobody starves, and the bounds hold at every
step.
"""

import math
import random
from collections import defaultdict
from contextlib import ExitStack

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from core.http.fair_queue import TURN_WORDS, FairQueue, Pace, QueueFull, Ticket
from core.http.limits import LONG_SECONDS, MAX_AT_ONCE, PROMISED_SECONDS, SHORT_SECONDS
from core.http.shares import Share, lacking

PACE = 10_000.0
TURN = TURN_WORDS / PACE
short = st.lists(st.integers(1, TURN_WORDS), min_size=1, max_size=1)
long = st.lists(st.integers(1, TURN_WORDS), min_size=2, max_size=40)
arrival = st.tuples(st.sampled_from("abcd"), st.one_of(short, short, long))
step = st.one_of(
    st.tuples(st.just("comes"), arrival),
    st.tuples(st.just("works"), st.integers(1, 12)),
    st.tuples(st.just("leaves"), st.integers(0, 40)),
)


class Machine:
    """A server that does what the queue says, exactly at its pace."""

    def __init__(self) -> None:
        self.now, self.pace = 0.0, PACE
        self.queue = FairQueue(clock=lambda: self.now, pace=Pace(PACE))
        self.waiting: dict[Ticket, bool] = {}
        """Those who were taken in, and whether they are longer than all that may wait."""
        self.took: list[tuple[float, bool]] = []
        self.served: dict[str, int] = defaultdict(int)
        self.refused: list[float] = []

    def comes(self, caller: str, turns: list[int]) -> None:
        alone = not self.queue.words(short=False)
        try:
            place = self.queue.take(caller, turns)
        except QueueFull as busy:
            self.refused.append(busy.seconds)
            return
        giant = sum(turns) > LONG_SECONDS * PACE
        assert alone or not giant
        self.waiting[place] = giant

    def works(self) -> bool:
        """One turn."""
        place = self.queue.next()
        if place is None:
            assert not self.waiting
            return False
        assert self.queue.next() is None  # one at a time
        self.now += place.turns[0] / self.pace
        self.queue.pace.learn(place.turns[0], place.turns[0] / self.pace)
        self.served[place.caller] += place.turns[0]
        if len(place.turns) > 1:
            self.queue.turn_over(place)
        else:
            self.took.append((self.now - place.since, self.waiting[place]))
            self.leaves(place)
        return True

    def leaves(self, place: Ticket) -> None:
        self.queue.leave(place)
        del self.waiting[place]

    def check(self) -> None:
        """What holds at every moment."""
        assert len(self.queue) == len(self.waiting) <= MAX_AT_ONCE
        assert all(0 < seconds < 4 * PROMISED_SECONDS for seconds in self.refused)
        assert self.queue.words(short=True) <= SHORT_SECONDS * PACE
        assert self.queue.words(short=False) <= LONG_SECONDS * PACE or any(self.waiting.values())


@seed(20261128)
@settings(max_examples=100)
@given(st.lists(step, max_size=60))
def test_whoever_is_taken_in_is_done_in_time(steps: list[tuple[str, object]]) -> None:
    """Arrivals, work and clients that leave in any order: the work that waits stays bounded, all places come back, and
    everybody is done within the promised time (a list longer than all that may wait: in what it takes itself)."""
    machine = Machine()
    for what, given_ in steps:
        if what == "comes":
            machine.comes(*given_)  # type: ignore[misc]
        elif what == "works":
            for _ in range(given_):  # type: ignore[call-overload]
                machine.works()
        elif machine.waiting:
            machine.leaves(list(machine.waiting)[given_ % len(machine.waiting)])  # type: ignore[operator]
        machine.check()
    while machine.works():
        machine.check()
    assert len(machine.queue) == 0
    assert not machine.queue._read
    for seconds, giant in machine.took:
        assert giant or seconds <= PROMISED_SECONDS + 4 * TURN


@pytest.mark.parametrize("kind", ["short", "long", "both"])
def test_new_ones_without_end_starve_nobody(kind: str) -> None:
    """Three callers who always send more, whatever is refused, for ten minutes: each is served about a third of the
    work, and a list that comes early is done in time although the queue never empties."""
    machine, draw = Machine(), random.Random(7)
    while machine.now < 600:
        for caller in "abc":
            for _ in range(3):
                is_short = kind == "short" or (kind == "both" and draw.random() < 0.5)
                size = [draw.randint(1, TURN_WORDS) for _ in range(1 if is_short else draw.randint(2, 12))]
                machine.comes(caller, size)
        machine.check()
        machine.works()
    assert machine.refused
    assert all(seconds <= PROMISED_SECONDS + 4 * TURN for seconds, _ in machine.took)
    assert min(machine.served.values()) > 0.8 * max(machine.served.values())


@pytest.mark.parametrize("slower, beside", [(1.0, 0.3), (0.8, 0.3), (0.55, 0.0)])
def test_the_longest_list_is_done_whoever_comes_later(slower: float, beside: float) -> None:
    """Five minutes of work were begun alone; then others send short and long lists without end. It is done before it
    would be stopped, on a machine that became almost half as fast too; on one that did not, the short ones have their
    share, and none of them waits for its end."""
    machine, draw = Machine(), random.Random(11)
    machine.comes("a", [TURN_WORDS] * int(300 / TURN))
    giant = next(iter(machine.waiting))
    machine.pace *= slower
    while giant in machine.waiting:
        for caller in "bcd":
            machine.comes(caller, [draw.randint(1, TURN_WORDS)])
            machine.comes(caller, [TURN_WORDS] * draw.randint(2, 12))
        machine.works()
    assert [seconds for seconds, longest in machine.took if longest] == [machine.now]
    assert machine.now <= giant.seconds
    others = sum(words for caller, words in machine.served.items() if caller != "a")
    assert others >= beside * machine.served["a"]
    if beside:
        assert max(seconds for seconds, longest in machine.took if not longest) <= 1.5 * PROMISED_SECONDS


@given(most=st.integers(1, 1_000), held=st.integers(0, 1_000), others=st.integers(0, 1_000), wanted=st.integers(1, 100))
@seed(1)
@settings(database=None)
def test_what_is_lacking_is_enough_and_not_more(most: int, held: int, others: int, wanted: int) -> None:
    """Once a caller gave so much back it has room; a little less is not enough."""
    if held + others > most or wanted > most - others:
        return
    lacks = lacking(most, held + others, held, wanted)
    assert lacks <= held
    back = min(held, math.ceil(lacks))
    assert lacking(most, held + others - back, held - back, wanted) <= 0
    if lacks > 1:
        back = math.ceil(lacks) - 1
        assert lacking(most, held + others - back, held - back, wanted) > 0


def test_a_share_leaves_room_for_whoever_comes() -> None:
    """One caller gets three quarters; the next ones always find something, and what was taken comes back."""
    share = Share(64)
    with ExitStack() as held:
        for caller, least in (("a", 48), ("b", 12), ("c", 3)):
            count = 0
            while not share.lacking(caller, 1):
                held.enter_context(share.taken(caller, 1))
                count += 1
            assert count >= least, caller
    assert share.lacking("b", 48) == 0
