"""The columns of the exports, in their order: a contract with everybody who reads them."""

from collections.abc import Mapping, Sequence
from typing import Final

from core.domain.judges.columns import PREFIX, column_of

Columns = Mapping[str, type[str] | type[int] | type[float] | type[bool]]
"""Column name -> the type of its values; every value may also be None.

``turns``: what was said before the prompt, oldest first, as a JSON list of ``role`` and ``text``; empty without.
``reasons``: the short reasons that go with the rating, joined by "; "; empty without.
"""

RATINGS: Final[Columns] = {
    "interaction_id": int,
    "rater": str,
    "rating": int,
    "user_prompt": str,
    "ai_response": str,
    "context_id": str,
    "session_id": str,
    "feedback_comment": str,
    "bias_flag": bool,
    "created_at": str,
    "updated_at": str,
    "adjudicated": int,
    "turns": str,
    "reasons": str,
}
GOLD: Final[Columns] = {
    "interaction_id": int,
    "user_prompt": str,
    "ai_response": str,
    "context_id": str,
    "session_id": str,
    "rating": float,
    "n_raters": int,
    "agreement": float,
    "turns": str,
}
PAIRS: Final[Columns] = {
    "prompt": str,
    "chosen": str,
    "rejected": str,
    "chosen_rating": float,
    "rejected_rating": float,
    "margin": float,
    "context_id": str,
    "source": str,
    "turns": str,
}
"""``source``: "ratings" where the consensus of the two answers makes the pair, "edit" where a rater wrote the chosen
one by editing the other, "order" where a rater ordered them or a file brought the preference.
"""
KTO: Final[Columns] = {"prompt": str, "completion": str, "label": bool, "turns": str}
SFT: Final[Columns] = {"prompt": str, "completion": str, "author": str, "turns": str}
"""Only answers that raters wrote; ``author`` is the rater."""
PREFERENCES: Final[Columns] = {
    "prompt": str,
    "chosen": str,
    "rejected": str,
    "rater": str,
    "model_version": str,
    "created_at": str,
    "turns": str,
    "context_id": str,
    "outcome": str,
    "served_for": str,
}
"""``model_version``: whose order a rater saw on the Rerank page; empty where the preference came from elsewhere.
``outcome``: "better", or "equal" or "neither" where the rater preferred none of the two; then chosen and rejected say
no order. ``served_for``: why the two were served as A or B; empty for an order and for what a file brought.
"""
FEEDBACK: Final[Columns] = {
    "feedback": int,
    "interaction_id": int,
    "rerank": str,
    "index": int,
    "application": str,
    "id": str,
    "kind": str,
    "value": int,
    "comment": str,
    "user": int,
    "model_version": str,
    "generator": str,
    "first_replaced": bool,
    "first_chosen": bool,
    "latest": bool,
    "week": str,
    "at": str,
}
"""What users of applications said, which is never a rating.

``value``: of a thumb 1 (up) or 0 (down), of a score 1 to 5, of a choice the index that was chosen. ``user``: a number
that is the same for one user of one application within the file, and another one in the next. ``latest``: false where
the user said something later of the same. ``week``: its Monday, UTC.
"""

EXPORTS: Final[Mapping[str, Columns]] = {
    "ratings": RATINGS,
    "gold": GOLD,
    "pairs": PAIRS,
    "kto": KTO,
    "sft": SFT,
    "preferences": PREFERENCES,
    "feedback": FEEDBACK,
}


def judge_columns(judges: Sequence[str]) -> Columns:
    """The columns of these LLM judges' scores, which stand behind the others of RATINGS."""
    return {column_of(judge): float for judge in judges}


_HEADERS: Final = [list(columns) for columns in EXPORTS.values()]
_EARLIER: Final = [
    [name for name in columns if name not in missing]
    for columns in _HEADERS
    for missing in ({"turns"}, {"outcome", "served_for"})  # until release 0.1; until there was A or B
]


def is_ours(header: Sequence[str]) -> bool:
    """Whether a header is exactly that of one of our exports, whose cells ``neutralise`` has made harmless.

    Scores of judges may follow (``judge_columns``).
    """
    own = [name for name in header if not name.startswith(PREFIX)]
    return own in _HEADERS + _EARLIER and list(header[: len(own)]) == own
