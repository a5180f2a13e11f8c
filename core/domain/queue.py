"""What is rated next and by how many: the rules of the queue, without a database."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.domain.errors import BadInput

LEASE = timedelta(minutes=15)
"""How long an answer is kept for the rater who looks at it; renewed while the page is open."""
RANDOM_EVERY = 4
"""The second of every four answers that are served is drawn at random, whatever the order.

So of any two or more answers at least 20 % were chosen by no order; the second of every five would be 17 % of six.
"""
RANDOM_KEYS = 2**31
MOST_RATERS = 9
MOST_COUNTED = 10_000
"""Counting stops here: whoever has ten thousand answers before them need not know how many exactly."""
MAX_REASON = 200

SKIP_REASONS = ("Not my field", "Too long for now", "Not sure; a colleague should say")
DISCARD_REASONS = ("Broken or empty text", "Not a real question", "Test data", "Contains personal data", "Repeated")


class Order(StrEnum):
    """What a rater wants to see next."""

    OLDEST = "oldest"
    RANDOM = "random"
    SESSION = "session"  # one session to its end, then the next
    MODEL = "model"  # where the model in use would learn most


class Chosen(StrEnum):
    """Why an answer was served; kept with its rating, so that figures can use only what was drawn at random."""

    OLDEST = "oldest"
    RANDOM = "random"
    SESSION = "session"
    MODEL = "model"  # closest to the decision boundary of the model in use
    PAIR = "pair"  # its prompt has one rated answer: this rating can make a pair
    SKIPPED = "skipped"  # skipped before, and nothing else was left
    PROMPT = "prompt"  # shown beside the other answers to the same prompt


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """What a rater wants to see at all; everything that is None, empty or false does not restrict."""

    session_label: str = ""
    source: str = ""
    least_words: int | None = None
    most_words: int | None = None
    flagged: bool = False
    """Only answers that somebody flagged as biased."""


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """How many ratings an answer gets: ``raters``, and one more for ``overlap`` percent of the answers."""

    raters: int = 1
    overlap: int = 10

    def check(self) -> None:
        """Raises BadInput: a number outside its range."""
        if self.raters not in range(1, MOST_RATERS + 1):
            raise BadInput(f"An answer can have 1 to {MOST_RATERS} raters. Nothing was changed.")
        if self.overlap not in range(101):
            raise BadInput("The share for a further rater is a whole percentage from 0 to 100. Nothing was changed.")

    def wanted(self, interaction_id: int) -> int:
        """How many ratings this answer shall get.

        Of any hundred consecutive numbers exactly ``overlap`` get one more, spread by a multiplier near the golden
        ratio, so that the share is met whatever the size and no position within a prompt is preferred.
        """
        return self.raters + (interaction_id * 61 % 100 < self.overlap)

    def places(self, interaction_id: int, n_ratings: int, *, rated_here: bool, discarded: bool) -> int:
        """How many ratings this answer still wants.

        None when somebody discarded it, and none when it only has ratings that came with data: what was rated
        elsewhere counts as done until somebody rates it here.
        """
        if discarded or (n_ratings and not rated_here):
            return 0
        return max(0, self.wanted(interaction_id) - n_ratings)


def random_key() -> int:
    """Where an item stands in the random order."""
    return secrets.randbelow(RANDOM_KEYS)
