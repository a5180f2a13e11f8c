"""Vectors of stored answers, computed ahead of a training."""

from typing import Any

import pytest

from core.domain.roles import COMMAND_LINE
from core.domain.texts import text_hash
from core.reward.encoding.embedder import Embedder, MemoryCache, View
from core.services.data import erasure
from core.services.reranking.reranking import reference_embedder
from core.services.scoring import embedding
from core.serving.scoring import pool
from core.store.training.embeddings import DatabaseVectors
from tests import looked
from tests.databases import added, rater
from tests.reward.fakes import FakeEncoder

KEY = "fake:words:w150x8"


@pytest.fixture
def encoder(monkeypatch):
    found = FakeEncoder()
    monkeypatch.setattr(
        embedding, "reference_embedder", lambda workspace: Embedder(found, DatabaseVectors(workspace.store))
    )
    monkeypatch.setattr(embedding, "ANSWERS", 2)

    class Here:
        """In the place of worker processes."""

        def __init__(self, work, count):
            pass

        def map(self, parts):
            for number, texts in parts:
                yield number, Embedder(found, MemoryCache()).vectors(texts, View.WINDOWS)

    monkeypatch.setattr(pool, "LocalWorkers", Here)
    return found


def known(workspace, *texts):
    found = DatabaseVectors(workspace.store).get(KEY, [text_hash(text) for text in texts])
    return [text_hash(text) in found for text in texts]


def test_rated_answers_then_all(workspace, encoder):
    """Each text once, in batches; what is there is not computed again."""
    ana = rater(workspace)
    numbers = [added(workspace, "question", f"answer {n}") for n in range(5)]
    for number in numbers[:3]:
        looked.rate(workspace, ana, number, 4)
    steps = list(embedding.embed(workspace, COMMAND_LINE))
    assert [(step.done, step.total) for step in steps] == [(0, 3), (2, 3), (3, 3)]
    assert known(workspace, "question", "answer 0", "answer 2", "answer 3") == [True, True, True, False]
    assert sorted(encoder.encoded) == ["answer 0", "answer 1", "answer 2", "question"]
    *_, last = embedding.embed(workspace, COMMAND_LINE, everything=True)
    assert (last.done, last.total) == (5, 5)
    assert len(encoder.encoded) == 6
    assert known(workspace, "answer 3", "answer 4") == [True, True]


def test_what_is_interrupted_keeps_what_it_did(workspace, encoder):
    for n in range(4):
        added(workspace, "question", f"answer {n}")
    steps: Any = embedding.embed(workspace, COMMAND_LINE, everything=True)
    assert [next(steps).done, next(steps).done] == [0, 2]
    steps.close()
    list(embedding.embed(workspace, COMMAND_LINE, everything=True))
    assert sorted(encoder.encoded) == [*(f"answer {n}" for n in range(4)), "question"]


def test_of_an_answer_that_is_erased_meanwhile_no_vector_stays(workspace, encoder):
    first, _second = (added(workspace, f"question {n}", f"answer {n}") for n in range(2))
    encode = encoder.encode

    def while_it_goes(texts):
        if first in left:
            left.remove(first)
            erasure.interaction(workspace, COMMAND_LINE, first, seen=looked.version(workspace, first))
        return encode(texts)

    left = [first]
    encoder.encode = while_it_goes
    list(embedding.embed(workspace, COMMAND_LINE, everything=True))
    assert known(workspace, "question 0", "answer 0", "question 1", "answer 1") == [False, False, True, True]


@pytest.mark.slow
def test_processes_of_this_machine_read_with_the_reference_encoder(workspace):
    """Real ones: what they put into the database is what a training would have computed itself."""
    texts = ["question", "answer 0", "answer 1 " * 400]
    for answer in texts[1:]:
        added(workspace, texts[0], answer)
    *_, last = embedding.embed(workspace, COMMAND_LINE, everything=True, workers=2)
    assert (last.done, last.total) == (2, 2)
    reference = reference_embedder(workspace)
    kept = DatabaseVectors(workspace.store).get(reference.key(View.WINDOWS), [text_hash(text) for text in texts])
    assert [kept[text_hash(text)].shape for text in texts] == [(1, 384), (1, 384), (6, 384)]
    for text, own in reference.in_memory().vectors(texts, View.WINDOWS).items():
        assert kept[text_hash(text)] == pytest.approx(own, abs=1e-5)
