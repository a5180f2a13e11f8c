"""Signing in for real: an identity provider, the dashboard, a browser; roles from our database; copies of cookies."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.domain.roles import COMMAND_LINE, Role
from core.services.people import accounts
from core.services.workspace import open_workspace
from tests.browser.desk import key, ready
from tests.databases import PATIENCE, added, environment

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def started(arguments, environ, url, log):
    """A process that answers under this address."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT
        )
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(url, timeout=2):
                return process
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError(log.read_text(errors="replace")[-2000:])


@pytest.fixture(scope="module")
def signing_in(tmp_path_factory):
    """The dashboard with AUTH_MODE=oidc and a provider that knows three people: (address, home)."""
    home = tmp_path_factory.mktemp("oidc")
    port, provider = free_port(), free_port()
    secrets = home / "secrets.toml"
    secrets.touch(mode=0o600)
    secrets.write_text(
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\ncookie_secret = "{"s" * 48}"\n'
        'client_id = "assay"\nclient_secret = "not secret"\n'
        f'server_metadata_url = "http://localhost:{provider}/.well-known/openid-configuration"\n'
    )
    environ = environment("", home) | {"AUTH_MODE": "oidc", "ASSAY_FIRST_LEAD": "ana@example.org"}
    issuer = f"http://localhost:{provider}"
    processes = [
        started(
            ["-m", "oidc_provider_mock", "-p", str(provider)],
            os.environ,
            f"{issuer}/.well-known/openid-configuration",
            home / "provider.log",
        )
    ]
    try:
        for name in ("ana", "ben", "eve"):
            claims = {"email": f"{name}@example.org", "name": name.title(), "email_verified": True, "roles": ["lead"]}
            body = json.dumps(claims).encode()
            urlopen(Request(f"{issuer}/users/{name}", body, {"content-type": "application/json"}, method="PUT"))
        processes.append(
            started(
                ["-m", "streamlit", "run", "Home.py", "--server.port", str(port), "--secrets.files", str(secrets)],
                environ,
                f"http://127.0.0.1:{port}/_stcore/health",
                home / "server.log",
            )
        )
        yield f"http://localhost:{port}", environ
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    assert "Traceback" not in (home / "server.log").read_text(errors="replace")


def sign_in(context: BrowserContext, url: str, name: str) -> Page:
    """Through the provider's form, and back."""
    page = context.new_page()
    page.goto(url)
    page.get_by_role("button", name="Sign in").click()
    page.locator("input[name=sub]").fill(name)
    page.locator("button[type=submit], input[type=submit]").first.click()
    page.wait_for_url(f"{url}/**")
    return page


def test_from_zero_to_lead_and_out_again(browser: Browser, signing_in):
    """First lead by setting; a claimed role counts for nothing; off at the next act; a copied cookie opens nothing."""
    url, environ = signing_in
    ana_context, ben_context = browser.new_context(), browser.new_context()
    ana = sign_in(ana_context, url, "ana")
    expect(ana.get_by_text("Ana · lead")).to_be_visible()

    ben = sign_in(ben_context, url, "ben")
    expect(ben.get_by_role("heading", name="You are not invited yet")).to_be_visible()
    workspace = open_workspace(environ)
    (waiting,) = accounts.pending_identities(workspace, COMMAND_LINE)
    person = accounts.admit(workspace, COMMAND_LINE, waiting.identity_id, Role.SME)
    for n in range(2):
        added(workspace, response=f"text {n}")
    ben.goto(f"{url}/rate")
    expect(ben.get_by_text("Ben · sme")).to_be_visible()
    ready(ben)
    ben.keyboard.press("4")
    expect(key(ben, "receipt")).to_contain_text("Saved 4")
    ben.goto(f"{url}/data")
    expect(ben.get_by_text("which does not include it")).to_be_visible()

    accounts.set_disabled(workspace, COMMAND_LINE, person.rater_id, True)
    ben.get_by_role("button", name="Back to the start page").click()
    expect(ben.get_by_role("heading", name="Your access is switched off")).to_be_visible()

    other_tab = ana_context.new_page()
    other_tab.goto(f"{url}/people")  # as earlier releases called it
    expect(other_tab.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    copied = ana_context.cookies()
    ana.get_by_role("button", name="Sign out").click()
    expect(ana.get_by_text("Ana · lead")).to_have_count(0)
    thief = browser.new_context()
    thief.add_cookies(copied)
    page = thief.new_page()
    page.goto(f"{url}/settings")
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    other_tab.get_by_role("button", name="Invite").click()  # an act; without one the tab follows within 20 seconds
    expect(other_tab.get_by_role("heading", name="You are signed out")).to_be_visible()
    workspace.store.engine.dispose()
    for context in (ana_context, ben_context, thief):
        context.close()


def test_the_address_for_signing_out_ends_the_sign_in(browser: Browser, signing_in):
    """A page of another site leads there in vain; typed in, it ends the sign-in, also for copied cookies."""
    url, environ = signing_in
    workspace = open_workspace(environ)
    context = browser.new_context()
    page = sign_in(context, url, "eve")
    expect(page.get_by_role("heading", name="You are not invited yet")).to_be_visible()
    (waiting,) = [one for one in accounts.pending_identities(workspace, COMMAND_LINE) if one.name == "Eve"]
    assert waiting.email == "eve@example.org"
    accounts.admit(workspace, COMMAND_LINE, waiting.identity_id, Role.SME)
    workspace.store.engine.dispose()
    page.goto(url)
    expect(page.get_by_text("Eve · sme")).to_be_visible()
    copied = context.cookies()

    foreign = context.new_page()
    foreign.goto(f"data:text/html,<a href='{url}/auth/logout'>A prize</a>")
    foreign.get_by_text("A prize").click()
    expect(foreign.get_by_text("A page of another site asked to sign you out")).to_be_visible()
    page.goto(f"{url}/rate")
    expect(page.get_by_text("Eve · sme")).to_be_visible()

    page.goto(f"{url}/auth/logout")
    thief = browser.new_context()
    thief.add_cookies(copied)
    other = thief.new_page()
    other.goto(f"{url}/rate")
    expect(other.get_by_role("heading", name="You are signed out")).to_be_visible()
    for opened in (context, thief):
        opened.close()
