"""``score`` against the encoder alone, one worker against two, a worker that is killed, and memory on many rows.

``--make ROWS FILE`` only makes a file of short rows; ``--file FILE`` scores one and watches memory (and, where a run is
interrupted, goes on). What is measured on fewer rows than a million is extrapolated, and the line says so.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from bench.encoding import WORDS
from bench.rerank import ASSAY, MODEL, _fast_is_ready
from bench.table import Line
from core.domain.roles import COMMAND_LINE, User
from core.labeling.scoring.table import AnswerTable, in_parts
from core.labeling.writing import write_table
from core.services.data import importing
from core.services.scoring import scoring
from core.services.training import training
from core.services.workspace import Workspace, open_workspace
from core.serving.scoring.parts import PART_CHARACTERS, part_rows

MILLION = 1_000_000

ENCODER_ALONE = """
import os, sys, time
os.environ["OMP_NUM_THREADS"] = "1"
from pathlib import Path
from core.labeling.scoring.table import AnswerTable
from core.reward.encoding import windows
from core.serving.reranker import beginning
from core.services.scoring.scoring import scorer_from_environment
scorer = scorer_from_environment()
rows = list(AnswerTable(Path(sys.argv[1]), {}).rows())[int(sys.argv[2]):]
texts = list(dict.fromkeys(beginning(text) for row in rows for text in (row.question, row.answer)))
texts = [part for text in texts for part in windows.split(text).parts]
from core.serving.scoring.scorer import load_encoder
encoder = load_encoder(scorer.emb_model, scorer.home, scorer.encoder)
encoder.encode(["ready"])
wall, cpu = time.perf_counter(), time.process_time()
encoder.encode(texts)
print(time.perf_counter() - wall, time.process_time() - cpu)
"""


def options(parser: argparse.ArgumentParser) -> None:
    """What to make, or what to score."""
    parser.add_argument("--make", nargs=2, metavar=("ROWS", "FILE"), help="make a file of short rows, and nothing else")
    parser.add_argument("--rows", type=int, default=3_000, help="of usual length, for the ratios")
    parser.add_argument("--file", type=Path, help="score this file with the model of ASSAY_HOME and watch memory")


def measure(given: argparse.Namespace) -> list[Line]:
    """Nothing for ``--make``; else ratios of one run."""
    if given.make:
        rows, file = given.make
        made = write_table(Path(file), {"user_prompt": str, "ai_response": str}, _short(int(rows)))
        print(f"{made:,} rows made")
        return []
    if given.file is not None:
        return list(_memory(given.file))
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"ASSAY_HOME": home, "EMB_MODEL": MODEL}
        for name in ("DATABASE_URL", "DB_URI", "DB_HOST", "REWARD_MODEL_PATH"):
            os.environ[name] = ""
        workspace = open_workspace()
        importing.load_sample(workspace, COMMAND_LINE)
        training.train_to_end(workspace, User(0, "bench"), recipe="pair", seed=0, on_progress=lambda done, total: None)
        file = Path(home) / "rows.csv"
        write_table(file, {"user_prompt": str, "ai_response": str}, _usual(given.rows))
        lines: list[Line] = []
        for back_end in ("reference", *(["auto"] if _fast_is_ready() else [])):
            os.environ["ASSAY_ENCODER"] = back_end
            lines += _ratios(open_workspace(), file, given.rows, ASSAY[back_end])
        return lines


def _ratios(workspace: Workspace, file: Path, rows: int, name: str) -> Iterator[Line]:
    first = len(
        next(iter(in_parts(AnswerTable(file, {}).rows(), most_rows=part_rows(rows), most_characters=PART_CHARACTERS)))
    )
    command = [sys.executable, "-c", ENCODER_ALONE, str(file), str(first)]
    alone = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    one = _run(workspace, file, 1)
    yield Line(
        f"{name}: processor time, relative to the encoder alone", one.cpu / float(alone[1]), "x", 1.15, gates=True
    )
    yield Line(f"{name}: share of it that reads the file and keeps scores", one.own / one.cpu, "", 0.1)
    two = _run(workspace, file, 2)
    # both without their first parts: what loads the workers is no part of it
    share = (rows - first) / (rows - 2 * first)
    busiest, by_clock = one.busiest / (two.busiest * share), one.wall / (two.wall * share)
    load = f"{os.getloadavg()[0]:.0f} processes wanted {len(os.sched_getaffinity(0))} cores"
    what = f"{name}: two workers are {by_clock:.2f} times as fast as one, wanted 1.6 ({load})"
    yield Line(what, 1 / by_clock, "x", 1 / 1.6, gates=True)
    what = f"{name}: by the processor time of the busiest worker, {busiest:.2f} times"
    yield Line(what, 1 / busiest, "x", 1 / 1.6)
    killed = _run(workspace, file, 2, kill=True)
    yield Line(f"{name}: parts scored twice when a worker is killed", killed.replaced, "", 1, gates=True)


class Ran(NamedTuple):
    """One scoring, from when each worker is at its second part to the end."""

    wall: float
    """Seconds by the clock."""
    busiest: float
    """Processor seconds of the worker that had most to do."""
    cpu: float
    """Processor seconds of all processes."""
    own: float
    """Those of the process that reads the file and keeps what is scored."""
    replaced: int


def _run(workspace: Workspace, file: Path, workers: int, *, kill: bool = False) -> Ran:
    out = file.with_name("scored.csv")
    steps = scoring.score_file(workspace, COMMAND_LINE, file, out, workers=workers)
    ready = threading.Event()

    def push() -> None:
        while not ready.wait(1):
            _as_others(_children(os.getpid()))

    pusher = threading.Thread(target=push)
    pusher.start()
    *_, _begun = islice(steps, workers + 1)
    ready.set()
    pusher.join()
    pids = _children(os.getpid())
    _as_others(pids)
    began, spent, own = time.perf_counter(), _processor_seconds(), time.process_time()
    before, after = {pid: _ran(pid) for pid in pids}, dict[int, float]()
    over, watching = threading.Event(), [0.0]  # processor seconds of what only measures

    def watch() -> None:
        while not over.wait(0.05):
            for pid in pids:
                after[pid] = max(after.get(pid, 0.0), _ran(pid))  # of one that ends, some threads are gone
        watching[0] = time.thread_time()

    watcher = threading.Thread(target=watch)
    watcher.start()
    if kill:
        os.kill(pids[-1], signal.SIGKILL)
    *_, result = steps
    over.set()
    watcher.join()
    assert isinstance(result, scoring.ScoreResult)
    assert result.scored == result.rows
    wall = time.perf_counter() - began
    busiest = max(after[pid] - before[pid] for pid in pids)
    own = time.process_time() - own - watching[0]
    return Ran(wall, busiest, _processor_seconds() - spent - watching[0], own, result.replaced)


def _as_others(pids: list[int]) -> None:
    """Let workers not step back for other programs: beside busy ones this would last for hours."""
    for pid in pids:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, 0)


def _ran(pid: int) -> float:
    """Seconds that the threads of a process ran; 0 where it has ended."""
    ran = 0
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            ran += int((task / "schedstat").read_text().split()[0])
    return ran / 1e9


def _memory(file: Path) -> Iterator[Line]:
    """Peak memory of the command and its workers after a fifth of the rows, and at the end."""
    out = file.with_name(f"{file.stem}-scored.parquet")
    rows = AnswerTable(file, {}).survey().rows
    command = [sys.executable, "-m", "core", "score", str(file), "--out", str(out)]
    began, early, late = time.perf_counter(), 0.0, 0.0
    process = subprocess.Popen(command)
    while process.poll() is None:
        workers = _children(process.pid)
        _as_others(workers)
        used = sum(_megabytes(one) for one in (process.pid, *workers))
        late = max(late, used)
        if len(list(out.parent.glob(f"{out.name}.parts/part-*"))) * part_rows(rows) <= rows / 5:
            early = max(early, used)
        time.sleep(0.2)
    took = time.perf_counter() - began
    yield Line(f"{rows:,} rows: seconds", took, "s", 3600)
    hours = took / rows * MILLION / 3600
    yield Line(f"1,000,000 such rows, extrapolated from {rows:,}", hours, "h", 24)
    yield Line("memory after a fifth of the rows", early, "MB", 4000)
    caches = 64.0 * len(os.sched_getaffinity(0))  # of each worker; they fill with the file, and no further
    yield Line(
        "more memory at the end (the workers' caches fill meanwhile)", late - early, "MB", caches + 32, gates=True
    )


def _short(rows: int) -> Iterator[dict[str, Any]]:
    draw = random.Random(0)
    for number in range(rows):
        yield {
            "user_prompt": f"Question {number // 4}?",
            "ai_response": f"{' '.join(draw.choices(WORDS, k=8))} {number}",
        }


def _usual(rows: int) -> Iterator[dict[str, Any]]:
    """Answers of 10 to 100 words, four to a question of twelve."""
    draw = random.Random(1)
    question = ""
    for number in range(rows):
        if number % 4 == 0:
            question = f"{' '.join(draw.choices(WORDS, k=12))} {number}?"
        yield {"user_prompt": question, "ai_response": " ".join(draw.choices(WORDS, k=draw.randint(10, 100)))}


def _children(pid: int) -> list[int]:
    """The worker processes of a process."""
    found = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(line.split()[0]) for line in found.splitlines() if "spawn_main" in line]


def _processor_seconds() -> float:
    """Of this process and its workers, those included that have ended."""
    ended = os.times()
    ticks = 0
    for pid in (os.getpid(), *_children(os.getpid())):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ended.children_user + ended.children_system + ticks / os.sysconf("SC_CLK_TCK")


def _megabytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
