"""Where one browser tab is on the Rate page: a cache, everything that matters is in the database.

Every answer that is shown gets a number of its own (``visit``). It is part of the keys of its widgets and of every
callback, so a press meant for one answer can never count for the next. A press also counts only after the answer was
on the screen for a moment, and not in a burst of presses that were refused.
"""

import time
from dataclasses import dataclass, field
from uuid import uuid4

import streamlit as st

from core.domain.queue import Order, QueueFilters
from core.services.rating.rating import ItemToRate
from core.services.review.guidelines import Version
from core.ui.shell import session

DWELL_SECONDS = 0.3
TOO_FAST = "That key came before the answer could be read, so nothing was saved for it."


@dataclass
class RatingPageState:
    """What one browser tab shows on the Rate page, and what was typed or chosen there."""

    item: int | None = None
    visit: int = 0
    request: str = ""
    """What this showing's requests carry: from the lease, so that it is the same after a reload."""
    shown_at: float = 0.0
    refused_at: float = 0.0
    bias: bool = False
    message: str = ""
    retracing: bool = False
    """Whether this answer was reached by going back, so that another step goes further back from it."""
    asking: bool = False
    """Whether the bar asks for a reason to skip or discard."""
    helping: bool = False
    """Whether the keys are explained."""
    comparing: bool = False
    """Whether all answers to the prompt are on the screen."""
    beside: dict[int, str | None] = field(default_factory=dict)
    """The answers on the screen, while comparing, with the request of those that are kept for this rater."""
    compared: dict[int, str | None] = field(default_factory=dict)
    """What their texts were when they were put beside each other (``ItemToRate.showing``)."""
    begun: str = ""
    """What stood in the comment's field when the answer was shown."""
    shown: ItemToRate | None = None
    """What was drawn last: it stays on the screen, with what was typed, while the database is away."""
    away: bool = False
    """Whether the database did not answer when the page was drawn."""
    order: Order | None = None
    filters: QueueFilters = field(default_factory=QueueFilters)
    guidelines: Version | None = None
    """What 1 to 5 mean, as it stood when the answer was shown."""
    own: int = 0
    left: int = 0
    """How many wait, counted now and then and kept up in between."""
    by_all: int = 0
    counted_at: float = 0.0
    renewed_at: float = 0.0

    def turn_to(self, item: int | None, request: str | None = None) -> None:
        """Show this answer next; None for the next one of the queue."""
        self.item = item
        self.visit += 1
        self.request = request or uuid4().hex
        self.shown_at = 0.0
        self.bias = self.retracing = self.asking = False

    def accepts(self, visit: int, *, moment: float | None = None) -> bool:
        """Whether a press made for that visit counts now."""
        moment = time.monotonic() if moment is None else moment
        too_soon = not self.shown_at or moment - self.shown_at < DWELL_SECONDS
        if visit != self.visit or too_soon or moment - self.refused_at < DWELL_SECONDS:
            self.refused_at = moment
            self.message = TOO_FAST
            return False
        return True

    @property
    def showing(self) -> str | None:
        """Which text was drawn; None where none was."""
        shown = self.shown
        return shown.showing if shown is not None and shown.interaction.interaction_id == self.item else None

    @property
    def guideline_version(self) -> int | None:
        """Which version of the guidelines the rater could read."""
        return None if self.guidelines is None else self.guidelines.number

    def shown_ms(self) -> int | None:
        """For how many milliseconds the answer has been on the screen; None before it was drawn."""
        return int(1000 * (time.monotonic() - self.shown_at)) if self.shown_at else None


def rating_page_state() -> RatingPageState:
    """The state of the Rate page in this browser tab."""
    found: RatingPageState = st.session_state.setdefault(session.RATING_PAGE, RatingPageState())
    return found


def open_item(interaction_id: int) -> None:
    """Let the Rate page show this answer when it is opened."""
    page_state = rating_page_state()
    page_state.turn_to(interaction_id)
    page_state.comparing = False
    page_state.message = ""
