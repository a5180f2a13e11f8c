"""Before Streamlit's socket: how many, how often, how much; with small limits, against an application that echoes."""

import threading
from contextlib import ExitStack

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.http.origin import client_of
from core.http.rate_limit import Rate
from core.ui.server import sockets
from core.ui.server.sockets import STRANGERS_PER_BROWSER, Pace, Sockets
from core.ui.shell import browser_tabs

STREAM = "ws://testserver/_stcore/stream"
RERUN = BackMsg(rerun_script={}).SerializeToString()


async def page(request):
    return HTMLResponse("<p>page</p>")


async def session(socket):
    """As Streamlit does: accept, say which session this is, answer each message with its length."""
    await socket.accept(subprotocol="streamlit")
    number = socket.headers.get("session", "none")
    await socket.send_bytes(ForwardMsg(new_session={"initialize": {"session_id": number}}).SerializeToString())
    try:
        while True:
            await socket.send_text(str(len(await socket.receive_bytes())))
    except WebSocketDisconnect:
        pass


@pytest.fixture(autouse=True)
def fresh():
    browser_tabs._let_in.clear()
    yield
    browser_tabs._let_in.clear()


@pytest.fixture
def app():
    return Sockets(Starlette(routes=[Route("/", page), WebSocketRoute("/_stcore/stream", session)]), per_address=25)


def tab(client, browser="", number="none", **headers):
    """A tab of this browser."""
    cookie = {"cookie": f"assay_visitor={browser}"} if browser else {}
    return client.websocket_connect(STREAM, ["streamlit", "xsrf"], headers=cookie | {"session": number} | headers)


def test_tabs_of_one_browser_that_nobody_let_in_are_few(app):
    """One more is refused and its page says why; another browser and another address are not held up."""
    client, page = TestClient(app), {"accept": "text/html"}
    with ExitStack() as opened:
        for _ in range(STRANGERS_PER_BROWSER):
            opened.enter_context(tab(client, "a"))
        with pytest.raises(WebSocketDisconnect):
            opened.enter_context(tab(client, "a"))
        refused = client.get("/", headers=page | {"cookie": "assay_visitor=a"})
        assert (refused.status_code, "Nothing was lost" in refused.text) == (429, True)
        assert client.get("/", headers=page | {"cookie": "assay_visitor=b"}).status_code == 200
        opened.enter_context(tab(client, "b"))
    opened = tab(client, "a")  # all are closed: there is room again
    with opened:
        pass
    assert not app._open
    assert not app._strangers


def test_an_address_has_a_bound_whoever_was_let_in(app):
    """A tab that was let in does not count for its browser any more, only for the address."""
    client = TestClient(app)
    browser_tabs._let_in["s"] = browser_tabs.Tab(may_upload=False)
    with ExitStack() as opened:
        for _ in range(25):
            one = opened.enter_context(tab(client, "a", "s"))
            one.receive_bytes()
        assert not app._strangers
        with pytest.raises(WebSocketDisconnect):
            opened.enter_context(tab(client, "b"))
        other = TestClient(app, client=("10.9.9.9", 1))
        with tab(other, "a"):
            pass


def test_a_tab_that_comes_back_is_known_by_its_session(app):
    """After a lost connection a browser names the session it had; what it sends then may be large at once."""
    large = BackMsg()
    large.rerun_script.widget_states.widgets.add(id="w", string_value="x" * 100_000)
    frame = large.SerializeToString()
    browser_tabs._let_in["s"] = browser_tabs.Tab(may_upload=False)
    with TestClient(app).websocket_connect(STREAM, ["streamlit", "xsrf", "s"], headers={"session": "s"}) as socket:
        socket.receive_bytes()
        socket.send_bytes(frame)
        assert socket.receive_text() == str(len(frame))
    with tab(TestClient(app)) as socket:
        socket.receive_bytes()
        socket.send_bytes(frame)
        assert int(socket.receive_text()) < 100


def test_what_is_not_needed_is_passed_over_and_the_tab_lives_on(app):
    """Somebody may press C in a real browser; nothing answers, and the next message does."""
    with tab(TestClient(app)) as socket:
        socket.receive_bytes()
        socket.send_bytes(BackMsg(clear_cache=True).SerializeToString())
        socket.send_bytes(RERUN)
        assert socket.receive_text() == str(len(RERUN))


@pytest.mark.parametrize("said", ["text", b"\xff\xff"])
def test_what_no_browser_sends_closes_the_socket(app, said):
    """And gives its place back."""
    with tab(TestClient(app)) as socket:
        socket.receive_bytes()
        socket.send_text(said) if isinstance(said, str) else socket.send_bytes(said)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
        assert closed.value.code == (1003 if isinstance(said, str) else 1002)
    assert not app._open


def test_messages_that_come_too_fast_wait_and_none_is_lost(app, monkeypatch):
    """A held key, a fast rater: each press arrives, later."""
    at, slept = [0.0], []

    async def sleep(seconds):
        slept.append(seconds)
        at[0] += seconds

    monkeypatch.setattr(sockets.anyio, "sleep", sleep)
    app.pace = Pace(stranger=Rate(60, 5, clock=lambda: at[0]))
    with tab(TestClient(app)) as socket:
        socket.receive_bytes()
        for _ in range(8):
            socket.send_bytes(RERUN)
        assert [socket.receive_text() for _ in range(8)] == [str(len(RERUN))] * 8
    assert sum(slept) == pytest.approx(3)


@pytest.mark.parametrize(
    "client, forwarded, is_known_as",
    [
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4", "10.0.0.1"),  # no proxy of ours: what it says counts for nothing
        ("::ffff:10.0.0.1", None, "10.0.0.1"),
        ("::ffff:127.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # what the proxy appended, not what the caller began with
        ("127.0.0.1", None, "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
        ("127.0.0.1", "2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("not an address" + "x" * 500, None, "not an address" + "x" * 86),
    ],
)
def test_an_address_is_the_one_that_a_trusted_proxy_names(client, forwarded, is_known_as):
    """Never what a caller says of itself."""
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    assert client_of({"type": "http", "client": (client, 1), "headers": headers}) == is_known_as


def test_the_largest_frame_of_a_stranger_is_bounded_in_this_uvicorn():
    """The limit reaches into the server's protocol; where a new release names things otherwise, this says so."""
    from uvicorn import Config
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
    from uvicorn.server import ServerState

    async def nothing(scope, receive, send):
        pass

    config = Config(nothing, ws_max_size=20_000_000, lifespan="off")
    config.load()
    made: list[WebSocketsSansIOProtocol] = []

    def make():
        import asyncio

        made.append(WebSocketsSansIOProtocol(config, ServerState(), {}, asyncio.new_event_loop()))

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    protocol = made[0]
    cap = sockets._Cap(protocol.receive)
    assert protocol.conn.max_message_size == sockets.STRANGERS_FRAME
    cap.lift()
    assert protocol.conn.max_message_size == 20_000_000
    protocol.loop.close()
