"""What a fine-tuning tells while it runs; each is stored, and every page reads it."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    def to_json(self) -> dict[str, Any]:
        """As it is stored; ``event`` names it."""
        return {"event": self.__class__.__name__.lower()} | asdict(self)


@dataclass(frozen=True, slots=True)
class Planned(Event):
    """What it needs, before anything is loaded: bytes of memory and disk, about."""

    memory: int
    free: int | None
    disk: int
    parameters: int


@dataclass(frozen=True, slots=True)
class Written(Event):
    """What it learns from: rows, how many were left out because nothing of their answer fits, and how many are cut."""

    rows: int
    left_out: int
    cut: int
    chat: bool
    max_length: int


@dataclass(frozen=True, slots=True)
class Resumed(Event):
    """It goes on from a checkpoint."""

    step: int


@dataclass(frozen=True, slots=True)
class Stepped(Event):
    """One step is done."""

    step: int
    steps: int
    loss: float | None
    agrees: float | None
    """Share of pairs of this step whose better answer it finds more likely than it used to, against the other."""
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Kept(Event):
    """A checkpoint was written: from here it goes on where it is stopped."""

    step: int


@dataclass(frozen=True, slots=True)
class Finished(Event):
    """The result is there."""

    seconds: float
    memory: int
    """Bytes at the peak, of the process or of the GPU."""
