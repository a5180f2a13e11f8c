"""Candidates as callers give them, and as they get them back."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.serving.reranker import Ranking

TEXT, SCORE = "text", "_score"


def as_dicts(candidates: Sequence[Any]) -> list[dict[str, Any]]:
    """New dicts for strings (``{"text": s}``) and for dicts with a string ``text``; the input is not changed.

    Raises:
        ValueError: anything else, naming its index.
    """
    if isinstance(candidates, str | Mapping):
        raise ValueError("candidates must be a list of strings or of dicts, not one of them alone")
    found: list[dict[str, Any]] = []
    for index, candidate in enumerate(candidates):
        if isinstance(candidate, str):
            found.append({TEXT: candidate})
        elif isinstance(candidate, Mapping) and isinstance(candidate.get(TEXT), str):
            found.append(dict(candidate))
        else:
            raise ValueError(f'candidate {index} is neither a string nor a dict with a string "text"')
    return found


def with_certainty(found: Sequence[Mapping[str, Any]], ranking: "Ranking") -> dict[str, Any]:
    """Build what ``core.rerank_with_certainty`` returns for these candidates."""
    sure, results = ranking.certainty, []
    for index in ranking.order:
        meaning = None if sure is None else sure.meanings[index]
        results.append(
            {
                **found[index],
                SCORE: ranking.scores[index],
                "_good": None if meaning is None else meaning.good,
                "_of": None if meaning is None else meaning.n,
                "_windows": ranking.windows[index] if ranking.windows else None,
                "_truncated": index in ranking.truncated if ranking.windows else None,
            }
        )
    return {
        "candidates": results,
        "model_version": ranking.model_version,
        "fallback": ranking.fallback and bool(found),
        "reason": ranking.abstained or ranking.reason,
        "too_close": None if sure is None else sure.too_close,
        "outside": None if sure is None else sure.outside,
        "doubt": None if sure is None else sure.doubt,
        "guarantee": None if ranking.guarantee is None else ranking.guarantee.to_json(),
    }
