"""What a shape is: how to tell it, and how one of its rows becomes rows of our columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

Values = Mapping[str, object]
"""One row: column -> any plain value."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The public shape of a data set or of another tool's export.

    ``read`` translates and checks nothing: it gives rows of our columns (``user_prompt``, ``ai_response``, ``rating``,
    ``rater``, ``messages``, ``turns``, ...; a comparison has ``chosen`` and ``rejected``, and ``tie`` and
    ``chosen_second``), and every other key is metadata, or about an LLM judge (``judge:NAME``). A row of the file can
    hold several answers. What cannot be translated raises BadInput.
    """

    name: str
    """For ``--shape``."""
    title: str
    """For people: "Anthropic HH-RLHF"."""
    becomes: str
    """What a row becomes, in a sentence."""
    recognises: Callable[[Sequence[str], Sequence[Values]], bool]
    """Gets the columns and the first rows."""
    read: Callable[[Values], Iterable[Values]]
    scale: str = ""
    """The scale of its ratings, where the shape says it."""
