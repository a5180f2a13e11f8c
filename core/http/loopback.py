"""Who may call without a key: a program on this machine that talks to it directly, and no web page behind it.

A page in a browser can make that browser send requests to this machine. It betrays itself by an Origin, by a
Content-Type other than JSON (JSON needs a permission that is never given), or, where its name was made to point here
(DNS rebinding), by the Host. A proxy betrays itself by the headers it adds.
"""

import ipaddress
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

FORWARDING = (
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
)
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE | re.ASCII)


def why_not(scope: Scope) -> str | None:
    """Why this request is not a direct call from this machine, in words; None where it is one."""
    headers = Headers(scope=scope)
    if not _is_loopback((scope.get("client") or ("", 0))[0]):
        return "it does not come from this machine"
    if any(name in FORWARDING or name.startswith("x-forwarded-") for name in headers):
        return "it came through a proxy"
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not _names_this_machine(hosts[0]):
        return "it was not addressed to localhost"
    if any(not _same_place(origin, hosts[0]) for origin in headers.getlist("origin")):
        return "it was sent by a web page from elsewhere"
    return None


def is_json(headers: Headers) -> bool:
    """Whether the body is declared as JSON."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def is_this_machine(host: str) -> bool:
    """Whether a server that listens on this address can be reached from this machine only."""
    return host.lower() == "localhost" or _is_loopback(host)


def _names_this_machine(host: str) -> bool:
    found = _HOST.fullmatch(host)
    if found is None or int(found["port"] or 0) > 65535:
        return False
    return is_this_machine(found["name"].removeprefix("[").removesuffix("]"))


def _same_place(origin: str, host: str) -> bool:
    """Whether an Origin is the dashboard's own: this machine, by whatever name, and the same port."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    found = _HOST.fullmatch(host)
    if parts.scheme not in ("http", "https") or found is None or origin != f"{parts.scheme}://{parts.netloc}":
        return False
    usual = 443 if parts.scheme == "https" else 80
    return _names_this_machine(parts.netloc) and (port or usual) == int(found["port"] or usual)


def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return bool((mapped or parsed).is_loopback)
