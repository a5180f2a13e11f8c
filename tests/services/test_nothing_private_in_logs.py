"""Logs and the record of acts hold numbers and hashes: the words of a patient, a rater or a lead are in neither."""

import logging

import pytest
from sqlalchemy import select

from core.cli.main import main
from core.domain.errors import AssayError
from core.domain.queue import Order, QueueFilters
from core.domain.roles import Role
from core.domain.second_looks import RepeatSettings
from core.labeling.how_to_read import HowToRead
from core.services.data import erasure, exporting, importing, interactions
from core.services.data.exporting import Marked
from core.services.people import accounts, api_keys
from core.services.rating import queue, rating
from core.services.reranking import cases, preferences, reranking
from core.services.review import guidelines, second_looks
from core.services.training import training
from core.store.tables import Audit
from core.ui.shell import errors
from tests import looked, sent
from tests.databases import rater

MARKER = "Zyxwv"
SAID = f"{MARKER} 555-123-4567"


@pytest.fixture
def logged(caplog):
    """Every line of every log, from the most talkative level on; SQL statements without their values."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="sqlalchemy.engine")
    return caplog


def record(workspace) -> str:
    with workspace.store.read() as session:
        return "\n".join(
            map(str, session.execute(select(Audit.actor, Audit.action, Audit.subject, Audit.old, Audit.new)))
        )


def refused(act) -> None:
    """An act that ends in a sentence for the person who asked; nothing of it may be logged either."""
    with pytest.raises(AssayError):
        act()


def test_the_main_acts_leave_no_words_behind(workspace, logged, tmp_path):
    """From import to forgetting, refusals and failures included."""
    lea = rater(workspace, f"Lea {MARKER}")
    ana = rater(workspace, f"Ana {MARKER}")
    file = tmp_path / f"{MARKER}.csv"
    rows = [f'"{SAID} prompt {n}","{SAID} answer {n}",{n % 5 + 1},{SAID}' for n in range(8)]
    file.write_text("\n".join(["user_prompt,ai_response,rating,feedback_comment", *rows, f'"{SAID}","x","{SAID}",']))
    list(importing.import_file(workspace, lea, file, HowToRead(scale="1-5", rater=f"Imported {MARKER}")))
    number = interactions.add(workspace, lea, SAID, f"{SAID} answer", SAID, SAID)
    refused(lambda: interactions.add(workspace, lea, SAID, f"{SAID} answer", SAID))
    refused(lambda: looked.edit(workspace, lea, number, SAID, SAID, withdraw_ratings=True))
    looked.reveal(workspace, lea, number)
    looked.edit(workspace, lea, number, SAID, f"{SAID} changed", withdraw_ratings=True)
    queue.choose(workspace, ana, Order.RANDOM, QueueFilters(session_label=SAID))
    rating.keep_draft(workspace, ana, number, SAID)
    looked.rate(workspace, ana, number, 1, comment=SAID)
    looked.rate(workspace, lea, number, 5, comment=SAID)
    looked.discard(workspace, ana, 1, reason=SAID)
    refused(lambda: looked.rate(workspace, ana, number, 3, comment=SAID * 2000))
    refused(lambda: looked.rate(workspace, ana, number, 3, comment=f"{SAID}\x00"))
    looked.decide(workspace, lea, number, 4, expected=None)
    looked.mark_gap(workspace, lea, number, SAID)
    guidelines.save(workspace, lea, SAID, read=0)
    second_looks.change_settings(workspace, lea, RepeatSettings(5, 1))
    looked.withdraw(workspace, ana, number)
    case = cases.save(workspace, ana, SAID, SAID, [SAID])
    cases.delete(workspace, lea, case)
    preferences.keep(workspace, ana, SAID, [SAID, "x"], [0], model_version=None)
    reranking.rank(workspace, ana, SAID, [SAID, "x"], source="page")
    training.train_to_end(workspace, lea, recipe="pair", seed=0, on_progress=lambda done, total: None)
    refused(lambda: exporting.export(workspace, lea, "gold", tmp_path / "out.csv"))
    exporting.export(workspace, lea, "gold", tmp_path / f"{MARKER}-out.csv", marked=Marked.INCLUDE, reason=SAID)
    _, created = api_keys.create(workspace, lea, f"program {MARKER}")
    api_keys.revoke(workspace, lea, created.key_id)
    accounts.invite(workspace, lea, f"{MARKER}@example.org", Role.SME, name=f"Ben {MARKER}")
    sent.thumb(workspace, number, up=False, user=SAID, application=f"program {MARKER}", comment=SAID)
    refused(lambda: erasure.app_user(workspace, lea, "another", SAID))
    erasure.app_user(workspace, lea, f"program {MARKER}", SAID)
    looked.forget(workspace, lea, number)
    erasure.rater(workspace, lea, ana.rater_id, ratings_stay=False)
    importing.remove_import(workspace, lea, 1)
    assert MARKER.casefold() not in logged.text.casefold()
    assert MARKER.casefold() not in record(workspace).casefold()
    assert record(workspace).count("\n") > 12


def test_what_nobody_foresaw_is_logged_by_its_place(logged):
    """The message of an exception can quote a text; its kind and the line where it arose are enough to find it."""
    try:
        int(SAID)
    except ValueError as error:
        shown = errors.describe(error)
    assert MARKER not in shown.sentence
    assert MARKER not in logged.text
    assert "ValueError" in logged.text
    assert "test_nothing_private_in_logs.py" in logged.text


def test_a_command_that_fails_quotes_nothing(monkeypatch, capsys):
    """What a training says on its way out is kept in a file beside the database."""

    def fails(options):
        raise ValueError(SAID)

    monkeypatch.setattr("core.cli.main.status", fails)
    assert main(["status"]) == 1
    assert capsys.readouterr().err == (
        "Something unexpected happened (ValueError). Nothing that was finished before is affected; the same with "
        "--debug says more.\n"
    )
