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
