"""The model in use, how accuracy moved, all versions, and changing the one in use."""

from collections.abc import Sequence
from itertools import chain

import streamlit as st

from core.domain.errors import BadInput
from core.services import models
from core.services.models import OldTraining, PromotionView, VersionView
from core.ui import figures, session
from core.ui.acting import actor
from core.ui.failures import act
from core.ui.figures import TrendPoint
from core.ui.measures import MEASURES, RANGE, cards, cell, moment, recipe_name
from core.ui.navigation import next_step
from core.ui.page import Page, sample_badge
from core.ui.texts import literal

STATES = {
    "champion": "In use",
    "available": "Available",
    "file missing": "Files missing",
    "file altered": "File altered",
}
SHOWN_CHANGES = 20


def nothing_yet() -> None:
    """The empty state, and the way out of it."""
    st.info("No model has been trained yet, so answers keep their original order.", icon=":material/inbox:")
    with st.container(horizontal=True):
        next_step("Train a model", "train", key="models.train")
        next_step("Check readiness", "readiness", key="models.readiness", primary=False)


def trouble(page: Page) -> None:
    """Say that the model in use cannot be loaded, and what ranks meanwhile."""
    found = models.trouble(page.workspace)
    if found is not None:
        st.error(literal(found), icon=":material/broken_image:")


def champion_card(versions: Sequence[VersionView], changes: Sequence[PromotionView]) -> None:
    """The model in use with its numbers."""
    champion = next((version for version in versions if version.state == "champion"), None)
    if champion is None:
        st.warning(
            "No model is in use: the ones that were trained are not clearly better than answer length alone. "
            "Answers keep their original order. Rate more answers and train again, or promote a version below.",
            icon=":material/do_not_disturb_on:",
        )
        with st.container(horizontal=True):
            next_step("Train a model", "train", key="models.train")
        return
    change = next((change for change in changes if change.model_version == champion.model_version), None)
    with st.container(border=True, key="models.champion", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge("In use", icon=":material/check_circle:", color="green")
            st.markdown(f"**{literal(champion.model_version)}**", width="content")
            if champion.sample:
                sample_badge()
        since = f" · in use since {moment(change.at)}" if change else ""
        st.caption(
            f"{recipe_name(champion.recipe)} · learned from {champion.n:,} rated answers to {champion.prompts:,} prompts"
            f" · trained {moment(champion.created_at)}{since}"
        )
        cards(champion.metrics, *MEASURES)
        st.caption(f"Measured on prompts that the model had not seen. {RANGE}")
    if champion.sample:
        st.info(
            "This model learned from the sample. It shows how Assay works, but do not judge real answers with it.",
            icon=":material/science:",
        )


def trend(versions: Sequence[VersionView], old: Sequence[OldTraining]) -> None:
    """Accuracy and ROC AUC of all trainings; those of the old application apart."""
    st.subheader("Over time", anchor=False)
    unplaced = sum(row.accuracy is None for row in old)
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True):
        st.markdown("**Accuracy**", help=MEASURES["accuracy"].help)
        _trend([*_legacy(old), *_ours(versions, "accuracy")], "accuracy")
    with right, st.container(border=True):
        st.markdown("**ROC AUC**", help=MEASURES["roc_auc"].help)
        _trend(_ours(versions, "roc_auc"), "roc_auc")
    if old:
        gone = f" {unplaced} of them noted no accuracy." if unplaced else ""
        st.caption(
            f"Grey crosses are the {len(old):,} trainings of the earlier application. How it divided training from "
            f"testing is unknown, so its figures cannot be compared with the others.{gone}"
        )


def versions_table(versions: Sequence[VersionView]) -> None:
    """All versions, newest first."""
    st.subheader("Versions", anchor=False)
    rows = [
        {
            "Version": literal(version.model_version),
            "State": STATES.get(version.state, version.state) + (", sample" if version.sample else ""),
            "Recipe": recipe_name(version.recipe),
            "Trained": moment(version.created_at),
            "Ratings": f"{version.n:,}",
        }
        | {
            MEASURES[name].title: cell(version.metrics.get(name), percent=MEASURES[name].percent)
            for name in ("accuracy", "roc_auc", "pairwise_accuracy")
        }
        for version in versions
    ]
    with st.container(key="models.table"):
        st.table(rows, border="horizontal", hide_index=True)


def change_model(page: Page, versions: Sequence[VersionView], changes: Sequence[PromotionView]) -> None:
    """Promote a version, or go back to the one before."""
    st.subheader("Change the model in use", anchor=False)
    others = [version for version in versions if version.state != "champion"]
    current = next((version.model_version for version in versions if version.state == "champion"), None)
    with st.container(border=True, key="models.change"):
        if not others:
            st.markdown("There is no other version to change to. Every finished training adds one.")
            return
        by_name = {version.model_version: version for version in others}
        name = st.selectbox("Version", list(by_name), key="models.version", format_func=lambda n: _label(by_name[n]))
        chosen = by_name[name]
        missing = chosen.state in ("file missing", "file altered")
        if missing:
            what = "are missing" if chosen.state == "file missing" else "were altered after its training"
            st.warning(
                f"The files of this version {what}, so it cannot be used. Restore them from a backup, or train again.",
                icon=":material/folder_off:",
            )
        previous = _previous(changes, current)
        back = by_name.get(previous or "")
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.popover("Promote", icon=":material/upgrade:", key="models.promote", disabled=missing):
                st.markdown(f"Put **{literal(name)}** in use? Rankings follow it within seconds.")
                if chosen.sample:
                    st.markdown("It learned from the sample, not from your ratings.")
                st.text_input(
                    "Why? (kept in the record)", key="models.reason", max_chars=500,
                    placeholder="For example: better on cardiology questions",
                )  # fmt: skip
                st.button(
                    "Yes, put it in use", key="models.promote_yes", type="primary", on_click=_promote,
                    args=(page, current or ""),
                )  # fmt: skip
            with st.popover(
                "Roll back",
                icon=":material/undo:",
                key="models.rollback",
                disabled=back is None or back.state != "available",
            ):
                st.markdown(f"Go back to **{literal(previous or '')}**, the model that was in use before?")
                st.button(
                    "Yes, go back", key="models.rollback_yes", type="primary", on_click=_roll_back,
                    args=(page, current or ""),
                )  # fmt: skip
            if back is None:
                st.caption("There is no earlier model in use to go back to.", width="content")
            elif back.state != "available":
                st.caption("The files of the model that was in use before are missing.", width="content")


def log(changes: Sequence[PromotionView]) -> None:
    """Who changed the model in use, when and why."""
    st.subheader("Changes of the model in use", anchor=False)
    for change in changes[:SHOWN_CHANGES]:
        st.markdown(f"**{moment(change.at)}** · {literal(_in_words(change))}  \n{_why(change)}")
    if len(changes) > SHOWN_CHANGES:
        st.caption(f"Only the latest {SHOWN_CHANGES} of {len(changes):,} changes are shown.")


def _trend(points: list[TrendPoint], name: str) -> None:
    if not points:
        st.caption("No training here yet has this figure.")
        return
    measure = MEASURES[name]
    st.plotly_chart(
        figures.trend(points, name=measure.title, percent=measure.percent), key=f"models.trend.{name}",
        config={"displayModeBar": False}, alt=f"{measure.title} of {len(points)} trainings, oldest first.",
    )  # fmt: skip


def _ours(versions: Sequence[VersionView], name: str) -> list[TrendPoint]:
    points = []
    for version in reversed(versions):
        metric = version.metrics.get(name)
        if metric is None or metric.value is None:
            continue
        kind = "champion" if version.state == "champion" else "sample" if version.sample else "version"
        about = (
            version.model_version + (" (sample)" if version.sample else ""),
            f"{MEASURES[name].title}: {cell(metric, percent=MEASURES[name].percent)}",
            f"{recipe_name(version.recipe)}, {version.n:,} rated answers, {version.prompts:,} prompts",
            STATES.get(version.state, version.state),
        )
        when = f"{version.created_at.astimezone():%d %b<br>%H:%M}"
        points.append(TrendPoint(when, metric.value, metric.low, metric.high, about, kind))
    return points


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


def _previous(changes: Sequence[PromotionView], current: str | None) -> str | None:
    latest = next((change for change in changes if change.model_version == current), None) if current else None
    return latest.previous if latest else None


def _label(version: VersionView) -> str:
    parts = [
        version.model_version,
        recipe_name(version.recipe),
        f"AUC {cell(version.metrics.get('roc_auc'), percent=False)}",
    ]
    return " · ".join(chain(parts, [version.state] if version.state.startswith("file") else []))


def _in_words(change: PromotionView) -> str:
    new, old = change.model_version or "no model", change.previous
    match change.action:
        case "automatic":
            return f"{new} came into use after its training" + (f", in place of {old}." if old else ".")
        case "promote":
            return f"{change.by} put {new} in use" + (f", in place of {old}." if old else ".")
        case "rollback":
            return f"{change.by} went back to {new}" + (f" from {old}." if old else ".")
        case _:
            return f"{old or new} was taken out of use; no model is in use since." if old else "No model is in use."


def _why(change: PromotionView) -> str:
    plain = {f"Promoted by {change.by}.", f"Rolled back by {change.by}."}
    return ":gray[No reason was noted.]" if not change.reason or change.reason in plain else literal(change.reason)


@act
def _promote(page: Page, instead_of: str) -> None:
    user = actor(page)
    name = st.session_state.get("models.version")
    if user is None:
        return
    if not name:
        raise BadInput("Choose a version first.")
    reason = str(st.session_state.get("models.reason") or "").strip()
    models.promote(page.workspace, user, name, reason=reason, instead_of=instead_of)
    st.session_state.pop("models.reason", None)
    session.toast(f"{name} is in use now.")


@act
def _roll_back(page: Page, instead_of: str) -> None:
    user = actor(page)
    if user is not None:
        session.toast(f"{models.rollback(page.workspace, user, instead_of=instead_of)} is in use again.")
