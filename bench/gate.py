"""How often the rule of promotion errs: challengers that are truly worse, equal or better than the champion.

Scores are drawn from the binormal model (Green and Swets 1966: AUC = Phi(d / sqrt 2) for normal scores whose means
differ by d), 8 answers to a prompt, a fifth of the noise shared within a prompt, and the noise of two models correlated
as two trainings of one recipe (0.9) or as two recipes (0.6) may be. The decision is the product's own: on
ENOUGH_PROMPTS held-out prompts or more the models themselves meet there; below, their recipes are compared out of fold
on four times as many prompts, and the models themselves only stop a challenger that is clearly worse.
"""

import argparse
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from bench.table import Line
from core.domain.held_out import ENOUGH_PROMPTS, FEWEST_PROMPTS
from core.domain.metrics import Metric
from core.domain.verdicts.gates import judge_challenger, judge_first
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import paired_difference

Floats = NDArray[np.float64]

ANSWERS = 8
CHAMPION, LENGTH = 0.80, 0.61  # ROC AUC of pair and of answer length on MEDIQA 2019
STEP = 0.03
CLEARLY_BEATS_LENGTH = Metric(0.15, 0.10, 0.20)  # measured on four times as many prompts: not what decides here
PER_HELD_OUT = 4
"""Prompts that are learned from, to each one kept apart."""
WITHIN = 0.2
"""Share of a score's noise that all answers to a prompt have in common."""


def options(parser: argparse.ArgumentParser) -> None:
    """How many trials, and on how many held-out prompts."""
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--prompts", type=int, nargs="+", default=[10, 20, 30, 100])


def measure(given: argparse.Namespace) -> list[Line]:
    """False promotions of a worse challenger, refusals of an equal and of a better one, for every size of the set."""
    lines = []
    for prompts in given.prompts:
        chance = _first(prompts, given.trials)
        lines.append(Line(f"{prompts} prompts, first model as good as length: promoted", 100 * chance, "%", 5))
        for alike, kind in ((0.9, "same recipe"), (0.6, "other recipe")):
            promoted = {
                name: _challengers(prompts, CHAMPION + step, alike, given.trials)
                for name, step in (("worse", -STEP), ("equal", 0.0), ("better", STEP))
            }
            about = f"{prompts} prompts, {kind}"
            lines += [
                Line(f"{about}, AUC {STEP} worse: promoted (false promotion)", 100 * promoted["worse"], "%", 5),
                Line(f"{about}, equal: promoted", 100 * promoted["equal"], "%", 100),
                Line(f"{about}, AUC {STEP} better: refused (false rejection)", 100 - 100 * promoted["better"], "%", 20),
            ]
    return lines


def _first(prompts: int, trials: int) -> float:
    """Share of models without an advantage over answer length that the first champion's rule lets pass."""
    passed = 0
    for trial in range(trials):
        rng = np.random.default_rng((prompts, trial, 7))
        rated, noise = _answers(rng, prompts)
        scores = [_scores(rated, LENGTH, part) for part in _pair(rng, noise, 0.3)]
        difference = paired_difference(rated, scores[0], scores[1], seed=trial)
        passed += judge_first(Metric(LENGTH), difference, CLEARLY_BEATS_LENGTH).promoted
    return passed / trials


def _challengers(prompts: int, auc: float, alike: float, trials: int) -> float:
    """Share of challengers of this true AUC that become champion."""
    passed = 0
    for trial in range(trials):
        rng = np.random.default_rng((prompts, trial, int(100 * alike)))
        rated, noise = _answers(rng, prompts)
        champion_noise, challenger_noise = _pair(rng, noise, alike)
        champion, challenger = _scores(rated, CHAMPION, champion_noise), _scores(rated, auc, challenger_noise)
        versus = paired_difference(rated, challenger, champion, seed=trial)
        if prompts >= ENOUGH_PROMPTS:
            passed += judge_challenger(
                Metric(auc), CLEARLY_BEATS_LENGTH, CLEARLY_BEATS_LENGTH, versus, unseen_questions=prompts
            ).promoted
            continue
        stopped = prompts >= FEWEST_PROMPTS and versus.high is not None and versus.high < 0
        many, common = _answers(rng, PER_HELD_OUT * prompts)
        of_both = [
            _scores(many, level, own) for level, own in zip((auc, CHAMPION), _pair(rng, common, alike), strict=True)
        ]
        refitted = paired_difference(many, *of_both, seed=trial, cross_validated=True)
        passed += (
            judge_challenger(Metric(auc), CLEARLY_BEATS_LENGTH, CLEARLY_BEATS_LENGTH, refitted).promoted and not stopped
        )
    return passed / trials


def _answers(rng: np.random.Generator, prompts: int) -> tuple[Labels, Floats]:
    """Rated answers, about half of them good and prompts of different ease, with noise shared by all scorers."""
    groups = np.repeat(np.arange(prompts), ANSWERS)
    ease = rng.beta(2, 2, prompts)
    good = rng.random(len(groups)) < ease[groups]
    good[:2] = True, False
    return Labels(good, np.where(good, 5.0, 1.0), groups, groups), _noise(rng, groups)


def _noise(rng: np.random.Generator, groups: NDArray[np.int64]) -> Floats:
    shared = rng.normal(size=int(groups.max()) + 1)[groups]
    return np.asarray(WITHIN**0.5 * shared + (1 - WITHIN) ** 0.5 * rng.normal(size=len(groups)))


def _pair(rng: np.random.Generator, common: Floats, alike: float) -> tuple[Floats, Floats]:
    """Noise of two scorers with this correlation."""
    groups = np.repeat(np.arange(len(common) // ANSWERS), ANSWERS)
    own = [alike**0.5 * common + (1 - alike) ** 0.5 * _noise(rng, groups) for _ in range(2)]
    return own[0], own[1]


def _scores(rated: Labels, auc: float, noise: Floats) -> Floats:
    return np.asarray(2**0.5 * NormalDist().inv_cdf(auc) * rated.good + noise)
