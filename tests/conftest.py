"""What every test gets: a machine without configuration, a browser where there is one, and no silent skips in CI."""

import os
import shutil
import tempfile

import pytest

from tests.fast_place import fast_place

pytest_plugins = ["tests.databases", "tests.trainings"]  # loaded after this module, so what follows comes first

# Set before anything imports core. An empty value also hides what a developer's .env says, so no test can reach a real
# database; ASSAY_HOME is a directory of this process, so workers do not meet.
CONFIGURATION = [
    "DATABASE_URL",
    "DB_URI",
    "DB_HOST",
    "DB_PORT",
    "DB_NAME",
    "DB_USER",
    "DB_PASSWORD",
    "EMB_MODEL",
    "TRANSFORMER_BASE",
    "REWARD_MODEL_PATH",
    "MIN_SAMPLES_TO_TRAIN",
    "POSITIVE_RATING_THRESHOLD",
    "TRAIN_LIMIT",
    "AUTH_MODE",
    "ASSAY_FIRST_LEAD",
    "ASSAY_TRUST_UNVERIFIED_EMAIL",
    "ASSAY_PASSPHRASE",
    "ASSAY_HOSTS",
    "ASSAY_SESSION_IDLE_MINUTES",
    "ASSAY_SESSION_HOURS",
]
os.environ.update(dict.fromkeys(CONFIGURATION, ""))
os.environ["ASSAY_ENCODER"] = "reference"  # where the fast one is installed, only its own tests build it
os.environ.update(TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1", OMP_NUM_THREADS="1")
HOME_OF_THIS_PROCESS = tempfile.mkdtemp(prefix="assay-tests-", dir=fast_place())
if place := fast_place():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", place)  # where tmp_path is made
os.environ["ASSAY_HOME"] = HOME_OF_THIS_PROCESS

CHROMIUM = os.environ.get("ASSAY_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_ARGS = [
    "--headless",
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

NOT_HERE = "not here:"  # begins the reason of every skip that is allowed in CI
STRICT_SKIPS = os.environ.get("ASSAY_CI") == "1"
unexpected_skips: list[str] = []


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    """Playwright drives the system's chromium: it must never download a browser."""
    return {"executable_path": CHROMIUM, "args": CHROMIUM_ARGS, "headless": True}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    _once_on_postgresql(config, items)
    if hasattr(config, "workerinput"):  # what takes long begins first, so that no worker is left with it at the end
        items.sort(key=lambda item: not (item.get_closest_marker("slow") or item.get_closest_marker("browser")))
    if not CHROMIUM:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=f"{NOT_HERE} no chromium"))


def _once_on_postgresql(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test with many values that runs on both databases, PostgreSQL sees the first only: what a rule says about
    each value does not depend on the database. Where it does, the test is marked ``every_database``.
    """
    tried: set[tuple[str, str]] = set()
    left_out = []
    for item in items:
        given = getattr(item, "callspec", None)
        if (
            given is None
            or given.params.get("database_url") != "postgresql"
            or item.get_closest_marker("every_database")
        ):
            continue
        test = (str(item.path), getattr(item, "originalname", item.name))
        if test in tried:
            left_out.append(item)
        tried.add(test)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(map(id, left_out))
        items[:] = [item for item in items if id(item) not in gone]


def _watch_skips(report: pytest.TestReport | pytest.CollectReport) -> None:
    if STRICT_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        if not reason.startswith(NOT_HERE):
            unexpected_skips.append(f"{report.nodeid}: {reason}")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _watch_skips(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _watch_skips(report)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With xdist the reports of all workers arrive at the controller, whose exit status is the one that counts."""
    is_worker = hasattr(session.config, "workerinput")
    if unexpected_skips and not is_worker and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in sorted(set(unexpected_skips)):
        terminalreporter.write_line(f"SKIPPED WITHOUT NEED, which fails in CI: {line}", red=True)


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME_OF_THIS_PROCESS, ignore_errors=True)
