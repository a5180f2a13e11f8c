import numpy as np
import pytest

from core.reward.encoding.embedder import Embedder, MemoryCache, View
from core.reward.encoding.windows import RULE
from tests.reward.fakes import DIM, FakeEncoder

LONG = " ".join(f"word{number}" for number in range(400))


def test_a_view_decides_how_many_vectors_a_text_has() -> None:
    """Windows for ``pair``, one vector for ``concat``, and they are cached apart."""
    embedder = Embedder(FakeEncoder(), MemoryCache())
    assert embedder.vectors([LONG, "short"], View.WINDOWS)[LONG].shape == (3, DIM)
    assert embedder.vectors([LONG], View.WHOLE)[LONG].shape == (1, DIM)
    assert embedder.key(View.WINDOWS) == f"fake:words:{RULE}"
    assert embedder.key(View.WHOLE) == "fake:words:whole"


def test_what_is_known_is_not_encoded_again() -> None:
    """The second call reads the cache, and one text asked for twice is encoded once."""
    encoder = FakeEncoder()
    embedder = Embedder(encoder, MemoryCache())
    first = embedder.vectors(["a b", "c", "a b"], View.WINDOWS)
    second = embedder.vectors(["c", "a b"], View.WINDOWS)
    assert sorted(encoder.encoded) == ["a b", "c"]
    assert list(first) == ["a b", "c"]
    assert np.array_equal(first["c"], second["c"])


def test_progress_counts_the_known_and_ends_complete() -> None:
    """The lead sees how much is left from the first moment, with speed and time as soon as there is one."""
    embedder = Embedder(FakeEncoder(), MemoryCache())
    embedder.vectors(["known"], View.WINDOWS)
    texts = ["known", *(f"text {number}" for number in range(300))]
    steps = list(embedder.warm({View.WINDOWS: texts, View.WHOLE: ["known"]}))
    assert (steps[0].done, steps[0].total, steps[0].seconds_left) == (1, 302, None)
    assert steps[-1].done == 302
    assert steps[-1].seconds_left == 0
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert all(step.rows_per_second and step.seconds_left is not None for step in steps[1:])
    assert len(steps) > 3


def test_an_interrupted_run_keeps_what_it_embedded() -> None:
    """Stopping half way loses at most one chunk."""
    cache, texts = MemoryCache(), [f"text {number}" for number in range(300)]
    run = Embedder(FakeEncoder(), cache).warm({View.WINDOWS: texts})
    next(run)
    done = next(run).done
    del run
    again = FakeEncoder()
    list(Embedder(again, cache).warm({View.WINDOWS: texts}))
    assert 0 < done < 300
    assert len(again.encoded) == 300 - done


def test_nothing_to_embed_is_complete_at_once() -> None:
    """With everything known the first step is the last, and the encoder is not touched."""
    steps = list(Embedder(FakeEncoder(), MemoryCache()).warm({View.WINDOWS: []}))
    assert [(step.done, step.total, step.seconds_left) for step in steps] == [(0, 0, 0.0)]


def test_memory_forgets_what_was_used_longest_ago() -> None:
    """The cache of ranked candidates stays within its bound."""
    row = np.zeros((1, 25), dtype=np.float32)  # 100 bytes
    cache = MemoryCache(max_bytes=200)
    cache.put("f", {"a": row, "b": row})
    cache.get("f", ["a"])
    cache.put("f", {"c": row})
    assert set(cache.get("f", ["a", "b", "c"])) == {"a", "c"}
    cache.put("f", {"c": row, "a": row})  # replacing is not growing
    assert set(cache.get("f", ["a", "c"])) == {"a", "c"}
    assert cache.get("another encoder", ["a"]) == {}


@pytest.mark.parametrize("max_bytes", [0, 50])
def test_a_vector_larger_than_the_memory_is_still_returned(max_bytes: int) -> None:
    """A cache that can hold nothing costs time, not answers."""
    embedder = Embedder(FakeEncoder(), MemoryCache(max_bytes=max_bytes))
    assert embedder.vectors(["text"], View.WINDOWS)["text"].shape == (1, DIM)


def test_vectors_of_another_back_end_are_kept_apart_but_serve_the_same_model() -> None:
    """A checked encoder may score with the reference's models; the cache never hands out one for the other."""
    reference, fast = FakeEncoder(), FakeEncoder()
    fast.fingerprint = "fake:fast"
    cache = MemoryCache()
    Embedder(reference, cache).vectors(["text"], View.WINDOWS)
    Embedder(fast, cache).vectors(["text"], View.WINDOWS)
    assert fast.encoded == ["text"]
    assert Embedder(fast, cache).fingerprint == Embedder(reference, cache).fingerprint
    assert Embedder(fast, cache).key(View.WINDOWS) != Embedder(reference, cache).key(View.WINDOWS)
