"""What is taken in and whose turn it is: fair between callers, oldest first where time gets short, never too much.

Plain arithmetic without a thread or a clock of its own. Work is counted in words that the encoder has not read yet.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.http.limits import LONG_SECONDS, MAX_AT_ONCE, PROMISED_SECONDS, SCORING_SECONDS, SHORT_SECONDS
from core.http.shares import lacking

ASSUMED_PACE = 2_000.0
"""Words per second before anything was measured: much less than two idle cores do with the reference encoder."""
TURN_WORDS = 4_800
"""A second or two of work on two cores: 32 windows of 150 words, one batch of the encoder."""
_LANES = {True: 0.25, False: 0.75}  # of the time for short and for long lists, where both wait
_RESERVE = 0.8  # of the time goes to those who would else be stopped; the others have the rest


class QueueFull(Exception):
    """It could not be done in time beside what is waiting already; ``seconds`` is when it could be taken in."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Pace:
    """How many words are read in a second: a running mean in which no single turn counts for much."""

    def __init__(self, per_second: float = ASSUMED_PACE) -> None:
        self.per_second = per_second

    def start(self, words: int, seconds: float) -> None:
        """Begin with what a model that is loaded was seen to do."""
        self.per_second = words / max(seconds, 1e-6)

    def learn(self, words: int, seconds: float) -> None:
        """Take in that so many words took so long.

        Slowly downwards, where a turn that had to load the model must not look like a slow machine; quickly upwards,
        since no turn is faster than the machine, and who takes it for slow refuses what it could do.
        """
        found = words / max(seconds, 1e-6)
        found = min(max(found, self.per_second / 2), self.per_second * 2)
        share = words / TURN_WORDS
        weight = min(1.0, 4 * share) / 2 if found > self.per_second else min(1.0, share) / 4
        self.per_second += (found - self.per_second) * weight


@dataclass(eq=False)
class Ticket:
    """A request that was taken in."""

    caller: str
    turns: deque[int]
    """The words of each turn that is still to come, the present one included."""
    since: float
    seconds: float = SCORING_SECONDS
    """After which it is stopped."""
    short: bool = field(init=False)
    left: int = field(init=False)
    """Words still to be read."""

    def __post_init__(self) -> None:
        self.short, self.left = len(self.turns) == 1, sum(self.turns)


class FairQueue:
    """Requests that were taken in, and which of them has the next turn."""

    def __init__(
        self, *, places: int = MAX_AT_ONCE, pace: Pace | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.pace = pace or Pace()
        self._most, self._clock = places, clock
        self._tickets: list[Ticket] = []  # in the order in which they were taken in
        self._running: Ticket | None = None
        self._read: dict[str, float] = {}  # words by caller, of those who wait
        self._had = {True: 0.0, False: 0.0}  # words by lane, by its share

    def __len__(self) -> int:
        return len(self._tickets)

    def words(self, *, short: bool, caller: str | None = None) -> int:
        """Words waiting in a lane, of one caller or of all."""
        return sum(p.left for p in self._tickets if p.short == short and caller in (None, p.caller))

    def take(self, caller: str, turns: Sequence[int], seconds: float = SCORING_SECONDS) -> Ticket:
        """Take in a request whose turns have so many words; it may take so many seconds, or twice what is expected.

        Raises:
            QueueFull: it could not be done in time beside the others, or the caller has its share.
        """
        expected = sum(turns) / self.pace.per_second
        ticket = Ticket(caller, deque(turns), self._clock(), max(seconds, 2 * expected))
        if wait := self._wait(ticket):
            raise QueueFull(wait)
        if caller not in self._read:  # level with whoever had least: nothing is saved up while away
            self._read[caller] = min(self._read.values(), default=0.0)
        self._tickets.append(ticket)
        return ticket

    def check(self, caller: str, least: int, about: int) -> None:
        """Refuse what cannot be taken in even if it has as few words as it possibly can; ``about`` says when to come
        back.

        Raises:
            QueueFull: as ``take``.
        """

        def wait(words: int) -> float:  # as a long list, or as a short one where it can be one
            ways = [[words, 0]] if words > TURN_WORDS else [[words, 0], [words]]
            return min(self._wait(Ticket(caller, deque(turns), 0.0)) for turns in ways)

        if wait(least):
            raise QueueFull(wait(about))

    def next(self) -> Ticket | None:
        """Whose turn it is now; None while somebody has it, or nobody waits."""
        if self._running is not None or not self._tickets:
            return None
        lanes = {short: [ticket for ticket in self._tickets if ticket.short == short] for short in (True, False)}
        for short in lanes:
            if not lanes[short]:
                self._had[short] = max(self._had.values())
        short = not lanes[False] or (bool(lanes[True]) and self._had[True] <= self._had[False])
        lane, share = lanes[short], _LANES[short] if lanes[not short] else 1.0
        chosen = min(lane, key=lambda ticket: self._read[ticket.caller])
        if self._would_be_late(lane, chosen, share, PROMISED_SECONDS):
            chosen = lane[0]
        for lane in lanes.values():  # each by itself: behind the longest list every short one would look late
            if self._would_be_late(lane, chosen, _RESERVE):
                chosen = lane[0]
        words = max(1, chosen.turns[0])
        self._had[chosen.short] += words / _LANES[chosen.short]
        self._read[chosen.caller] += words
        self._running = chosen
        return chosen

    def turn_over(self, ticket: Ticket) -> None:
        """The turn of this ticket is over, and there are more of them."""
        ticket.left -= ticket.turns.popleft()
        self._running = None

    def leave(self, ticket: Ticket) -> None:
        """Take out a request: ranked, failed, or given up."""
        self._tickets.remove(ticket)
        if self._running is ticket:
            self._running = None
        if all(other.caller != ticket.caller for other in self._tickets):
            del self._read[ticket.caller]

    def _wait(self, ticket: Ticket) -> float:
        """Seconds until this one could be taken in; 0 where it can be now."""
        waiting = sum(other.left for other in self._tickets) / self.pace.per_second
        held = sum(other.caller == ticket.caller for other in self._tickets)
        places = math.ceil(lacking(self._most, len(self._tickets), held, 1))
        wait = places * waiting / max(1, len(self._tickets)) if places else 0.0
        ahead = self.words(short=ticket.short)
        if ahead or ticket.short:  # one long list alone is begun whatever its length: it keeps nobody waiting
            most = (SHORT_SECONDS if ticket.short else LONG_SECONDS) * self.pace.per_second
            held = self.words(short=ticket.short, caller=ticket.caller)
            words = lacking(most, ahead, held, min(ticket.left, most))
            share = _LANES[ticket.short] if self.words(short=not ticket.short) else 1.0
            wait = max(wait, words / self.pace.per_second / share)
        return wait if not places else max(wait, 1.0)

    def _would_be_late(self, lane: Sequence[Ticket], chosen: Ticket, share: float, most: float = math.inf) -> bool:
        """Whether one of the lane who came before would be stopped, or take longer than ``most`` seconds, if this one
        had its turn first.
        """
        now, ahead = self._clock(), chosen.turns[0]
        for ticket in lane:
            if ticket is chosen or ticket.since > chosen.since:
                return False
            ahead += ticket.left
            if ahead > (ticket.since + min(ticket.seconds, most) - now) * self.pace.per_second * share:
                return True
        return False
