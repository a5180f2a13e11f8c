"""What programs send back: answers, and feedback of users."""

from functools import partial

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from core.domain.roles import SENDER
from core.http.json_body import read_json
from core.http.limits import MAX_SENT_BODIES, MAX_SENT_BYTES, MAX_SENT_BYTES_AT_ONCE
from core.http.origin import Caller
from core.http.outcome_requests import parse_interactions
from core.http.request_log import note
from core.http.rerank_request import BodyAdmission
from core.http.responses import answer
from core.services.outcomes import sending
from core.services.workspace import Workspace


class OutcomeRoutes:
    """Takes in what was sent, a bounded amount at once: a caller holds its room until its answers are stored."""

    def __init__(self) -> None:
        self._bodies = BodyAdmission(bodies=MAX_SENT_BODIES, size=MAX_SENT_BYTES_AT_ONCE)
        # of its own: a database that hangs must not hold the threads that serve the dashboard's files
        self._threads = anyio.CapacityLimiter(4)

    async def interactions(self, request: Request, workspace: Workspace, caller: Caller) -> Response:
        """Store the answers of a request; bad ones are named in the answer, the others stored.

        Raises:
            Refused: 400, 408, 413 or 429, and nothing was stored.
        """
        with self._bodies.of(caller.share, request, most=MAX_SENT_BYTES):
            rows = parse_interactions(
                await read_json(request, most=MAX_SENT_BYTES, advice="Send fewer answers at once. Nothing was stored.")
            )
            note(request.scope, interactions=len(rows))
            store = partial(sending.send, workspace, SENDER, caller.application, rows)
            sent = await anyio.to_thread.run_sync(store, limiter=self._threads)
        note(request.scope, stored=sent.stored, known=sent.known, refused=len(sent.refused))
        return answer(sent.to_json())
