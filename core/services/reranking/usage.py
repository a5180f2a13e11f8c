"""What is noted about every ranking (never a text), and what that tells about the last days."""

import logging
import math
import threading
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.domain.errors import AssayError
from core.domain.roles import Act, User
from core.domain.texts import prompt_group
from core.services.masking import masks_output
from core.services.runtime import runtime
from core.services.workspace import Workspace
from core.serving.reranker import Ranking, encodable
from core.store.database import Session, Store
from core.store.outcomes import given, hashes
from core.store.reranking import usage
from core.store.types import now

log = logging.getLogger(__name__)

KEPT_DAYS = 30
KEPT_CALLS = 100_000
"""Of those that no feedback can name; those with an id stay for all these days."""
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


@dataclass(frozen=True, slots=True)
class Named:
    """What makes a ranking one that feedback can name."""

    rerank_id: str
    application: str
    prompt: str


class UsageLog:
    """Collects notes in memory; something else writes them now and then."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[dict[str, Any]] = deque(maxlen=WAITING)
        self._writing = threading.Lock()
        self._prune_at: datetime | None = None

    def note(self, source: str, ranking: Ranking, seconds: float, named: Named | None = None) -> None:
        """Remember one call; its prompt only as a hash, and only of one that feedback can name."""
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
                "rerank_id": named and named.rerank_id,
                "application": named and named.application,
                "first": ranking.order[0] if named else None,
                "question": named and prompt_group(encodable(named.prompt)),
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
                    _add(session, calls)
                    if due:
                        usage.prune(session, before=now() - timedelta(days=KEPT_DAYS), keep=KEPT_CALLS)
            except AssayError as error:
                log.warning("what was ranked could not be noted yet: %s", error.in_full)
                self._waiting.extendleft(reversed(calls))
                return
            if due:
                self._prune_at = now() + PRUNE_EVERY


def _add(session: Session, calls: list[dict[str, Any]]) -> None:
    """Keep these calls, and count the answers that came first in those that feedback can name."""
    named = [call for call in calls if call["rerank_id"]]
    if named:
        key = hashes.key_for_writing(session)
        hashed = {call["rerank_id"]: hashes.hash_of_question(key, call["question"]) for call in named}
        calls = [{**call, "question": hashed.get(call["rerank_id"])} for call in calls]
    usage.add(session, calls)
    firsts = Counter((call["model_version"], bool(call["first_replaced"])) for call in named if call["model_version"])
    for (version, replaced), answers in sorted(firsts.items()):
        given.count(session, "version", version, replaced, answers)


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
    since = now() - timedelta(days=days)
    with workspace.store.read() as session:
        by_source = usage.calls_by_source(session, since)
        found = usage.with_a_model(session, since)

        def percentile(share: float) -> float | None:
            """The smallest time that at least this share of the calls does not exceed (nearest rank)."""
            return usage.nth_milliseconds(session, since, max(math.ceil(share * found.calls) - 1, 0))

        calls = sum(count for count, _ in by_source.values())
        return Usage(
            days=days,
            calls=calls,
            by_source={source: count for source, (count, _) in by_source.items()},
            candidates=sum(candidates for _, candidates in by_source.values()),
            without_model=calls - found.calls,
            fallbacks=found.fallbacks,
            p50=percentile(0.5),
            p95=percentile(0.95),
            comparable=found.comparable,
            replaced=found.replaced,
        )
