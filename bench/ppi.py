"""How often the interval of a system's worth holds the truth, and how much narrower the scores make it.

On each rated file in ../shared/data and on made data of known worth, whose answers to one question resemble each other:
questions are drawn at random and all their answers rated; fold models learn from these, score a rated answer without
its question and an unrated one by their mean; the truth is the mean over all answers.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bench.quality import DATA, GOOD_FROM, SEED, embedder, vectors_of
from bench.table import Line
from core.domain.metrics import Metric
from core.reward.metrics.labels import Labels
from core.reward.recipes.registry import PAIR
from core.reward.worth.prediction_powered import Estimate, Sampled, estimate
from core.services.models.evaluate import read_rated

FOLDS = 5
PENALTY = 30.0
NOMINAL, TOLERATED = 95.0, 2.0
MADE = 2_000
"""Questions of made data."""


@dataclass(frozen=True)
class Population:
    """Answers whose values are all known."""

    name: str
    questions: np.ndarray
    """Number of the question of each answer, shape (n,)."""
    features: np.ndarray
    """Shape (n, d), standardised."""
    values: np.ndarray
    """What experts say, shape (n,)."""


def options(parser: argparse.ArgumentParser) -> None:
    """How many draws, of how many questions each."""
    parser.add_argument("--draws", type=int, default=1_000)
    parser.add_argument("--questions", type=int, nargs="+", default=[30, 60, 200])


def measure(given: argparse.Namespace) -> list[Line]:
    """Coverage and width for every population and number of questions."""
    lines = []
    for population in [*_made(), *_files()]:
        total = int(population.questions.max()) + 1
        for questions in given.questions:
            if questions < total:
                lines += _measured(population, questions, given.draws)
    return lines


def _measured(population: Population, questions: int, draws: int) -> list[Line]:
    truth, total = float(population.values.mean()), int(population.questions.max()) + 1
    held, told, widths = 0, 0, []
    for draw in range(draws):
        rng = np.random.default_rng((SEED, questions, draw))
        sampled = np.zeros(total, dtype=bool)
        sampled[rng.choice(total, questions, replace=False)] = True
        found = _estimate(population, sampled, rng)
        if found.mean.low is None or found.alone.low is None:  # the drawn ones are all alike
            continue
        told += 1
        low, high = _bounds(found.mean)
        held += low <= truth <= high
        lowest, highest = _bounds(found.alone)
        widths.append((high - low) / (highest - lowest))
    about = f"{population.name}, {questions} questions"
    if not told:
        print(f"  {about}: no interval, the drawn ones are all alike")
        return []
    print(f"  {about}: as wide as {np.mean(widths):.2f} of that of the ratings alone", flush=True)
    off = abs(100 * held / told - NOMINAL)
    return [Line(f"{about}: coverage {100 * held / told:.1f} %, off {NOMINAL:g} by", off, "%", TOLERATED, gates=True)]


def _bounds(metric: Metric) -> tuple[float, float]:
    assert metric.low is not None
    assert metric.high is not None
    return metric.low, metric.high


def _estimate(population: Population, sampled: np.ndarray, rng: np.random.Generator) -> Estimate:
    """The estimate from the questions that were drawn, with fold models that learned from these."""
    rated = sampled[population.questions]
    drawn = rng.permutation(np.flatnonzero(sampled))
    scores, unseen = np.zeros(len(rated)), np.zeros(len(rated))
    for fold in range(FOLDS):
        held_out = np.isin(population.questions, drawn[fold::FOLDS])
        predict = _ridge(population.features[rated & ~held_out], population.values[rated & ~held_out])
        unseen += predict(population.features) / FOLDS
        scores[held_out] = predict(population.features[held_out])
    scores[~rated] = unseen[~rated]
    ones = np.ones(len(rated))
    answers, scored, said = (
        np.bincount(population.questions, weights=each).astype(np.float64) for each in (ones, scores, population.values)
    )
    return estimate(Sampled(answers, scored, sampled, np.where(sampled, said, 0.0)))


def _ridge(features: np.ndarray, values: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Least squares with a penalty: what is measured is the interval, and any predictor will do."""
    center, mean = features.mean(axis=0), values.mean()
    shifted = features - center
    weights = np.linalg.solve(shifted.T @ shifted + PENALTY * np.eye(features.shape[1]), shifted.T @ (values - mean))
    return lambda rows: np.asarray((rows - center) @ weights + mean)


def _made() -> Iterator[Population]:
    """Made data: 1 to 9 answers to a question, their values alike; columns that tell half of it, or nothing."""
    for name, told in (("made, scores tell much", 1.0), ("made, scores tell nothing", 0.0)):
        rng = np.random.default_rng(SEED)
        questions = np.repeat(np.arange(MADE), rng.integers(1, 10, size=MADE))
        columns = rng.normal(size=(len(questions), 8))
        shared = rng.normal(size=MADE)[questions]
        latent = told * columns[:, 0] + 0.8 * shared + 0.6 * rng.normal(size=len(questions))
        yield Population(name, questions, columns, np.clip(np.round(3 + latent), 1, 5))


def _files() -> Iterator[Population]:
    for file in sorted(DATA.glob("*.csv")) if DATA.is_dir() else ():
        examples = read_rated(file)
        rated = Labels.of(examples, positive_threshold=GOOD_FROM)
        matrix = vectors_of(examples, embedder())[PAIR.name].astype(np.float64)
        matrix = (matrix - matrix.mean(axis=0)) / np.maximum(matrix.std(axis=0), 1e-6)
        left, strengths, _ = np.linalg.svd(matrix, full_matrices=False)
        few = left[:, :20] * strengths[:20] / strengths[0] * 5
        yield Population(f"{file.stem}, mean rating", rated.groups, few, rated.ratings)
        yield Population(f"{file.stem}, share of good", rated.groups, few, rated.good.astype(np.float64))
