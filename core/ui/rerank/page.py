"""The Rerank page: rank what is in its fields, and keep what came of it in this tab."""

from dataclasses import replace

import streamlit as st

from core.domain.guarantee.promise import PROMISES, Promise
from core.services.models import models
from core.services.reranking import examples, explain, reranking
from core.services.reranking.examples import Example
from core.ui.guarantee.words import choice
from core.ui.rerank.calling import call_from_code
from core.ui.rerank.fields import check_input, clear, fill, page_state
from core.ui.rerank.own_order import first_order, own_order
from core.ui.rerank.result import SHOWN, Ranked, show, two_versions
from core.ui.rerank.saved import keep_case, saved_cases
from core.ui.shell import errors
from core.ui.shell.page import Page
from core.ui.shell.texts import literal, snippet

IN_USE, NONE = "The model in use", "No other"


def run_row(page: Page, prompt: str, texts: tuple[str, ...]) -> None:
    """The buttons that rank, fill in an example and clear."""
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.button("Rank the answers", key="rerank.run", type="primary", icon=":material/format_list_numbered:")
        words = "Fill in another example" if page_state().shown else "Fill in an example"
        st.button(words, key="rerank.example", icon=":material/lightbulb:", on_click=_example, args=(page,))
        if prompt or texts:
            st.button("Clear", key="rerank.clear", icon=":material/close:", type="tertiary", on_click=clear)
    if not wanted:
        return
    try:
        check_input(prompt, texts)
        with st.spinner("Ranking … the first time the language model is loaded, which takes some seconds"):
            state = page_state()
            state.ranked = rank(page, prompt, texts)
            state.own = first_order(state.ranked)
    except Exception as error:  # noqa: BLE001  the boundary; the sentence belongs beside the button
        st.error(literal(errors.describe(error).sentence), icon=":material/error:")


def rank(page: Page, prompt: str, texts: tuple[str, ...]) -> Ranked:
    """Order the answers with the model that was chosen, and with a second one where that was asked for."""
    first, second = st.session_state.get("rerank.version"), st.session_state.get("rerank.version2")
    ranked = _rank_with(page, prompt, texts, None if first in (None, IN_USE) else str(first), source="page")
    if ranked.model_version is None or second in (None, NONE, ranked.model_version):
        return ranked
    return replace(ranked, beside=_rank_with(page, prompt, texts, str(second), source=None))


def _rank_with(page: Page, prompt: str, texts: tuple[str, ...], version: str | None, *, source: str | None) -> Ranked:
    workspace, abstain = page.workspace, bool(st.session_state.get("rerank.abstain"))
    found = reranking.rank(
        workspace,
        page.user,
        prompt,
        texts,
        model_version=version,
        source=source,
        abstain=abstain,
        guarantee=_promise(),
    )
    names = models.names(workspace, page.user)
    reason = found.reason
    for technical, name in names.items():
        reason = reason and reason.replace(technical, name)
    explanation = None
    if found.model_version is not None and source is not None:
        explanation = explain.explain(
            workspace, page.user, prompt, texts, only=found.order[:SHOWN], model_version=found.model_version
        )
    return Ranked(
        prompt,
        texts,
        found.order,
        found.scores,
        found.model_version,
        reason,
        no_champion=found.no_champion,
        sample=found.sample,
        name=names.get(found.model_version or "", found.model_version or ""),
        truncated=found.truncated,
        certainty=found.certainty,
        abstained=found.abstained,
        guarantee=found.guarantee,
        explanation=explanation,
    )


def saved(page: Page) -> None:
    """The cases that were saved, to start from."""
    saved_cases(page, fill)


def choices(page: Page) -> None:
    """Which model ranks, which one beside it, and when the answers stay in their order."""
    versions = [v for v in models.listed(page.workspace, page.user) if v.state in ("champion", "available", "archived")]
    if not versions:
        return
    with st.expander("More choices", icon=":material/tune:", key="rerank.choices"):
        names = {version.model_version: version.name for version in versions}
        if len(names) > 1:
            in_use = next((v.model_version for v in versions if v.state == "champion"), None)

            def label(choice: str) -> str:
                return f"{names.get(choice, choice)}{', in use' if choice == in_use else ''}"

            left, right = st.columns(2)
            first = left.selectbox(
                "Rank with", [IN_USE, *names], key="rerank.version", format_func=label, persist_state="session"
            )
            ranks = in_use if first == IN_USE else first
            others = [name for name in names if name != ranks]  # a model beside itself would show nothing
            right.selectbox(
                "Compare with", [NONE, *others], key="rerank.version2", format_func=label, persist_state="session"
            )
        st.toggle(
            "Keep my order where the model cannot tell",
            key="rerank.abstain",
            persist_state="session",
            help="Where the two best answers are too close to call, or the question is unlike those that experts rated "
            "answers to, the answers stay in the order in which you entered them.",
        )
        st.selectbox(
            "Only pick when a promise holds",
            [None, *PROMISES],
            key="rerank.promise",
            format_func=choice,
            persist_state="session",
            help="Of the answers that the model picks at most such a share is poor. Where it is not sure enough, or "
            "the promise is not proven, the answers stay in the order in which you entered them. Models says what can "
            "be promised.",
        )


def result(page: Page, prompt: str, texts: tuple[str, ...]) -> None:
    """Show the latest ranking; folded and marked outdated when the fields were changed since."""
    ranked = page_state().ranked
    if ranked is None:
        return
    if (ranked.prompt, ranked.texts) == (prompt, texts):
        st.subheader("Ranking", anchor=False)
        _whole(page, ranked)
        own_order(page, ranked, page_state().own)
        keep_case(page, ranked)
        return
    st.warning(
        "The question or the answers were changed after ranking. The ranking below belongs to the earlier text. "
        "Rank again to bring it up to date.",
        icon=":material/sync_problem:",
    )
    with st.expander("Outdated ranking, of the earlier text", icon=":material/history:", key="rerank.outdated"):
        st.caption(literal(f"For the question: {snippet(ranked.prompt, 200)}"))
        _whole(page, ranked)


def calling(page: Page, prompt: str, texts: tuple[str, ...]) -> None:
    """How a program has these answers ranked; with an example where the fields are not filled in."""
    if not prompt or len(texts) < 2:
        example = _examples(page)[0]
        prompt, texts = example.prompt, example.texts
    call_from_code(prompt, texts, _promise())


def _promise() -> Promise | None:
    chosen = st.session_state.get("rerank.promise")
    return chosen if isinstance(chosen, Promise) else None


def _whole(page: Page, ranked: Ranked) -> None:
    if ranked.beside is not None:
        two_versions(ranked, ranked.beside)
    show(page, ranked)


@errors.act
def _example(page: Page) -> None:
    state, found = page_state(), _examples(page)
    example = found[state.shown % len(found)]
    fill(example.prompt, example.texts)
    state.shown += 1


def _examples(page: Page) -> list[Example]:
    """The examples of this tab: looked for once."""
    state = page_state()
    if not state.examples:
        state.examples = examples.listed(page.workspace, page.user)
    return state.examples
