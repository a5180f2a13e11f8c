"""The fields of the Rerank page: a question, and answers that are pasted whole or have a box each."""

from dataclasses import dataclass, field

import streamlit as st

from core.domain.errors import BadInput
from core.labeling.pasted.reading import Pasted, Way, paste, understand
from core.services.reranking.examples import Example
from core.ui.rerank.own_order import OwnOrder
from core.ui.rerank.result import Ranked
from core.ui.shell import session
from core.ui.shell.texts import literal, snippet

MAX_CANDIDATES = 1_000
MAX_BYTES = 1_000_000
MAX_LINES = 50_000
"""A pasted text with more lines or bytes is not read: that takes seconds in which nobody else gets a page."""
MAX_BOXES = 30
"""More boxes than this are slow to draw, and nobody edits them one by one."""
BY = {
    Way.JSON_LIST: "from the JSON list",
    Way.JSON_LINES: "from JSON lines",
    Way.LABELS: "by labels",
    Way.DASHES: "by lines of ---",
    Way.NUMBERS: "by numbers",
    Way.LETTERS: "by letters",
    Way.BULLETS: "by bullets",
    Way.GAPS: "by two blank lines",
    Way.BLANK_LINES: "by blank lines",
    Way.LINES: "one on each line",
}
"""How answers can be told apart, on the buttons that read the text again."""


@dataclass
class RerankPageState:
    """What one browser tab has on the Rerank page beside the contents of its text fields."""

    boxes: list[int] = field(default_factory=lambda: [0, 1, 2])
    following: int = 3
    pasted: tuple[str, tuple[Way, Way] | None, Pasted] | None = None
    """The text that was read last, the way that was chosen, and what was understood: each press needs it again."""
    read_as: tuple[Way, Way] | None = None
    """In which way a pasted text is read instead of the one in which it would be."""
    ranked: Ranked | None = None
    own: OwnOrder = field(default_factory=lambda: OwnOrder([]))
    examples: list[Example] = field(default_factory=list)
    shown: int = 0
    """How many examples were filled in: each time it is another one."""

    def add(self) -> int:
        """A new box; its number."""
        self.boxes.append(self.following)
        self.following += 1
        return self.boxes[-1]


def page_state() -> RerankPageState:
    """The state of the Rerank page in this browser tab."""
    return st.session_state.setdefault(session.RERANK_PAGE, RerankPageState())


def inputs() -> tuple[str, tuple[str, ...]]:
    """Draw the fields; the question and the answers that are in them."""
    st.text_area(
        "Question",
        key="rerank.prompt",
        height=100,
        persist_state="session",
        placeholder="What was asked",
    )
    many = not st.session_state.get("rerank.boxes") and len(_pasted().texts) > MAX_BOXES
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
        st.text_area(
            "Answers",
            key="rerank.candidates",
            height=260,
            persist_state="session",
            placeholder="Paste two or more answers, with a blank line or a line of --- between them.\n\n"
            "Numbers (1. 2. 3.), letters (A. B. C.), bullets, labels (Answer A: …) and JSON are understood too.",
        )
        found = _pasted()
        with st.container(key="rerank.read_as"):  # there when empty too, so that the buttons below do not move
            _say_how_it_was_read(found)
        texts = found.texts
    return (st.session_state.get("rerank.prompt") or "").strip(), texts


def check_input(prompt: str, texts: tuple[str, ...]) -> None:
    """What can be ranked.

    Raises:
        BadInput: the question is empty, or there are too few answers, too many, or too much text.
    """
    if not prompt:
        raise BadInput("The question is empty. Type or paste what was asked.")
    if (much := _too_much((prompt, *texts))) is not None:
        raise BadInput(f"{much} Take some away, or use the command line: python -m core rerank.")
    if len(texts) < 2:
        raise BadInput(
            "Ranking needs at least two answers. Put a line with --- between them, use one box for each, or choose "
            "below the field another way to tell them apart, where there is one."
        )
    if len(texts) > MAX_CANDIDATES:
        raise BadInput(
            f"These are {len(texts):,} answers; this page ranks up to {MAX_CANDIDATES:,}. Take some away, or use the "
            "command line: python -m core rerank."
        )


def fill(prompt: str, texts: tuple[str, ...]) -> None:
    """Put these into the fields, however answers are entered."""
    st.session_state["rerank.prompt"] = prompt
    _fill_field(texts)
    _fill_boxes(texts)


def clear() -> None:
    """Empty the fields, and forget the ranking."""
    fill("", ())
    page_state().ranked = None


def _too_much(texts: tuple[str, ...]) -> str | None:
    """That these texts are more than this page reads, or None."""
    size, lines = sum(len(text.encode()) for text in texts), sum(text.count("\n") for text in texts)
    if size > MAX_BYTES:
        return f"This is {size / 1e6:.1f} MB of text; this page takes up to 1 MB."
    return f"These are {lines:,} lines of text; this page reads up to {MAX_LINES:,}." if lines > MAX_LINES else None


def _say_how_it_was_read(found: Pasted) -> None:
    if not found.texts:
        return
    left_out = f" Left out, before the first: “{snippet(found.left_out, 80)}”" if found.left_out else ""
    st.caption(literal(f"Read as {found.read_as}.{left_out}"))
    if found.doubt:
        st.caption(f":material/help: {literal(found.doubt)}")
    if found.others:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="rerank.other_ways"):
            st.caption("Not right? Read it as", width="content")
            for way, count in found.others:
                words = "1 answer" if way is Way.ONE else f"{count:,} {BY[way]}"
                st.button(
                    literal(words),
                    key=f"rerank.read.{way.name.casefold()}",
                    on_click=_read_as,
                    args=(found.automatic, way),
                )


def _read_as(automatic: Way, way: Way) -> None:
    page_state().read_as = (automatic, way)


def _pasted() -> Pasted:
    """What is in the field, read in the way that was chosen for texts that would be read as this one."""
    text, state = st.session_state.get("rerank.candidates") or "", page_state()
    chosen = state.read_as
    if state.pasted is None or state.pasted[:2] != (text, chosen):
        state.pasted = text, chosen, _understood(text, chosen)
    return state.pasted[2]


def _understood(text: str, chosen: tuple[Way, Way] | None) -> Pasted:
    if (much := _too_much((text,))) is not None:
        return Pasted((text,), Way.ONE, Way.ONE, doubt=much)
    found = understand(text)
    return understand(text, chosen[1]) if chosen is not None and chosen[0] is found.automatic else found


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


def _fill_field(texts: tuple[str, ...]) -> None:
    st.session_state["rerank.candidates"] = paste(texts)
    page_state().read_as = None


def _fill_boxes(texts: tuple[str, ...]) -> None:
    state = page_state()
    state.boxes = []
    for text in (*texts, "", "")[: max(2, len(texts))]:
        st.session_state[f"rerank.candidate.{state.add()}"] = text


def _add(state: RerankPageState) -> None:
    state.add()


def _remove(state: RerankPageState, number: int) -> None:
    state.boxes.remove(number)


def _turn() -> None:
    """Take what was typed along, from one way of entering to the other."""
    if st.session_state.get("rerank.boxes"):
        _fill_boxes(_pasted().texts)
    else:
        texts = [(st.session_state.get(f"rerank.candidate.{number}") or "").strip() for number in page_state().boxes]
        _fill_field(tuple(text for text in texts if text))
