"""Connections without a request, with half a header, or too many of them, on a real port."""

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from core.http import connections
from core.http.connections import Connection

ASK = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def page(request: Request) -> PlainTextResponse:
    return PlainTextResponse("here")


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server whose time for a header is short."""
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.5)
    app = Starlette(routes=[Route("/", page)])
    config = uvicorn.Config(
        app, port=0, log_level="error", lifespan="off", ws="none", http=Connection, timeout_keep_alive=3
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        threading.Event().wait(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def answered(one: socket.socket) -> bool:
    """Whether a whole answer comes."""
    found = b""
    while not found.endswith(b"here") and (more := one.recv(1_000)):
        found += more
    return found.startswith(b"HTTP/1.1 200 OK")


def closed(one: socket.socket) -> bool:
    """Whether the other side ends the connection, without a word."""
    try:
        return one.recv(1_000) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("sent", [b"", b"GET / HT", ASK[:-2], ASK + b"GET /"])
def test_what_is_no_whole_request_is_closed(port: int, sent: bytes) -> None:
    """Nothing at all, half a line, a header without its end, and the same behind a whole request."""
    with connected(port) as silent:
        silent.sendall(sent)
        if sent.startswith(ASK):
            assert answered(silent)
        assert closed(silent)


def test_single_bytes_of_a_header_gain_no_time(port: int) -> None:
    """However steadily they come."""

    def drip(slow: socket.socket) -> None:
        for _ in range(100):
            slow.sendall(b"G")
            threading.Event().wait(0.1)

    with connected(port) as one, pytest.raises(OSError):
        drip(one)


def test_a_connection_is_used_again(port: int) -> None:
    """Also after the time in which a header has to be whole."""
    with connected(port) as one:
        for _ in range(3):
            one.sendall(ASK)
            assert answered(one)
            threading.Event().wait(0.4)


def test_too_many_silent_ones_make_room(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was silent longest goes, so whoever asks is answered."""
    monkeypatch.setattr(connections, "HEADER_SECONDS", 60.0)
    monkeypatch.setattr(connections, "MAX_CONNECTIONS_PER_ADDRESS", 5)
    crowd = [connected(port) for _ in range(5)]
    try:
        with connected(port) as asking:
            asking.sendall(ASK)
            assert answered(asking)
        assert closed(crowd[0])
        crowd[4].sendall(ASK)
        assert answered(crowd[4])
    finally:
        for one in crowd:
            one.close()
