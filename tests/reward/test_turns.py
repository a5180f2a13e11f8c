import numpy as np

from core.reward.encoding.encoder import in_turns


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
