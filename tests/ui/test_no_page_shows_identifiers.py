"""Every page, its downloads and its report, read by every role: an identifier is in every text column."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import update
from streamlit.elements.widgets.button import ButtonMixin
from streamlit.testing.v1 import AppTest

from core.cli.main import main
from core.domain.roles import Role, User
from core.services.people import local_names
from core.store.tables import QueuePreference, Rater
from core.ui.shell.navigation import PAGES, QualityTab, SettingsTab
from tests import looked
from tests.desk import Desk
from tests.planted import everybody, joined, plant
from tests.ui.conftest import TOKEN
from tests.ui.reading import press

REVIEW_TABS = ["My ratings", "To check", "Guidelines"]


@pytest.fixture
def downloads(monkeypatch) -> list[str]:
    """Whatever a page offers as a file, as text."""
    offered: list[str] = []
    real = ButtonMixin._download_button

    def noted(self, label, data, *given, **named):
        content = data() if callable(data) else data
        offered.extend(_texts(content))
        return real(self, label, data, *given, **named)

    monkeypatch.setattr(ButtonMixin, "_download_button", noted)
    return offered


def _texts(content: str | bytes) -> list[str]:
    """A file as text; of a zip all that is in it."""
    if isinstance(content, str):
        return [content]
    if not content.startswith(b"PK"):
        return [content.decode("utf-8", "replace")]
    with zipfile.ZipFile(BytesIO(content)) as packed:
        return [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]


def everything(app: AppTest) -> str:
    """All that the browser is sent: texts, tooltips, options, tables (as Arrow), figures (as JSON)."""
    return joined(getattr(node, "proto", "") for node in app._tree)


def sits_here(workspace, user: User) -> User:
    """From now on this browser speaks for that person."""
    return local_names.rate_as(workspace, TOKEN, user.name) if user.role == "lead" else _as(workspace, user)


def _as(workspace, user: User) -> User:
    local_names.rate_as(workspace, TOKEN, user.name)
    with workspace.store.write() as session:
        session.execute(update(Rater).where(Rater.rater_id == user.rater_id).values(role=user.role))
    return user


def visits(open_page, role: str, numbers: list[int]):
    """Every page in every state in which it shows other texts: its name and the page."""
    for name in PAGES:
        yield name, open_page(name)
    for tab in SettingsTab:
        yield f"settings {tab}", open_page("settings", tab=tab)
    yield "train 1", open_page("train", train__run=1)
    for number in (numbers[0], numbers[25], numbers[26]):
        app = open_page("data", answer=number)
        yield f"data {number}", app
        if role == "lead":
            yield f"forgetting {number}", press(app, f"data.forget.{number}") if _has(app, "data.forget") else app
    if role == "lead":
        for topic in QualityTab:
            yield f"quality {topic}", open_page("quality", topic=topic)
    if role != "viewer":
        for name in REVIEW_TABS:
            yield f"review {name}", open_page("review", review__tabs=name)


def _has(app: AppTest, start: str) -> bool:
    return any((button.key or "").startswith(start) for button in app.button)


@pytest.mark.parametrize("role", list(Role))
def test_no_page_shows_an_identifier(open_page, trained, downloads, role):
    """Tooltips, options, tables, figures and files included; what somebody wrote themselves is theirs."""
    persons = everybody(trained)
    planted = plant(trained, persons)
    user = sits_here(trained, persons[role])
    leaks, hidden = {}, ""
    for name, app in visits(open_page, role, planted.numbers):
        shown = everything(app)
        hidden += shown
        if found := planted.in_it(joined([shown, *downloads]), user.name):
            leaks[name] = found
        downloads.clear()
    assert leaks == {}
    assert "hidden" in hidden


def what_the_desk_is_sent(desk: Desk, numbers: list[int]):
    """What each route of the desk answers where it sends texts: its name and the answer."""
    yield "next", desk.open().said
    queue = desk.ask("queue")
    yield "queue", queue
    yield "choose", desk.ask("choose", order="oldest", filters=dict.fromkeys(queue["filters"]) | NOTHING_CHOSEN)
    for number in numbers:
        yield "open", desk.open(number).said
        yield "item", desk.ask("item", item=number)
        yield "compare", desk.ask("compare", item=number)
    yield "back", desk.step("back")
    yield "forward", desk.step("forward", retracing=True)
    yield "act", [desk.open().rate(4), desk.said]
    yield "undo", desk.undo()
    yield "renew", desk.ask("renew", items=desk.have)


NOTHING_CHOSEN = {"session_label": "", "source": "", "flagged": False, "second": False, "pair": False}


@pytest.mark.parametrize("role", [Role.LEAD, Role.SME])
def test_no_route_of_the_desk_sends_an_identifier(new_desk, trained, role):
    """Prompt, answer, earlier turns, the line about the answer, guidelines, and the rater's choice of a session."""
    persons = everybody(trained)
    planted = plant(trained, persons)
    sent = list(what_the_desk_is_sent(new_desk(persons[role].name), planted.numbers))
    leaks = {name: found for name, said in sent if (found := planted.in_it(str(said), persons[role].name))}
    assert leaks == {}
    chose = {"queue"} if role is Role.SME else set()  # a session whose label is one
    assert {name for name, said in sent if " hidden»" in str(said)} >= {"next", "open", "item", "compare", *chose}


def test_the_report_and_why_show_none_either(open_page, trained, downloads):
    """The report of a training and its file, and the rated answers nearest to a candidate."""
    persons = everybody(trained)
    planted = plant(trained, persons)
    sits_here(trained, persons["lead"])
    pages = [everything(open_page("train", train__run=1)), everything(open_page("models", models__report=True))]
    assert all("«" in page for page in pages)
    assert planted.in_it(joined([*pages, *downloads]), "Lea") == []
    assert any("<html" in file for file in downloads)
    app = open_page("rerank", rerank__prompt="What asks question 3?", rerank__candidates="Dear Ms, answer 3\n---\nNo.")
    press(app, "rerank.run")
    assert planted.in_it(joined([everything(app), *downloads]), "Lea") == []


def test_after_revealing_one_answer_only_that_person_sees_it(open_page, new_desk, trained):
    """The page of whoever revealed it, and nobody else's."""
    persons = everybody(trained)
    planted = plant(trained, persons)
    sam, lea = persons["sme"], persons["lead"]
    with trained.store.write() as session:
        session.query(QueuePreference).delete()
    desk = new_desk(sam.name).open()
    shown = next(item for item in desk.items if item["hidden"])
    number = shown["id"]
    revealed = desk.ask("reveal", item=number, showing=shown["showing"])
    assert "rlhf_interactions.ai_response" in planted.in_it(str(revealed), "Sam")
    assert planted.in_it(str(new_desk(lea.name).ask("item", item=number)), "Lea") == []
    sits_here(trained, lea)
    assert planted.in_it(everything(open_page("data", answer=number)), "Lea") == []
    looked.reveal(trained, lea, planted.numbers[0])
    assert planted.in_it(everything(open_page("data", answer=planted.numbers[1])), "Lea") == []


COMMANDS = [
    ["status"],
    ["doctor"],
    ["models"],
    ["record"],
    ["agreement"],
    ["keys"],
    ["users"],
    ["forget", "interaction", "{number}"],
    ["export", "gold", "--out", "{home}/gold.csv"],
    ["export", "ratings", "--out", "{home}/ratings.csv", "--leave-out-identifiers"],
    ["record", "--out", "{home}/record.csv"],
]


def test_no_command_prints_an_identifier(trained, capsys, tmp_path):
    """Nor writes one to a file, where nobody said why it should."""
    persons = everybody(trained)
    planted = plant(trained, persons)
    for command in COMMANDS:
        words = [word.format(number=planted.numbers[0], home=tmp_path) for word in command]
        main([*words, "--json"])
        printed = capsys.readouterr()
        assert planted.in_it(printed.out + printed.err, "command line") == [], command
        if printed.out.strip():
            json.loads(printed.out.strip().splitlines()[-1])
    for file in Path(tmp_path).glob("*.csv"):
        assert planted.in_it(file.read_text(encoding="utf-8"), "command line") == [], file
