"""Candidates as callers give them, and as they get them back."""

from collections.abc import Mapping, Sequence
from typing import Any

TEXT, SCORE = "text", "_score"


def as_dicts(candidates: Sequence[Any]) -> list[dict[str, Any]]:
    """New dicts for strings (``{"text": s}``) and for dicts with a string ``text``; the input is not changed.

    Raises:
        ValueError: anything else, naming its index.
    """
    if isinstance(candidates, str | Mapping):
        raise ValueError("candidates must be a list of strings or of dicts, not one of them alone")
    found: list[dict[str, Any]] = []
    for index, candidate in enumerate(candidates):
        if isinstance(candidate, str):
            found.append({TEXT: candidate})
        elif isinstance(candidate, Mapping) and isinstance(candidate.get(TEXT), str):
            found.append(dict(candidate))
        else:
            raise ValueError(f'candidate {index} is neither a string nor a dict with a string "text"')
    return found
