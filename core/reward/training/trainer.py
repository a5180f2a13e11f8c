"""One training, from rated answers to a judged model."""

import hashlib
import time
from collections.abc import Generator, Sequence

import numpy as np

from core.domain.records import Example, Preferred
from core.domain.texts import interaction_identity
from core.domain.verdicts.gates import judge_challenger, judge_first
from core.reward.comparisons import Comparisons
from core.reward.encoding.embedder import Embedder, View
from core.reward.fitting import fit, fit_baselines
from core.reward.metrics.folds import grouped_folds
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import paired_difference
from core.reward.model import FittedModel
from core.reward.recipes.base import Pair, Recipe, feature_matrix
from core.reward.recipes.registry import PAIR, recipe_named
from core.reward.training.confidence_fit import fit_score_confidence
from core.reward.training.cross_validation import OUTER_FOLDS, OutOfFold
from core.reward.training.events import (
    Compared,
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
from core.reward.training.figures import cross_validated_figures, learned_from_one_person
from core.reward.training.report import Made, trust_report

_ONE_CLASS_IN_A_FOLD = (
    "Only one question has good answers, or only one has poor ones. Rate good and poor ones to at least two each."
)


def train(
    examples: Sequence[Example],
    *,
    recipe: str,
    embedder: Embedder,
    seed: int,
    positive_threshold: int,
    minimum: int,
    champion_recipe: str | None = None,
    champion_groups: frozenset[str] | None = None,
    preferred: Sequence[Preferred] = (),
    preferred_apart: int = 0,
) -> Generator[Event, None, TrainingResult | Refused]:
    """Evaluate ``recipe`` out of fold on ``examples``, judge it, and fit it on all of them.

    Yields Started, Embedding..., FoldDone..., Evaluated, Examined..., Reported, Fitted, and returns the result; yields
    and returns only Refused where there are fewer than ``minimum`` examples or they cannot be split. With a
    ``champion_recipe`` that recipe is refitted on the same folds for the comparison, on answers to the prompts that it
    learned from (``champion_groups``; None: on all). ``preferred`` answers are learned from too where that clearly
    helps on all ``examples`` (``fitting.fit``), never where their prompt is being tested; Compared then says what that
    changed (and that ``preferred_apart`` more were kept apart), and a champion is refitted on ratings alone. Where it
    does not help, Compared says so before the folds, and the rest is as without them. The same examples in the same
    order and the same ``seed`` give the same numbers.

    Raises:
        BadInput: there is no such recipe.
        Unavailable: the encoder cannot be loaded.
    """
    started = time.perf_counter()
    chosen = recipe_named(recipe)
    champion = None if champion_recipe is None else recipe_named(champion_recipe)
    rated = Labels.of(examples, positive_threshold=positive_threshold)
    folds = grouped_folds(rated.good, rated.groups, folds=OUTER_FOLDS, seed=seed) if len(rated) else None
    if (reason := too_little(rated, minimum)) is not None or folds is None:
        refused = Refused(reason or _ONE_CLASS_IN_A_FOLD)
        yield refused
        return refused
    yield Started(len(rated), rated.prompts, int(rated.good.sum()), recipe, seed)

    pairs = [Pair(example.prompt, example.response) for example in examples]
    recipes = list({item.name: item for item in (chosen, champion, PAIR) if item is not None}.values())
    # texts that raters ordered are no answers of the data: what deletes those would not find the vectors
    aside = embedder.in_memory()
    ordered = [Pair(p.prompt, text) for p in preferred for text in (p.chosen, p.rejected)]
    for source, needed in ((embedder, _texts(recipes, pairs)), (aside, _texts([chosen], ordered))):
        for progress in source.warm(needed) if any(needed.values()) else ():
            yield Embedding(progress.done, progress.total, progress.rows_per_second, progress.seconds_left)
    features = {item.name: feature_matrix(item, pairs, embedder) for item in recipes}

    compared = final = None
    if preferred:
        numbers = {example.group: int(number) for example, number in zip(examples, rated.groups, strict=True)}
        compared = Comparisons.of(preferred, numbers, chosen, aside)
        final = fit(chosen, features[chosen.name], rated.good, rated.groups, seed=seed, compared=compared)
        if not final.compared:
            yield Compared(len(preferred), len({p.group for p in preferred}), None, preferred_apart)
            compared, preferred = None, ()
    scored = OutOfFold(examples, rated, features, chosen, folds, seed, positive_threshold, compared)
    yield from scored.fold_by_fold()
    alone = scored.ratings_alone()
    if compared is not None:
        gain = paired_difference(rated, scored.repeats[0].values, alone.values, seed=seed, cross_validated=True)
        yield Compared(len(preferred), len({p.group for p in preferred}), gain, preferred_apart)
    evaluation = scored.evaluation()
    yield Evaluated(evaluation)
    findings = yield from scored.look_closer(evaluation, alone)
    made = Made(
        recipe,
        embedder.fingerprint,
        data_fingerprint(examples, preferred),
        OUTER_FOLDS,
        seed,
        time.perf_counter() - started,
    )
    report = trust_report(
        examples, rated, scored.repeats, evaluation, findings, made, positive_threshold=positive_threshold
    )
    yield Reported(report)

    auc = evaluation.metrics["roc_auc"]
    if champion is None:
        judged = Judged(judge_first(auc, evaluation.versus_length, evaluation.versus_curve), None)
    else:
        versus = None
        known = np.array([champion_groups is None or example.group in champion_groups for example in examples])
        if not scored.can_learn_from(known):
            known[:] = True
        if champion is not chosen or compared is not None or not known.all():
            same = champion is chosen and known.all()
            theirs = alone if same else scored.ratings_alone(champion, known)
            versus = paired_difference(rated, scored.repeats[0].values, theirs.values, seed=seed, cross_validated=True)
        judged = Judged(judge_challenger(auc, evaluation.versus_length, evaluation.versus_curve, versus), versus)

    if final is None:
        final = fit(chosen, features[chosen.name], rated.good, rated.groups, seed=seed)
    yield Fitted(final.c, final.threshold, time.perf_counter() - started, final.weighting)
    return TrainingResult(
        model=FittedModel(
            recipe=recipe,
            encoder=embedder.fingerprint,
            linear=final.model,
            threshold=final.threshold,
            baselines=fit_baselines(features[PAIR.name], rated.good),
        ),
        evaluation=evaluation,
        report=report,
        judged=judged,
        groups=frozenset([*(example.group for example in examples), *(pair.group for pair in preferred)]),
        confidence=fit_score_confidence(examples, rated, scored.repeats[0].values, embedder, seed=seed),
        weighting=final.weighting,
        comparisons=len(preferred),
        figures=cross_validated_figures(examples, rated, scored.repeats, scored.baselines, evaluation, seed=seed),
        one_person=learned_from_one_person(examples),
        fold_models=tuple(scored.models),
        learned=len(rated),
        questions=rated.prompts,
    )


def data_fingerprint(examples: Sequence[Example], preferred: Sequence[Preferred] = ()) -> str:
    """Hex sha256 over texts, contexts, turns and ratings of ``examples``, and ``preferred`` answers, in their order."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(f"{example.identity} {example.rating!r}\n".encode())
    for pair in preferred:
        better, worse = (interaction_identity(pair.prompt, text, None) for text in (pair.chosen, pair.rejected))
        digest.update(f"{better} > {worse}\n".encode())
    return digest.hexdigest()


def too_little(rated: Labels, minimum: int) -> str | None:
    """Why nothing can be trained on these ratings, or None."""
    if len(rated) < minimum:
        missing = minimum - len(rated)
        return f"Too few ratings: {len(rated)} of the {minimum} that are needed; {missing} more to go."
    if not len(rated):
        return "There are no ratings yet."
    if rated.good.all() or not rated.good.any():
        rated_as, wanted = ("good", "poor") if rated.good.all() else ("poor", "good")
        all_of_them = f"All {len(rated)} answers are rated {rated_as}"
        return f"{all_of_them}, so there is no difference to learn; rate some {wanted} ones."
    if rated.prompts < 2:
        return "All ratings are on one question. Rate answers to at least one more."
    return None


def _texts(recipes: Sequence[Recipe], pairs: Sequence[Pair]) -> dict[View, list[str]]:
    wanted: dict[View, list[str]] = {}
    for recipe in recipes:
        wanted.setdefault(recipe.view, []).extend(recipe.texts(pairs))
    return wanted
