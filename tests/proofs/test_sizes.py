"""Files and texts made to hold up the server: what happened, in how much memory."""

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.databases import ROOT
from tests.proofs.conftest import scaled

pytestmark = pytest.mark.slow

PROGRAM = """
import sys, time
from pathlib import Path
import pyarrow.parquet
from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import understand
from core.labeling.tables import open_table
def most():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024
before, began, good, reasons = most(), time.process_time(), 0, []
try:
    for row in understand(open_table(Path(sys.argv[1])), HowToRead()).rows():
        if isinstance(row, Rejected):
            reasons.append(row.reason)
        else:
            good += 1
    said = f"{good} rows read" + (f", {len(reasons)} rejected ({reasons[0]})" if reasons else "")
except BadInput as error:
    said = str(error).replace(Path(sys.argv[1]).name, "it")
print(f"{most() - before}|{time.process_time() - began:.1f}|{said}")
"""
GOOD = json.dumps({"user_prompt": "p", "ai_response": "a"}) + "\n"


def wide_csv(path: Path) -> str:
    columns = scaled(20_000, 100_000)
    path.write_text(",".join(f"c{number}" for number in range(columns)) + "\n1\n")
    return f"a csv of {columns:,} columns"


def many_keys(path: Path) -> str:
    keys = scaled(100_000, 1_000_000)
    path.write_text(GOOD + json.dumps({f"key {number}": number for number in range(keys)}) + "\n" + GOOD)
    return f"a jsonl row of {keys:,} keys"


def long_line(path: Path) -> str:
    size = scaled(100, 1_000)
    with path.open("w") as file:
        file.write(GOOD + '{"user_prompt": "')
        for _ in range(size):
            file.write("x" * 1_000_000)
        file.write('"}\n' + GOOD)
    return f"a jsonl line of {size:,} MB"


def long_csv_line(path: Path) -> str:
    size = scaled(100, 1_000)
    with path.open("w") as file:
        file.write("user_prompt,ai_response\np,a\n")
        for _ in range(size):
            file.write("x" * 1_000_000)
        file.write("\np,a\n")
    return f"a csv line of {size:,} MB"


def open_quotes(path: Path) -> str:
    size = scaled(50, 500)
    with path.open("w") as file:
        file.write("user_prompt,ai_response\np,a\n")
        for _ in range(size):
            file.write('p,"never closed\n' * 66_000)
    return f"{size:,} MB of csv in which no quotation mark is closed"


def empty_lists(path: Path) -> str:
    path.write_text(GOOD + '{"user_prompt": [' + "[]," * scaled(2_000_000, 10_000_000) + "[]]}\n" + GOOD)
    return f"a jsonl row of {scaled(2, 10)} million empty lists"


def parquet_bomb(path: Path) -> str:
    rows = scaled(300, 3_000)
    text = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["a" * 4_000_000]))
    answers = pa.array([f"answer {number}" for number in range(rows)])
    pq.write_table(pa.table({"user_prompt": text, "ai_response": answers}), path, compression="zstd")
    return f"a parquet file of {path.stat().st_size:,} bytes that stands for {rows * 4 / 1000:.1f} GB"


def gzip_bomb(path: Path) -> str:
    size = scaled(500, 5_000)
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"user_prompt,ai_response\n")
        for _ in range(size):
            file.write(b"p,a\n" * 250_000)
    return f"a compressed csv of {path.stat().st_size / 1e6:.1f} MB that stands for {size:,} MB"


def excel_bomb(path: Path) -> str:
    size = scaled(200, 2_000)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file:
            for _ in range(size):
                file.write(b"<row><c/></row>" * 66_000)
    return f"a workbook of {path.stat().st_size / 1e6:.1f} MB that stands for {size:,} MB"


def long_item(path: Path) -> str:
    size = scaled(100, 1_000)
    with path.open("w") as file:
        file.write('[\n{"user_prompt": "p", "ai_response": "a"},\n{"user_prompt": "')
        for _ in range(size):
            file.write("x" * 1_000_000)
        file.write('"}]')
    return f"a JSON list with an item of {size:,} MB"


def many_values(path: Path) -> str:
    path.write_text('[\n{"user_prompt": [' + "[]," * scaled(2_000_000, 10_000_000) + "[]]}]")
    return f"a JSON list with an item of {scaled(2, 10)} million empty lists"


def deep_item(path: Path) -> str:
    path.write_text('[\n{"user_prompt": ' + "[" * scaled(1_000_000, 10_000_000))
    return f"a JSON list {scaled(1, 10)} million levels deep"


ATTACKS = {
    "columns": (wide_csv, ".csv", 200),
    "keys": (many_keys, ".jsonl", 600),
    "line": (long_line, ".jsonl", 300),
    "csv line": (long_csv_line, ".csv", 300),
    "quotes": (open_quotes, ".csv", 300),
    "lists": (empty_lists, ".jsonl", 200),
    "parquet": (parquet_bomb, ".parquet", 200),
    "gzip": (gzip_bomb, ".csv.gz", 100),
    "excel": (excel_bomb, ".xlsx", 100),
    "json item": (long_item, ".json", 300),
    "json values": (many_values, ".json", 300),
    "json levels": (deep_item, ".json", 300),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_file_made_to_hold_up_the_server(tmp_path, attack, proven):
    """It is refused, or its row is, in little memory; the rows around it are read."""
    make, ending, megabytes = ATTACKS[attack]
    path = tmp_path / f"attack{ending}"
    what = make(path)
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(path)], cwd=ROOT, capture_output=True, text=True)
    path.unlink()
    assert done.returncode == 0, done.stderr
    memory, seconds, said = done.stdout.strip().split("|", 2)
    assert int(memory) < megabytes
    assert any(words in said for words in ("columns; at most", " rows read", "unpacks ", "nested too deep"))
    proven(f"{what}, once: {said} In {float(seconds):.1f} s of work and {memory} MB.")
