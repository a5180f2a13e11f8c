"""Checking a whole file before anything of it is stored: what would come in, what would be left out, and why."""

from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.domain.records import Rejected
from core.domain.roles import Act, User
from core.labeling.how_to_read import HowToRead
from core.services.masking import masks_output
from core.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CheckProgress:
    """How many rows of the file are read."""

    rows: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file holds and what an import of it would do; nothing is stored."""

    kind: str
    """What the file is, in words."""
    sheets: tuple[str, ...]
    sheet: str
    shape: str
    """Its name, for ``--shape``."""
    shape_title: str
    becomes: str
    """What a row becomes, in a sentence."""
    mapping: dict[str, str]
    """Our column names -> the file's, as applied."""
    metadata: tuple[str, ...]
    """Columns without a meaning here; they are kept as metadata."""
    rows: int
    """Rows of the file."""
    new_answers: int
    repeats: int
    """Answers that would add neither an answer nor a rating nor a preference."""
    ratings: int
    """New ratings."""
    left_out_total: int
    left_out: tuple[Rejected, ...]
    """The first 1,000 answers that would be stored without their rating, and why."""
    rejected_total: int
    rejected: tuple[Rejected, ...]
    """The first 1,000 rows of which nothing would be stored, and why."""
    comparisons: int
    """All of them, ties and equal pairs included."""
    preferences: int
    """New preferences."""
    ties: int
    equal_pairs: int
    values: tuple[tuple[str, int], ...]
    """The most frequent 50 ratings as the file writes them, each with its count; no rating at all is not among them."""
    values_more: int
    """How many ratings are none of ``values``."""
    scale: str
    """Name of the scale that was applied; empty: whole numbers from 1 to 5, as they are."""
    scale_title: str
    scale_table: tuple[tuple[str, int], ...]
    """What the file writes -> what is stored."""
    must_ask: bool
    """Too many ratings are no whole number from 1 to 5, and nobody said what they mean: not imported like this."""
    question: str
    """The sentence that says so: it names the range and the option. Empty unless ``must_ask``."""
    likely: tuple[str, ...]
    """Names of the scales that fit, the likeliest first."""

    def to_json(self) -> dict[str, Any]:
        """As it is stored and as ``import --check --json`` prints it."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Checked":
        """As ``to_json`` gave it, read back from JSON."""

        def read(value: Any) -> Any:
            if not isinstance(value, list):
                return value
            return tuple(
                Rejected(**one) if isinstance(one, dict) else one if isinstance(one, str) else tuple(one)
                for one in value
            )

        return cls(**{name: read(value) for name, value in stored.items()})


@masks_output()
def check(
    workspace: Workspace, user: User, path: Path, how: HowToRead
) -> Generator[CheckProgress | Checked, None, None]:
    """Read a whole file and say what an import of it would do; yields progress and the result at the end.

    Raises:
        BadInput: nothing can be read or understood.
    """
    workspace.require(user, Act.CHANGE_DATA)
    raise NotImplementedError
    yield CheckProgress(0)
