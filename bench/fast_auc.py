"""Does a model of the reference's vectors judge as well when the fast encoder serves it?"""

from pathlib import Path

import numpy as np

from bench.table import Line
from core.domain.records import Example, ImportRow
from core.domain.settings import Settings
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import understand
from core.labeling.tables import open_table
from core.reward.encoding.embedder import Embedder, MemoryCache
from core.reward.fitting import fit
from core.reward.metrics.folds import grouped_folds
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores, measure
from core.reward.recipes.base import Pair, feature_matrix
from core.reward.recipes.registry import PAIR
from core.services.reranking.reranking import encoder, serving_encoder


def auc_difference(file: Path, settings: Settings) -> Line:
    """Five groups of prompts; each scored by a model of the other four's reference vectors, with either encoder."""
    understood = understand(open_table(file), HowToRead()).rows()
    rows = [row for row in understood if isinstance(row, ImportRow) and row.rating is not None]
    unique = {(row.user_prompt, row.ai_response, row.context_id): float(row.rating or 0) for row in rows}
    examples = [Example(i, *identity, rating) for i, (identity, rating) in enumerate(unique.items(), 1)]
    rated = Labels.of(examples, positive_threshold=settings.positive_rating_threshold)
    folds = grouped_folds(rated.good, rated.groups, folds=5, seed=0)
    assert folds is not None
    pairs = [Pair(example.prompt, example.response) for example in examples]
    encoders = (encoder(settings.emb_model), serving_encoder(settings).current())
    features = [feature_matrix(PAIR, pairs, Embedder(each, MemoryCache())) for each in encoders]
    scores = [np.empty(len(rated)), np.empty(len(rated))]
    for fold in range(5):
        seen = folds != fold
        model = fit(PAIR, features[0][seen], rated.good[seen], rated.groups[seen], seed=0).model
        for each, of_encoder in zip(scores, features, strict=True):
            each[~seen] = model.predict(of_encoder[~seen])
    found = [measure(rated, Scores(each, each >= 0.5), seed=0, resamples=0)["roc_auc"].value or 0.0 for each in scores]
    print(
        f"{len(rated)} answers: AUC {found[0]:.4f} with {encoders[0].back_end}, {found[1]:.4f} with "
        f"{encoders[1].back_end}; "
        f"scores differ by {np.abs(scores[0] - scores[1]).mean():.4f} on average, "
        f"{np.abs(scores[0] - scores[1]).max():.4f} at most"
    )
    return Line("AUC lost by serving with the fast encoder", found[0] - found[1], "", 0.005, gates=True)
