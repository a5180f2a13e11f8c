"""What importing the package costs a program."""

import statistics
import subprocess
import sys
import time

from bench.table import Line

CODE = "import sys, core; sys.exit(any(name in sys.modules for name in ('torch', 'streamlit', 'sqlalchemy')))"


def measure() -> list[Line]:
    """Median of seven fresh processes, less an empty one; fails when a heavy library came along."""
    times = {code: statistics.median(_timed(code) for _ in range(7)) for code in (CODE, "pass")}
    return [Line("import core (without torch, streamlit, sqlalchemy)", times[CODE] - times["pass"], "s", 0.3)]


def _timed(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began
