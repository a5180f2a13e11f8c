"""The trend of accuracy, ROC AUC and right order from training to training."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from core.domain.held_out import HELD_OUT_FROM
from core.domain.metrics import Metric
from core.services.models.models import OldTraining, VersionView
from core.ui.models.versions import STATES, shown_metrics
from core.ui.report.format import MEASURES, cell, ratio, recipe_name
from core.ui.report.plots import GREY, TEAL, VIOLET, error_bars, without_tools

SHOWN = ("accuracy", "roc_auc", "pairwise_accuracy")
MAX_TICKS = 3


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One training on the accuracy trend."""

    when: str
    metric: Metric
    """With a value."""
    about: tuple[str, ...]
    """Lines shown when the pointer is on it."""
    kind: str = "version"
    """``champion``, ``version``, ``sample`` or ``legacy``."""
    hollow: bool = False
    """Measured on ratings of its own, not on those that all share."""
    rated: int | None = None
    """Rated answers at that time."""


def trend_panel(versions: Sequence[VersionView], old: Sequence[OldTraining], thresholds: Sequence[int]) -> None:
    """Charts of accuracy, ROC AUC and right order of all trainings; those of the old application stand apart."""
    st.subheader("Over time", anchor=False)
    shown = [version for version in reversed(versions) if version.state != "archived"]
    with st.grid("auto", min_column_width=300):
        for name in SHOWN:
            with st.container(border=True):
                st.markdown(f"**{MEASURES[name].title}**", help=MEASURES[name].help)
                legacy = _legacy(old) if name == "accuracy" else []
                _chart([*legacy, *(point for version in shown if (point := _point(version, name)))], name, thresholds)
    st.caption(_how_to_read(shown, old))


def _how_to_read(shown: Sequence[VersionView], old: Sequence[OldTraining]) -> str:
    sentences = []
    if any(_kept_apart(version) for version in shown):
        sentences.append(
            "Filled marks are measured on the prompts that are kept apart: all on the same answers, so they can be "
            "compared. Hollow marks are cross-validated on the ratings of their own training."
        )
    elif shown:
        sentences.append(
            "Hollow marks are cross-validated, each on the ratings of its own training: a difference between two of "
            f"them may come from the ratings. From {HELD_OUT_FROM} rated answers on, a fifth of the prompts is kept "
            "apart, and all models are measured there."
        )
    if shown:
        sentences.append(
            "The bar shows how certain a figure is. Dotted lines mark the number of rated answers reached."
        )
    if old:
        unplaced = sum(row.accuracy is None for row in old)
        gone = f" {unplaced} of them noted no accuracy." if unplaced else ""
        sentences.append(
            f"Grey crosses are the {len(old):,} trainings of the earlier application. How it divided training from "
            f"testing is unknown, so its figures cannot be compared with the others.{gone}"
        )
    return " ".join(sentences)


def _chart(points: list[TrendPoint], name: str, thresholds: Sequence[int]) -> None:
    if not points:
        st.caption("No training here yet has this figure.")
        return
    measure = MEASURES[name]
    st.plotly_chart(
        trend_figure(points, name=measure.title, percent=measure.percent, thresholds=thresholds),
        key=f"models.trend.{name}",
        config={"displayModeBar": False},
        alt=f"{measure.title} of {len(points)} trainings, oldest first.",
    )


def _kept_apart(version: VersionView) -> bool:
    return shown_metrics(version)[0] is not version.metrics


def _point(version: VersionView, name: str) -> TrendPoint | None:
    metrics, basis = shown_metrics(version)
    metric = metrics.get(name)
    if metric is None or metric.value is None:
        return None
    kept_apart = _kept_apart(version)
    kind = "champion" if version.state == "champion" else "sample" if version.sample else "version"
    rated = version.n + int(version.lineage.get("held_out") or 0)
    about = (
        version.model_version + (" (sample)" if version.sample else ""),
        f"{MEASURES[name].title}: {cell(metric, percent=MEASURES[name].percent)}",
        f"{basis} rated answers" if kept_apart else f"{basis} on {version.n:,} rated answers",
        f"{recipe_name(version.recipe)}, learned from {version.n:,} rated answers, {version.prompts:,} prompts",
        STATES.get(version.state, version.state),
    )
    when = f"{version.created_at.astimezone():%d %b}<br>{rated:,} rated"
    return TrendPoint(
        when,
        metric,
        about,
        kind,
        hollow=not kept_apart and kind == "version",
        rated=rated,
    )


def _legacy(old: Sequence[OldTraining]) -> list[TrendPoint]:
    return [
        TrendPoint(
            f"{row.trained_at:%d %b<br>%Y}" if row.trained_at else "no date",
            Metric(row.accuracy / 100),
            (
                row.model_version,
                f"Accuracy: {ratio(row.accuracy, 100)}",
                f"{row.total_interactions or 0:,} interactions",
                "Legacy, split unknown: not comparable",
            ),
            "legacy",
        )
        for row in old
        if row.accuracy is not None
    ]


def trend_figure(
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
        group = [(at, point) for at, point in placed if (point.kind, point.hollow) == (kind, hollow)]
        if not group:
            continue
        figure.add_scatter(
            x=[at for at, _ in group],
            y=[p.metric.value for _, p in group],
            error_y=None if kind == "legacy" else error_bars([p.metric for _, p in group]),
            name=label,
            mode="markers",
            marker={
                "color": colour,
                "symbol": symbol,
                "size": 14 if kind == "champion" else 10,
                "line": {"width": 2, "color": colour},
            },
            text=["<br>".join(html.escape(line) for line in p.about) for _, p in group],
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
    lowest = min([0.5, *(v for p in points for v in (p.metric.low, p.metric.value) if v is not None)])
    figure.update_yaxes(
        title=name,
        tickformat=".0%" if percent else ".2f",
        range=[max(0.0, min(0.45, lowest - 0.05)), 1.01],
        zeroline=False,
    )
    return without_tools(figure, height)


def _reached(placed: Sequence[tuple[int, TrendPoint]], thresholds: Sequence[int]) -> dict[float, list[int]]:
    """Where a threshold was first reached: just before that training. The sample counts only where nothing else is."""
    counted = [(at, p) for at, p in placed if p.rated is not None and p.kind != "sample"] or placed
    lines: dict[float, list[int]] = {}
    for threshold in thresholds:
        first = next((at for at, point in counted if (point.rated or 0) >= threshold), None)
        if first is not None:
            lines.setdefault(first - 0.5, []).append(threshold)
    return lines
