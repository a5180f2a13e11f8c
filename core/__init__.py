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
    "send_feedback",
    "send_interactions",
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
    prompt: str,
    candidates: Sequence[str | Mapping[str, Any]],
    *,
    abstain: bool = False,
    guarantee: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """The same, with how far it can be trusted.

    Args:
        prompt: what was asked.
        candidates: as for ``rerank_candidates``.
        abstain: keep the order of the input where ``doubt`` is a sentence.
        guarantee: ``{"max_poor": 0.25, "confidence": 0.9}`` keeps it, too, unless this can be promised: of the answers
            that come first this way at most 1 in 4 is poor, 90 % sure. ``max_poor`` is 0.05, 0.1, 0.2, 0.25 or 0.3,
            ``confidence`` 0.9 or 0.95.

    Returns:
        ``candidates`` as ``rerank_candidates`` gives them, each also with ``_good`` and ``_of`` (of so many rated
        answers with a score like this one so many were good), ``_windows`` (in how many pieces it was read) and
        ``_truncated``; ``model_version``; ``fallback`` and its ``reason``; ``too_close`` and ``outside`` (True, False,
        or None where that is not known); ``doubt``, the same as a sentence or None; ``guarantee``, None where none was
        asked for: ``certified``, and where it is true ``max_poor``, ``confidence``, ``answered`` (share of the
        questions kept apart that it answers), ``questions`` (how many these are) and ``picked`` (whether it answered
        this one), else ``reason`` and ``more_questions`` (about how many more would be needed, None where more would
        not help).

    Raises:
        ValueError: as ``rerank_candidates``; or ``guarantee`` is something else.
    """
    from core.domain.errors import BadInput
    from core.domain.guarantee.promise import read_promise
    from core.services.reranking.reranking import reranker_from_environment
    from core.serving.candidates import TEXT, as_dicts, with_certainty

    found = as_dicts(candidates)
    texts = [candidate[TEXT] for candidate in found]
    try:
        promise = read_promise(guarantee)
    except BadInput as error:
        raise ValueError(str(error)) from None
    ranking = reranker_from_environment().rank(prompt, texts, abstain=abstain, guarantee=promise)
    return with_certainty(found, ranking)


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


def send_interactions(
    interactions: Sequence[Mapping[str, Any]], *, application: str = "this machine"
) -> dict[str, Any]:
    """Store answers that your program gave, so that experts can rate them.

    Args:
        interactions: at most 1,000 dicts with ``id`` (yours: the same one with the same texts is stored once),
            ``prompt`` or ``messages`` (dicts with ``role`` and ``content``; the last one of the user is the prompt) and
            ``response``, and where you have them ``session``, ``context_id``, ``generator`` (name and version of what
            wrote the answer), ``metadata`` (a dict) and, under ``judge:NAME``, the score of an LLM judge (a number of
            any scale; the latest counts).
        application: whose ids these are.

    Returns:
        ``stored`` and ``known`` (sent before), how many; ``refused``: a list of dicts with ``index`` and ``reason``.

    Raises:
        ValueError: this is no list, or holds too many; nothing was stored.
        core.domain.errors.AssayError: the settings or the database need attention; what was stored stays, and the same
            call again stores the rest.
    """
    from core.domain.errors import BadInput
    from core.domain.roles import SENDER
    from core.services.outcomes import sending
    from core.services.runtime import workspace_from_environment

    workspace = workspace_from_environment()
    try:
        return sending.send(workspace, SENDER, application, interactions).to_json()
    except BadInput as error:
        raise ValueError(str(error)) from None


def send_feedback(
    *,
    interaction: str | None = None,
    rerank: str | None = None,
    index: int | None = None,
    thumb: str | None = None,
    score: int | None = None,
    chosen: int | None = None,
    comment: str | None = None,
    user: str | None = None,
    id: str | None = None,
    application: str = "this machine",
) -> dict[str, int]:
    """Store what a user of your program said of an answer or a ranking; returns after the commit.

    Args:
        interaction: the id that you sent the answer with; or ``rerank``.
        rerank: the ``id`` of a ranking.
        index: which document of the ranking a thumb or score is about; None: the one that came first.
        thumb: "up" or "down"; give exactly one of ``thumb``, ``score`` and ``chosen``.
        score: 1 (bad) to 5 (good).
        chosen: the index of the document of the ranking that was chosen.
        comment: at most 10,000 characters.
        user: who said it, in any form that stays the same; kept only as a keyed hash. What a user said last counts.
        id: yours: the same feedback again under it stores nothing.
        application: whose ids these are.

    Returns:
        ``stored`` and ``known`` (given before under the same id): one of them 1, the other 0.

    Raises:
        ValueError: something is wrong or unknown; the sentence says what, and nothing was stored.
        core.domain.errors.AssayError: the settings or the database need attention.
    """
    from core.domain.errors import BadInput, Collision, Conflict
    from core.domain.outcomes.feedback import read_feedback
    from core.domain.roles import SENDER
    from core.services.outcomes import feedback
    from core.services.runtime import workspace_from_environment

    said = {
        "interaction": interaction,
        "rerank": rerank,
        "index": index,
        "thumb": thumb,
        "score": score,
        "chosen": chosen,
        "comment": comment,
        "user": user,
        "id": id,
    }
    workspace = workspace_from_environment()
    try:
        return feedback.give(workspace, SENDER, application, read_feedback(said)).to_json()
    except Collision:
        raise
    except (BadInput, Conflict) as error:
        raise ValueError(str(error)) from None
