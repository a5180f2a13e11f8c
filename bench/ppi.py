"""How often the interval of a system's worth holds the truth, and how much narrower the scores make it.

On each rated file in ../shared/data and on made data of known worth, whose answers to one question resemble each other:
questions are drawn at random, the very large ones with certainty, and all their answers rated; fold models learn from
these, score a rated answer without its question and an unrated one by their mean; the truth is the mean over all
answers. So many questions are those that are drawn at random; the certain ones come beside them.
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
from core.reward.worth.sampling import Drawn, draw
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
    truth, sizes = float(population.values.mean()), np.bincount(population.questions).astype(np.float64)
    held, told, widths = 0, 0, []
    for number in range(draws):
        found = _estimate(population, draw(sizes, questions, seed=number), np.random.default_rng((SEED, number)))
        if found.mean.low is None or found.alone.low is None:  # the drawn ones are all alike
            continue
        told += 1
        low, high = _bounds(found.mean)
        held += low <= truth <= high
        lowest, highest = _bounds(found.alone)
        widths.append((high - low) / (highest - lowest))
    certain = int(draw(sizes, questions, seed=0).certain.sum())
    about = f"{population.name}, {questions} questions" + (f" and {certain} large" if certain else "")
    if not told:
        print(f"  {about}: no interval, the drawn ones are all alike")
        return []
    print(f"  {about}: as wide as {np.mean(widths):.2f} of that of the ratings alone", flush=True)
    off = 100 * held / told - NOMINAL
    # where hardly a question differs from the others, coverage jumps by 10 % from one count of them to the next
    hardly = _hardly_differ(population)
    off, apart = (max(-off, 0.0), "below") if hardly else (abs(off), "off")
    words = f"{about}: coverage {100 * held / told:.1f} %, {apart} {NOMINAL:g} by"
    return [Line(words, off, "%", TOLERATED, gates=True)]


def _hardly_differ(population: Population) -> bool:
    """Whether nine of ten questions have the very same mean."""
    means = np.bincount(population.questions, weights=population.values) / np.bincount(population.questions)
    return bool(np.unique(means.round(6), return_counts=True)[1].max() > 0.9 * len(means))


def _bounds(metric: Metric) -> tuple[float, float]:
    assert metric.low is not None
    assert metric.high is not None
    return metric.low, metric.high


def _estimate(population: Population, drawn: Drawn, rng: np.random.Generator) -> Estimate:
    """The estimate from the questions that were drawn, with fold models that learned from these."""
    sampled = drawn.certain | drawn.random
    rated = sampled[population.questions]
    order = rng.permutation(np.flatnonzero(sampled))
    scores, unseen = np.zeros(len(rated)), np.zeros(len(rated))
    for fold in range(FOLDS):
        held_out = np.isin(population.questions, order[fold::FOLDS])
        predict = _ridge(population.features[rated & ~held_out], population.values[rated & ~held_out])
        unseen += predict(population.features) / FOLDS
        scores[held_out] = predict(population.features[held_out])
    scores[~rated] = unseen[~rated]
    answers, scored, said = (
        np.bincount(population.questions, weights=each).astype(np.float64)
        for each in (np.ones(len(rated)), scores, population.values)
    )
    rest, random, certain = ~drawn.certain, drawn.random, drawn.certain
    return estimate(
        Sampled(
            questions=int(rest.sum()),
            answers=float(answers[rest].sum()),
            scores=float(scored[rest].sum()),
            rated=answers[random],
            rated_scores=scored[random],
            values=said[random],
            certain_answers=float(answers[certain].sum()),
            certain_rated=float(answers[certain].sum()),
            certain_values=float(said[certain].sum()),
        ),
        share=population.values.max() <= 1,
    )


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
