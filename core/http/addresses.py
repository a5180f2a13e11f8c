"""Under which names this server answers, and whether a request comes from a page of ours."""

import ipaddress
import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.ASCII)
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


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


def host_of(url: str) -> str | None:
    """Host and port of an address as a browser sends them in Host; None where it is no http address."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
        return None
    return parts.netloc.casefold()


def name_of(host: str) -> str:
    """A Host without its port: ``[::1]:8501`` is ``[::1]``."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def is_ours(host: str, ours: frozenset[str]) -> bool:
    """Whether a Host is one under which this server answers: given with its port, or without one for any port."""
    clean = host.casefold()
    return _HOST.fullmatch(clean) is not None and (clean in ours or name_of(clean) in ours)


def same_place(origin: str, host: str) -> bool:
    """Whether an Origin is the very place that the request asks: a page of ours, at the same port."""
    found = host_of(origin)
    if found is None or not origin.casefold().endswith(f"//{found}"):
        return False
    usual = ":443" if origin.casefold().startswith("https:") else ":80"
    return found.removesuffix(usual) == host.strip().casefold().removesuffix(usual)
