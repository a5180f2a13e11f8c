"""A fair share of something bounded: all of it while nobody else wants any, and room left for who comes next."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


def lacking(most: float, taken: float, held: float, wanted: float) -> float:
    """How much has to be given back before a caller may have ``wanted`` more; 0 where it may have it now.

    Of ``most``, ``taken`` is in use, ``held`` of it by this caller. Nobody may hold more than three times what is left
    free: one caller alone gets three quarters, two get three sevenths each. Who holds nothing may take all that is
    free.
    """
    free = most - taken
    by_share = (held + wanted - 3 * free) / 4 if held else 0.0
    return max(0.0, wanted - free, by_share)


class Share:
    """So much of something, taken and given back by callers."""

    def __init__(self, most: float) -> None:
        self._most = most
        self._held: Counter[str] = Counter()

    def lacking(self, caller: str, wanted: int) -> float:
        """As ``lacking`` above, for this caller."""
        return lacking(self._most, self._held.total(), self._held[caller], wanted)

    @contextmanager
    def taken(self, caller: str, amount: int) -> Iterator[None]:
        """Hold so much for as long as it lasts."""
        self._held[caller] += amount
        try:
            yield
        finally:
            self._held[caller] -= amount
            if not self._held[caller]:
                del self._held[caller]
