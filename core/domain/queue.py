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
    USERS = "users"  # what users disliked or a model could not tell, then the oldest


class Chosen(StrEnum):
    """Why an answer was served; kept with its rating, so that figures can use only what was drawn at random."""

    OLDEST = "oldest"
    RANDOM = "random"
    SESSION = "session"
    MODEL = "model"  # closest to the decision boundary of the model in use
    USERS = "users"  # users disliked it, or a model that ranked it could not tell
    PAIR = "pair"  # its prompt has one rated answer: this rating can make a pair
    SKIPPED = "skipped"  # skipped before, and nothing else was left
    AUDIT = "audit"  # in the audit sample that a lead drew
    ASKED = "asked"  # a lead asked for one more rating of it
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
    second: bool = False
    """Only answers that have a rating already: what is given is a second opinion."""
    pair: bool = False
    """Only unrated answers to a prompt that has a rated answer: each rating can make a pair."""


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """How many ratings an answer gets: ``raters``, and one more for ``overlap`` percent of the answers."""

    raters: int = 1
    overlap: int = 10
    imported_count: bool = True
    """Whether a rating that came with data is one of these ratings; else only those that were given here are."""

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

    def places(
        self, interaction_id: int, n_ratings: int, *, given_here: int, discarded: bool = False, asked: int = 0
    ) -> int:
        """How many ratings this answer still wants, of which ``n_ratings`` are there and ``given_here`` not imported.

        None when somebody discarded it. Where imported ratings count, an answer that has nothing else gets no further
        rater for the overlap. ``asked`` is the number that somebody asked for, whatever the rule.
        """
        if discarded:
            return 0
        wanted, there = self.wanted(interaction_id), given_here
        if self.imported_count:
            wanted, there = self.raters if n_ratings and not given_here else wanted, n_ratings
        return max(0, wanted - there, asked - n_ratings)


def random_key() -> int:
    """Where an item stands in the random order."""
    return secrets.randbelow(RANDOM_KEYS)
