"""How much a file may hold: far beyond any sensible table, and little enough that no file holds up everybody else."""

from collections.abc import Sequence

from core.domain.errors import BadInput

MAX_COLUMNS = 1_000
"""Of a file, and keys of one jsonl row."""
MAX_NAME = 500
"""Characters of a column's name."""
MAX_ROW = 32_000_000
"""Characters of one row as it stands in a text file, or bytes of one row of a parquet file."""
MAX_VALUES = 100_000
"""Values in one row, those in nested lists and objects counted."""


def check_columns(file: str, columns: Sequence[str]) -> None:
    """Make sure that a table's columns can be told apart, shown and chosen from.

    Raises:
        BadInput: too many, a name that is too long, or two of one name.
    """
    if len(columns) > MAX_COLUMNS:
        raise BadInput(
            f"{file} has {len(columns):,} columns; at most {MAX_COLUMNS:,} can be read. Nothing was imported. "
            "Keep the columns with question, answer and rating, and export it again."
        )
    if any(len(name) > MAX_NAME for name in columns):
        raise BadInput(
            f"{file} has a column whose name is longer than {MAX_NAME} characters. Nothing was imported. "
            "Probably the line with the columns' names is missing; add it, or shorten the name."
        )
    seen: set[str] = set()
    for name in columns:
        if name in seen:
            raise BadInput(f"{file} has more than one column {name!r}; rename or remove all but one of them.")
        seen.add(name)
