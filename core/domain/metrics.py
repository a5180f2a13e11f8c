"""A measured number with its interval, or the reason why there is none."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Metric:
    """A value with the bounds of its 95 % interval; ``value`` is None exactly when ``reason`` is given."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is printed, stored and sent: value, low, high, and reason when not estimable."""
        shown: dict[str, Any] = {"value": self.value, "low": self.low, "high": self.high}
        return shown | ({"reason": self.reason} if self.value is None else {})

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Metric":
        """Read what ``to_json`` wrote."""
        return cls(data["value"], data["low"], data["high"], data.get("reason"))
