"""A rater without a browser: speaks the routes of the desk as its component does (core/ui/rate/desk.js).

The next answer is there before it is needed; acts leave one after the other, each again with its own request until the
server has acknowledged it.
"""

import json
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from core.services.people import local_names
from core.services.workspace import Workspace
from core.ui.shell.identity import COOKIE
from tests.databases import PATIENCE

Item = dict[str, Any]
READ_MS = 1_000
"""For how long every answer was on the screen, as this client says: long enough to count."""
AGAIN = (429, 500, 502, 503, 504)
"""What the component tries again by itself; a connection that breaks is the other case."""


class Refused(Exception):
    """The server did not do what was asked; ``said`` is its answer."""

    def __init__(self, status: int, said: dict[str, Any]) -> None:
        super().__init__(f"{status} {said}")
        self.status, self.said = status, said
        self.code, self.sentence = said.get("code"), str(said.get("error"))


@dataclass
class Desk:
    """One tab on the Rate page."""

    client: httpx.Client
    """With the cookies of its browser, and with the address of the server as ``base_url``."""
    shown_to: str
    """As the page handed it to the component."""
    items: list[Item] = field(default_factory=list)
    """The answers in the browser: the one on the screen, then what is kept ahead."""
    waiting: deque[dict[str, Any]] = field(default_factory=deque)
    """Acts that were not acknowledged yet."""
    receipts: dict[str, Item] = field(default_factory=dict)
    """The server's receipts, each by the request that it is for."""
    said: dict[str, Any] = field(default_factory=dict)
    """The last deck that came: progress, guidelines, why nothing is there."""

    @property
    def shown(self) -> Item | None:
        """The answer on the screen."""
        return self.items[0] if self.items else None

    @property
    def have(self) -> list[int]:
        """The numbers of the answers in the browser."""
        return [item["id"] for item in self.items]

    def ask(self, name: str, **body: Any) -> dict[str, Any]:
        """Call one route, once.

        Raises:
            Refused: whatever the server answered that is not done.
            httpx.TransportError: no answer came.
        """
        answer = self.client.post(f"/desk/{name}", json={"shown_to": self.shown_to, **body})
        said: dict[str, Any] = answer.json()
        if answer.status_code >= 400:
            raise Refused(answer.status_code, said)
        return said

    def open(self, item: int | None = None) -> "Desk":
        """As the page does when it is loaded: nothing is in the browser, the first answer that comes is shown."""
        self._take(self.ask("next", shown=None, open=item))
        return self

    def show(self, item: Item) -> None:
        """Bring another answer to the screen, as arrows, undo and a choice among several do."""
        self.items = [item, *(one for one in self.items if one["id"] != item["id"])]

    def press(self, act: str | int, **how: Any) -> dict[str, Any]:
        """Press a key for the answer on the screen: the next one is shown, the act waits to be sent."""
        item = self.items.pop(0)
        what = str(act) if isinstance(act, int) else act
        body: dict[str, Any] = {
            "act": "rate" if isinstance(act, int) else act,
            "item": item["id"],
            "request": f"{item['request']}:{what}",
            "showing": item["showing"],
            "comment": "",
            "flag": False,
            "reason": "",
            "shown_ms": READ_MS,
            "guideline_version": (self.said.get("guidelines") or {}).get("number"),
        }
        if isinstance(act, int):
            body["rating"] = act
        elif act == "keep":
            body["rating"] = item["rating"]
        body |= how
        self.waiting.append(body)
        return body

    def send_once(self) -> Item:
        """Send the act that waits longest; its receipt. It goes on waiting where none came.

        Raises:
            Refused, httpx.TransportError: as ``ask``. What is refused for good waits no longer.
        """
        act = self.waiting[0]
        shown = self.items[0]["id"] if self.items else None
        try:
            answer = self.ask("act", **act, shown=shown)
        except Refused as refused:
            if refused.status not in AGAIN:
                self.waiting.popleft()
            raise
        self.waiting.popleft()
        receipt: Item = answer["receipt"]
        self.receipts[act["request"]] = receipt
        if answer["items"] is not None:
            self._take(answer)
        return receipt

    def send(self, patience: float = PATIENCE) -> None:
        """Send everything that waits, each act until it is acknowledged.

        Raises:
            Refused: for good, or for longer than that.
        """
        until, pause = time.monotonic() + patience, threading.Event()
        while self.waiting:
            try:
                self.send_once()
            except (Refused, httpx.TransportError) as error:
                if (isinstance(error, Refused) and error.status not in AGAIN) or time.monotonic() > until:
                    raise
                pause.wait(0.02)

    def act(self, what: str | int, **how: Any) -> Item:
        """Press a key and wait for the receipt."""
        request = self.press(what, **how)["request"]
        self.send()
        return self.receipts[request]

    def rate(self, value: int, **how: Any) -> Item:
        """Rate the answer on the screen; the receipt."""
        return self.act(value, **how)

    def undo(self) -> dict[str, Any]:
        """U: take back the last act; the answer that it was for is on the screen again."""
        done = self.ask("undo", request=f"{uuid4().hex}:undo")
        if done["item"] is not None:
            self.show(done["item"])
        return done

    def step(self, way: str, *, retracing: bool = False) -> dict[str, Any]:
        """``back`` or ``forward`` from the answer on the screen; what the server said."""
        done = self.ask(way, at=self.items[0]["id"] if self.items else None, retracing=retracing)
        if done["item"] is not None:
            self.show(done["item"])
        return done

    def close(self) -> None:
        """As a tab that is closed does: what was never shown is given back."""
        if self.have[1:]:
            self.ask("release", items=self.have[1:])

    def _take(self, deck: dict[str, Any]) -> None:
        self.said, self.items = deck, list(deck["items"])


def words(item: Item) -> str:
    """The texts of an answer as they are sent."""
    return str([item["turns"], item["prompt"], item["answer"]])


def rate_to_the_end(desk: Desk, value: Callable[[int], int]) -> dict[int, Item]:
    """Rate until nothing waits for anybody; the receipts by answer.

    While what is left is on other raters' screens it looks again, as the page does.
    """
    done: dict[int, Item] = {}
    until, pause = time.monotonic() + PATIENCE, threading.Event()
    while time.monotonic() < until:
        if desk.shown is None:
            desk.open()
        if desk.shown is not None:
            number = desk.shown["id"]
            done[number] = desk.rate(value(number))
        elif desk.said["why_empty"]["kind"] == "others":
            pause.wait(0.05)
        else:
            return done
    raise AssertionError(f"no end was reached: {desk.said}")


OpenDesk = Callable[[str, Workspace, str], Desk]
"""At which dashboard, on which database, under which name; the first answer is on the screen then."""


@contextmanager
def raters_desks() -> Iterator[OpenDesk]:
    """Opens desks, each in a browser of its own."""
    with ExitStack() as opened:

        def open_one(url: str, workspace: Workspace, name: str) -> Desk:
            client = opened.enter_context(httpx.Client(base_url=url, headers={"origin": url}, timeout=PATIENCE))
            client.get("/rate", headers={"accept": "text/html"}).raise_for_status()
            local_names.rate_as(workspace, client.cookies[COOKIE], name)
            return Desk(client, component_data(client)["shown_to"]).open()

        yield open_one


def component_data(client: httpx.Client, trust: ssl.SSLContext | None = None) -> dict[str, Any]:
    """What the Rate page hands to its component, asked for as a browser does; ``trust`` where it is asked over TLS."""
    url = str(client.base_url).rstrip("/")
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    token = client.cookies.get("_streamlit_xsrf")  # without it a sign-in counts for nothing
    with connect(
        f"{url.replace('http', 'ws', 1)}/_stcore/stream",
        ssl=trust,
        subprotocols=[Subprotocol(name) for name in ("streamlit", token) if name],
        additional_headers={"Cookie": cookies},
        origin=Origin(url),
        max_size=2**25,
    ) as socket:
        message = BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.page_name = "rate"
        socket.send(message.SerializeToString())
        while True:
            received = socket.recv(PATIENCE)
            assert isinstance(received, bytes)
            got = ForwardMsg.FromString(received)
            if got.delta.new_element.bidi_component.json:
                data: dict[str, Any] = json.loads(got.delta.new_element.bidi_component.json)
                if "shown_to" in data:
                    return data
            finished = got.WhichOneof("type") == "script_finished"
            assert not finished or got.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN, "the page shows no desk"
