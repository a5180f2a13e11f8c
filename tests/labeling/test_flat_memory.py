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


# Kinds that are only read: a JSON list as programs write it, on one line or on many, and a sheet of a workbook.
READING = """
import gzip, json, random, sys
from collections import deque
from pathlib import Path
import ijson, openpyxl
from core.labeling.tables import open_table

path, rows, length = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
def most_memory():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024
draw = random.Random(3)
made = ({"prompt": f"Question {n}?", "completion": draw.randbytes(length // 2).hex(), "n": n} for n in range(rows))
if path.suffix == ".xlsx":
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("A")
    sheet.append(["prompt", "completion", "n"])
    for row in made:
        sheet.append(list(row.values()))
    book.save(path)
else:
    with (gzip.open(path, "wt", compresslevel=1) if path.suffix == ".gz" else path.open("w")) as file:
        end = "" if "one line" in path.name else "\\n"
        file.write('{"made by": "test", "data": [' + end)
        for number, row in enumerate(made):
            file.write(("," + end if number else "") + json.dumps(row))
        file.write("]}")
    del file
before = most_memory()
last = deque(open_table(path).rows(), maxlen=1)[0]
assert (last.number, len(last.values["completion"])) == (rows, length)
print(most_memory() - before)
"""


def most_memory(program: str, *arguments: object) -> int:
    """Megabytes of memory that the program says it took."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="not here: no /proc to measure with")


@proc
@pytest.mark.parametrize(
    "name, rows, length, megabytes",
    [("t.csv", 300_000, 200, 30), ("t.jsonl", 300_000, 200, 30), ("t.parquet", 15_000, 10_000, 220)],
)
def test_a_long_file_is_written_and_read_in_little_memory(tmp_path, name, rows, length, megabytes):
    """60 MB as text and 150 MB as parquet, which would be twice as much as objects, never come near their size."""
    assert most_memory(PROGRAM, tmp_path / name, rows, length) < megabytes


@proc
@pytest.mark.parametrize(
    "name, rows, length, megabytes",
    [
        ("t.json", 150_000, 200, 20),
        ("on one line.json", 20_000, 2_000, 160),  # so far as one row may be long, its first line is looked at
        ("t.json.gz", 60_000, 200, 20),
        ("t.xlsx", 10_000, 200, 20),
    ],
)
def test_a_long_file_is_read_in_little_memory(tmp_path, name, rows, length, megabytes):
    """A JSON list of 40 MB, also on one line and compressed, item by item; of a workbook its texts are held once."""
    assert most_memory(READING, tmp_path / name, rows, length) < megabytes


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
