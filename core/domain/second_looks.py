"""Looking again at one's own ratings: which come back, and when."""

import hashlib
from dataclasses import dataclass

from core.domain.errors import BadInput

SHARES = (3, 4, 5)
"""Percent of one's own ratings that come back to see how steady they are."""
MOST_SURPRISING = 50
"""So many surprising ratings wait at most: a second look is for those that stand out."""
SECOND_LOOK = "second look"
"""Why an answer was shown (``RatingEvent.chosen``): again, without the first rating."""


@dataclass(frozen=True, slots=True)
class RepeatSettings:
    """How many of a rater's answers come back, and after how many days."""

    share: int = 4
    """Percent."""
    days: int = 7

    def check(self) -> None:
        """Raises BadInput: a number outside its range."""
        if self.share not in SHARES:
            raise BadInput("The share of answers that come back is 3, 4 or 5 percent. Nothing was changed.")
        if self.days not in range(1, 366):
            raise BadInput("Answers come back after 1 to 365 days. Nothing was changed.")

    def comes_back(self, rater_id: int, interaction_id: int) -> bool:
        """Whether this rater sees this answer again: the same choice at every look, known to nobody beforehand."""
        return _spread("repeat", rater_id, interaction_id) % 100 < self.share


def place(rater_id: int, interaction_id: int) -> int:
    """Where an answer stands among the second looks: shuffled, so that its place does not tell why it came back."""
    return _spread("place", rater_id, interaction_id)


def _spread(use: str, rater_id: int, interaction_id: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{use}:{rater_id}:{interaction_id}".encode()).digest()[:8], "big")
