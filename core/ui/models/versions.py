"""The model in use, all versions, and who changed the one in use."""

from collections.abc import Sequence

import streamlit as st

from core.domain.metrics import Metric
from core.services.models import models
from core.services.models.models import OldTraining, PromotionView, VersionView
from core.ui.models.sample import sample_in_use
from core.ui.report.format import MEASURES, RANGE, cards, cell, moment, ratio, recipe_name
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page, sample_badge
from core.ui.shell.texts import literal

STATES = {
    "champion": "In use",
    "available": "Available",
    "archived": "Archived",
    "file missing": "Files missing",
    "file altered": "File altered",
}
SHOWN_CHANGES = 20


def no_versions() -> None:
    """The empty state, with the next step."""
    st.info("No model has been trained yet, so answers keep their original order.", icon=":material/inbox:")
    with st.container(horizontal=True):
        next_step("Train a model", "train", key="models.train")
        next_step("Check readiness", "readiness", key="models.readiness", primary=False)


def champion_problem(page: Page) -> None:
    """Say that the model in use cannot be loaded, and what ranks meanwhile."""
    found = models.trouble(page.workspace, page.user)
    if found is not None:
        st.error(literal(found), icon=":material/broken_image:")


def champion_card(page: Page, versions: Sequence[VersionView], changes: Sequence[PromotionView]) -> None:
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
            f"{recipe_name(champion.recipe)} · learned from {champion.n:,} rated answers to {champion.prompts:,} "
            f"prompts · trained {moment(champion.created_at)}{since}"
        )
        measured = champion.held_out
        if measured is not None and measured.n:
            cards(measured.metrics, *MEASURES)
            st.caption(
                f"Measured on {measured.n:,} rated answers to {measured.prompts:,} prompts that are kept apart: no "
                f"model learns from them. {RANGE}"
            )
        else:
            cards(champion.metrics, *MEASURES)
            st.caption(f"Measured on prompts that the model had not seen. {RANGE}")
    if champion.sample and not sample_in_use(page, key="models.train_own"):
        st.info(
            "This model learned from the sample. It shows how Assay works, but do not judge real answers with it.",
            icon=":material/science:",
        )


def versions_table(versions: Sequence[VersionView], old: Sequence[OldTraining]) -> None:
    """All versions, newest first; archived ones and trainings of the earlier application folded away."""
    st.subheader("Versions", anchor=False)
    current = [version for version in versions if version.state != "archived"]
    with st.container(key="models.table"):
        st.table([_row(version) for version in current], border="horizontal", hide_index=True)
    st.caption(
        "Kept apart: measured on prompts that no model learns from. Cross-validated: each answer was scored by a model "
        "fitted without its prompt; such figures come from different ratings and are not compared with each other."
    )
    archived = [version for version in versions if version.state == "archived"]
    if archived:
        with st.expander(f"Archived ({len(archived)})", icon=":material/archive:", key="models.archived"):
            st.table([_row(version) for version in archived], border="horizontal", hide_index=True)
    if old:
        legacy_trainings(old)


def legacy_trainings(old: Sequence[OldTraining]) -> None:
    """What the earlier application trained, newest first, with what is not known about it."""
    with st.expander(f"Earlier application ({len(old)})", icon=":material/history:", key="models.legacy"):
        rows = [
            {
                "Version": literal(row.model_version),
                "State": "legacy, split unknown",
                "Trained": moment(row.trained_at) if row.trained_at else "no date",
                "Interactions": "–" if row.total_interactions is None else f"{row.total_interactions:,}",
                "Accuracy": "not noted" if row.accuracy is None else ratio(row.accuracy, 100),
            }
            for row in reversed(old)
        ]
        st.table(rows, border="horizontal", hide_index=True)
        st.caption(
            "How these divided training from testing is unknown, so their accuracy cannot be compared with the others. "
            "Assay cannot load these models: train again."
        )


def _row(version: VersionView) -> dict[str, str]:
    metrics, basis = shown_metrics(version)
    return {
        "Version": literal(version.model_version),
        "State": STATES.get(version.state, version.state) + (", sample" if version.sample else ""),
        "Recipe": recipe_name(version.recipe),
        "Trained": moment(version.created_at),
        "Ratings": f"{version.n:,}",
        "Measured": basis,
    } | {
        MEASURES[name].title: cell(metrics.get(name), percent=MEASURES[name].percent)
        for name in ("accuracy", "roc_auc", "pairwise_accuracy")
    }


def shown_metrics(version: VersionView) -> tuple[dict[str, Metric], str]:
    """The figures of a version that stand beside those of others, and on what they were measured."""
    measured = version.held_out
    if measured is not None and measured.metrics["roc_auc"].value is not None:
        return measured.metrics, f"Kept apart, {measured.n:,}"
    return version.metrics, "Cross-validated"


def promotion_log(changes: Sequence[PromotionView]) -> None:
    """Who changed the model in use, when and why."""
    st.subheader("Changes of the model in use", anchor=False)
    for change in changes[:SHOWN_CHANGES]:
        st.markdown(f"**{moment(change.at)}** · {literal(_in_words(change))}  \n{_why(change)}")
    if len(changes) > SHOWN_CHANGES:
        st.caption(f"Only the latest {SHOWN_CHANGES} of {len(changes):,} changes are shown.")


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
    plain = {f"Promoted by {change.by}.", f"Rolled back by {change.by}.", "Rolled back."}
    return ":gray[No reason was noted.]" if not change.reason or change.reason in plain else literal(change.reason)
