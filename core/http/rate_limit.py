"""How often somebody may ask: token buckets by name, in bounded memory."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from core.domain.texts import plural
from core.http.responses import Refused

REMEMBERED = 10_000
"""Names with a bucket of their own; beyond that the one unused longest is forgotten, which fills it again."""


class Rate:
    """At most ``per_minute`` on average, and ``burst`` at once, for every name apart."""

    def __init__(
        self,
        per_minute: float,
        burst: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        remembered: int = REMEMBERED,
    ) -> None:
        self._per_second, self._burst = per_minute / 60, burst
        self._clock, self._remembered = clock, remembered
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # name: what is left, when that was

    def wait(self, name: str, n: int = 1) -> float:
        """Take ``n`` (at most ``burst``); 0 where they were there, else the seconds until they are."""
        left = self._left(name)
        if left < n:
            return (n - left) / self._per_second
        self._keep(name, left - n)
        return 0.0

    def take(self, name: str, n: int = 1) -> None:
        """As ``wait``, for a call that is refused where there are not as many.

        Raises:
            Refused: 429, and Retry-After says when to come back.
        """
        if wait := math.ceil(self.wait(name, n)):
            raise Refused(
                429,
                f"This application sends more than is taken in a minute. Nothing of this call was stored. Try again in "
                f"{plural(wait, 'second')}.",
                {"retry-after": str(wait)},
            )

    def exhausted(self, name: str) -> float:
        """As ``wait``, without taking one."""
        left = self._left(name)
        return 0.0 if left >= 1 else (1 - left) / self._per_second

    def _left(self, name: str) -> float:
        left, at = self._buckets.get(name, (float(self._burst), self._clock()))
        return min(self._burst, left + (self._clock() - at) * self._per_second)

    def _keep(self, name: str, left: float) -> None:
        self._buckets[name] = (left, self._clock())
        self._buckets.move_to_end(name)
        while len(self._buckets) > self._remembered:
            self._buckets.popitem(last=False)
