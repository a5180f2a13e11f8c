"""Several dashboards behind docs/deploy/nginx.conf: with servers that only tell who they are, and with all of Assay."""

import random
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from core.domain.errors import Conflict
from core.domain.roles import COMMAND_LINE, Role
from core.services.models import models
from core.services.people import accounts, api_keys
from core.services.reranking import usage
from core.services.running import workers
from core.services.training import runs, training
from core.services.workspace import Workspace, open_workspace
from core.store.tables import Item, Rater, Rating, RatingEvent
from tests.browser.desk import key, number, ready
from tests.browser.test_signing_in import sign_in
from tests.databases import PATIENCE, PostgresServer, added, environment
from tests.proofs.conftest import FULL
from tests.replicas import NGINX, OPENSSL, Proxy, Replicas, free_ports, nginx, replicas
from tests.services.test_training import fill

needs_nginx = pytest.mark.skipif(not NGINX or not OPENSSL, reason="not here: no nginx")
expect.set_options(timeout=PATIENCE * 1000)

TURNS = 10
UPLOADED = 5_000
"""So many rows that a worker checks and imports them."""
SECONDS_TO_SEE = 10.0
"""After which no ranking begins with the model before, at whichever server."""


# --- nginx.conf alone ---------------------------------------------------------------------------------------------


@contextmanager
def telling(port: int) -> Iterator[None]:
    """A server that tells its port and what it was sent; it has the tab and the file of its own number only."""

    async def tell(request: Request) -> JSONResponse:
        last = request.url.path.rpartition("/")[2]
        missing = {"upload_file": 403, "media": 404}.get(request.url.path.split("/")[-2], 200)
        said = {"port": port, "headers": dict(request.headers), "sent": len(await request.body())}
        return JSONResponse(said, 200 if last == str(port) else missing)

    every = ["GET", "PUT", "POST"]
    app = Starlette(routes=[Route("/{rest:path}", tell, methods=every)])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    thread = Thread(target=server.run)
    thread.start()
    until = time.monotonic() + PATIENCE
    while not server.started:
        assert time.monotonic() < until
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


@needs_nginx
def test_nginx_brings_each_to_its_place(tmp_path: Path) -> None:
    """A browser to one dashboard while it runs, programs to the API, and what one does not have to the other."""
    *dashboards, one, other = free_ports(4)
    with ExitStack() as running:
        proxy = running.enter_context(nginx(tmp_path, dashboards, [one, other]))
        client = running.enter_context(httpx.Client(base_url=proxy.url, verify=proxy.trust))
        servers = {port: running.enter_context(ExitStack()) for port in (*dashboards, one, other)}
        for port, server in servers.items():
            server.enter_context(telling(port))

        def asked(path: str, cookie: str = "", method: str = "GET", **more: Any) -> int:
            answer = client.request(method, path, headers={"cookie": f"assay_visitor={cookie}"}, **more)
            assert answer.status_code == 200, answer.text
            return int(answer.json()["port"])

        cookies = [f"visitor{n}" for n in range(40)]
        places = {cookie: asked("/rate", cookie) for cookie in cookies}
        assert 10 <= sum(place == dashboards[0] for place in places.values()) <= 30
        assert {cookie: asked("/desk/act", cookie, "POST", json={}) for cookie in cookies} == places
        for cookie, place in places.items():
            assert asked("/rerank", cookie) == place
            for tab in dashboards:  # whichever dashboard has the tab
                assert asked(f"/_stcore/upload_file/{tab}", cookie, "PUT", content=b"x" * 100_000) == tab
                assert asked(f"/media/{tab}", cookie) == tab
        for path in ("/v1/rerank", "/v2/rerank", "/rerank"):
            assert {asked(path, method="POST", json={}) for _ in range(6)} <= {one, other}
        assert asked("/healthz") in (one, other)
        headers = {"x-forwarded-for": "10.9.9.9", "cookie": "c=" + "x" * 7_000}
        sent = client.get("/rate", headers=headers).json()["headers"]
        assert sent["x-forwarded-for"] == "127.0.0.1"
        assert sent["host"] == proxy.url.removeprefix("https://")
        assert len(sent["cookie"]) > 7_000
        servers[dashboards[1]].close()
        assert {asked("/rate", cookie) for cookie in cookies} == {dashboards[0]}
        assert {asked("/desk/act", cookie, "POST", json={}) for cookie in cookies} == {dashboards[0]}
        for server in servers.values():
            server.close()
        page, call = client.get("/rate"), client.post("/v1/rerank", json={})
        assert page.status_code == call.status_code == 503
        assert page.headers["retry-after"] == call.headers["retry-after"] == "5"
        assert page.text.startswith("Assay does not answer. What was saved is kept.")
        assert call.json()["error"] == call.json()["message"]
        assert call.json()["error"].endswith("Try again in a moment.")


# --- all of Assay -------------------------------------------------------------------------------------------------

of_all = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.postgres,
    needs_nginx,
    pytest.mark.skipif(not FULL, reason="not here: six processes and browsers: only in make proof"),
]


def marked(test: Any) -> Any:
    """All marks of tests with the whole of it."""
    for mark in of_all:
        test = mark(test)
    return test


@pytest.fixture(scope="module")
def running(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    """All of Assay, with three people: Ana and Cleo, who are leads, and Ben, who rates."""
    folder = tmp_path_factory.mktemp("replicas")
    url = postgres_server.create()
    environ = environment(url, folder / "home")
    workspace = open_workspace(environ)
    for name, role in {"ana": Role.LEAD, "cleo": Role.LEAD, "ben": Role.SME}.items():
        accounts.invite(workspace, COMMAND_LINE, f"{name}@example.org", role, name=name.title())
    workspace.store.engine.dispose()
    with replicas(folder, environ) as all_of_it:
        for name in ("ana", "ben", "cleo"):
            all_of_it.introduce(name)
        yield all_of_it
    postgres_server.drop(url)


@pytest.fixture
def workspace(running: Replicas) -> Iterator[Workspace]:
    """Its database."""
    opened = open_workspace(running.environ)
    yield opened
    opened.store.engine.dispose()


def place_of(context: BrowserContext, proxy: Proxy) -> int:
    """The port of the dashboard to which this browser comes now."""
    asked = f"/static/{random.random()}"
    context.request.get(f"{proxy.url}{asked}")
    return proxy.served_by(asked)


def person_at(browser: Browser, running: Replicas, name: str, place: int) -> Page:
    """A page of somebody who signed in, in a browser that comes to this dashboard."""
    for _ in range(50):
        context = browser.new_context(ignore_https_errors=True)
        context.set_default_timeout(PATIENCE * 1000)
        context.request.get(f"{running.proxy.url}/rate", headers={"accept": "text/html"})  # which brings the cookie
        if place_of(context, running.proxy) == place:
            page = sign_in(context, running.proxy.url, name)
            expect(page.get_by_text(re.compile(rf"{name.title()} · "))).to_be_visible()
            return page
        context.close()
    raise AssertionError("no browser came to this dashboard")


def until(done: Any) -> float:
    """Wait until it is; how many seconds that took."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() < began + PATIENCE
        time.sleep(0.05)
    return time.monotonic() - began


def in_use(workspace: Workspace) -> str:
    """The version that the database calls the champion."""
    return next(one.model_version for one in models.listed(workspace, COMMAND_LINE) if one.state == "champion")


def back(running: Replicas, context: BrowserContext, place: int) -> None:
    """Start a dashboard that was killed, and wait until its browsers come to it again."""
    running.dashboards[place].start()
    running.dashboards[place].ready()
    until(lambda: place_of(context, running.proxy) == place)


@marked
def test_a_promotion_is_seen_by_every_server(
    running: Replicas, workspace: Workspace, browser: Browser, proven_once: Any
) -> None:
    """Put in use on a page of one dashboard: pages of the other one show it, both API processes rank with it, and
    the page counts the rankings of both.
    """
    fill(workspace)
    until(lambda: workers.listed(workspace, COMMAND_LINE))  # else this process would train
    versions = []
    for recipe in ("pair", "concat"):
        run_id = training.start(workspace, COMMAND_LINE, recipe=recipe)
        until(lambda: runs.active_run(workspace, COMMAND_LINE) is None)
        trained = runs.run_view(workspace, COMMAND_LINE, run_id)
        assert trained.model_version, trained.message
        versions.append(trained.model_version)
        with suppress(Conflict):  # the rule did it
            models.promote(workspace, COMMAND_LINE, versions[-1], reason="To be seen.")
    secret, _ = api_keys.create(workspace, COMMAND_LINE, "ward")
    one, other = running.dashboards
    ana, cleo = person_at(browser, running, "ana", one), person_at(browser, running, "cleo", other)
    with httpx.Client(
        headers={"authorization": f"Bearer {secret}"}, timeout=PATIENCE, verify=running.proxy.trust
    ) as api:
        ranked = 0

        def version_at(url: str) -> str:
            nonlocal ranked
            answer = api.post(f"{url}/v1/rerank", json={"query": "What helps?", "documents": ["Rest.", "Time."]})
            assert answer.status_code == 200, answer.text
            ranked += 1
            return str(answer.json()["meta"]["model_version"])

        servers = [
            running.proxy.url,
            *(f"http://127.0.0.1:{port}" for port in (*running.programs, *running.dashboards)),
        ]
        for url in servers:
            until(lambda: api.get(f"{url}/readyz").status_code == 200)  # noqa: B023
            until(lambda: version_at(url) == versions[1])  # noqa: B023
        for page in (ana, cleo):
            page.goto(f"{running.proxy.url}/models")
        champion = cleo.locator(".st-key-models-champion")
        expect(champion).to_contain_text("To be seen.")
        ana.locator(".st-key-models-rollback button").first.click()
        ana.locator(".st-key-models-rollback_yes button").click()
        until(lambda: in_use(workspace) == versions[0])
        promoted, late = time.monotonic(), 0.0
        left = set(servers)
        while left:
            for url in sorted(left):
                asked = time.monotonic()
                if version_at(url) == versions[0]:
                    left.remove(url)
                else:
                    late = max(late, asked - promoted)
            assert late < SECONDS_TO_SEE
        cleo.reload()
        expect(champion).to_contain_text("Ana went back to Model 1")
    until(lambda: usage.lately(workspace, COMMAND_LINE).calls == ranked)
    for page in (ana, cleo):
        page.context.close()
    proven_once(
        f"put in use on a page of one dashboard; two dashboards and two API processes rank with it, the last ranking "
        f"that did not was asked for {late:.1f} s later; {ranked} rankings of four processes counted as {ranked}"
    )


@marked
def test_two_people_go_on_when_a_dashboard_is_killed(
    running: Replicas, workspace: Workspace, browser: Browser, proven_once: Any
) -> None:
    """Killed while both rate: what was pressed is stored once, at the other one, without a reload and after one."""
    for n in range(6 * TURNS):
        added(workspace, f"question {n}", f"text {n}")
    draw, place = random.Random(0), next(iter(running.dashboards))
    pages = {name: person_at(browser, running, name, place) for name in ("ana", "ben")}
    pressed: dict[str, list[tuple[int, int]]] = {name: [] for name in pages}

    def rate(name: str, value: int) -> None:
        page = pages[name]
        ready(page, after=pressed[name][-1][0] if pressed[name] else None)
        pressed[name].append((number(page), value))
        page.bring_to_front()
        page.keyboard.press(str(value))

    def all_is_stored(name: str) -> None:
        expect(key(pages[name], "waiting")).to_be_empty()
        expect(key(pages[name], "progress")).to_contain_text(f"{len(pressed[name])} rated today")

    for page in pages.values():
        page.goto(f"{running.proxy.url}/rate")
    for turn in range(TURNS):
        assert {place_of(page.context, running.proxy) for page in pages.values()} == {place}
        for name in pages:
            rate(name, turn % 5 + 1)
        pages["ana"].wait_for_timeout(draw.uniform(0, 40))
        running.dashboards[place].kill()
        for name, page in pages.items():
            if turn % 2:
                page.reload()
                expect(page.get_by_text(re.compile(rf"{name.title()} · "))).to_be_visible()  # still signed in
            all_is_stored(name)
            assert place_of(page.context, running.proxy) != place
            rate(name, (turn + 2) % 5 + 1)
            all_is_stored(name)
        back(running, pages["ana"].context, place)
    for name, expected in pressed.items():
        with workspace.store.read() as session:
            person = session.query(Rater).filter_by(name=name.title()).one().rater_id
            ratings = session.query(Rating).filter_by(rater_id=person).order_by(Rating.rating_id).all()
            assert [(one.interaction_id, one.rating) for one in ratings] == expected
            assert session.query(RatingEvent).filter_by(rater_id=person).count() == len(expected)
        pages[name].context.close()
    proven_once(
        f"{TURNS} kills of a dashboard while two people rated in browsers behind nginx: "
        f"{sum(map(len, pressed.values()))} ratings, each there once; every other time without a reload"
    )


@marked
def test_a_file_that_one_dashboard_takes_is_told_at_the_other(
    running: Replicas, workspace: Workspace, browser: Browser, proven_once: Any, tmp_path: Path
) -> None:
    """Also by a tab that came from a dashboard which was killed and is there again; the worker imports it."""
    one, other = running.dashboards
    file = tmp_path / "ward.csv"
    rows = "".join(
        f"What helps against complaint {n}?,Answer {n}: rest and time,{n % 5 + 1}\n" for n in range(UPLOADED)
    )
    file.write_text(f"user_prompt,ai_response,rating\n{rows}")
    ana, cleo = person_at(browser, running, "ana", one), person_at(browser, running, "cleo", other)
    running.dashboards[one].kill()
    for page in (ana, cleo):
        page.goto(f"{running.proxy.url}/data")
        expect(page.locator(".st-key-data-file input[type=file]")).to_be_attached()
    back(running, ana.context, one)  # her tab stays at the other dashboard, what she sends comes to this one
    ana.locator(".st-key-data-file input[type=file]").set_input_files(file)
    ana.get_by_role("button", name="Check the whole file", exact=True).click()
    expect(ana.get_by_text("5,000 new ratings")).to_be_visible()
    ana.reload()  # at her own dashboard again
    expect(ana.get_by_text("5,000 new ratings")).to_be_visible()
    with workspace.store.read() as session:
        before = session.query(Item).count()
    ana.get_by_role("button", name="Import", exact=True).click()
    running.dashboards[one].kill()
    expect(cleo.get_by_text("ward.csv is imported: 5,000 new answers, 5,000 ratings")).to_be_visible()
    with workspace.store.read() as session:
        assert session.query(Item).count() == before + UPLOADED
    back(running, ana.context, one)
    for page in (ana, cleo):
        page.context.close()
    proven_once(
        "5,000 rows sent by a tab that had moved to the other dashboard, imported by the worker while a dashboard was "
        "killed, told on the page of somebody at the other one"
    )
