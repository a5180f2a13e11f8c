"""What is on a server while it is measured, from a process of its own: raters who speak the routes of the desk, and
programs that call the API. Everything is on this machine and bounded.

``python -m bench.load PORT RATERS EACH PROGRAMS``, with the environment of that server; it says "begun" once everybody
is there, and at the end, or once its input is closed, in JSON how many milliseconds each act took.
"""

import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from bench.dashboard import HOST, alongside
from bench.encoding import WORDS
from core.services.workspace import open_workspace
from tests.desk import Desk, raters_desks

THINK_SECONDS = 1.0
DOCUMENTS, DOCUMENT_WORDS = 10, 45  # about 60 tokens each


def question(number: int) -> tuple[str, list[str]]:
    """A prompt and answers that nobody asked before."""
    draw = random.Random(number)
    answers = [" ".join(draw.choices(WORDS, k=DOCUMENT_WORDS)) + f" {number}.{n}" for n in range(DOCUMENTS)]
    return f"question {number} about the patient", answers


def rate(
    desk: Desk, draw: random.Random, *, times: int, think: float, ended: threading.Event | None = None
) -> list[float]:
    """Rate so many answers, each after about ``think`` seconds; milliseconds until each act was acknowledged."""
    ended, took = ended or threading.Event(), []
    for _ in range(times):
        if ended.wait(think * draw.uniform(0.6, 1.4)):
            break
        desk.press(draw.randint(1, 5))
        began = time.perf_counter()
        desk.send_once()
        took.append(1000 * (time.perf_counter() - began))
        assert desk.shown is not None, "somebody found nothing to rate"
    return took


@contextmanager
def loaded(environ: dict[str, str], port: int, raters: int, programs: int) -> Iterator[list[float]]:
    """Let raters rate and programs call during the block; afterwards the list holds the milliseconds of every act."""
    with alongside("bench.load", port, raters, 600, programs, environ=environ) as took:
        yield took


def _call(port: int, first: int, ended: threading.Event) -> None:
    """Call the API again and again, each time with texts that it has not seen."""
    with httpx.Client(base_url=f"http://{HOST}:{port}", timeout=60) as client:
        while not ended.is_set():
            query, documents = question(first)
            answer = client.post("/v1/rerank", json={"query": query, "documents": documents})
            assert answer.status_code in (200, 429), answer.text
            first += 1


def main(port: int, raters: int, each: int, programs: int) -> None:
    """Rate and call until the input is closed."""
    workspace, ended, took = open_workspace(), threading.Event(), list[float]()

    def work(desk: Desk, number: int) -> None:
        took.extend(rate(desk, random.Random(number), times=each, think=THINK_SECONDS, ended=ended))

    with raters_desks() as sit_down:
        desks = [sit_down(f"http://{HOST}:{port}", workspace, f"rater {number}") for number in range(raters)]
        threads = [threading.Thread(target=work, args=(desk, number)) for number, desk in enumerate(desks)]
        threads += [threading.Thread(target=_call, args=(port, 10**6 * (n + 1), ended)) for n in range(programs)]
        for thread in threads:
            thread.start()
        print("begun", flush=True)
        sys.stdin.read()
        ended.set()
        for thread in threads:
            thread.join()
    print(json.dumps(took))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
