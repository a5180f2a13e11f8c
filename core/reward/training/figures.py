"""The figures of a training: cross-validated, and on the answers that are kept apart."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.domain.records import Example
from core.domain.verdicts.figures import ENOUGH_KEPT_APART, Basis, Figures
from core.domain.verdicts.judgement import ONE_PERSON
from core.domain.verdicts.rules import SIMPLE_RULES
from core.reward.baselines import original_order
from core.reward.encoding.embedder import Embedder
from core.reward.encoding.windows import word_spans
from core.reward.evaluation.evaluation import Evaluation
from core.reward.metrics.best_of_n import Choices
from core.reward.metrics.bootstrap import FEWEST_PROMPTS, draws, ratio, with_interval
from core.reward.metrics.labels import Labels
from core.reward.metrics.length_bias import length_bias
from core.reward.metrics.metrics import Scores, measure, pair_counts, paired_difference, paired_order_difference
from core.reward.model import FittedModel
from core.reward.recipes.base import Pair, feature_matrix
from core.reward.recipes.registry import PAIR

ORDER, AREA = "pairwise_accuracy", "roc_auc"
NOBODY = frozenset({"imported", "legacy"})
"""Raters that stand for whoever gave the ratings of a file or of the existing application: perhaps many people."""
_NO_RULE = Metric(None, reason="not estimable: no simple rule can be measured")
_NO_CHOICE = Metric(None, reason="not estimable: no question has two rated answers")

Floats = NDArray[np.float64]


def cross_validated_figures(
    examples: Sequence[Example],
    rated: Labels,
    model: Sequence[Scores],
    baselines: Sequence[Mapping[str, Scores]],
    evaluation: Evaluation,
    *,
    seed: int,
) -> Figures:
    """Figures from the out-of-fold scores of ``evaluation``; one entry of ``model`` and ``baselines`` per repeat."""
    measured = ORDER if _comparable_questions(rated) >= FEWEST_PROMPTS else AREA
    found = {name: evaluation.baselines[name][measured] for name in SIMPLE_RULES if name in evaluation.baselines}
    values = {name: metric.value for name, metric in found.items() if metric.value is not None}
    best = max(values, key=values.__getitem__, default=None)
    theirs = [_of_rule(best, rated, repeat) for repeat in baselines] if best else []
    return _figures(
        Basis.CROSS_VALIDATED,
        measured,
        best,
        examples,
        rated,
        model,
        theirs,
        evaluation.metrics,
        None if best is None else found[best],
        seed=seed,
    )


def kept_apart_figures(
    model: FittedModel,
    crossed: Figures,
    kept_apart: Sequence[Example],
    embedder: Embedder,
    *,
    positive_threshold: int,
    seed: int,
) -> Figures | None:
    """Figures of a fitted ``model`` on answers to questions that it was not fitted on; measure and rule as ``crossed``.

    None where these are fewer than ``ENOUGH_KEPT_APART`` questions, or too few of them can be compared in that measure.

    Raises:
        Unavailable: the encoder cannot be loaded.
    """
    rated = Labels.of(kept_apart, positive_threshold=positive_threshold)
    if rated.prompts < ENOUGH_KEPT_APART:
        return None
    if crossed.measure == ORDER and _comparable_questions(rated) < FEWEST_PROMPTS:
        return None
    found = _kept_apart(model, crossed.measure, crossed.rule, kept_apart, rated, embedder, seed=seed)
    return None if found.right_order.value is None else found


def _kept_apart(
    model: FittedModel,
    measured: str,
    rule: str | None,
    kept_apart: Sequence[Example],
    rated: Labels,
    embedder: Embedder,
    *,
    seed: int,
) -> Figures:
    pairs = [Pair(example.prompt, example.response) for example in kept_apart]
    pair_features = feature_matrix(PAIR, pairs, embedder)
    values = model.predict(model.features(pairs, embedder, pair_features))
    scores = Scores(values, values >= model.threshold)
    metrics = measure(rated, scores, seed=seed)
    theirs, rule_order = [], None
    if rule is not None:
        theirs = [_of_rule(rule, rated, model.baselines.score(pair_features))]
        rule_order = measure(rated, theirs[0], seed=seed)[measured]
    return _figures(
        Basis.KEPT_APART,
        measured,
        rule,
        kept_apart,
        rated,
        [scores],
        theirs,
        metrics,
        rule_order,
        seed=seed,
    )


def figures_kept_apart_alone(
    rated: Labels,
    rules: Mapping[str, Scores],
    model: FittedModel,
    kept_apart: Sequence[Example],
    embedder: Embedder,
    *,
    positive_threshold: int,
    seed: int,
) -> Figures:
    """Figures of a model that has no cross-validated scores, however few questions are kept apart.

    ``rules`` are the fitted baselines out of fold on the ``rated`` answers that it learned from. Measure and best
    simple rule are chosen there, as nothing is chosen on the answers that are reported.

    Raises:
        Unavailable: the encoder cannot be loaded.
    """
    apart = Labels.of(kept_apart, positive_threshold=positive_threshold)
    comparable = min(_comparable_questions(rated), _comparable_questions(apart))
    measured = ORDER if comparable >= FEWEST_PROMPTS else AREA
    known = dict(rules) | {"original_order": original_order(rated)}
    found = {
        name: measure(rated, known[name], seed=seed, resamples=0)[measured].value
        for name in SIMPLE_RULES
        if name in known
    }
    values = {name: value for name, value in found.items() if value is not None}
    best = max(values, key=values.__getitem__, default=None)
    return _kept_apart(model, measured, best, kept_apart, apart, embedder, seed=seed)


def learned_from_one_person(examples: Sequence[Example]) -> bool:
    """Whether one person gave more than ``ONE_PERSON`` of the ratings."""
    given = Counter(name for example in examples for name, _ in example.ratings)
    most = max((count for name, count in given.items() if name not in NOBODY), default=0)
    return most > ONE_PERSON * given.total()


def _figures(
    basis: Basis,
    measured: str,
    rule: str | None,
    examples: Sequence[Example],
    rated: Labels,
    model: Sequence[Scores],
    theirs: Sequence[Scores],
    metrics: Mapping[str, Metric],
    rule_order: Metric | None,
    *,
    seed: int,
) -> Figures:
    crossed = basis is Basis.CROSS_VALIDATED
    stacked = np.stack([scores.values for scores in model])
    lengths = np.array([len(word_spans(example.response)) for example in examples], dtype=np.float64)
    difference = paired_order_difference if measured == ORDER else paired_difference
    gain = _NO_RULE
    if theirs:
        others = np.stack([scores.values for scores in theirs])
        gain = difference(rated, stacked, others, seed=seed, cross_validated=crossed)
    return Figures(
        basis=basis,
        answers=len(rated),
        questions=rated.prompts,
        measure=measured,
        right_order=metrics[measured],
        accuracy=metrics["accuracy"],
        better_pick=_better_pick(rated, stacked, seed=seed, cross_validated=crossed),
        rule=rule,
        rule_order=_NO_RULE if rule_order is None else rule_order,
        gain=gain,
        length_gap=length_bias(rated, stacked, lengths, seed=seed, cross_validated=crossed).gap,
    )


def _of_rule(rule: str, rated: Labels, fitted: Mapping[str, Scores]) -> Scores:
    return original_order(rated) if rule == "original_order" else fitted[rule]


def _comparable_questions(rated: Labels) -> int:
    """Number of questions with two answers whose ratings differ."""
    _, pairs = pair_counts(rated, np.zeros(len(rated)))
    return len(np.unique(rated.groups[pairs > 0]))


def _better_pick(rated: Labels, repeats: Floats, *, seed: int, cross_validated: bool) -> Metric:
    """Share of the choices whose highest scored answer is good; ``repeats`` (r, n)."""
    choices = Choices.of(rated)
    if not len(choices.starts):
        return _NO_CHOICE
    good = rated.good.astype(np.float64)
    picked = np.mean([choices.picked(good, values) for values in repeats], axis=0)
    offered = choices.per_prompt
    weights = np.concatenate([*draws(rated.groups, seed=seed), np.empty((0, rated.prompts))])
    samples = ratio(weights @ picked, weights @ offered)
    value = float(picked.sum() / offered.sum())
    return with_interval(value, samples, prompts=rated.prompts, cross_validated=cross_validated, within=(0.0, 1.0))
