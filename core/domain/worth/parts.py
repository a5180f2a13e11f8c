"""What the worth of answers is told apart by."""

from enum import StrEnum


class Part(StrEnum):
    """What answers are told apart by."""

    ALL = "all"
    GENERATOR = "generator"
    WEEK = "week"
    SESSION = "session"
