"""How much memory and disk a fine-tuning needs, told before it begins."""

from dataclasses import dataclass

from core.finetuning.base_model import BaseModel
from core.finetuning.settings import BATCHES, Wanted

PROCESS = 900_000_000
"""Bytes of the process with its libraries."""
LORA_SHARE = 0.05
"""Weights of an adapter by those of the model, at most."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Bytes that a fine-tuning needs, about."""

    memory: int
    disk: int


def needs(wanted: Wanted, base: BaseModel) -> Needs:
    """Estimate from the sizes of the model: weights of four bytes, gradients, what Adam keeps, and one batch."""
    weights = 4 * base.parameters
    trained = int(weights * LORA_SHARE) if wanted.lora else weights
    reference = 0 if wanted.lora or wanted.method == "sft" else weights
    at_once = BATCHES[wanted.method][0] * (2 if wanted.method in ("dpo", "kto") else 1)
    tokens = at_once * wanted.longest(base)
    # probabilities of every word are held three times; of each layer one state is kept, of one layer everything
    batch = tokens * 4 * (3 * base.vocabulary + base.width * (base.layers + 40))
    checkpoint = 3 * trained
    return Needs(PROCESS + weights + 3 * trained + reference + batch, 2 * checkpoint + trained)
