"""The schedule and its proposals on pages, and what they say of workers."""

import pytest

from core.domain.retraining import Schedule
from core.domain.roles import COMMAND_LINE, Role
from core.services.models import models
from core.services.running import schedule
from core.services.running.workers import place_of
from core.services.training import training
from core.services.workspace import this_process
from core.store import settings
from core.store.running import workers
from core.store.tables import Worker
from core.store.training import runs
from core.store.types import now
from tests.services.versions_made import made
from tests.ui.reading import press, said

pytestmark = pytest.mark.slow


@pytest.fixture
def a_worker(sample):
    """One that takes trainings lives, as far as its row says."""
    with sample.store.write() as session:
        workers.add(session, this_process(), place_of(sample.settings.home), ("training",), gpu=False)


def test_a_lead_sets_the_schedule_on_train(open_page, sample, ana):
    """Days, ratings, and whether the rule may put a model in use; who set it and what comes next stand there."""
    app = open_page("train")
    assert "Nothing is trained by itself." in said(app)
    app.number_input(key="train.schedule_days").set_value(7)
    app.number_input(key="train.schedule_ratings").set_value(50)
    press(app, "train.schedule_save")
    assert schedule.get_schedule(sample, COMMAND_LINE).schedule == Schedule(days=7, ratings=50, promotes=False)
    app = open_page("train")
    assert "On a schedule: every 7 days or after 50 new ratings" in [one.label for one in app.expander]
    text = said(app)
    assert "The next training:" in text
    assert "this dashboard begins it" in text
    assert "Set by Ana" in text
    assert "No model was measured on the present kept-apart questions before." in text


@pytest.mark.parametrize("name", ["home", "train", "models"])
def test_a_proposal_is_put_in_use_with_a_button(open_page, sample, ana, monkeypatch, name):
    """On the three pages; then it is gone."""
    found = schedule.Proposal("v1", "Model 1, 28 Nov", now(), "", 3)
    made(sample, "v1", sample=True)
    monkeypatch.setattr(
        schedule,
        "proposal",
        lambda *_: None if models.listed(sample, COMMAND_LINE)[0].state == "champion" else found,
    )
    app = open_page(name)
    assert "passed the rule and is proposed" in said(app)
    assert "3 models were measured on the kept-apart questions before" in said(app)
    press(app, f"{name}.propose_yes")
    assert models.listed(sample, COMMAND_LINE)[0].state == "champion"
    assert "is proposed" not in said(open_page(name))


def test_a_viewer_is_not_asked_to_decide(open_page, sample, ana, monkeypatch):
    from core.domain.roles import ALLOWED, Act

    found = schedule.Proposal("v1", "Model 1, 28 Nov", now(), "", 3)
    monkeypatch.setattr(schedule, "proposal", lambda *_: found)
    monkeypatch.setitem(ALLOWED, Role.LEAD, ALLOWED[Role.LEAD] - {Act.MODELS})
    assert "is proposed" not in said(open_page("home"))


def test_the_page_says_that_a_training_waits_for_a_worker(open_page, sample, ana, a_worker):
    """And where none lives any more, what to do."""
    training.start(sample, ana)
    text = said(open_page("train"))
    assert "Training 1 waits for a worker" in text
    assert "does not run any more" not in text
    with sample.store.write() as session:
        session.query(Worker).delete()
    text = said(open_page("train"))
    assert "python -m core worker" in text
    with sample.store.write() as session:
        runs.take_next(session, "gpu-box:7")
        runs.give_back(session, 1, 1, "The worker that ran it ended unexpectedly.", lost=True)
        runs.take_next(session, "gpu-box:8")
    text = said(open_page("train"))
    assert "Training 1 is running" in text
    assert "A worker on gpu-box carries it out." in text
    assert "The worker that ran it ended unexpectedly." in text


def test_a_date_that_is_over_is_said(open_page, sample, ana):
    schedule.change_schedule(sample, ana, Schedule(days=7))
    with sample.store.write() as session:
        state = settings.get(session, schedule.STATE)
        settings.put(session, schedule.STATE, state | {"next_at": "2026-01-01T00:00:00+00:00"})
    assert "The next training begins now." in said(open_page("train"))
