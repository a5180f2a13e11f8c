"""What is noted about every ranking (never a text), and what that tells about the last days."""

import logging
import math
import threading
from collections import Counter, deque
from collections.abc import Iterable, Sequence
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
from core.store.training import versions
from core.store.types import now

log = logging.getLogger(__name__)

KEPT_DAYS = 30
KEPT_CALLS = 100_000
WAITING = 10_000
"""Calls that are held in memory while the database does not answer; older ones are forgotten."""
PRUNE_EVERY = timedelta(hours=1)

TENTHS = 10
ENOUGH_SCORES = 200
"""Below this the index moves by chance alone: about (tenths - 1) / n of it."""
ENOUGH_TRAINED = 50
SIMILAR, SHIFTED = 0.1, 0.25
"""The usual reading of a population stability index."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How the scores of lately differ from those of the training, both as shares of the tenths of 0 to 1."""

    index: float
    """Population stability index: sum of (a - b) ln(a / b) over the tenths; half a case is added to each."""
    lately: tuple[float, ...]
    trained: tuple[float, ...]
    n: int
    """Scores lately."""
    n_trained: int


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
    drift: Drift | None
    """For the model in use; None before there are enough scores."""
    scores: int
    """Scores that the model in use gave."""


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
                "scores": tenths(score for score in ranking.scores if score is not None) if used else None,
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
        champion = versions.champion(session)
        name = champion.model_version if champion else None
        trained = tenths(usage.trained_scores(session, name)) if name else [0] * TENTHS
    used = [call for call in calls if call.model_version is not None]
    comparable = [call.first_replaced for call in used if call.first_replaced is not None]
    scores = [
        sum(tenth) for tenth in zip(*(c.scores for c in used if c.model_version == name and c.scores), strict=True)
    ]
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
        drift=drift(scores, trained),
        scores=sum(scores),
    )


def tenths(scores: Iterable[float]) -> list[int]:
    """How many scores fall into each tenth of 0 to 1; 1.0 belongs to the last."""
    counts = [0] * TENTHS
    for score in scores:
        counts[min(int(score * TENTHS), TENTHS - 1)] += 1
    return counts


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share does not exceed (nearest rank); None of nothing."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else None


def drift(lately: Sequence[int], trained: Sequence[int]) -> Drift | None:
    """Compare two distributions over tenths; None where either holds too few scores to say anything."""
    n, n_trained = sum(lately), sum(trained)
    if n < ENOUGH_SCORES or n_trained < ENOUGH_TRAINED:
        return None
    a = [(count + 0.5) / (n + TENTHS / 2) for count in lately]
    b = [(count + 0.5) / (n_trained + TENTHS / 2) for count in trained]
    index = sum((x - y) * math.log(x / y) for x, y in zip(a, b, strict=True))
    return Drift(index, tuple(c / n for c in lately), tuple(c / n_trained for c in trained), n, n_trained)
