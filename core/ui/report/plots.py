"""The figures of a training's report: drawn by Plotly on the page, by ``svg`` in the file.

Colours are written as Streamlit's placeholders, which the browser replaces by the theme's chart colours: a figure
follows light and dark at once, also when the theme is switched. Shapes and dashes tell the same as the colours.
"""

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.domain.metrics import Metric
from core.domain.verdicts.rules import rule_words
from core.reward.evaluation.evaluation import Evaluation
from core.reward.recipes.registry import TRANSFORMER
from core.reward.training.report import TrustReport
from core.ui.report.format import cell

TEAL, ORANGE, BLUE, PINK, GREEN, VIOLET, GREY = COLOURS = tuple(f"#00000{number}" for number in range(1, 8))
"""The seven chartCategoricalColors of .streamlit/config.toml, in their order."""

CHANCE = "Chance"

_STYLES = (
    (TEAL, "solid"),
    (ORANGE, "dash"),
    (BLUE, "dot"),
    (PINK, "dashdot"),
    (GREEN, "longdash"),
    (VIOLET, "dash"),
)
_QUARTERS = (0, 0.25, 0.5, 0.75, 1)
_TENTHS = tuple(place / 10 for place in range(11))
_SIZES = (25, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
_TEAL_RANGE, _ORANGE_RANGE = "rgba(63, 140, 140, 0.22)", "rgba(200, 130, 60, 0.2)"  # on light and dark alike

Points = Sequence[tuple[float, float]]
Band = Sequence[tuple[float, float, float]]
"""x, lower and upper limit of y."""


@dataclass(frozen=True, slots=True)
class Plot:
    """One figure of a report with the words that belong to it."""

    figure: go.Figure
    alt: str
    """What a screen reader says."""
    caption: str


def roc_plot(evaluation: Evaluation, report: TrustReport | None, rule: str | None) -> Plot:
    """The one chart of a model, square: its ROC curve beside that of ``rule`` and chance; its range with a report."""
    band = report.roc_band if report is not None else []
    curves = {"This model": evaluation.roc.get("model", [])}
    if rule is not None:
        curves[f"Best simple rule:<br>{rule_words(rule)}"] = evaluation.roc.get(rule, [])
    figure = roc(curves, band, height=460)
    figure.update_xaxes(constrain="domain")
    figure.update_yaxes(scaleanchor="x", constrain="domain")
    figure.update_layout(legend={"entrywidthmode": "fraction", "entrywidth": 1})
    beside = f" beside the best simple rule, {rule_words(rule)}," if rule is not None else ""
    shaded = ", and the shaded range shows how certain that is" if band else ""
    return Plot(
        figure,
        f"Good answers found against poor ones let through: this model{beside} and chance (ROC curve). The area under "
        f"the model's curve is {cell(evaluation.metrics.get('roc_auc'), percent=False)}.",
        f"The closer a line comes to the upper left corner, the better it tells good answers from poor ones{shaded} "
        f"({_measured_on(evaluation, report)}).",
    )


def _measured_on(evaluation: Evaluation, report: TrustReport | None) -> str:
    if report is not None and report.recipe == TRANSFORMER.name:
        return f"{evaluation.n:,} answers to questions that were kept apart"
    return f"cross-validated: all {evaluation.n:,} answers, each scored by a model that had not seen its question"


def plots_by_table(report: TrustReport) -> dict[str, Plot]:
    """The other figures, by the name of the table that they stand above."""
    return {
        "calibration": Plot(
            _calibration(report),
            "Share of good answers by mean score, with ranges, beside the diagonal.",
            "Each dot joins answers with similar scores. On the dotted diagonal a score of 0.7 means that 7 of 10 such "
            "answers are good; the lines show how certain each dot is.",
        ),
        "learning_curve": Plot(
            _learning_curve(report),
            "Good above poor (ROC AUC) by number of ratings: measured, and forecast to twice as many with its range.",
            "Solid: measured. Dashed, with its range: a forecast to twice the ratings. A curve that is still rising "
            "says that more ratings help.",
        ),
    }


def roc(curves: Mapping[str, Points], band: Band = (), *, height: int = 400) -> go.Figure:
    """ROC curves by name: first the model, with its range, then what it is compared with; and the chance line."""
    figure = go.Figure()
    named = [(name, points) for name, points in curves.items() if points]
    for place, ((name, points), (colour, dash)) in reversed([*enumerate(zip(named, _STYLES, strict=False))]):
        figure.add_scatter(
            x=[x for x, _ in points],
            y=[y for _, y in points],
            name=name,
            mode="lines",
            line={"color": colour, "dash": dash, "width": 1.5 if place else 3},
            legendrank=1 + place,
            hovertemplate=f"{html.escape(name.replace('<br>', ' '))}<br>%{{y:.0%}} of the good found<br>"
            "%{x:.0%} of the poor let through<extra></extra>",
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
    if band:
        _add_range(figure, band, _TEAL_RANGE, "Range of this model", legendrank=1)
    share = {"range": [-0.01, 1.01], "tickformat": ".0%", "tickvals": _QUARTERS, "zeroline": False}
    figure.update_xaxes(title="Poor answers let through", **share)
    figure.update_yaxes(title="Good answers found", **share)
    return without_tools(figure, height)


def _calibration(report: TrustReport) -> go.Figure:
    """With the line on which scores mean what they say."""
    groups = [group for group in report.calibration if group.true.value is not None]
    figure = go.Figure()
    figure.add_scatter(
        x=[group.said for group in groups],
        y=[group.true.value for group in groups],
        mode="markers",
        name="Measured",
        marker={"color": TEAL, "size": 9},
        text=[f"{group.n:,} answers" for group in groups],
        error_y=error_bars([group.true for group in groups]),
        hovertemplate="%{text}<br>mean score %{x:.2f}<br>%{y:.0%} are good<extra></extra>",
    )
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        name="Exact",
        mode="lines",
        hoverinfo="skip",
        line={"color": GREY, "dash": "dot", "width": 1},
    )
    share = {"range": [-0.02, 1.02], "tickvals": _QUARTERS, "zeroline": False}
    figure.update_xaxes(title="Score (mean)", **share)
    figure.update_yaxes(title="Share that experts call good", tickformat=".0%", **share)
    return without_tools(figure, 360)


def _learning_curve(report: TrustReport) -> go.Figure:
    """Over the number of ratings on a logarithmic axis."""
    curve, figure = report.curve, go.Figure()
    ahead = [point for point in curve.forecast if point.auc.value is not None]
    band = [(p.n, p.auc.low, p.auc.high) for p in ahead if p.auc.low is not None and p.auc.high is not None]
    if ahead:
        if band:
            _add_range(figure, band, _ORANGE_RANGE, "Range of the forecast")
        figure.add_scatter(
            x=[point.n for point in ahead],
            y=[point.auc.value for point in ahead],
            name="Forecast",
            mode="lines",
            line={"color": ORANGE, "dash": "dash", "width": 2},
            hovertemplate="%{x:,} ratings<br>forecast %{y:.2f}<extra></extra>",
        )
    known = [point for point in curve.measured if point.auc.value is not None]
    figure.add_scatter(
        x=[point.n for point in known],
        y=[point.auc.value for point in known],
        name="Measured",
        mode="lines+markers",
        line={"color": TEAL, "width": 3},
        marker={"color": TEAL, "size": 8},
        error_y=error_bars([point.auc for point in known]),
        hovertemplate="%{x:,} ratings<br>good above poor %{y:.2f}<extra></extra>",
    )
    drawn = [*known, *ahead]
    fewest, most = min((p.n for p in drawn), default=1), max((p.n for p in drawn), default=2)
    figure.add_scatter(
        x=[fewest, most],
        y=[0.5, 0.5],
        name=CHANCE,
        mode="lines",
        hoverinfo="skip",
        line={"color": GREY, "dash": "dot", "width": 1},
    )
    lowest = min([0.5, *(limit for p in drawn for limit in (p.auc.low, p.auc.value) if limit is not None)])
    figure.update_xaxes(
        title="Ratings learned from",
        type="log",
        tickvals=_SIZES,
        tickformat=",d",
        range=[math.log10(fewest / 1.06), math.log10(most * 1.06)],
    )
    figure.update_yaxes(
        title="Good above poor (ROC AUC)",
        tickformat=".1f",
        tickvals=_TENTHS,
        range=[max(-0.01, lowest - 0.02), 1.01],
        zeroline=False,
    )
    return without_tools(figure, 360)


def _add_range(figure: go.Figure, band: Band, colour: str, name: str, **options: int) -> None:
    x = [point for point, _, _ in band]
    figure.add_scatter(
        x=[*x, *reversed(x)],
        y=[*(high for _, _, high in band), *(low for _, low, _ in reversed(band))],
        fill="toself",
        fillcolor=colour,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        name=name,
        **options,
    )


def error_bars(metrics: Sequence[Metric]) -> dict[str, object]:
    """The ranges of these values as Plotly's ``error_y``; nothing is drawn where a range is unknown."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [0.0 if m.value is None or m.high is None else m.high - m.value for m in metrics],
        "arrayminus": [0.0 if m.value is None or m.low is None else m.value - m.low for m in metrics],
        "thickness": 1.5,
        "width": 4,
    }


def without_tools(figure: go.Figure, height: int) -> go.Figure:
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
