"""How the figures moved from training to training, on ground that stays the same."""

from collections.abc import Sequence

import streamlit as st

from core.domain.held_out import HELD_OUT_FROM
from core.services.models.models import OldTraining, VersionView
from core.ui.models.versions import STATES, shown_metrics
from core.ui.report import plots
from core.ui.report.format import MEASURES, cell, recipe_name
from core.ui.report.plots import TrendPoint

SHOWN = ("accuracy", "roc_auc", "pairwise_accuracy")


def trend(versions: Sequence[VersionView], old: Sequence[OldTraining], thresholds: Sequence[int]) -> None:
    """Accuracy, ROC AUC and right order of all trainings; accuracy of the old application's ones apart."""
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
        plots.trend(points, name=measure.title, percent=measure.percent, thresholds=thresholds),
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
        metric.value,
        metric.low,
        metric.high,
        about,
        kind,
        hollow=not kept_apart and kind == "version",
        rated=rated,
    )


def _legacy(old: Sequence[OldTraining]) -> list[TrendPoint]:
    return [
        TrendPoint(
            f"{row.trained_at:%d %b<br>%Y}" if row.trained_at else "no date",
            row.accuracy / 100,
            None,
            None,
            (
                row.model_version,
                f"Accuracy: {row.accuracy:.0f} %",
                f"{row.total_interactions or 0:,} interactions",
                "Legacy, split unknown: not comparable",
            ),
            "legacy",
        )
        for row in old
        if row.accuracy is not None
    ]
