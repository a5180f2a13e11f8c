"""Three models, each tuned without a third of the prompts; what is finished is kept, and found again after a kill."""

import shutil
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import Unavailable
from core.reward.encoding.windows import MAX_WINDOWS, WINDOW_WORDS, count_words
from core.reward.fitting import fit
from core.reward.linear import logistic
from core.reward.metrics.curves import roc_points
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores, measure
from core.reward.recipes.base import Pair
from core.reward.recipes.transformer import PROBE
from core.reward.training.events import Embedding, FoldDone, Planned, Tuning
from core.reward.transformer.base import TUNED_LAYERS, Base, Layers, load_base
from core.reward.transformer.hidden import HiddenStates, expected_bytes
from core.reward.transformer.kept import LOG_ODDS, Tensors, keep, kept, prepare
from core.reward.transformer.network import Tuned
from core.reward.transformer.served import relations
from core.reward.transformer.tuning import EPOCHS, one_core_free, score, tune
from core.store.scratch import scratch

FOLDS = 3
RESIDENT_BYTES, ROW_BYTES = 1_500_000_000, 60_000
"""What libraries, layers and one step take in memory, and what each rated answer takes."""
SPARE_BYTES = 200_000_000
"""What stays free on the disk."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Folds:
    """What the models of all folds came to."""

    tensors: list[Tensors]
    """Of each fold's layers and head, by name."""
    log_odds: Floats
    """Of every row (n,), by the model that had not seen its prompt."""
    dim: int


@dataclass
class _Clock:
    """Work in layers times tokens, and the time that it took in this process."""

    total: float
    done: float = 0.0
    started: float = 0.0

    def add(self, work: float) -> None:
        self.done += work

    @property
    def seconds_left(self) -> float | None:
        spent = time.perf_counter() - self.started
        return spent * max(0.0, self.total - self.done) / self.done if self.done else None


def tuned_folds(
    pairs: Sequence[Pair], rated: Labels, folds: Ints, base: Base, home: Path, *, fingerprint: str, seed: int
) -> Generator[Planned | Embedding | Tuning | FoldDone, None, Folds]:
    """Tune one model per fold of ``folds`` (n,) on the rows outside it, and score the rows inside it.

    Finished folds lie below ``home`` in a folder named for ``fingerprint`` (of the ratings), base and seed: a training
    of the same that was stopped goes on after the last finished one; what others left there is removed first. The
    caller removes the folder with ``kept.forget`` once the model is saved.

    Raises:
        Unavailable: the base cannot be loaded, or the disk has too little room.
    """
    count = int(folds.max()) + 1
    folder = prepare(home, fingerprint, base, seed=seed, folds=count)
    found: dict[int, Tensors] = {}
    for fold in range(count):
        if (finished := kept(folder, fold, rows=int((folds == fold).sum()))) is not None:
            found[fold] = finished
    layers = load_base(base)
    for number in range(len(found)):  # that a stopped training had finished
        yield _done(rated, folds, dict(list(found.items())[: number + 1]))
    if len(found) < count:
        yield _planned(pairs, layers, folder)
        with scratch(folder.parent) as place:  # mode 0700: hidden states say nearly as much as the texts
            yield from _tuned(pairs, rated, folds, layers, place, folder, found, seed)
    scores = np.empty(len(rated))
    for fold, tensors in found.items():
        scores[folds == fold] = tensors[LOG_ODDS]
    models = [{name: value for name, value in found[fold].items() if name != LOG_ODDS} for fold in range(count)]
    return Folds(models, scores, layers.dim)


def _planned(pairs: Sequence[Pair], layers: Layers, folder: Path) -> Planned:
    texts = [text for pair in pairs for text in pair]
    needed = expected_bytes(texts, layers.dim)
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE_BYTES:
        raise Unavailable(
            f"This training needs about {needed / 1e9:.1f} GB of disk for a while, and {free / 1e9:.1f} GB are free. "
            "Nothing was changed. Make room, or set TRAIN_LIMIT to train on fewer ratings."
        )
    return Planned(RESIDENT_BYTES + ROW_BYTES * len(pairs), needed)


def _tuned(
    pairs: Sequence[Pair],
    rated: Labels,
    folds: Ints,
    layers: Layers,
    place: Path,
    folder: Path,
    found: dict[int, Tensors],
    seed: int,
) -> Iterator[Embedding | Tuning | FoldDone]:
    """Tune the folds that are not ``found``, keep each, and add its tensors and its rows' log-odds to them."""
    import torch

    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    most = WINDOW_WORDS * MAX_WINDOWS
    words = {text: count_words(text, most) + 2 for text in texts}
    lower = len(layers.lower.encoder.layer)
    row_words = np.array([words[pair.response] for pair in pairs], dtype=np.float64)
    count = int(folds.max()) + 1
    left = [fold for fold in range(count) if fold not in found]
    everything = float(sum(words.values()))
    # gradients cost about twice the pass itself
    learning = {fold: 3.0 * TUNED_LAYERS * EPOCHS * row_words[folds != fold].sum() for fold in left}
    scoring = {fold: float(TUNED_LAYERS * row_words[folds == fold].sum()) for fold in left}
    whole = (lower + TUNED_LAYERS) * everything + sum(learning.values()) + sum(scoring.values())
    clock = _Clock(whole, started=time.perf_counter())

    with one_core_free():
        states = HiddenStates(place / "hidden", layers)
        began = time.perf_counter()
        for done, batch in states.fill(texts):
            clock.add(lower * sum(words[text] for text in batch))
            pace = done / max(time.perf_counter() - began, 1e-9)
            yield Embedding(done, len(texts), pace, clock.seconds_left)
        untuned = Tuned(layers)
        vectors = {}
        for text in texts:
            with torch.inference_mode():
                vectors[text] = untuned.vectors(states.windows(text)).float().cpu().numpy()
            clock.add(TUNED_LAYERS * words[text])
            if len(vectors) % 16 == 0:
                states.let_go()
                yield Embedding(len(texts), len(texts), None, clock.seconds_left)
        related = relations(pairs, vectors)
        for fold in left:
            network = _at_probe(Tuned(layers), related, rated, folds != fold, seed)
            rows, held_out = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
            done_before, target = clock.done, learning[fold]
            steps, share = tune(network, states, pairs, rated, rows, seed=seed + fold), 0.0
            tokens = EPOCHS * float(sum(states.tokens(pairs[row].response) for row in rows.tolist()))
            smoothed: float | None = None
            for step in steps:
                share += step.tokens / max(tokens, 1.0)
                clock.done = done_before + min(share, 1.0) * target
                smoothed = step.loss if smoothed is None else 0.9 * smoothed + 0.1 * step.loss
                yield Tuning(fold + 1, count, step.epoch, EPOCHS, smoothed, *_percent(clock), clock.seconds_left)
            parts = []
            for part in score(network, states, pairs, held_out):
                parts.append(part)
                clock.add(scoring[fold] * len(part) / len(held_out))
                yield Tuning(fold + 1, count, EPOCHS, EPOCHS, smoothed or 0.0, *_percent(clock), clock.seconds_left)
            found[fold] = network.tensors() | {LOG_ODDS: np.concatenate(parts)}
            keep(folder, fold, found[fold])
            yield _done(rated, folds, found)


def _at_probe(network: Tuned, related: NDArray[np.float32], rated: Labels, seen: NDArray[np.bool_], seed: int) -> Tuned:
    """The untuned network with the head of a logistic regression on what its vectors are, as tuning starts from."""
    rows = related[seen]
    probe = fit(PROBE, rows, rated.good[seen], rated.groups[seen], seed=seed).model
    # as the regression met its columns: with larger ones the head would run away from it in a few steps
    deviation = rows.std(axis=0, dtype=np.float64) * (rows.shape[1] / 4) ** 0.5
    scale = np.where(deviation > 1e-6, 1 / np.maximum(deviation, 1e-6), 0.0)
    network.start_at(probe.center, scale, probe.weights * deviation, probe.bias)
    return network


def _percent(clock: _Clock) -> tuple[int, int]:
    return min(99, int(100 * clock.done / clock.total)), 100


def _done(rated: Labels, folds: Ints, found: Mapping[int, Mapping[str, NDArray[Any]]]) -> FoldDone:
    """What is known once the last of ``found`` is."""
    last = list(found)[-1]
    values = logistic(found[last][LOG_ODDS])
    metrics = measure(rated.rows(folds == last), Scores(values, values >= 0.5), seed=0, resamples=0)
    good = np.concatenate([rated.good[folds == fold] for fold in found])
    curve = roc_points(good, logistic(np.concatenate([tensors[LOG_ODDS] for tensors in found.values()])))
    return FoldDone(len(found), int(folds.max()) + 1, metrics, curve)
