"""Why answers were ranked as they were: what moved each score, and the rated answers that are nearest to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.roles import Act, User, may
from core.domain.texts import text_hash
from core.reward.confidence import prompt_vector
from core.reward.encoding.embedder import Embedder, View
from core.reward.evaluation.explain import Reason, reasons, windows_read
from core.reward.recipes.base import Pair
from core.reward.recipes.pair import pool
from core.services.masking import masks_output
from core.services.reranking.reranking import ranker_for, reference_embedder, serving_embedder
from core.services.workspace import Workspace
from core.serving.reranker import beginning, encodable
from core.store.interactions import exports
from core.store.interactions.exports import RatedText
from core.store.training.embeddings import DatabaseVectors

NEAREST_PROMPTS = 5
MOST_RATED = 60
"""Rated answers to these prompts that are looked at."""
SHOWN = 3


@dataclass(frozen=True, slots=True)
class RatedAnswer:
    """An answer that experts rated, to a question like the one that was asked."""

    prompt: str
    response: str
    rating: float
    likeness: float
    """Cosine to the candidate, meaning against meaning."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One candidate."""

    reasons: tuple[Reason, ...]
    windows: int
    """In how many pieces it was read."""
    nearest: tuple[RatedAnswer, ...]
    """Empty for those who may not read other people's ratings."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A ranking."""

    answers: dict[int, Explained]
    """By place in the input, for the places that were asked for."""
    rated: int | None
    """Rated answers to the questions most like this one; None where the version does not know its questions."""
    good: int


@masks_output(takes_gaps="explaining stores no text")
def explain(
    workspace: Workspace,
    user: User,
    prompt: str,
    texts: Sequence[str],
    *,
    only: Sequence[int],
    model_version: str | None = None,
) -> Explanation | None:
    """Why the answers at the places ``only`` score as they do, compared with all others; None without a model.

    Raises:
        NotAllowed: the role does not include reranking.
        NotFound: there is no version of that name.
        Unavailable: the encoder or the database cannot be used.
    """
    workspace.require(user, Act.RERANK)
    ranker = ranker_for(workspace, model_version)
    loaded, confidence = ranker.model(), ranker.confidence()
    if loaded is None:
        return None
    model = loaded[1]
    prompt, texts = encodable(prompt), [beginning(text) for text in texts]
    embedder = serving_embedder(workspace)
    moved = reasons(model, [Pair(prompt, text) for text in texts], embedder)
    rated: list[RatedText] | None = None
    if confidence is not None and confidence.known is not None:
        groups = confidence.known.nearest(prompt_vector(prompt, embedder), NEAREST_PROMPTS)
        with workspace.store.read() as session:
            rated = exports.rated_answers_to(session, groups, limit=MOST_RATED)
    found: dict[int, tuple[RatedAnswer, ...]] = dict.fromkeys(only, ())
    if rated and may(user, Act.READ_DATA):
        found = _nearest(workspace, embedder, {place: texts[place] for place in only}, rated)
    good = workspace.settings.positive_rating_threshold
    return Explanation(
        {place: Explained(moved[place], windows_read(model, texts[place]), found[place]) for place in only},
        None if rated is None else len(rated),
        sum(answer.rating >= good for answer in rated or ()),
    )


def _nearest(
    workspace: Workspace, embedder: Embedder, candidates: dict[int, str], rated: Sequence[RatedText]
) -> dict[int, tuple[RatedAnswer, ...]]:
    """For every candidate the rated answers most like it; of those whose vectors a training kept."""
    key = reference_embedder(workspace).key(View.WINDOWS)
    hashes = [text_hash(answer.response) for answer in rated]
    kept = DatabaseVectors(workspace.store).get(key, list(dict.fromkeys(hashes)))
    usable = [(answer, _pooled(kept[digest])) for answer, digest in zip(rated, hashes, strict=True) if digest in kept]
    if not usable:
        return dict.fromkeys(candidates, ())
    vectors = embedder.vectors(candidates.values(), View.WINDOWS)
    theirs = np.stack([vector for _, vector in usable])
    found = {}
    for place, text in candidates.items():
        likeness = theirs @ _pooled(vectors[text])
        found[place] = tuple(
            RatedAnswer(near.prompt, near.response, near.rating, float(likeness[at]))
            for at in np.argsort(-likeness, kind="stable")[:SHOWN]
            for near in [usable[at][0]]
        )
    return found


def _pooled(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return pool(rows, np.ones(len(rows)))
