"""Learning from answers that raters ordered: the right optimum, no leak, and honest about what it changed."""

from itertools import combinations, groupby
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from core.domain.records import Example, Preferred
from core.domain.texts import text_hash
from core.reward.comparisons import Comparisons
from core.reward.evaluation import out_of_fold
from core.reward.fitting import fit
from core.reward.recipes.pair import SCALARS
from core.reward.recipes.registry import CONCAT, PAIR
from core.reward.training.events import Compared, Evaluated, TrainingResult
from core.reward.training.trainer import train
from tests.reward.fakes import embedder, rated_answers
from tests.reward.trained import events_and_result

Floats = NDArray[np.float32]


def ordered(examples: list[Example], before: str = "") -> list[Preferred]:
    """Every two answers to one prompt that are rated differently, as a rater would order them."""
    found = []
    for prompt, rows in groupby(examples, key=lambda example: example.prompt):
        for one, other in combinations(rows, 2):
            if one.rating != other.rating:
                better, worse = (one, other) if one.rating > other.rating else (other, one)
                found.append(Preferred(before + prompt, better.response, worse.response))
    return found


FEW = rated_answers(30, 2, seed=1)
ELSEWHERE = ordered(rated_answers(60, seed=91), "elsewhere ")
"""Orders of answers to other prompts, so many that they clearly help beside so few ratings."""


def run(examples: list[Example], preferred: list[Preferred], **options: Any) -> dict[type, Any]:
    options = {"recipe": "pair", "seed": 0, "positive_threshold": 4, "minimum": 10} | options
    told = train(examples, embedder=embedder(), preferred=preferred, **options)
    return {type(event): event for event in events_and_result(told)}


def helpful(rows: int, pairs: int, columns: int) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """Rated features with their verdicts, and differences of answers that one and the same rule put in order."""
    rng = np.random.default_rng(0)
    rule = np.where(np.arange(columns) < 5, 1.0, 0.0)
    features, differences = (rng.normal(size=(many, columns)).astype(np.float32) for many in (rows, pairs))
    good = features @ rule + rng.normal(scale=0.1, size=rows) > 0
    return features, good, differences * np.sign(differences @ rule)[:, None].astype(np.float32)


@pytest.mark.parametrize("rows, pairs, dim", [(40, 400, 150), (200, 200, 50)])
def test_the_fit_is_the_minimum_of_both_losses(rows: int, pairs: int, dim: int) -> None:
    """Rated rows with a bias, comparisons without, one ridge penalty: as a general optimiser finds it.

    With few rows the fit happens in the space that they span, which must then include the comparisons.
    """
    columns = 4 * dim + len(SCALARS)
    features, good, differences = helpful(rows, pairs, columns)
    weights = np.random.default_rng(1).uniform(0.2, 1.0, size=pairs)
    compared = Comparisons(differences, np.full(pairs, -1), weights)
    found = fit(PAIR, features, good, np.arange(rows) // 2, seed=0, compared=compared)
    assert found.compared
    assert found.weighting == "prompt and answer"

    deviation = features.std(axis=0, dtype=np.float64)
    factors = PAIR.weightings(columns)["prompt and answer"]
    scale, pull = factors / deviation, PAIR.towards(columns)["prompt and answer"] / factors
    x = (features - features.mean(axis=0, dtype=np.float64)) * scale
    d, sign = differences * scale, np.where(good, 1, -1)

    def loss(parameters: np.ndarray) -> float:
        w, bias = parameters[:-1], parameters[-1]
        rated = np.logaddexp(0, -sign * (x @ w + bias)).sum()
        return float(found.c * (rated + weights @ np.logaddexp(0, -d @ w)) + (w - pull) @ (w - pull) / 2)

    best = minimize(loss, np.zeros(columns + 1), method="L-BFGS-B", options={"maxiter": 5_000, "maxfun": 10**6})
    ours = np.append(found.model.weights / scale, found.model.bias)
    assert loss(ours) == pytest.approx(best.fun, rel=2e-4)
    assert np.allclose(x @ ours[:-1] + ours[-1], x @ best.x[:-1] + best.x[-1], atol=0.05)


def test_a_question_with_many_pairs_weighs_no_more_than_its_answers() -> None:
    """Ten pairs of five answers count as five; a single pair of two counts once; prompts are known by their number."""
    texts = [f"answer {number}" for number in range(5)]
    pairs = [Preferred("Q?", better, worse) for better, worse in combinations(texts, 2)]
    found = Comparisons.of([*pairs, Preferred("other", "a", "b")], {pairs[0].group: 7}, PAIR, embedder())
    assert found.weights.tolist() == [0.5] * 10 + [1.0]
    assert found.groups.tolist() == [7] * 10 + [-1]
    assert len(found.without(np.array([7]))) == 1


def test_comparisons_on_tested_prompts_are_never_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a row is scored, no comparison on its prompt was in the fit: recorded in every fit of a training."""
    preferred = ordered(FEW) + ELSEWHERE
    seen: list[tuple[set[int], set[int]]] = []

    def spying(recipe: Any, features: Any, good: Any, groups: Any, *, seed: int, compared: Any = None) -> Any:
        if compared is not None:
            seen.append((set(groups.tolist()), set(compared.groups.tolist())))
        return fit(recipe, features, good, groups, seed=seed, compared=compared)

    monkeypatch.setattr(out_of_fold, "fit", spying)
    run(FEW, preferred)
    assert len(seen) == 15
    for learned, compared in seen:
        assert compared - {-1} <= learned
        assert -1 in compared


def test_comparisons_that_do_not_help_change_nothing() -> None:
    """Neither orders turned upside down on the very prompts that are tested, nor orders that only repeat the ratings of
    those prompts, are learned from: figures and model are those of ratings alone.
    """
    examples = rated_answers(25)
    right = ordered(examples)
    wrong = [Preferred(p.prompt, p.rejected, p.chosen) for p in right]
    plain = run(examples, [])
    for preferred in (right, wrong):
        told = run(examples, preferred)
        assert told[Compared] == Compared(len(preferred), 25, None)
        assert told[Evaluated] == plain[Evaluated]
        assert told[TrainingResult].report.fingerprint == plain[TrainingResult].report.fingerprint
        assert told[TrainingResult].groups == plain[TrainingResult].groups
        assert told[TrainingResult].comparisons == 0
        weights = [one[TrainingResult].model.linear.weights for one in (told, plain)]
        assert np.array_equal(*weights)


@pytest.mark.usefixtures("fits_anew")
def test_a_training_with_comparisons_says_so_and_can_be_repeated() -> None:
    """The event counts them, prompts that only they have are among those learned from, the champion is met on ratings
    alone, and the same input gives the same numbers; without any, nothing changes.
    """
    prompts = {pair.group for pair in ELSEWHERE}
    first = run(FEW, ELSEWHERE, champion_recipe="pair")
    compared, trained = first[Compared], first[TrainingResult]
    assert (compared.pairs, compared.prompts) == (len(ELSEWHERE), len(prompts))
    assert trained.comparisons == len(ELSEWHERE)
    assert trained.groups == prompts | {example.group for example in FEW}
    assert compared.gain is not None
    assert trained.judged.versus_champion == compared.gain
    again, plain = run(FEW, ELSEWHERE), run(FEW, [])
    assert again[Evaluated] == first[Evaluated]
    assert Compared not in plain
    assert plain[TrainingResult].report.fingerprint != trained.report.fingerprint
    # the learning curve counts ratings, so it is that of ratings alone
    assert again[TrainingResult].report.curve.measured == plain[TrainingResult].report.curve.measured


def test_the_texts_of_comparisons_are_not_put_into_the_cache_of_answers() -> None:
    """What deletes an answer deletes its vectors; nothing would find those of texts that are in no answer."""
    source = embedder()
    list(
        train(
            rated_answers(10),
            recipe="pair",
            embedder=source,
            seed=0,
            positive_threshold=4,
            minimum=10,
            preferred=[Preferred("Only here?", "only here one", "only here two")],
        )
    )
    assert not source._cache.get(source.key(PAIR.view), [text_hash("only here one"), text_hash("Only here?")])


def test_concat_learns_from_comparisons_too() -> None:
    """Balanced classes and a single C are kept."""
    features, good, differences = helpful(60, 100, 60)
    compared = Comparisons(differences, np.full(100, -1), np.ones(100))
    plain = fit(CONCAT, features, good, np.arange(60), seed=0)
    found = fit(CONCAT, features, good, np.arange(60), seed=0, compared=compared)
    assert (found.compared, found.c, found.threshold) == (True, plain.c, plain.threshold)
    assert (differences @ found.model.weights > 0).mean() > (differences @ plain.model.weights > 0).mean()
