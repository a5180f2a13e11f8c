"""Trainings as a user's act: one at a time, told as rows, surviving whatever happens to the process."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.errors import BadInput, Conflict
from core.domain.records import ImportRow
from core.domain.roles import COMMAND_LINE, User
from core.reward.encoding.embedder import Embedder
from core.reward.encoding.encoder import Encoder
from core.reward.training.events import Registered, Saved
from core.services.data import importing
from core.services.models import models
from core.services.operations import status
from core.services.reranking import reranking
from core.services.running import carrying
from core.services.training import training
from core.services.training.runs import active_run, history, run_view
from core.services.workspace import Workspace, open_workspace
from core.store.interactions import imports
from core.store.training import runs, versions
from core.store.training.embeddings import DatabaseVectors
from core.store.types import now
from tests.databases import PATIENCE, Plain, environment, rater

pytestmark = pytest.mark.slow


class Remembering:
    """The real encoder, asked once for every text: these tests train on the same texts again and again."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self._known = encoder, dict[str, NDArray[np.float32]]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        if new:
            self._known |= dict(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])


REMEMBERING = Remembering(reranking.encoder("all-MiniLM-L6-v2"))


@pytest.fixture(autouse=True)
def asks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process; a training in a process of its own has the real one."""
    monkeypatch.setattr(
        training, "reference_embedder", lambda workspace: Embedder(REMEMBERING, DatabaseVectors(workspace.store))
    )


def fill(
    workspace: Workspace, rows: int = 60, rating: Callable[[int], int] = lambda number: 5 if number % 2 else 1
) -> None:
    """Rated answers to prompts of four answers each; good ones speak of what was asked."""
    topics = ["fever", "printer", "asthma", "router", "back pain", "battery"]
    with workspace.store.write() as session:
        imports.add_batch(
            session,
            None,
            [
                ImportRow(
                    number,
                    f"What helps with {topics[number // 4 % 6]} in case {number // 4}?",
                    f"For {topics[number // 4 % 6]} case {number} do the following first."
                    if number % 2
                    else f"Number {number}: bananas are yellow and rivers are long.",
                    rating(number),
                )
                for number in range(rows)
            ],
            rater="Ana",
            source="import",
        )


def names(events: list) -> list[str]:
    return [type(event).__name__ for event in events if type(event).__name__ != "Embedding"]


def test_first_model_is_saved_registered_and_crowned(workspace: Workspace, old_app: Plain) -> None:
    """A training tells its story in order, its files are there, it becomes champion, and the old table has its row."""
    importing.load_sample(workspace, COMMAND_LINE)
    events = list(training.train(workspace, User(0, "Ana"), seed=3))
    told = [name for name in names(events) if name != "Examined"]
    assert told == ["Started", *["FoldDone"] * 15, "Evaluated", "Reported", "Fitted", "Judged", "Saved", "Registered"]
    version = models.listed(workspace, COMMAND_LINE)[0]
    assert version.state == "champion"
    acts = old_app.run("SELECT actor, action FROM assay_audit ORDER BY audit_id DESC LIMIT 3")
    assert acts == [("rule", "promoted"), ("training", "trained"), ("Ana", "started training")]
    assert (models.version_path(workspace, version.model_version) / "model.joblib").is_file()
    run = history(workspace, COMMAND_LINE)[0]
    assert (run.state, run.model_version, run.requested_by, run.seed) == ("finished", version.model_version, "Ana", 3)
    view = run_view(workspace, COMMAND_LINE, run.run_id)
    assert view is not None
    assert len(view.folds) == 15
    assert view.evaluation is not None
    assert view.evaluation.metrics["roc_auc"].value == pytest.approx(version.metrics["roc_auc"].value)
    rows = old_app.run(
        "SELECT model_version, total_interactions, avg_reward, accuracy, trained_by FROM rlhf_reward_model_training"
    )
    accuracy = version.metrics["accuracy"].value
    assert accuracy is not None
    assert rows == [(version.model_version, 184, 0.5, pytest.approx(100 * accuracy), 1001)]
    assert old_app.run("SELECT count(*) FROM assay_predictions") == [(184,)]
    champion = status.status(workspace, COMMAND_LINE).champion
    assert champion is not None
    assert champion.sample


def test_same_data_and_seed_give_the_same_numbers_and_champion_goes_back(workspace: Workspace) -> None:
    """Training twice gives equal metrics; a rollback brings the version before back, and says so in the log."""
    importing.load_sample(workspace, COMMAND_LINE)
    list(training.train(workspace, User(0, "Ana")))
    list(training.train(workspace, User(0, "Ana")))
    later, first = models.listed(workspace, COMMAND_LINE)
    assert later.metrics == first.metrics
    assert (later.state, first.state) == ("champion", "available")
    assert models.rollback(workspace, User(0, "Ana")) == first.model_version
    assert models.listed(workspace, COMMAND_LINE)[1].state == "champion"
    assert [p.action for p in models.promotions(workspace, COMMAND_LINE)] == ["rollback", "automatic", "automatic"]
    models.promote(workspace, User(0, "Ana"), later.model_version, reason="I prefer it")
    assert models.promotions(workspace, COMMAND_LINE)[0].reason == "I prefer it"
    with pytest.raises(Conflict, match="in use already"):
        models.promote(workspace, User(0, "Ana"), later.model_version, reason="A test.")


@pytest.mark.parametrize(
    "rows, rating, says",
    [
        (0, lambda number: 5, "50"),
        (12, lambda number: 5 if number % 2 else 1, "38 more"),
        (60, lambda number: 5, "good"),
        (60, lambda number: 3, "poor"),
    ],
)
def test_too_little_data_is_a_result(
    sqlite_url: str, tmp_path, rows: int, rating: Callable[[int], int], says: str
) -> None:
    """Nothing, twelve ratings, one class, a rater who gives 3 to everything: a reason in words, no model, no crash."""
    workspace = open_workspace(environment(sqlite_url, tmp_path / "home"))
    if rows:
        fill(workspace, rows, rating)
    result = training.train_to_end(
        workspace, User(0, "Ana"), recipe="pair", seed=0, on_progress=lambda done, total: None
    )
    assert result["model_version"] is None
    assert result["promoted"] is False
    assert says in result["reason"]
    assert result["verdict"] == result["reason"]
    assert models.listed(workspace, COMMAND_LINE) == []
    assert history(workspace, COMMAND_LINE)[0].state == "finished"


def test_a_limit_below_what_a_training_needs_is_said(sqlite_url: str, tmp_path: Path) -> None:
    """With 60 rated answers and TRAIN_LIMIT 20 more ratings would not help: the setting is named, not their number."""
    workspace = open_workspace(environment(sqlite_url, tmp_path / "home") | {"TRAIN_LIMIT": "20"})
    fill(workspace)
    with pytest.raises(BadInput, match="TRAIN_LIMIT is 20: a training needs 50"):
        list(training.train(workspace, User(0, "Ana")))
    ended = history(workspace, COMMAND_LINE)[0]
    assert (ended.state, "TRAIN_LIMIT is 20" in (ended.message or "")) == ("failed", True)


def test_sample_and_own_ratings_never_train_together(sqlite_url: str, tmp_path) -> None:
    """Beside own ratings the sample is left out, a sample champion is no rival, and its models go with the sample."""
    workspace = open_workspace(environment(sqlite_url, tmp_path / "home"))
    importing.load_sample(workspace, COMMAND_LINE)
    list(training.train(workspace, User(0, "Ana")))
    sample_model = models.listed(workspace, COMMAND_LINE)[0].model_version
    fill(workspace, 60)
    own = training.train_to_end(workspace, User(0, "Ana"), recipe="pair", seed=0, on_progress=lambda done, total: None)
    assert own["n"] == 60
    assert "champion" not in own["reason"]
    importing.remove_sample(workspace, COMMAND_LINE)
    left = models.listed(workspace, COMMAND_LINE)
    assert [version.model_version for version in left] == [own["model_version"]]
    assert not models.version_path(workspace, sample_model).exists()


def test_second_training_is_refused_while_one_runs(workspace: Workspace) -> None:
    """The schema allows one active run; the second one is told so, and can start once the first one has ended."""
    fill(workspace)
    first = training.train(workspace, User(0, "Ana"))
    next(first)
    with pytest.raises(Conflict, match="running already"):
        next(training.train(workspace, User(0, "Ben")))
    first.close()
    assert history(workspace, COMMAND_LINE)[0].state == "cancelled"
    assert names(list(training.train(workspace, User(0, "Ben"))))[-1] == "Registered"


def test_cancelled_training_stops_and_changes_nothing(workspace: Workspace) -> None:
    """A cancelled run ends at its next step, without a model, and says so."""
    fill(workspace)
    steps = training.train(workspace, User(0, "Ana"))
    next(steps)
    run = active_run(workspace, COMMAND_LINE)
    assert run is not None
    training.cancel(workspace, User(0, "Ana"), run.run_id)
    with pytest.raises(carrying.Cancelled):
        list(steps)
    view = run_view(workspace, COMMAND_LINE, run.run_id)
    assert view is not None
    assert view.state == "cancelled"
    assert models.listed(workspace, COMMAND_LINE) == []


def test_background_training_is_a_process_of_its_own(workspace: Workspace, monkeypatch, environ) -> None:
    """Started from the page it runs elsewhere, can be watched while it runs, and ends with a model."""
    fill(workspace)
    for name in ("DATABASE_URL", "ASSAY_HOME"):
        monkeypatch.setenv(name, environ[name])
    run_id = training.start(workspace, rater(workspace, "Ben"))
    seen = set()
    view = run_view(workspace, COMMAND_LINE, run_id)
    until = time.monotonic() + PATIENCE
    while view is not None and view.active and time.monotonic() < until:
        seen |= {event["event"] for event in view.events}
        assert active_run(workspace, COMMAND_LINE) is not None or not run_view(workspace, COMMAND_LINE, run_id).active
        time.sleep(0.1)
        view = run_view(workspace, COMMAND_LINE, run_id)
    assert view is not None
    assert view.state == "finished", view.message
    assert "started" in seen
    assert view.model_version == models.listed(workspace, COMMAND_LINE)[0].model_version


def test_killed_training_is_marked_as_failed_and_the_next_one_starts(
    workspace: Workspace, monkeypatch, environ
) -> None:
    """A process that was killed leaves no run that blocks: it is told as failed, with what to try."""
    fill(workspace)
    for name in ("DATABASE_URL", "ASSAY_HOME"):
        monkeypatch.setenv(name, environ[name])
    run_id = training.start(workspace, rater(workspace, "Ben"))
    with workspace.store.read() as session:
        process = runs.find(session, run_id).process
    os.kill(int(process.rpartition(":")[2]), signal.SIGKILL)
    until = time.monotonic() + PATIENCE
    while active_run(workspace, COMMAND_LINE) is not None and time.monotonic() < until:
        time.sleep(0.05)
    view = run_view(workspace, COMMAND_LINE, run_id)
    assert view is not None
    assert view.state == "failed"
    assert "start it again" in (view.message or "")
    with suppress(carrying.Cancelled):
        assert names(list(training.train(workspace, User(0, "Ana"))))[0] == "Started"


def test_silent_run_of_another_machine_is_given_up(workspace: Workspace) -> None:
    """A run whose machine was silent for five minutes no longer blocks; one heard of lately does."""
    with workspace.store.write() as session:
        run = runs.start(session, "pair", 0, "Ana", "elsewhere:1")
        run.heartbeat_at = now() - timedelta(seconds=30)
    assert active_run(workspace, COMMAND_LINE) is not None
    with workspace.store.write() as session:
        runs.find(session, run.run_id).heartbeat_at = now() - timedelta(minutes=6)
    assert active_run(workspace, COMMAND_LINE) is None
    assert history(workspace, COMMAND_LINE)[0].state == "failed"


@pytest.mark.postgres
def test_missing_right_on_the_old_training_table_waits(postgres_url: str, tmp_path) -> None:
    """Without rights on the old table the training succeeds, its GRANT is shown, the row written at the next start."""
    owner = Plain(postgres_url)
    home = tmp_path / "home"
    first = open_workspace(environment(postgres_url, home))
    fill(first)
    first.store.engine.dispose()
    owner.run("DROP ROLE IF EXISTS assay_limited")
    owner.run("CREATE ROLE assay_limited LOGIN")
    owner.run("GRANT ALL ON ALL TABLES IN SCHEMA public TO assay_limited")
    owner.run("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO assay_limited")
    owner.run("REVOKE ALL ON rlhf_reward_model_training FROM assay_limited")
    owner.run("REVOKE ALL ON SEQUENCE rlhf_reward_model_training_training_id_seq FROM assay_limited")
    owner.run("GRANT SELECT ON rlhf_reward_model_training TO assay_limited")
    limited = environment(
        postgres_url.replace("postgres@", "assay_limited@").replace("postgres:@", "assay_limited:@"), home
    )
    workspace = open_workspace(limited)
    assert workspace.store.engine.url.username == "assay_limited"
    assert names(list(training.train(workspace, User(0, "Ana"))))[-1] == "Registered"
    grant = status.status(workspace, COMMAND_LINE).grant
    assert grant is not None
    assert "GRANT" in grant
    assert owner.run("SELECT count(*) FROM rlhf_reward_model_training") == [(0,)]
    for statement in grant.split(";"):
        if statement.strip():
            owner.run(statement)
    again = open_workspace(limited)
    assert again.grant is None
    assert owner.run("SELECT count(*) FROM rlhf_reward_model_training") == [(1,)]
    assert versions.write_legacy_rows(again.store) is None
    assert owner.run("SELECT count(*) FROM rlhf_reward_model_training") == [(1,)]
    for opened in (workspace, again):
        opened.store.engine.dispose()
    owner.run("DROP OWNED BY assay_limited")
    owner.run("DROP ROLE assay_limited")
    owner.close()


def test_a_choice_made_during_a_training_stands(sqlite_url: str, tmp_path) -> None:
    """A champion that the lead promotes while a training runs is not replaced by a model judged against another."""
    workspace = open_workspace(environment(sqlite_url, tmp_path / "home"))
    importing.load_sample(workspace, COMMAND_LINE)
    list(training.train(workspace, User(0, "Ana")))
    list(training.train(workspace, User(0, "Ana")))
    second, first = (version.model_version for version in models.listed(workspace, COMMAND_LINE))
    steps = training.train(workspace, User(0, "Ana"))
    next(event for event in steps if type(event).__name__ == "Judged")
    models.promote(workspace, User(0, "lead"), first, reason="A test.")
    last = list(steps)[-1]
    assert isinstance(last, Registered)
    assert not last.promoted
    assert "during the training" in last.reason
    assert status.status(workspace, COMMAND_LINE).champion.model_version == first
    assert second != first


def test_a_sample_model_never_serves_own_data(sqlite_url: str, tmp_path) -> None:
    """When the sample goes and own answers come during a training on it, its model is not promoted."""
    workspace = open_workspace(environment(sqlite_url, tmp_path / "home"))
    importing.load_sample(workspace, COMMAND_LINE)
    steps = training.train(workspace, User(0, "Ana"))
    next(event for event in steps if type(event).__name__ == "Judged")
    importing.remove_sample(workspace, COMMAND_LINE)
    fill(workspace, 4)
    last = list(steps)[-1]
    assert not last.promoted
    assert status.status(workspace, COMMAND_LINE).champion is None


def test_rolling_back_goes_further_back_each_time(sqlite_url: str, tmp_path) -> None:
    """Two rollbacks in a row lead from the third champion to the first, not back and forth; the next is refused."""
    workspace = open_workspace(environment(sqlite_url, tmp_path / "home"))
    importing.load_sample(workspace, COMMAND_LINE)
    for _ in range(3):
        list(training.train(workspace, User(0, "Ana")))
    third, second, first = (version.model_version for version in models.listed(workspace, COMMAND_LINE))
    assert models.rollback(workspace, User(0, "Ana")) == second
    assert models.rollback(workspace, User(0, "Ana")) == first
    with pytest.raises(Conflict, match="no earlier model in use"):
        models.rollback(workspace, User(0, "Ana"))
    assert third


def test_a_cancelled_training_leaves_no_files(sqlite_url: str, tmp_path) -> None:
    """Stopped after the files were written and before the version was known, nothing stays behind."""
    workspace = open_workspace(environment(sqlite_url, tmp_path / "home"))
    importing.load_sample(workspace, COMMAND_LINE)
    steps = training.train(workspace, User(0, "Ana"))
    saved = next(event for event in steps if isinstance(event, Saved))
    assert models.version_path(workspace, saved.model_version).is_dir()
    steps.close()
    assert not models.version_path(workspace, saved.model_version).exists()
    assert models.listed(workspace, COMMAND_LINE) == []
