"""Programs that send feedback at a steady pace, whatever else the server does meanwhile.

``python -m bench.feedback PORT PER_SECOND NAME``, a process of its own: beside those who measure how long raters wait,
its work would be measured too. It sends until its input is closed, and says in JSON what it got.
"""

import http.client
import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field

from bench.dashboard import HOST, alongside

PROGRAMS, USERS = 16, 200
ANSWERS = 1_000
WORDS = ["the", "answer", "helped", "me", "with", "what", "I", "had", "asked", "for", "but", "not", "at", "once"]


@dataclass
class Sent:
    """What the programs got, in the order in which it came."""

    acknowledged: list[str] = field(default_factory=list)
    """Ids of the feedback that was acknowledged."""
    times: list[float] = field(default_factory=list)
    """Milliseconds of each of them, from the moment when it was due: waiting for the one before it counts."""
    refused: list[int] = field(default_factory=list)
    """Statuses of the others."""
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Acknowledged calls a second."""
        return len(self.acknowledged) / self.seconds


def send_answers(port: int) -> None:
    """Send what the feedback will be about."""
    rows = [
        {"id": str(n), "prompt": f"sent question {n // 4}", "response": f"sent answer {n}", "generator": "bench 1"}
        for n in range(ANSWERS)
    ]
    connection = http.client.HTTPConnection(HOST, port, timeout=120)
    status, said = _post(connection, "/v1/interactions", {"interactions": rows})
    connection.close()
    if status != 200:
        raise RuntimeError(f"the answers were not stored: {status} {said!r}")


@contextmanager
def feedback_sent(port: int, per_second: float, name: str) -> Iterator[Sent]:
    """Send so much feedback during the block; ``name`` begins each id. Afterwards it holds what was got."""
    sent = Sent()
    with alongside("bench.feedback", port, per_second, name) as said:
        yield sent
    sent.acknowledged, sent.times, sent.refused, sent.seconds = said


def main(port: int, per_second: float, name: str) -> None:
    """Send from ``PROGRAMS`` programs until the input is closed."""
    sent, ended, began = Sent(), threading.Event(), time.perf_counter()
    pace = PROGRAMS / per_second
    threads = [
        threading.Thread(target=_tell, args=(port, pace, f"{name} {number}", ended, sent)) for number in range(PROGRAMS)
    ]
    for thread in threads:
        thread.start()
    print("begun", flush=True)
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()
    sent.seconds = time.perf_counter() - began
    print(json.dumps(astuple(sent)))


def _tell(port: int, pace: float, name: str, ended: threading.Event, sent: Sent) -> None:
    """Send feedback every ``pace`` seconds until the end, or until the server is gone."""
    draw, number = random.Random(name), 0
    connection = http.client.HTTPConnection(HOST, port, timeout=120)
    due = time.perf_counter() + draw.random() * pace
    while not ended.wait(max(0.0, due - time.perf_counter())):
        body = {
            "interaction": str(draw.randrange(ANSWERS)),
            "thumb": "up" if draw.random() < 0.7 else "down",
            "user": f"user {draw.randrange(USERS)}",
            "id": f"{name}.{number}",
        }
        if draw.random() < 0.1:
            body["comment"] = " ".join(draw.choices(WORDS, k=12))
        try:
            status, _ = _post(connection, "/v1/feedback", body)
        except (OSError, http.client.HTTPException):
            break
        if status == 200:
            sent.acknowledged.append(body["id"])
            sent.times.append(1000 * (time.perf_counter() - due))
        else:
            sent.refused.append(status)
        number, due = number + 1, due + pace
    connection.close()


def _post(connection: http.client.HTTPConnection, path: str, body: object) -> tuple[int, bytes]:
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.status, response.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3])
