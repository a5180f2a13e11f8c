"""Who may call: programs on this machine until a key was made, then whoever has one."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.domain.errors import Unavailable
from core.domain.roles import COMMAND_LINE, KeyScope
from core.http.api import KEY_WAITS, Api
from core.http.openapi import DOCUMENT
from core.http.rate_limit import Rate
from core.http.security import Rules, Safety
from core.services.people import api_keys
from core.services.workspace import Workspace
from core.store.people.api_keys import of_texts, suspend, valid_hashes

NO_MODEL, UNAUTHORISED = 503, 401  # the test's database has no model: 503 is what an admitted call gets
NO_SCOPE = 403
RERANK = {"query": "q", "documents": ["a"]}
BODIES = {
    "/v1/rerank": RERANK,
    "/v2/rerank": RERANK,
    "/rerank": RERANK,
    "/v1/interactions": {"interactions": []},
    "/v1/feedback": {"interaction": "unknown", "thumb": "up"},
}
LET_IN = {"/v1/interactions": 200, "/v1/feedback": 404}
"""What is answered to a key that may, where it is not that there is no model."""
Call = Callable[..., int]


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost:8501", "LOCALHOST", "127.0.0.1:9", "[::1]:8501", "[::1]"])
def test_a_program_on_this_machine_needs_no_key(call: Call, peer: str, host: str) -> None:
    """By whatever loopback address and name, on any port."""
    assert call(peer, host=host) == NO_MODEL


@pytest.mark.parametrize("peer", ["192.168.1.7", "10.0.0.1", "::ffff:10.0.0.1", "2001:db8::1", "testclient", ""])
def test_another_machine_needs_a_key(call: Call, peer: str) -> None:
    """Whatever it claims in Host."""
    assert call(peer) == UNAUTHORISED


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8501",
        "localhost.evil.example",
        "127.0.0.1.nip.io:8501",
        "127.0.0.1@evil.example",
        "192.168.1.7:8501",
        "[2001:db8::1]:8501",
        "0.0.0.0:8501",
        "localhost:99999",
        "localhost:8501:1",
        "2130706433",
        "",
    ],
)
def test_a_name_that_was_made_to_point_here_needs_a_key(call: Call, host: str) -> None:
    """DNS rebinding: the peer is this machine, but the browser was told another name."""
    assert call(host=host) == UNAUTHORISED


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://localhost:8501.evil.example",
        "http://localhost:3000",
        "http://localhost",
        "null",
        "http://127.0.0.1:8501/path",
        "file://",
        "http://user@localhost:8501",
        "http://localhost:port",
        "",
    ],
)
def test_a_web_page_from_elsewhere_needs_a_key(call: Call, origin: str) -> None:
    """Also one that another program on this machine serves, on its own port."""
    assert call(origin=origin) == UNAUTHORISED


@pytest.mark.parametrize("origin", ["http://localhost:8501", "http://127.0.0.1:8501", "http://[::1]:8501"])
def test_our_own_pages_need_no_key(call: Call, origin: str) -> None:
    """The dashboard at the same port, by any of its names."""
    assert call(origin=origin) == NO_MODEL


@pytest.mark.parametrize(
    "header",
    ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "via", "x-real-ip", "cf-connecting-ip"],
)
def test_what_came_through_a_proxy_needs_a_key(call: Call, header: str) -> None:
    """Behind a proxy every caller has this machine's address, so that address says nothing."""
    assert call(**{header: "127.0.0.1"}) == UNAUTHORISED


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_what_a_page_can_send_without_leave_is_refused(client: TestClient, kind: str) -> None:
    """A form or a plain text crosses origins without a question; JSON does not."""
    answer = client.post("/v1/rerank", content='{"query":"q","documents":["a"]}', headers={"content-type": kind})
    assert answer.status_code == 415
    assert "Content-Type" in answer.json()["error"]


def test_a_key_opens_until_it_is_revoked(workspace: Workspace, call: Call) -> None:
    """From anywhere and through a proxy; a revoked, a wrong and no key are refused, on this machine too."""
    key, made = api_keys.create(workspace, COMMAND_LINE, "the portal")
    assert call("10.0.0.1", authorization=f"Bearer {key}", host="api.example", x_forwarded_for="8.8.8.8") == NO_MODEL
    assert call("10.0.0.1", authorization=f"bearer  {key} ") == NO_MODEL
    for wrong in ("Bearer ", f"Basic {key}", f"Bearer {key}x", f"Bearer {key[:-1]}", key, "Bearer \u00e9"):
        assert call(authorization=wrong) == UNAUTHORISED, wrong
    assert call() == UNAUTHORISED
    api_keys.revoke(workspace, COMMAND_LINE, made.key_id)
    assert call(authorization=f"Bearer {key}") == UNAUTHORISED
    assert call() == UNAUTHORISED  # revoking the last key must not open the door to everybody


CALLERS = ("nobody", "wrong key", "revoked key", "no bearer", "key")


@pytest.mark.parametrize("caller", CALLERS)
def test_every_route_by_every_caller(workspace: Workspace, api: Api, caller: str) -> None:
    """All paths and methods of the OpenAPI document, in a process that has not answered anything yet, from this machine
    and another: what ranks or takes something in wants a key that is valid now; what holds no data answers everybody;
    and nothing else is there.
    """
    key, _ = api_keys.create(workspace, COMMAND_LINE, "the portal", list(KeyScope))
    old, gone = api_keys.create(workspace, COMMAND_LINE, "an old one")
    api_keys.revoke(workspace, COMMAND_LINE, gone.key_id)
    sent = {
        "nobody": None,
        "wrong key": "Bearer " + "x" * len(key),
        "revoked key": f"Bearer {old}",
        "no bearer": key,
        "key": f"Bearer {key}",
    }[caller]
    headers = {} if sent is None else {"authorization": sent}
    for peer in ("127.0.0.1", "10.1.2.3"):
        here = TestClient(api.app, base_url="http://localhost:8501", client=(peer, 50000))
        for path, operations in DOCUMENT["paths"].items():
            for method in ("get", "post", "put", "delete", "patch", "options"):
                body = BODIES.get(path) if method == "post" else None
                answer = here.request(method, path, headers=headers, json=body)
                if method not in operations:
                    assert answer.status_code == 405, (method, path)
                elif method == "post":
                    let_in = LET_IN.get(path, NO_MODEL)
                    assert answer.status_code == (let_in if caller == "key" else UNAUTHORISED), (peer, path)
                    assert "model_version" not in answer.text
                else:
                    assert answer.status_code == (503 if path == "/readyz" else 200), (peer, path)
        for path in ("/v1/keys", "/v2/models", "/v1/rerank/..", "/v1"):
            assert here.get(path, headers=headers).status_code == 404


@pytest.mark.parametrize("may", KeyScope)
def test_every_call_wants_the_scope_that_its_description_names(
    client: TestClient, workspace: Workspace, may: str
) -> None:
    """Another is refused in a sentence that says how to come by it, before the body is read; 415 only after that."""
    key, _ = api_keys.create(workspace, COMMAND_LINE, "portal", [KeyScope(may)])
    headers = {"authorization": f"Bearer {key}"}
    called = set()
    for path, operations in DOCUMENT["paths"].items():
        if "post" not in operations:
            continue
        ((wanted,),) = [rule["key"] for rule in operations["post"]["security"] if rule]
        called.add(wanted)
        answer = client.post(path, json=BODIES[path], headers=headers)
        if wanted == may:
            assert answer.status_code == LET_IN.get(path, NO_MODEL), path
        else:
            assert answer.status_code == NO_SCOPE, path
            assert f'"{wanted}"' in answer.json()["error"]
            assert "keys create NAME --scope" in answer.json()["error"]
            assert client.post(path, content=b"x" * 1_000, headers=headers).status_code == NO_SCOPE
    assert called == set(KeyScope)


def test_ranking_that_keeps_texts_wants_both_scopes(client: TestClient, workspace: Workspace) -> None:
    """Nothing is ranked for a key that may not send."""
    for scopes, status in (([KeyScope.RANK], NO_SCOPE), (list(KeyScope), NO_MODEL)):
        key, _ = api_keys.create(workspace, COMMAND_LINE, "portal", scopes)
        for path in ("/v1/rerank", "/v2/rerank", "/rerank"):
            headers = {"authorization": f"Bearer {key}"}
            assert client.post(path, json=RERANK | {"store": True}, headers=headers).status_code == status


def test_keys_of_one_name_are_one_application(client: TestClient, workspace: Workspace) -> None:
    """What was sent with the old key is known to the new one, and to nobody else."""
    row = {"id": "a", "prompt": "q", "response": "r"}
    sent = []
    for name in ("portal", " portal", "another"):
        key, _ = api_keys.create(workspace, COMMAND_LINE, name, [KeyScope.SEND])
        headers = {"authorization": f"Bearer {key}"}
        sent.append(client.post("/v1/interactions", json={"interactions": [row]}, headers=headers).json())
    assert [(one["stored"], one["known"]) for one in sent] == [(1, 0), (0, 1), (1, 0)]


def test_before_the_first_key_any_is_as_good_as_none(call: Call) -> None:
    """Clients that insist on sending one can be tried on this machine; elsewhere they are refused."""
    assert call(authorization="Bearer whatever") == NO_MODEL
    assert call("10.0.0.1", authorization="Bearer whatever") == UNAUTHORISED


def test_known_keys_still_open_while_the_database_is_away(
    workspace: Workspace, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loaded model goes on serving those who were admitted before; nobody new gets in."""
    key, _ = api_keys.create(workspace, COMMAND_LINE, "portal")
    assert call(authorization=f"Bearer {key}") == NO_MODEL

    def away(*_: object, **__: object) -> None:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr("core.services.people.api_keys.api_keys.any_made", away)
    monkeypatch.setattr("core.services.people.api_keys.api_keys.of_texts", away)
    ring = api_keys.KeyRing(workspace)
    with pytest.raises(Unavailable):
        ring.check(key)
    assert call(authorization=f"Bearer {key}") == NO_MODEL


def test_a_key_waits_after_a_restore_and_the_answer_says_for_whom(workspace: Workspace, api: Api, call: Call) -> None:
    """It opens nothing until a lead confirms it, and whoever runs the program learns what that takes."""
    key, _ = api_keys.create(workspace, COMMAND_LINE, "portal")
    with workspace.store.write() as session:
        suspend(session)
    assert call(authorization=f"Bearer {key}") == UNAUTHORISED
    body = {"query": "q", "documents": ["a"]}
    refused = TestClient(api.app).post("/v1/rerank", json=body, headers={"authorization": f"Bearer {key}"})
    assert refused.json()["error"] == KEY_WAITS
    assert call(authorization="Bearer other") == UNAUTHORISED
    new, _ = api_keys.create(workspace, COMMAND_LINE, "made since")
    assert call(authorization=f"Bearer {new}") == NO_MODEL
    assert api_keys.valid(workspace) == 1
    assert api_keys.confirm(workspace, COMMAND_LINE) == 1
    assert call(authorization=f"Bearer {key}") == NO_MODEL


def test_what_holds_no_data_needs_no_key(workspace: Workspace, api: Api) -> None:
    """Health, readiness and the description, also for a load balancer elsewhere."""
    api_keys.create(workspace, COMMAND_LINE, "portal")
    elsewhere = TestClient(api.app, base_url="https://assay.example", client=("10.0.0.1", 5))
    assert elsewhere.get("/healthz").json() == {"status": "ok"}
    assert elsewhere.get("/readyz").status_code == 503
    assert elsewhere.get("/openapi.json").json()["openapi"].startswith("3.1")


def sixty() -> Rate:
    """Refused calls before guessing ends; no time passes in which it could begin again."""
    return Rate(60, 60, clock=lambda: 0.0)


@pytest.mark.parametrize("known", [True, False], ids=["used before", "never used"])
def test_wrong_keys_from_an_address_do_not_lock_out_a_right_one(
    workspace: Workspace, api: Api, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """After the lock-out whoever has a right key is served, a load balancer is answered, guessing is refused without a
    query for each guess, and a revoked key is a wrong one."""
    key, made = api_keys.create(workspace, COMMAND_LINE, "portal")
    guarded = Safety(api.app, rules=Rules(only_api=True, refusals=sixty(), would_admit=api.would_admit))
    here = TestClient(guarded, base_url="http://assay.example", client=("192.0.2.7", 5))

    def ask(key: str | None) -> int:
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        return int(here.post("/v1/rerank", json={"query": "q", "documents": ["a"]}, headers=headers).status_code)

    if known:
        assert ask(key) == NO_MODEL
    assert [ask(f"wrong {number}") for number in range(60)] == [UNAUTHORISED] * 60
    asked: list[str] = []

    def noted(real: Callable[..., Any]) -> None:
        def query(*given: Any) -> Any:
            asked.append(real.__name__)
            return real(*given)

        monkeypatch.setattr(f"{real.__module__}.{real.__name__}", query)

    noted(of_texts)
    noted(valid_hashes)
    monkeypatch.setattr(api_keys, "LOOK_SECONDS", 1_000.0)
    for number in range(30):
        assert ask(f"wrong again {number}") == ask(None) == 429
        assert ask(key) == NO_MODEL
    assert asked.count("valid_hashes") == 1
    assert asked.count("of_texts") == 30
    assert here.get("/healthz").status_code == 200
    api_keys.revoke(workspace, COMMAND_LINE, made.key_id)
    assert ask(key) == UNAUTHORISED


@pytest.mark.parametrize("path", sorted(BODIES))
def test_guessing_ends_at_every_address_that_wants_a_key(workspace: Workspace, api: Api, path: str) -> None:
    """One count for all of them; a right key without the scope is no guess, and not locked out."""
    key, _ = api_keys.create(workspace, COMMAND_LINE, "portal", [KeyScope.RANK])
    guarded = Safety(api.app, rules=Rules(only_api=True, refusals=sixty(), would_admit=api.would_admit))
    here = TestClient(guarded, base_url="http://assay.example", client=("192.0.2.7", 5))

    def ask(path: str, key: str) -> int:
        return int(here.post(path, json=BODIES[path], headers={"authorization": f"Bearer {key}"}).status_code)

    admitted = NO_MODEL if path.endswith("rerank") else NO_SCOPE
    assert [ask(path, key) for _ in range(70)] == [admitted] * 70
    assert [ask("/v1/rerank", f"wrong {number}") for number in range(60)] == [UNAUTHORISED] * 60
    assert ask(path, "wrong again") == 429
    assert ask(path, key) == admitted


def test_a_program_on_this_machine_is_not_locked_out_before_the_first_key(api: Api) -> None:
    """Nor by what a proxy on the same machine passed on from others."""
    guarded = Safety(api.app, rules=Rules(refusals=sixty(), would_admit=api.would_admit))
    here = TestClient(guarded, base_url="http://localhost:8501", client=("127.0.0.1", 5))
    sent = {"query": "q", "documents": ["a"]}
    for _ in range(60):
        assert here.post("/v1/rerank", json=sent, headers={"x-forwarded-for": "192.0.2.1"}).status_code == UNAUTHORISED
    assert here.post("/v1/rerank", json=sent, headers={"x-forwarded-for": "192.0.2.1"}).status_code == 429
    assert here.post("/v1/rerank", json=sent).status_code == NO_MODEL
