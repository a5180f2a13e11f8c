"""Texts in one form: the same as Unicode's own, in time that grows with the text."""

import random
import unicodedata

from core.domain.texts import nfkc


def test_the_form_is_that_of_unicode():
    """Also where hundreds of marks stand on one letter in any order."""
    draw = random.Random(5)
    marks = [chr(code) for code in range(0x300, 0x10000) if unicodedata.combining(chr(code))] + ["\u0f73", "\u0344"]
    for _ in range(500):
        letters = (
            draw.choice(marks) if draw.random() < 0.98 else draw.choice("a\u00e9\uac00\ufb01") for _ in range(150)
        )
        text = "".join(letters)
        assert nfkc(text) == unicodedata.normalize("NFKC", text)
