"""When a model is due to be trained again."""

from dataclasses import dataclass

from core.domain.errors import BadInput


@dataclass(frozen=True, slots=True)
class RetrainSettings:
    """After so many new ratings, or so many days with at least one."""

    ratings: int = 100
    days: int = 30

    def check(self) -> None:
        """Raises BadInput: a number outside its range."""
        if self.ratings not in range(1, 1_000_001):
            raise BadInput("A reminder comes after 1 to 1,000,000 new ratings. Nothing was changed.")
        if self.days not in range(1, 3651):
            raise BadInput("A reminder comes after 1 to 3,650 days. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a training begins by itself: after so many days, or so many new ratings, whichever comes first; 0: never."""

    days: int = 0
    ratings: int = 0
    promotes: bool = False
    """Whether a model that passes the rule is put in use; else it is only proposed."""

    @property
    def is_on(self) -> bool:
        """Whether trainings begin by themselves at all."""
        return bool(self.days or self.ratings)

    def check(self) -> None:
        """Raises BadInput: a number outside its range."""
        if self.days not in range(3651):
            raise BadInput("A training begins every 1 to 3,650 days, or 0 for never. Nothing was changed.")
        if self.ratings not in range(1_000_001):
            raise BadInput("A training begins after 1 to 1,000,000 new ratings, or 0 for never. Nothing was changed.")
