"""Tuning on the ratings of some rows: batches of whole prompts, the loss, and the optimiser's steps."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from core.reward.metrics.labels import Labels
from core.reward.recipes.base import Pair
from core.reward.transformer.hidden import HiddenStates
from core.reward.transformer.network import States, Tuned, loss

EPOCHS = 2
BATCH_ANSWERS = 16
BATCH_TOKENS = 8_192
"""Bounds the memory of one step to about 500 MB, whatever the length of the answers."""
LAYER_RATE, HEAD_RATE = 1e-4, 1e-3

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

    AdamW; no dropout, so that the same seed gives the same numbers.
    """
    rng = np.random.default_rng(seed)
    head = [network.weight, network.bias]
    optimiser = torch.optim.AdamW(
        [{"params": list(network.upper.layer.parameters()), "lr": LAYER_RATE}, {"params": head, "lr": HEAD_RATE}]
    )
    device = network.weight.device
    for epoch in range(1, EPOCHS + 1):
        for batch in prompt_batches(rated, rows, [states.tokens(pair.response) for pair in pairs], rng):
            said = _log_odds(network, states, pairs, batch)
            ratings = torch.as_tensor(rated.ratings[batch], dtype=torch.float32, device=device)
            value = loss(said, ratings, torch.as_tensor(rated.contexts[batch], device=device))
            optimiser.zero_grad(set_to_none=True)
            value.backward()
            optimiser.step()
            read = {text: states.tokens(text) for row in batch for text in pairs[row]}
            yield Step(epoch, float(value.detach()), sum(read.values()))


def score(network: Tuned, states: HiddenStates, pairs: Sequence[Pair], rows: Ints) -> Iterator[NDArray[np.float64]]:
    """Log-odds of ``rows``, a few at a time and in their order."""
    for start in range(0, len(rows), BATCH_ANSWERS):
        with torch.inference_mode():
            yield _log_odds(network, states, pairs, rows[start : start + BATCH_ANSWERS]).double().cpu().numpy()


def prompt_batches(rated: Labels, rows: Ints, tokens: Sequence[int], rng: np.random.Generator) -> Iterator[Ints]:
    """Divide ``rows`` into batches of whole prompts in random order, about ``BATCH_ANSWERS`` answers each.

    A prompt with more answers, or longer ones than ``BATCH_TOKENS``, is divided: what is compared are its parts.
    """
    groups = rated.groups[rows]
    batch: list[int] = []
    for group in rng.permutation(np.unique(groups)):
        for part in _parts(rng.permutation(rows[groups == group]), tokens):
            length = sum(tokens[row] for row in batch) + sum(tokens[row] for row in part)
            if batch and (len(batch) + len(part) > BATCH_ANSWERS or length > BATCH_TOKENS):
                yield np.array(batch)
                batch = []
            batch += part
    if batch:
        yield np.array(batch)


def _parts(prompt: Ints, tokens: Sequence[int]) -> list[list[int]]:
    parts: list[list[int]] = [[]]
    for row in prompt.tolist():
        full = len(parts[-1]) == BATCH_ANSWERS or sum(tokens[other] for other in parts[-1]) + tokens[row] > BATCH_TOKENS
        if parts[-1] and full:
            parts.append([])
        parts[-1].append(row)
    return parts


def _log_odds(network: Tuned, states: HiddenStates, pairs: Sequence[Pair], rows: Ints) -> torch.Tensor:
    asked = list(dict.fromkeys(pairs[row].prompt for row in rows))
    prompts: list[States] = [states.windows(prompt) for prompt in asked]
    answers: list[States] = [states.windows(pairs[row].response) for row in rows]
    return network(prompts, answers, [asked.index(pairs[row].prompt) for row in rows])


@contextmanager
def one_core_free() -> Iterator[None]:
    """Leave a core to whoever rates meanwhile."""
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, before - 1))
    try:
        yield
    finally:
        torch.set_num_threads(before)
