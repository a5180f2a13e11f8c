"""The whole application of Home.py in one process, and a browser's tabs on it without a browser.

Everything between the socket and the page is the real thing: middleware, cookies, sign-in, Streamlit's own protocol.
"""

import importlib
import json
import os
import pkgutil
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
from starlette.routing import Mount, WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

import core.ui
from core.ui import server

PLACE = "http://localhost:8501"
SECRET = "0123456789" * 5
PEOPLE = {"lea": "lead", "sam": "sme", "vic": "viewer"}
"""Who there is in ``home_with_people``, by what the provider calls them; also ``dis``, a lead whose access is off."""


def home_with_people(home: Path, port: int = 8501) -> dict[str, str]:
    """A home where people sign in, one for each role; the environment of a process that runs there."""
    from core.domain.roles import COMMAND_LINE, Role
    from core.services import accounts, importing
    from core.services.workspace import open_workspace
    from tests.databases import environment

    environ = environment("", home) | {"AUTH_MODE": "oidc"}
    workspace = open_workspace(environ)
    importing.load_sample(workspace, COMMAND_LINE)
    for name, role in PEOPLE.items():
        accounts.invite(workspace, COMMAND_LINE, f"{name}@example.org", Role(role), name=name.title())
    off = accounts.invite(workspace, COMMAND_LINE, "dis@example.org", Role.LEAD, name="Dis")
    accounts.set_disabled(workspace, COMMAND_LINE, off.rater_id, True)
    workspace.store.engine.dispose()
    secrets = home / "secrets.toml"
    secrets.touch(mode=0o600)
    secrets.write_text(
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\ncookie_secret = "{SECRET}"\n'
        'client_id = "assay"\nclient_secret = "not secret"\n'
        'server_metadata_url = "http://localhost:1/.well-known/openid-configuration"\n'
    )
    return environ | {"SECRETS_OF_THE_TEST": str(secrets)}


@contextmanager
def application() -> Iterator[TestClient]:
    """The application, once per process: Streamlit's runtime starts only once."""
    with TestClient(_home(), base_url=PLACE, client=("127.0.0.1", 5)) as client:
        yield client


def _home() -> Any:
    """The application, configured with the secrets of ``home_with_people``."""
    from streamlit import config

    config.set_option("secrets.files", [os.environ["SECRETS_OF_THE_TEST"]])
    import Home

    return Home.app


def sign_in(client: TestClient, name: str | None) -> None:
    """From now on the browser shows the cookie that the provider's answer would have given it; None for nobody."""
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    client.cookies.clear()
    client.get("/_stcore/host-config", headers={"origin": PLACE})
    client.get("/_stcore/health")
    if name is None:
        return
    said: dict[str, Any] = {
        "origin": PLACE, "is_logged_in": True, "iss": "http://localhost:1", "sub": name, "name": name.title(),
        "email": f"{name}@example.org", "email_verified": True, "iat": int(time.time()), "nonce": name,
    }  # fmt: skip
    client.cookies.set("_streamlit_user", create_signed_value(SECRET, "_streamlit_user", json.dumps(said)).decode())


@contextmanager
def tab(client: TestClient, page: str) -> Iterator[tuple[str, str]]:
    """Open a page as a new tab does: (the tab's number at the server, everything that the page says)."""
    token = client.cookies.get("_streamlit_xsrf") or ""
    with client.websocket_connect(
        "ws://localhost:8501/_stcore/stream", subprotocols=["streamlit", token], headers={"origin": PLACE}
    ) as socket:
        message = BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.page_name = "" if page == "home" else page
        socket.send_bytes(message.SerializeToString())
        yield _until_finished(socket)


def _until_finished(socket: WebSocketTestSession) -> tuple[str, str]:
    number, said = "", []
    while True:
        message = ForwardMsg.FromString(socket.receive_bytes())
        kind = message.WhichOneof("type")
        if kind == "new_session":
            number = message.new_session.initialize.session_id
        elif kind == "delta":
            said.append(str(message.delta))
        elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return number, "\n".join(said)


def first_requests(cases: list[tuple[str | None, str]]) -> None:
    """Answer each (person, page) as the first request of a process of its own: what it says, a JSON line each.

    The processes are forks of this one, which has imported everything and answered nothing.
    """
    _home()
    for module in pkgutil.iter_modules(core.ui.__path__):
        importlib.import_module(f"core.ui.{module.name}")
    for name, page in cases:
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            with application() as client:
                sign_in(client, name)
                with tab(client, page) as (_, said), os.fdopen(theirs, "w") as answer:
                    answer.write(json.dumps({"person": name, "page": page, "said": said}))
                os._exit(0)  # as in _answer
        os.close(theirs)
        with os.fdopen(ours) as answer:
            sys.stdout.write(answer.read() + "\n")
            sys.stdout.flush()
        os.waitpid(child, 0)


def every_route(people: list[str | None]) -> None:
    """Ask every route of the application by each of its methods as each person; the answers as one JSON line.

    Each person has a tab on Home, in whose name files are sent.
    """
    with application() as client:
        found: dict[str, list[int]] = {}
        for path, methods in _routes():
            for method in methods:
                found[f"{method} {path}"] = []
        for name in people:
            sign_in(client, name)
            with tab(client, "home") as (number, _):
                for asked, answers in found.items():
                    method, _, path = asked.partition(" ")
                    answers.append(_status(client, method, path, number))
        _answer(found)


def too_large_uploads(megabytes: int) -> None:
    """Send a file a little below the limit and one far above it, its length declared or not, from a tab that may import."""
    from streamlit import config

    _home()
    config.set_option("server.maxUploadSize", megabytes)
    rest = b"x" * (megabytes * 1024 * 1024 - 1000)
    with application() as client:
        sign_in(client, "lea")
        with tab(client, "data") as (number, _):
            place = f"/_stcore/upload_file/{number}/1.2"
            headers = {"origin": PLACE, "x-xsrftoken": client.cookies.get("_streamlit_xsrf") or ""}
            found = {"fits": client.put(place, headers=headers, files={"file": ("a.csv", rest)}).status_code}
            headers["content-type"] = "multipart/form-data; boundary=b"
            start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
            for name, content in (("declared", [start + 4 * rest]), ("undeclared", [start, *4 * [rest]])):
                body: Any = content[0] if name == "declared" else iter(content)
                found[name] = client.put(place, headers=headers, content=body).status_code
        _answer(found)


def _answer(found: Any) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)  # without the shutdown, which takes longer than all the rest


def _routes() -> Iterator[tuple[str, list[str]]]:
    inner: Any = server._api.app.app  # behind the places of the API
    yield server.KEYS_PATH, ["GET"]  # served by the middleware
    for route in [*_home()._starlette_app.routes, *inner.routes]:
        if isinstance(route, WebSocketRoute):
            yield route.path, ["WEBSOCKET"]
        elif isinstance(route, Mount):
            yield f"{route.path}/rate", ["GET"]
        else:
            methods = sorted((route.methods or {"GET", "POST"}) - {"HEAD", "OPTIONS"})
            yield route.path, methods


def _status(client: TestClient, method: str, path: str, number: str) -> int:
    real = path.format(session_id=number, file_id="1.2") if "{session_id}" in path else re.sub(r"{.*?}", "x", path)
    headers = {"origin": PLACE, "x-xsrftoken": client.cookies.get("_streamlit_xsrf") or ""}
    if method == "WEBSOCKET":
        with client.websocket_connect(f"ws://localhost:8501{real}", subprotocols=["streamlit"], headers=headers):
            return 101
    given: dict[str, Any] = {}
    if method == "PUT":
        given["files"] = {"file": ("ratings.csv", b"user_prompt,ai_response\n")}
    elif method == "POST":
        given["json"] = {"query": "q", "documents": ["a"]}
    return client.request(method, real, headers=headers, follow_redirects=False, **given).status_code


if __name__ == "__main__":
    server._api.run = anyio.sleep_forever  # type: ignore[method-assign]  # nobody ranks here: no model is warmed up
    globals()[sys.argv[1]](json.loads(sys.argv[2]))
