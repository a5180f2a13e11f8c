"""Importing 1,000,000 short rows: memory of the process, on the database that DATABASE_URL names (else SQLite)."""

import os
import resource
import tempfile
import threading
import time
from pathlib import Path

from bench.table import Line
from core.domain.roles import COMMAND_LINE
from core.services.data import importing
from core.services.people import local_names
from core.services.rating import rating
from core.services.workspace import open_workspace

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))


def measure() -> list[Line]:
    """Import while one rater keeps rating; the peak of this process's memory, and the rater's waiting times."""
    with tempfile.TemporaryDirectory() as home:
        workspace = open_workspace({**os.environ, "ASSAY_HOME": home})
        file = Path(home) / "rows.csv"
        with file.open("w") as out:
            out.write("user_prompt,ai_response,rating\n")
            for number in range(ROWS):
                out.write(
                    f"question {number // 4},answer number {number} in a few "
                    f"words,{number % 5 + 1 if number % 2 else ''}\n"
                )
        user = local_names.rate_as(workspace, "bench", "bench rater")
        stop, waits = threading.Event(), []

        def keep_rating() -> None:
            while not stop.wait(0.5):
                for item in rating.next_items(workspace, user)[:1]:
                    began = time.perf_counter()
                    rating.rate(workspace, user, item.interaction.interaction_id, 4, showing=item.showing)
                    waits.append(time.perf_counter() - began)

        rater = threading.Thread(target=keep_rating)
        rater.start()
        began = time.perf_counter()
        *_, result = importing.import_file(workspace, COMMAND_LINE, file)
        took = time.perf_counter() - began
        stop.set()
        rater.join()
        assert isinstance(result, importing.ImportResult)
        assert (result.added, result.rejected_total) == (ROWS, 0), result
    name = "SQLite" if workspace.store.is_sqlite else "PostgreSQL"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    waits.sort()
    return [
        Line(f"{name}: import of {ROWS:,} rows, peak memory", peak, "MB", 500, gates=True),
        Line(f"{name}: rows imported in {took:.0f} s; seconds per 10,000 rows", took / ROWS * 10_000, "s", 10),
        Line(
            f"{name}: a rating meanwhile, p95 of {len(waits)}", waits[int(len(waits) * 0.95)] if waits else 0.0, "s", 1
        ),
    ]
