"""How a file is to be read: what a person chose on the page or on the command line, kept with the import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class HowToRead:
    """Everything empty is found by looking at the file."""

    sheet: str = ""
    shape: str = ""
    """Name of a shape (``core.labeling.shapes``)."""
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Our column name -> the file's column, or a path into it (``input.messages[-1].content``)."""
    context_column: str = ""
    """The file's column that separates equal prompts; it also keeps its own meaning."""
    scale: str = ""
    """Name of the ratings' scale (``core.labeling.scales``)."""
    rater: str = "imported"
    """Whose the ratings are where a row names nobody."""

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "sheet": self.sheet,
            "shape": self.shape,
            "mapping": dict(self.mapping),
            "context_column": self.context_column,
            "scale": self.scale,
            "rater": self.rater,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "HowToRead":
        """As ``to_json`` gave it."""
        return cls(**stored)
