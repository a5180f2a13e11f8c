"""The tuned part while it is computed: two layers, pooling and head. torch is imported when one is made."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.reward.recipes.pair import FOCUS
from core.reward.transformer.base import Layers, batches

States = Sequence[NDArray[np.float16]]
"""Hidden states of some windows, each of shape (tokens, dim)."""


HEAD = ("center", "scale", "weight", "bias")
"""Tensors of the head; of these the last two are tuned."""


class Tuned:
    """Two layers and a head: hidden states of a prompt and its answer to the log-odds that the answer is good."""

    def __init__(self, layers: Layers) -> None:
        """The layers of the base as they are, with a head that says 0."""
        import torch

        self.upper = copy.deepcopy(layers.upper)
        self._arithmetic = layers.arithmetic
        columns, on = 4 * layers.dim, layers.device
        self.center, self.scale = torch.zeros(columns, device=on), torch.ones(columns, device=on)
        self.weight, self.bias = torch.zeros(columns, device=on), torch.zeros(1, device=on)

    def learn(self) -> tuple[list[Any], list[Any]]:
        """Let layers and head be tuned; the parameters of both."""
        self.upper.layer.requires_grad_(True)
        return list(self.upper.layer.parameters()), [self.weight.requires_grad_(), self.bias.requires_grad_()]

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """Everything that tuning changes or starts from, by name."""
        found = {name: getattr(self, name) for name in HEAD} | self.upper.layer.state_dict(prefix="layer.")
        return {name: value.detach().cpu().numpy() for name, value in found.items()}

    def load(self, tensors: Mapping[str, Any]) -> None:
        """Take over what ``tensors`` of another one gave.

        Raises:
            KeyError, RuntimeError: these are tensors of another kind of model.
        """
        import torch

        for name in HEAD:
            getattr(self, name).data.copy_(torch.as_tensor(np.asarray(tensors[name])))
        inside = {name.removeprefix("layer."): value for name, value in tensors.items() if name.startswith("layer.")}
        self.upper.layer.load_state_dict({name: torch.as_tensor(np.asarray(value)) for name, value in inside.items()})

    def start_at(
        self,
        center: NDArray[np.floating],
        scale: NDArray[np.floating],
        weight: NDArray[np.floating],
        bias: float,
    ) -> None:
        """Set the head (all of shape (4 * dim,)): log-odds = (relation - center) * scale @ weight + bias."""
        import torch

        for own, given in ((self.center, center), (self.scale, scale), (self.weight, weight)):
            own.data.copy_(torch.as_tensor(np.asarray(given, dtype=np.float32)))
        self.bias.data.fill_(bias)

    def vectors(self, states: States) -> Any:
        """One vector of length 1 per window, shape (len(states), dim): the mean over its tokens."""
        import torch

        parts, order = [], []
        for part in batches([len(rows) for rows in states]):
            parts.append(self._pooled([states[index] for index in part]))
            order += part
        places = torch.empty(len(order), dtype=torch.long)
        places[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(parts)[places.to(parts[0].device)]

    def _pooled(self, states: States) -> Any:
        import torch

        longest, dim = max(map(len, states)), states[0].shape[1]
        rows = np.zeros((len(states), longest, dim), dtype=np.float16)
        mask = np.zeros((len(states), longest), dtype=np.float32)
        for index, found in enumerate(states):
            rows[index, : len(found)] = found
            mask[index, : len(found)] = 1
        device = self.weight.device
        hidden, read = torch.from_numpy(rows).to(device).float(), torch.from_numpy(mask).to(device)
        with self._arithmetic():
            return self.pooled(self.upper, hidden, read)

    @staticmethod
    def pooled(upper: Any, hidden: Any, read: Any) -> Any:
        """Vectors of length 1, shape (n, dim), that the layers ``upper`` make of hidden states (n, tokens, dim).

        ``read`` (n, tokens) is 1 for what is read and 0 for padding.
        """
        import torch
        from torch.nn import functional

        # added to the scores of attention: nothing looks at padding
        hidden_from = (1 - read)[:, None, None, :] * torch.finfo(torch.float32).min
        out = upper(hidden, attention_mask=hidden_from)
        states = (out[0] if isinstance(out, tuple) else out.last_hidden_state).float()
        mean = (states * read[:, :, None]).sum(1) / read.sum(1, keepdim=True)
        return functional.normalize(mean, dim=1)

    def log_odds(self, relations: Any) -> Any:
        """Log-odds of good for relations (n, 4 * dim), shape (n,)."""
        return ((relations - self.center) * self.scale) @ self.weight + self.bias

    def score(self, prompts: Sequence[States], answers: Sequence[States], prompt_of: Sequence[int]) -> Any:
        """Log-odds of each answer (n,); ``prompt_of`` (n,) numbers the prompt of each."""
        import torch
        from torch.nn import functional

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
    import torch

    return torch.cat([u, v, (u - v).abs(), u * v])


def loss(log_odds: Any, ratings: Any, contexts: Any) -> Any:
    """Graded cross-entropy plus RankNet (Burges et al. 2005) over the answers to one prompt; all of shape (n,).

    The target of an answer is (rating - 1) / 4, and of two answers in one context the better one shall score higher.
    """
    from torch.nn import functional

    graded = functional.binary_cross_entropy_with_logits(log_odds, (ratings - 1) / 4)
    better = (contexts[:, None] == contexts[None, :]) & (ratings[:, None] > ratings[None, :])
    if not bool(better.any()):
        return graded
    return graded + functional.softplus(-(log_odds[:, None] - log_odds[None, :])[better]).mean()
