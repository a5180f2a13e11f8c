"""A Plotly figure as SVG, for a file that is read and printed without scripts.

It draws what the figures of ``plots`` consist of: lines, markers with error bars, filled ranges, axes with given ranges
and ticks, and the legend below. A placeholder colour of ``plots`` becomes the CSS variable ``--chart-1`` to
``--chart-7`` of the file.
"""

import html
import math
from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

from core.ui.report.plots import COLOURS

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 560, 60, 12, 12, 326
"""The picture's width and the edges of the plotting area, in units of the drawing."""
_SQUARE = 430
"""The width of a picture whose plotting area is a square: the legend below has one column, and needs more room."""
_COLUMNS, _ROW = 3, 20
_LEGEND = _BOTTOM + 62
_DASHES = {"solid": "none", "dash": "8 5", "dot": "2 4", "dashdot": "8 4 2 4", "longdash": "14 6"}


def svg(figure: go.Figure, alt: str) -> str:
    """The figure as one element; ``alt`` is what a screen reader says."""
    square = figure.layout.yaxis.scaleanchor is not None
    width, columns = (_SQUARE, 1) if square else (_WIDTH, _COLUMNS)
    right = _LEFT + _BOTTOM - _TOP if square else width - _RIGHT
    x, y = _Axis(figure.layout.xaxis, _LEFT, right), _Axis(figure.layout.yaxis, _BOTTOM, _TOP)
    ranked = sorted(figure.data, key=lambda trace: trace.legendrank or 0)
    marks = [
        *_axes(x, y, right),
        *(mark for trace in figure.data for mark in _trace(trace, x, y)),
        *_legend(ranked, width, columns),
    ]
    height = _LEGEND + _ROW * -(-len(ranked) // columns)
    label = html.escape(alt, quote=True)
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{"".join(marks)}</svg>'


class _Axis:
    """Where values stand along one axis, from ``start`` to ``end`` in units of the drawing."""

    def __init__(self, axis: Any, start: int, end: int) -> None:
        self.title, self._log, self._start, self._end = axis.title.text, axis.type == "log", start, end
        self._low, self._high = axis.range  # of a logarithmic axis: the exponents, as Plotly has them
        written = [(value, format(value, axis.tickformat or "g")) for value in axis.tickvals]
        self.ticks = [(place, text) for value, text in written if self._inside(place := self.at(value))]

    def at(self, value: float) -> float:
        """The place of a value."""
        share = ((math.log10(value) if self._log else value) - self._low) / (self._high - self._low)
        return round(self._start + share * (self._end - self._start), 1)

    def _inside(self, place: float) -> bool:
        return min(self._start, self._end) <= place <= max(self._start, self._end)


def _axes(x: _Axis, y: _Axis, right: int) -> Iterable[str]:
    middle = (_TOP + _BOTTOM) / 2
    for place, text in x.ticks:
        yield f'<path class="grid" d="M{place},{_TOP}V{_BOTTOM}"/>'
        yield f'<text x="{place}" y="{_BOTTOM + 17}" text-anchor="middle">{text}</text>'
    for place, text in y.ticks:
        yield f'<path class="grid" d="M{_LEFT},{place}H{right}"/>'
        yield f'<text x="{_LEFT - 6}" y="{place + 4}" text-anchor="end">{text}</text>'
    across = (_LEFT + right) / 2
    yield f'<text x="{across}" y="{_BOTTOM + 38}" text-anchor="middle">{html.escape(x.title)}</text>'
    turned = f'transform="rotate(-90 14 {middle})"'
    yield f'<text x="14" y="{middle}" text-anchor="middle" {turned}>{html.escape(y.title)}</text>'


def _trace(trace: Any, x: _Axis, y: _Axis) -> Iterable[str]:
    places = [(x.at(across), y.at(up)) for across, up in zip(trace.x, trace.y, strict=True)]
    path = "M" + "L".join(f"{across},{up}" for across, up in places) if places else ""
    if trace.fill == "toself":
        yield f'<path d="{path}Z" style="fill:{_colour(trace.fillcolor)}"/>'
    elif "lines" in trace.mode:
        yield f'<path d="{path}" style="{_stroke(trace)}"/>'
    if "markers" in trace.mode:
        bars = zip(trace.x, trace.y, trace.error_y.array, trace.error_y.arrayminus, strict=True)
        stroke = f"stroke:{_colour(trace.marker.color)};stroke-width:{trace.error_y.thickness}"
        for across, up, above, below in bars:
            yield f'<path d="M{x.at(across)},{y.at(up - below)}V{y.at(up + above)}" style="{stroke}"/>'
        yield from (_dot(trace, across, up) for across, up in places)


def _legend(traces: Iterable[Any], width: int, columns: int) -> Iterable[str]:
    for place, trace in enumerate(traces):
        row, column = divmod(place, columns)
        left, middle = 8 + column * (width - 8) // columns, _LEGEND + _ROW * row
        if trace.fill == "toself":
            yield f'<rect x="{left}" y="{middle - 6}" width="28" height="12" style="fill:{_colour(trace.fillcolor)}"/>'
        elif "lines" in trace.mode:
            yield f'<path d="M{left},{middle}H{left + 28}" style="{_stroke(trace)}"/>'
        if "markers" in trace.mode:
            yield _dot(trace, left + 14, middle)
        yield f'<text x="{left + 34}" y="{middle + 4}">{html.escape(trace.name.replace("<br>", " "))}</text>'


def _dot(trace: Any, across: float, up: float) -> str:
    return f'<circle cx="{across}" cy="{up}" r="{trace.marker.size / 2}" style="fill:{_colour(trace.marker.color)}"/>'


def _stroke(trace: Any) -> str:
    line = trace.line
    dash = _DASHES[line.dash or "solid"]
    return f"fill:none;stroke:{_colour(line.color)};stroke-width:{line.width};stroke-dasharray:{dash}"


def _colour(colour: str) -> str:
    return f"var(--chart-{COLOURS.index(colour) + 1})" if colour in COLOURS else colour
