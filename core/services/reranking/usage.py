"""What is noted about every ranking (never a text), and what that tells about the last days."""

import logging
import math
import threading
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.domain.errors import AssayError
from core.domain.roles import Act, User
from core.services.masking import masks_output
from core.services.runtime import runtime
from core.services.workspace import Workspace
from core.serving.reranker import Ranking
from core.store.database import Store
from core.store.reranking import usage
from core.store.types import now

log = logging.getLogger(__name__)

KEPT_DAYS = 30
KEPT_CALLS = 100_000
WAITING = 10_000
"""Calls that are held in memory while the database does not answer; older ones are forgotten."""
PRUNE_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Usage:
    """The rankings of some days."""

    days: int
    calls: int
    by_source: dict[str, int]
    candidates: int
    without_model: int
    fallbacks: int
    """The model abstained, or a stand-in served."""
    p50: float | None
    """Milliseconds of calls with a model, waiting included; None where there was none."""
    p95: float | None
    comparable: int
    """Calls with a model and at least two candidates."""
    replaced: int
    """Of these, those in which another candidate came first than in the input."""


class UsageLog:
    """Collects notes in memory; something else writes them now and then."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[dict[str, Any]] = deque(maxlen=WAITING)
        self._writing = threading.Lock()
        self._prune_at: datetime | None = None

    def note(self, source: str, ranking: Ranking, seconds: float) -> None:
        """Remember one call."""
        used = ranking.model_version is not None
        several = len(ranking.order) > 1
        self._waiting.append(
            {
                "at": now(),
                "source": source,
                "model_version": ranking.model_version,
                "candidates": len(ranking.order),
                "milliseconds": round(1000 * seconds, 1),
                "fallback": ranking.fallback,
                "first_replaced": ranking.order[0] != 0 if used and several else None,
            }
        )

    def write(self) -> None:
        """Keep what was noted; while the database does not answer it waits for the next time."""
        with self._writing:
            calls = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if not calls:
                return
            due = self._prune_at is None or now() > self._prune_at
            try:
                with self._store.write() as session:
                    usage.add(session, calls)
                    if due:
                        usage.prune(session, before=now() - timedelta(days=KEPT_DAYS), keep=KEPT_CALLS)
            except AssayError as error:
                log.warning("what was ranked could not be noted yet: %s", error.in_full)
                self._waiting.extendleft(reversed(calls))
                return
            if due:
                self._prune_at = now() + PRUNE_EVERY


def log_of(workspace: Workspace) -> UsageLog:
    """The notes of this process on the workspace's database."""
    return runtime.keep("usage", workspace.store, lambda: UsageLog(workspace.store))


@masks_output()
def lately(workspace: Workspace, user: User, *, days: int = 7) -> Usage:
    """What was ranked in the last ``days`` days, what this process just ranked included.

    Raises:
        NotAllowed: the role does not include looking.
    """
    workspace.require(user, Act.LOOK)
    log_of(workspace).write()
    with workspace.store.read() as session:
        calls = usage.since(session, now() - timedelta(days=days))
    used = [call for call in calls if call.model_version is not None]
    comparable = [call.first_replaced for call in used if call.first_replaced is not None]
    times = sorted(call.milliseconds for call in used)
    return Usage(
        days=days,
        calls=len(calls),
        by_source=dict(Counter(call.source for call in calls).most_common()),
        candidates=sum(call.candidates for call in calls),
        without_model=len(calls) - len(used),
        fallbacks=sum(call.fallback for call in used),
        p50=percentile(times, 0.5),
        p95=percentile(times, 0.95),
        comparable=len(comparable),
        replaced=sum(comparable),
    )


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share does not exceed (nearest rank); None of nothing."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else None
