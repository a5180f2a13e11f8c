"""What a worker takes from the database."""

from enum import StrEnum


class Work(StrEnum):
    """A kind of work that pages ask for."""

    TRAINING = "training"
    IMPORT = "import"  # checks and imports of files
    FINE_TUNING = "fine-tuning"  # of a language model
