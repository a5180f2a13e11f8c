"""What feedback of users is counted for, and what they wrote."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class By(StrEnum):
    """What feedback is counted for, as ``AnswersGiven.kind`` has it."""

    VERSION = "version"  # of the model that ordered the answers
    GENERATOR = "generator"  # that wrote the answer


class Apart(StrEnum):
    """By what the feedback on each of them is counted apart."""

    NOTHING = "nothing"
    WEEK = "week"
    REPLACED = "replaced"  # whether ranking put another answer first than came in


@dataclass(frozen=True, slots=True)
class Line:
    """Whose feedback it is: a model version or a generator, in one week, or with the first answer replaced or not."""

    name: str | None
    """None: no model ranked, or nobody said what wrote the answer."""
    week: date | None = None
    """Its Monday, UTC."""
    replaced: bool | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """What a user wrote of an answer, with what they said of it."""

    at: datetime
    kind: str
    value: int
    first_chosen: bool | None
    comment: str
    application: str
    interaction_id: int | None
    """None: the text of the answer is not kept."""
    model_version: str | None
    generator: str | None
