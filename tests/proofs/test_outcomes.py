"""Answers and feedback that programs send, against a real server: nothing acknowledged is lost, nothing is there twice,
and what cannot be meant is refused in a sentence.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from core.domain.roles import COMMAND_LINE, KeyScope
from core.services.people import api_keys
from core.services.workspace import Workspace
from core.store.tables import Feedback, Item, LegacyInteraction, Occurrence, Rating
from tests.databases import PATIENCE, start_python
from tests.proofs.conftest import scaled
from tests.proofs.killing import Server, Servers, moments
from tests.services.versions_made import made

pytestmark = pytest.mark.slow

AGAIN = (429, 503)
"""What a program tries again; a connection that breaks is the other case."""
BAD_ROWS: dict[int, Any] = {
    0: "no object",
    101: {"id": "x101", "prompt": "a question"},
    202: {"prompt": "a question", "response": "an answer"},
    303: {"id": "", "prompt": "a question", "response": "an answer"},
    404: {"id": "i" * 201, "prompt": "a question", "response": "an answer"},
    505: {"id": "x505", "prompt": "  ", "response": "an answer"},
    606: {"id": "x606", "messages": [{"role": "assistant", "content": "hello"}], "response": "an answer"},
    707: {"id": "x707", "prompt": "a question", "response": {"text": "an answer"}},
    808: {"id": "x808", "prompt": "a question", "response": "an answer", "generator": "g" * 201},
    999: {"id": "x999", "prompt": "a question", "response": "an answer", "metadata": ["no", "object"]},
}


@pytest.fixture
def server(workspace: Workspace, environ: dict[str, str], servers: Servers) -> Iterator[Server]:
    """A dashboard on the test's database."""
    with servers.serve(environ) as started:
        yield started


def program(server: Server, key: str | None = None) -> httpx.Client:
    """A program on this machine."""
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    return httpx.Client(base_url=server.url, headers=headers, timeout=PATIENCE)


def sent(client: httpx.Client, rows: list[Any]) -> dict[str, Any]:
    """What became of these answers."""
    answer = client.post("/v1/interactions", json={"interactions": rows})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def row(name: object, **others: Any) -> dict[str, Any]:
    """One answer to send."""
    return {"id": str(name), "prompt": f"question of {name}", "response": f"answer {name}", **others}


def counted(workspace: Workspace) -> dict[str, int]:
    """How many rows of each kind are stored."""
    tables = (Occurrence, Item, LegacyInteraction, Feedback, Rating)
    with workspace.store.read() as session:
        return {table.__name__: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def assert_sentence(answer: httpx.Response, *secrets: str) -> None:
    """An error that says what happened in words, and nothing of what was sent."""
    said = answer.json()
    assert said["error"] == said["message"]
    assert len(said["error"].split()) > 4
    assert "Traceback" not in answer.text
    assert len(answer.text) < 2_000
    assert not [secret for secret in secrets if secret in answer.text]


def test_send_stores_what_is_good_and_names_what_is_not(server: Server, workspace: Workspace, proven) -> None:
    """1,000 rows of which 10 are bad: 990 stored and 10 named; the same call again stores nothing."""
    rows = [BAD_ROWS.get(number, row(number, generator=f"writer {number % 3}")) for number in range(1_000)]
    with program(server) as client:
        first, second = sent(client, rows), sent(client, rows)
    assert (first["stored"], first["known"], second["stored"], second["known"]) == (990, 0, 0, 990)
    for answer in (first, second):
        assert {refused["index"] for refused in answer["refused"]} == set(BAD_ROWS)
        assert all(len(refused["reason"]) > 10 for refused in answer["refused"])
    expected = {"Occurrence": 990, "Item": 990, "LegacyInteraction": 990, "Feedback": 0, "Rating": 0}
    assert counted(workspace) == expected
    proven("1,000 rows of which 10 are bad, sent twice: 990 stored and 990 known, 10 named by number each time")


def test_send_refuses_other_texts_under_a_known_id(server: Server, workspace: Workspace) -> None:
    """In another call and in the same one; one text under two ids is one interaction that counts for both."""
    with program(server) as client:
        assert sent(client, [row(1)])["stored"] == 1
        changed = sent(client, [row(1, response="another answer"), row(2), row(2, prompt="another question"), row(2)])
        assert (changed["stored"], changed["known"]) == (1, 1)
        assert [refused["index"] for refused in changed["refused"]] == [0, 2]
        both = sent(client, [row(1) | {"id": "3", "generator": "another"}])
        assert (both["stored"], both["refused"]) == (1, [])
    with workspace.store.read() as session:
        texts = set(session.scalars(select(LegacyInteraction.ai_response)))
        numbers = {one.caller_id: one.interaction_id for one in session.scalars(select(Occurrence))}
    assert texts == {"answer 1", "answer 2"}
    assert numbers["1"] == numbers["3"] != numbers["2"]


def test_send_and_feedback_at_the_same_moment_store_nothing_twice(server: Server, workspace: Workspace, proven) -> None:
    """Eight programs send the same answers and the same feedback at once; of a user's words one is the latest."""
    programs, rows = 8, [row(number) for number in range(scaled(40, 400))]
    together = threading.Barrier(programs)

    def send(_: int) -> tuple[dict[str, Any], int, httpx.Response]:
        with program(server) as client:
            together.wait(PATIENCE)
            answers = sent(client, rows)
            together.wait(PATIENCE)
            said = client.post("/v1/feedback", json={"interaction": "0", "thumb": "down", "user": "u", "id": "f"})
            together.wait(PATIENCE)
            again = client.post("/v1/feedback", json={"interaction": "1", "thumb": "down", "user": "u"})
            assert said.status_code == 200, said.text
            return answers, said.json()["stored"], again

    with ThreadPoolExecutor(programs) as pool:
        found = list(pool.map(send, range(programs)))
    assert sum(answers["stored"] for answers, _, _ in found) == len(rows)
    assert all(answers["stored"] + answers["known"] == len(rows) for answers, _, _ in found)
    assert sum(stored for _, stored, _ in found) == 1
    assert {again.status_code for _, _, again in found} == {200}
    with workspace.store.read() as session:
        latest = Counter(session.scalars(select(Feedback.target).where(Feedback.latest)))
        disliked = Counter(session.scalars(select(Item.disliked)))
    assert set(latest.values()) == {1}
    assert disliked == {1: 2, 0: len(rows) - 2}
    assert counted(workspace) | {"Feedback": 0} == {
        "Occurrence": len(rows),
        "Item": len(rows),
        "LegacyInteraction": len(rows),
        "Feedback": 0,
        "Rating": 0,
    }
    assert counted(workspace)["Feedback"] == 1 + programs
    proven(f"{programs} programs sent the same {len(rows)} answers and the same feedback at once: each there once")


def test_feedback_that_cannot_be_meant_is_refused_in_a_sentence(server: Server, workspace: Workspace, proven) -> None:
    """Too long, forged, of another application, without the scope: a sentence each, and nothing is stored."""
    keys = {
        name: api_keys.create(workspace, COMMAND_LINE, name, scopes)[0]
        for name, scopes in {
            "portal": (KeyScope.SEND,),
            "other": (KeyScope.SEND, KeyScope.RANK),
            "ranker": (KeyScope.RANK,),
        }.items()
    }
    thumb, long = {"interaction": "mine", "thumb": "down"}, "zebra " * 34_000
    bad: list[tuple[str | None, int, Any]] = [
        ("portal", 400, thumb | {"comment": long}),
        ("portal", 400, thumb | {"user": "u" * 201}),
        ("portal", 400, thumb | {"id": "i" * 201}),
        ("portal", 400, thumb | {"score": 3}),
        ("portal", 400, thumb | {"thumb": "sideways"}),
        ("portal", 400, {"interaction": "mine"}),
        ("portal", 400, {"interaction": "mine", "score": 6}),
        ("portal", 400, {"interaction": "mine", "score": True}),
        ("portal", 400, {"interaction": "mine", "chosen": 0}),
        ("portal", 400, {"thumb": "up"}),
        ("portal", 400, thumb | {"rerank": "x"}),
        ("portal", 400, [thumb]),
        ("portal", 404, thumb | {"interaction": "nobody's"}),
        ("portal", 404, {"rerank": "0" * 32, "thumb": "up"}),
        ("portal", 404, {"rerank": "0" * 32, "index": 0, "thumb": "up"}),
        ("other", 404, thumb),
        ("ranker", 403, thumb),
        ("nobody", 401, thumb),
        (None, 401, thumb),
    ]
    with program(server, keys["portal"]) as client:
        assert sent(client, [row("mine")])["stored"] == 1
        long_text = client.post("/v1/interactions", json={"interactions": [row("long", response="zebra " * 5_000_000)]})
        assert long_text.status_code == 413
        assert_sentence(long_text, "zebra")
        many = client.post("/v1/interactions", json={"interactions": [row(number) for number in range(1_001)]})
        assert many.status_code == 400
        assert_sentence(many)
    before, sentences = counted(workspace), set()
    for name, status, body in bad:
        key = None if name is None else keys.get(name, "not-a-key")
        with program(server, key) as client:
            answer = client.post("/v1/feedback", json=body)
            assert answer.status_code == status, (name, body if len(str(body)) < 500 else "long", answer.text)
            assert_sentence(answer, "zebra", *([] if key is None else [key]))
            if status == 404 and "interaction" in body:
                sentences.add(answer.json()["error"])
            if status in (401, 403):
                refused = client.post("/v1/interactions", json={"interactions": [row("new")]})
                assert refused.status_code == status
                assert_sentence(refused)
    assert len(sentences) == 1  # so that nobody learns what another application has sent
    assert counted(workspace) == before
    assert before["Feedback"] == 0
    with program(server, keys["other"]) as client:  # ids belong to the application
        assert sent(client, [row("mine", response="of the other")])["stored"] == 1
    proven(f"{len(bad) + 2} calls refused in a sentence, nothing stored")


@dataclass
class Program:
    """A program that sends answers and feedback until it is told to stop, each until it was acknowledged."""

    name: str
    client: httpx.Client
    ended: threading.Event
    answers: set[str] = field(default_factory=set)
    """Ids of answers that were acknowledged."""
    feedback: set[str] = field(default_factory=set)
    known: int = 0
    """What had been stored although no acknowledgement came."""

    def work(self) -> None:
        turn = 0
        while not self.ended.is_set():
            rows = [row(f"{self.name}.{turn}.{number}") for number in range(5)]
            done = self.until_acknowledged("/v1/interactions", {"interactions": rows})
            assert (done["stored"] + done["known"], done["refused"]) == (len(rows), [])
            self.known += done["known"]
            self.answers |= {one["id"] for one in rows}
            for one in rows:
                said = {"interaction": one["id"], "thumb": "down", "user": f"user {turn % 7}", "id": f"of {one['id']}"}
                done = self.until_acknowledged("/v1/feedback", said)
                assert done["stored"] + done["known"] == 1
                self.known += done["known"]
                self.feedback.add(said["id"])
            turn += 1

    def until_acknowledged(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        pause = threading.Event()
        while True:
            try:
                answer = self.client.post(path, json=body)
            except httpx.TransportError:
                pause.wait(0.02)
                continue
            if answer.status_code not in AGAIN:
                break
            pause.wait(0.02)
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done


def test_send_and_feedback_survive_a_server_that_is_killed(server: Server, workspace: Workspace, draw, proven) -> None:
    """Whenever it is killed: what was acknowledged is there, and what is sent again is there once."""
    times, ended = scaled(3, 60), threading.Event()
    keys = [api_keys.create(workspace, COMMAND_LINE, f"program {n}", (KeyScope.SEND,))[0] for n in range(4)]
    programs = [Program(f"p{n}", program(server, key), ended) for n, key in enumerate(keys)]
    with ThreadPoolExecutor(len(programs)) as pool:
        working = [pool.submit(one.work) for one in programs]
        try:
            pause = threading.Event()
            for moment in moments(draw, times, 1.0):
                pause.wait(0.3 + moment)
                server.kill()
                acknowledged = {answer for one in programs for answer in set(one.answers)}
                thumbs = {thumb for one in programs for thumb in set(one.feedback)}
                with workspace.store.read() as session:
                    occurrences = Counter(session.scalars(select(Occurrence.caller_id)))
                    said = Counter(session.scalars(select(Feedback.caller_id)))
                server.start()
                assert acknowledged <= set(occurrences)
                assert thumbs <= set(said)
        finally:
            ended.set()
        for work in working:
            work.result(PATIENCE)
    for one in programs:
        one.client.close()
    answers = [answer for one in programs for answer in one.answers]
    with workspace.store.read() as session:
        occurrences = Counter(session.scalars(select(Occurrence.caller_id)))
        said = Counter(session.scalars(select(Feedback.caller_id)))
        disliked = set(session.scalars(select(Item.disliked)))
    assert occurrences == Counter(answers)
    assert said == Counter(f"of {answer}" for answer in answers)
    assert disliked == {1}
    assert counted(workspace)["Item"] == len(answers)
    known = sum(one.known for one in programs)
    assert answers
    proven(
        f"{times} kills of the server under {len(programs)} programs: {len(answers)} answers and as many pieces of "
        f"feedback, each acknowledged and there once; {known} had been stored when the server was killed before it "
        "said so"
    )


RANKING = """
    import socket
    import uvicorn
    from core.http.standalone import make_app
    from core.services.reranking import reranking
    from tests.reward.fakes import FakeEncoder

    class Serving:
        def current(self):
            return FakeEncoder()

        def tuned(self, sha256, file):
            return None

    reranking.serving_encoder = lambda settings: Serving()  # the texts matter here, not how they are read
    place = socket.socket()
    place.bind(("127.0.0.1", 0))
    place.listen()
    print(place.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(make_app(), log_level="error")).run([place])
"""


@pytest.fixture
def ranking(workspace: Workspace, environ: dict[str, str]) -> Iterator[str]:
    """Another process that answers the API, with a model whose encoder only counts words."""
    made(workspace, "champion-of-outcomes", champion=True)
    process = start_python(RANKING, environ)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.communicate()


def test_feedback_finds_a_ranking_of_another_process(
    server: Server, ranking: str, workspace: Workspace, proven
) -> None:
    """One process ranks, another one is told how it went; an id belongs to the application that it was made for."""
    keys = [
        api_keys.create(workspace, COMMAND_LINE, name, (KeyScope.RANK, KeyScope.SEND))[0]
        for name in ("portal", "other")
    ]
    documents = [f"answer {number} " * (number + 1) for number in range(3)]
    body = {"query": "a question", "documents": documents}
    bearer = {"authorization": f"Bearer {keys[0]}", "x-request-id": "chosen-by-the-caller"}
    found = httpx.post(f"{ranking}/v1/rerank", json=body, headers=bearer, timeout=PATIENCE)
    assert found.status_code == 200, found.text
    number = found.json()["id"]
    assert number != "chosen-by-the-caller"
    first = found.json()["results"][0]["index"]
    with program(server, keys[0]) as client, program(server, keys[1]) as other:
        thumb = {"rerank": number, "thumb": "down", "user": "u"}
        told = until_found(client, thumb)
        assert told.json()["stored"] == 1
        assert client.post("/v1/feedback", json={"rerank": number, "chosen": first}).status_code == 200
        assert client.post("/v1/feedback", json={"rerank": number, "chosen": 3}).status_code == 400
        assert client.post("/v1/feedback", json={"rerank": number, "index": -1, "thumb": "up"}).status_code == 400
        forged = other.post("/v1/feedback", json=thumb)
        assert forged.status_code == 404
        assert forged.json() == other.post("/v1/feedback", json=thumb | {"rerank": "f" * 32}).json()
    with workspace.store.read() as session:
        said = session.scalars(select(Feedback).order_by(Feedback.feedback_id)).all()
        assert [(one.kind, one.value, one.place, one.first_chosen) for one in said] == [
            ("thumb", 0, first, True),
            ("chosen", first, None, True),
        ]
        assert {one.model_version for one in said} == {"champion-of-outcomes"}
    assert counted(workspace)["Item"] == 0  # texts are kept only when that is asked for
    proven("an id of a ranking made by one server was found by feedback at another; not by another application")


def until_found(client: httpx.Client, body: dict[str, Any]) -> httpx.Response:
    """The answer to feedback once the ranking is known."""
    pause = threading.Event()
    for _ in range(100):
        answer = client.post("/v1/feedback", json=body)
        if answer.status_code == 200:
            return answer
        assert answer.status_code == 404, answer.text
        pause.wait(0.1)
    raise AssertionError("the ranking was never found")


def test_feedback_on_ranked_answers_that_are_kept_leads_to_rating(
    server: Server, ranking: str, workspace: Workspace
) -> None:
    """With ``store`` the ranked answers are there when the answer comes; a thumb down is about one of them."""
    keys = {
        scopes: api_keys.create(workspace, COMMAND_LINE, "portal", scopes)[0]
        for scopes in ((KeyScope.RANK,), (KeyScope.RANK, KeyScope.SEND))
    }
    body = {"query": "a question", "documents": ["answer one", "answer two", "answer one"], "store": True}
    answers = [
        httpx.post(f"{ranking}/v1/rerank", json=body, headers={"authorization": f"Bearer {key}"}, timeout=PATIENCE)
        for key in keys.values()
    ]
    assert [answer.status_code for answer in answers] == [403, 200], [answer.text for answer in answers]
    number = answers[1].json()["id"]
    with workspace.store.read() as session:
        kept = {one.caller_id: one.interaction_id for one in session.scalars(select(Occurrence))}
    assert set(kept) == {f"{number}:{index}" for index in range(3)}
    assert kept[f"{number}:0"] == kept[f"{number}:2"] != kept[f"{number}:1"]
    with program(server, keys[KeyScope.RANK, KeyScope.SEND]) as client:
        for user in ("u", "v", "u"):
            said = {"rerank": number, "index": 1, "thumb": "down", "user": user, "comment": "Not what I asked."}
            assert until_found(client, said).status_code == 200
        assert client.post("/v1/feedback", json={"interaction": f"{number}:0", "score": 5}).status_code == 200
    with workspace.store.read() as session:
        disliked = {item.interaction_id: item.disliked for item in session.scalars(select(Item))}
    assert disliked == {kept[f"{number}:1"]: 2, kept[f"{number}:0"]: 0}
