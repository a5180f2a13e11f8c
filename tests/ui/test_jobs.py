"""Work beside the pages as Data and Train show it: asked for, seen, stopped, and what came of it."""

from typing import Any

import pytest

from core.domain.roles import COMMAND_LINE, Role
from core.services.data import prepared
from core.services.people import accounts
from core.services.running import jobs
from core.services.running.workers import place_of
from core.services.scoring import embedding
from core.services.workspace import this_process
from core.store.running import jobs as stored
from core.store.running import workers
from core.store.tables import Job, Worker
from tests.ui.reading import press, said

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def a_worker(sample, monkeypatch):
    """One that takes everything lives, as far as its row says, and no export is too small for it."""
    monkeypatch.setattr(prepared, "LARGE", 0)
    with sample.store.write() as session:
        kinds = ("training", "import", "export", "build")
        workers.add(session, this_process(), place_of(sample.settings.home), kinds, gpu=False)


def jobs_of(workspace, kind):
    with workspace.store.read() as session:
        return session.query(Job).filter_by(kind=kind).order_by(Job.job_id).all()


def test_a_large_export_is_left_to_a_worker_and_downloaded(open_page, sample, ana):
    """The page is free at once; whoever exports sees how far it is, and finds the file for a day."""
    app = open_page("data")
    app.radio(key="data.export_kind").set_value("gold").run()
    press(app, "data.export")
    (job,) = jobs_of(sample, "export")
    assert "assay_gold.csv is being prepared" in said(app)
    assert "data.last_export" not in app.session_state
    prepared.carry_out_next(sample, COMMAND_LINE, stopping=lambda: False)
    app = open_page("data")
    assert [one.label for one in app.get("download_button") if "assay_gold.csv" in one.label]
    assert "The file has 184 rows." in said(app)
    press(app, f"data.job_close.{job.job_id}")
    assert prepared.listed(sample, COMMAND_LINE) == []


def test_what_shall_become_of_identifiers_is_asked_where_the_export_is(open_page, sample, ana):
    with sample.store.write() as session:
        stored.begin(session, "export", {"kind": "kto", "ending": "jsonl"}, ana, for_worker=True)
    (job,) = jobs_of(sample, "export")
    with sample.store.write() as session:
        asks = "3 of 184 rated answers hold personal identifiers (1 phone). Nothing was written."
        stored.end(session, stored.Claim.of(session.get_one(Job, job.job_id)), "finished", result={"asks": asks})
    app = open_page("data")
    assert asks in said(app)
    press(app, f"data.export_ask.{job.job_id}")
    assert app.radio(key="data.export_kind").value == "kto"
    assert app.radio(key="data.export_marked").options == ["Leave them out", "Include them, with a written reason"]


def test_texts_are_read_ahead_and_it_can_be_stopped(open_page, sample, ana):
    """While a worker has it nothing can be started twice; what waits for one that is gone says so."""
    app = open_page("train")
    app.toggle(key="train.ahead_all").set_value(True).run()
    press(app, "train.ahead_start")
    (job,) = jobs_of(sample, "embedding")
    assert (job.options, job.requested_by, job.for_worker) == ({"all": True}, "Ana", True)
    text = said(app)
    assert "Reading all answers ahead of a training" in text
    assert not [one for one in app.button if one.key == "train.ahead_start"]
    with sample.store.write() as session:
        session.query(Worker).delete()
    app = open_page("train")
    assert "The worker that was to do this does not run any more" in said(app)
    press(app, f"train.job.{job.job_id}.cancel")
    assert "The last reading was stopped" in said(app)
    press(app, f"train.job_close.{job.job_id}")
    assert jobs.listed(sample, COMMAND_LINE, ["embedding"]) == []


def test_the_command_and_a_build_are_seen_on_train(open_page, sample, ana):
    """Begun on the command line, or by whoever ranked first."""
    steps: Any = embedding.embed(sample, COMMAND_LINE)
    next(steps)
    with sample.store.write() as session:
        stored.begin(session, "build", {}, COMMAND_LINE, for_worker=True)
    app = open_page("train")
    text = said(app)
    assert "Reading the rated answers ahead of a training" in text
    assert "Started by command line" in text
    assert "The fast encoder is being built" in text
    steps.close()


def test_who_only_rates_finds_nothing_of_it(open_page, sample, ana):
    accounts.invite(sample, COMMAND_LINE, "Lea", Role.LEAD)
    accounts.set_role(sample, COMMAND_LINE, ana.rater_id, Role.SME)
    app = open_page("train")
    assert not app.toggle
