"""Large files come in beside the dashboard: raters do not wait, nobody has to look on, and kills lose nothing."""

import io
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from statistics import quantiles

import pytest

from core.domain.roles import COMMAND_LINE
from core.labeling.how_to_read import HowToRead
from core.services.data import importing, uploads
from core.services.data.uploads import UploadView
from core.services.workspace import Workspace
from core.store.tables import Import, Item, LegacyInteraction, Rating, Upload
from tests.databases import PATIENCE, added
from tests.desk import Desk, OpenDesk
from tests.proofs.conftest import FULL, scaled
from tests.proofs.killing import Servers

pytestmark = pytest.mark.slow

SECONDS = 3 * 3600 if FULL else PATIENCE
"""How long an import may take at most."""


class Rows(io.RawIOBase):
    """A csv file of that many rows, made while it is read; every tenth answer has no rating yet."""

    def __init__(self, rows: int) -> None:
        self._pieces = self._made(rows)
        self._left = b""

    def _made(self, rows: int) -> Iterator[bytes]:
        yield b"user_prompt,ai_response,rating,rater,note\n"
        for n in range(rows):
            rating = n % 5 + 1 if n % 10 else ""
            yield (
                f"What should be done in case {n // 4} after the first week?,"
                f'"Answer number {n}: rest, water, and look again after {n % 30} days; some words more.",'
                f"{rating},Rater {n % 3},batch {n % 7}\n"
            ).encode()

    def readable(self) -> bool:
        return True

    def readinto(self, room: memoryview) -> int:  # type: ignore[override]
        while len(self._left) < len(room) and (piece := next(self._pieces, None)) is not None:
            self._left += piece
        taken, self._left = self._left[: len(room)], self._left[len(room) :]
        room[: len(taken)] = taken
        return len(taken)


@pytest.fixture
def by_itself(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> None:
    """Processes that are started find the test's database; small files too are imported by one."""
    for name in ("DATABASE_URL", "ASSAY_HOME"):
        monkeypatch.setenv(name, environ[name])
    monkeypatch.setattr(uploads, "SMALL", -1)


def seen(workspace: Workspace, number: int) -> UploadView:
    return next(one for one in uploads.listed(workspace, COMMAND_LINE) if one.upload_id == number)


def ended(workspace: Workspace, number: int) -> UploadView:
    until = time.monotonic() + SECONDS
    while (found := seen(workspace, number)).active:
        assert time.monotonic() < until, found
        time.sleep(0.2)
    return found


def checked(workspace: Workspace, rows: int) -> int:
    """Take a file of that many rows in and check it; the upload's number."""
    with io.BufferedReader(Rows(rows), 1 << 20) as stream:
        number = uploads.take(workspace, COMMAND_LINE, "rows.csv", stream)
    uploads.start_check(workspace, COMMAND_LINE, number, HowToRead())
    found = ended(workspace, number)
    assert (found.state, found.report and found.report.new_answers) == ("checked", rows), found
    return number


def rate(desk: Desk, stop: threading.Event, most: int) -> list[float]:
    """Rate until ``stop``, or so often, at the pace of somebody quick; the seconds that each rating took."""
    took: list[float] = []
    while not stop.wait(0.3 if FULL else 0.02) and len(took) < most:
        if desk.shown is None:
            desk.open()
            continue
        began = time.perf_counter()
        desk.rate(len(took) % 5 + 1)
        took.append(time.perf_counter() - began)
    return took


def together(desks: list[Desk], stop: threading.Event, most: int) -> list[list[float]]:
    """All of them at once; what each rating of each took."""
    took: list[list[float]] = [[] for _ in desks]

    def one(at: int) -> None:
        took[at] = rate(desks[at], stop, most)

    threads = [threading.Thread(target=one, args=(at,)) for at in range(len(desks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def p95(took: list[list[float]]) -> float:
    return quantiles([one for each in took for one in each], n=20)[-1]


@pytest.mark.usefixtures("by_itself")
def test_raters_do_not_wait_for_an_import(
    workspace: Workspace, environ, servers: Servers, at_the_desk: OpenDesk, proven
) -> None:
    """Two people rate through the routes without an import and beside one, which ends though nobody looks on."""
    rows, before = scaled(3_000, 1_000_000), scaled(15, 200)
    for number in range(4 * before):
        added(workspace, f"prompt {number // 3}", f"answer {number}")
    with servers.serve(environ) as server:
        desks = [at_the_desk(server.url, workspace, name) for name in ("Ana", "Ben")]
        alone = together(desks, threading.Event(), before)
        number = checked(workspace, rows)
        uploads.start_import(workspace, COMMAND_LINE, number)
        began, done = time.monotonic(), threading.Event()

        def wait() -> None:
            try:
                ended(workspace, number)
            finally:
                done.set()

        waiting = threading.Thread(target=wait)
        waiting.start()
        beside = together(desks, done, 1_000_000)
        waiting.join()
        took = time.monotonic() - began
    found = seen(workspace, number)
    assert (found.state, found.rows_done) == ("finished", rows), found
    given = sum(map(len, alone)) + sum(map(len, beside))
    with workspace.store.read() as session:
        assert session.query(Item).filter(Item.import_id == found.import_id).count() == rows
        assert session.query(Rating).filter(Rating.import_id == found.import_id).count() == rows - len(
            range(0, rows, 10)
        )
        assert session.query(Rating).filter(Rating.import_id.is_(None)).count() == given
    ratio = p95(beside) / p95(alone)
    if FULL:
        assert ratio <= 1.5 or p95(beside) < 0.06, (p95(alone), p95(beside))
    proven(
        f"{rows:,} rows from the page in {took:,.0f} s, started by nobody's browser; two people meanwhile: "
        f"{sum(map(len, beside)):,} ratings, p95 {1000 * p95(beside):.0f} ms beside it and {1000 * p95(alone):.0f} ms "
        f"without it ({ratio:.2f} times); {os.cpu_count()} cores"
    )


@pytest.mark.usefixtures("by_itself")
def test_an_import_from_the_page_that_is_killed_goes_on(workspace: Workspace, draw: random.Random, proven) -> None:
    """Killed at random moments and resumed until it ends, it has every row exactly once under one import."""
    rows, times = scaled(3_000, 100_000), scaled(2, 12)
    number = checked(workspace, rows)
    uploads.start_import(workspace, COMMAND_LINE, number)
    kills = 0
    for turn in range(times):
        until, at_least = time.monotonic() + SECONDS, draw.randint(1, rows // 2)
        while (found := seen(workspace, number)).active and found.rows_done < at_least and time.monotonic() < until:
            time.sleep(0.01)
        with workspace.store.read() as session:
            process = session.get_one(Upload, number).process
        if process is None:
            break  # it was quicker
        os.kill(int(process.rpartition(":")[2]), signal.SIGKILL)
        found = ended(workspace, number)
        assert found.state == "stopped", (turn, found)
        assert found.message
        assert "What came in stays" in found.message
        kills += 1
        uploads.resume(workspace, COMMAND_LINE, number)
    assert ended(workspace, number).state == "finished"
    with workspace.store.read() as session:
        assert session.query(LegacyInteraction).count() == session.query(Item).count() == rows
        assert session.query(Rating).count() == rows - len(range(0, rows, 10))
        record = session.query(Import).one()
        assert (record.state, record.added) == ("finished", rows)
    assert kills
    assert importing.recorded(workspace, COMMAND_LINE)[0].unfinished is False
    proven(f"{rows:,} rows, {kills} kills of its process, each resumed from the copy; every row exactly once")
