"""The routes under /desk: what the pages Rate and A or B ask and tell while somebody rates, beside Streamlit.

Everything is POST, JSON in and out. A request passes only from a page of ours, from the person for whom that page was
drawn, with their role as it is now; who that is, is read from the same cookies as for pages.
"""

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from core.domain.errors import (
    AssayError,
    BadInput,
    BadSetting,
    Collision,
    Conflict,
    NotFound,
    TextChanged,
    Unavailable,
)
from core.domain.roles import Act, NotAllowed, User, require
from core.domain.texts import plural
from core.http.json_body import read_json
from core.http.origin import is_json, same_origin
from core.http.rate_limit import Rate
from core.http.responses import Refused, answer
from core.services.people.sign_in import Entry, Why
from core.services.workspace import Workspace
from core.ui.comparisons import acts as pairs
from core.ui.rate import acts
from core.ui.rate.acts import Asked
from core.ui.rate.items import Counts
from core.ui.rate.requests import Fields
from core.ui.shell import errors, identity
from core.ui.shell.gate import REASONS

PLACE = "/desk"
MOST_BYTES = 150_000
"""Of a body: a comment of 10,000 characters has 120,000 where each is spelt as two escapes."""
MOST_BYTES_WRITTEN = 2_000_000
"""Of a body with an answer; what escapes make of the longest fits."""
THREADS = 8
NO_NAME = "This browser has no name any more, so it is not known who rates. Nothing was saved. Choose your name first."
FOREIGN = "This was not sent by a page of this server, so it was refused."
NO_JSON = "This address takes JSON only."
CODES = {
    400: "bad_input",
    401: "signed_out",
    403: "not_allowed",
    404: "gone",
    405: "bad_input",
    409: "conflict",
    413: "too_large",
    429: "too_many",
    500: "failed",
    503: "unavailable",
}
_STATUS: list[tuple[type[AssayError], int]] = [
    (BadSetting, 503),
    (NotFound, 404),
    (BadInput, 400),
    (Collision, 503),  # an accident of the moment: sent again it succeeds
    (Conflict, 409),
    (NotAllowed, 403),
    (Unavailable, 503),
]
"""The first that fits; whatever else fails is a 500."""


@dataclass(frozen=True, slots=True)
class DeskRoute:
    """What a route does."""

    act: Callable[[Asked], acts.Answer]
    acting: bool = True
    """Whether a person did something: what a timer sends is no sign of life for their sign-in."""
    needs: Act | None = Act.RATE
    most: int = MOST_BYTES
    text: str = "comment"
    """What is long where a body is longer than ``most`` bytes."""


ROUTES = {
    "next": DeskRoute(acts.next_answers, acting=False),
    "act": DeskRoute(acts.act),
    "better": DeskRoute(acts.better, most=MOST_BYTES_WRITTEN, text="answer"),
    "undo": DeskRoute(acts.undo),
    "back": DeskRoute(acts.back),
    "forward": DeskRoute(acts.forward),
    "draft": DeskRoute(acts.draft, acting=False),
    "renew": DeskRoute(acts.renew, acting=False),
    "release": DeskRoute(acts.release, acting=False),
    "compare": DeskRoute(acts.compare),
    "item": DeskRoute(acts.item, acting=False),
    "reveal": DeskRoute(acts.reveal),
    "queue": DeskRoute(acts.queue_choice),
    "choose": DeskRoute(acts.choose),
    "leave": DeskRoute(acts.leave, needs=None),
    "pairs/next": DeskRoute(pairs.next_pairs, acting=False),
    "pairs/act": DeskRoute(pairs.act),
    "pairs/undo": DeskRoute(pairs.undo),
    "pairs/renew": DeskRoute(pairs.renew, acting=False),
    "pairs/release": DeskRoute(pairs.release, acting=False),
    "pairs/item": DeskRoute(pairs.item, acting=False),
    "pairs/reveal": DeskRoute(pairs.reveal),
}


class Desk:
    """The routes on one database; ``mount`` goes into a server."""

    def __init__(self, open_workspace: Callable[[], Workspace], *, pace: Rate | None = None) -> None:
        self._open = open_workspace
        self._counts = Counts()
        self._pace = pace or Rate(1_200, 300)  # of one person; those of one address are counted before everything
        self._pacing = threading.Lock()
        # of its own: a database that hangs must not hold the threads that serve the dashboard's files
        self._threads = anyio.CapacityLimiter(THREADS)
        routes = [Route(f"/{name}", partial(self._answer, route), methods=["POST"]) for name, route in ROUTES.items()]
        app = Starlette(routes=routes, exception_handlers={HTTPException: _nothing_here})
        app.router.redirect_slashes = False
        self.mount = Mount(PLACE, app=app)

    async def _answer(self, route: DeskRoute, request: Request) -> Response:
        try:
            _check_sender(request)
            body = await read_json(request, most=route.most, advice=f"Please shorten the {route.text}.")
            return await anyio.to_thread.run_sync(self._carry_out, route, request, body, limiter=self._threads)
        except Refused as error:
            # too slow or cut off: sent again it may arrive
            return _refusal(503 if error.status in (408, 499) else error.status, error.sentence, headers=error.headers)

    def _carry_out(self, route: DeskRoute, request: Request, body: Any) -> Response:
        try:
            said = Fields.of(body)
            workspace = self._open()
            entry = identity.entry_of(workspace, request, acting=route.acting)
            if entry.user is None:
                return _closed(entry)
            wait = self._wait(entry.user)
            if wait:
                seconds = math.ceil(wait)
                sentence = f"Too many requests from you. Try again in {plural(seconds, 'second')}."
                return _refusal(429, sentence, headers={"retry-after": str(seconds)})
            if route.needs is not None:
                require(entry.user, route.needs)
            if said.text("shown_to") != identity.shown_to(entry):
                return _refusal(409, errors.CHANGED, code="changed_person")
            asked = Asked(workspace, entry.user, said, self._counts, entry.sign_in)
            try:
                return answer(route.act(asked))
            except TextChanged as error:
                now = acts.changed_item(asked, error)
                return _refusal(409, _sentence(error), code="text_changed", item=now)
        except Exception as error:  # noqa: BLE001  this is the boundary
            return _failure(error)

    def _wait(self, user: User) -> float:
        with self._pacing:
            return self._pace.wait(user.key)


def _check_sender(request: Request) -> None:
    """Let pass what a page of ours sent.

    Browsers name the page's origin on every POST, whoever asks for it, and ask before they send JSON elsewhere.
    """
    hosts, origins = request.headers.getlist("host"), request.headers.getlist("origin")
    ours = len(hosts) == len(origins) == 1 and same_origin(origins[0], hosts[0])
    if not ours or request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Refused(403, FOREIGN)
    if not is_json(request.headers):
        raise Refused(400, NO_JSON)


def _closed(entry: Entry) -> Response:
    if entry.why is None:
        return _refusal(401, NO_NAME)
    title, words = REASONS[entry.why]
    ended = entry.why in (Why.NOBODY, Why.SIGNED_OUT, Why.EXPIRED)
    return _refusal(401 if ended else 403, f"{title}. {words}")


def _failure(error: Exception) -> Response:
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    return _refusal(status, _sentence(error))


def _sentence(error: Exception) -> str:
    return errors.describe(error).sentence


def _refusal(
    status: int, sentence: str, *, code: str | None = None, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    told = {"error": sentence, "message": sentence, "code": code or CODES[status], **more}
    return answer(told, status, headers)


async def _nothing_here(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == 405:
        return _refusal(405, "This address takes POST only.", headers={"allow": "POST"})
    return _refusal(404, "There is nothing at this address.")
