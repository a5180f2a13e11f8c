"""What is known of one answer from its use."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core.domain.plain import AS_IS


@dataclass(frozen=True, slots=True)
class SentAs:
    """One time that an application sent the answer."""

    at: datetime
    application: str
    caller_id: str
    generator: str | None


@dataclass(frozen=True, slots=True)
class SaidOfIt:
    """What a user said of the answer."""

    at: datetime
    application: str
    kind: Annotated[str, AS_IS]
    """``thumb`` or ``score``."""
    value: int
    comment: str
    latest: bool
    """False where the same user said something else later."""
