"""Simple rules that a model has to beat, in the words that people read."""

from collections.abc import Mapping

SIMPLE_RULES: Mapping[str, str] = {
    "length_only": "the length of the answer",
    "length_curve": "how close the answer comes to the best length",
    "cosine": "how similar answer and question are",
    "prompt_only": "the question alone",
    "original_order": "the order in which answers were stored",
}
"""Name of the baseline to what it goes by; ``majority`` orders nothing."""


def rule_words(rule: str) -> str:
    """What a simple rule goes by: how similar answer and question are."""
    return SIMPLE_RULES.get(rule, rule.replace("_", " "))
