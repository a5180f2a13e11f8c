"""The routes under /desk: what the desk asks and tells, and everything that does not get through."""

import json
import threading
from types import SimpleNamespace
from uuid import uuid4

import anyio
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.domain.errors import Unavailable
from core.domain.roles import COMMAND_LINE, Role
from core.domain.settings import AuthMode
from core.http.rate_limit import Rate
from core.services.people import accounts, local_names, sign_in
from core.services.rating import queue, rating
from core.services.review import guidelines
from core.store.rating import ratings
from core.store.tables import Draft, Item, Lease, RatingEvent
from core.ui.rate import acts, routes
from core.ui.rate.routes import ROUTES, Desk
from core.ui.shell import identity
from tests import looked
from tests.databases import added

PLACE = "http://localhost:8501"


class Browser:
    """A browser in local mode, on the desk of one person."""

    def __init__(self, workspace, name, pace=None):
        self.workspace, self.token = workspace, f"token of {name} {uuid4().hex}"
        self.user = local_names.rate_as(workspace, self.token, name)
        app = Starlette(routes=[Desk(lambda: workspace, pace=pace).mount])
        self.client = TestClient(
            app, base_url=PLACE, cookies={"assay_visitor": self.token}, raise_server_exceptions=False
        )
        self.shown_to = identity.shown_to(sign_in.Entry(self.user, sign_in=self.token))

    def post(self, name, headers=None, **said):
        """What the server answers, whatever that is."""
        body = {"shown_to": self.shown_to, **said}
        return self.client.post(f"/desk/{name}", json=body, headers={"origin": PLACE, **(headers or {})})

    def ask(self, name, **said):
        """What a request that succeeds brings."""
        answered = self.post(name, **said)
        assert answered.status_code == 200, answered.text
        return answered.json()

    def act(self, item, act="rate", value=4, **said):
        """The body of an act on an answer as it was shown."""
        what = {"act": act, "item": item["id"], "showing": item["showing"], "shown_ms": 1000}
        what["request"] = f"{item['request']}:{value if act == 'rate' else act}"
        if act == "rate":
            what["rating"] = value
        return {**what, "comment": "", "flag": False, "shown": None, "have": [], **said}


@pytest.fixture
def ana(workspace):
    """Ana's browser, with five answers to rate."""
    for n in range(5):
        added(workspace, f"prompt {n}", f"answer {n}", session_label="s")
    return Browser(workspace, "Ana")


def test_the_desk_shows_one_answer_and_has_one_ahead(ana):
    """With everything that stands around it; a reload finds the same."""
    deck = ana.ask("next", shown=None, have=[])
    first, second = deck["items"]
    assert (first["id"], first["shown"], second["shown"]) == (1, True, False)
    assert first["about"] == "answer 1 · session s · 2 words"
    assert "answer 0" in first["answer"]["html"]
    assert "prompt 0" in first["prompt"]["html"]
    assert (first["rating"], first["comment"], first["flag"], first["draft"]) == (None, "", False, None)
    assert (first["turns"], first["hidden"], first["revealed"], first["sample"]) == ([], None, False, False)
    assert deck["progress"] == {"own": 0, "by_all": 0, "left": 5, "more_left": False}
    assert deck["guidelines"]["number"] == 0
    assert "Rate the answer" in deck["guidelines"]["text"]["html"]
    assert (deck["why_empty"], deck["lost"]) == (None, [])
    assert ana.ask("next", shown=None, have=[])["items"] == deck["items"]


def test_a_rating_is_acknowledged_with_its_row_and_what_comes_next(ana):
    """The receipt has the number of the stored event; what was ahead is on the screen, and another one is ahead."""
    first, second = ana.ask("next", shown=None, have=[])["items"]
    said = ana.act(first, value=4, comment="good", guideline_version=0, shown=second["id"], have=[second["id"]])
    told = ana.ask("act", **said)
    with ana.workspace.store.read() as session:
        (event,) = session.query(RatingEvent).all()
    assert told["receipt"]["number"] == event.event_id
    assert told["receipt"]["text"].startswith("Saved 4 (Good) ")
    assert told["receipt"]["text"].endswith(f", no. {event.event_id}")
    assert (event.shown_ms, event.guideline_version, event.request_id) == (1000, 0, f"{first['request']}:4")
    shown, ahead = told["items"]
    assert (shown["id"], shown["shown"], ahead["shown"]) == (second["id"], True, False)
    assert (told["progress"]["own"], told["progress"]["left"]) == (1, 4)
    again = ana.ask("act", **said)  # the answer was lost on the way
    assert (again["receipt"], again["items"]) == (told["receipt"], told["items"])
