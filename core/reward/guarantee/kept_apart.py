"""Evidence on a fitted model: its picks on kept-apart questions, at thresholds that training questions fixed."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.records import Example
from core.reward.confidence import ScoreConfidence
from core.reward.encoding.embedder import Embedder
from core.reward.evaluation.evaluation import leave_out_seen
from core.reward.evaluation.held_out import scores
from core.reward.guarantee.learn_then_test import Evidence, Picks, evidence, thresholds
from core.reward.metrics.labels import Labels
from core.reward.model import BLANK_SCORE, FittedModel

Floats = NDArray[np.float64]


def training_thresholds(
    examples: Sequence[Example], out_of_fold: Mapping[int, float], *, positive_threshold: int
) -> Floats:
    """Thresholds from the ``out_of_fold`` scores, by interaction, of the answers that a training learned from."""
    scored = [example for example in examples if example.interaction_id in out_of_fold]
    rated = Labels.of(scored, positive_threshold=positive_threshold)
    values = np.array([out_of_fold[example.interaction_id] for example in scored], dtype=np.float64)
    return thresholds(Picks.of(rated, values, np.zeros(len(scored), dtype=bool)).scores)


def measure(
    model: FittedModel,
    confidence: ScoreConfidence | None,
    learned: Collection[str],
    kept_apart: Sequence[Example],
    embedder: Embedder,
    fixed: Floats,
    *,
    positive_threshold: int,
) -> Evidence | None:
    """Counts of the picks of ``model`` as it serves with this ``embedder``; None where there is no trial.

    Args:
        model: the fitted one.
        confidence: how far its scores can be trusted: a question that it calls outside is not answered.
        learned: groups of prompts that it learned from; answers to them are no trial.
        kept_apart: rated answers to questions that are kept apart.
        embedder: of the encoder that serves.
        fixed: from ``training_thresholds``.
        positive_threshold: rating from which an answer is good.

    Raises:
        Unavailable: the model was fitted with another encoder, or it cannot be loaded.
    """
    trials, _ = leave_out_seen(kept_apart, learned)
    values = scores({"model": model}, trials, embedder)["model"]
    blank = np.array([not example.response.strip() for example in trials], dtype=bool)
    outside = {prompt: _is_outside(confidence, prompt, embedder) for prompt in {one.prompt for one in trials}}
    picks = Picks.of(
        Labels.of(trials, positive_threshold=positive_threshold),
        np.where(blank, BLANK_SCORE, values),
        np.array([outside[example.prompt] for example in trials], dtype=bool),
    )
    return evidence(picks, fixed, good_from=positive_threshold) if len(picks.scores) else None


def _is_outside(confidence: ScoreConfidence | None, prompt: str, embedder: Embedder) -> bool:
    """Whether a ranking would call this prompt unlike those that the model learned from; False where not known."""
    return confidence is not None and bool(confidence.is_outside(confidence.likeness(prompt, embedder)))
