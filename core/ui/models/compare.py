"""Two versions on the same answers: numbers, a sentence, and the answers that divide them."""

from collections.abc import Sequence

import streamlit as st

from core.domain.metrics import Metric
from core.services.models import compare
from core.services.models.compare import Comparison, Disagreement, ScoresFrom
from core.services.models.models import VersionView
from core.ui.models.history import ticking
from core.ui.report.format import MEASURES, RANGE, cell
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.page import Page
from core.ui.shell.texts import literal, show_text, snippet

TICKED = 2
"""So many versions are compared at a time."""


def compare_panel(page: Page, versions: Sequence[VersionView]) -> None:
    """Compare the two versions that are ticked; what came of it stays while they are."""
    usable = [version for version in versions if version.state in ("champion", "available")]
    if len(usable) < TICKED:
        return
    ticked = [version for version in usable if st.session_state.get(ticking(version))]
    with st.container(key="models.compare"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Compare the two ticked" if len(ticked) == TICKED else "Compare two",
                key="models.compare_go",
                icon=":material/compare_arrows:",
                disabled=len(ticked) != TICKED,
                on_click=_compare,
                args=(page, *(version.model_version for version in reversed(ticked[:TICKED]))),
            )
            if len(ticked) != TICKED:
                one_less = "Only two can be compared: untick the others."
                st.caption(one_less if len(ticked) > TICKED else "Tick two models above first.", width="content")
        found = st.session_state.get(session.COMPARISON)
        if found is not None and set(found.versions) == {version.model_version for version in ticked}:
            _show(found)


def _show(found: Comparison) -> None:
    st.info(literal(found.sentence), icon=":material/balance:")
    known = [name for name in (found.measure, "accuracy") if any(_is_known(one.get(name)) for one in found.metrics)]
    rows = [
        {"Model": literal(name)}
        | {MEASURES[measure].title: cell(metrics.get(measure), percent=MEASURES[measure].percent) for measure in known}
        for name, metrics in zip(found.names, found.metrics, strict=True)
    ]
    with st.container(key="models.compared"):
        st.table(rows, border="horizontal", hide_index=True)
    how = (
        "Neither model learned from these questions."
        if found.scores_from is ScoresFrom.UNSEEN
        else "Each answer was scored by a model that had not seen its question, because there are too few questions "
        "that neither learned from. All such scores of an answer are joined to one here, so a figure may be a point or "
        "two off the one of the training."
    )
    st.caption(f"Both on the same {found.n:,} rated answers to {found.questions:,} questions. {how} {RANGE}")
    if found.disagreements:
        with st.expander(
            f"Where they disagree most ({len(found.disagreements)} answers)",
            icon=":material/alt_route:",
            key="models.disagreements",
        ):
            for answer in found.disagreements:
                _answer(found, answer)


def _is_known(metric: Metric | None) -> bool:
    return metric is not None and metric.value is not None


def _answer(found: Comparison, answer: Disagreement) -> None:
    with st.container(border=True, key=f"models.disagreement.{answer.interaction_id}", gap="xsmall"):
        told = " · ".join(f"{name}: {score:.2f}" for name, score in zip(found.names, answer.scores, strict=True))
        st.markdown(f"Experts rated it **{answer.rating:g}**. {literal(told)}")
        st.caption(literal(snippet(answer.prompt, 200)))
        show_text(answer.response, key=f"models.answer.{answer.interaction_id}", name=f"answer-{answer.interaction_id}")


@act
def _compare(page: Page, first: str, second: str) -> None:
    st.session_state.pop(session.COMPARISON, None)
    st.session_state[session.COMPARISON] = compare.compare(page.workspace, page.user, first, second)
