"""What a worker takes from the database."""

from enum import StrEnum


class Work(StrEnum):
    """A kind of work that pages ask for."""

    TRAINING = "training"  # and the reading of texts ahead of it
    IMPORT = "import"  # checks and imports of files
    EXPORT = "export"  # large ones
    BUILD = "build"  # of the fast encoder
    FINE_TUNING = "fine-tuning"  # of a language model
