"""The Rerank page: read prompt and answers, rank them, and keep what came of it in this tab."""

from dataclasses import dataclass, field, replace

import streamlit as st

from core.domain.errors import BadInput
from core.labeling.candidates import Pasted, paste, understand
from core.services.models import models
from core.services.reranking import explain, reranking
from core.ui.rerank.examples import EXAMPLES
from core.ui.rerank.result import SHOWN, Ranked, show, two_versions
from core.ui.rerank.saved import keep_case, own_order, saved_cases
from core.ui.shell import session
from core.ui.shell.errors import describe
from core.ui.shell.page import Page
from core.ui.shell.texts import literal, snippet

MAX_CANDIDATES = 1_000
MAX_BYTES = 1_000_000
MAX_BOXES = 30
"""More boxes than this are slow to draw, and nobody edits them one by one."""
IN_USE, NONE = "The model in use", "No other"


@dataclass
class RerankPageState:
    """What one browser tab has on the Rerank page beside the contents of its text fields."""

    boxes: list[int] = field(default_factory=lambda: [0, 1, 2])
    following: int = 3
    ranked: Ranked | None = None
    rankings: int = 0
    examples: int = 0
    """How many were filled in: each time it is another one."""

    def add(self) -> int:
        """A new box; its number."""
        self.boxes.append(self.following)
        self.following += 1
        return self.boxes[-1]


def page_state() -> RerankPageState:
    """The state of the Rerank page in this browser tab."""
    return st.session_state.setdefault(session.RERANK_PAGE, RerankPageState())


def inputs() -> tuple[str, tuple[str, ...]]:
    """Draw the fields; the prompt and the candidates that are in them."""
    st.text_area(
        "Prompt",
        key="rerank.prompt",
        height=100,
        persist_state="session",
        placeholder="The question that the answers are for",
    )
    many = not st.session_state.get("rerank.boxes") and _pasted_count() > MAX_BOXES
    boxes = st.toggle(
        "One box per answer",
        key="rerank.boxes",
        persist_state="session",
        on_change=_turn,
        disabled=many,
        help=f"For up to {MAX_BOXES} answers." if many else None,
    )
    if boxes:
        texts = _boxes(page_state())
    else:
        pasted = st.text_area(
            "Answers",
            key="rerank.candidates",
            height=260,
            persist_state="session",
            placeholder="First answer\n---\nSecond answer\n---\nThird answer\n\nA numbered list, a JSON list and JSON "
            "lines are understood too.",
        )
        found = understand(pasted or "")
        _say_what_was_understood(found)
        texts = found.texts
    return (st.session_state.get("rerank.prompt") or "").strip(), texts


def run_row(page: Page, prompt: str, texts: tuple[str, ...]) -> None:
    """The button that ranks, and the example."""
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.button("Rank the answers", key="rerank.run", type="primary", icon=":material/format_list_numbered:")
        words = "Fill in another example" if page_state().examples else "Fill in an example"
        st.button(words, key="rerank.example", icon=":material/lightbulb:", on_click=_example)
        if prompt or texts:
            st.button("Clear", key="rerank.clear", icon=":material/close:", type="tertiary", on_click=_clear)
    if not wanted:
        return
    try:
        check_input(prompt, texts)
        with st.spinner("Ranking … the first time the language model is loaded, which takes some seconds"):
            page_state().ranked = rank(page, prompt, texts)
            page_state().rankings += 1
    except Exception as error:  # noqa: BLE001  the boundary; the sentence belongs beside the button
        st.error(literal(describe(error).sentence), icon=":material/error:")


def check_input(prompt: str, texts: tuple[str, ...]) -> None:
    """What can be ranked.

    Raises:
        BadInput: the prompt is empty, or there are too few answers, too many, or too much text.
    """
    if not prompt:
        raise BadInput("The prompt is empty. Type or paste the question that the answers are for.")
    if len(texts) < 2:
        raise BadInput("Ranking needs at least two answers. Put a line with --- between them, or use one box for each.")
    if len(texts) > MAX_CANDIDATES:
        raise BadInput(
            f"These are {len(texts):,} answers; this page ranks up to {MAX_CANDIDATES:,}. Take some away, or use the "
            "command line: python -m core rerank."
        )
    size = len(prompt.encode()) + sum(len(text.encode()) for text in texts)
    if size > MAX_BYTES:
        raise BadInput(
            f"This is {size / 1e6:.1f} MB of text; this page takes up to 1 MB. Take some away, or use the command "
            "line: python -m core rerank."
        )


def rank(page: Page, prompt: str, texts: tuple[str, ...]) -> Ranked:
    """Order the answers with the version that was chosen, and with a second one where that was asked for."""
    first, second = st.session_state.get("rerank.version"), st.session_state.get("rerank.version2")
    ranked = _rank_with(page, prompt, texts, None if first in (None, IN_USE) else str(first), source="page")
    if ranked.model_version is None or second in (None, NONE, ranked.model_version):
        return ranked
    return replace(ranked, beside=_rank_with(page, prompt, texts, str(second), source=None))


def _rank_with(page: Page, prompt: str, texts: tuple[str, ...], version: str | None, *, source: str | None) -> Ranked:
    workspace, abstain = page.workspace, bool(st.session_state.get("rerank.abstain"))
    found = reranking.rank(workspace, page.user, prompt, texts, model_version=version, source=source, abstain=abstain)
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
        found.reason,
        no_champion=found.no_champion,
        sample=found.sample,
        truncated=found.truncated,
        certainty=found.certainty,
        abstained=found.abstained,
        explanation=explanation,
    )


def saved(page: Page) -> None:
    """The cases that were saved, to start from."""
    saved_cases(page, _fill)


def choices(page: Page) -> None:
    """Which version ranks, which one beside it, and what to do where the model cannot tell."""
    versions = [v for v in models.listed(page.workspace, page.user) if v.state in ("champion", "available", "archived")]
    if not versions:
        return
    with st.expander("More choices", icon=":material/tune:", key="rerank.choices"):
        names = [version.model_version for version in versions]
        if len(names) > 1:
            left, right = st.columns(2)
            first = left.selectbox("Rank with", [IN_USE, *names], key="rerank.version", persist_state="session")
            ranks = (
                next((v.model_version for v in versions if v.state == "champion"), None) if first == IN_USE else first
            )
            others = [name for name in names if name != ranks]  # a version beside itself would show nothing
            right.selectbox("Compare with", [NONE, *others], key="rerank.version2", persist_state="session")
        st.toggle(
            "Keep my order where the model cannot tell",
            key="rerank.abstain",
            persist_state="session",
            help="Where the two best answers are too close to call, or the question is unlike those that experts rated "
            "answers to, the answers stay in the order in which you entered them.",
        )


def result(page: Page, prompt: str, texts: tuple[str, ...]) -> None:
    """Show the latest ranking; folded and marked outdated when the fields were changed since."""
    ranked = page_state().ranked
    if ranked is None:
        return
    if (ranked.prompt, ranked.texts) == (prompt, texts):
        st.subheader("Ranking", anchor=False)
        _whole(page, ranked)
        own_order(page, ranked, page_state().rankings)
        keep_case(page, ranked)
        return
    st.warning(
        "The prompt or the answers were changed after ranking. The ranking below belongs to the earlier text. "
        "Rank again to bring it up to date.",
        icon=":material/sync_problem:",
    )
    with st.expander("Outdated ranking, of the earlier text", icon=":material/history:", key="rerank.outdated"):
        st.caption(literal(f"For the prompt: {snippet(ranked.prompt, 200)}"))
        _whole(page, ranked)


def _whole(page: Page, ranked: Ranked) -> None:
    if ranked.beside is not None:
        two_versions(ranked, ranked.beside)
    show(page, ranked)


def _say_what_was_understood(found: Pasted) -> None:
    if not found.texts:
        st.caption("Put a line with three hyphens (\\-\\-\\-) between two answers.")
        return
    st.caption(f"Understood as {literal(found.read_as)}.")
    if found.doubt:
        st.caption(f":material/help: {literal(found.doubt)}")


def _pasted_count() -> int:
    return len(understand(st.session_state.get("rerank.candidates") or "").texts)


def _boxes(state: RerankPageState) -> tuple[str, ...]:
    texts = []
    for place, number in enumerate(state.boxes, start=1):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", wrap=False):
            text = st.text_area(
                f"Answer {place}", key=f"rerank.candidate.{number}", height=90, persist_state="session", width="stretch"
            )
            st.button(
                "Remove",
                key=f"rerank.remove.{number}",
                icon=":material/close:",
                type="tertiary",
                disabled=len(state.boxes) <= 2,
                on_click=_remove,
                args=(state, number),
            )
        texts.append((text or "").strip())
    st.button(
        "Add an answer",
        key="rerank.add",
        icon=":material/add:",
        on_click=_add,
        args=(state,),
        disabled=len(state.boxes) >= MAX_BOXES,
    )
    return tuple(text for text in texts if text)


def _fill(prompt: str, texts: tuple[str, ...]) -> None:
    st.session_state["rerank.prompt"] = prompt
    st.session_state["rerank.candidates"] = paste(texts)
    _fill_boxes(texts)


def _fill_boxes(texts: tuple[str, ...]) -> None:
    state = page_state()
    state.boxes = []
    for text in (*texts, "", "")[: max(2, len(texts))]:
        st.session_state[f"rerank.candidate.{state.add()}"] = text


def _example() -> None:
    state = page_state()
    _fill(*EXAMPLES[state.examples % len(EXAMPLES)])
    state.examples += 1


def _clear() -> None:
    _fill("", ())
    page_state().ranked = None


def _add(state: RerankPageState) -> None:
    state.add()


def _remove(state: RerankPageState, number: int) -> None:
    state.boxes.remove(number)


def _turn() -> None:
    """Take what was typed along, from one way of entering to the other."""
    if st.session_state.get("rerank.boxes"):
        _fill_boxes(understand(st.session_state.get("rerank.candidates") or "").texts)
    else:
        texts = [(st.session_state.get(f"rerank.candidate.{number}") or "").strip() for number in page_state().boxes]
        st.session_state["rerank.candidates"] = paste([text for text in texts if text])
