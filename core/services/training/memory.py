"""Whether a training fits into the memory that is free, asked before it begins; and what one took."""

from pathlib import Path

from core.domain.errors import Unavailable
from core.reward.recipes.registry import CONCAT, PAIR, TRANSFORMER

BYTES_AT_LEAST = {PAIR.name: 400_000_000, CONCAT.name: 400_000_000, TRANSFORMER.name: 1_550_000_000}
"""What a training needs beside what grows with the ratings, by method; tuning took 1.65 GB on 1,629 answers."""
BYTES_PER_ANSWER = {PAIR.name: 60_000, CONCAT.name: 30_000, TRANSFORMER.name: 60_000}
"""What each rated answer adds at the peak, by method."""
MEMINFO = Path("/proc/meminfo")
STATUS = Path("/proc/self/status")
LIMIT, USED = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")


def check_memory(recipe: str, answers: int, comparisons: int) -> None:
    """Let a training begin that fits; where the memory cannot be read, all do.

    Raises:
        Unavailable: it will not fit; the sentence names a number of answers that would.
    """
    free, least, each = free_bytes(), BYTES_AT_LEAST[recipe], BYTES_PER_ANSWER[recipe]
    if free is None or least + each * (answers + comparisons) <= free:
        return
    fits = (free - least) // each // (2 if comparisons else 1)
    needed = (least + each * (answers + comparisons)) / 1e9
    told = f"This training needs about {needed:,.1f} GB of memory, and {free / 1e9:,.1f} GB are free. "
    if fits >= 100:
        told += f"Set TRAIN_LIMIT to {fits // 100 * 100:,} to learn from so many of the newest ratings, "
    else:
        told += "End other programs, "
    told += "or run a worker on a machine with more memory. Nothing was changed."
    raise Unavailable(told)


def free_bytes() -> int | None:
    """Bytes that this process may still take: of the machine, and of its container; None where that is not known."""
    try:
        lines = dict(line.split(":") for line in MEMINFO.read_text(encoding="ascii").splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):  # not Linux
        return None
    try:
        return min(free, int(LIMIT.read_text(encoding="ascii")) - int(USED.read_text(encoding="ascii")))
    except (OSError, ValueError):  # in no container, or one without a limit ("max")
        return free


def most_bytes() -> int | None:
    """Bytes that this process has held at most so far; None where that is not known."""
    try:
        lines = dict(line.split(":", 1) for line in STATUS.read_text(encoding="ascii", errors="replace").splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):  # not Linux
        return None
