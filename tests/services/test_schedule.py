"""Trainings on a schedule: begun when they are due, once, judged as any other, and proposed unless a lead says more."""

import threading
from datetime import datetime, timedelta

import pytest

from core.domain.errors import BadInput
from core.domain.retraining import RetrainSettings, Schedule
from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.domain.verdicts.gates import Decision, Gate
from core.services.models import models
from core.services.running import schedule
from core.services.running.schedule import STATE, begin_if_due, change_schedule, get_schedule, proposal
from core.services.running.workers import place_of
from core.services.training import registry, retraining, training
from core.services.workspace import Workspace, this_process
from core.store import settings
from core.store.running import workers
from core.store.tables import Audit, Run
from core.store.training import runs
from core.store.types import now
from tests import looked
from tests.databases import added, rater
from tests.reward import fakes
from tests.services.test_training import fill
from tests.services.versions_made import made

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def fake_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "reference_embedder", fakes.reference_embedder)


@pytest.fixture
def lea(workspace: Workspace) -> User:
    """A lead; and a worker that takes trainings lives."""
    with workspace.store.write() as session:
        workers.add(session, this_process(), place_of(workspace.settings.home), ("training",), gpu=False)
    return rater(workspace, "Lea")


def pass_days(workspace: Workspace, days: float) -> None:
    """The date that comes next comes so much earlier."""
    with workspace.store.write() as session:
        state = settings.get(session, STATE)
        at = datetime.fromisoformat(state["next_at"])
        settings.put(session, STATE, state | {"next_at": (at - timedelta(days=days)).isoformat()})


def carry_out(workspace: Workspace) -> int | None:
    return training.carry_out_next(workspace, COMMAND_LINE, gpu=False, stopping=lambda: False)


def rate(workspace: Workspace, user: User, number: int) -> None:
    for n in range(number):
        looked.rate(workspace, user, added(workspace, response=f"new {n} {now().timestamp()}"), 4)


def promises(monkeypatch: pytest.MonkeyPatch, gate: Gate = Gate.PASSED) -> None:
    """Whatever the model is worth, the rule says this of it."""
    said = "promoted" if gate is Gate.PASSED else "not promoted"
    monkeypatch.setattr(registry, "recheck_decision", lambda *_, **__: Decision(gate, f"AUC 0.9 is good: {said}."))


def acts(workspace: Workspace) -> list[tuple[str, str]]:
    with workspace.store.read() as session:
        return [(act.actor, act.action) for act in session.query(Audit).order_by(Audit.audit_id)]


def test_nothing_begins_unless_a_lead_says_so(workspace: Workspace, lea: User) -> None:
    fill(workspace)
    assert begin_if_due(workspace, COMMAND_LINE) is None
    assert not get_schedule(workspace, lea).schedule.is_on
    with pytest.raises(NotAllowed):
        change_schedule(workspace, User(lea.rater_id, "Lea", Role.SME), Schedule(days=1))
    for wrong in (Schedule(days=-1), Schedule(days=4_000), Schedule(ratings=2_000_000)):
        with pytest.raises(BadInput):
            change_schedule(workspace, lea, wrong)


def test_a_date_that_was_missed_is_made_up_once(workspace: Workspace, lea: User) -> None:
    """Three weeks without a process that looks, at every seven days: one training, and the next in seven days."""
    fill(workspace)
    change_schedule(workspace, lea, Schedule(days=7))
    assert begin_if_due(workspace, COMMAND_LINE) is None
    pass_days(workspace, 21)
    run_id = begin_if_due(workspace, COMMAND_LINE)
    assert run_id is not None
    assert begin_if_due(workspace, COMMAND_LINE) is None
    assert carry_out(workspace) == run_id
    assert begin_if_due(workspace, COMMAND_LINE) is None
    view = get_schedule(workspace, lea)
    assert view.next_at is not None
    assert timedelta(days=6.9) < view.next_at - now() < timedelta(days=7)
    assert (view.set_by, view.schedule) == ("Lea", Schedule(days=7))
    assert view.last.startswith("It made Model 1")
    assert ("schedule", "started training") in acts(workspace)
    assert (lea.key, "changed schedule") in acts(workspace)
    with workspace.store.read() as session:
        (begun,) = session.query(Audit).filter(Audit.actor == "schedule")
        assert begun.new["met_kept_apart"] == 0


def test_nobody_is_reminded_of_what_begins_by_itself(workspace: Workspace, lea: User) -> None:
    """The reminder and the schedule are about the same: with a schedule there is nothing for a person to do."""
    made(workspace, "v1")
    rate(workspace, lea, 2)
    retraining.change_settings(workspace, lea, RetrainSettings(ratings=1, days=1))
    assert retraining.due(workspace, lea) is not None
    change_schedule(workspace, lea, Schedule(days=7))
    assert retraining.due(workspace, lea) is None


def test_several_processes_begin_a_due_training_once(workspace: Workspace, lea: User) -> None:
    fill(workspace)
    change_schedule(workspace, lea, Schedule(days=1, ratings=1))
    pass_days(workspace, 2)
    together, begun, failed = threading.Barrier(6), [], []

    def look() -> None:
        together.wait()
        try:
            begun.append(begin_if_due(workspace, COMMAND_LINE))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len([run_id for run_id in begun if run_id is not None]) == 1
    with workspace.store.read() as session:
        assert session.query(Run).count() == 1


def test_new_ratings_begin_a_training(workspace: Workspace, lea: User, monkeypatch) -> None:
    """Counted from the start of the latest training, whoever started that."""
    fill(workspace)
    list(training.train(workspace, lea))
    change_schedule(workspace, lea, Schedule(ratings=3))
    rate(workspace, lea, 2)
    assert begin_if_due(workspace, COMMAND_LINE) is None
    assert get_schedule(workspace, lea).new_ratings == 2
    rate(workspace, lea, 1)
    assert begin_if_due(workspace, COMMAND_LINE) is not None
    assert get_schedule(workspace, lea).new_ratings == 0
    assert get_schedule(workspace, lea).last == "Training 2 is under way."


def test_a_date_without_a_new_rating_is_passed_over(workspace: Workspace, lea: User) -> None:
    """The same ratings give the same model, which would meet the kept-apart questions once more."""
    fill(workspace)
    list(training.train(workspace, lea))
    change_schedule(workspace, lea, Schedule(days=1))
    pass_days(workspace, 1)
    assert begin_if_due(workspace, COMMAND_LINE) is None
    view = get_schedule(workspace, lea)
    assert view.last == schedule.NOTHING_NEW
    assert view.next_at is not None
    assert view.next_at > now()
    assert acts(workspace)[-1] == ("schedule", "skipped training")


def test_while_a_training_runs_the_date_stays_due(workspace: Workspace, lea: User) -> None:
    fill(workspace)
    with workspace.store.write() as session:
        by_hand = runs.start(session, "pair", 0, lea, this_process()).run_id
    change_schedule(workspace, lea, Schedule(days=1))
    pass_days(workspace, 1)
    rate(workspace, lea, 1)
    assert begin_if_due(workspace, COMMAND_LINE) is None
    with workspace.store.write() as session:
        runs.finish(session, by_hand, "failed", "It ended.")
    assert begin_if_due(workspace, COMMAND_LINE) is not None


def test_without_a_worker_the_process_that_looks_begins_it(workspace: Workspace, monkeypatch) -> None:
    """As a press on Train does."""
    fill(workspace)
    begun: list[str] = []

    def begin(*words: str, **_: object) -> int:
        begun.append(words[1])
        return 2**22 + 1

    monkeypatch.setattr(training, "start_detached", begin)
    change_schedule(workspace, COMMAND_LINE, Schedule(ratings=1))
    assert begin_if_due(workspace, COMMAND_LINE) is not None
    assert begun == ["train"]


@pytest.mark.parametrize("promotes", [False, True])
def test_a_model_that_passes_the_rule_is_proposed_or_put_in_use(
    workspace: Workspace, lea: User, monkeypatch, promotes: bool
) -> None:
    """As the lead set; a proposal is accepted once, and gone then."""
    fill(workspace)
    promises(monkeypatch)
    change_schedule(workspace, lea, Schedule(ratings=1, promotes=promotes))
    begin_if_due(workspace, COMMAND_LINE)
    carry_out(workspace)
    (version,) = models.listed(workspace, lea)
    found = proposal(workspace, lea)
    assert (version.state, found is None) == (("champion", True) if promotes else ("available", False))
    if promotes:
        assert get_schedule(workspace, lea).last == f"It made {version.name}, and put it in use."
        return
    assert (found.model_version, found.instead_of, found.met) == (version.model_version, "", 0)
    with workspace.store.read() as session:
        run = runs.find(session, 1)
    assert run.message == "AUC 0.9 is good: not promoted, because a training on the schedule only proposes."
    models.promote(workspace, lea, found.model_version, reason="It was proposed.", instead_of=found.instead_of)
    assert proposal(workspace, lea) is None


def test_a_model_that_does_not_pass_is_not_proposed(workspace: Workspace, lea: User, monkeypatch) -> None:
    fill(workspace)
    promises(monkeypatch, Gate.LENGTH)
    change_schedule(workspace, lea, Schedule(ratings=1))
    begin_if_due(workspace, COMMAND_LINE)
    carry_out(workspace)
    assert proposal(workspace, lea) is None


def test_a_proposal_is_overtaken_by_a_newer_model_and_by_another_in_use(
    workspace: Workspace, lea: User, monkeypatch
) -> None:
    """It was compared with the model that was in use then."""
    fill(workspace)
    promises(monkeypatch, Gate.LENGTH)
    list(training.train(workspace, lea))
    promises(monkeypatch)
    change_schedule(workspace, lea, Schedule(ratings=1))
    rate(workspace, lea, 1)
    begin_if_due(workspace, COMMAND_LINE)
    carry_out(workspace)
    assert proposal(workspace, lea) is not None
    first = models.listed(workspace, lea)[-1].model_version
    models.promote(workspace, lea, first, reason="I prefer this one.")
    assert proposal(workspace, lea) is None


def test_who_set_it_can_be_forgotten(workspace: Workspace, lea: User) -> None:
    """The schedule keeps a number, and a name only as long as there is one."""
    change_schedule(workspace, lea, Schedule(days=3))
    with workspace.store.read() as session:
        assert settings.get(session, STATE)["set_by"] == lea.key
    with workspace.store.write() as session:
        state = settings.get(session, STATE)
        settings.put(session, STATE, state | {"set_by": "person 4711"})
    assert get_schedule(workspace, lea).set_by == "somebody who is not here any more"
