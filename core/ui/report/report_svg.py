"""The figures of a report as SVG, for a file that needs neither scripts nor a network.

Colours are CSS classes of the file, so that it follows light and dark; dashes and shapes tell the same as the colours.
"""

import html
import math
from collections.abc import Iterable, Sequence

from core.reward.evaluation.evaluation import Evaluation
from core.reward.training.report import TrustReport

_WIDTH, _HEIGHT = 460, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 12, 46

Pairs = Iterable[tuple[float, float]]


def roc(evaluation: Evaluation, report: TrustReport) -> str:
    """The ROC curve with its band, answer length alone, and chance."""
    plot = _Plot((0, 1), (0, 1), "Poor answers taken for good", "Good answers found")
    plot.axes([(v, f"{v:.0%}") for v in (0, 0.25, 0.5, 0.75, 1)], [(v, f"{v:.0%}") for v in (0, 0.25, 0.5, 0.75, 1)])
    if report.roc_band:
        upper = [(x, high) for x, _, high in report.roc_band]
        plot.area([*upper, *((x, low) for x, low, _ in reversed(report.roc_band))])
    plot.line([(0, 0), (1, 1)], "chance")
    plot.line(evaluation.roc.get("length_only", []), "other")
    plot.line(evaluation.roc["model"], "model")
    return plot.svg("ROC curve of the model with its range, beside answer length alone and chance.")


def calibration(report: TrustReport) -> str:
    """Share of good answers by mean score."""
    plot = _Plot((0, 1), (0, 1), "Mean score", "Share that experts call good")
    plot.axes([(v, f"{v:g}") for v in (0, 0.25, 0.5, 0.75, 1)], [(v, f"{v:.0%}") for v in (0, 0.25, 0.5, 0.75, 1)])
    plot.line([(0, 0), (1, 1)], "chance")
    for group in report.calibration:
        if group.true.value is not None:
            plot.dot(group.said, group.true.value, group.true.low, group.true.high)
    return plot.svg("Calibration: share of good answers by mean score; on the diagonal scores mean what they say.")


def learning_curve(report: TrustReport) -> str:
    """ROC AUC by number of ratings, measured and forecast."""
    points = [*report.curve.measured, *report.curve.forecast]
    lowest = min([0.5, *(p.auc.low if p.auc.low is not None else p.auc.value or 0.5 for p in points)])
    edges = (math.log(max(1, min(p.n for p in points))), math.log(max(p.n for p in points) + 1)) if points else (0, 1)
    plot = _Plot(edges, (max(0.0, lowest - 0.02), 1), "Ratings learned from", "ROC AUC")
    ticks = (25, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
    shown = [(math.log(n), f"{n:,}") for n in ticks if edges[0] <= math.log(n) <= edges[1]]
    plot.axes(shown, [(v / 10, f"{v / 10:.1f}") for v in range(11) if v / 10 >= lowest - 0.02])
    ahead = [(math.log(p.n), p.auc) for p in report.curve.forecast if p.auc.value is not None]
    if ahead and all(auc.low is not None for _, auc in ahead):
        upper = [(x, auc.high or 0) for x, auc in ahead]
        plot.area([*upper, *((x, auc.low or 0) for x, auc in reversed(ahead))])
    plot.line([(x, auc.value or 0) for x, auc in ahead], "other")
    measured = [(math.log(p.n), p.auc) for p in report.curve.measured if p.auc.value is not None]
    plot.line([(x, auc.value or 0) for x, auc in measured], "model")
    for x, auc in measured:
        plot.dot(x, auc.value or 0, auc.low, auc.high)
    return plot.svg("Learning curve: ROC AUC by number of ratings, measured and forecast to twice as many.")


class _Plot:
    """One figure: data in, marks appended."""

    def __init__(self, x: tuple[float, float], y: tuple[float, float], x_title: str, y_title: str) -> None:
        self._x, self._y, self._titles = x, y, (x_title, y_title)
        self._marks: list[str] = []

    def axes(self, x_ticks: Sequence[tuple[float, str]], y_ticks: Sequence[tuple[float, str]]) -> None:
        """Grid, ticks and titles."""
        bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
        for value, label in x_ticks:
            x, _ = self._at(value, self._y[0])
            self._marks.append(f'<line class="grid" x1="{x}" y1="{_TOP}" x2="{x}" y2="{bottom}"/>')
            self._marks.append(f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{label}</text>')
        for value, label in y_ticks:
            _, y = self._at(self._x[0], value)
            self._marks.append(f'<line class="grid" x1="{_LEFT}" y1="{y}" x2="{right}" y2="{y}"/>')
            self._marks.append(f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{label}</text>')
        middle = (_TOP + bottom) / 2
        self._marks.append(
            f'<text x="{(_LEFT + right) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">{html.escape(self._titles[0])}</text>'
            f'<text x="14" y="{middle}" text-anchor="middle" transform="rotate(-90 14 {middle})">'
            f"{html.escape(self._titles[1])}</text>"
        )

    def line(self, points: Pairs, kind: str) -> None:
        """A line of class ``model``, ``other`` or ``chance``."""
        drawn = " ".join(f"{x},{y}" for x, y in (self._at(*point) for point in points))
        if drawn:
            self._marks.append(f'<polyline class="{kind}" points="{drawn}"/>')

    def area(self, points: Pairs) -> None:
        """A filled range."""
        drawn = " ".join(f"{x},{y}" for x, y in (self._at(*point) for point in points))
        self._marks.append(f'<polygon class="band" points="{drawn}"/>')

    def dot(self, x: float, y: float, low: float | None, high: float | None) -> None:
        """A point with its range."""
        across, up = self._at(x, y)
        if low is not None and high is not None:
            self._marks.append(
                f'<line class="range" x1="{across}" y1="{self._at(x, low)[1]}" x2="{across}" y2="{self._at(x, high)[1]}"/>'
            )
        self._marks.append(f'<circle class="dot" cx="{across}" cy="{up}" r="4"/>')

    def svg(self, description: str) -> str:
        """The figure as an element; ``description`` is what a screen reader says."""
        label = html.escape(description, quote=True)
        return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{"".join(self._marks)}</svg>'

    def _at(self, x: float, y: float) -> tuple[float, float]:
        width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        across = (x - self._x[0]) / (self._x[1] - self._x[0])
        up = (y - self._y[0]) / (self._y[1] - self._y[0])
        return round(_LEFT + across * width, 1), round(_TOP + (1 - up) * height, 1)
