"""Nothing leaves this machine: every request of a browser session, and every connection that the server opens."""

import os
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from core.ui.shell.navigation import HOME, PAGES
from tests.browser.desk import key, sit_down
from tests.browser.test_signing_in import free_port, started

pytestmark = pytest.mark.browser

WATCH = """
import os, socket
_connect = socket.socket.connect
def connect(self, address):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        with open(os.environ["ASSAY_HOME"] + "/went-out.txt", "a") as file:
            file.write(repr(address) + chr(10))
        raise OSError("nothing may leave this machine")
    return _connect(self, address)
socket.socket.connect = connect
"""


def test_a_session_over_every_page_asks_nobody_but_the_server(page, tmp_path):
    """Rating included, and no policy is broken; the server connects to nothing, not even after a foreign Origin."""
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    port = free_port()
    environ = os.environ | {"ASSAY_HOME": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    server = started(
        ["-m", "streamlit", "run", "Home.py", "--server.port", str(port)],
        environ,
        f"http://127.0.0.1:{port}/_stcore/health",
        tmp_path / "server.log",
    )
    asked, broken = set(), []
    page.on("request", lambda request: asked.add(urlsplit(request.url)[:2]))
    page.on("websocket", lambda opened: asked.add(urlsplit(opened.url)[:2]))
    page.on("console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None)
    try:
        page.goto(f"http://127.0.0.1:{port}/")
        page.get_by_role("button", name="Load the sample").click()
        page.get_by_text("Sample data").first.wait_for()
        for info in PAGES.values():
            if info is not HOME:
                page.goto(f"http://127.0.0.1:{port}/{info.name}")
                page.locator("h1").first.wait_for()
        sit_down(page, f"http://127.0.0.1:{port}", "Ana")
        page.keyboard.press("4")
        expect(key(page, "receipt")).to_contain_text("Saved 4")
        page.context.request.get(f"http://127.0.0.1:{port}/", headers={"origin": "http://evil.example"})
    finally:
        server.terminate()
        server.wait(20)
    here = f"127.0.0.1:{port}"
    assert {place for scheme, place in asked if scheme in ("http", "https", "ws", "wss")} == {here}
    assert broken == []
    assert not (tmp_path / "went-out.txt").exists()
