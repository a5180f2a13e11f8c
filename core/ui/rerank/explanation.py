"""Why an answer has its score, in words: only what the model really used, and answers that experts really rated."""

import streamlit as st

from core.domain.texts import plural
from core.reward.evaluation.explain import Kind, Reason
from core.services.reranking.explain import Explanation, RatedAnswer
from core.ui.report.format import ratio
from core.ui.shell.texts import literal, show_text, snippet

HARDLY, LITTLE, MUCH = 0.1, 0.5, 1.5
"""Log-odds from which a term counts at all, clearly, and strongly: 0.5 moves a score of .50 to .62, 1.5 to .82."""
EXCERPT = 400


def explain_score(explanation: Explanation, index: int) -> None:
    """Explain the score of one answer, folded."""
    found = explanation.answers[index]
    with st.expander("Why this score", icon=":material/help:", key=f"rerank.why.{index}"):
        st.markdown(
            "**Compared with the other answers**" if _compared(found.reasons) else "**Compared with rated answers**"
        )
        st.markdown("\n".join(f"- {sentence(reason)}" for reason in found.reasons))
        if found.windows > 1:
            st.caption(f"The answer is long, so it was read in {found.windows} pieces.")
        _nearest(explanation, found.nearest)


def sentence(reason: Reason) -> str:
    """One reason, with its figures."""
    return f"{_subject(reason)} {_effect(reason.added)}."


def _subject(reason: Reason) -> str:
    value, others = reason.value, reason.others
    if reason.kind is Kind.LENGTH and value is not None:
        beside = "" if others is None else f"; the others {others:,.0f} on average"
        return f"Its length ({plural(round(value), 'word')}{beside})"
    if reason.kind is Kind.WORDS and value is not None:
        beside = "" if others is None else f"; the others {ratio(others)} on average"
        return f"The words of the question that it uses ({ratio(value)}{beside})"
    if reason.kind is Kind.CLOSENESS:
        figures = (
            ""
            if value is None
            else f" (likeness {value:.2f}" + ("" if others is None else f"; the others {others:.2f} on average") + ")"
        )
        return f"How close its meaning is to the question{figures}"
    if reason.kind is Kind.DEEP:
        return "What the deep part, which was taught from the ratings, makes of it"
    if reason.kind is Kind.FORM:
        return "Its form (lists, numbers, links, careful words, questions asked back)"
    return "What it is about, which the model compares as a whole and which cannot be put in words,"


def _effect(added: float) -> str:
    size = abs(added)
    if size < HARDLY:
        return "made no difference to speak of"
    strength = "slightly" if size < LITTLE else "clearly" if size < MUCH else "strongly"
    return f"{'raised' if added > 0 else 'lowered'} its score {strength}"


def _compared(reasons: tuple[Reason, ...]) -> bool:
    return any(reason.others is not None for reason in reasons) or all(
        r.kind in (Kind.MEANING, Kind.FORM, Kind.DEEP) for r in reasons
    )


def _nearest(explanation: Explanation, nearest: tuple[RatedAnswer, ...]) -> None:
    if explanation.rated is None:
        st.caption("Which rated answers are nearest is not known for this version.")
        return
    if not explanation.rated:
        st.caption("Experts have rated no answers to questions like this one that are still there.")
        return
    st.markdown("**Rated answers to the questions most like this one**")
    st.caption(
        f"Experts rated {plural(explanation.rated, 'answer')} to these questions, {explanation.good:,} of them good."
    )
    for answer in nearest:
        text = answer.response
        with st.container(border=True, gap="xsmall"):
            st.caption(
                f"**Rated {answer.rating:g} of 5** · likeness to this answer {answer.likeness:.2f} · to the question "
                f"“{literal(snippet(answer.prompt, 160))}”"
            )
            show_text(text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + " …", key="rerank.nearest")
