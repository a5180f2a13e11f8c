"""Temporary files: gone when their work ends, found after a kill, never taken from who is at work."""

import ast
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.domain.roles import COMMAND_LINE
from core.domain.settings import Settings
from core.services.data import erasure
from core.services.operations import doctor, leftovers
from core.services.workspace import open_workspace
from core.store.scratch import INSIDE, OWNER, PREFIX, UNKNOWN_SECONDS, found, note, noted, remove, scratch
from tests.databases import ROOT, added, environment, start_python

SECRET = "Jane Q. Patient"
HOLD = """
    import sys
    from pathlib import Path
    from core.store.scratch import scratch
    with scratch(Path(sys.argv[1])) as folder:
        (folder / "patients.csv").write_text("Jane Q. Patient")
        print(folder, flush=True)
        sys.stdin.readline()
"""
UPLOAD = """
    import sys
    from core.domain.roles import COMMAND_LINE
    from core.services.data import uploads
    from core.services.workspace import open_workspace
    workspace = open_workspace()
    rows = "".join(f"{i},Jane Q. Patient {i}\\n" for i in range(5000))
    pieces = [("user_prompt,ai_response\\n" + rows).encode()]
    class Slow:
        def read(self, size):
            if pieces:
                return pieces.pop()
            (copy,) = (workspace.settings.home / "uploads").glob("*/*/patients.csv")
            print(copy.parent, flush=True)
            sys.stdin.readline()
    uploads.take(workspace, COMMAND_LINE, "patients.csv", Slow())
"""
EXPORT = """
    import sys
    from pathlib import Path
    from core.domain.roles import COMMAND_LINE
    from core.labeling import writing
    from core.services.data import exporting
    from core.services.data.exporting import Marked
    from core.services.workspace import open_workspace
    written = writing._WRITE[".csv"]
    def slowly(file, columns, rows):
        done = written(file, columns, rows)
        file.flush()
        print(file.name, flush=True)
        sys.stdin.readline()
        return done
    writing._WRITE[".csv"] = slowly
    place, why = Path(sys.argv[1]), "A test."
    exporting.export(open_workspace(), COMMAND_LINE, "ratings", place, marked=Marked.INCLUDE, reason=why)
"""
BACKUP = """
    import sys
    from pathlib import Path
    from core.domain.roles import COMMAND_LINE
    from core.services.operations import backup
    from core.services.workspace import open_workspace
    copied = backup._copy_models
    def slowly(source, target):
        print(target.parent, flush=True)
        sys.stdin.readline()
        return copied(source, target)
    backup._copy_models = slowly
    backup.save(open_workspace(), COMMAND_LINE, Path(sys.argv[1]))
"""


@pytest.fixture
def home(tmp_path):
    """An ASSAY_HOME with one rated answer: (home, its environment)."""
    place = tmp_path / "outer" / "home"
    place.parent.mkdir()
    environ = environment("", place)
    workspace = open_workspace(environ)
    added(workspace, SECRET, SECRET)
    workspace.store.engine.dispose()
    return place, environ


@pytest.fixture
def started(home):
    """Starts a process that does something and stops in the middle; where its temporary files are then."""
    running = []

    def start(code, *arguments):
        process = start_python(code, home[1], *arguments)
        running.append(process)
        place = process.stdout.readline().strip()
        assert place, process.communicate()[1]
        return process, Path(place)

    yield start
    for process in running:
        process.kill()
        process.communicate()


def killed(process):
    process.kill()
    process.wait()


def holding(folder):
    """Every file below a folder in which the text stands, but the databases."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("assay.db")]
    return [path for path in files if SECRET.encode() in path.read_bytes()]


@pytest.mark.parametrize("what", ["upload", "export to a file", "backup"])
def test_what_a_killed_process_left_is_named_and_gone_at_the_next_start(home, started, tmp_path, monkeypatch, what):
    """A real kill in the middle of the act; another process that works at the same place keeps its files throughout."""
    place, environ = home
    settings = Settings.from_env(environ)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    code = {"upload": UPLOAD, "export to a file": EXPORT, "backup": BACKUP}[what]
    arguments = {"upload": [], "export to a file": [elsewhere / "a.csv"], "backup": [elsewhere / "B"]}[what]
    at_work, kept = started(HOLD, elsewhere if arguments else place)
    victim, left = started(code, *arguments)
    assert left.exists()
    assert leftovers.remove(settings) == 0, "both are at work"
    killed(victim)
    assert left.exists()
    for name in ("ASSAY_HOME", "DATABASE_URL"):
        monkeypatch.setenv(name, environ[name])
    said = {check["name"]: check["detail"] for check in doctor.examine()["checks"]}["temporary files"]
    assert said.startswith("1 left by a process that was ended, ")
    assert "1 in use now" in said
    workspace = open_workspace(environ)
    remains = erasure.preview_interaction(workspace, COMMAND_LINE, 1).remains
    assert [sentence for sentence in remains if sentence.startswith("Temporary files") and said in sentence]
    workspace.store.engine.dispose()
    assert leftovers.remove(settings) == 1
    assert not left.exists()
    assert holding(tmp_path) == [kept / "patients.csv"]
    assert at_work.poll() is None
    at_work.communicate("go on\n")
    assert holding(tmp_path) == []
    assert leftovers.in_words(settings) is None


def test_the_start_of_the_dashboard_clears_away(home, started, monkeypatch):
    """The server's own start does it, before anybody has opened a page."""
    import anyio

    from core.ui.server import asgi

    place, environ = home
    victim, left = started(HOLD, place)
    killed(victim)
    for name in ("ASSAY_HOME", "DATABASE_URL"):
        monkeypatch.setenv(name, environ[name])
    with ThreadPoolExecutor(1) as thread:  # where a browser was driven before, its event loop still runs in this one
        thread.submit(anyio.run, asgi._clear_away).result()
    assert not left.exists()
    assert ast.unparse(ast.parse((ROOT / "core/ui/server/asgi.py").read_text())).count("start_soon(_clear_away)") == 1


def test_whoever_makes_the_next_one_beside_it_removes_it_too(tmp_path, started):
    """Also where no dashboard ever starts: a command that is repeated after a kill."""
    victim, left = started(HOLD, tmp_path)
    killed(victim)
    with scratch(tmp_path) as folder:
        assert not left.exists()
        assert [path.name for path in tmp_path.glob(f"{PREFIX}*")] == [folder.parent.name]
        assert folder.parent.stat().st_mode & 0o777 == 0o700
    assert list(tmp_path.glob(f"{PREFIX}*")) == []


def test_a_number_of_a_process_that_is_used_again_deceives_nobody(tmp_path, started):
    """What counts is the lock: the number in the file may be that of a process that lives, this one."""
    victim, left = started(HOLD, tmp_path)
    killed(victim)
    owner = left.parent / OWNER
    machine, _, _ = owner.read_text().rpartition(f" {victim.pid} ")
    owner.write_text(f"{machine} {os.getpid()} {time.time():.0f}\n")
    assert remove([tmp_path]) == 1


@pytest.mark.parametrize("whose", ["another machine's", "of an earlier release", "without its owner's line"])
def test_what_somebody_unknown_may_use_stays_a_week(tmp_path, whose):
    """A lock says nothing beyond this machine, and earlier releases had none."""
    if whose == "of an earlier release":
        left = tmp_path / "upload-ab12cd_3"
        left.mkdir(mode=0o700)
        inside = left / "patients.csv"
        inside.write_text(SECRET)
    else:
        left = tmp_path / f"{PREFIX}x"
        (left / INSIDE).mkdir(parents=True)
        inside = left / OWNER
        inside.write_text("elsewhere 0000 1 1\n" if "machine" in whose else "")
    assert remove([], own=[tmp_path]) == 0
    (one,) = found([], own=[tmp_path])
    assert not one.left_over
    long_ago = time.time() - UNKNOWN_SECONDS - 60
    for path in [*left.rglob("*"), left]:
        os.utime(path, (long_ago, long_ago))
    assert remove([], own=[tmp_path]) == 1
    assert not left.exists()


def test_what_is_not_ours_is_never_touched(tmp_path):
    """Links, other names, folders that somebody made by hand, and everything of that kind where others write too."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "file").write_text("mine")
    (tmp_path / f"{PREFIX}link").symlink_to(secret)
    for name in ("upload-20240101", "uploads", ".saving-x"):
        (tmp_path / name).mkdir(mode=0o755)
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "export-20240101").mkdir(parents=True, mode=0o700)
    inside = tmp_path / f"{PREFIX}old"
    inside.mkdir()
    (inside / "link").symlink_to(secret)
    for path in [*tmp_path.rglob("*")]:
        os.utime(path, (1, 1), follow_symlinks=False)
    assert remove([elsewhere], own=[tmp_path]) == 1
    assert not inside.exists()
    assert (secret / "file").read_text() == "mine"
    assert (elsewhere / "export-20240101").is_dir()
    assert {path.name for path in tmp_path.iterdir()} == {
        "secret",
        f"{PREFIX}link",
        "upload-20240101",
        "uploads",
        ".saving-x",
        "elsewhere",
    }


def test_the_same_place_is_noted_once(tmp_path):
    """And neither the home itself nor a temporary folder is."""
    home = tmp_path / "home"
    for place in (tmp_path / "a", tmp_path / "a", tmp_path / "ö b", home, tmp_path / f"{PREFIX}x" / INSIDE):
        note(home, place)
    assert noted(home) == [tmp_path / "a", tmp_path / "ö b"]


def test_a_restart_of_the_machine_ends_every_owner(tmp_path):
    """The same name, another run of the system: no lock is held, and whoever held it is gone."""
    left = tmp_path / f"{PREFIX}x"
    (left / INSIDE).mkdir(parents=True)
    (left / OWNER).write_text(f"{socket.gethostname()} another-boot 1 1\n")
    assert remove([tmp_path]) == 1


def test_nothing_else_makes_temporary_files():
    """A second way to make them would be a second way to forget them."""
    offenders = []
    for path in [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "Home.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                names = ["tempfile"] if node.value.startswith(("/tmp", "/var/tmp")) else []
            if "tempfile" in names and path != ROOT / "core/store/scratch.py":
                offenders.append(str(path.relative_to(ROOT)))
    assert offenders == []
