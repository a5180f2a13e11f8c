"""The held-out set: prompts that no model learns from, so that models of different times can be compared on them.

Which prompts belong to it follows from their text alone; that they do is then written down and never taken back.
"""

HELD_OUT_FROM = 200
"""Rated answers from which on a set is kept apart: below, every rating is needed for learning."""
HELD_OUT_PROMPTS = 20
"""Fewer rated prompts are not divided: a fifth of them would be a lottery."""
FEWEST_PROMPTS = 10
"""On fewer prompts that two models have not seen they are not compared: their refitted recipes are, out of fold."""
ENOUGH_PROMPTS = 30
"""On fewer a comparison of the models themselves refuses half of the better ones (docs/decisions/promotion.md): their
refitted recipes are compared too, on four times as many prompts, and the models themselves only stop what is clearly
worse."""
_SHARE = 0.2
HELD_OUT_BELOW = f"{int(_SHARE * 16**8) + 1:08x}"
"""Every hash of a held-out prompt comes before this text, and no other does: for counting in the database."""


def is_held_out(group: str) -> bool:
    """Whether a prompt (hex sha256 of the normalised prompt) belongs to the held-out fifth."""
    return int(group[:8], 16) < _SHARE * 16**8
