"""The proofs: scaled down in `make test`, full size in `make proof`, which writes docs/proofs.md."""

import os
import platform
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.databases import ROOT
from tests.desk import OpenDesk, raters_desks
from tests.proofs import killing

FULL = os.environ.get("ASSAY_PROOF") == "full"
LINE = re.compile(r"^- `([^`]+)`: (.+)$", re.MULTILINE)
numbers: dict[str, str] = {}


@pytest.fixture
def draw() -> random.Random:
    """Where a process is killed differs from turn to turn, and is the same in every run."""
    return random.Random(20261122)


def scaled(small: int, full: int) -> int:
    """How often something is tried."""
    return full if FULL else small


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[killing.Servers]:
    """Dashboards that can be killed, many of them after one start of Python."""
    with killing.servers(tmp_path_factory.mktemp("servers")) as started:
        yield started


@pytest.fixture
def at_the_desk() -> Iterator[OpenDesk]:
    """Opens the desk of a rater at a dashboard."""
    with raters_desks() as open_one:
        yield open_one


@pytest.fixture
def proven(request: pytest.FixtureRequest):
    """Call it with what was found; it becomes a line of docs/proofs.md."""

    def note(found: str) -> None:
        numbers[f"{request.node.originalname}[{request.node.callspec.id}]"] = found

    return note


@pytest.fixture
def proven_once(request: pytest.FixtureRequest):
    """As ``proven``, for a test that has a database of its own kind."""

    def note(found: str) -> None:
        numbers[request.node.originalname or request.node.name] = found

    return note


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not FULL or not numbers or session.exitstatus != pytest.ExitCode.OK:
        return
    place = ROOT / "docs" / "proofs.md"
    known = dict(LINE.findall(place.read_text("utf-8"))) if place.is_file() else {}
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    known |= {name: f"{found} ({today})" for name, found in numbers.items()}  # what was not run now keeps its day
    lines = [
        "# Proofs",
        "",
        f"Written by `make proof`, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}. Each line is a test in `tests/proofs` and ends with the day on which it "
        "was run.",
        "",
        *(f"- `{name}`: {found}" for name, found in sorted(known.items())),
        "",
    ]
    place.write_text("\n".join(lines), "utf-8")
