"""Where tests put their files: in memory where there is room, since every commit of SQLite waits for a disk."""

import os
import shutil
from pathlib import Path

MEMORY = "/dev/shm"
ROOM = 4_000_000_000


def fast_place() -> str | None:
    """A folder in memory with room for many small databases, in which programs may run; else None, the usual place."""
    if not Path(MEMORY).is_dir() or not os.access(MEMORY, os.W_OK) or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return None
    return MEMORY if shutil.disk_usage(MEMORY).free > ROOM else None
