"""Assay: choose the better answer with a model that learned from experts' ratings.

Importing this package is light: models, torch and the database are touched only when a function is called.
"""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = [
    "get_model_info",
    "get_top_k",
    "is_model_ready",
    "rerank_candidates",
    "rerank_with_certainty",
    "score_text_pair",
]


def rerank_candidates(prompt: str, candidates: Sequence[str | Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Order candidate answers to a prompt, best first, with the champion.

    Args:
        prompt: what was asked.
        candidates: strings, or dicts with a string ``text``; never changed.

    Returns:
        New dicts with every key of the input and ``_score``: the probability in [0, 1] that experts rate the answer
        good. Without a usable model the input order is kept, ``_score`` is None, and one line is logged.

    Raises:
        ValueError: a candidate is neither, naming its index.
    """
    from core.services.reranking.reranking import reranker_from_environment
    from core.serving.candidates import SCORE, TEXT, as_dicts

    found = as_dicts(candidates)
    if not found:
        return []
    ranking = reranker_from_environment().rank(prompt, [candidate[TEXT] for candidate in found])
    return [{**found[index], SCORE: ranking.scores[index]} for index in ranking.order]


def rerank_with_certainty(
    prompt: str, candidates: Sequence[str | Mapping[str, Any]], *, abstain: bool = False
) -> dict[str, Any]:
    """The same, with how far it can be trusted.

    Args:
        prompt: what was asked.
        candidates: as for ``rerank_candidates``.
        abstain: keep the order of the input where ``doubt`` is a sentence.

    Returns:
        ``candidates`` as ``rerank_candidates`` gives them, each also with ``_good`` and ``_of`` (of so many rated
        answers with a score like this one so many were good), ``_windows`` (in how many pieces it was read) and
        ``_truncated``; ``model_version``; ``fallback`` and its ``reason``; ``too_close`` and ``outside`` (True, False,
        or None where that is not known); ``doubt``, the same as a sentence or None.

    Raises:
        ValueError: as ``rerank_candidates``.
    """
    from core.services.reranking.reranking import reranker_from_environment
    from core.serving.candidates import TEXT, as_dicts, with_certainty

    found = as_dicts(candidates)
    texts = [candidate[TEXT] for candidate in found]
    return with_certainty(found, reranker_from_environment().rank(prompt, texts, abstain=abstain))


def get_top_k(prompt: str, candidates: Sequence[str | Mapping[str, Any]], k: int = 1) -> list[dict[str, Any]]:
    """The ``k`` best of ``rerank_candidates``; none for ``k`` <= 0.

    Raises:
        ValueError: as ``rerank_candidates``.
    """
    return rerank_candidates(prompt, candidates)[: max(k, 0)]


def score_text_pair(prompt: str, candidate: str) -> float | None:
    """The probability in [0, 1] that experts rate this answer good; None without a usable model."""
    score: float | None = rerank_candidates(prompt, [candidate])[0]["_score"]
    return score


def is_model_ready() -> bool:
    """Whether a model can rank now: the champion, or the last good version in its place."""
    from core.services.reranking.reranking import reranker_from_environment

    return reranker_from_environment().model() is not None


def get_model_info() -> dict[str, Any]:
    """What is in use: model_path, embedding_model, is_ready, model_exists, model_type, model_version and more."""
    from core.services.reranking.reranking import model_info

    return model_info()
