"""Evidence on how often a version's picks are poor, counted at its training: what promises are tested on."""

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.domain.errors import AssayError
from core.domain.records import Example
from core.reward.confidence import ScoreConfidence
from core.reward.encoding.embedder import Embedder, MemoryCache
from core.reward.guarantee import kept_apart
from core.reward.guarantee.learn_then_test import Evidence
from core.reward.model import FittedModel
from core.reward.training.events import TrainingResult
from core.services.reranking.reranking import serving_encoder
from core.services.training.dataset import TrainingSet
from core.services.workspace import Workspace

log = logging.getLogger(__name__)


def evidence_of(
    workspace: Workspace, training_set: TrainingSet, trained: TrainingResult, embedder: Embedder
) -> dict[str, dict[str, Any]]:
    """Evidence on a new version, as JSON by the fingerprint of the encoder that it was counted with.

    With the reference encoder (``embedder``), and with the fast one where a build of it serves here. Empty where no
    question kept apart has two rated answers, and for a model with a deep part.

    Raises:
        Unavailable: the reference encoder cannot be loaded.
    """
    if trained.model.deep is not None:  # thresholds come from its out-of-fold scores: it has none
        return {}
    out_of_fold = {row.interaction_id: row.score for row in trained.evaluation.rows}
    found: dict[str, dict[str, Any]] = {}

    def count(source: Embedder) -> None:
        counted = count_poor_picks(
            trained.model,
            trained.confidence,
            trained.groups,
            training_set.examples,
            out_of_fold,
            training_set.held_out,
            source,
            positive_threshold=workspace.settings.positive_rating_threshold,
        )
        if counted is not None:
            found[source.computed_by] = counted.to_json()

    count(embedder)
    if not found:
        return found
    try:
        fast = serving_encoder(workspace.settings).built()
        if fast is not None and fast.reference == embedder.fingerprint:
            count(Embedder(fast, MemoryCache()))
    except Exception as error:  # noqa: BLE001  the training is not to be lost for it: a lead can have it measured later
        told = error.in_full if isinstance(error, AssayError) else type(error).__name__
        log.warning("poor picks were not counted with the fast encoder: %s", told)
    return found


def count_poor_picks(
    model: FittedModel,
    confidence: ScoreConfidence | None,
    learned: Collection[str],
    examples: Sequence[Example],
    out_of_fold: Mapping[int, float],
    held_out: Sequence[Example],
    embedder: Embedder,
    *,
    positive_threshold: int,
) -> Evidence | None:
    """Counts of poor picks on ``held_out`` at thresholds from the ``out_of_fold`` scores of ``examples``.

    None where there is no trial; arguments as in ``kept_apart.measure`` and ``kept_apart.training_thresholds``.

    Raises:
        Unavailable: the model was fitted with another encoder, or it cannot be loaded.
    """
    fixed = kept_apart.training_thresholds(examples, out_of_fold, positive_threshold=positive_threshold)
    return kept_apart.measure(
        model, confidence, learned, held_out, embedder, fixed, positive_threshold=positive_threshold
    )
