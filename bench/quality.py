"""Flipped ratings found by their comments, on comments that are made; and learning curves on rated files.

Comments: 5 % of the ratings are flipped, and what counts is the share of them in the tenth that is doubted most, the
mean of several draws. Beside it, where ../shared/data has rated files, what the answer model finds of as many flipped
ratings of theirs.

Learning curves: of both recipes and of the baselines, on the rated files that lie in ../shared/data.

Grouped five-fold cross-validation: models learn from about N ratings to the prompts of four folds, and are measured on
the fifth. Where a file has several sources (sessions called the same but for a number) they also learn from one and
are measured on another. ``transformer`` takes minutes a fit: it learns once a size, and is measured on the first fold
and from source to source, beside ``pair`` on the same. Vectors are kept in a folder of the system's temporary
directory, so that only the first run computes them.

``--joint N``: also what readings of question and answer together add (``bench.joint``).
"""

import argparse
import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench import joint
from bench.made_comments import FLIPPED, GOOD_FROM, found_in_top_tenth, made
from bench.table import Line
from core.domain.identifiers.session_names import source_of
from core.domain.records import Example
from core.domain.settings import ROOT
from core.reward.baselines import original_order
from core.reward.comments import doubts
from core.reward.encoding.embedder import Embedder
from core.reward.evaluation.learning_curve import some_prompts
from core.reward.fitting import fit, fit_baselines
from core.reward.metrics.folds import grouped_folds
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores
from core.reward.metrics.metrics import measure as measure_rows
from core.reward.recipes.base import Pair, feature_matrix
from core.reward.recipes.registry import CONCAT, PAIR, TRANSFORMER
from core.reward.training.deep import FEWEST_RATINGS, train_deep
from core.reward.training.events import Refused
from core.services.models.evaluate import read_rated
from core.services.reranking.reranking import reference_embedder
from core.services.workspace import open_workspace

DATA = ROOT.parent / "shared" / "data"
LINEAR = (PAIR, CONCAT)
SIZES = (50, 100, 200, 500, 1_000)
SHOWN = ("roc_auc", "pairwise_accuracy", "accuracy")
SEED = 0
COMMENTED = (200, 500, 1_500)
GOAL_AT = 500
DRAWS, DRAWS_OF_ANSWERS = 10, 3


def options(parser: argparse.ArgumentParser) -> None:
    """Which part of it, and how much: all of it takes long."""
    parser.add_argument("--only", default="", help="files whose name holds this")
    parser.add_argument("--deep", type=int, nargs="*", help="ratings that tuned layers learn from (default: all sizes)")
    parser.add_argument("--no-curves", action="store_true", help="tuned layers and joint readings alone")
    parser.add_argument("--joint", type=int, help="ratings that joint readings learn from (default: not measured)")


def tables(given: argparse.Namespace) -> Iterator[str]:
    """The tables, line by line."""
    files = sorted(file for file in DATA.glob("*.csv") if given.only in file.name) if DATA.is_dir() else []
    if not files:
        yield f"There are no rated files in {DATA}, so there is nothing to measure quality on."
        return
    source = embedder()
    for file in files:
        yield from _of(file.name, read_rated(file), source, given)


def embedder() -> Embedder:
    """Vectors are computed once and kept for the next measurement."""
    workspace = open_workspace({"ASSAY_HOME": str(Path(tempfile.gettempdir()) / "assay-bench-quality")})
    return reference_embedder(workspace)


def vectors_of(examples: list[Example], source: Embedder) -> dict[str, np.ndarray]:
    """Features of the linear recipes by name, each (len(examples), d)."""
    pairs = [Pair(example.prompt, example.response) for example in examples]
    return {recipe.name: feature_matrix(recipe, pairs, source) for recipe in LINEAR}


def measure(given: argparse.Namespace) -> list[Line]:
    """Print the tables; only the share of flipped ratings that comments find gates."""
    shares = {size: found_by_comments(size) for size in COMMENTED}
    print("Flipped ratings in the tenth that is doubted most, by comments that are made:")
    print(*(f"  {size:,} ratings: {share:.0%}" for size, share in shares.items()), sep="\n", flush=True)
    for line in tables(given):
        print(line, flush=True)
    missed = 1 - shares[GOAL_AT]
    return [Line(f"flipped of {GOAL_AT} ratings not in the top tenth by comment", 100 * missed, "%", 50, gates=True)]


def found_by_comments(size: int) -> float:
    """The share of flipped ratings that comments find, the mean of ``DRAWS`` draws."""
    shares = []
    for draw in range(DRAWS):
        rows = made(size, seed=draw)
        doubt = doubts(rows.comments, rows.good, rows.groups, seed=SEED)
        assert doubt is not None
        shares.append(found_in_top_tenth(doubt, rows.flipped))
    return float(np.mean(shares))


def found_by_answers(rated: Labels, features: np.ndarray, size: int) -> float | None:
    """As ``found_by_comments``, by what the answer model of the default recipe expects, out of fold.

    ``features`` is (n, d) in the order of ``rated``.
    """
    shares = []
    for draw in range(DRAWS_OF_ANSWERS):
        rng = np.random.default_rng(draw)
        some = np.sort(rng.choice(len(rated), size=size, replace=False))
        flipped = np.zeros(size, dtype=bool)
        flipped[rng.choice(size, size=round(FLIPPED * size), replace=False)] = True
        good, groups = rated.good[some] ^ flipped, rated.groups[some]
        folds = grouped_folds(good, groups, folds=5, seed=SEED)
        if folds is None:
            return None
        chance = np.empty(size)
        for fold in range(int(folds.max()) + 1):
            test = folds == fold
            fitted = fit(PAIR, features[some][~test], good[~test], groups[~test], seed=SEED)
            chance[test] = fitted.model.predict(features[some][test])
        shares.append(found_in_top_tenth(np.where(good, 1 - chance, chance), flipped))
    return float(np.mean(shares))


def _of(name: str, examples: list[Example], source: Embedder, given: argparse.Namespace) -> Iterator[str]:
    rated = Labels.of(examples, positive_threshold=GOOD_FROM)
    counted = f"{len(rated):,} rated answers to {rated.prompts:,} prompts, {int(rated.good.sum()):,} good"
    yield f"\n{name} (ROC AUC / right order / accuracy): {counted}"
    folds = grouped_folds(rated.good, rated.groups, folds=5, seed=SEED)
    if folds is None:
        yield "  Nothing can be measured: good and poor answers to at least two prompts each are needed."
        return
    pairs = [Pair(example.prompt, example.response) for example in examples]
    texts: dict = {}
    for recipe in LINEAR[: 1 if given.no_curves else None]:
        texts.setdefault(recipe.view, []).extend(recipe.texts(pairs))
    for progress in source.warm(texts):
        if progress.done % 500 < 10 and progress.done < progress.total:
            yield f"  vectors: {progress.done:,} of {progress.total:,}"
    crossed = dict(_from_one_source_to_another(examples))
    if not given.no_curves:
        features = vectors_of(examples, source)
        for size in COMMENTED:
            share = found_by_answers(rated, features[PAIR.name], size) if size <= len(rated) else None
            if share is not None:
                yield f"  flipped ratings in the tenth that the answer model doubts most, of {size:,}: {share:.0%}"
        yield from _curves(rated, [(folds != fold, folds == fold) for fold in range(int(folds.max()) + 1)], features)
        for called, split in crossed.items():
            yield f"  {called}"
            yield from _curves(rated, [split], features)
    for called, (may, test) in {"first fold": (folds != 0, folds == 0), **crossed}.items():
        for size in _sizes(int(may.sum())) if given.deep is None else given.deep:
            yield from _tuned(called, size, examples, rated, may, test, source)
    if given.joint is not None:
        yield from joint.tables(examples, rated, folds, source, given.joint)


def _from_one_source_to_another(examples: list[Example]) -> Iterator[tuple[str, tuple[np.ndarray, np.ndarray]]]:
    """Rows to learn from and rows to be measured on, for every two sources that tuned layers can learn from."""
    sources = np.array([source_of(example.session) for example in examples])
    names = [name for name in np.unique(sources) if (sources == name).sum() >= FEWEST_RATINGS]
    groups = np.array([example.group for example in examples])
    for first, second in itertools.permutations(names, 2):
        test = sources == second
        yield f"{first} to {second}", ((sources == first) & ~np.isin(groups, groups[test]), test)


def _curves(
    rated: Labels, splits: list[tuple[np.ndarray, np.ndarray]], features: dict[str, np.ndarray]
) -> Iterator[str]:
    learned = int(np.mean([may.sum() for may, _ in splits]))
    yield f"  {'':<16}" + "".join(f"{n:>24,}" for n in _sizes(learned))
    curves = [_at(size, rated, splits, features) for size in _sizes(learned)]
    for scorer in curves[0]:
        cells = [" / ".join("  n/a" if x is None else f"{x:.3f}" for x in curve[scorer]) for curve in curves]
        yield f"  {scorer:<16}" + "".join(f"{cell:>24}" for cell in cells)


def _tuned(
    called: str,
    size: int,
    examples: list[Example],
    rated: Labels,
    may: np.ndarray,
    test: np.ndarray,
    source: Embedder,
) -> Iterator[str]:
    """The recipe with tuned layers on about ``size`` ratings, measured on ``test``; nothing where it refuses them."""
    seen = some_prompts(rated, may, size, seed=(SEED, 0, 0))
    parts = [[one for one, chosen in zip(examples, rows, strict=True) if chosen] for rows in (seen, test)]
    began = time.process_time()
    with tempfile.TemporaryDirectory() as home:
        steps = train_deep(*parts, base="", home=Path(home), embedder=source, seed=SEED, positive_threshold=GOOD_FROM)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                found = end.value
                break
    if isinstance(found, Refused):
        return
    shown = " / ".join(
        "n/a" if (value := found.evaluation.metrics[name].value) is None else f"{value:.3f}" for name in SHOWN
    )
    gain = found.adds.gain
    interval = "" if gain.low is None else f" [{gain.low:+.3f}, {gain.high:+.3f}]"
    yield (
        f"  {TRANSFORMER.name:<16}{len(parts[0]):,} ratings, {called}: {shown}; AUC against `pair` "
        f"{gain.value or 0:+.3f}{interval}; {time.process_time() - began:.0f} s of processor time"
    )


def _sizes(learned: int) -> list[int]:
    return [*(size for size in SIZES if size < 0.9 * learned), learned]


def _at(
    size: int, rated: Labels, splits: list[tuple[np.ndarray, np.ndarray]], features: dict[str, np.ndarray]
) -> dict[str, list[float | None]]:
    """Means over splits (rows that may be learned from, rows to be measured on) and draws of SHOWN, by scorer."""
    found: dict[str, list[list[float | None]]] = {}
    for number, (may, test) in enumerate(splits):
        for draw in range(3 if size <= 200 else 1):
            seen = some_prompts(rated, may, size, seed=(SEED, number, draw))
            if not 0 < int(rated.good[seen].sum()) < int(seen.sum()):
                continue
            scorers = {}
            for recipe in LINEAR:
                own = features[recipe.name]
                fitted = fit(recipe, own[seen], rated.good[seen], rated.groups[seen], seed=SEED)
                values = fitted.model.predict(own[test])
                scorers[recipe.name] = Scores(values, values >= fitted.threshold)
            scorers |= fit_baselines(features[PAIR.name][seen], rated.good[seen]).score(features[PAIR.name][test])
            part = rated.rows(test)
            scorers["original_order"] = original_order(part)
            for name, scores in scorers.items():
                metrics = measure_rows(part, scores, seed=SEED, resamples=0)
                found.setdefault(name, []).append([metrics[shown].value for shown in SHOWN])
    return {name: [_mean([row[column] for row in rows]) for column in range(3)] for name, rows in found.items()}


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
