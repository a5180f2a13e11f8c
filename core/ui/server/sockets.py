"""Limits before Streamlit's socket: how many there may be, and how much, how often and what a tab may send."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import anyio
from google.protobuf.message import DecodeError
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.http.origin import client_of
from core.http.rate_limit import Rate
from core.ui.server.messages import Unreadable, let_through
from core.ui.shell import browser_tabs
from core.ui.shell.identity import offered

STREAM = "/_stcore/stream"
PER_ADDRESS = 400
"""Open tabs of one address: a hundred people behind one, with some tabs each."""
STRANGERS_PER_BROWSER = 20
"""Open tabs of one browser with which nobody was let in; programs without our cookie count as one browser."""
STRANGERS_FRAME = 1_000_000
"""Bytes of one message that are read from a tab with which nobody was let in; others: ``server.maxMessageSize``."""
FULL = (
    "Too many pages of this dashboard are open from your network or in this browser. Nothing was lost. Close the tabs "
    "that you do not need, then load this page again; if it stays like this, tell whoever runs this server."
)


@dataclass(frozen=True)
class Pace:
    """How many messages a tab may send; what comes faster waits, nothing is lost."""

    let_in: Rate = field(default_factory=lambda: Rate(600, 100))
    stranger: Rate = field(default_factory=lambda: Rate(120, 20))


class Sockets:
    """Stands around the application; a page that could get no socket is answered with a sentence instead."""

    def __init__(self, app: ASGIApp, *, per_address: int = PER_ADDRESS, pace: Pace | None = None) -> None:
        self.app, self.per_address, self.pace = app, per_address, pace or Pace()
        self._open: Counter[str] = Counter()
        self._strangers: Counter[tuple[str, str]] = Counter()
        self._number = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a socket too many (before the handshake: 403); watch the others."""
        is_socket = scope["type"] == "websocket" and scope["path"] == STREAM
        is_page = scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")
        if not is_socket and not is_page:
            await self.app(scope, receive, send)
            return
        address, browser = client_of(scope), ";".join(offered(Headers(scope=scope).get("cookie", "")))
        full = self._open[address] >= self.per_address
        full = full or self._strangers[address, browser] >= STRANGERS_PER_BROWSER
        if is_page and full:
            await PlainTextResponse(FULL + "\n", 429, {"retry-after": "10", "cache-control": "no-store"})(
                scope, receive, send
            )
        elif is_page:
            await self.app(scope, receive, send)
        elif full:
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._watched(scope, receive, send, address, browser)

    async def _watched(self, scope: Scope, receive: Receive, send: Send, address: str, browser: str) -> None:
        self._number += 1
        socket = _Socket(scope, receive, send, self.pace, str(self._number), (address, browser), self._strangers)
        self._open[address] += 1
        try:
            await self.app(scope, socket.receive, socket.send)
        finally:
            _one_less(self._open, address)
            socket.no_stranger()


class _Socket:
    """One socket, as the application sees it."""

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        pace: Pace,
        number: str,
        browser: tuple[str, str],
        strangers: Counter[tuple[str, str]],
    ) -> None:
        self._receive, self._send, self._pace, self._number = receive, send, pace, number
        protocols = scope.get("subprotocols") or []
        self._session = protocols[2] if len(protocols) > 2 else ""  # as a browser that comes back names it
        self._known = self._closed = False
        self._browser, self._strangers = browser, strangers
        self._is_stranger = True
        strangers[browser] += 1
        self._cap = _Cap(receive)
        self._look()

    def no_stranger(self) -> None:
        """From now on this socket counts for its address only."""
        if self._is_stranger:
            self._is_stranger = False
            _one_less(self._strangers, self._browser)
            self._cap.lift()

    async def receive(self) -> Message:
        """The next message that may pass; those that may not are passed over, or the socket is closed."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            self._look()
            tab = browser_tabs.find(self._session)
            rate = self._pace.stranger if tab is None else self._pace.let_in
            while wait := rate.wait(self._number):
                await anyio.sleep(wait)
            try:
                if message.get("bytes") is None:
                    raise Unreadable(1003)
                passed = let_through(message["bytes"], tab)
            except Unreadable as error:  # no browser does this: what it holds is better given to others
                self._closed = True
                await self._send({"type": "websocket.close", "code": error.code})
                return {"type": "websocket.disconnect", "code": error.code}
            if passed is not None:
                return {"type": "websocket.receive", "bytes": passed}

    async def send(self, message: Message) -> None:
        """Pass on, and learn from it which session of Streamlit this is."""
        if self._closed:
            return
        if not self._known and message["type"] == "websocket.send":
            self._learn(message.get("bytes") or b"")
        self._look()
        await self._send(message)

    def _learn(self, frame: bytes) -> None:
        try:
            said = ForwardMsg.FromString(frame)
        except DecodeError:
            return
        if said.WhichOneof("type") == "new_session":
            self._session, self._known = said.new_session.initialize.session_id, True

    def _look(self) -> None:
        if self._is_stranger and browser_tabs.find(self._session) is not None:
            self.no_stranger()


class _Cap:
    """Lets uvicorn read only so much of a message: it gathers a whole one before anything of ours sees it.

    There is no setting for one connection, so this reaches into the protocol behind ``receive`` where it finds it as
    it knows it, and does nothing elsewhere; ``server.maxMessageSize`` holds in any case.
    """

    def __init__(self, receive: Receive) -> None:
        self._connection: Any = getattr(getattr(receive, "__self__", None), "conn", None)
        self._usual = getattr(self._connection, "max_message_size", None)
        if self._connection is not None and self._usual is not None:
            self._connection.max_message_size = min(self._usual, STRANGERS_FRAME)

    def lift(self) -> None:
        if self._connection is not None and self._usual is not None:
            self._connection.max_message_size = self._usual


def _one_less(counter: Counter[Any], name: Any) -> None:
    counter[name] -= 1
    if counter[name] <= 0:
        del counter[name]
