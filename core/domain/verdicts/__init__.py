"""The verdict on a model: its figures, the rule that decides about it, and both in one sentence."""
