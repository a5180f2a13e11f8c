"""How often a promise about picked answers is broken, and how often one can be given.

The population is every question with two or more rated answers, scored out of fold in fixed folds. As it is served, a
question that is unlike those of the other folds is not answered. Each redraw takes n of them with replacement as the
kept-apart questions; a promise is broken where the share of poor picks among all questions of the population that the
certified threshold answers is above the level.
"""

import argparse

import numpy as np

from bench.quality import DATA, GOOD_FROM, SEED, embedder, vectors_of
from bench.table import Line
from core.domain.records import Example
from core.reward.encoding.embedder import Embedder
from core.reward.evaluation.out_of_fold import joined, score_held_out
from core.reward.guarantee.learn_then_test import Picks, evidence, thresholds
from core.reward.metrics.folds import grouped_folds
from core.reward.metrics.labels import Labels
from core.reward.recipes.registry import PAIR
from core.reward.training.confidence_fit import fit_score_confidence
from core.reward.training.cross_validation import OUTER_FOLDS
from core.services.models.evaluate import read_rated

BROKEN = 12.0
"""Percent: one in ten and two standard errors of a thousand redraws."""


def options(parser: argparse.ArgumentParser) -> None:
    """How many redraws, of how many questions each, and which promise."""
    parser.add_argument("--redraws", type=int, default=1_000)
    parser.add_argument("--questions", type=int, nargs="+", default=[20, 46, 100])
    parser.add_argument("--max-poor", type=float, default=0.25)
    parser.add_argument("--confidence", type=float, default=0.9)


def measure(given: argparse.Namespace) -> list[Line]:
    """Shares of redraws in which the promise was broken, and in which it could be given."""
    file = next(iter(sorted(DATA.glob("*.csv")))) if DATA.is_dir() else None
    if file is None:
        print(f"There are no rated files in {DATA}, so there is no population to draw from.")
        return []
    examples = read_rated(file)
    picks = _picks(examples, embedder())
    outside = f"{picks.outside.mean():.1%} of them unlike the others"
    print(f"{file.name}: {len(picks.scores)} questions, {outside}, {picks.poor.mean():.1%} poor picks in all")
    fixed = thresholds(picks.scores)
    lines = []
    for questions in given.questions:
        broken = given_ = answered = 0.0
        rng = np.random.default_rng((SEED, questions))
        for _ in range(given.redraws):
            rows = rng.integers(len(picks.scores), size=questions)
            drawn = Picks(picks.scores[rows], picks.poor[rows], picks.outside[rows])
            found = evidence(drawn, fixed, good_from=GOOD_FROM)
            certified = found.certified(given.max_poor, given.confidence)
            if certified is not None:
                chosen = picks.answered(certified.threshold)
                given_ += 1
                answered += chosen.mean()
                broken += picks.poor[chosen].mean() > given.max_poor
        about = f"{questions} questions, at most {given.max_poor:.0%} poor: promise broken"
        share = answered / max(given_, 1)
        print(f"  {questions} questions: given {given_ / given.redraws:.1%}, then answered {share:.1%}", flush=True)
        lines.append(Line(about, 100 * broken / given.redraws, "%", BROKEN, gates=True))
    return lines


def _picks(examples: list[Example], source: Embedder) -> Picks:
    """The picks of every question, by scores out of fold."""
    rated = Labels.of(examples, positive_threshold=GOOD_FROM)
    folds = grouped_folds(rated.good, rated.groups, folds=OUTER_FOLDS, seed=SEED)
    assert folds is not None
    matrix = vectors_of(examples, source)[PAIR.name]
    parts = [score_held_out(PAIR, matrix, rated, folds == fold, seed=SEED) for fold in range(int(folds.max()) + 1)]
    values = joined(folds, parts).values
    outside = np.zeros(len(examples), dtype=bool)
    for fold in range(int(folds.max()) + 1):
        others = np.flatnonzero(folds != fold)
        learned = [examples[row] for row in others]
        confidence = fit_score_confidence(learned, rated.rows(folds != fold), values[others], source, seed=SEED)
        for row in np.flatnonzero(folds == fold):
            outside[row] = bool(confidence.is_outside(confidence.likeness(examples[row].prompt, source)))
    return Picks.of(rated, values, outside)
