"""Our encoder against SentenceTransformer.encode on the same texts, alternating in one process."""

import random
import statistics
import time

from bench.table import Line
from core.reward.encoding.encoder import SentenceEncoder
from core.reward.encoding.weights import locate

WORDS = [
    "the",
    "patient",
    "was",
    "given",
    "oral",
    "fluids",
    "and",
    "asked",
    "to",
    "return",
    "if",
    "fever",
    "persists",
    "longer",
    "than",
    "three",
    "days",
]


def measure() -> list[Line]:
    """The ratio of medians of five runs each over 200 texts of 5 to 150 words."""
    from sentence_transformers import SentenceTransformer

    draw = random.Random(0)
    texts = [" ".join(draw.choices(WORDS, k=draw.randint(5, 150))) for _ in range(200)]
    ours = SentenceEncoder("all-MiniLM-L6-v2")
    theirs = SentenceTransformer(locate("all-MiniLM-L6-v2").source, local_files_only=True)
    ours.encode(texts[:20]), theirs.encode(texts[:20])
    times: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(5):
        for name, encode in (("ours", ours.encode), ("theirs", theirs.encode)):
            began = time.perf_counter()
            encode(texts)
            times[name].append(time.perf_counter() - began)
    ratio = statistics.median(times["ours"]) / statistics.median(times["theirs"])
    return [Line("encoding 200 texts, time relative to SentenceTransformer.encode", ratio, "x", 1.1, gates=True)]
