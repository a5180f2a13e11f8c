"""What was acknowledged is there, whenever the process is killed."""

import os
import random
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from core.domain.roles import COMMAND_LINE
from core.services.data import importing
from core.services.workspace import Workspace
from core.store.tables import Import, Item, LegacyInteraction, Rating, RatingEvent
from tests.databases import added, rater, start_python
from tests.proofs.conftest import scaled

pytestmark = pytest.mark.slow

RATE_ON = """
    import os, sys
    from core.services.people import local_names
    from core.services.rating import rating
    from core.services.workspace import open_workspace
    from tests import looked
    workspace = open_workspace()
    ana = local_names.rate_as(workspace, "token", "Ana")
    os.write(1, b"ready\\n")
    while (item := looked.next_item(workspace, ana)) is not None:
        number = item.interaction.interaction_id
        receipt = rating.rate(workspace, ana, number, number % 5 + 1, showing=item.showing, request_id=f"{number}")
        os.write(1, f"{receipt.number} {number}\\n".encode())
"""
IMPORT = """
    import os, sys
    from pathlib import Path
    from core.domain.roles import COMMAND_LINE
    from core.services.data import importing
    from core.services.workspace import open_workspace
    for step in importing.import_file(open_workspace(), COMMAND_LINE, Path(sys.argv[1])):
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


def test_every_acknowledged_rating_survives(workspace: Workspace, environ, draw: random.Random, proven) -> None:
    """Killed at random moments while rating one answer after the other, every acknowledged rating is there once."""
    times = scaled(4, 100)
    for number in range(times * 40):
        added(workspace, response=f"answer {number}")
    rater(workspace)
    acknowledged: dict[int, int] = {}
    for _ in range(times):
        process = start_python(RATE_ON, environ)
        printed = killed_after(process, 1 + draw.randint(1, 8), draw.uniform(0, 0.03))
        for line in printed:
            if line.endswith("\n") and line != "ready\n":
                receipt, interaction_id = map(int, line.split())
                acknowledged[receipt] = interaction_id
    with workspace.store.read() as session:
        events = {event.event_id: event for event in session.query(RatingEvent)}
        ratings = Counter(rating.interaction_id for rating in session.query(Rating))
        values = {rating.interaction_id: rating.rating for rating in session.query(Rating)}
        mirrored = {row.interaction_id: row.rating for row in session.query(LegacyInteraction)}
    assert len(acknowledged) >= times
    for receipt, interaction_id in acknowledged.items():
        assert events[receipt].interaction_id == interaction_id
        assert values[interaction_id] == mirrored[interaction_id] == interaction_id % 5 + 1
    assert set(ratings.values()) == {1}
    assert len(ratings) <= len(acknowledged) + times  # at most one more per kill: stored, but not yet acknowledged
    proven(f"{times} kills, {len(acknowledged)} acknowledged ratings, each there exactly once")


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
