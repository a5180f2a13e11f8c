"""How far the rating of an audit sample is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core.domain.plain import AS_IS


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the rating of a sample is; every answer of it is counted once."""

    sample_id: int
    at: datetime
    by: Annotated[str, AS_IS]
    """Who drew it."""
    answers: int
    """That were drawn."""
    questions: int
    certain: int
    """Questions of these that were taken for their size."""
    rated: int
    discarded: int
    skipped: int
    """Unrated, and somebody passed over it."""
    waiting: int
    """Unrated, and nobody passed over it."""
    gone: int
    """Deleted or forgotten since."""

    @property
    def finished(self) -> bool:
        """Whether nothing of it waits for a first look."""
        return not self.waiting
