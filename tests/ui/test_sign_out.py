"""The address /auth/logout: it ends the sign-in of the browser that shows it, and nobody else can ask for that."""

import hashlib
import json

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from core.domain.errors import Unavailable
from core.domain.roles import COMMAND_LINE, Role
from core.services.people import accounts, sign_in
from core.services.people.sign_in import Why
from core.ui.server import sign_out
from core.ui.server.sign_out import SignOut
from core.ui.shell import identity
from tests.services.test_accounts import claims, with_sign_in

SECRET = "s" * 48
GROUPS = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(200)]
"""More than one cookie holds, also compressed."""


@pytest.fixture
def signed_in(workspace, monkeypatch):
    """Ana and Ben, each with a sign-in: (workspace, what the provider said of them)."""
    monkeypatch.setattr(identity, "get_cookie_secret", lambda: SECRET)
    with_sign_in(workspace)
    said = {}
    for name in ("ana", "ben"):
        accounts.invite(workspace, COMMAND_LINE, f"{name}@example.org", Role.SME)
        said[name] = claims(name, f"{name}@example.org", groups=GROUPS)
        assert sign_in.enter(workspace, said[name]).user
    return workspace, said


def cookies(said, secret=SECRET):
    """As Streamlit sets them, in as many pieces as it needs."""
    made: dict[str, str] = {}
    set_cookie_with_chunks(
        made.__setitem__,
        lambda name, value: create_signed_value(secret, name, value),
        "_streamlit_user",
        {**said, "origin": "http://localhost:8501", "provider": "default"},
        cookie_attr_size=100,
    )
    return {name: create_signed_value(secret, name, value).decode() for name, value in made.items()}


def ask(workspace, shown, method="GET", path="/auth/logout", **headers):
    """What the address answers to a browser with these cookies."""
    app = SignOut(PlainTextResponse("cookies deleted"), lambda: workspace)
    client = TestClient(app, cookies=shown)
    return client.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def ended(workspace, said):
    """Whose sign-ins are over."""
    return {name for name, words in said.items() if sign_in.enter(workspace, words).why is Why.SIGNED_OUT}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("site", [None, "same-origin", "none"])
def test_a_browser_that_goes_there_is_signed_out_and_nobody_else(signed_in, method, site):
    """By our button, by an address that was typed, and by a browser that is too old to say how it came."""
    workspace, said = signed_in
    shown = cookies(said["ana"])
    assert len(shown) > 1
    answer = ask(workspace, shown, method, **({"sec_fetch_site": site} if site else {}))
    assert answer.status_code == 200
    assert ended(workspace, said) == {"ana"}
    ask(workspace, shown)  # once more changes nothing
    assert ended(workspace, said) == {"ana"}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "Cross-Site", "x"])
def test_another_site_cannot_sign_anybody_out(signed_in, site):
    """A link or a redirect from elsewhere carries the cookies along; it is refused before Streamlit takes them away."""
    workspace, said = signed_in
    answer = ask(workspace, cookies(said["ana"]), sec_fetch_site=site)
    assert (answer.status_code, answer.text) == (403, sign_out.FOREIGN)
    assert ended(workspace, said) == set()


def test_cookies_that_the_server_did_not_sign_end_nothing(signed_in):
    """Forged, cut, exchanged or without a content: Streamlit deletes them, and no sign-in ends."""
    workspace, said = signed_in
    good = cookies(said["ana"])
    first = good["_streamlit_user"]
    forged = [
        cookies(said["ana"], "t" * 48),
        {"_streamlit_user": json.dumps(said["ana"])},
        {"_streamlit_user": ""},
        {"_streamlit_user": first[:-1]},
        {"_streamlit_user": "x" + first},
        {"_streamlit_user_tokens": first},
        dict.fromkeys(good, first),
        {name: value for name, value in good.items() if name != "_streamlit_user"},
        {"_streamlit_user": first},
        {**cookies({}), "x": "y"},
        {},
    ]
    for shown in forged:
        assert ask(workspace, shown).status_code == 200
        assert ended(workspace, said) == set()


@pytest.mark.parametrize("method, path", [("POST", "/auth/logout"), ("GET", "/auth/login"), ("GET", "/auth/logout/x")])
def test_other_requests_pass_as_they_are(signed_in, method, path):
    """Only what Streamlit itself takes for a sign-out ends one."""
    workspace, said = signed_in
    assert ask(workspace, cookies(said["ana"]), method, path, sec_fetch_site="cross-site").status_code == 200
    assert ended(workspace, said) == set()


def test_a_sign_out_that_cannot_be_written_is_not_half_done(signed_in, monkeypatch):
    """The browser keeps its cookies and the person learns that they are still signed in."""
    workspace, said = signed_in

    def away(*_):
        raise Unavailable("away")

    with monkeypatch.context() as context:
        context.setattr(sign_out.sign_in, "sign_out", away)
        answer = ask(workspace, cookies(said["ana"]))
    assert (answer.status_code, answer.text) == (503, sign_out.NOT_DONE)
    assert ended(workspace, said) == set()
