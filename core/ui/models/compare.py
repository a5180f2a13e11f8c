"""Two versions on the same answers: numbers, a sentence, and the answers that divide them."""

from collections.abc import Sequence

import streamlit as st

from core.services.models import compare
from core.services.models.compare import Basis, Comparison, Disagreement
from core.services.models.models import VersionView
from core.ui.report.format import MEASURES, RANGE, cell
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.page import Page
from core.ui.shell.texts import literal, show_text, snippet

BASES = {
    Basis.UNSEEN: "on prompts that neither was trained on",
    Basis.OUT_OF_FOLD: "by their cross-validation: each answer was scored by a model fitted without its prompt, "
    "because there are too few prompts that neither version was trained on",
}


def compare_panel(page: Page, versions: Sequence[VersionView]) -> None:
    """Choose two versions and compare them; what came of it stays until another comparison."""
    names = [version.model_version for version in versions if not version.state.startswith("file")]
    if len(names) < 2:
        return
    in_use = next((version.model_version for version in versions if version.state == "champion"), names[0])
    st.subheader("Compare two versions", anchor=False)
    with st.container(border=True, key="models.compare"):
        left, right = st.columns(2)
        first = left.selectbox("This version", names, index=names.index(in_use), key="models.first")
        others = [name for name in names if name != first]
        second = right.selectbox("With this one", others, key="models.second")
        st.button(
            "Compare",
            key="models.compare_go",
            icon=":material/compare_arrows:",
            on_click=_compare,
            args=(page, str(first), str(second)),
        )
        found = st.session_state.get(session.COMPARISON)
        if found is not None:
            _show(found)


def _show(found: Comparison) -> None:
    st.info(literal(found.verdict), icon=":material/balance:")
    rows = [
        {"Version": literal(name)}
        | {
            MEASURES[measure].title: cell(metrics.get(measure), percent=MEASURES[measure].percent)
            for measure in ("accuracy", "roc_auc", "pairwise_accuracy")
        }
        for name, metrics in zip(found.names, found.metrics, strict=True)
    ]
    with st.container(key="models.compared"):
        st.table(rows, border="horizontal", hide_index=True)
    st.caption(
        f"Both on the same {found.n:,} rated answers to {found.prompts:,} prompts, {BASES[found.basis]}. {RANGE}"
    )
    if found.disagreements:
        with st.expander(
            f"Where they disagree most ({len(found.disagreements)} answers)",
            icon=":material/alt_route:",
            key="models.disagreements",
        ):
            for answer in found.disagreements:
                _answer(found, answer)


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
