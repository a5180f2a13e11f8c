"""The tuned part as a torch module: layers, pooling and head; imported only where one is computed."""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from core.reward.recipes.pair import FOCUS
from core.reward.transformer.base import Layers, batches

States = Sequence[NDArray[np.float16]]
"""Hidden states of some windows, each of shape (tokens, dim)."""


class Tuned(torch.nn.Module):  # type: ignore[misc]  # torch is not followed by mypy
    """Two layers and a head: hidden states of a prompt and its answer to the log-odds that the answer is good."""

    def __init__(self, layers: Layers) -> None:
        """The layers of the base as they are, with a head that says 0."""
        super().__init__()
        self.upper = copy.deepcopy(layers.upper)
        self.upper.layer.requires_grad_(True)
        columns = 4 * layers.dim
        self.register_buffer("center", torch.zeros(columns))
        self.register_buffer("scale", torch.ones(columns))
        self.weight = torch.nn.Parameter(torch.zeros(columns))
        self.bias = torch.nn.Parameter(torch.zeros(1))
        self.to(layers.device)

    def start_at(
        self,
        center: NDArray[np.floating],
        scale: NDArray[np.floating],
        weight: NDArray[np.floating],
        bias: float,
    ) -> None:
        """Set the head (all of shape (4 * dim,)): log-odds = (relation - center) * scale @ weight + bias."""
        for own, given in ((self.center, center), (self.scale, scale), (self.weight, weight)):
            own.data.copy_(torch.as_tensor(np.asarray(given, dtype=np.float32)))
        self.bias.data.fill_(bias)

    def vectors(self, states: States) -> Any:
        """One vector of length 1 per window, shape (len(states), dim): the mean over its tokens."""
        parts, order = [], []
        for part in batches([len(rows) for rows in states]):
            parts.append(self._pooled([states[index] for index in part]))
            order += part
        places = torch.empty(len(order), dtype=torch.long)
        places[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(parts)[places.to(parts[0].device)]

    def _pooled(self, states: States) -> Any:
        longest, dim = max(map(len, states)), states[0].shape[1]
        rows = np.zeros((len(states), longest, dim), dtype=np.float16)
        mask = np.zeros((len(states), longest), dtype=np.float32)
        for index, found in enumerate(states):
            rows[index, : len(found)] = found
            mask[index, : len(found)] = 1
        device = self.weight.device
        hidden, read = torch.from_numpy(rows).to(device).float(), torch.from_numpy(mask).to(device)
        # added to the scores of attention: nothing looks at padding
        hidden_from = (1 - read)[:, None, None, :] * torch.finfo(torch.float32).min
        out = self.upper(hidden, attention_mask=hidden_from)
        states_out = out[0] if isinstance(out, tuple) else out.last_hidden_state
        mean = (states_out * read[:, :, None]).sum(1) / read.sum(1, keepdim=True)
        return functional.normalize(mean, dim=1)

    def log_odds(self, relations: Any) -> Any:
        """Log-odds of good for relations (n, 4 * dim), shape (n,)."""
        return ((relations - self.center) * self.scale) @ self.weight + self.bias

    def forward(self, prompts: Sequence[States], answers: Sequence[States], prompt_of: Sequence[int]) -> Any:
        """Log-odds of each answer (n,); ``prompt_of`` (n,) numbers the prompt of each."""
        flat = [window for text in (*prompts, *answers) for window in text]
        rows = torch.split(self.vectors(flat), [len(text) for text in (*prompts, *answers)])
        asked = [functional.normalize(part.mean(0), dim=0) for part in rows[: len(prompts)]]
        relations = []
        for part, number in zip(rows[len(prompts) :], prompt_of, strict=True):
            u = asked[number]
            relations.append(relation(u, functional.normalize(torch.softmax(FOCUS * (part @ u), 0) @ part, dim=0)))
        return self.log_odds(torch.stack(relations))


def relation(u: Any, v: Any) -> Any:
    """[u, v, |u - v|, u * v] of two vectors (dim,), shape (4 * dim,); as ``served.relations`` in torch."""
    return torch.cat([u, v, (u - v).abs(), u * v])


def loss(log_odds: Any, ratings: Any, contexts: Any) -> Any:
    """Graded cross-entropy plus RankNet (Burges et al. 2005) over the answers to one prompt; all of shape (n,).

    The target of an answer is (rating - 1) / 4, and of two answers in one context the better one shall score higher.
    """
    graded = functional.binary_cross_entropy_with_logits(log_odds, (ratings - 1) / 4)
    better = (contexts[:, None] == contexts[None, :]) & (ratings[:, None] > ratings[None, :])
    if not bool(better.any()):
        return graded
    return graded + functional.softplus(-(log_odds[:, None] - log_odds[None, :])[better]).mean()
