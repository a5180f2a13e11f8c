"""All shapes, and which of them a file has."""

from collections.abc import Sequence
from typing import Final

from core.domain.errors import BadInput
from core.labeling.shapes.arena import ARENA
from core.labeling.shapes.argilla import ARGILLA
from core.labeling.shapes.helpsteer import HELPSTEER
from core.labeling.shapes.hh_rlhf import HH_RLHF
from core.labeling.shapes.kto import KTO
from core.labeling.shapes.label_studio import LABEL_STUDIO
from core.labeling.shapes.langfuse import LANGFUSE
from core.labeling.shapes.open_webui import OPEN_WEBUI
from core.labeling.shapes.openai import OPENAI
from core.labeling.shapes.openassistant import OPENASSISTANT
from core.labeling.shapes.pairs import PAIRS
from core.labeling.shapes.shape import Shape, Values
from core.labeling.shapes.table import TABLE
from core.labeling.shapes.ultrafeedback import ULTRAFEEDBACK

SHAPES: Final[tuple[Shape, ...]] = (
    OPENASSISTANT,
    LABEL_STUDIO,
    ARGILLA,
    OPEN_WEBUI,
    LANGFUSE,
    OPENAI,
    HH_RLHF,
    ULTRAFEEDBACK,
    ARENA,
    HELPSTEER,
    KTO,
    PAIRS,
    TABLE,
)
"""In the order in which they are tried."""


def find_shape(columns: Sequence[str], rows: Sequence[Values]) -> Shape:
    """The first shape that recognises a file by its columns and first rows; a plain table where none does."""
    if {"user_prompt", "ai_response"} <= set(columns):
        return TABLE  # our own names
    return next((shape for shape in SHAPES if shape.recognises(columns, rows)), TABLE)


def named(name: str) -> Shape:
    """The shape of that name.

    Raises:
        BadInput: there is none.
    """
    for shape in SHAPES:
        if shape.name == name:
            return shape
    raise BadInput(f"There is no shape {name[:40]!r}; use one of {', '.join(shape.name for shape in SHAPES)}.")
