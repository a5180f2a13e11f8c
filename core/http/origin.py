"""Where a request comes from: under which names this server answers, a page of ours, or a program on this machine.

Without a key only a program on this machine may call that talks to the server directly, with no web page behind it. A
page in a browser can make that browser send requests to this machine: it betrays itself by an Origin, by a Content-Type
other than JSON (JSON needs a permission that is never given), or, where its name was made to point here (DNS
rebinding), by the Host. A proxy betrays itself by the headers it adds.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from core.domain.roles import KeyScope
from core.http.responses import Refused

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?", re.ASCII)
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
OPEN_PATHS = ("/healthz", "/readyz", "/openapi.json", "/v1/openapi.json")
"""What holds no data and answers everybody."""
PAGE_AND_CALL = "/rerank"
"""The address of a page, which browsers GET, and where clients of other rerank servers POST."""
RERANK_PATHS = ("/v1/rerank", "/v2/rerank", PAGE_AND_CALL)
SENDING_PATHS = ("/v1/interactions", "/v1/feedback")
KEYED_PATHS = (*RERANK_PATHS, *SENDING_PATHS)
"""What wants a key, or a program on this machine while there is none."""
USUAL = {"http": 80, "https": 443}
"""The port of an address that names none."""
FORWARDING = (
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
)
"""Headers of proxies, beside those that begin with X-Forwarded-."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that was let in."""

    share: str
    """The name under which it has a share of what is bounded: each key has its own."""
    application: str
    """Whose answers and feedback it sends: the name of its key. Two keys of one name are one application."""
    scopes: frozenset[KeyScope]

    def require(self, scope: KeyScope) -> None:
        """Let pass what the key may do.

        Raises:
            Refused: 403, the key has not this scope.
        """
        if scope not in self.scopes:
            raise Refused(
                403,
                f'This key lacks the scope "{scope}" that this call needs. Nothing was ranked or stored. A lead makes '
                "a key that has it, in the dashboard (Settings, API keys) or with: python -m core keys create NAME "
                f"--scope {','.join(KeyScope)}",
            )


class HostPort(NamedTuple):
    """A name (``[::1]`` with its brackets) and a port, None where it is the usual one."""

    name: str
    port: int | None


def is_loopback(address: str | None) -> bool:
    """Whether an address means this machine only; a socket file (a path) does too, no address means every interface."""
    if not address:
        return False
    if address.startswith("/") or address.casefold() == "localhost":
        return True
    try:
        parsed = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return bool((mapped or parsed).is_loopback)


def client_of(scope: Scope) -> str:
    """Who asks, as the network knows it: the caller, or whoever a proxy on this machine says it speaks for.

    The server (uvicorn) has read X-Forwarded-For from its end already where a proxy it trusts has connected; what is
    left is a proxy whose address it did not recognise as this machine's. An IPv6 network is one (its owner has all of
    its addresses), an IPv4 address is one in each of its spellings.
    """
    address = (scope.get("client") or ("unknown", 0))[0]
    if is_loopback(address):
        entries = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
        address = next((entry.strip() for entry in reversed(entries) if entry.strip()), address)
    try:
        parsed = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address[:100]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))


def parse_host(host: str) -> HostPort | None:
    """What the header Host names, in small letters; None where it is no name."""
    found = _HOST.fullmatch(host.casefold())
    if found is None or int(found["port"] or 0) > 65535:
        return None
    return HostPort(found["name"], int(found["port"]) if found["port"] else None)


def host_of(url: str) -> str | None:
    """Host and port of an address as a browser sends them in Host; None where it is no http address."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in USUAL or not parts.netloc or "@" in parts.netloc:
        return None
    return parts.netloc.casefold()


def name_of(host: str) -> str:
    """A Host without its port: ``[::1]:8501`` is ``[::1]``."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def is_ours(host: str, ours: frozenset[str]) -> bool:
    """Whether a Host is one under which this server answers: given with its port, or without one for any port."""
    parsed = parse_host(host)
    return parsed is not None and (host.casefold() in ours or parsed.name in ours)


def same_origin(origin: str, host: str, *, by_any_local_name: bool = False) -> bool:
    """Whether an Origin is the very place that the request asks: a page of ours, at the same port.

    ``by_any_local_name``: localhost and 127.0.0.1 are the same place.
    """
    scheme, _, rest = origin.casefold().partition("://")
    if host_of(origin) != rest:  # something behind the port, or no http address
        return False
    page, asked = parse_host(rest), parse_host(host.strip())
    if page is None or asked is None or (page.port or USUAL[scheme]) != (asked.port or USUAL[scheme]):
        return False
    return page.name == asked.name or (by_any_local_name and is_loopback(page.name) and is_loopback(asked.name))


def why_not_local(scope: Scope) -> str | None:
    """Why this request is not a direct call from this machine, in words; None where it is one."""
    headers = Headers(scope=scope)
    if not is_loopback((scope.get("client") or ("", 0))[0]):
        return "it does not come from this machine"
    if through_a_proxy(headers):
        return "it came through a proxy"
    hosts = headers.getlist("host")
    asked = parse_host(hosts[0]) if len(hosts) == 1 else None
    if asked is None or not is_loopback(asked.name):
        return "it was not addressed to localhost"
    if any(not same_origin(origin, hosts[0], by_any_local_name=True) for origin in headers.getlist("origin")):
        return "it was sent by a web page from elsewhere"
    return None


def through_a_proxy(headers: Headers) -> bool:
    """Whether a proxy left its mark; one that leaves none cannot be recognised."""
    return any(name in FORWARDING or name.startswith("x-forwarded-") for name in headers)


def is_json(headers: Headers) -> bool:
    """Whether the body is declared as JSON."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"
