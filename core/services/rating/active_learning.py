"""After a training: find the unrated answers from which the model in use would learn most."""

import logging
from itertools import zip_longest

from core.domain.errors import AssayError
from core.domain.queue import Chosen
from core.reward.recipes.base import Pair
from core.services.reranking.reranking import reference_embedder, reranker
from core.services.workspace import Workspace
from core.store.rating import suggestions
from core.store.rating.suggestions import Candidate
from core.store.retrying import written

log = logging.getLogger(__name__)

LOOKED_AT = 200
"""Answers of each kind that are scored: some seconds of embedding, whatever the number of interactions."""


def suggest(workspace: Workspace) -> int:
    """Rank a bounded sample of unrated answers for the queue's model order; how many there are.

    Two kinds take turns. Answers to a prompt with a rated answer, the one first that the model expects to be most
    unlike it: they make the next pair. And randomly drawn answers, the one first whose score is nearest to the
    threshold. Without a model in use only the first kind is found.
    """
    with workspace.store.read() as session:
        pairs = suggestions.beside_rated(session, LOOKED_AT)
        paired = {one.interaction_id for one in pairs}
        drawn = [one for one in suggestions.drawn(session, LOOKED_AT) if one.interaction_id not in paired]
    threshold, scores = _scores(workspace, [*pairs, *drawn])
    good = workspace.settings.positive_rating_threshold
    pairs.sort(key=lambda one: _likeness(one, scores.get(one.interaction_id), good))
    near = [one for one in drawn if one.interaction_id in scores]
    near.sort(key=lambda one: abs(scores[one.interaction_id] - threshold))
    ranked = []
    for couple in zip_longest(pairs, near):
        for one, chosen in zip(couple, (Chosen.PAIR, Chosen.MODEL), strict=True):
            if one is not None:
                ranked.append((one.interaction_id, str(chosen), scores.get(one.interaction_id)))
    written(workspace.store, lambda session: suggestions.replace(session, ranked))
    return len(ranked)


def suggest_or_say(workspace: Workspace) -> None:
    """As ``suggest``; a training is not spoilt by it."""
    try:
        log.info("%d answers are suggested for rating", suggest(workspace))
    except AssayError as error:
        log.warning("no answers could be suggested for rating: %s", error.in_full)


def _scores(workspace: Workspace, candidates: list[Candidate]) -> tuple[float, dict[int, float]]:
    loaded = reranker(workspace).model() if candidates else None
    if loaded is None:
        return 0.5, {}
    _, model = loaded
    embedder = reference_embedder(workspace)
    scores = model.score([Pair(one.prompt, one.response) for one in candidates], embedder)
    return model.threshold, {one.interaction_id: float(score) for one, score in zip(candidates, scores, strict=True)}


def _likeness(one: Candidate, score: float | None, good: int) -> float:
    """How likely an answer is to be rated like the one beside it; smaller comes first."""
    if score is None or one.beside is None:
        return 0.5
    return score if one.beside >= good else 1 - score
