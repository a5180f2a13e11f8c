"""Readings of question and answer together beside ``pair``: frozen columns, and a cross-encoder that is tuned.

Not part of the product: measured by ``bench quality --joint N`` to know whether they should be. Together with its
question the window of an answer is read that is most like it; in all else the cross-encoder learns as the bi-encoder
does: two layers, started at a linear probe, three folds, out-of-fold log-odds as one more column.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from core.domain.metrics import Metric
from core.domain.records import Example
from core.reward.encoding.embedder import Embedder, View
from core.reward.encoding.windows import split
from core.reward.evaluation.learning_curve import some_prompts
from core.reward.fitting import fit
from core.reward.linear import LinearModel
from core.reward.metrics.folds import grouped_folds
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import paired_difference
from core.reward.recipes.base import Pair, feature_matrix
from core.reward.recipes.pair import FIRST, PairRecipe, pool
from core.reward.recipes.registry import PAIR
from core.reward.transformer.base import Layers, keep_memory_low, load_base, locate_base
from core.reward.transformer.folds import FOLDS, tuned_folds
from core.reward.transformer.network import Tuned, loss
from core.reward.transformer.served import DeepPart, pack
from core.reward.transformer.tuning import HEAD_RATE, LAYER_RATE, WARMUP, prompt_batches

EPOCHS, TEST_ROWS, SEED = 3, 300, 0
DEEP_WEIGHT = 1.5


class Beside(PairRecipe):
    """``pair`` with further columns of given weights behind its own."""

    def __init__(self, weights: np.ndarray) -> None:
        self._weights = weights.astype(np.float32)

    def weightings(self, columns: int) -> dict[str, np.ndarray]:
        """Those of ``pair``, each with the further columns beside it."""
        own = super().weightings(columns - len(self._weights))
        return {name: np.concatenate([weights, self._weights]) for name, weights in own.items()}

    def towards(self, columns: int) -> dict[str, np.ndarray]:
        """Those of ``pair``; further columns are pulled to none."""
        none = np.zeros(len(self._weights), dtype=np.float32)
        own = super().towards(columns - len(none))
        return {name: np.concatenate([pull, none]) for name, pull in own.items()}


class Alone(PairRecipe):
    """A linear probe of some columns, all alike."""

    tunes_threshold = False

    def weightings(self, columns: int) -> dict[str, np.ndarray]:
        """One."""
        return {FIRST: np.full(columns, columns**-0.5, dtype=np.float32)}

    def towards(self, columns: int) -> dict[str, np.ndarray]:
        """None."""
        return {}


def tables(examples: list[Example], rated: Labels, folds: np.ndarray, source: Embedder, ratings: int) -> Iterator[str]:
    """Frozen columns in all ``folds`` (n,); the tuned views on about ``ratings`` and a part of the first fold."""
    keep_memory_low()
    layers = load_base(locate_base(""))
    pairs = [Pair(example.prompt, example.response) for example in examples]
    features = feature_matrix(PAIR, pairs, source)
    began = time.process_time()
    states = layers.hidden(layers.tokens(_joined(pairs, source)))
    joint = _vectors(Tuned(layers), states, range(len(pairs)))
    seconds = time.process_time() - began
    yield f"  joint reading: {1000 * seconds / len(pairs):.0f} ms of processor time an answer"
    u, v = _of_pair(pairs, source)
    columns = {"joint": joint, "joint * question, joint * answer": np.concatenate([joint * u, joint * v], axis=1)}
    for name, more in columns.items():
        wider = np.concatenate([features, more], axis=1)
        recipe = Beside(np.full(more.shape[1], joint.shape[1] ** -0.5))
        out = [np.empty(len(rated)), np.empty(len(rated))]
        for fold in range(int(folds.max()) + 1):
            seen = folds != fold
            for scores, which, rows in ((out[0], PAIR, features), (out[1], recipe, wider)):
                model = fit(which, rows[seen], rated.good[seen], rated.groups[seen], seed=SEED).model
                scores[~seen] = model.predict(rows[~seen])
        gain = paired_difference(rated, out[1], out[0], seed=SEED, cross_validated=True)
        yield f"  frozen columns {name!r} added to `pair`, AUC: {_told(gain)}"
    yield from _views(pairs, rated, folds, source, features, layers, states, joint, ratings)


def _views(
    pairs: list[Pair],
    rated: Labels,
    folds: np.ndarray,
    source: Embedder,
    features: np.ndarray,
    layers: Layers,
    states: Sequence[np.ndarray],
    joint: np.ndarray,
    ratings: int,
) -> Iterator[str]:
    """Both tuned views, alone and stacked on ``pair``, on the same ratings and the same answers kept from them."""
    chosen = some_prompts(rated, folds != 0, ratings, seed=(SEED, 0, 0))
    kept_apart = some_prompts(rated, folds == 0, TEST_ROWS, seed=(SEED, 0, 1))
    seen, test = np.flatnonzero(chosen), np.flatnonzero(kept_apart)
    learned, apart = rated.rows(chosen), rated.rows(kept_apart)
    inner = grouped_folds(learned.good, learned.groups, folds=FOLDS, seed=SEED)
    assert inner is not None
    own, theirs = [pairs[row] for row in seen], [pairs[row] for row in test]
    began = time.process_time()
    bi_seen, bi_test = _bi(own, learned, inner, theirs, source)
    yield f"  bi-encoder: {time.process_time() - began:.0f} s of processor time"
    began = time.process_time()
    cross_seen, cross_test = _cross(layers, states, joint, own, learned, inner, seen, test)
    yield f"  cross-encoder: {time.process_time() - began:.0f} s of processor time, its reading not counted"
    usual = fit(PAIR, features[seen], learned.good, learned.groups, seed=SEED).model.predict(features[test])
    yield f"  {len(seen):,} ratings learned from, {len(test):,} answers to {apart.prompts} questions kept apart"
    for name, ours, scores in (("bi-encoder", bi_seen, bi_test), ("cross-encoder", cross_seen, cross_test)):
        out_of_fold = paired_difference(learned, ours, np.zeros(len(ours)), seed=SEED)
        yield f"  {name} alone, AUC: {0.5 + (out_of_fold.value or 0):.3f} out of fold"
        yield f"  {name} alone against `pair`, AUC: {_told(paired_difference(apart, scores, usual, seed=SEED))}"
    stacks = {}
    for name, columns, of_test in (
        ("bi-encoder", [bi_seen], [bi_test]),
        ("cross-encoder", [cross_seen], [cross_test]),
        ("both", [bi_seen, cross_seen], [bi_test, cross_test]),
    ):
        recipe = Beside(np.full(len(columns), DEEP_WEIGHT))
        model = fit(recipe, _wider(features[seen], columns), learned.good, learned.groups, seed=SEED).model
        stacks[name] = model.predict(_wider(features[test], of_test))
        gain = paired_difference(apart, stacks[name], usual, seed=SEED)
        yield f"  `pair` and {name} against `pair`, AUC: {_told(gain)}"
    gain = paired_difference(apart, stacks["both"], stacks["bi-encoder"], seed=SEED)
    yield f"  what the cross-encoder adds above the bi-encoder, AUC: {_told(gain)}"


def _bi(
    pairs: list[Pair], rated: Labels, folds: np.ndarray, apart: list[Pair], source: Embedder
) -> tuple[np.ndarray, np.ndarray]:
    base = locate_base("")
    with tempfile.TemporaryDirectory() as home:
        steps = tuned_folds(pairs, rated, folds, base, Path(home), fingerprint="", seed=SEED)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                found = end.value
                break
    return found.log_odds, DeepPart.of(pack(found.tensors, base, found.dim)).log_odds(apart, source)


def _cross(
    layers: Layers,
    states: Sequence[np.ndarray],
    joint: np.ndarray,
    pairs: list[Pair],
    rated: Labels,
    folds: np.ndarray,
    seen: np.ndarray,
    test: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds of the rows ``seen``, each by the model that had not seen its question, and the mean of all of ``test``.

    ``states`` and ``joint`` are of all rows; ``rated`` and ``folds`` of those that are ``seen``.
    """
    out, of_test = np.empty(len(seen)), []
    for fold in range(FOLDS):
        learned = folds != fold
        probe = fit(Alone(), joint[seen][learned], rated.good[learned], rated.groups[learned], seed=SEED).model
        network, predict = _tuned(layers, states, seen, rated, np.flatnonzero(learned), probe, joint)
        out[~learned] = predict(network, seen[~learned])
        of_test.append(predict(network, test))
    return out, np.mean(of_test, axis=0)


def _tuned(
    layers: Layers,
    states: Sequence[np.ndarray],
    seen: np.ndarray,
    rated: Labels,
    rows: np.ndarray,
    probe: LinearModel,
    joint: np.ndarray,
) -> tuple[Tuned, Callable[[Tuned, np.ndarray], np.ndarray]]:
    import torch
    from transformers import get_linear_schedule_with_warmup

    network = Tuned(layers)
    parameters, _ = network.learn()
    # as in folds._at_probe: the head sees its columns as the regression did
    deviation = joint[seen][rows].std(axis=0) * joint.shape[1] ** 0.5
    center, scale = torch.tensor(probe.center), torch.tensor(1 / np.maximum(deviation, 1e-6))
    weight = torch.tensor(probe.weights * deviation, requires_grad=True)
    bias = torch.tensor(float(probe.bias), requires_grad=True)
    groups = [{"params": parameters, "lr": LAYER_RATE}, {"params": [weight, bias], "lr": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups)

    def log_odds(tuned: Tuned, some: np.ndarray) -> torch.Tensor:
        return ((tuned.vectors([states[row] for row in some]) - center) * scale) @ weight + bias

    def predict(tuned: Tuned, some: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            parts = [log_odds(tuned, some[start : start + 32]) for start in range(0, len(some), 32)]
        return torch.cat(parts).double().numpy()

    tokens = [len(states[row]) for row in seen]
    rng = np.random.default_rng(SEED)
    batches = [batch for _ in range(EPOCHS) for batch in prompt_batches(rated, rows, tokens, rng)]
    schedule = get_linear_schedule_with_warmup(optimiser, int(WARMUP * len(batches)), len(batches))
    for batch in batches:
        optimiser.zero_grad(set_to_none=True)
        answers = sum(map(len, batch))
        for part in batch:
            value = loss(
                log_odds(network, seen[part]),
                torch.as_tensor(rated.ratings[part], dtype=torch.float32),
                torch.as_tensor(rated.contexts[part]),
            )
            (value * (len(part) / answers)).backward()
        optimiser.step()
        schedule.step()
    return network, predict


def _joined(pairs: list[Pair], source: Embedder) -> list[str]:
    """Question and the window of the answer that is most like it; the tokenizer knows the mark between them."""
    vectors = source.vectors({text for pair in pairs for text in pair}, View.WINDOWS)
    texts = []
    for prompt, response in pairs:
        asked = pool(vectors[prompt], np.ones(len(vectors[prompt])))
        texts.append(f"{prompt} [SEP] {split(response).parts[int(np.argmax(vectors[response] @ asked))]}")
    return texts


def _of_pair(pairs: list[Pair], source: Embedder) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of question and answer, the columns u and v of ``pair``, each (n, dim)."""
    features = feature_matrix(PAIR, pairs, source)
    dim = next(iter(source.vectors([pairs[0].prompt], View.WINDOWS).values())).shape[1]
    return features[:, :dim], features[:, dim : 2 * dim]


def _vectors(network: Tuned, states: Sequence[np.ndarray], rows: range) -> np.ndarray:
    import torch

    with torch.inference_mode():
        parts = [
            network.vectors([states[row] for row in rows[start : start + 32]]) for start in range(0, len(rows), 32)
        ]
    return torch.cat(parts).float().numpy()


def _wider(features: np.ndarray, more: list[np.ndarray]) -> np.ndarray:
    return np.column_stack([features, *(column.astype(np.float32) for column in more)])


def _told(gain: Metric) -> str:
    return f"{gain.value or 0:+.3f}" + ("" if gain.low is None else f" [{gain.low:+.3f}, {gain.high:+.3f}]")
