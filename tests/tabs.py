"""The whole application of Home.py in one process, and a browser's tabs on it without a browser.

Everything between the socket and the page is the real thing: middleware, cookies, sign-in, Streamlit's own protocol.
"""

import importlib
import json
import os
import pkgutil
import re
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
from starlette.routing import Mount, WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

import core.ui
from core.domain.roles import COMMAND_LINE, Role
from core.services.data import importing
from core.services.people import accounts
from core.services.people.sign_in import enter, sign_out
from core.services.workspace import open_workspace
from core.ui.server import asgi
from core.ui.shell import identity
from core.ui.shell.session import the_workspace
from tests.databases import environment

PLACE = "http://localhost:8501"
SECRET = "0123456789" * 5
WITHIN_SECONDS = 20
"""So soon a tab that was left open follows, as docs/sign-in.md says."""
PEOPLE = {"lea": "lead", "sam": "sme", "vic": "viewer"}
"""Who there is in ``home_with_people``, by what the provider calls them; also ``dis``, a lead whose access is off."""


def home_with_people(home: Path) -> dict[str, str]:
    """A home where people sign in, one for each role; the environment of a process that runs there."""
    environ = environment("", home) | {"AUTH_MODE": "oidc"}
    workspace = open_workspace(environ)
    importing.load_sample(workspace, COMMAND_LINE)
    for name, role in PEOPLE.items():
        accounts.invite(workspace, COMMAND_LINE, f"{name}@example.org", Role(role), name=name.title())
    off = accounts.invite(workspace, COMMAND_LINE, "dis@example.org", Role.LEAD, name="Dis")
    accounts.set_disabled(workspace, COMMAND_LINE, off.rater_id, True)
    workspace.store.engine.dispose()
    file = home / "secrets.toml"
    file.touch(mode=0o600)
    file.write_text(
        f'[auth]\nredirect_uri = "{PLACE}/oauth2callback"\ncookie_secret = "{SECRET}"\n'
        'client_id = "assay"\nclient_secret = "not secret"\n'
        'server_metadata_url = "http://localhost:1/.well-known/openid-configuration"\n'
    )
    return environ | {"SECRETS_OF_THE_TEST": str(file)}


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


def sign_in(client: TestClient, name: str | None) -> dict[str, Any]:
    """From now on the browser shows the cookie that the provider's answer would have given it; None for nobody."""
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    client.cookies.clear()
    client.get("/_stcore/host-config", headers={"origin": PLACE})
    client.get("/_stcore/health")
    if name is None:
        return {}
    said: dict[str, Any] = {
        "origin": PLACE,
        "is_logged_in": True,
        "iss": "http://localhost:1",
        "sub": name,
        "name": name.title(),
        "email": f"{name}@example.org",
        "email_verified": True,
        "iat": int(time.time()),
        "nonce": secrets.token_hex(8),
    }
    client.cookies.set("_streamlit_user", create_signed_value(SECRET, "_streamlit_user", json.dumps(said)).decode())
    return {claim: value for claim, value in said.items() if claim != "origin"}


@dataclass
class Tab:
    """A page in a browser."""

    socket: WebSocketTestSession
    page: str
    number: str = ""
    """By which the server knows the tab."""
    said: str = ""
    """Everything that the last answer of the server showed."""
    timers: dict[str, float] = field(default_factory=dict)
    """The parts of the page that the browser asks for again by itself, and after how many seconds."""

    def ask(self, part: str = "") -> bool:
        """Ask for the page, or for a part of it as its timer does; whether the whole page came of it."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.page_name = "" if self.page == "home" else self.page
        message.rerun_script.fragment_id = part
        self.socket.send_bytes(message.SerializeToString())
        said: list[str] = []
        timers: dict[str, float] = {}
        while True:
            got = ForwardMsg.FromString(self.socket.receive_bytes())
            kind = got.WhichOneof("type")
            if kind == "new_session":
                self.number = got.new_session.initialize.session_id
                timers = {}
            elif kind == "delta":
                said.append(str(got.delta))
            elif kind == "auto_rerun":
                timers[got.auto_rerun.fragment_id] = got.auto_rerun.interval
            elif kind == "script_finished" and got.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                only_part = got.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
                self.timers = self.timers | timers if only_part else timers
                self.said = "\n".join(said)
                return not only_part


@contextmanager
def tab(client: TestClient, page: str) -> Iterator[Tab]:
    """Open a page as a new tab does."""
    token = client.cookies.get("_streamlit_xsrf") or ""
    with client.websocket_connect(
        "ws://localhost:8501/_stcore/stream", subprotocols=["streamlit", token], headers={"origin": PLACE}
    ) as socket:
        opened = Tab(socket, page)
        opened.ask()
        yield opened


def first_requests(cases: list[tuple[str | None, str]]) -> None:
    """Answer each (person, page) as the first request of a process of its own: what it says, a JSON line each.

    The processes are forks of this one, which has imported everything and answered nothing.
    """
    _home()
    for module in pkgutil.walk_packages(core.ui.__path__, "core.ui."):
        importlib.import_module(module.name)
    for name, page in cases:
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            with application() as client:
                sign_in(client, name)
                with tab(client, page) as opened, os.fdopen(theirs, "w") as answer:
                    answer.write(json.dumps({"person": name, "page": page, "said": opened.said}))
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
            said = sign_in(client, name)
            shown_to = identity.shown_to(enter(the_workspace(), said))
            with tab(client, "home") as opened:
                for asked, answers in found.items():
                    method, _, path = asked.partition(" ")
                    answers.append(_status(client, method, path, opened.number, shown_to))
        _answer(found)


def too_large_uploads(megabytes: int) -> None:
    """Send a file a little below the limit and one far above it, length declared or not, from a tab that may import."""
    from streamlit import config

    _home()
    config.set_option("server.maxUploadSize", megabytes)
    rest = b"x" * (megabytes * 1024 * 1024 - 1000)
    with application() as client:
        sign_in(client, "lea")
        with tab(client, "data") as opened:
            place = f"/_stcore/upload_file/{opened.number}/1.2"
            headers = {"origin": PLACE, "x-xsrftoken": client.cookies.get("_streamlit_xsrf") or ""}
            found = {"fits": client.put(place, headers=headers, files={"file": ("a.csv", rest)}).status_code}
            headers["content-type"] = "multipart/form-data; boundary=b"
            start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
            for name, content in (("declared", [start + 4 * rest]), ("undeclared", [start, *4 * [rest]])):
                body: Any = content[0] if name == "declared" else iter(content)
                found[name] = client.put(place, headers=headers, content=body).status_code
        _answer(found)


def tabs_left_open(ends: list[str]) -> None:
    """Open a tab, end the sign-in or the role behind it elsewhere, let only the page's timers run; what it shows."""
    found = {}
    with application() as client:
        workspace = the_workspace()
        for end in ends:
            said = sign_in(client, "sam")
            with tab(client, "rate") as opened:
                assert "account.sign_out" in opened.said
                assert "shown_to" in opened.said  # the desk is there
                sam = accounts.find(workspace, COMMAND_LINE, "sam@example.org").rater_id
                if end == "signed out":
                    sign_out(workspace, said)
                elif end == "demoted":
                    accounts.set_role(workspace, COMMAND_LINE, sam, Role.VIEWER)
                elif end == "disabled":
                    accounts.set_disabled(workspace, COMMAND_LINE, sam, True)
                for part in [part for part, seconds in opened.timers.items() if seconds <= WITHIN_SECONDS]:
                    if opened.ask(part):
                        break
                found[end] = opened.said
            accounts.set_disabled(workspace, COMMAND_LINE, sam, False)
            accounts.set_role(workspace, COMMAND_LINE, sam, Role.SME)
        _answer(found)


def _answer(found: Any) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)  # without the shutdown, which takes longer than all the rest


def _routes() -> Iterator[tuple[str, list[str]]]:
    inner: Any = asgi._api.app.app  # behind the places of the API
    served: list[tuple[str, Any]] = []
    for route in [*_home()._starlette_app.routes, *inner.routes]:
        if isinstance(route, Mount) and route.routes:  # the desk
            within: list[Any] = route.routes
            served += [(f"{route.path}{one.path}", one) for one in within]
        else:
            served.append((route.path, route))
    for path, route in served:
        if isinstance(route, WebSocketRoute):
            yield path, ["WEBSOCKET"]
        elif isinstance(route, Mount):
            yield f"{path}/rate", ["GET"]
        else:
            methods = sorted((route.methods or {"GET", "POST"}) - {"HEAD", "OPTIONS"})
            yield path, methods


def _status(client: TestClient, method: str, path: str, number: str, shown_to: str) -> int:
    real = path.format(session_id=number, file_id="1.2") if "{session_id}" in path else re.sub(r"{.*?}", "x", path)
    headers = {"origin": PLACE, "x-xsrftoken": client.cookies.get("_streamlit_xsrf") or ""}
    if method == "WEBSOCKET":
        with client.websocket_connect(f"ws://localhost:8501{real}", subprotocols=["streamlit"], headers=headers):
            return 101
    given: dict[str, Any] = {}
    if method == "PUT":
        given["files"] = {"file": ("ratings.csv", b"user_prompt,ai_response\n")}
    elif method == "POST":
        given["json"] = {"query": "q", "documents": ["a"], "shown_to": shown_to}
    return client.request(method, real, headers=headers, follow_redirects=False, **given).status_code


if __name__ == "__main__":
    asgi._api.run = anyio.sleep_forever  # type: ignore[method-assign]  # nobody ranks here: no model is warmed up
    globals()[sys.argv[1]](json.loads(sys.argv[2]))
