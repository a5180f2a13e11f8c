"""Ratings with comments that are made, because none ship with a licence to: plausible, noisy, and always the same.

Made to be about as hard as real ones: a good part of the comments says nothing about quality, praise and blame stand
in one comment, the same words are said with and without "not", raters are generous or strict, and words are misspelt.
What is measured on them shows that the way works and goes on working, not how well it works for one's own raters.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ASPECTS = (
    "dose",
    "dosing interval",
    "red flags",
    "safety netting",
    "differential",
    "contraindications",
    "interactions",
    "follow-up",
    "referral advice",
    "first-line treatment",
    "monitoring",
    "renal function",
    "pregnancy advice",
    "paediatric dose",
    "side effects",
    "duration",
    "evidence",
    "guideline",
    "tone",
    "structure",
    "wording for patients",
    "allergy question",
    "vaccination schedule",
    "lab values",
    "imaging advice",
    "history taking",
    "lifestyle advice",
)
PRAISE = (
    "{a} correct",
    "good on {a}",
    "{a} is right and complete",
    "clear about {a}",
    "{a} well explained",
    "nothing to add on {a}",
    "I would say the same about {a}",
    "covers {a}",
    "{a} up to date",
    "nicely puts {a} first",
    "{a} as I would do it",
    "accurate {a}",
    "helpful {a}",
    "{a} all there",
    "not wrong anywhere on {a}",
)
BLAME = (
    "{a} wrong",
    "{a} missing",
    "no word on {a}",
    "{a} out of date",
    "vague about {a}",
    "{a} is misleading",
    "would not follow the {a} here",
    "{a} not correct",
    "dangerous {a}",
    "forgets {a}",
    "{a} made up",
    "incomplete, {a}",
    "{a} not as in the guideline",
    "confuses {a}",
    "should have said more on {a}",
)
NEUTRAL = (
    "checked {a} against the guideline",
    "see {a}",
    "long answer, {a} at the end",
    "question is about {a}",
    "discussed {a} with a colleague",
    "{a}?",
    "second reading, {a}",
    "UK practice differs on {a}",
    "{a} depends on the unit",
)
JOINTS = (", ", "; ", ". ", " but ", " and ", " - ")
PRAISED = {1: 0.02, 2: 0.07, 3: 0.22, 4: 0.91, 5: 0.97}
"""How likely a statement of a comment is praise, by rating; the other ones are blame."""
SHARES = (0.10, 0.16, 0.20, 0.32, 0.22)
"""Of the ratings 1 to 5."""
SAYS_NOTHING = 0.08
"""The share of comments without any judgement."""
GOOD_FROM = 4
FLIPPED = 0.05
FLIP = {1: 5, 2: 4, 3: 5, 4: 2, 5: 1}
ANSWERS_PER_PROMPT = 4


@dataclass(frozen=True)
class Made:
    """Rows in one order; every array has shape (n,)."""

    comments: list[str]
    good: NDArray[np.bool_]
    """As they are stored: some of them flipped."""
    groups: NDArray[np.int64]
    flipped: NDArray[np.bool_]


def made(count: int, *, seed: int) -> Made:
    """So many ratings with comments, ``FLIPPED`` of them turned into the other verdict after the comment was made."""
    rng = np.random.default_rng(seed)
    true = rng.choice(5, size=count, p=SHARES) + 1
    comments = [comment_for(int(rating), rng) for rating in true]
    flipped = np.zeros(count, dtype=bool)
    flipped[rng.choice(count, size=round(FLIPPED * count), replace=False)] = True
    stored = np.array([FLIP[int(rating)] if turned else rating for rating, turned in zip(true, flipped, strict=True)])
    return Made(comments, stored >= GOOD_FROM, np.arange(count) // ANSWERS_PER_PROMPT, flipped)


def comment_for(rating: int, rng: np.random.Generator) -> str:
    """One comment that somebody who gave this rating could have written."""
    if rng.random() < SAYS_NOTHING:
        return _said(NEUTRAL, rng)
    lean = float(np.clip(PRAISED[rating] + rng.normal(0, 0.06), 0.02, 0.98))  # strict and generous raters
    parts = [
        _said(NEUTRAL if rng.random() < 0.15 else PRAISE if rng.random() < lean else BLAME, rng)
        for _ in range(int(rng.integers(1, 4)))
    ]
    text = parts[0]
    for part in parts[1:]:
        text += str(rng.choice(JOINTS)) + part
    return _misspelt(text, rng) if rng.random() < 0.2 else text


def found_in_top_tenth(doubt: NDArray[np.float64], flipped: NDArray[np.bool_]) -> float:
    """The share of the flipped ratings that stand in the tenth that is doubted most."""
    top = np.argsort(-doubt, kind="stable")[: max(1, len(doubt) // 10)]
    return float(flipped[top].sum() / flipped.sum())


def _said(ways: tuple[str, ...], rng: np.random.Generator) -> str:
    return str(rng.choice(ways)).format(a=rng.choice(ASPECTS))


def _misspelt(text: str, rng: np.random.Generator) -> str:
    """Two neighbouring letters in the wrong order."""
    at = int(rng.integers(0, max(1, len(text) - 1)))
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
