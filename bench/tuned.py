"""A training that tunes layers, on rows that are made or of a rated file: time, memory, what it adds, ranking.

The goals are on one core: 20 minutes and 2 GB for 2,000 ratings, at most 2.5 times the processor time of the folds
alone, and for ten new answers of 60 tokens at most 2.5 times the time that the fast method takes.
"""

import argparse
import random
import resource
import statistics
import tempfile
import time
from pathlib import Path

from bench.encoding import WORDS
from bench.table import Line
from core.domain.held_out import is_held_out
from core.domain.records import Example
from core.reward.encoding.embedder import Embedder, MemoryCache, View
from core.reward.encoding.encoder import SentenceEncoder
from core.reward.model import FittedModel
from core.reward.recipes.base import Pair
from core.reward.training.deep import train_deep
from core.reward.training.events import Embedding, FoldDone, Planned, Tuning
from core.services.models.evaluate import read_rated

ROWS, BATCH, REPEATS = 2_000, 10, 15


def options(parser: argparse.ArgumentParser) -> None:
    """A rated file instead of made rows."""
    parser.add_argument("file", nargs="?", type=Path, help="rated answers (default: 2,000 that are made)")
    parser.add_argument("--base", default="", help="a directory as TRANSFORMER_BASE names it")


def measure(given: argparse.Namespace) -> list[Line]:
    """One training, watched through its events; then ten new answers at a time with and without the tuned layers."""
    model, lines = train(read_rated(given.file) if given.file else made(), given.base)
    usual, tuned = _ranking(model)
    what = f"ranking {BATCH} new answers with tuned layers, relative to without"
    return [*lines, Line(what, (usual + tuned) / usual, "x", 2.5)]


def train(examples: list[Example], base: str = "") -> tuple[FittedModel, list[Line]]:
    """One training, and what it took; print what came of it."""
    source = Embedder(SentenceEncoder("all-MiniLM-L6-v2"), MemoryCache(max_bytes=1_000_000_000))
    learned = [example for example in examples if not is_held_out(example.group)]
    apart = [example for example in examples if is_held_out(example.group)]
    began, folds, tuning_since, shown = time.process_time(), 0.0, None, 0.0
    with tempfile.TemporaryDirectory() as home:
        steps = train_deep(learned, apart, base=base, home=Path(home), embedder=source, seed=0, positive_threshold=4)
        while True:
            try:
                event = next(steps)
            except StopIteration as end:
                found = end.value
                break
            if isinstance(event, Planned):
                tuning_since = time.process_time()  # the lower layers are a part of the folds
            if isinstance(event, FoldDone) and tuning_since is not None:
                folds = time.process_time() - tuning_since
                figures = {name: metric.value for name, metric in event.metrics.items()}
                print(f"  model {event.fold}: ROC AUC {figures['roc_auc']:.3f} on its own questions", flush=True)
            if isinstance(event, Embedding | Tuning) and time.monotonic() - shown > 30:
                shown = time.monotonic()
                print(f"  {event}", flush=True)
    spent = time.process_time() - began
    metrics = found.evaluation.metrics
    print(f"  {found.judged.decision.reason}\n  {found.adds.sentence()}")
    for name in ("roc_auc", "pairwise_accuracy", "accuracy"):
        print(f"  {name} on questions kept apart: {metrics[name].value:.3f}")
    return found.model, [
        Line(f"tuning on {len(learned):,} ratings, processor time", spent, "s", 1_200),
        Line("the same relative to the folds alone", spent / folds, "x", 2.5),
        Line("most memory of tuning", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, "GB", 2.0),
    ]


def made() -> list[Example]:
    """Answers as ``bench training`` makes them."""
    draw = random.Random(0)
    examples = []
    for number in range(ROWS):
        rating = draw.choice((1, 2, 4, 5))
        words = draw.choices(WORDS[:12] if rating > 3 else WORDS[4:], k=draw.randint(10, 30))
        examples.append(Example(number, f"question {number // 8}", " ".join(words) + f" {number}", None, float(rating)))
    return examples


def _ranking(model: FittedModel) -> tuple[float, float]:
    """Medians of the seconds that vectors of the usual encoder and of the tuned layers take, for new answers."""
    draw = random.Random(1)
    source = Embedder(SentenceEncoder("all-MiniLM-L6-v2"), MemoryCache())
    part = model.deep
    assert part is not None
    usual, tuned = [], []
    for _ in range(REPEATS):
        texts = [" ".join(draw.choices(WORDS, k=55)) for _ in range(BATCH)]
        asked = f"question {draw.random()}"
        began = time.perf_counter()
        source.vectors([asked, *texts], View.WINDOWS)
        usual.append(time.perf_counter() - began)
        began = time.perf_counter()
        part.log_odds([Pair(asked, text) for text in texts], source)
        tuned.append(time.perf_counter() - began)
    return statistics.median(usual), statistics.median(tuned)
