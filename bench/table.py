"""What a measurement comes to: lines of one table. Ratios measured in one run gate; absolute times are goals."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One measured figure beside its goal; ``gates`` when missing it fails the command."""

    what: str
    measured: float
    unit: str
    goal: float
    gates: bool = False

    @property
    def reached(self) -> bool:
        """Whether the figure is within its goal."""
        return self.measured <= self.goal

    def __str__(self) -> str:
        mark = "reached" if self.reached else "MISSED, which fails the command" if self.gates else "missed"
        return f"{self.what:<66} {self.measured:>10.3f} {self.unit:<4} (goal {self.goal:g} {self.unit}) {mark}"


def percentile(times: list[float], share: float) -> float:
    """The value that this share of ``times`` does not exceed."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]
