"""The whole application: every address asked by each role and by nobody, files too large, tabs that were left open."""

import json
import subprocess
import sys

import pytest

from core.domain.roles import ALLOWED, Act, Role
from tests.databases import PATIENCE, ROOT
from tests.tabs import PEOPLE, home_with_people

EVERYBODY = [None, "dis", *PEOPLE]
"""Nobody, a lead whose access is off, and one of each role."""

FOR_EVERYBODY = {
    "GET /healthz": 200,
    "GET /readyz": 503,  # no model here; says no more than that
    "GET /openapi.json": 200,
    "GET /v1/openapi.json": 200,
    "GET /_stcore/health": 200,
    "GET /_stcore/host-config": 200,
    "GET /auth/login": 302,
    "GET /auth/logout": 302,
    "GET /oauth2callback": 302,
    "GET /people": 307,  # moved to Settings, which decides for itself
    "GET /keys": 307,
    "GET /record": 307,
    "GET /rate": 200,  # the same empty shell for every address; what it shows comes through the websocket
    "WEBSOCKET /_stcore/stream": 101,  # the page answers as tests/proofs/test_pages_first.py proves
}
WITH_A_KEY_OR_FROM_HERE = {
    **dict.fromkeys(("POST /v1/rerank", "POST /v2/rerank", "POST /rerank"), 503),  # let in, and no model to rank with
    "POST /v1/interactions": 400,  # let in, and no answers in the body
    "POST /v1/feedback": 400,
}
"""Programs have keys, not roles; tests/http/test_admission.py has the table."""
NOTHING_THERE = {
    *(
        f"{method} /{version}{rest}"
        for method in ("GET", "POST")
        for version in ("v1", "v2")
        for rest in ("", "/{rest:path}")
    ),
    "GET /_stcore/metrics",
    "GET /media/{file_id:path}",
    "GET /component/{path:path}",
    "GET /_stcore/bidi-components/{path:path}",
    *(
        f"{method} /_stcore/agent/{rest}"
        for method in ("DELETE", "GET", "PATCH", "POST", "PUT")
        for rest in ("interact", "openapi.json", "mcp")
    ),
}
NOT_BY_THIS_METHOD = {"POST /healthz", "POST /readyz", "POST /openapi.json"}
NEEDS = {
    "PUT /_stcore/upload_file/{session_id}/{file_id}": Act.CHANGE_DATA,
    "DELETE /_stcore/upload_file/{session_id}/{file_id}": Act.CHANGE_DATA,
}
LET_IN = {
    **dict.fromkeys(("next", "back", "forward", "queue", "renew", "release"), 200),
    **dict.fromkeys(("pairs/next", "pairs/renew", "pairs/release"), 200),
    **dict.fromkeys(("pairs/act", "pairs/undo", "pairs/item", "pairs/reveal"), 400),
    **dict.fromkeys(
        ("act", "better", "undo", "draft", "compare", "item", "reveal", "choose"), 400
    ),  # it names no answer
}
"""What the desk answers to whoever may rate; tests/ui/test_desk_routes.py has everything else that is refused."""


@pytest.fixture
def asked(tmp_path):
    """What the application answers in a process of its own."""

    def ask(what, argument):
        command = [sys.executable, "-m", "tests.tabs", what, json.dumps(argument)]
        done = subprocess.run(
            command, cwd=ROOT, env=home_with_people(tmp_path), capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr[-3000:]
        assert "Traceback" not in done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return ask


def test_every_route_opens_for_whom_the_table_says(asked):
    """A route that is new, here or in Streamlit, fails this until somebody has said for whom it is."""
    expected = {route: [status] * len(EVERYBODY) for route, status in (FOR_EVERYBODY | WITH_A_KEY_OR_FROM_HERE).items()}
    expected |= {route: [404] * len(EVERYBODY) for route in NOTHING_THERE}
    expected |= {route: [405] * len(EVERYBODY) for route in NOT_BY_THIS_METHOD}
    for route, act in NEEDS.items():
        roles = [Role(PEOPLE[name]) if name in PEOPLE else None for name in EVERYBODY]
        expected[route] = [204 if role is not None and act in ALLOWED[role] else 403 for role in roles]
    for name, status in LET_IN.items():
        rates = {None: 401, "dis": 403} | {
            n: status if Act.RATE in ALLOWED[Role(r)] else 403 for n, r in PEOPLE.items()
        }
        expected[f"POST /desk/{name}"] = [rates[name] for name in EVERYBODY]
    expected["POST /desk/leave"] = [401, *[403] * (len(EVERYBODY) - 1)]  # no names to leave where people sign in
    assert asked("every_route", EVERYBODY) == expected


def test_a_file_that_is_too_large_is_refused_whatever_it_says_of_itself(asked):
    """The page that offers the upload has no say: the file arrives before any page runs."""
    assert asked("too_large_uploads", 1) == {"fits": 204, "declared": 413, "undeclared": 413}


@pytest.mark.parametrize(
    "end, shown",
    [
        ("signed out", "You are signed out"),
        ("demoted", "viewer"),
        ("disabled", "Your access is switched off"),
    ],
)
def test_a_tab_that_was_left_open_follows_by_itself(asked, end, shown):
    """Nobody presses anything in it: its own timer finds that the sign-in or the role is gone, and says so."""
    said = asked("tabs_left_open", [end])[end]
    assert shown in said
    assert "shown_to" not in said
