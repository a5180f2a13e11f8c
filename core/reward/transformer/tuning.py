"""Tuning on the ratings of some rows: batches of whole prompts, the loss, and the optimiser's steps."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.reward.metrics.labels import Labels
from core.reward.recipes.base import Pair
from core.reward.transformer.hidden import HiddenStates
from core.reward.transformer.network import States, Tuned, loss

EPOCHS = 3
BATCH_ANSWERS = 16
PART_TOKENS = 4_096
"""Of a batch, as many answers go through the layers at once: bounds memory to about 300 MB, however long they are."""
LAYER_RATE, HEAD_RATE = 1e-4, 1e-3
WARMUP = 0.1
"""Share of the steps in which the rates rise; then they fall to 0: the last batches decide no more than others."""

Ints = NDArray[np.int64]


class Step(NamedTuple):
    """One step of the optimiser."""

    epoch: int
    """From 1."""
    loss: float
    tokens: int
    """That this step read."""


def tune(
    network: Tuned, states: HiddenStates, pairs: Sequence[Pair], rated: Labels, rows: Ints, *, seed: int
) -> Iterator[Step]:
    """Tune ``network`` on ``rows`` of ``pairs`` and ``rated``; yields after every step.

    AdamW (Loshchilov and Hutter 2019); no dropout, so that the same seed gives the same numbers.
    """
    import torch
    from transformers import get_linear_schedule_with_warmup

    rng = np.random.default_rng(seed)
    layers, head = network.learn()
    optimiser = torch.optim.AdamW([{"params": layers, "lr": LAYER_RATE}, {"params": head, "lr": HEAD_RATE}])
    tokens = [states.tokens(pair.response) for pair in pairs]
    epochs = [list(prompt_batches(rated, rows, tokens, rng)) for _ in range(EPOCHS)]
    steps = sum(map(len, epochs))
    schedule = get_linear_schedule_with_warmup(optimiser, int(WARMUP * steps), steps)
    for epoch, batches in enumerate(epochs, 1):
        for batch in batches:
            optimiser.zero_grad(set_to_none=True)
            total, answers = 0.0, sum(map(len, batch))
            for part in batch:
                value = _loss(network, states, pairs, rated, part) * (len(part) / answers)
                value.backward()
                total += float(value.detach())
            optimiser.step()
            schedule.step()
            states.let_go()
            yield Step(epoch, total, sum(tokens[row] for part in batch for row in part.tolist()))


def _loss(network: Tuned, states: HiddenStates, pairs: Sequence[Pair], rated: Labels, rows: Ints) -> Any:
    import torch

    device = network.weight.device
    ratings = torch.as_tensor(rated.ratings[rows], dtype=torch.float32, device=device)
    contexts = torch.as_tensor(rated.contexts[rows], device=device)
    return loss(_log_odds(network, states, pairs, rows), ratings, contexts)


def score(network: Tuned, states: HiddenStates, pairs: Sequence[Pair], rows: Ints) -> Iterator[NDArray[np.float64]]:
    """Log-odds of ``rows``, a few at a time and in their order."""
    import torch

    for start in range(0, len(rows), BATCH_ANSWERS):
        with torch.inference_mode():
            yield _log_odds(network, states, pairs, rows[start : start + BATCH_ANSWERS]).double().cpu().numpy()
        states.let_go()


def prompt_batches(rated: Labels, rows: Ints, tokens: Sequence[int], rng: np.random.Generator) -> Iterator[list[Ints]]:
    """Divide ``rows`` into batches of whole prompts in random order, about ``BATCH_ANSWERS`` answers each.

    A batch comes in parts of at most ``PART_TOKENS`` (``tokens`` of each answer), or one answer. A prompt is divided
    only where it has more answers than a batch, or longer ones than a part: what is compared are then its pieces.
    """
    groups = rated.groups[rows]
    batch: list[list[int]] = []
    for group in rng.permutation(np.unique(groups)):
        for piece in _pieces(rng.permutation(rows[groups == group]), tokens):
            if batch and sum(map(len, batch)) + len(piece) > BATCH_ANSWERS:
                yield [np.array(part) for part in batch]
                batch = []
            if batch and sum(tokens[row] for row in [*batch[-1], *piece]) <= PART_TOKENS:
                batch[-1] += piece
            else:
                batch.append(piece)
    if batch:
        yield [np.array(part) for part in batch]


def _pieces(prompt: Ints, tokens: Sequence[int]) -> list[list[int]]:
    pieces: list[list[int]] = [[]]
    for row in prompt.tolist():
        full = len(pieces[-1]) == BATCH_ANSWERS or sum(tokens[other] for other in [*pieces[-1], row]) > PART_TOKENS
        if pieces[-1] and full:
            pieces.append([])
        pieces[-1].append(row)
    return pieces


def _log_odds(network: Tuned, states: HiddenStates, pairs: Sequence[Pair], rows: Ints) -> Any:
    asked = list(dict.fromkeys(pairs[row].prompt for row in rows))
    prompts: list[States] = [states.windows(prompt) for prompt in asked]
    answers: list[States] = [states.windows(pairs[row].response) for row in rows]
    return network.score(prompts, answers, [asked.index(pairs[row].prompt) for row in rows])


@contextmanager
def one_core_free() -> Iterator[None]:
    """Leave a core to whoever rates meanwhile."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(max(1, before - 1))
    try:
        yield
    finally:
        torch.set_num_threads(before)
