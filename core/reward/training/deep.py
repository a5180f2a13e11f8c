"""A training of the recipe ``transformer``: tuned out of fold, stacked on ``pair``, measured on kept-apart answers.

docs/decisions/training.md says why nothing here is cross-validated.
"""

import time
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np

from core.domain.records import Example
from core.domain.verdicts.addition import Addition
from core.domain.verdicts.gates import judge_addition, judge_first
from core.reward.encoding.embedder import Embedder
from core.reward.evaluation.evaluation import evaluate
from core.reward.evaluation.learning_curve import LearningCurve
from core.reward.evaluation.out_of_fold import joined, score_baselines_held_out
from core.reward.evaluation.slices import NOT_MEASURED
from core.reward.fitting import fit, fit_baselines
from core.reward.metrics.folds import grouped_folds
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores, paired_difference
from core.reward.model import FittedModel
from core.reward.recipes.base import Pair, feature_matrix
from core.reward.recipes.registry import PAIR, TRANSFORMER
from core.reward.training.confidence_fit import prompts_alone
from core.reward.training.events import (
    Embedding,
    Evaluated,
    Event,
    Fitted,
    Judged,
    Refused,
    Reported,
    Started,
    TrainingResult,
)
from core.reward.training.figures import figures_kept_apart_alone, learned_from_one_person
from core.reward.training.report import Findings, Made, trust_report
from core.reward.training.trainer import data_fingerprint, too_little
from core.reward.transformer.base import keep_memory_low, locate_base
from core.reward.transformer.folds import FOLDS, tuned_folds
from core.reward.transformer.served import DeepPart, pack

FEWEST_RATINGS, FEWEST_PROMPTS = 300, 60
"""Rated answers and their questions, those kept apart among them: with fewer it was never tried."""


def train_deep(
    examples: Sequence[Example],
    held_out: Sequence[Example],
    *,
    base: str,
    home: Path,
    embedder: Embedder,
    seed: int,
    positive_threshold: int,
) -> Generator[Event, None, TrainingResult | Refused]:
    """Tune layers of ``base`` on ``examples`` and judge what they add to ``pair`` on ``held_out`` answers.

    Yields Started, Embedding..., Planned, Tuning..., FoldDone..., Evaluated, Reported, Fitted and returns the result;
    yields and returns only Refused where there is too little. The out-of-fold log-odds of the tuned layers become one
    more column of ``pair``; the model of both is fitted on ``examples`` alone, scored on ``held_out`` once, and served
    as it was scored, with the mean of all folds' log-odds. Comparisons of raters are not learned from. ``home`` keeps
    finished folds (``folds.tuned_folds``).

    Raises:
        Unavailable: the encoder or the base cannot be loaded, or the disk has too little room.
    """
    started = time.perf_counter()
    rated = Labels.of(examples, positive_threshold=positive_threshold)
    apart = Labels.of(held_out, positive_threshold=positive_threshold)
    folds = grouped_folds(rated.good, rated.groups, folds=FOLDS, seed=seed) if len(rated) else None
    reason = _refused(len(rated) + len(apart), rated.prompts + apart.prompts) or too_little(rated, 0)
    if reason is None and not len(apart):
        reason = "No question is kept apart yet, so nothing could tell whether the deep part helps. Rate more answers."
    if reason is not None or folds is None:
        refused = Refused(reason or "Good and poor answers are on too few questions to divide them. Rate more answers.")
        yield refused
        return refused
    keep_memory_low()
    foundation = locate_base(base)
    yield Started(len(rated), rated.prompts, int(rated.good.sum()), TRANSFORMER.name, seed)

    pairs = [Pair(example.prompt, example.response) for example in examples]
    apart_pairs = [Pair(example.prompt, example.response) for example in held_out]
    for progress in embedder.warm({PAIR.view: PAIR.texts([*pairs, *apart_pairs])}):
        yield Embedding(progress.done, progress.total, progress.rows_per_second, progress.seconds_left)
    features = feature_matrix(PAIR, pairs, embedder)
    fingerprint = data_fingerprint(examples)
    tuned = yield from tuned_folds(
        pairs, rated, folds, foundation, home, fingerprint=f"{fingerprint} {positive_threshold}", seed=seed
    )
    deep = DeepPart.of(pack(tuned.tensors, foundation, tuned.dim))
    stacked = np.column_stack([features, tuned.log_odds.astype(np.float32)])
    fitted = fit(TRANSFORMER, stacked, rated.good, rated.groups, seed=seed)
    fast = fit(PAIR, features, rated.good, rated.groups, seed=seed)
    baselines = fit_baselines(features, rated.good)
    model = FittedModel(TRANSFORMER.name, embedder.fingerprint, fitted.model, fitted.threshold, baselines, deep)

    seconds = yield from _read(deep, apart_pairs, embedder)
    apart_features = feature_matrix(PAIR, apart_pairs, embedder)
    values = model.predict(model.features(apart_pairs, embedder, apart_features))
    scores = Scores(values, values >= model.threshold)
    evaluation = evaluate(held_out, apart, [scores], [baselines.score(apart_features)], folds=None, seed=seed)
    # seed 0: another seed shall not be a way to another verdict
    gain = paired_difference(apart, values, fast.model.predict(apart_features), seed=0)
    adds = Addition(gain, apart.prompts, seconds)
    yield Evaluated(evaluation)
    curve = LearningCurve((), (), None, NOT_MEASURED, None)
    made = Made(
        TRANSFORMER.name, embedder.fingerprint, fingerprint, int(folds.max()) + 1, seed, time.perf_counter() - started
    )
    report = trust_report(
        held_out, apart, [scores], evaluation, Findings(curve, None), made, positive_threshold=positive_threshold
    )
    yield Reported(report)
    first = judge_first(evaluation.metrics["roc_auc"], evaluation.versus_length, evaluation.versus_curve)
    yield Fitted(fitted.c, fitted.threshold, time.perf_counter() - started, fitted.weighting)
    rules = [score_baselines_held_out(features, rated, folds == fold) for fold in range(int(folds.max()) + 1)]
    return TrainingResult(
        model=model,
        evaluation=evaluation,
        report=report,
        judged=Judged(judge_addition(first, adds), None),
        groups=frozenset(example.group for example in examples),
        confidence=prompts_alone(examples, embedder, seed=seed),
        weighting=fitted.weighting,
        comparisons=0,
        figures=figures_kept_apart_alone(
            rated,
            {name: joined(folds, [part[name] for part in rules]) for name in rules[0]},
            model,
            held_out,
            embedder,
            positive_threshold=positive_threshold,
            seed=0,
        ),
        one_person=learned_from_one_person(examples),
        learned=len(rated),
        questions=rated.prompts,
        fold_models=(),
        adds=adds,
    )


def _refused(ratings: int, prompts: int) -> str | None:
    if ratings >= FEWEST_RATINGS and prompts >= FEWEST_PROMPTS:
        return None
    return (
        f"The deep method needs {FEWEST_RATINGS} rated answers to {FEWEST_PROMPTS} questions; there are {ratings:,} to "
        f"{prompts:,}. Rate more answers, or train with the usual method, which is as good with so few."
    )


def _read(deep: DeepPart, pairs: Sequence[Pair], embedder: Embedder) -> Generator[Embedding, None, float | None]:
    """Let the tuned layers read the answers that are kept apart; seconds for each, None where they were read before."""
    began = time.perf_counter()
    unread = embedder.beside(deep.encoder)
    texts = PAIR.texts(pairs)
    new = len(unread.unread({pair.response for pair in pairs}, PAIR.view))
    for progress in unread.warm({PAIR.view: texts}):
        yield Embedding(progress.done, progress.total, progress.rows_per_second, progress.seconds_left)
    return (time.perf_counter() - began) / new if new else None
