"""What stands in front of the server: who may ask from where, how much, how often, and the headers of every answer."""

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from core.http.origin import FORWARDING, is_loopback, is_ours, same_origin
from core.http.rate_limit import Rate
from core.http.security import MAX_BODY, Rules, Safety, inline_hashes

HERE = "http://127.0.0.1:8501"


async def page(request):
    answer = HTMLResponse("<p>page</p>")
    answer.set_cookie("_streamlit_user", "x", samesite=None)
    answer.set_cookie("_streamlit_xsrf", "y")
    return answer


async def login(request):
    return PlainTextResponse("Authentication error", 400) if request.query_params else await page(request)


async def length(request):
    return PlainTextResponse(str(len(await request.body())))


async def refuse(request):
    return JSONResponse({}, 401)


async def echo(socket):
    await socket.accept()
    await socket.send_text("in")
    await socket.close()


def client(rules=None, base_url=HERE, peer="127.0.0.1"):
    """A server with a page, an upload, a call of the API and a websocket behind the rules."""
    routes = [
        Route("/", page),
        Route("/auth/login", login),
        Route("/_stcore/metrics", page),
        Route("/_stcore/upload_file/a/b", length, methods=["PUT"]),
        Route("/form", length, methods=["POST"]),
        Route("/v1/rerank", length, methods=["POST"]),
        Route("/v1/refused", refuse),
        Route("/media/x.html", page),
        WebSocketRoute("/_stcore/stream", echo),
    ]
    return TestClient(Safety(Starlette(routes=routes), rules or Rules()), base_url=base_url, client=(peer, 5000))


def test_every_answer_carries_the_headers():
    """Also refusals; the policy allows sockets to this very server only."""
    for answer in (client().get("/"), client().get("/", headers={"host": "evil.example"}), client().get("/none")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert "camera=()" in answer.headers["permissions-policy"]
    policy = client().get("/").headers["content-security-policy"]
    assert "connect-src 'self' ws://127.0.0.1:8501 wss://127.0.0.1:8501;" in policy
    assert "unsafe-eval" not in policy
    assert "sandbox" in client().get("/media/x.html").headers["content-security-policy"]


def test_only_pages_import_scripts_that_a_script_of_theirs_made():
    """The script of the rating desk comes from a blob: address; what is no page, and files that people brought, do not
    run any.
    """
    policy = {path: client().get(path).headers["content-security-policy"] for path in ("/", "/none", "/media/x.html")}
    assert "script-src 'self' blob:;" in policy["/"]
    assert "script-src 'self';" in policy["/none"]
    assert "blob:" not in policy["/media/x.html"] + client().get("/v1/refused").headers["content-security-policy"]
    hashed = client(Rules(inline_hashes=("'sha256-x'",))).get("/").headers["content-security-policy"]
    assert "script-src 'self' blob: 'sha256-x';" in hashed


def test_the_inline_script_of_the_page_is_hashed(tmp_path):
    """From the file that is really sent; a script with a source is none."""
    page = tmp_path / "index.html"
    page.write_text("<script>\n  window.a = 1\n</script><script type='module' src='x.js'></script>")
    (found,) = inline_hashes(page)
    assert found.startswith("'sha256-")
    page.write_text("<script>\n  window.a = 2\n</script>")
    assert inline_hashes(page) != (found,)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "localhost:80;x",
        "",
        "127.0.0.1:999999",
        "[::1",
    ],
)
def test_a_foreign_host_is_refused(host):
    """A name that was made to point here (DNS rebinding) opens nothing, page or socket."""
    assert client().get("/", headers={"host": host}).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        client().websocket_connect("ws://127.0.0.1:8501/_stcore/stream", headers={"host": host}),
    ):
        pass


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:8501", "LOCALHOST:1"])
def test_this_machine_by_any_of_its_names_is_served(host):
    """On whatever port the browser was told."""
    assert client().get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://localhost:8501",
        "http://127.0.0.1:8502",
        "http://127.0.0.1:8501/x",
        "file://",
    ],
)
def test_a_foreign_origin_is_answered_before_anything_else(origin):
    """Streamlit would ask the internet for its own address; it never hears of such a request."""
    assert client().get("/", headers={"origin": origin}).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        client().websocket_connect(
            "ws://127.0.0.1:8501/_stcore/stream", headers={"origin": origin, "host": "127.0.0.1:8501"}
        ),
    ):
        pass


def test_our_own_origin_and_programs_without_one_pass():
    """The dashboard's page opens its socket; so does a program that is no browser."""
    for headers in ({"origin": HERE, "host": "127.0.0.1:8501"}, {"host": "127.0.0.1:8501"}):
        with client().websocket_connect("ws://127.0.0.1:8501/_stcore/stream", headers=headers) as socket:
            assert socket.receive_text() == "in"


def test_behind_a_proxy_the_public_name_is_ours_and_cookies_are_secure():
    """TLS ends at the proxy: Host and Origin arrive as the browser sent them."""
    rules = Rules(hosts=frozenset({"assay.example.org"}), loopback_only=False, behind_tls=True)
    headers = {"host": "assay.example.org", "origin": "https://assay.example.org"}
    answer = client(rules).get("/", headers=headers)
    user, xsrf = answer.headers.get_list("set-cookie")
    assert {"HttpOnly", "SameSite=Lax", "Secure"} <= {part.strip() for part in user.split(";")}
    assert "Secure" in xsrf
    assert "HttpOnly" not in xsrf
    assert "Secure" not in client().get("/").headers["set-cookie"]
    assert client(rules).get("/", headers=headers | {"origin": "https://evil.example"}).status_code == 403


def test_without_sign_in_pages_answer_on_this_machine_only():
    """However the server was started: what counts is the address where the request arrived."""
    away = client(Rules(hosts=frozenset({"10.0.0.5"})), base_url="http://10.0.0.5:8501").get("/")
    assert away.status_code == 403
    assert "docs/sign-in.md" in away.text


@pytest.mark.parametrize("name", [*FORWARDING, "x-forwarded-for", "x-forwarded-proto", "x-forwarded-anything"])
def test_without_sign_in_nothing_answers_through_a_proxy(name):
    """As the API does: whoever is behind a proxy does not sit at this machine. With sign-in that is how it is meant."""
    headers = {name: "1.2.3.4", "host": "127.0.0.1:8501"}
    refused = client().get("/", headers=headers)
    assert (refused.status_code, "AUTH_MODE=oidc" in refused.text) == (403, True)
    assert client().put("/_stcore/upload_file/a/b", content=b"x", headers=headers).status_code == 403
    signed_in = client(Rules(loopback_only=False))
    assert signed_in.get("/", headers=headers).status_code == 200
    stream = "ws://127.0.0.1:8501/_stcore/stream"
    with pytest.raises(WebSocketDisconnect), client().websocket_connect(stream, headers=headers):
        pass
    with signed_in.websocket_connect(stream, headers=headers) as socket:
        assert socket.receive_text() == "in"


def test_what_nobody_needs_is_closed():
    """Streamlit would tell everybody its numbers."""
    assert client().get("/_stcore/metrics").status_code == 404


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_is_limited_whether_its_length_is_declared_or_not(declared):
    """Files may be large, anything else is not; the API has limits of its own."""
    body = b"x" * (MAX_BODY + 1)

    def sent():
        yield from (body[:600_000], body[600_000:])

    content = body if declared else sent()
    assert client().post("/form", content=content).status_code == 413
    assert client().post("/form", content=b"x").text == "1"
    content = body if declared else sent()
    assert client().put("/_stcore/upload_file/a/b", content=content).text == str(len(body))
    rules = Rules(max_upload=10)
    if declared:
        big = client(rules).put("/_stcore/upload_file/a/b", content=b"x" * (MAX_BODY + 11))
        assert big.status_code == 413


def test_too_many_requests_of_one_address_wait():
    """With a sentence and a number of seconds; another address is not held up."""
    rules = Rules(requests=Rate(60, 3))
    first, other = client(rules), client(rules, peer="127.0.0.2")
    assert [first.get("/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert int(first.get("/").headers["retry-after"]) == 1
    assert other.get("/").status_code == 200


def test_calls_of_the_api_are_counted_by_key_and_guessing_ends():
    """Two keys from one address do not hold each other up; refused calls stop after a while."""
    rules = Rules(requests=Rate(60, 2), refusals=Rate(60, 3))
    caller = client(rules)
    for key in ("a", "b"):
        codes = [caller.post("/v1/rerank", headers={"authorization": key}).status_code for _ in range(3)]
        assert codes == [200, 200, 429]
    answer = caller.post("/v1/rerank", headers={"authorization": "a"})
    assert answer.json()["error"] == answer.json()["message"]
    codes = [caller.get("/v1/refused", headers={"authorization": str(number)}).status_code for number in range(5)]
    assert codes == [401, 401, 401, 429, 429]


def test_a_rate_fills_again_and_forgets_whom_it_saw_longest_ago():
    """A minute's share comes back evenly; memory is bounded."""
    at = [0.0]
    rate = Rate(60, 2, clock=lambda: at[0], remembered=2)
    assert [rate.wait("a"), rate.wait("a"), rate.wait("a")] == [0, 0, 1]
    at[0] = 0.5
    assert rate.wait("a") == pytest.approx(0.5)
    at[0] = 1.0
    assert rate.wait("a") == 0
    for name in "bcd":
        rate.wait(name)
    assert len(rate._buckets) == 2
    assert rate.wait("a") == 0


def test_addresses_are_read_as_they_are():
    """What means this machine and what does not, in every notation."""
    for address in ("127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "::ffff:127.0.0.1", "/run/assay.sock"):
        assert is_loopback(address), address
    for address in ("", "0.0.0.0", "::", "10.0.0.5", "example.org", "127.0.0.1.evil.example"):
        assert not is_loopback(address), address
    assert is_ours("x:81", frozenset({"x:81"}))
    assert not is_ours("x:82", frozenset({"x:81"}))
    assert same_origin("https://x", "x:443")
    assert not same_origin("https://x:444", "x")


def test_this_machine_by_another_name_leads_where_sign_in_works():
    """The cookie of a sign-in at localhost does not count at 127.0.0.1; programs and the page's own files stay."""
    html, home = {"accept": "text/html,*/*"}, "http://localhost:8501"
    asked = client(Rules(loopback_only=False, home=home))
    for path in ("/", "//evil.example/x"):
        led = asked.get(f"{HERE}{path}", headers=html, follow_redirects=False)
        assert (led.status_code, led.headers["location"]) == (307, f"{home}{path}")
    assert asked.get("/").status_code == 200
    assert client(Rules(loopback_only=False, home=home), base_url=home).get("/", headers=html).status_code == 200


def test_where_there_is_only_the_api_every_address_is_its_own():
    """Headers and limits hold there too, and what is nowhere is answered in JSON whatever name was called."""
    asked = client(Rules(only_api=True), base_url="http://evil.example")
    answer = asked.get("/")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_provider_that_is_away_is_a_sentence():
    """What was lost (nothing) and what to try; a way that works is passed on as it is."""
    away = client().get("/auth/login?provider=x")
    assert away.status_code == 502
    assert "Nothing was lost" in away.text
    assert client().get("/auth/login").text == "<p>page</p>"


def test_one_address_is_a_page_for_browsers_and_a_call_for_programs():
    """/rerank: a program reaches it by any name and with a body as large as the API takes; a page keeps its rules."""
    routes = [Route("/rerank", page), Route("/rerank", length, methods=["POST"])]
    here = TestClient(Safety(Starlette(routes=routes), Rules()), base_url=HERE, client=("127.0.0.1", 5000))
    elsewhere = {"host": "assay.example"}
    assert here.get("/rerank").status_code == 200
    assert "connect-src" in here.get("/rerank").headers["content-security-policy"]
    assert here.get("/rerank", headers=elsewhere).status_code == 403
    sent = here.post("/rerank", content=b"x" * 3_000_000, headers=elsewhere)
    assert (sent.status_code, sent.text) == (200, "3000000")
    assert "sandbox" in sent.headers["content-security-policy"]
