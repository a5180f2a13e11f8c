"""A recipe on rated answers, out of fold: repeatedly, and in all the ways that the report asks for."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.domain.metrics import Metric
from core.domain.records import Example
from core.reward.comparisons import Comparisons
from core.reward.evaluation.evaluation import Evaluation, evaluate
from core.reward.evaluation.learning_curve import Sized, fits_to_do, learning_curve, sized_scores
from core.reward.evaluation.out_of_fold import fit_fold, joined, score_baselines_held_out, score_held_out
from core.reward.evaluation.slices import leave_rater_out, raters_to_leave_out
from core.reward.linear import LinearModel
from core.reward.metrics.curves import roc_points
from core.reward.metrics.folds import grouped_folds
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores, measure
from core.reward.recipes.base import Recipe
from core.reward.recipes.registry import PAIR
from core.reward.training.events import Examined, FoldDone
from core.reward.training.report import Findings

OUTER_FOLDS = 5


@dataclass
class OutOfFold:
    """One recipe, its rows and its scores."""

    examples: Sequence[Example]
    rated: Labels
    features: dict[str, NDArray[np.float32]]
    """By recipe, each (n, d)."""
    recipe: Recipe
    folds: NDArray[np.int64]
    """Of the first repeat."""
    seed: int
    positive_threshold: int
    compared: Comparisons | None = None
    """What is learned from beside the ratings."""
    repeats: list[Scores] = field(default_factory=list)
    baselines: list[dict[str, Scores]] = field(default_factory=list)
    models: list[LinearModel] = field(default_factory=list)
    """Those of the first repeat, by the fold from which each did not learn."""

    def fold_by_fold(self) -> Iterator[FoldDone]:
        """Score every row out of fold, in several divisions of the prompts; yields after each fold."""
        wanted = repeats_for(len(self.rated))
        splits = [self.folds]
        for number in range(1, wanted):
            # Every split chooses C and threshold anew from its own training rows: a choice that was made in another
            # split has seen answers to the prompts that are held out in this one.
            split = grouped_folds(self.rated.good, self.rated.groups, folds=OUTER_FOLDS, seed=self.seed + 7919 * number)
            if split is not None:
                splits.append(split)
        for repeat, folds in enumerate(splits, 1):
            parts, baseline_parts = [], []
            count = int(folds.max()) + 1
            for fold in range(count):
                alone = folds == fold
                features = self.features[self.recipe.name]
                scores, model = fit_fold(
                    self.recipe, features, self.rated, alone, seed=self.seed, compared=self.compared
                )
                parts.append(scores)
                if repeat == 1:
                    self.models.append(model)
                baseline_parts.append(score_baselines_held_out(self.features[PAIR.name], self.rated, alone))
                metrics = measure(self.rated.rows(alone), parts[-1], seed=self.seed, resamples=0)
                curve = roc_points(self.rated.good[folds <= fold], joined(folds, parts).values)
                yield FoldDone(fold + 1, count, metrics, curve, repeat, len(splits))
            self.repeats.append(joined(folds, parts))
            self.baselines.append({n: joined(folds, [part[n] for part in baseline_parts]) for n in baseline_parts[0]})

    def ratings_alone(self, recipe: Recipe | None = None, known: NDArray[np.bool_] | None = None) -> Scores:
        """The scores of ``recipe`` (default: this one), or those it would give without comparisons, of the first
        repeat.

        ``known`` (n,): only these rows are learned from.
        """
        recipe = recipe or self.recipe
        known = np.ones(len(self.rated), dtype=bool) if known is None else known
        if recipe is self.recipe and self.compared is None and known.all():
            return self.repeats[0]
        features = self.features[recipe.name]
        parts = [
            score_held_out(recipe, features, self.rated, self.folds == fold, seed=self.seed, known=known)
            for fold in range(int(self.folds.max()) + 1)
        ]
        return joined(self.folds, parts)

    def can_learn_from(self, known: NDArray[np.bool_]) -> bool:
        """Whether these rows (n,) hold good and poor answers outside of every fold."""
        return all(len(np.unique(self.rated.good[known & (self.folds != fold)])) == 2 for fold in np.unique(self.folds))

    def evaluation(self) -> Evaluation:
        """Evaluate the scores of all repeats."""
        return evaluate(self.examples, self.rated, self.repeats, self.baselines, folds=self.folds, seed=self.seed)

    def look_closer(self, evaluation: Evaluation, alone: Scores) -> Generator[Examined, None, Findings]:
        """Fit the models of the learning curve, and those that leave a rater out: all of them of ratings ``alone``."""
        features, count = self.features[self.recipe.name], int(self.folds.max()) + 1
        raters = raters_to_leave_out(self.examples)
        done, total = 0, fits_to_do(len(self.rated), count) + count * len(raters)
        sized: list[Sized] = []
        for result in sized_scores(self.recipe, features, self.rated, self.folds, seed=self.seed):
            if result is not None:
                sized.append(result)
                continue
            done += 1
            yield Examined(done, total)
        curve = learning_curve(self.rated, self.folds, sized, alone, evaluation.versus_length, seed=self.seed)
        left_out: dict[str, Metric] = {}
        for rater in raters:
            for measured in leave_rater_out(
                rater,
                self.recipe,
                features,
                self.examples,
                positive_threshold=self.positive_threshold,
                folds=OUTER_FOLDS,
                seed=self.seed,
            ):
                if measured is not None:
                    left_out[rater] = measured
                    continue
                done += 1
                yield Examined(done, total)
        return Findings(curve, left_out)


def repeats_for(n: int) -> int:
    """Number of divisions of ``n`` rated answers into folds: many answers need it least, and cost most."""
    return 3 if n <= 20_000 else 2
