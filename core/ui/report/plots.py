"""Figures about models: the ROC curve, and how accuracy moves from training to training.

Colours are written as Streamlit's placeholders, which the browser replaces by the theme's chart colours: a figure
follows light and dark at once, also when the theme is switched. Shapes and dashes tell the same as the colours.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

TEAL, ORANGE, BLUE, PINK, GREEN, VIOLET, GREY = (f"#00000{number}" for number in range(1, 8))
"""The seven chartCategoricalColors of .streamlit/config.toml, in their order."""

CHANCE = "Chance"
MAX_TICKS = 3

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One training on the accuracy trend."""

    when: str
    value: float
    low: float | None
    high: float | None
    about: tuple[str, ...]
    """Lines shown when the pointer is on it."""
    kind: str = "version"
    """``champion``, ``version``, ``sample`` or ``legacy``."""
    hollow: bool = False
    """Measured on ratings of its own, not on those that all share."""
    rated: int | None = None
    """Rated answers at that time."""


def roc(curves: Mapping[str, Points], *, height: int = 400) -> go.Figure:
    """ROC curves by name: the first one is the model, the others are what it is compared with; and the chance line."""
    styles = [
        (TEAL, "solid"),
        (ORANGE, "dash"),
        (BLUE, "dot"),
        (PINK, "dashdot"),
        (GREEN, "longdash"),
        (VIOLET, "dash"),
    ]
    figure = go.Figure()
    named = [(name, points) for name, points in curves.items() if points]
    for (name, points), (colour, dash) in reversed(list(zip(named, styles, strict=False))):
        model = dash == "solid"
        figure.add_scatter(
            x=[x for x, _ in points],
            y=[y for _, y in points],
            name=name,
            mode="lines",
            line={"color": colour, "dash": dash, "width": 3 if model else 1.5},
            legendrank=1 if model else 2 + styles.index((colour, dash)),
            hovertemplate=f"{html.escape(name)}<br>%{{y:.0%}} of the good found<br>%{{x:.0%}} of the poor taken for good"
            "<extra></extra>",
        )
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        name=CHANCE,
        mode="lines",
        hoverinfo="skip",
        legendrank=99,
        line={"color": GREY, "dash": "dot", "width": 1},
    )
    share = {"range": [-0.01, 1.01], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1], "zeroline": False}
    figure.update_xaxes(title="Poor answers taken for good", **share)
    figure.update_yaxes(title="Good answers found", **share)
    return quiet(figure, height)


def trend(
    points: Sequence[TrendPoint], *, name: str, percent: bool, thresholds: Sequence[int] = (), height: int = 320
) -> go.Figure:
    """One number over all trainings, oldest first; trainings of the old application stand apart on the left.

    A dotted line stands before the first training that had as many rated answers as a threshold.
    """
    legacy = [point for point in points if point.kind == "legacy"]
    ours = [point for point in points if point.kind != "legacy"]
    gap = 1 if legacy and ours else 0
    placed = [*enumerate(legacy), *((len(legacy) + gap + number, point) for number, point in enumerate(ours))]
    figure = go.Figure()
    kinds = {
        ("version", False): ("Kept-apart prompts", TEAL, "circle"),
        ("version", True): ("Cross-validated", TEAL, "circle-open"),
        ("champion", False): ("In use", TEAL, "star"),
        ("sample", False): ("Trained on the sample", VIOLET, "diamond"),
        ("legacy", False): ("Legacy, split unknown", GREY, "x-thin-open"),
    }
    for (kind, hollow), (label, colour, symbol) in kinds.items():
        mine = [(at, point) for at, point in placed if (point.kind, point.hollow) == (kind, hollow)]
        if not mine:
            continue
        bounds = None
        if kind != "legacy":
            bounds = {
                "type": "data",
                "symmetric": False,
                "array": [(p.high if p.high is not None else p.value) - p.value for _, p in mine],
                "arrayminus": [p.value - (p.low if p.low is not None else p.value) for _, p in mine],
                "thickness": 1.5,
                "width": 5,
            }
        figure.add_scatter(
            x=[at for at, _ in mine],
            y=[p.value for _, p in mine],
            error_y=bounds,
            name=label,
            mode="markers",
            marker={
                "color": colour,
                "symbol": symbol,
                "size": 14 if kind == "champion" else 10,
                "line": {"width": 2, "color": colour},
            },
            text=["<br>".join(html.escape(line) for line in p.about) for _, p in mine],
            hovertemplate="%{text}<extra></extra>",
        )
    if gap:
        figure.add_vline(x=len(legacy), line={"color": GREY, "dash": "dot", "width": 1})
    for at, reached in _reached(placed, thresholds).items():
        figure.add_vline(
            x=at,
            line={"color": GREY, "dash": "dot", "width": 1},
            annotation_text=", ".join(map(str, reached)),
            annotation_position="top right",
            annotation_font_size=11,
        )
    ticks = placed[:: max(1, -(-len(placed) // MAX_TICKS))]
    last = placed[-1][0] if placed else 0
    figure.update_xaxes(
        tickvals=[at for at, _ in ticks],
        ticktext=[p.when for _, p in ticks],
        range=[-0.6, last + 0.6],
        showgrid=False,
        zeroline=False,
        tickangle=0,
    )
    lowest = min((p.low if p.low is not None else p.value for p in points), default=0.5)
    figure.update_yaxes(
        title=name,
        tickformat=".0%" if percent else ".2f",
        range=[max(0.0, min(0.45, lowest - 0.05)), 1.01],
        zeroline=False,
    )
    return quiet(figure, height)


def _reached(placed: Sequence[tuple[int, TrendPoint]], thresholds: Sequence[int]) -> dict[float, list[int]]:
    """Where a threshold was first reached: just before that training. The sample counts only where nothing else is."""
    counted = [(at, p) for at, p in placed if p.rated is not None and p.kind != "sample"] or placed
    lines: dict[float, list[int]] = {}
    for threshold in thresholds:
        first = next((at for at, point in counted if (point.rated or 0) >= threshold), None)
        if first is not None:
            lines.setdefault(first - 0.5, []).append(threshold)
    return lines


def quiet(figure: go.Figure, height: int) -> go.Figure:
    """The figure without toolbars and zoom, its legend below."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 12, "t": 12, "b": 8},
        hovermode="closest",
        dragmode=False,
        showlegend=True,
        legend={
            "orientation": "h",
            "xref": "container",
            "x": 0,
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "entrywidth": 125,
        },
    )
    figure.update_xaxes(automargin=True, fixedrange=True)
    figure.update_yaxes(automargin=True, fixedrange=True)
    return figure
