"""Figures of a trust report on the page; see ``figures`` for the colours."""

from collections.abc import Mapping

import plotly.graph_objects as go

from core.reward.training.report import TrustReport
from core.ui.report import plots
from core.ui.report.plots import CHANCE, GREY, ORANGE, TEAL, Points

_BAND = "rgba(63, 140, 140, 0.22)"  # of the model's colour, on light and dark alike


def roc(curves: Mapping[str, Points], report: TrustReport | None) -> go.Figure:
    """ROC curves as ``figures.roc`` draws them, the first one with its range."""
    figure = plots.roc(curves)
    if report is not None and report.roc_band:
        x = [point for point, _, _ in report.roc_band]
        figure.add_scatter(
            x=[*x, *reversed(x)],
            y=[*(high for _, _, high in report.roc_band), *(low for _, low, _ in reversed(report.roc_band))],
            fill="toself",
            fillcolor=_BAND,
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
            name="Range of this model",
            legendrank=1,
        )
    return figure


def calibration(report: TrustReport) -> go.Figure:
    """Share of good answers by mean score, with the line on which scores mean what they say."""
    groups = [group for group in report.calibration if group.true.value is not None]
    values = [group.true.value or 0.0 for group in groups]
    figure = go.Figure()
    figure.add_scatter(
        x=[group.said for group in groups],
        y=values,
        mode="markers",
        name="Measured",
        marker={"color": TEAL, "size": 9},
        text=[f"{group.n:,} answers" for group in groups],
        error_y=_bounds(values, [group.true.low for group in groups], [group.true.high for group in groups]),
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
    figure.update_xaxes(title="Mean score", range=[-0.02, 1.02], zeroline=False)
    figure.update_yaxes(title="Share that experts call good", range=[-0.02, 1.02], tickformat=".0%", zeroline=False)
    return plots.quiet(figure, 360)


def learning_curve(report: TrustReport) -> go.Figure:
    """ROC AUC by number of ratings: measured, and forecast with its range."""
    curve, figure = report.curve, go.Figure()
    ahead = [point for point in curve.forecast if point.auc.low is not None]
    if ahead:
        x = [point.n for point in ahead]
        figure.add_scatter(
            x=[*x, *reversed(x)],
            y=[*(p.auc.high for p in ahead), *(p.auc.low for p in reversed(ahead))],
            fill="toself",
            fillcolor="rgba(200, 130, 60, 0.2)",
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
            name="Range of the forecast",
        )
        figure.add_scatter(
            x=x,
            y=[point.auc.value for point in ahead],
            name="Forecast",
            mode="lines",
            line={"color": ORANGE, "dash": "dash", "width": 2},
            hovertemplate="%{x:,} ratings<br>forecast %{y:.2f}<extra></extra>",
        )
    known = [point for point in curve.measured if point.auc.value is not None]
    values = [point.auc.value or 0.0 for point in known]
    figure.add_scatter(
        x=[point.n for point in known],
        y=values,
        name="Measured",
        mode="lines+markers",
        line={"color": TEAL, "width": 3},
        marker={"size": 8},
        error_y=_bounds(values, [point.auc.low for point in known], [point.auc.high for point in known]),
        hovertemplate="%{x:,} ratings<br>ROC AUC %{y:.2f}<extra></extra>",
    )
    everything = [*known, *ahead]
    if everything:
        figure.add_scatter(
            x=[min(p.n for p in everything), max(p.n for p in everything)],
            y=[0.5, 0.5],
            name=CHANCE,
            mode="lines",
            hoverinfo="skip",
            line={"color": GREY, "dash": "dot", "width": 1},
        )
    figure.update_xaxes(
        title="Ratings learned from", type="log", tickvals=[25, 50, 100, 200, 500, 1000, 2000, 5000, 20000]
    )
    figure.update_yaxes(title="ROC AUC", tickformat=".2f", zeroline=False)
    return plots.quiet(figure, 360)


def _bounds(values: list[float], lows: list[float | None], highs: list[float | None]) -> dict:
    return {
        "type": "data",
        "symmetric": False,
        "array": [(high if high is not None else value) - value for value, high in zip(values, highs, strict=True)],
        "arrayminus": [value - (low if low is not None else value) for value, low in zip(values, lows, strict=True)],
        "thickness": 1.5,
        "width": 4,
    }
