"""What is noted about rankings: numbers only, bounded, and kept through a database that is away."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from core.domain.errors import Unavailable
from core.domain.roles import COMMAND_LINE
from core.services.reranking import usage
from core.services.reranking.usage import UsageLog
from core.services.workspace import Workspace
from core.serving.reranker import Ranking
from core.store.tables import Reranking
from core.store.types import now
from tests.databases import Plain


def ranking(scores: Sequence[float], version: str | None = "v1") -> Ranking:
    order = tuple(sorted(range(len(scores)), key=lambda index: -scores[index]))
    return Ranking(version, order, tuple(scores))


def test_notes_come_back_as_counts_and_times(workspace: Workspace) -> None:
    """By source; without a model apart; percentiles by nearest rank; the first replaced where there was a choice."""
    log = usage.log_of(workspace)
    for milliseconds in range(1, 101):
        log.note("api", ranking([0.1, 0.9] if milliseconds <= 25 else [0.9, 0.1]), milliseconds / 1000)
    log.note("page", ranking([0.5]), 0.05)
    log.note("page", Ranking(None, (0, 1), (None, None), "none"), 0.0)
    found = usage.lately(workspace, COMMAND_LINE)
    assert (found.calls, found.candidates, found.by_source) == (102, 203, {"api": 100, "page": 2})
    assert (found.without_model, found.comparable, found.replaced) == (1, 100, 25)
    assert (found.p50, found.p95) == (50, 95)
    assert usage.lately(workspace, COMMAND_LINE).calls == 102  # looking twice writes nothing twice


def test_old_calls_are_forgotten(workspace: Workspace, old_app: Plain) -> None:
    """After thirty days, so that the table stays small; and the panel looks at its days only."""
    with workspace.store.write() as session:
        for days in (1, 8, 29, 31):
            session.add(
                Reranking(at=now() - timedelta(days=days), source="api", candidates=2, milliseconds=1, fallback=False)
            )
    usage.log_of(workspace).note("api", ranking([0.5]), 0.1)
    assert usage.lately(workspace, COMMAND_LINE, days=7).calls == 2
    assert len(old_app.dump("assay_rerankings")["assay_rerankings"]) == 4


def test_only_the_latest_are_kept(workspace: Workspace, old_app: Plain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when very many come within the days."""
    monkeypatch.setattr(usage, "KEPT_CALLS", 5)
    log = UsageLog(workspace.store)
    for number in range(12):
        log.note("api", ranking([0.5]), number)
    log.write()
    rows = old_app.run("SELECT milliseconds FROM assay_rerankings ORDER BY 1")
    assert [row[0] for row in rows] == [7000, 8000, 9000, 10000, 11000]


def test_notes_wait_while_the_database_is_away(
    workspace: Workspace, old_app: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is raised, and they are written in their order when it is back."""
    log = UsageLog(workspace.store)

    def away(*_: object) -> None:
        raise Unavailable("The database does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr("core.services.reranking.usage.usage.add", away)
        log.note("api", ranking([0.5]), 1)
        log.write()
        log.note("api", ranking([0.5]), 2)
        log.write()
    log.write()
    log.write()
    rows = old_app.run("SELECT milliseconds FROM assay_rerankings ORDER BY reranking_id")
    assert [row[0] for row in rows] == [1000, 2000]


@pytest.mark.parametrize("times, p50, p95", [((4, 2, 1, 3), 2, 4), ((7,), 7, 7), ((), None, None)])
def test_percentiles(workspace: Workspace, times: Sequence[int], p50: float | None, p95: float | None) -> None:
    """Nearest rank; none of nothing, and what no model ranked does not count."""
    log = usage.log_of(workspace)
    for milliseconds in times:
        log.note("api", ranking([0.5]), milliseconds / 1000)
    log.note("api", ranking([0.5], None), 0.0)
    found = usage.lately(workspace, COMMAND_LINE)
    assert (found.p50, found.p95) == (p50, p95)
