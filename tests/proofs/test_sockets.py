"""Attacks on Streamlit's socket, against a real dashboard: connections, memory and places stay bounded."""

import os
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from core.ui.server.messages import STRANGER
from core.ui.server.sockets import PER_ADDRESS, STRANGERS_PER_BROWSER
from tests.browser.serving import Dashboard, serve
from tests.databases import Plain
from tests.proofs.conftest import scaled
from tests.tabs import home_with_people

pytestmark = pytest.mark.slow

OURS_AT_MOST = 15
"""Connections of one engine: ten in its pool and five above."""
CLEAR = BackMsg(clear_cache=True).SerializeToString()


def rerun(page: str = "", widgets: int = 0, size: int = 0) -> bytes:
    """A wish to see a page, with the states of widgets that no page has."""
    message = BackMsg()
    message.rerun_script.page_name = page
    for number in range(widgets):
        message.rerun_script.widget_states.widgets.add(id=f"none{number}", string_value="x" * size)
    return message.SerializeToString()


def open_tab(dashboard: Dashboard, **headers: str) -> ClientConnection:
    """A socket as a page opens it."""
    place = dashboard.url.replace("http", "ws") + "/_stcore/stream"
    return connect(
        place, subprotocols=[Subprotocol("streamlit")], additional_headers=headers, max_size=None, open_timeout=60
    )


def drawn(tab: ClientConnection) -> str:
    """Everything until the server has drawn the page."""
    said = []
    while True:
        got = ForwardMsg.FromString(tab.recv(timeout=120))
        if got.WhichOneof("type") == "delta":
            said.append(str(got.delta))
        if got.WhichOneof("type") == "script_finished" and got.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return "\n".join(said)


def asked(dashboard: Dashboard, **headers: str) -> tuple[int, str]:
    """Status and text of the start page."""
    try:
        with urlopen(Request(dashboard.url, headers={"accept": "text/html", **headers}), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def resident(dashboard: Dashboard) -> int:
    """Megabytes of memory that the server holds."""
    port = int(dashboard.url.rpartition(":")[2])
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"--server.port\0{port}\0".encode() in (process / "cmdline").read_bytes():
                pages = int((process / "statm").read_text().split()[1])
                return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000
        except OSError:
            continue
    raise AssertionError("the server is gone")


def test_clearing_caches_opens_no_connections(postgres_url: str, tmp_path: Path, proven_once) -> None:
    """Ten tabs, each clearing and asking for the page again and again: one engine, and everybody else is served."""
    turns, tabs = scaled(8, 40), 10
    other = Plain(postgres_url)
    most = 0
    with serve(tmp_path, DATABASE_URL=postgres_url) as dashboard, ExitStack() as stack:
        opened = [stack.enter_context(open_tab(dashboard)) for _ in range(tabs)]
        for _ in range(turns):
            for tab in opened:
                tab.send(CLEAR)
                tab.send(rerun())
            for tab in opened:
                drawn(tab)
            ((now,),) = other.run(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            most = max(most, now)
        with open_tab(dashboard) as honest:
            honest.send(rerun())
            assert drawn(honest)
    other.close()
    assert 0 < most <= OURS_AT_MOST
    proven_once(f"{tabs * turns} messages clear_cache with a rerun each from {tabs} tabs: at most {most} connections")


@pytest.fixture
def where_people_sign_in(tmp_path: Path):
    """A dashboard with sign-in, so that nobody here is let in."""
    environ = home_with_people(tmp_path)
    with serve(tmp_path, "--secrets.files", environ["SECRETS_OF_THE_TEST"], AUTH_MODE="oidc") as dashboard:
        yield dashboard


def test_states_of_unknown_widgets_cost_no_memory_before_the_sign_in(where_people_sign_in, proven_once) -> None:
    """Below the limit they are bounded by it, above it they are dropped, far above it the frame is not even read."""
    here, tabs, megabytes = where_people_sign_in, scaled(10, 25), scaled(6, 18)
    refused = 0
    with ExitStack() as stack:
        with open_tab(here) as first:
            first.send(rerun())
            assert "account.sign_in" in drawn(first)
        before = resident(here)
        for number in range(tabs):
            cookie = f"assay_visitor=browser{number % 5}"
            for frame in (rerun("", 60, 1_000), rerun("", 9, 100_000)):
                tab = stack.enter_context(open_tab(here, Cookie=cookie))
                tab.send(frame)
                assert "account.sign_in" in drawn(tab)
            tab = stack.enter_context(open_tab(here, Cookie=cookie))
            with suppress(ConnectionClosed):
                tab.send(rerun("", megabytes, 1_000_000))
            with pytest.raises(ConnectionClosed):
                drawn(tab)
            refused += 1
        grown = resident(here) - before
    sent = tabs * (megabytes + 0.96)
    assert grown < sent / 3
    assert grown < tabs * 4
    proven_once(
        f"{3 * tabs} tabs without a sign-in, {sent:.0f} MB of unknown widget states: {refused} messages of {megabytes} "
        "MB "
        f"not read, the rest cut to {STRANGER.size // 1000} kB; the server grew by {grown} MB"
    )


def test_sockets_of_an_address_are_bounded_and_a_hundred_people_behind_it_work(
    where_people_sign_in, proven_once
) -> None:
    """A proxy on this machine names the address; what a caller put before that name does not count."""
    here = where_people_sign_in
    people, each = 100, 2
    with ExitStack() as stack:

        def tab(address: str, browser: str) -> ClientConnection:
            headers = {"X-Forwarded-For": address, "Cookie": f"assay_visitor={browser}"}
            return stack.enter_context(open_tab(here, **headers))

        for person in range(people):
            for _ in range(each):
                last = tab("192.0.2.1", f"person{person}")
        last.send(rerun())
        assert "account.sign_in" in drawn(last)
        for number in range(PER_ADDRESS - people * each):
            tab(f"10.0.0.{number % 250}, 192.0.2.1", f"evil{number // 10}")
        for number in range(20):
            with pytest.raises(InvalidStatus, match="403"):
                tab(f"10.0.1.{number}, 192.0.2.1", f"evil{number}")
        status, text = asked(here, **{"Host": "localhost:8501", "X-Forwarded-For": "192.0.2.1"})
        assert (status, "Nothing was lost" in text) == (429, True)
        assert asked(here, **{"Host": "localhost:8501", "X-Forwarded-For": "192.0.2.2"})[0] == 200
        for _ in range(STRANGERS_PER_BROWSER):
            tab("192.0.2.2", "one browser")
        with pytest.raises(InvalidStatus, match="403"):
            tab("192.0.2.2", "one browser")
        elsewhere = tab("192.0.2.3", "somebody else")
        elsewhere.send(rerun())
        assert "account.sign_in" in drawn(elsewhere)
    proven_once(
        f"{people} people with {each} tabs each behind one address, then {PER_ADDRESS - people * each + 20} sockets "
        "more: 20 "
        f"refused with 403; of one browser that nobody let in {STRANGERS_PER_BROWSER} and no more; "
        "another address was served meanwhile"
    )
