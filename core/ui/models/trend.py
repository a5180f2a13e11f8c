"""How right order and accuracy moved from training to training: own data and the sample never on one axis."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from core.domain.held_out import HELD_OUT_FROM
from core.domain.metrics import Metric
from core.domain.verdicts.figures import Basis
from core.services.models.models import OldTraining, VersionView
from core.services.models.verdicts import VersionVerdict
from core.ui.models.history import STATES
from core.ui.report.format import MEASURES, cell, ratio
from core.ui.report.plots import GREY, TEAL, VIOLET, error_bars, without_tools

ORDER = "pairwise_accuracy"
SHOWN = (ORDER, "accuracy")
OWN, SAMPLE = "Your ratings", "The sample"
MAX_TICKS = 3
COMPARABLE = 2
"""From so many trainings on there is something to see."""


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One measurement of one training on the trend."""

    when: str
    metric: Metric
    """With a value."""
    about: tuple[str, ...]
    """Lines shown when the pointer is on it."""
    kind: str = "version"
    """``version``, ``again`` (measured once more, on the questions kept apart) or ``legacy``."""
    in_use: bool = False
    place: int = 0
    """Number of the training, oldest first; points of one training stand above each other."""
    rated: int | None = None
    """Rated answers at that time."""


def trend_panel(
    versions: Sequence[VersionView],
    verdicts: Mapping[str, VersionVerdict],
    old: Sequence[OldTraining],
    thresholds: Sequence[int],
) -> None:
    """Charts of right order and accuracy of all trainings; those of the old application stand apart."""
    st.subheader("Over time", anchor=False)
    shown = [version for version in reversed(versions) if version.state != "archived"]
    if len(shown) < COMPARABLE and not old:
        st.caption("From the second model on, this shows how right order and accuracy moved.")
        return
    own, sample = ([version for version in shown if version.sample is which] for which in (False, True))
    if sample and (own or old):
        chosen = st.segmented_control(
            "Learned from",
            [OWN, SAMPLE],
            default=OWN,
            key="models.trend_data",
            label_visibility="collapsed",
            required=True,
        )
        own, old = (own, old) if chosen != SAMPLE else (sample, [])
    elif sample:
        own = sample
    with st.grid("auto", min_column_width=420):
        for name in SHOWN:
            with st.container(border=True):
                st.markdown(f"**{MEASURES[name].title}**", help=MEASURES[name].help)
                legacy = _legacy(old) if name == "accuracy" else []
                _chart([*legacy, *_points(own, verdicts, name)], name, thresholds)
    st.caption(_how_to_read(own, old))


def _how_to_read(shown: Sequence[VersionView], old: Sequence[OldTraining]) -> str:
    sentences = []
    again = [version.held_out for version in shown if version.held_out is not None and version.held_out.n]
    if again:
        last = max(again, key=lambda measured: measured.measured_at)
        sentences.append(
            f"Full marks can be compared: all were measured on the same {last.n:,} answers to {last.prompts:,} "
            f"questions that no model learns from, last on {last.measured_at.astimezone():%d %b %Y}."
        )
    elif shown and not shown[-1].sample:
        sentences.append(
            f"From {HELD_OUT_FROM} rated answers on, a fifth of the questions is kept apart, and all models are "
            "measured there."
        )
    if shown:
        sentences.append(
            "Rings show what a model came to at its training, on the ratings of that day: a difference between two of "
            "them may come from the ratings."
        )
    if shown:
        sentences.append("A star is the model in use. The bar shows how far chance may have moved a figure.")
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
        trend_figure(points, percent=measure.percent, thresholds=thresholds),
        key=f"models.trend.{name}",
        config={"displayModeBar": False},
        alt=f"{measure.title} of {len({point.place for point in points})} trainings, oldest first.",
    )


def _points(versions: Sequence[VersionView], verdicts: Mapping[str, VersionVerdict], name: str) -> list[TrendPoint]:
    """Each training as it was measured then, and as it was measured again on the questions that are kept apart.

    Where both came to the same there is one point.
    """
    found = []
    for place, version in enumerate(versions):
        then = _at_training(version, verdicts[version.model_version], name, place)
        again = _again(version, name, place)
        if then is not None and (again is None or again.metric != then.metric):
            found.append(then)
        if again is not None:
            found.append(again)
    return found


def _at_training(version: VersionView, verdict: VersionVerdict, name: str, place: int) -> TrendPoint | None:
    figures = verdict.figures
    kept_apart = figures.basis is Basis.KEPT_APART
    metric = figures.right_order if name == ORDER else figures.accuracy
    if name == ORDER and figures.measure != ORDER:
        if kept_apart:
            return None
        metric = version.metrics.get(ORDER, Metric(None))  # not in the verdict: an earlier release, or few comparisons
    on = "kept-apart answers" if kept_apart else "answers (cross-validated)"
    return _point(version, name, metric, f"Measured at its training on {figures.answers:,} {on}", "version", place)


def _again(version: VersionView, name: str, place: int) -> TrendPoint | None:
    measured = version.held_out
    if measured is None or name not in measured.metrics:
        return None
    on = f"Measured on {measured.measured_at.astimezone():%d %b %Y} on {measured.n:,} kept-apart answers"
    return _point(version, name, measured.metrics[name], on, "again", place)


def _point(version: VersionView, name: str, metric: Metric, on: str, kind: str, place: int) -> TrendPoint | None:
    if metric.value is None:
        return None
    rated = version.n + int(version.lineage.get("held_out") or 0)
    about = (
        version.name + (" (sample)" if version.sample else ""),
        f"{MEASURES[name].title}: {cell(metric, percent=MEASURES[name].percent)}",
        on,
        f"Learned from {version.n:,} rated answers to {version.prompts:,} questions",
        STATES[version.state],
    )
    return TrendPoint(
        f"{version.name.replace(', ', '<br>', 1)}<br>{rated:,} rated",
        metric,
        about,
        kind,
        in_use=version.state == "champion",
        place=place,
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
            place=place,
        )
        for place, row in enumerate(old)
        if row.accuracy is not None
    ]


def trend_figure(
    points: Sequence[TrendPoint], *, percent: bool, thresholds: Sequence[int] = (), height: int = 260
) -> go.Figure:
    """One number over all trainings, oldest first; trainings of the old application stand apart on the left.

    A dotted line stands before the first training that had as many rated answers as a threshold.
    """
    legacy = [point for point in points if point.kind == "legacy"]
    ours = [point for point in points if point.kind != "legacy"]
    gap = 1 if legacy and ours else 0
    after = 1 + max((point.place for point in legacy), default=-1) + gap
    placed = [(point.place + (0 if point.kind == "legacy" else after), point) for point in points]
    figure = go.Figure()
    again = any(point.kind == "again" for point in ours)
    kinds = {
        ("version", False): ("At its training", VIOLET if again else TEAL, "circle-open"),
        ("version", True): ("In use, at its training", VIOLET if again else TEAL, "star-open"),
        ("again", False): ("On the same questions", TEAL, "circle"),
        ("again", True): ("In use", TEAL, "star"),
        ("legacy", False): ("Legacy, split unknown", GREY, "x-thin-open"),
    }
    for (kind, in_use), (label, colour, symbol) in kinds.items():
        group = [(at, point) for at, point in placed if (point.kind, point.in_use) == (kind, in_use)]
        if not group:
            continue
        aside = 0.12 if kind == "again" else 0
        figure.add_scatter(
            x=[at + aside for at, _ in group],
            y=[p.metric.value for _, p in group],
            error_y=None if kind == "legacy" else error_bars([p.metric for _, p in group]),
            name=label,
            mode="markers",
            marker={
                "color": colour,
                "symbol": symbol,
                "size": 14 if in_use else 10,
                "line": {"width": 2, "color": colour},
            },
            text=["<br>".join(html.escape(line) for line in p.about) for _, p in group],
            hovertemplate="%{text}<extra></extra>",
        )
    if gap:
        figure.add_vline(x=after - 1, line={"color": GREY, "dash": "dot", "width": 1})
    for at, reached in _reached(placed, thresholds).items():
        figure.add_vline(
            x=at,
            line={"color": GREY, "dash": "dot", "width": 1},
            annotation_text=f"{', '.join(map(str, reached))} rated",
            annotation_position="top right",
            annotation_font_size=11,
        )
    labels = {at: point.when for at, point in placed}
    ticks = sorted(labels)[:: max(1, -(-len(labels) // MAX_TICKS))]
    last = max(labels, default=0)
    figure.update_xaxes(
        tickvals=ticks,
        ticktext=[labels[at] for at in ticks],
        range=[-0.6, last + 0.6],
        showgrid=False,
        zeroline=False,
        tickangle=0,
    )
    lowest = min([0.5, *(v for p in points for v in (p.metric.low, p.metric.value) if v is not None)])
    figure.update_yaxes(
        tickformat=".0%" if percent else ".2f",
        range=[max(0.0, min(0.45, lowest - 0.05)), 1.01],
        zeroline=False,
    )
    return without_tools(figure, height)


def _reached(placed: Sequence[tuple[int, TrendPoint]], thresholds: Sequence[int]) -> dict[float, list[int]]:
    """Where a threshold was reached between two trainings: just before the later one."""
    lines: dict[float, list[int]] = {}
    for threshold in thresholds:
        first = next((at for at, point in placed if (point.rated or 0) >= threshold), None)
        if first is not None and first > min(at for at, _ in placed):
            lines.setdefault(first - 0.5, []).append(threshold)
    return lines
