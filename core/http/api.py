"""The routes of the API: rankings as Cohere's clients ask for them, what programs send, health, readiness, OpenAPI."""

import logging
import time
import traceback
import uuid
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from core.domain.errors import AssayError, BadInput, Collision, Conflict, NotFound
from core.domain.roles import PROGRAM, THIS_MACHINE, KeyScope
from core.http import dialects, origin, responses
from core.http.openapi import DOCUMENT
from core.http.origin import KEYED_PATHS, PAGE_AND_CALL, RERANK_PATHS, Caller
from core.http.outcomes import OutcomeRoutes
from core.http.readiness import SENTENCES, ModelWarmer, State
from core.http.request_log import RequestLog, note, request_id
from core.http.rerank_request import CHAMPION, BodyAdmission, RerankRequest, read_body
from core.http.responses import Refused, answer
from core.http.scheduler import ScoringQueue, Work
from core.http.together import Together
from core.services.people.api_keys import Checked, KeyRing
from core.services.reranking import reranking, usage
from core.services.workspace import Workspace
from core.serving.reranker import Ranking

log = logging.getLogger(__name__)

PLACES = ("/healthz", "/readyz", "/openapi.json", "/v1", "/v1/{rest:path}", "/v2", "/v2/{rest:path}")
"""What belongs to the API on a server that has pages too; everything under it answers JSON, also 404 and 405."""

WRITE_SECONDS = 5.0
NOTING_SECONDS = 0.2
"""Between two writes of what was ranked: feedback finds a ranking a second later from every process."""
KEY_WAITS = (
    "A backup was put back on this server, and since then this key waits until a lead confirms it: under Settings, API "
    "keys, or with: python -m core keys confirm"
)
SEND_AGAIN = ". What you sent may be stored in part. Send it again, with the same ids: nothing is stored twice."


class Api:
    """The API on one database; ``routes`` go into a server, ``run`` beside it for as long as it runs."""

    def __init__(
        self,
        open_workspace: Callable[[], Workspace],
        *,
        turns: ScoringQueue | None = None,
        reading: BodyAdmission | None = None,
    ) -> None:
        self._open = open_workspace
        self._turns = turns or ScoringQueue()
        self._reading = reading or BodyAdmission()
        self._outcomes = OutcomeRoutes()
        self._noted = anyio.Event()
        self._keys: KeyRing | None = None
        self._admissions = Together(self._checked)
        self._doubting = anyio.CapacityLimiter(1)
        self.warmer = ModelWarmer(open_workspace, self._turns.pace)
        inner = Starlette(
            routes=[
                Route("/healthz", self._healthz),
                Route("/readyz", self._readyz),
                Route("/openapi.json", self._openapi),
                Route("/v1/openapi.json", self._openapi),
                *(Route(path, self._guarded(self._rerank), methods=["POST"]) for path in RERANK_PATHS),
                Route("/v1/interactions", self._guarded(self._interactions), methods=["POST"]),
                Route("/v1/feedback", self._guarded(self._feedback), methods=["POST"]),
            ],
            exception_handlers={HTTPException: no_such_route},
        )
        inner.router.redirect_slashes = False
        self.app = RequestLog(inner)

    @property
    def routes(self) -> list[BaseRoute]:
        """To be put into a server; paths arrive whole, so that the API answers for everything under its places."""
        return [Route(PAGE_AND_CALL, self.app, methods=["POST"]), *(Route(path, self.app) for path in PLACES)]

    async def run(self) -> None:
        """The background work; ends only when it is cancelled, and writes what is still to be written."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self.warmer.keep)
                tasks.start_soon(self._write_for_ever)
                tasks.start_soon(self._write_rankings)
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(self._write)

    async def _write_for_ever(self) -> None:
        while True:
            await anyio.sleep(WRITE_SECONDS)
            await anyio.to_thread.run_sync(self._write)

    async def _write_rankings(self) -> None:
        """Keep what was ranked soon after, so that feedback finds it; nobody waits for it."""
        while True:
            await self._noted.wait()
            self._noted = anyio.Event()
            await anyio.to_thread.run_sync(self._write_notes)
            await anyio.sleep(NOTING_SECONDS)

    def _write_notes(self) -> None:
        try:
            usage.log_of(self._open()).write()
        except Exception as error:  # noqa: BLE001  the server must not end because its notes cannot be kept
            log.warning("what was ranked could not be noted: %s", type(error).__name__)

    def _write(self) -> None:
        """Keep what was ranked and when keys were used: off the path of requests, many at once."""
        self._write_notes()
        try:
            if self._keys is not None:
                self._keys.write_uses()
        except Exception as error:  # noqa: BLE001  as above
            log.warning("when keys were used could not be noted: %s", type(error).__name__)

    async def _healthz(self, request: Request) -> Response:
        return answer({"status": "ok"})

    async def _readyz(self, request: Request) -> Response:
        readiness = self.warmer.readiness
        facts = {"status": str(readiness.state), "model_version": readiness.model_version}
        if readiness.sentence is None:
            return answer(facts)
        return answer({**facts, "error": readiness.sentence, "message": readiness.sentence}, 503)

    async def _openapi(self, request: Request) -> Response:
        return answer(DOCUMENT)

    async def _rerank(self, request: Request) -> Response:
        workspace, admitted = await self._admit(request, KeyScope.RANK)
        caller = admitted.share
        with self._reading.of(caller, request):
            body = await read_body(request)
            dialect = dialects.dialect_of(request.scope["path"], body)
            question = dialect.parse(body)
            if question.store:
                admitted.require(KeyScope.SEND)
                self._outcomes.count_answers(admitted, len(question.documents))
            note(request.scope, documents=len(question.documents), characters=question.characters)

            def unread(texts: Sequence[str]) -> Sequence[int]:
                return reranking.ranker_for(workspace, question.model).unread(question.query, texts)

            rank = partial(
                reranking.rank,
                workspace,
                PROGRAM,
                question.query,
                model_version=question.model,
                abstain=question.abstain,
                guarantee=question.guarantee,
            )
            work = Work(question.documents, unread, rank)
            parts = await self._turns.measured(caller, work)
        began = time.perf_counter()
        ranking = await self._turns.score(caller, work, parts, partial(_gone, request))
        seconds = time.perf_counter() - began
        if ranking.model_version is None:
            usage.log_of(workspace).note("api", ranking, seconds)
            raise Refused(503, SENTENCES[State.NO_MODEL if ranking.no_champion else State.BROKEN])
        note(request.scope, model_version=ranking.model_version, fallback=ranking.fallback)
        rerank_id = str(uuid.uuid4())
        found = _found(rerank_id, question, ranking)
        if question.store:
            found["meta"]["stored"] = await self._outcomes.keep_ranked(
                workspace, admitted, rerank_id, question, abstained=ranking.unsure
            )
        named = usage.Named(rerank_id, admitted.application, question.query)
        usage.log_of(workspace).note("api", ranking, seconds, named)
        self._noted.set()
        return answer(dialect.written(found))

    async def _interactions(self, request: Request) -> Response:
        return await self._outcomes.interactions(request, *await self._admit(request, KeyScope.SEND))

    async def _feedback(self, request: Request) -> Response:
        return await self._outcomes.feedback(request, *await self._admit(request, KeyScope.SEND))

    async def would_admit(self, scope: Scope) -> bool:
        """Whether a request may pass although many with wrong keys came from its address; asks no database for it."""
        if scope["path"] not in KEYED_PATHS:  # holds no data, so there is nothing to guess
            return True
        try:
            ring = self._ring(await anyio.to_thread.run_sync(self._open, limiter=self._doubting))
        except AssayError:
            return False
        given = _key(Headers(scope=scope))
        opens = await anyio.to_thread.run_sync(ring.would_open, given, limiter=self._doubting)
        return opens if given else opens and origin.why_not_local(scope) is None

    def _ring(self, workspace: Workspace) -> KeyRing:
        if self._keys is None:
            self._keys = KeyRing(workspace)
        return self._keys

    async def _admit(self, request: Request, scope: KeyScope) -> tuple[Workspace, Caller]:
        """Let a request pass that has a valid key with this scope, or needs none.

        Raises:
            Refused: 401, 403 or 415.
        """
        given = _key(request.headers)
        workspace, checked = await self._admissions.ask(given)
        note(request.scope, key=checked.key_id)
        if checked.any_made:
            if checked.waits:
                raise Refused(401, KEY_WAITS, {"www-authenticate": "Bearer"})
            if checked.key_id is None:
                raise _unauthorised("This key is unknown or was revoked." if given else "This call needs an API key.")
        elif (reason := origin.why_not_local(request.scope)) is not None:
            raise _unauthorised(f"This call needs an API key: {reason}.")
        caller = (
            Caller(THIS_MACHINE, THIS_MACHINE, frozenset(KeyScope))
            if checked.name is None
            else Caller(f"key {checked.key_id}", checked.name, checked.scopes)
        )
        caller.require(scope)
        if not origin.is_json(request.headers):
            raise Refused(415, "Send JSON, with the header Content-Type: application/json.")
        return workspace, caller

    def _checked(self, keys: Sequence[str | None]) -> list[tuple[Workspace, Checked] | AssayError]:
        """The database, and what is known of the keys of several calls."""
        workspace = self._open()
        found = self._ring(workspace).check_all(keys)
        return [one if isinstance(one, AssayError) else (workspace, one) for one in found]

    def _guarded(self, handle: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """The one error boundary of the API: whatever goes wrong becomes a sentence."""

        async def guarded(request: Request) -> Response:
            error = dialects.error if request.scope["path"] == PAGE_AND_CALL else responses.error
            try:
                return await handle(request)
            except Refused as refused:
                return error(refused.status, refused.sentence, refused.headers)
            except NotFound as missing:
                return error(404, str(missing))
            except BadInput as bad:
                return error(400, str(bad))
            except Collision as collided:
                return error(503, str(collided))
            except Conflict as conflict:
                return error(409, str(conflict))
            except AssayError as failure:
                log.warning("request %s failed: %s", request_id(request.scope), failure.in_full)
                again = SEND_AGAIN if request.scope["path"] in origin.SENDING_PATHS else ""
                return error(503, SENTENCES[State.NO_DATABASE] + again)
            except Exception as failure:  # noqa: BLE001  the boundary
                where = traceback.extract_tb(failure.__traceback__)[-1]  # its message may hold a text
                number = request_id(request.scope)
                kind = type(failure).__name__
                log.error("request %s failed: %s in %s, line %s", number, kind, where.filename, where.lineno)
                return error(500, f"Something went wrong here; the server's log says more under {number}. Try again.")

        return guarded


def _key(headers: Headers) -> str | None:
    """The key that was sent, right or not."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


async def _gone(request: Request) -> None:
    """Return once the client of a request, whose body was read, has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _found(number: str, question: RerankRequest, ranking: Ranking) -> dict[str, Any]:
    sure = ranking.certainty
    results: list[dict[str, Any]] = []
    for index in ranking.order[: question.top_n]:
        results.append({"index": index, "relevance_score": ranking.scores[index]})
        if question.return_documents:
            results[-1]["document"] = {"text": question.documents[index]}
        if question.certainty:
            meaning = None if sure is None else sure.meanings[index]
            results[-1]["meaning"] = None if meaning is None else {"good": meaning.good, "of": meaning.n}
            results[-1]["windows"] = ranking.windows[index]
    meta: dict[str, Any] = {
        "model_version": ranking.model_version,
        "fallback": ranking.fallback,
        "truncated": list(ranking.truncated),
    }
    if ranking.ignores_own_data:
        meta["sample"] = True
    if question.abstain:
        meta["abstained"] = ranking.abstained
    if ranking.guarantee is not None:
        meta["guarantee"] = ranking.guarantee.to_json()
    if question.certainty:
        meta["too_close"] = None if sure is None else sure.too_close
        meta["outside"] = None if sure is None else sure.outside
        meta["doubt"] = None if sure is None else sure.doubt
    return {"id": number, "model": question.model or CHAMPION, "results": results, "meta": meta}


def _unauthorised(sentence: str) -> Refused:
    return Refused(
        401,
        f"{sentence} A lead makes keys in the dashboard (Settings, API keys) or with: python -m core keys create NAME. "
        "Send it as the header Authorization: Bearer KEY.",
        {"www-authenticate": "Bearer"},
    )


async def no_such_route(request: Request, missing: Exception) -> Response:
    """JSON for an address or a method that does not exist."""
    assert isinstance(missing, HTTPException)
    if missing.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (missing.headers or {}).get("Allow", "")
        return responses.error(405, f"{request.method} is not understood here; use {allowed}.", missing.headers)
    return responses.error(missing.status_code, "There is nothing at this address. /openapi.json says what there is.")
