import random

import pytest

from core.reward.encoding.windows import MAX_WINDOWS, WINDOW_WORDS, count_words, split, terms, word_spans


def words(count: int) -> str:
    return " ".join(f"w{number}" for number in range(count))


@pytest.mark.parametrize("count, sizes", [(1, [1]), (150, [150]), (151, [76, 75]), (400, [133, 134, 133])])
def test_windows_of_one_text_are_of_equal_size(count: int, sizes: list[int]) -> None:
    """A text slightly longer than a window becomes two halves, not a full window and a scrap."""
    result = split(words(count))
    assert [len(part.split()) for part in result.parts] == sizes
    assert not result.truncated
    assert " ".join(result.parts) == words(count)


def test_a_longer_text_keeps_its_start_and_says_so() -> None:
    """Of 1,201 words the first 1,200 are kept, in 8 windows."""
    assert not split(words(1_200)).truncated
    result = split(words(1_201))
    assert result.truncated
    assert " ".join(result.parts) == words(1_200)
    assert len(result.parts) == MAX_WINDOWS


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_an_empty_text_is_one_empty_window(text: str) -> None:
    """Nothing to read is a window too, so that every text has a vector."""
    assert split(text).parts == ("",)
    assert not split(text).truncated


def test_a_megabyte_without_spaces_is_cut_by_characters() -> None:
    """One endless word neither becomes one endless window nor takes long."""
    result = split("x" * 1_000_000)
    assert result.truncated
    assert [len(part) for part in result.parts] == [8 * WINDOW_WORDS] * MAX_WINDOWS


def test_chinese_counts_by_character() -> None:
    """Scripts without spaces fill windows by character, as the encoder's tokenizer reads them."""
    text = "糖尿病的治疗方法。" * 40
    result = split(text)
    assert "".join(result.parts) == text
    assert max(len(part) for part in result.parts) <= WINDOW_WORDS * 9 / 8 + 1
    assert len(word_spans("糖尿病 is diabetes")) == 5


def test_words_are_counted_as_they_are_cut() -> None:
    """With any spaces, endless words and scripts between them; of a longer text as many as were asked for."""
    draw = random.Random(3)
    for _ in range(300):
        pieces = [
            "a",
            "word",
            "x" * 30,
            "y" * 31,
            "z" * 70,
            "\x1c",
            "\x1f",
            "\x85",
            "\u2003",
            "é",
            "糖尿",
            " ",
            "  ",
            "\n\t",
            "\x00",
        ]
        if draw.random() < 0.7:
            pieces = [piece for piece in pieces if piece.isascii()]
        text = "".join(draw.choices([*pieces, *" " * 8], k=draw.randint(0, 60)))
        spans = len(word_spans(text))
        assert count_words(text, 1_200) == spans
        assert count_words(text, 5) == min(spans, 5)


def test_terms_ignore_case_punctuation_and_width() -> None:
    """Terms compare texts as a reader does."""
    assert terms("What IS (diabetes)? Ｗｈａｔ") == {"what", "is", "diabetes"}
    assert terms("") == frozenset()
