"""Behind nginx with TLS, as SECURITY.md says: websocket, Host, Origin, Secure cookies, and large cookies."""

import json
import os
import re
import shutil
import subprocess
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, expect

from core.services.workspace import open_workspace
from tests.browser.desk import key, ready
from tests.browser.test_signing_in import ROOT, free_port, sign_in, started
from tests.databases import added, environment

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OPENSSL = shutil.which("openssl")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not NGINX or not OPENSSL, reason="not here: no nginx"),
]


def configuration(folder, port, behind):
    """The server block of SECURITY.md itself, with ports and a certificate of this test."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    block = re.search(r"^    server \{.*?^    \}$", text, re.DOTALL | re.MULTILINE)
    server = block.group(0).replace("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;")
    server = server.replace(
        "server_name assay.example.org;", f"ssl_certificate {folder}/c.pem; ssl_certificate_key {folder}/k.pem;"
    )
    server = server.replace("127.0.0.1:8501", f"127.0.0.1:{behind}")
    places = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    of_all = f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}"
    return f"{of_all} http {{ access_log off; {places} {server} }}"


def test_a_sign_in_through_the_proxy(browser: Browser, tmp_path):
    """The page comes up over TLS, the cookies are Secure, a large sign-in fits, also to rate with; foreign pages are
    refused.
    """
    port, behind, provider = free_port(), free_port(), free_port()
    issuer, url = f"http://localhost:{provider}", f"https://localhost:{port}"
    secrets = tmp_path / "secrets.toml"
    secrets.touch(mode=0o600)
    secrets.write_text(
        f'[auth]\nredirect_uri = "{url}/oauth2callback"\ncookie_secret = "{"s" * 48}"\nclient_id = "assay"\n'
        f'client_secret = "x"\nserver_metadata_url = "{issuer}/.well-known/openid-configuration"\n'
    )
    make = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "k.pem",
        "-out",
        "c.pem",
        "-subj",
        "/CN=localhost",
    ]
    subprocess.run([str(OPENSSL), *make], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "nginx.conf").write_text(configuration(tmp_path, port, behind))
    environ = environment("", tmp_path) | {"AUTH_MODE": "oidc", "ASSAY_FIRST_LEAD": "ana@example.org"}
    processes = []
    try:
        known = f"{issuer}/.well-known/openid-configuration"
        processes.append(
            started(["-m", "oidc_provider_mock", "-p", str(provider)], os.environ, known, tmp_path / "provider.log")
        )
        body = json.dumps({"email": "ana@example.org", "email_verified": True, "name": "Ana"}).encode()
        urlopen(Request(f"{issuer}/users/ana", body, {"content-type": "application/json"}, method="PUT"))
        arguments = ["-m", "streamlit", "run", "Home.py", "--server.port", str(behind), "--secrets.files", str(secrets)]
        health = f"http://127.0.0.1:{behind}/_stcore/health"
        processes.append(started(arguments, environ, health, tmp_path / "server.log"))
        processes.append(subprocess.Popen([str(NGINX), "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log"]))
        context = browser.new_context(ignore_https_errors=True)
        page = sign_in(context, url, "ana")
        expect(page.get_by_text("· lead")).to_be_visible()
        cookies = [cookie for cookie in context.cookies(url) if "session" not in cookie["name"]]
        assert all(cookie["secure"] and cookie["sameSite"] == "Lax" for cookie in cookies)
        # as much as a sign-in with many claims brings; Streamlit splits it over several cookies
        padding = [{"name": f"padding_{number}", "value": "x" * 2_800, "url": url} for number in (1, 2)]
        context.add_cookies(padding)
        page.goto(f"{url}/settings")
        expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
        workspace = open_workspace(environ)
        added(workspace)
        workspace.store.engine.dispose()
        page.goto(f"{url}/rate")
        ready(page)
        page.keyboard.press("4")
        expect(key(page, "receipt")).to_contain_text("Saved 4")
        for headers in ({"origin": "https://evil.example"}, {"host": "evil.example"}):
            assert context.request.get(url, headers=headers).status == 403
        context.close()
    finally:
        for process in processes:
            process.terminate()
            process.wait(20)
