"""The model in use: its verdict and figures, since when and why; or why none is in use, and the next step."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.domain.roles import Act
from core.domain.verdicts.judgement import Tone
from core.services.models import models
from core.services.models.models import PromotionView, VersionView
from core.services.models.verdicts import VersionVerdict
from core.ui.models.changes import in_words
from core.ui.models.promote import roll_back
from core.ui.models.sample import sample_in_use
from core.ui.report.format import moment
from core.ui.report.summary import show_figures, show_verdict
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page, sample_badge
from core.ui.shell.texts import literal


def no_versions(page: Page) -> None:
    """The empty state, with the next step."""
    st.info("No model has been trained yet, so answers keep the order they came in.", icon=":material/inbox:")
    _to_training(page)


def damage(page: Page) -> None:
    """Say that the model in use cannot be loaded, and what ranks meanwhile."""
    found = models.trouble(page.workspace, page.user)
    if found is not None:
        st.error(literal(found), icon=":material/broken_image:")


def model_in_use(
    page: Page,
    versions: Sequence[VersionView],
    verdicts: Mapping[str, VersionVerdict],
    changes: Sequence[PromotionView],
    previous: str | None,
) -> None:
    """The model that ranks answers now, and the way back to the one before it, ``previous`` by its technical name."""
    version = next((version for version in versions if version.state == "champion"), None)
    if version is None:
        _none_in_use(page, versions, verdicts, changes)
        return
    verdict = verdicts[version.model_version]
    with st.container(key="models.champion", gap="small"):
        show_verdict(verdict, key="models.in_use")
        if version.sample and not sample_in_use(page, key="models.train_own"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                sample_badge()
                st.markdown("It learned from the sample: do not judge real answers with it.", width="content")
        show_figures(verdict, key="models.in_use")
        _next(verdict)
        change = next((change for change in changes if change.model_version == version.model_version), None)
        why, way_back = st.columns([7, 2.6], vertical_alignment="center")
        since = f"In use since {moment(change.at)}: {in_words(change)} " if change else ""
        learned = f"It learned from {version.n:,} rated answers to {version.prompts:,} questions."
        why.markdown(literal(since + learned))
        if page.may(Act.MODELS):
            back = next((version for version in versions if version.model_version == previous), None)
            if back is not None:
                with way_back, st.container(horizontal=True, horizontal_alignment="right"):
                    roll_back(page, back, verdicts[back.model_version], current=version.model_version, key="models")


def _next(verdict: VersionVerdict) -> None:
    """What to do with the model in use, or for a better one."""
    if verdict.tone is Tone.GOOD:
        next_step("Rank answers", "rerank", key="models.to_rerank")
    else:
        next_step("See what would help", "readiness", key="models.to_readiness")


def _none_in_use(
    page: Page,
    versions: Sequence[VersionView],
    verdicts: Mapping[str, VersionVerdict],
    changes: Sequence[PromotionView],
) -> None:
    """Why no model is in use: what the newest came to, or that one was taken out of use."""
    with st.container(key="models.champion", gap="small"):
        st.info("**No model is in use**, so answers keep the order they came in.", icon=":material/do_not_disturb_on:")
        usable = [version for version in versions if version.state == "available"]
        good = next((one for one in usable if verdicts[one.model_version].judgement.promoted), None)
        if changes and changes[0].action == "removed":
            st.markdown(literal(f"{moment(changes[0].at)}: {in_words(changes[0])}"))
        newest = good or next(iter(usable), None)
        if newest is not None:
            show_verdict(verdicts[newest.model_version], key="models.newest")
            show_figures(verdicts[newest.model_version], key="models.newest")
        if good is None:
            st.markdown(
                "Next: rate more answers, then train again. Readiness says which ratings are missing; a lead may also "
                "put a model in use below, with a reason."
            )
            _to_training(page)
        else:
            st.markdown(f"Next: a lead can put **{literal(good.name)}** in use, in its row below.")


def _to_training(page: Page) -> None:
    with st.container(horizontal=True):
        if page.may(Act.TRAIN):
            next_step("Train a model", "train", key="models.train")
        next_step("Check readiness", "readiness", key="models.readiness", primary=False)
