"""What the server adds to pages: the visitor's cookie, and nothing to anything else."""

import importlib
from types import SimpleNamespace

import anyio
import pytest
from anyio.from_thread import start_blocking_portal
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

from core.services.people import local_names, visitors
from core.services.runtime import runtime
from core.ui.server import asgi
from core.ui.server.asgi import Visitors
from core.ui.shell import identity
from core.ui.shell.identity import token as token_of_this_tab  # the fixture replaces it for pages

PAGE = "<html><head><title>x</title></head><body>é</body></html>"
HTML = {"accept": "text/html,application/xhtml+xml"}


async def page(request):
    headers = {"etag": '"1"', "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == '"1"':
        return Response(status_code=304, headers=headers)
    return HTMLResponse(PAGE, headers=headers)


async def plain(request):
    return PlainTextResponse("<head></head>")


async def echo(socket):
    await socket.accept()
    await socket.send_text(socket.headers.get("cookie", "none"))
    await socket.close()


@pytest.fixture
def client():
    """A server with a page, a text and a websocket behind our middleware."""
    routes = [
        Route("/", page, methods=["GET", "POST"]),
        Route("/plain", plain),
        WebSocketRoute("/ws", echo),
    ]
    with TestClient(Visitors(Starlette(routes=routes))) as made:
        yield made


def test_a_page_gives_a_browser_a_random_token(client):
    """Long, random, out of reach of scripts, for this site only, for a year."""
    first = client.get("/", headers=HTML).headers["set-cookie"]
    client.cookies.clear()
    second = client.get("/", headers=HTML).headers["set-cookie"]
    tokens = [cookie.partition(";")[0].removeprefix("assay_visitor=") for cookie in (first, second)]
    assert all(len(token) >= 43 for token in tokens)
    assert tokens[0] != tokens[1]
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"):
        assert part in first


def test_a_browser_keeps_its_token(client):
    """Whoever has one gets no other."""
    client.get("/", headers=HTML)
    assert "set-cookie" not in client.get("/", headers=HTML).headers


def test_a_planted_value_is_replaced(client):
    """The page works with the new one; whom the database knows by an old value keeps it."""
    given = client.get("/", headers=HTML | {"cookie": "assay_visitor=planted"}).headers["set-cookie"]
    assert "assay_visitor=planted" not in given
    ours = given.partition(";")[0]
    assert "set-cookie" not in client.get("/", headers=HTML | {"cookie": ours}).headers
    both = client.get("/", headers=HTML | {"cookie": f"assay_visitor=planted; {ours}"})
    assert "set-cookie" not in both.headers
    local_names.rate_as(runtime.workspace(), "known", "Ana")
    assert "set-cookie" not in client.get("/", headers=HTML | {"cookie": "assay_visitor=known"}).headers


def test_a_tab_speaks_for_nobody_by_a_planted_value(monkeypatch):
    """The first of the values that is ours counts, wherever it stands."""
    ours, headers = visitors.issue(runtime.workspace()), {"Cookie": ""}
    monkeypatch.setattr(identity.st, "context", SimpleNamespace(headers=headers))
    for shown, found in [
        ("", None),
        ("assay_visitor=planted", None),
        (f"x=1; assay_visitor=a; assay_visitor={ours}", ours),
    ]:
        headers["Cookie"] = shown
        assert token_of_this_tab() == found


def test_a_page_comes_up_without_the_database_and_its_next_load_brings_the_cookie(client, monkeypatch):
    """Where nothing can be checked, nothing is given and nothing replaced."""
    with monkeypatch.context() as away:
        away.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        for headers in ({}, {"cookie": "assay_visitor=perhaps"}):
            answer = client.get("/", headers=HTML | headers)
            assert answer.status_code == 200
            assert "set-cookie" not in answer.headers
    assert "set-cookie" in client.get("/", headers=HTML).headers


def test_only_pages_give_tokens(client):
    """Files, scripts and data set no cookie."""
    assert "set-cookie" not in client.get("/plain").headers


def test_a_page_is_never_answered_with_not_modified(client):
    """A page from the browser's cache would come without cookie."""
    answer = client.get("/", headers=HTML | {"if-none-match": '"1"'})
    assert answer.status_code == 200
    assert "set-cookie" in answer.headers


def test_other_answers_pass_untouched(client):
    """A text that only looks like a page stays as it is."""
    assert client.get("/plain", headers=HTML).text == "<head></head>"


def test_websockets_pass_untouched(client):
    """The page's own connection carries the cookie and is not changed."""
    client.get("/", headers=HTML)
    with client.websocket_connect("/ws") as socket:
        assert socket.receive_text().startswith("assay_visitor=")


def test_the_real_server_serves_pages_and_the_rest():
    """The application of Home.py: pages with a cookie, the API beside them, background tasks end with it."""
    home = importlib.import_module("Home")
    # once: Streamlit's runtime cannot be started a second time in a process
    with TestClient(home.app, base_url="http://localhost:8501", client=("127.0.0.1", 5)) as client:
        for moved, tab in {"people": "People", "keys": "API+keys", "record": "Audit+log"}.items():  # first of all
            answer = client.get(f"/{moved}", headers=HTML, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (307, f"/settings?tab={tab}")
        answer = client.get("/rate", headers=HTML)
        assert "assay_visitor=" in answer.headers["set-cookie"]
        assert client.get("/_stcore/health").text == "ok"
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.post("/v1/rerank", json={"query": "q", "documents": ["a"]}).status_code == 503
        assert client.get("/v1/rerank").status_code == 405
        assert client.get("/v2/nothing").json()["error"]


def test_picking_up_goes_on_when_the_database_is_away(monkeypatch, caplog):
    """The background task logs one quiet line per failure and tries again; the server never ends because of it."""
    tries = []

    def fail():
        tries.append(1)
        raise OSError("away, with a secret in the message")

    async def run():
        with anyio.move_on_after(0.2):
            await asgi._pick_up_for_ever(0.01)

    monkeypatch.setattr(asgi, "_pick_up", fail)
    with start_blocking_portal() as elsewhere:  # a thread of its own: Playwright may keep a loop running in this one
        elsewhere.call(run)
    assert len(tries) > 1
    assert "OSError" in caplog.text
    assert "secret" not in caplog.text
