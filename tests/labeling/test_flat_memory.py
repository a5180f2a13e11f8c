"""Reading and writing hold a few rows at a time, however many there are."""

import subprocess
import sys
import tracemalloc
from collections import deque
from itertools import islice
from pathlib import Path

import pytest

from core.labeling.exports import pair_rows

ROOT = Path(__file__).resolve().parents[2]

# A process of its own, measured by the kernel: quicker than tracemalloc, and it sees what pyarrow allocates.
PROGRAM = """
import random, sys
from collections import deque
from pathlib import Path
import pyarrow.parquet
from core.labeling.export_columns import KTO
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import understand
from core.labeling.tables import open_table
from core.labeling.writing import write_table

path, rows, length = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
def most_memory():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024
draw, before = random.Random(3), most_memory()
made = (
    {"prompt": f"Question {n}?", "completion": draw.randbytes(length // 2).hex(), "label": True, "turns": ""}
    for n in range(rows)
)
assert write_table(path, KTO, made) == rows
mapping = {"user_prompt": "prompt", "ai_response": "completion"}
last = deque(understand(open_table(path), HowToRead(mapping=mapping)).rows(), maxlen=1)[0]
assert (last.number, len(last.ai_response)) == (rows, length)
print(most_memory() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="not here: no /proc to measure with")
@pytest.mark.parametrize(
    "name, rows, length, megabytes",
    [("t.csv", 300_000, 200, 30), ("t.jsonl", 300_000, 200, 30), ("t.parquet", 15_000, 10_000, 220)],
)
def test_a_long_file_is_written_and_read_in_little_memory(tmp_path, name, rows, length, megabytes):
    """60 MB as text and 150 MB as parquet, which would be twice as much as objects, never come near their size."""
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / name), str(rows), str(length)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < megabytes


def test_the_pairs_of_a_large_group_are_never_held():
    """Hundreds of thousands of pairs of 5,000 answers to one prompt come one by one."""
    gold = [
        {
            "interaction_id": number,
            "user_prompt": "Why?",
            "ai_response": f"answer {number}",
            "context_id": None,
            "rating": 1.0 + number % 5,
        }
        for number in range(5000)
    ]
    tracemalloc.start()
    try:
        last = deque(islice(pair_rows(gold), 200_000), maxlen=1)[0]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert last["margin"] >= 1
    assert peak < 5_000_000
