"""The reference encoder with the real weights, on a handful of texts, and how texts take turns."""

import threading

import numpy as np
import pytest

from core.domain.errors import Unavailable
from core.reward.encoding.encoder import SentenceEncoder, in_turns
from core.reward.encoding.weights import PACKAGED_SHA256

TEXTS = ["How is asthma treated?", "", "Inhalers open the airways. " * 30, "How is asthma treated?", "Bread recipes"]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder("all-MiniLM-L6-v2")


def test_vectors_keep_order_and_length_one(encoder: SentenceEncoder) -> None:
    """Sorting by length inside does not show: row i belongs to text i, and equal texts get equal rows."""
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors[0], vectors[3])
    for index, text in enumerate(TEXTS):
        assert np.allclose(encoder.encode([text])[0], vectors[index], atol=1e-5)
    assert vectors[0] @ vectors[2] > vectors[0] @ vectors[4]


def test_nothing_to_encode_has_the_right_width(encoder: SentenceEncoder) -> None:
    """An empty list is an empty matrix, not an error."""
    assert encoder.encode([]).shape == (0, 384)


def test_the_fingerprint_names_weights_and_back_end(encoder: SentenceEncoder) -> None:
    """Vectors of other weights or another back end can never be mistaken for these."""
    assert encoder.fingerprint == f"{PACKAGED_SHA256}:torch"


def test_threads_may_encode_at_once(encoder: SentenceEncoder) -> None:
    """The tokenizer is not thread-safe; the lock makes it so."""
    expected = encoder.encode(TEXTS)
    results: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: results.append(encoder.encode(TEXTS))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(np.allclose(result, expected, atol=1e-6) for result in results)


def test_weights_that_cannot_be_loaded_are_a_sentence(tmp_path) -> None:
    """A damaged directory does not surface as a library's traceback."""
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(Unavailable, match="could not be loaded"):
        SentenceEncoder(str(tmp_path)).encode(["text"])


def test_each_text_is_encoded_once_in_turns_of_similar_length() -> None:
    """A thousand texts with repeats: no turn above 128, longest first, and every row where it belongs."""
    texts = [f"{'x' * (number % 300)}{number % 500}" for number in range(1_000)]
    turns: list[list[str]] = []

    def encode(part: list[str]) -> np.ndarray:
        turns.append(part)
        return np.array([[len(text), hash(text) % 1000] for text in part], dtype=np.float32)

    vectors = in_turns(texts, encode, dim=2)
    asked = [text for turn in turns for text in turn]
    assert sorted(asked) == sorted(set(texts))
    assert [len(text) for text in asked] == sorted(map(len, asked), reverse=True)
    assert max(map(len, turns)) == 128
    assert vectors.tolist() == [[len(text), hash(text) % 1000] for text in texts]
    assert in_turns([], encode, dim=2).shape == (0, 2)
