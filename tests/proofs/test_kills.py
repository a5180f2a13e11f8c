"""What was acknowledged is there, whenever the process is killed."""

import os
import random
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from core.domain.roles import COMMAND_LINE
from core.services.data import importing
from core.services.workspace import Workspace
from core.store.tables import Import, Item, LegacyInteraction, Rating, RatingEvent
from tests.databases import added, start_python
from tests.desk import OpenDesk
from tests.proofs.conftest import scaled
from tests.proofs.killing import Servers, moments

pytestmark = pytest.mark.slow

IMPORT = """
    import os, sys
    from pathlib import Path
    from core.domain.roles import COMMAND_LINE
    from core.services.data import importing
    from core.services.workspace import open_workspace
    for step in importing.import_file(open_workspace(), COMMAND_LINE, Path(sys.argv[1])):
        if isinstance(step, importing.ImportProgress):
            os.write(1, b"batch\\n")
"""


def killed_after(process: subprocess.Popen[str], lines: int, pause: float) -> list[str]:
    """Let the process print so many lines and work a little on, kill it, and return everything it printed."""
    assert process.stdout is not None
    printed = [line for _, line in zip(range(lines), process.stdout, strict=False)]
    try:
        process.wait(pause)  # somewhere inside the next piece of work
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
    printed += process.stdout.readlines()
    process.communicate()
    return printed


def stored_requests(workspace: Workspace) -> set[str | None]:
    """The requests of all acts that are in the database."""
    with workspace.store.read() as session:
        return set(session.scalars(select(RatingEvent.request_id)))


def test_desk_survives_a_server_killed_between_act_and_answer(
    workspace: Workspace, environ, servers: Servers, at_the_desk: OpenDesk, draw: random.Random, proven
) -> None:
    """Whenever the server is killed, each act is stored once, no receipt was given for one that is not, and what was
    not acknowledged is sent again with its request once the server is back.
    """
    times = scaled(4, 100)
    for number in range(times * 3):
        added(workspace, response=f"answer {number}")
    before, after = 0, 0
    with servers.serve(environ) as server:
        desk = at_the_desk(server.url, workspace, "Ana")
        pressed: dict[str, tuple[int, int]] = {}

        def press(value: int) -> str:
            assert desk.shown is not None
            number, request = desk.shown["id"], desk.press(value)["request"]
            pressed[request] = (number, value)
            return request

        began = time.monotonic()
        for value in (1, 2, 3, 4):
            press(value)
            desk.send()
        length = 2 * (time.monotonic() - began) / 4
        for moment in moments(draw, times, length):
            request = press(draw.randint(1, 5))
            killer = threading.Timer(moment, server.kill)
            killer.start()
            with suppress(httpx.TransportError):
                desk.send_once()
            killer.join()
            is_stored, is_answered = request in stored_requests(workspace), request in desk.receipts
            assert is_stored or not is_answered
            before, after = before + (not is_stored), after + (is_stored and not is_answered)
            server.start()
            desk.send()
        desk.send()
    with workspace.store.read() as session:
        events = {event.event_id: event for event in session.query(RatingEvent)}
        values = {rating.interaction_id: rating.rating for rating in session.query(Rating)}
        ratings = session.query(Rating).count()
        mirrored = {row.interaction_id: row.rating for row in session.query(LegacyInteraction) if row.rating}
    assert len(events) == ratings == len(values) == len(pressed) == times + 4
    assert values == mirrored == dict(pressed.values())
    for request, receipt in desk.receipts.items():
        assert (events[receipt["number"]].request_id, events[receipt["number"]].interaction_id) == (
            request,
            pressed[request][0],
        )
    assert set(desk.receipts) == set(pressed)
    proven(
        f"{times} kills of the server, {before} before the act was stored, {after} between that and the answer, "
        f"{times - before - after} after it; {len(pressed)} acts, each there exactly once and acknowledged"
    )


def test_an_import_killed_again_and_again_ends_complete(
    workspace: Workspace, environ, tmp_path: Path, draw: random.Random, proven
) -> None:
    """Killed at random moments and run again until it ends, an import has every row exactly once."""
    rows, times = scaled(4_000, 40_000), scaled(3, 20)
    file = tmp_path / "rows.csv"
    file.write_text(
        "user_prompt,ai_response,rating\n" + "".join(f"q{n // 4},answer {n},{n % 5 + 1}\n" for n in range(rows))
    )
    kills = 0
    for _ in range(times):
        process = start_python(IMPORT, environ, file)
        killed_after(process, draw.randint(1, 3), draw.uniform(0, 0.15))
        kills += process.returncode == -signal.SIGKILL
    *_, last = importing.import_file(workspace, COMMAND_LINE, file)
    assert isinstance(last, importing.ImportResult)
    with workspace.store.read() as session:
        assert session.query(LegacyInteraction).count() == session.query(Item).count() == rows
        assert session.query(Rating).count() == session.query(RatingEvent).count() == rows
        record = session.query(Import).one()
        assert (record.state, record.added, record.ratings) == ("finished", rows, rows)
    assert kills
    proven(f"{rows:,} rows, {kills} kills, every row and rating there exactly once under one import")
