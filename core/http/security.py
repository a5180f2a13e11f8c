"""What stands in front of everything the server does: who may ask from where, how much, how often; and the headers.

Pure ASGI, so websockets pass through; it knows nothing of Streamlit but the paths. The API's own paths keep their own
rules for Host and Origin (``origin.why_not_local``), because programs with a key call it under any name.
"""

import base64
import hashlib
import math
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.domain.texts import plural
from core.http.limits import REQUESTS_A_MINUTE, REQUESTS_AT_ONCE
from core.http.origin import (
    LOCAL_NAMES,
    PAGE_AND_CALL,
    client_of,
    host_of,
    is_loopback,
    is_ours,
    same_origin,
    through_a_proxy,
)
from core.http.rate_limit import Rate
from core.http.responses import error

API = re.compile(r"/(v1|v2)(/|$)|/(healthz|readyz|openapi\.json)$")
UPLOAD = "/_stcore/upload_file/"
CLOSED = ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent")
"""Streamlit answers these to everybody; nothing of ours needs them."""
SIGN_IN = ("/auth/", "/oauth2callback")
LOGIN = "/auth/login"
MAX_BODY = 1_000_000
"""Of anything that is neither an upload nor a call of the API."""
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=()",
}
READ_BY_SCRIPTS = "_streamlit_xsrf"
"""The one cookie that the page's own script has to read."""


async def _nobody(_scope: Scope) -> bool:
    return False


@dataclass(frozen=True)
class Rules:
    """How this server may be used; ``Safety`` carries them out."""

    hosts: frozenset[str] = LOCAL_NAMES
    """Where browsers find the dashboard: names for any port, or ``name:port``."""
    loopback_only: bool = True
    """Refuse pages that arrive over an address other machines can reach, however the server was started."""
    behind_tls: bool = False
    """The public address is https, whatever arrives here: cookies are marked Secure."""
    max_upload: int = 1_000_000_000
    inline_hashes: tuple[str, ...] = ()
    """Of the scripts that stand in the page itself."""
    only_api: bool = False
    """There are no pages here: every address is the API's to answer."""
    home: str = ""
    """Where sign-in works, as in ``http://localhost:8501``, if that is this machine: its other names lead there."""
    requests: Rate = field(default_factory=lambda: Rate(REQUESTS_A_MINUTE, REQUESTS_AT_ONCE))
    """Of one address, or of one key."""
    sign_ins: Rate = field(default_factory=lambda: Rate(60, 30))
    """Of one address: the way to the provider and back."""
    refusals: Rate = field(default_factory=lambda: Rate(60, 60))
    """Of one address: calls of the API with a wrong key or none; guessing ends here."""
    would_admit: Callable[[Scope], Awaitable[bool]] = field(default=_nobody)
    """Whether a call passes although guessing ended for its address: somebody else there may have a right key."""


def inline_hashes(page: Path) -> tuple[str, ...]:
    """The hashes of the scripts in an html file, for the policy; computed, since they change with every release."""
    scripts = re.findall(rb"<script(?:\s[^>]*)?>(.*?)</script>", page.read_bytes(), re.DOTALL)
    return tuple(
        f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts if script.strip()
    )


class Safety:
    """Around the whole application, outermost."""

    def __init__(self, app: ASGIApp, rules: Rules | None = None) -> None:
        self.app = app
        self.rules = rules or Rules()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what the rules refuse; pass on the rest, with headers and limits."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers, is_api = Headers(scope=scope), self._is_api(scope)
        refused = self._refused(scope, headers, is_api) or await self._guessing(scope, is_api)
        dressed = self._dressed(scope, headers, send, is_api)
        if refused is not None:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})  # before the handshake: the server answers 403
            else:
                await refused(scope, receive, dressed)
            return
        if scope["path"] == LOGIN:
            await self._signing_in(scope, receive, dressed)
        elif scope["type"] == "http" and not is_api and not scope["path"].startswith(UPLOAD):
            await self._limited(scope, receive, dressed)
        else:
            await self.app(scope, receive, dressed)

    def _is_api(self, scope: Scope) -> bool:
        path = scope["path"]
        posted = path == PAGE_AND_CALL and scope.get("method") == "POST"  # with GET it is a page
        return self.rules.only_api or posted or API.match(path) is not None

    async def _signing_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """On the way to the provider; where that fails Streamlit says two words, which help nobody."""
        failed = False

        async def watched(message: Message) -> None:
            nonlocal failed
            failed = failed or message.get("status", 200) >= 400
            if not failed:
                await send(message)

        await self.app(scope, receive, watched)
        if failed:
            await _sentence(502, PROVIDER_AWAY, False)(scope, receive, send)

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on until its body grows too large: then it is over for the application, and answered by us."""
        taken, began = 0, False

        async def counting() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            return {"type": "http.disconnect"} if taken > MAX_BODY else message

        async def watched(message: Message) -> None:
            nonlocal began
            if taken <= MAX_BODY or began:
                began = True
                await send(message)

        try:
            await self.app(scope, counting, watched)
        except ClientDisconnect:
            if taken <= MAX_BODY:
                raise
        if taken > MAX_BODY and not began:
            await _sentence(413, "This request is too large.", False)(scope, receive, send)

    def _refused(self, scope: Scope, headers: Headers, is_api: bool) -> Response | None:
        path, address = scope["path"], client_of(scope)
        wait = self.rules.requests.wait(_who(headers, address, is_api))
        if not wait and path.startswith(SIGN_IN):
            wait = self.rules.sign_ins.wait(address)
        if wait:
            return _too_many(wait, is_api)
        if is_api:
            return None
        if path.startswith(CLOSED):
            return _sentence(404, "There is nothing at this address.", is_api)
        if self.rules.loopback_only:
            if not is_loopback((scope.get("server") or ("", 0))[0]):
                return _sentence(403, LOCAL_ONLY, is_api)
            if through_a_proxy(headers):
                return _sentence(403, PROXIED, is_api)
        return self._misplaced(headers) or self._led_home(scope, headers) or self._too_large(headers, path)

    async def _guessing(self, scope: Scope, is_api: bool) -> Response | None:
        wait = self.rules.refusals.exhausted(client_of(scope)) if is_api else 0.0
        return _too_many(wait, is_api) if wait and not await self.rules.would_admit(scope) else None

    def _led_home(self, scope: Scope, headers: Headers) -> Response | None:
        """A page asked for as 127.0.0.1 where sign-in works as localhost: the cookie would not count there."""
        home = self.rules.home
        if not home or headers["host"].casefold() == host_of(home) or "text/html" not in headers.get("accept", ""):
            return None
        return RedirectResponse(home + quote(scope["path"]), 307, {"cache-control": "no-store"})

    def _misplaced(self, headers: Headers) -> Response | None:
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or not is_ours(hosts[0], self.rules.hosts):
            return _sentence(
                403, "This server does not answer under this name. If it should, add the name to ASSAY_HOSTS.", False
            )
        if any(not same_origin(origin, hosts[0]) for origin in origins):
            return _sentence(403, "A page of another site asked for this, so it was refused.", False)
        return None

    def _too_large(self, headers: Headers, path: str) -> Response | None:
        length = headers.get("content-length", "0")
        allowed = self.rules.max_upload + MAX_BODY if path.startswith(UPLOAD) else MAX_BODY
        if not (length.isascii() and length.isdigit()) or len(length) > 15 or int(length) > allowed:
            return _sentence(413, f"This is too large; at most {allowed // 1_000_000:,} MB are taken.", False)
        return None

    def _dressed(self, scope: Scope, asked: Headers, send: Send, is_api: bool) -> Send:
        secure = self.rules.behind_tls or scope.get("scheme") in ("https", "wss")
        address = client_of(scope)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                is_page = headers.get("content-type", "").startswith("text/html")
                headers["content-security-policy"] = self._policy(scope, asked, is_page=is_page)
                headers.raw[:] = [
                    (name, _safe_cookie(value, secure) if name == b"set-cookie" else value)
                    for name, value in headers.raw
                ]
                if is_api and message["status"] == 401:
                    self.rules.refusals.wait(address)
            await send(message)

        return dressed

    def _policy(self, scope: Scope, asked: Headers, *, is_page: bool) -> str:
        if scope["path"].startswith("/media/") or self._is_api(scope):
            return "default-src 'none'; frame-ancestors 'none'; sandbox"
        host = asked.get("host", "")
        sockets = f" ws://{host} wss://{host}" if is_ours(host, self.rules.hosts) else ""
        # Streamlit imports the script of a page's part (the rating desk) from a blob: address; only a script that runs
        # in the page already can make one, so nobody gets further with it than they are
        parts = ("blob:",) if is_page else ()
        scripts = " ".join(("'self'", *parts, *self.rules.inline_hashes))
        return (
            f"default-src 'self'; script-src {scripts}; "
            "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
            f"connect-src 'self'{sockets}; worker-src 'self' blob:; frame-ancestors 'self'; base-uri 'self'; "
            "form-action 'self'; object-src 'none'"
        )


PROVIDER_AWAY = (
    "The service where people sign in does not answer. Nothing was lost. Go back in your browser and try again in a "
    "moment; if it stays like this, tell whoever runs this server."
)
LOCAL_ONLY = (
    "Nobody signs in on this server (AUTH_MODE is local), so its pages answer on this machine only. To let others in, "
    "set AUTH_MODE=oidc: docs/sign-in.md says how."
)

PROXIED = (
    "This request came through a proxy. Nobody signs in on this server (AUTH_MODE is local), so its pages answer only "
    "browsers on this machine that ask it directly. Open it at its own address, or set AUTH_MODE=oidc: docs/sign-in.md "
    "says how."
)


def _who(headers: Headers, address: str, is_api: bool) -> str:
    """Whose requests are counted together: those of a key, else those of an address."""
    key = headers.get("authorization") if is_api else None
    return "key " + hashlib.sha256(key.encode()).hexdigest() if key else f"address {address}"


def _too_many(wait: float, is_api: bool) -> Response:
    seconds = math.ceil(wait)
    sentence = f"Too many requests from here. Try again in {plural(seconds, 'second')}."
    return _sentence(429, sentence, is_api, {"retry-after": str(seconds)})


def _sentence(status: int, sentence: str, is_api: bool, headers: dict[str, str] | None = None) -> Response:
    if is_api:
        return error(status, sentence, headers)
    return PlainTextResponse(sentence + "\n", status, {"cache-control": "no-store", **(headers or {})})


def _safe_cookie(value: bytes, secure: bool) -> bytes:
    """A cookie as browsers guard it best: not for scripts, not sent along from other sites, over TLS only where there
    is.
    """
    parts = [part.strip().lower() for part in value.split(b";")]
    if secure and b"secure" not in parts:
        value += b"; Secure"
    if b"httponly" not in parts and not value.startswith(READ_BY_SCRIPTS.encode()):
        value += b"; HttpOnly"
    if not any(part.startswith(b"samesite=") for part in parts):
        value += b"; SameSite=Lax"
    return value
