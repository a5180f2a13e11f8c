"""Where the server must not start, and the rules it keeps where it may."""

import os
import subprocess
import sys

import pytest
from streamlit import config

from core.domain.errors import BadSetting
from core.ui.server import startup
from tests.databases import PATIENCE, ROOT

AUTH = {
    "redirect_uri": "https://assay.example.org/oauth2callback",
    "cookie_secret": "s" * 40,
    "client_id": "assay",
    "client_secret": "secret",
    "server_metadata_url": "https://id.example.org/.well-known/openid-configuration",
}


@pytest.fixture
def configured(monkeypatch, tmp_path):
    """Sets options of Streamlit, the environment and the section [auth]."""

    def configure(*, address="127.0.0.1", auth=None, files=(), **environ):
        options = {"server.address": address, "server.maxUploadSize": 1, "secrets.files": list(files)}
        monkeypatch.setattr(config, "get_option", options.__getitem__)
        monkeypatch.setattr(startup, "_auth_section", lambda: auth or {})
        for name, value in environ.items():
            monkeypatch.setenv(name, value)

    return configure


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "10.0.0.5", "", None, "example.org"])
def test_without_sign_in_the_server_listens_on_this_machine_only(configured, address):
    """One sentence, and what to do."""
    configured(address=address)
    with pytest.raises(BadSetting, match=r"AUTH_MODE is local.*Use 127\.0\.0\.1"):
        startup.rules()


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1"])
def test_on_this_machine_it_starts(configured, address):
    """With the policy for the page that Streamlit really sends, and the limit of its uploads."""
    configured(address=address)
    found = startup.rules()
    assert found.loopback_only
    assert len(found.inline_hashes) == 1
    assert found.max_upload == 1024 * 1024


def test_with_sign_in_the_public_name_is_ours(configured):
    """From redirect_uri; https there means TLS in front of us."""
    configured(address="0.0.0.0", auth=AUTH, AUTH_MODE="oidc", ASSAY_HOSTS="assay.lab:8501")
    found = startup.rules()
    assert {"assay.example.org", "assay.lab:8501", "localhost"} <= found.hosts
    assert (found.loopback_only, found.behind_tls, found.home) == (False, True, "")


def test_with_sign_in_on_this_machine_its_other_names_lead_to_the_one_that_works(configured):
    """The example of docs/sign-in.md, and the address that `make run` prints."""
    configured(auth=AUTH | {"redirect_uri": "http://localhost:8501/oauth2callback"}, AUTH_MODE="oidc")
    assert startup.rules().home == "http://localhost:8501"


@pytest.mark.parametrize(
    "wrong, named",
    [
        *(({name: ""}, f"{name} is missing") for name in AUTH),
        ({"cookie_secret": "short"}, "cookie_secret"),
        ({"redirect_uri": "http://assay.example.org/oauth2callback"}, "must begin with https"),
        ({"server_metadata_url": "http://id.example.org/x"}, "must begin with https"),
        ({"redirect_uri": "https://assay.example.org/"}, "must end with /oauth2callback"),
    ],
)
def test_sign_in_that_cannot_work_is_refused_at_the_start(configured, wrong, named):
    """A sentence that names the entry, and never a secret."""
    configured(auth={**AUTH, **wrong}, AUTH_MODE="oidc")
    with pytest.raises(BadSetting, match=named) as refused:
        startup.rules()
    assert AUTH["client_secret"] + '"' not in str(refused.value)


@pytest.mark.parametrize("mode, refused", [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
def test_secrets_that_others_can_read_are_refused(configured, tmp_path, mode, refused):
    """With the command that mends it."""
    file = tmp_path / "secrets.toml"
    file.write_text("")
    file.chmod(mode)
    configured(files=[str(file)])
    if refused:
        with pytest.raises(BadSetting, match=f"chmod 600 {file}"):
            startup.rules()
    else:
        startup.rules()


def test_another_bad_setting_is_left_to_the_pages(configured):
    """They explain it in the browser; until then the strictest rules hold. A bad AUTH_MODE stops the start."""
    configured(TRAIN_LIMIT="nonsense")
    assert startup.rules().loopback_only
    configured(TRAIN_LIMIT="", AUTH_MODE="ldap")
    with pytest.raises(BadSetting, match="AUTH_MODE is 'ldap'"):
        startup.rules()


@pytest.mark.parametrize("mode", ["local", "oidc"])
def test_a_passphrase_stops_the_start(configured, mode):
    """Whoever set it expects to be protected by it."""
    configured(auth=AUTH, AUTH_MODE=mode, ASSAY_PASSPHRASE="open sesame")
    with pytest.raises(BadSetting, match="ASSAY_PASSPHRASE is no longer supported"):
        startup.rules()


def test_a_refused_start_is_one_sentence_and_an_exit_code(tmp_path):
    """The real server, told to listen everywhere."""
    done = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "Home.py", "--server.port", "0", "--server.address", "0.0.0.0"],
        cwd=ROOT,
        env=os.environ | {"ASSAY_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("AUTH_MODE is local")
    assert "Traceback" not in done.stderr
