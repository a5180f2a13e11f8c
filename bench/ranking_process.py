"""What a fresh process waits for and needs until it has ranked; prints one JSON object. Started by bench.rerank."""

import json
import random
import re
import time
from pathlib import Path


def main() -> None:
    """Import, load, rank 10, 100 and 1,000 new answers."""
    began = time.perf_counter()
    import core

    imported = time.perf_counter()
    assert core.is_model_ready()
    loaded = time.perf_counter()
    ranked, draw = [], random.Random(0)
    for count in (10, 100, 1000):
        answers = [" ".join(str(draw.randrange(100, 999)) for _ in range(58)) for _ in range(count)]
        started = time.perf_counter()
        core.rerank_candidates("what helps against fever", answers)
        ranked.append((time.perf_counter() - started, _peak()))
    found = {
        "import": imported - began,
        "load": loaded - imported,
        "first": ranked[0][0],
        "memory": ranked[0][1],
        "growth": ranked[2][1] - ranked[1][1],
        "thousand": ranked[2][0],
    }
    print(json.dumps(found))


def _peak() -> float:
    """Most memory so far in MB; getrusage would tell the parent's, where that was larger."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


if __name__ == "__main__":
    main()
