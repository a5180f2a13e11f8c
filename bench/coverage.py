"""How often a 95 % interval of a training holds the truth: with shuffled ratings, and with the experts' own.

From the first rated file in ../shared/data prompts are drawn, at most four answers to each. Shuffled, the truth is an
AUC of 0.5 and no difference to answer length. Unshuffled, it is what the model of all drawn ratings comes to on all
other prompts. Fits are those of an evaluation (five folds, three times); vectors are shared with ``bench quality``.
"""

import argparse
from dataclasses import replace

import numpy as np

from bench.quality import DATA, GOOD_FROM, SEED, embedder, vectors_of
from bench.table import Line
from core.domain.metrics import Metric
from core.domain.records import Example
from core.domain.verdicts.gates import judge_first
from core.reward.fitting import fit, fit_baselines
from core.reward.metrics.bootstrap import auc_samples
from core.reward.metrics.folds import grouped_folds
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores
from core.reward.recipes.registry import PAIR
from core.reward.training.cross_validation import OUTER_FOLDS, OutOfFold
from core.services.models.evaluate import read_rated

ANSWERS = 4
Features = dict[str, np.ndarray]


def options(parser: argparse.ArgumentParser) -> None:
    """How many trials, and from how many prompts each."""
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--prompts", type=int, nargs="+", default=[12, 30, 100])


def measure(given: argparse.Namespace) -> list[Line]:
    """The share of intervals that hold the truth, for every number of prompts."""
    file = next(iter(sorted(DATA.glob("*.csv")))) if DATA.is_dir() else None
    if file is None:
        print(f"There are no rated files in {DATA}, so there is nothing to measure coverage on.")
        return []
    examples = read_rated(file)
    features = vectors_of(examples, embedder())
    lines = []
    for prompts in given.prompts:
        for shuffled in (True, False):
            lines += _coverage(examples, features, prompts, given.trials, shuffled=shuffled)
    return lines


def _coverage(examples: list[Example], features: Features, prompts: int, trials: int, *, shuffled: bool) -> list[Line]:
    held = {"ROC AUC": 0, "difference to length": 0}
    done = promoted = 0
    for trial in range(trials):
        rng = np.random.default_rng((prompts, trial))
        rows, others = _drawn(rng, examples, prompts)
        ratings = [examples[row].rating for row in rows]
        chosen = [
            replace(examples[row], rating=float(rating))
            for row, rating in zip(rows, rng.permutation(ratings) if shuffled else ratings, strict=True)
        ]
        rated = Labels.of(chosen, positive_threshold=GOOD_FROM)
        folds = grouped_folds(rated.good, rated.groups, folds=OUTER_FOLDS, seed=SEED)
        if folds is None:
            continue
        own = {name: matrix[rows] for name, matrix in features.items()}
        scored = OutOfFold(chosen, rated, own, PAIR, folds, SEED, GOOD_FROM)
        list(scored.fold_by_fold())
        found = scored.evaluation()
        area, difference = (0.5, 0.0) if shuffled else _truth(examples, features, rated, own, others)
        held["ROC AUC"] += _holds(found.metrics["roc_auc"], area)
        held["difference to length"] += _holds(found.versus_length, difference)
        promoted += judge_first(found.metrics["roc_auc"], found.versus_length, found.versus_curve).promoted
        done += 1
    about = f"{prompts} prompts, " + ("shuffled" if shuffled else "as rated")
    lines = [
        Line(f"{about}: {name}, intervals that miss the truth", 100 - 100 * n / done, "%", 5)
        for name, n in held.items()
    ]
    return [*lines, Line(f"{about}: promoted", 100 * promoted / done, "%", 5 if shuffled else 100)]


def _drawn(rng: np.random.Generator, examples: list[Example], prompts: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of at most ANSWERS answers to so many prompts, and those of all other prompts."""
    groups = np.array([example.group for example in examples])
    kept = rng.choice(np.unique(groups), prompts, replace=False)
    some = [rng.permutation(np.flatnonzero(groups == group))[:ANSWERS] for group in kept]
    return np.sort(np.concatenate(some)), np.flatnonzero(~np.isin(groups, kept))


def _truth(
    examples: list[Example], features: Features, rated: Labels, own: Features, others: np.ndarray
) -> tuple[float, float]:
    """ROC AUC of the model of all drawn ratings on the other prompts, and by how much it beats answer length there."""
    rest = Labels.of([examples[row] for row in others], positive_threshold=GOOD_FROM)
    fitted = fit(PAIR, own[PAIR.name], rated.good, rated.groups, seed=SEED)
    unseen = features[PAIR.name][others]
    scores = {"model": Scores(fitted.model.predict(unseen), None)} | fit_baselines(own[PAIR.name], rated.good).score(
        unseen
    )
    once = np.ones((1, rest.prompts))
    areas = {name: float(auc_samples(s.values, rest.good, rest.groups, once)[0]) for name, s in scores.items()}
    return areas["model"], areas["model"] - areas["length_only"]


def _holds(metric: Metric, truth: float) -> bool:
    return metric.low is not None and metric.high is not None and metric.low <= truth <= metric.high
