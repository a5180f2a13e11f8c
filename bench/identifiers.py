"""How many identifiers of a set of texts are found, by kind, and how long reading takes.

The file holds one JSON object per line: {"text": ..., "spans": [[start, end, kind], ...]}. A span counts as found when
one mark covers at least half of its characters, of whatever kind; precision is the share of marks that touch a span.
"""

import argparse
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.table import Line
from core.domain.identifiers.masking import Found, find

RECALL, PRECISION = 0.85, 0.9


@dataclass
class Score:
    """What came out: spans of each kind, those found, marks, and those marks that touch no span."""

    spans: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    marks: int = 0
    mistaken: list[tuple[str, str]] = field(default_factory=list)
    missed: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """The share of spans that were found; 1 where there are none."""
        return self.found.total() / self.spans.total() if self.spans else 1.0

    @property
    def precision(self) -> float:
        """The share of marks that touch a span; 1 where there are none."""
        return 1 - len(self.mistaken) / self.marks if self.marks else 1.0

    def add(self, text: str, spans: list[tuple[int, int, str]], marks: list[Found]) -> None:
        """Count one text."""
        for start, end, kind in spans:
            self.spans[kind] += 1
            covered = max((min(end, mark.end) - max(start, mark.start) for mark in marks), default=0)
            if 2 * covered >= end - start:
                self.found[kind] += 1
            else:
                self.missed.append((kind, text[start:end], text))
        for mark in marks:
            self.marks += 1
            if not any(mark.start < end and start < mark.end for start, end, _ in spans):
                self.mistaken.append((f"{mark.kind}: {text[mark.start : mark.end]}", text))


def read(file: Path) -> list[tuple[str, list[tuple[int, int, str]]]]:
    """The texts of a set and their spans."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    return [(row["text"], [(start, end, kind) for start, end, kind in row["spans"]]) for row in rows]


def score(rows: list[tuple[str, list[tuple[int, int, str]]]]) -> Score:
    """Let the rules read every text."""
    result = Score()
    for text, spans in rows:
        result.add(text, spans, find(text))
    return result


def options(parser: argparse.ArgumentParser) -> None:
    """The file, and whether what was missed and mistaken is printed."""
    parser.add_argument("file", type=Path, help="a jsonl of texts with their spans")
    parser.add_argument("--texts", action="store_true", help="print what was missed and what was marked by mistake")


def measure(given: argparse.Namespace) -> list[Line]:
    """Recall, precision and time per kB (of the processor, for the machine may be busy); recall by kind is printed
    above.
    """
    rows = read(given.file)
    score(rows)  # lists of words and of telephone numbers are read once
    began = time.process_time()
    result = score(rows)
    took = time.process_time() - began
    for kind, number in sorted(result.spans.items()):
        print(f"{kind:<40} {result.found[kind]:>4} of {number:>4}  {result.found[kind] / number:.2f}")
    print(
        f"found {result.found.total()} of {result.spans.total()}; {len(result.mistaken)} of {result.marks} marks by "
        "mistake"
    )
    if given.texts:
        for kind, span, text in result.missed:
            print(f"missed {kind}: {span!r} in {text!r}")
        for mark, text in result.mistaken:
            print(f"mistaken {mark!r} in {text!r}")
    size = sum(len(text.encode()) for text, _ in rows) / 1000
    return [
        Line("identifiers missed, share", 1 - result.recall, "", 1 - RECALL),
        Line("marks by mistake, share", 1 - result.precision, "", 1 - PRECISION),
        Line("time to read a kB of these texts", took / size * 1e6, "µs", 500),
    ]
