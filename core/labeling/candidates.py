"""Candidates for reranking, from a jsonl or txt file; what people paste is read in core/labeling/pasted/."""

import re
from pathlib import Path

from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.labeling.tables import open_table
from core.labeling.text_files import check_file, find_encoding, open_text

_SEPARATOR = re.compile(r"^[ \t]*---[ \t\r]*$", re.MULTILINE)


def split_candidates(text: str) -> list[str]:
    """The candidates of a text in which lines of ``---`` separate them; blank ones are dropped, ends are stripped."""
    return [piece.strip() for piece in _SEPARATOR.split(text) if piece.strip()]


def read_candidates(path: Path) -> list[dict[str, object]]:
    """The candidates of a ``.jsonl`` file (one object with a string ``text`` each, other keys kept) or a ``.txt`` file.

    Raises:
        BadInput: not readable, none in it, or one without a text; the sentence names its index, counted from 0.
    """
    ending = path.suffix.casefold()
    if ending == ".txt":
        check_file(path)
        with open_text(path, find_encoding(path), newline="") as file:
            candidates: list[dict[str, object]] = [{"text": text} for text in split_candidates(file.read())]
    elif ending in (".jsonl", ".ndjson"):
        candidates = _from_jsonl(path)
    else:
        raise BadInput(f"{path.name} does not end in .jsonl or .txt; save the candidates as one of these.")
    if not candidates:
        raise BadInput(f"{path.name} holds no candidate; put answers in it, separated by lines of ---.")
    return candidates


def _from_jsonl(path: Path) -> list[dict[str, object]]:
    found = []
    for index, row in enumerate(open_table(path).rows()):
        if isinstance(row, Rejected):
            raise BadInput(f"The candidate at index {index} of {path.name} is unusable: {row.reason}.")
        if not isinstance(row.values.get("text"), str):
            raise BadInput(f'The candidate at index {index} of {path.name} has no "text" that is a string; add one.')
        found.append(dict(row.values))
    return found
