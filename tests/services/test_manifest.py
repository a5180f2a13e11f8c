"""Restoring from folders that somebody altered: one sentence, nothing of it taken, nothing left behind."""

import copy
import json
import os
import random
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from core.domain.errors import AssayError
from core.domain.files import file_sha256
from core.domain.roles import COMMAND_LINE, Role
from core.domain.settings import Settings
from core.services.operations import backup, manifest
from core.services.people import accounts, api_keys, sign_in
from core.services.people.sign_in import Why
from core.services.workspace import open_workspace
from core.store import schema
from tests.databases import added, environment
from tests.proofs.conftest import scaled
from tests.services.test_accounts import claims, with_sign_in

VALUES = [
    None,
    True,
    False,
    0,
    1,
    2,
    -1,
    10**30,
    1.5,
    float("nan"),
    "",
    "x",
    "../x",
    "/etc/passwd",
    "models/../x",
    "\x00",
    [],
    [1],
    ["x"],
    [["x"]],
    {},
    {"a": 1},
    {"": ""},
    {"assay.db": None},
    {"assay.db": "0" * 64},
    {"../x": "0" * 64},
    "sqlite",
    {"models/m/../../x": "0" * 64},
    {"models/m/x": "0" * 64},
    {"models//x/y": "0" * 64},
    ["../m"],
    ["m", "m"],
    ["."],
]
"""What somebody may write into a manifest in the place of anything else."""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A whole backup of SQLite with one model; tests change copies of it."""
    place = tmp_path_factory.mktemp("saved")
    workspace = open_workspace(environment("", place / "home"))
    added(workspace)
    folder = workspace.settings.model_dir / "m1"
    folder.mkdir(parents=True)
    for name in ("metadata.json", "model.joblib"):
        (folder / name).write_text("{}")
    backup.save(workspace, COMMAND_LINE, place / "B")
    workspace.store.engine.dispose()
    return place / "B"


@pytest.fixture
def source(saved, tmp_path):
    """A copy that may be broken."""
    return Path(shutil.copytree(saved, tmp_path / "B"))


def outcome(act):
    """What an act gave, or the sentence in which it was refused; any other error is a fault."""
    try:
        return act()
    except AssayError as error:
        return str(error)


def restore(source, tmp_path):
    """Restore into a new folder; whatever goes wrong, it is a sentence, and nothing is there."""
    into = tmp_path / "new"
    settings = Settings.from_env(environment("", tmp_path / "other"))
    done = outcome(lambda: backup.restore(source, str(into), settings))
    if isinstance(done, str):
        assert "\n" not in done
        assert not into.exists()
        assert {path.name for path in tmp_path.iterdir()} <= {"B", "other", "outside"}
    return done


def written(source, said):
    (source / "manifest.json").write_text(said if isinstance(said, str) else json.dumps(said))


def places(value, path=()):
    """Every place in a manifest at which something stands."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def altered(said, draw):
    """One or two changes at random: something taken out, put in its place, or added."""
    said = copy.deepcopy(said)
    for _ in range(draw.randint(1, 2)):
        path = draw.choice([place for place in places(said) if place])
        inner = said
        for key in path[:-1]:
            inner = inner[key]
        act = draw.choice(["drop", "put", "put", "put", "add"])
        if act == "drop":
            del inner[path[-1]]
        elif act == "put":
            inner[path[-1]] = draw.choice(VALUES)
        elif isinstance(inner, dict):
            inner[str(draw.choice(VALUES))] = draw.choice(VALUES)
        if not isinstance(said, dict) or not said:
            break
    return said


def test_odd_manifests_end_in_a_sentence(source, tmp_path):
    """Thousands of them, each a change or two away from a good one; what is taken is what was saved, or nothing."""
    draw = random.Random(20261128)
    good = json.loads((source / "manifest.json").read_text())
    refused = 0
    for _ in range(scaled(400, 4000)):
        said = altered(good, draw)
        written(source, said)
        found = outcome(lambda: manifest.read(source))
        target = tmp_path / "taken"
        target.mkdir()
        done = found if isinstance(found, str) else outcome(partial(manifest.copy_listed, source, found, target))
        if isinstance(done, str):
            refused += 1
            assert "Nothing was changed" in done, said
        else:
            names = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
            assert names == set(found.files) <= set(good["files"]), said
        shutil.rmtree(target, ignore_errors=True)
    assert refused > 100
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "null",
        "[]",
        "3",
        '"x"',
        "{}",
        "[" * 100_000,
        '{"a":' * 100_000,
        "9" * 100_000,
        "\ufeff{}",
        "\x00",
        '{"format": 1, "format": 1}',
    ],
    ids=lambda said: repr(said[:12]),
)
def test_what_is_no_manifest_is_refused(source, tmp_path, said):
    """Not JSON, JSON of another kind, nested without end, a name twice."""
    written(source, said)
    assert "not a finished backup" in restore(source, tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"format": True},
        {"format": "1"},
        {"database": "oracle"},
        {"database": []},
        {"revision": "9999"},
        {"rows": {}},
        {"rows": {"assay_raters": 7}},
        {"created_at": "yesterday"},
        {"sizes": {"assay.db": 1}},
        {"models": ["m2"]},
    ],
    ids=str,
)
def test_a_manifest_that_says_something_else_is_refused(source, tmp_path, change):
    """Also where only the restored database shows that it is not what was saved."""
    good = json.loads((source / "manifest.json").read_text())
    written(source, good | change)
    assert isinstance(restore(source, tmp_path), str)


def test_a_manifest_without_sizes_is_of_an_earlier_release(source, tmp_path):
    """The hash alone tells then whether a file is whole."""
    good = json.loads((source / "manifest.json").read_text())
    del good["sizes"]
    written(source, good)
    assert restore(source, tmp_path).models == 1


def test_only_what_is_listed_is_taken(source, tmp_path):
    """Folders and files beside it are left where they are, also those that look like models."""
    shutil.copytree(source / "models" / "m1", source / "models" / "m2")
    (source / "models" / "m1" / "more.joblib").write_text("x")
    (source / ".env").write_text("DATABASE_URL=postgresql://evil")
    (source / "models" / "out").symlink_to("/")
    restore(source, tmp_path)
    taken = {str(path.relative_to(tmp_path / "new")) for path in (tmp_path / "new").rglob("*") if path.is_file()}
    assert taken == {"assay.db", "models/m1/metadata.json", "models/m1/model.joblib"}


@pytest.mark.parametrize(
    "what", ["file", "folder of models", "folder of a model", "manifest", "hard link", "pipe", "itself"]
)
def test_no_link_is_followed(source, tmp_path, what):
    """Not even to the very bytes that were saved."""
    outside = tmp_path / "outside"
    victim = {
        "file": "models/m1/model.joblib",
        "folder of models": "models",
        "folder of a model": "models/m1",
        "manifest": "manifest.json",
        "hard link": "assay.db",
        "pipe": "models/m1/model.joblib",
        "itself": "assay.db",
    }[what]
    shutil.move(source / victim, outside)
    if what == "hard link":
        os.link(outside, source / victim)
    elif what == "pipe":
        os.mkfifo(source / victim)
    else:
        (source / victim).symlink_to(source / victim if what == "itself" else outside)
    assert "Nothing was changed" in restore(source, tmp_path)


def test_a_restore_says_who_may_come_in_and_lets_keys_wait(workspace, tmp_path):
    """Sign-ins are over, keys open nothing until a lead confirms them, and both are told."""
    if not workspace.store.is_sqlite:
        pytest.skip("not here: restoring PostgreSQL is in test_backup")
    with_sign_in(workspace)
    accounts.invite(workspace, COMMAND_LINE, "ana@example.org", Role.LEAD, name="Ana")
    accounts.invite(workspace, COMMAND_LINE, "ben@example.org", Role.SME, name="Ben")
    said = claims("ana")
    assert sign_in.enter(workspace, said).user
    key, _ = api_keys.create(workspace, COMMAND_LINE, "portal")
    backup.save(workspace, COMMAND_LINE, tmp_path / "B")
    done = backup.restore(tmp_path / "B", str(tmp_path / "new"), workspace.settings)
    assert [(person.name, person.role, person.signed_in_before) for person in done.people] == [
        ("Ana", "lead", True),
        ("Ben", "sme", False),
    ]
    assert [line.partition(" ")[0] for line in done.keys] == ["portal"]
    assert key not in str(done.to_json())
    there = with_sign_in(open_workspace({"ASSAY_HOME": str(tmp_path / "new")}))
    assert sign_in.enter(there, said).why is Why.SIGNED_OUT
    checked = api_keys.KeyRing(there).check(key)
    assert (checked.any_made, checked.key_id, checked.waits) == (True, None, True)
    assert api_keys.confirm(there, COMMAND_LINE) == 1
    assert api_keys.KeyRing(there).check(key).key_id == 1
    there.store.engine.dispose()


@pytest.mark.parametrize("revision", ["0003", "0005", "0013"])
def test_a_backup_of_an_earlier_release_is_upgraded_and_lets_nobody_in(tmp_path, revision):
    """Its rows are there, its sign-ins are over, its keys wait; no second copy with live sign-ins lies beside."""
    from alembic import command

    from core.store.database import connect

    (tmp_path / "old").mkdir()
    file = tmp_path / "old" / "assay.db"
    store = connect(Settings.from_env({"DATABASE_URL": f"sqlite:///{file}"}))
    config = schema._config()
    with store.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, revision)
    store.engine.dispose()
    source = tmp_path / "B"
    source.mkdir()
    with closing(sqlite3.connect(file)) as plain:
        plain.execute(
            "INSERT INTO assay_sign_ins (key, created_at, seen_at) VALUES ('k', '2026-11-01 10:00:00+00:00', "
            "'2026-11-01 10:00:00+00:00')"
        )
        if revision > "0004":
            plain.execute(
                "INSERT INTO assay_api_keys (name, start, key_hash, created_by, created_at) VALUES ('portal', "
                "'assay_x', 'h', 'Ana', '2026-11-01 10:00:00+00:00')"
            )
        plain.commit()
        plain.execute("PRAGMA journal_mode=DELETE")
    shutil.copyfile(file, source / "assay.db")
    from core.store.backup import _rows_of_file

    rows = _rows_of_file(source / "assay.db")
    written(
        source,
        {
            "format": 1,
            "created_at": "2026-11-01T10:00:00+00:00",
            "database": "sqlite",
            "revision": revision,
            "rows": rows,
            "models": [],
            "files": {"assay.db": file_sha256(source / "assay.db")},
        },
    )
    (tmp_path / "t").mkdir()
    done = restore(source, tmp_path / "t")
    assert done.revision == schema.head()
    new = tmp_path / "t" / "new"
    with closing(sqlite3.connect(new / "assay.db")) as plain:
        assert plain.execute("SELECT count(*) FROM assay_sign_ins WHERE ended_at IS NULL").fetchone() == (0,)
        assert plain.execute("SELECT count(*) FROM assay_api_keys WHERE waits_since IS NULL").fetchone() == (0,)
    assert len(done.keys) == (1 if revision > "0004" else 0)
    assert [path.name for path in new.glob("*.db")] == ["assay.db"]
