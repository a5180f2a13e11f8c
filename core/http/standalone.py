"""The API without the dashboard, in as many processes as wanted: `python -m core serve`."""

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from core.domain.errors import BadInput
from core.http.api import Api, no_such_route
from core.http.connections import Connection
from core.http.limits import IDLE_SECONDS
from core.http.origin import is_loopback
from core.http.request_log import to_stderr
from core.http.security import Rules, Safety
from core.services.people import api_keys
from core.services.runtime import runtime
from core.services.workspace import open_workspace

STOP_SECONDS = 10


def check(host: str, port: int) -> None:
    """Make the database usable, and refuse an address that should not or cannot be used.

    Raises:
        BadInput: another machine could call and there is no key, or the address cannot be used.
        AssayError: the database cannot be used.
    """
    workspace = open_workspace()  # creates what is missing once, before there are several
    if not is_loopback(host) and not api_keys.valid(workspace):
        raise BadInput(
            f"On {host} other machines can call, and there is no key yet that they could be asked for. "
            "Make one first: python -m core keys create NAME"
        )
    workspace.store.engine.dispose()
    _free(host, port)


def serve(host: str, port: int, workers: int) -> None:
    """Answer on this address until the process is told to stop."""
    # each worker has a model of its own; together they shall not want more cores than there are
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))
    uvicorn.run(
        "core.http.standalone:make_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
        http=Connection,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def make_app() -> Starlette:
    """The application of one worker process."""
    to_stderr()
    api = Api(runtime.workspace)

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(api.run)
            yield
            tasks.cancel_scope.cancel()

    return Starlette(
        routes=api.routes,
        lifespan=lifespan,
        exception_handlers={HTTPException: no_such_route},
        middleware=[Middleware(Safety, rules=Rules(only_api=True, would_admit=api.would_admit))],
    )


def _free(host: str, port: int) -> None:
    """Make sure that the address can be used, so that it is a sentence and not a log when it cannot."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind, protocol)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise BadInput(
            f"{host}, port {port}, cannot be used ({error.strerror}). Choose another with --host or --port."
        ) from error
