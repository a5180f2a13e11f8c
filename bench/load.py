"""A rater without a browser: speaks the dashboard's own websocket protocol, on this machine only.

It opens the Rate page, waits as a person who reads would, presses a rating button and measures how long it takes until
the next answer has arrived completely. Only loopback addresses are possible, and every run is bounded.
"""

import asyncio
import http.client
import random
import re
import time
from dataclasses import dataclass, field
from itertools import chain

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60.0
RATING_BUTTON = re.compile(r"-rate\.key(\d)\.(\d+)$")


@dataclass
class Rater:
    """One open tab on the Rate page."""

    port: int
    cookie: str
    socket: ClientConnection | None = None
    buttons: dict[str, str] = field(default_factory=dict)
    """Key of the rating ("4") to the id of its button, for the answer on the screen."""
    fragment: str = ""
    visit: int = -1

    async def open(self) -> None:
        """Open the Rate page and wait until the first answer is there."""
        self.socket = await connect(
            f"ws://{HOST}:{self.port}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers={"Cookie": self.cookie},
            origin=f"http://{HOST}:{self.port}",  # type: ignore[arg-type]
            max_size=2**25,
        )
        message = BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.page_name = "rate"
        await self.socket.send(message.SerializeToString())
        await self._until_finished()
        if not self.buttons:
            raise RuntimeError("the Rate page shows no answer to rate")

    async def rate(self, value: int) -> float:
        """Press one rating; seconds until the next answer is there.

        Raises:
            RuntimeError: the same answer is still there, so nothing was saved.
        """
        assert self.socket is not None
        before = self.visit
        message = BackMsg()
        pressed = message.rerun_script.widget_states.widgets.add()
        pressed.id, pressed.trigger_value = self.buttons[str(value)], True
        message.rerun_script.fragment_id = self.fragment
        message.rerun_script.page_name = "rate"
        began = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        await self._until_finished()
        took = time.perf_counter() - began
        if self.visit == before:
            raise RuntimeError("the rating was not taken")
        return took

    async def close(self) -> None:
        """Close the tab."""
        if self.socket is not None:
            await self.socket.close()

    async def _until_finished(self) -> None:
        assert self.socket is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                received = await self.socket.recv()
                assert isinstance(received, bytes)
                message = ForwardMsg.FromString(received)
                kind = message.WhichOneof("type")
                if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                    self._see(message)
                elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return

    def _see(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        found = RATING_BUTTON.search(element.button.id) if element.WhichOneof("type") == "button" else None
        if found:
            self.buttons[found[1]], self.visit = element.button.id, int(found[2])
            self.fragment = message.delta.fragment_id


def new_browser(port: int) -> str:
    """The cookies that the server gives to a new browser, as a header."""
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/rate")
        response = connection.getresponse()
        response.read()
        return "; ".join(cookie.split(";")[0] for cookie in response.headers.get_all("Set-Cookie") or [])
    finally:
        connection.close()


async def rate_at_once(port: int, cookies: list[str], *, each: int, think: float = 1.0) -> list[float]:
    """Let as many raters as there are cookies rate ``each`` answers side by side; the seconds of every rating."""
    times = await asyncio.gather(*(_one(port, cookie, each, think) for cookie in cookies))
    return sorted(chain.from_iterable(times))


async def _one(port: int, cookie: str, each: int, think: float) -> list[float]:
    draw = random.Random(cookie)
    rater = Rater(port, cookie)
    await rater.open()
    times = []
    for _ in range(each):
        await asyncio.sleep(think * draw.uniform(0.6, 1.4))
        times.append(await rater.rate(draw.randint(1, 5)))
    await rater.close()
    return times
