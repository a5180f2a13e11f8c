"""What programs send back: answers, and feedback of users."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from core.domain.errors import AssayError
from core.domain.outcomes.feedback import Said, read_feedback
from core.domain.outcomes.sent_answers import MAX_SENT
from core.domain.roles import SENDER
from core.http.json_body import read_json
from core.http.limits import (
    ANSWERS_A_MINUTE,
    ANSWERS_AT_ONCE,
    FEEDBACK_A_MINUTE,
    FEEDBACK_AT_ONCE,
    MAX_FEEDBACK_BYTES,
    MAX_FEEDBACK_WAITING,
    MAX_SENT_BODIES,
    MAX_SENT_BYTES,
    MAX_SENT_BYTES_AT_ONCE,
)
from core.http.origin import Caller
from core.http.rate_limit import Rate
from core.http.request_log import note
from core.http.rerank_request import BodyAdmission, RerankRequest
from core.http.responses import Refused, answer
from core.http.together import Together
from core.services.outcomes import feedback, sending
from core.services.workspace import Workspace


class OutcomeRoutes:
    """Takes in what was sent, a bounded amount at once: a caller holds its room until its answers are stored."""

    def __init__(self) -> None:
        self._answers = Rate(ANSWERS_A_MINUTE, ANSWERS_AT_ONCE)
        self._bodies = BodyAdmission(bodies=MAX_SENT_BODIES, size=MAX_SENT_BYTES_AT_ONCE)
        self._said = BodyAdmission(bodies=MAX_FEEDBACK_WAITING, size=MAX_FEEDBACK_WAITING * MAX_FEEDBACK_BYTES)
        self._feedback_rate = Rate(FEEDBACK_A_MINUTE, FEEDBACK_AT_ONCE)
        # of its own: a database that hangs must not hold the threads that serve the dashboard's files
        self._threads = anyio.CapacityLimiter(4)
        self._commits = Together(_given)

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
            self.count_answers(caller, min(len(rows), MAX_SENT))
            store = partial(sending.send, workspace, SENDER, caller.application, rows)
            sent = await anyio.to_thread.run_sync(store, limiter=self._threads)
        note(request.scope, stored=sent.stored, known=sent.known, refused=len(sent.refused))
        return answer(sent.to_json())

    async def feedback(self, request: Request, workspace: Workspace, caller: Caller) -> Response:
        """Store what a user said; answered after the commit. A call holds its place in the line until then.

        Raises:
            Refused: 400, 408, 409, 413 or 429, and nothing was stored.
            NotFound: the application has no such answer or ranking.
        """
        self._feedback_rate.take(caller.application)
        with self._said.of(caller.share, request, most=MAX_FEEDBACK_BYTES):
            said = read_feedback(
                await read_json(request, most=MAX_FEEDBACK_BYTES, advice="Send a shorter comment. Nothing was stored.")
            )
            given = await self._commits.ask((workspace, caller.application, said))
        note(request.scope, stored=int(given.stored), known=int(not given.stored))
        return answer(given.to_json())

    def count_answers(self, caller: Caller, number: int) -> None:
        """Count answers that an application wants to be stored.

        Raises:
            Refused: 429, it sent too many within a minute.
        """
        self._answers.take(caller.application, number)

    async def keep_ranked(
        self, workspace: Workspace, caller: Caller, rerank_id: str, question: RerankRequest, *, abstained: bool
    ) -> int:
        """Store the answers of a ranking under its id and their indices, to be rated; how many are stored now.

        Blank ones, and others that cannot be rated, are left out.
        """
        rows = [
            {"id": f"{rerank_id}:{index}", "prompt": question.query, "response": document}
            for index, document in enumerate(question.documents)
        ]
        store = partial(sending.send, workspace, SENDER, caller.application, rows, abstained=abstained)
        return (await anyio.to_thread.run_sync(store, limiter=self._threads)).stored


def _given(asked: Sequence[tuple[Workspace, str, Said]]) -> list[feedback.Given | AssayError]:
    """Keep what several calls brought, in one commit."""
    return feedback.give_all(asked[-1][0], SENDER, [(application, said) for _, application, said in asked])


def parse_interactions(body: Any) -> list[Any]:
    """The answers of a request, not yet looked at.

    Raises:
        Refused: 400, the body is not an object with a list of them.
    """
    rows = body.get("interactions") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise Refused(
            400,
            'The body must be a JSON object: {"interactions": [{"id": "...", "prompt": "...", "response": "..."}]}. '
            "Nothing was stored.",
        )
    return rows
