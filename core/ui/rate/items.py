"""What the desk is sent, as JSON: answers with their texts, guidelines, progress, and why there is nothing."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from core.domain.identifiers.masking import in_words
from core.domain.queue import MOST_COUNTED, QueueFilters
from core.domain.roles import Act, User, may
from core.domain.texts import plural
from core.services.data import interactions
from core.services.operations.status import status
from core.services.rating import queue, rating, second_opinions
from core.services.rating.rating import ItemToRate, Receipt
from core.services.review import guidelines
from core.services.workspace import Workspace
from core.ui.shell.texts import rendered

RECOUNT_SECONDS = 30.0
MOST_EDITED = 100_000
"""Characters of an answer in place of which a better one can be written."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """How far a rater and everybody were at a moment."""

    at: float
    own: int
    by_all: int
    left: int
    since: set[int] = field(default_factory=set)
    """Numbers of the rater's receipts from then on."""


class Counts:
    """What waits for each rater, and what all rated today: counted now and then, and kept up in between.

    Counting takes longer than everything else that a rating needs.
    """

    def __init__(self) -> None:
        self._counted: dict[int, _Counted] = {}
        self._lock = threading.Lock()

    def recount(self, user: User) -> None:
        """Count anew for this rater the next time."""
        with self._lock:
            self._counted.pop(user.rater_id, None)

    def note(self, user: User, receipt: Receipt) -> None:
        """Count a rating that this rater just gave; the same one sent again counts once."""
        if receipt.before is not None:  # it may be one of an earlier day
            self.recount(user)
            return
        with self._lock:
            counted = self._counted.get(user.rater_id)
            if counted is not None:
                counted.since.add(receipt.number)

    def progress(self, workspace: Workspace, user: User) -> dict[str, Any]:
        """Where this rater is today."""
        with self._lock:
            counted = self._counted.get(user.rater_id)
        if counted is None or time.monotonic() - counted.at > RECOUNT_SECONDS:
            at = time.monotonic()
            own, by_all = rating.rated_today(workspace, user), rating.rated_today_by_all(workspace, user)
            counted = _Counted(at, own, by_all, queue.left(workspace, user))
            with self._lock:
                self._counted[user.rater_id] = counted
        since = len(counted.since)
        left = max(0, counted.left - since) if counted.left <= MOST_COUNTED else counted.left
        return {
            "own": counted.own + since,
            "by_all": counted.by_all + since,
            "left": min(left, MOST_COUNTED),
            "more_left": left > MOST_COUNTED,
        }


def item(found: ItemToRate, user: User) -> dict[str, Any]:
    """One answer with everything that the desk shows of it."""
    interaction = found.interaction
    hidden = (
        {"words": in_words(interaction.hidden), "may_reveal": may(user, Act.REVEAL)} if interaction.hidden else None
    )
    return {
        "id": interaction.interaction_id,
        "request": found.request_id or uuid4().hex,
        "kept": found.request_id is not None,
        "showing": found.showing,
        "shown": found.shown,
        "rating": found.rating,
        "comment": found.comment,
        "flag": found.bias_flag,
        "reasons": list(found.reasons),
        "draft": None
        if found.draft is None
        else {"comment": found.draft, "flag": found.draft_flag, "reasons": list(found.draft_reasons)},
        "about": _about(found),
        "sample": interaction.source == "sample",
        "turns": [{"role": str(turn.role), "text": rendered(turn.text)} for turn in interaction.turns],
        "prompt": rendered(interaction.prompt),
        "answer": rendered(interaction.response),
        "source": None if hidden or len(interaction.response) > MOST_EDITED else interaction.response,
        "hidden": hidden,
        "revealed": interaction.revealed,
    }


def deck(workspace: Workspace, user: User, found: Sequence[ItemToRate], counts: Counts) -> dict[str, Any]:
    """What is kept for a rater, and everything that stands around it."""
    return {
        "items": [item(one, user) for one in found],
        "progress": counts.progress(workspace, user),
        "guidelines": _guidelines(workspace, user),
        "why_empty": None if found else _why_empty(workspace, user),
    }


def opened_first(found: Sequence[ItemToRate], opened: ItemToRate) -> list[ItemToRate]:
    """An answer that somebody opened, before what is kept for them."""
    this = opened.interaction.interaction_id
    return [opened, *(one for one in found if one.interaction.interaction_id != this)][:2]


def _about(found: ItemToRate) -> str:
    interaction = found.interaction
    about = [f"answer {interaction.interaction_id}"]
    if interaction.session_label:
        about.append(f"session {interaction.session_label}")
    if interaction.context_id:
        about.append(f"context {interaction.context_id}")
    return " · ".join([*about, plural(interaction.response_words, "word")])


def _guidelines(workspace: Workspace, user: User) -> dict[str, Any]:
    version = guidelines.current(workspace, user)
    if version.at is None:
        by = "The text that Assay brings along; leads can write a better one: Quality, Guidelines."
    else:
        by = f"Version {version.number}, {version.by}, {version.at.astimezone():%d %b %Y, %H:%M}"
    return {
        "number": version.number,
        "text": rendered(version.markdown),
        "by": by,
        "reasons": list(version.reasons),
    }


def _why_empty(workspace: Workspace, user: User) -> dict[str, Any]:
    """Nothing to rate: there is nothing at all, nothing that fits the filters, or everything is done.

    ``second``: whether a queue of second opinions would open.
    """
    if not interactions.sources(workspace, user):
        if not may(user, Act.CHANGE_DATA):
            words = "There is nothing to rate yet. A lead brings answers in; load this page again then."
            return {"kind": "nothing yet", "sentence": words}
        words = "There is nothing to rate yet. Load the sample to try it out, or import your own answers."
        return {"kind": "nothing", "sentence": words, "second": False}
    kind, words = _why_none_waits(workspace, user)
    return {"kind": kind, "sentence": words, "second": second_opinions.can_open(workspace, user)}


def _why_none_waits(workspace: Workspace, user: User) -> tuple[str, str]:
    _, filters = queue.preference(workspace, user)
    if filters == QueueFilters(second=True):
        return "filtered", "No answer waits for a second opinion of yours."
    if filters == QueueFilters(pair=True):
        return "filtered", "No answer waits for you whose rating would make a pair with a rated one."
    if filters != QueueFilters():
        words = "No answer that waits for you fits what you chose to see."
        if filters.session_label:
            words += f" You see only the session “{filters.session_label}”."
        return "filtered", words
    now = status(workspace, user)
    if now.waiting:
        words = f"Nothing waits for you now. {now.waiting:,} without a rating are on other raters' screens"
        words += ", or are better answers of yours, which others rate."
        return "others", words
    if now.discarded:
        return "done", f"Every answer has a rating, except {now.discarded:,} that were discarded. Thank you."
    return "done", "Every answer has a rating. Thank you."
