"""A training on 2,000 rated rows whose vectors are cached, a ranking of candidates that are in memory, and before both
what tuning layers on as many rows takes; on the longer answers of a file: ``bench tuned FILE``.
"""

import random
import statistics
import tempfile
import time
from pathlib import Path

from bench import tuned
from bench.encoding import WORDS
from bench.table import Line
from core.domain.records import ImportRow
from core.domain.roles import User
from core.services.reranking.reranking import reranker
from core.services.training import training
from core.services.workspace import open_workspace
from core.store.interactions import imports

ROWS = 2000


def measure() -> list[Line]:
    """The second training in one process: the first one fills the cache. Tuning first: its memory is measured."""
    _, tuning = tuned.train(tuned.made())
    with tempfile.TemporaryDirectory() as home:
        workspace = open_workspace({"ASSAY_HOME": home})
        draw = random.Random(0)
        rows = []
        for number in range(ROWS):
            rating = draw.choice((1, 2, 4, 5))
            words = draw.choices(WORDS[:12] if rating > 3 else WORDS[4:], k=draw.randint(10, 30))
            rows.append(ImportRow(number, f"question {number // 8}", " ".join(words) + f" {number}", rating, "bench"))
        with workspace.store.write() as session:
            imports.add_batch(session, None, rows, rater="bench", source="import")
        list(training.train(workspace, User(0, "bench")))
        began = time.perf_counter()
        list(training.train(workspace, User(0, "bench")))
        took = time.perf_counter() - began
        ranker = reranker(workspace)
        texts = [row.ai_response for row in rows[:10]]
        ranker.rank("question 0", texts)
        times = []
        for _ in range(200):
            started = time.perf_counter()
            ranker.rank("question 0", texts)
            times.append(time.perf_counter() - started)
        size = sum(file.stat().st_size for file in next(Path(home, "models").iterdir()).glob("model.joblib")) / 1000
    return [
        *tuning,
        Line(f"training and report on {ROWS:,} rows with cached vectors", took, "s", 120),
        Line("ranking 10 candidates in memory, median of 200", 1000 * statistics.median(times), "ms", 5),
        Line("model file", size, "kB", 100),
    ]
