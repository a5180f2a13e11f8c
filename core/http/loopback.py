"""Who may call without a key: a program on this machine that talks to it directly, and no web page behind it.

A page in a browser can make that browser send requests to this machine. It betrays itself by an Origin, by a
Content-Type other than JSON (JSON needs a permission that is never given), or, where its name was made to point here
(DNS rebinding), by the Host. A proxy betrays itself by the headers it adds.
"""

from starlette.datastructures import Headers
from starlette.types import Scope

from core.http.origin import is_loopback, place_of, same_place

FORWARDING = (
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
)


def why_not(scope: Scope) -> str | None:
    """Why this request is not a direct call from this machine, in words; None where it is one."""
    headers = Headers(scope=scope)
    if not is_loopback((scope.get("client") or ("", 0))[0]):
        return "it does not come from this machine"
    if through_a_proxy(headers):
        return "it came through a proxy"
    hosts = headers.getlist("host")
    asked = place_of(hosts[0]) if len(hosts) == 1 else None
    if asked is None or not is_loopback(asked.name):
        return "it was not addressed to localhost"
    if any(not same_place(origin, hosts[0], by_any_local_name=True) for origin in headers.getlist("origin")):
        return "it was sent by a web page from elsewhere"
    return None


def through_a_proxy(headers: Headers) -> bool:
    """Whether a proxy left its mark; one that leaves none cannot be recognised."""
    return any(name in FORWARDING or name.startswith("x-forwarded-") for name in headers)


def is_json(headers: Headers) -> bool:
    """Whether the body is declared as JSON."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"
