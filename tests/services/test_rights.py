"""A database user who lacks rights on PostgreSQL: the exact GRANT is named, and running it helps."""

import itertools
import re

import pytest
from sqlalchemy import make_url

from core.domain.errors import MissingRight
from core.services.operations import doctor
from core.services.workspace import open_workspace
from core.store import rights
from core.store.tables import LegacyTraining, ModelVersion, Run
from core.store.training import versions
from tests import looked
from tests.databases import LEGACY_ROWS, LEGACY_TABLES, Plain, added, environment, rater

pytestmark = pytest.mark.postgres
numbers = itertools.count()
FIGURES = {"total_interactions": 60, "avg_reward": 0.6, "loss_value": 0.5, "accuracy": 83.33}


@pytest.fixture
def owner(postgres_url, tmp_path):
    """The owner's plain connection to a database with tables of the old application and ours."""
    connection = Plain(postgres_url)
    connection.script(LEGACY_TABLES + LEGACY_ROWS)
    open_workspace(environment(postgres_url, tmp_path / "home")).store.engine.dispose()
    yield connection
    connection.close()


@pytest.fixture(params=["plain", "Odd-Name"])
def app(request, owner, postgres_url, tmp_path):
    """A user with every right on all tables: (its quoted name, its environment)."""
    name = f"{request.param}_{next(numbers)}_{make_url(postgres_url).database}"
    quoted = f'"{name}"' if name != name.lower() else name
    owner.run(f'CREATE ROLE "{name}" LOGIN')
    owner.run(f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{name}"')
    owner.run(f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{name}"')
    url = make_url(postgres_url).set(username=name).render_as_string(hide_password=False)
    yield quoted, environment(url, tmp_path / "home")
    owner.run(f'DROP OWNED BY "{name}"')
    owner.run(f'DROP ROLE "{name}"')


@pytest.fixture
def workspace_of(app):
    """Opens the database as this user."""
    workspaces = []

    def start():
        workspaces.append(open_workspace(app[1]))
        return workspaces[-1]

    yield start
    for workspace in workspaces:
        workspace.store.engine.dispose()


def rights_check(environ, monkeypatch):
    for name in ("DATABASE_URL", "ASSAY_HOME"):
        monkeypatch.setenv(name, environ[name])
    return next(check for check in doctor.examine()["checks"] if check["name"] == "rights")


def test_all_rights_are_green(app, monkeypatch):
    """A user with every right needs nothing."""
    assert rights_check(app[1], monkeypatch) == {"name": "rights", "ok": True, "detail": "all there"}


@pytest.mark.parametrize(
    "revoked, granted",
    [
        ("INSERT ON rlhf_reward_model_training", "GRANT INSERT ON rlhf_reward_model_training"),
        ("INSERT, UPDATE ON rlhf_interactions", "GRANT INSERT, UPDATE ON rlhf_interactions"),
        (
            "USAGE ON SEQUENCE rlhf_interactions_interaction_id_seq",
            "GRANT USAGE ON SEQUENCE public.rlhf_interactions_interaction_id_seq",
        ),
        ("USAGE ON SEQUENCE assay_raters_rater_id_seq", "GRANT USAGE ON SEQUENCE public.assay_raters_rater_id_seq"),
        ("DELETE ON assay_items", "GRANT DELETE ON assay_items"),
    ],
)
def test_doctor_names_the_grant_and_running_it_helps(app, owner, monkeypatch, revoked, granted):
    """Doctor names exactly the missing right as a statement; after the owner ran it doctor is content."""
    owner.run(f"REVOKE {revoked} FROM {app[0]}")
    check = rights_check(app[1], monkeypatch)
    assert check["ok"] is False
    assert check["detail"] == f"ask the owner of the database to run: {granted} TO {app[0]};"
    owner.script(re.findall(r"GRANT .*", check["detail"])[0])
    assert rights_check(app[1], monkeypatch)["ok"] is True


def test_a_rating_without_the_right_names_the_grant(app, owner, workspace_of):
    """Without UPDATE on the old table rating fails with the GRANT that is needed; after it the same rating succeeds."""
    workspace = workspace_of()
    ana, interaction_id = rater(workspace), added(workspace)
    owner.run(f"REVOKE UPDATE ON rlhf_interactions FROM {app[0]}")
    with pytest.raises(MissingRight, match="Nothing was changed") as caught:
        looked.rate(workspace, ana, interaction_id, 4)
    assert re.fullmatch(rf"GRANT [A-Z, ]*UPDATE[A-Z, ]* ON rlhf_interactions TO {app[0]};", caught.value.grant)
    assert caught.value.grant in caught.value.in_full
    assert app[0] not in str(caught.value)
    owner.script(caught.value.grant)
    assert looked.rate(workspace, ana, interaction_id, 4).rating == 4


def test_a_sequence_that_may_not_be_used_is_named(app, owner, workspace_of):
    """Adding without the right on the table's sequence names the sequence; the GRANT helps."""
    workspace = workspace_of()
    owner.run(f"REVOKE USAGE ON SEQUENCE rlhf_interactions_interaction_id_seq FROM {app[0]}")
    with pytest.raises(MissingRight) as caught:
        added(workspace)
    assert "SEQUENCE rlhf_interactions_interaction_id_seq" in caught.value.grant
    owner.script(caught.value.grant)
    assert added(workspace) > 0


def test_a_training_row_waits_for_the_right(app, owner, workspace_of):
    """Without INSERT on the training table its GRANT is shown at every start; after it the row is written once."""
    workspace = workspace_of()
    with workspace.store.write() as session:
        run = Run(state="finished", active=None, recipe="pair", seed=0, requested_by="test")
        session.add(run)
        session.flush()
        session.add(
            ModelVersion(
                model_version="v1",
                run_id=run.run_id,
                recipe="pair",
                sha256="0" * 64,
                n=60,
                prompts=20,
                metrics={},
                legacy_row={"model_version": "v1", **FIGURES},
            )
        )
    owner.run(f"REVOKE INSERT ON rlhf_reward_model_training FROM {app[0]}")
    owner.run(f"REVOKE USAGE ON SEQUENCE rlhf_reward_model_training_training_id_seq FROM {app[0]}")
    grant = workspace_of().grant
    assert grant == (
        f"GRANT INSERT ON rlhf_reward_model_training TO {app[0]}; "
        f"GRANT USAGE ON SEQUENCE public.rlhf_reward_model_training_training_id_seq TO {app[0]};"
    )
    with workspace.store.read() as session:
        assert session.query(LegacyTraining).filter_by(model_version="v1").count() == 0
    owner.script(grant)
    assert workspace_of().grant is None
    assert versions.write_legacy_rows(workspace.store) is None
    with workspace.store.read() as session:
        (row,) = session.query(LegacyTraining).filter_by(model_version="v1").all()
    assert (row.total_interactions, row.avg_reward, row.loss_value, row.accuracy) == (60, 0.6, 0.5, 83.33)
    assert (row.trained_by, row.created_by, row.updated_by) == (1001, 1001, 1001)
    assert row.created_dt is not None


def test_a_user_who_may_not_create_tables_is_told(owner, postgres_server, tmp_path):
    """On a database without our tables a user who may not create any gets the GRANT for it."""
    url = postgres_server.create()
    name = f"visitor_{next(numbers)}_{make_url(url).database}"
    owner.run(f"CREATE ROLE {name} LOGIN")
    as_visitor = make_url(url).set(username=name).render_as_string(hide_password=False)
    with pytest.raises(MissingRight) as caught:
        open_workspace(environment(as_visitor, tmp_path / "other"))
    assert caught.value.grant == f"GRANT USAGE, CREATE ON SCHEMA public TO {name};"
    owner_there = Plain(url)
    owner_there.script(caught.value.grant)
    open_workspace(environment(as_visitor, tmp_path / "other")).store.engine.dispose()
    owner_there.run(f"DROP OWNED BY {name}")
    owner_there.close()
    postgres_server.drop(url)
    owner.run(f"DROP ROLE {name}")


def test_sqlite_needs_no_rights(sqlite_url, tmp_path):
    """On SQLite the rights of the file decide, so there is nothing to grant."""
    workspace = open_workspace(environment(sqlite_url, tmp_path / "home"))
    assert rights.missing(workspace.store) == []
    workspace.store.engine.dispose()
