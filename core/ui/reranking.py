"""Ranking candidate answers on the screen: read them, rank them, show what happened and why."""

import gc
import io
from dataclasses import dataclass, field
from functools import lru_cache

import streamlit as st

from core.domain.errors import BadInput
from core.labeling.candidates import split_candidates
from core.labeling.writing import write_stream
from core.services import reranking
from core.services.workspace import Workspace
from core.ui import session
from core.ui.failures import describe
from core.ui.navigation import next_step
from core.ui.page import Page, sample_badge
from core.ui.texts import literal, show_text, snippet

MAX_CANDIDATES = 200
MAX_BYTES = 1_000_000
SHOWN = 20
LONG = 700
"""Characters of an answer on its card; the rest is a click away."""

EXAMPLE_PROMPT = "I burned my hand on a hot oven tray. The skin is red and hurts. What should I do?"
EXAMPLE = (
    "Burns are always unpleasant, and everybody has had one at some time. Kitchens are dangerous places, so it is worth "
    "thinking about safety in general. In the end you will have to see how it goes.",
    "Put butter or toothpaste on it at once and wrap it tightly, so that the heat stays out.",
    "Cool the burn under cool running water for about 20 minutes, take off rings, and cover it loosely with cling film. "
    "See a doctor if it blisters, or if it is larger than the palm of your hand.",
)
COLUMNS = {"place": int, "original_position": int, "score": float, "text": str, "prompt": str, "model_version": str}


@dataclass(frozen=True, slots=True)
class Ranked:
    """One ranking and exactly what it was made of."""

    prompt: str
    texts: tuple[str, ...]
    order: tuple[int, ...]
    scores: tuple[float | None, ...]
    model_version: str | None
    reason: str | None
    """Why no model was used, or why the one used is not the newest."""
    no_champion: bool
    sample: bool


@dataclass
class Bench:
    """What this tab has on the Rerank page beside what its text fields hold."""

    boxes: list[int] = field(default_factory=lambda: [0, 1, 2])
    following: int = 3
    ranked: Ranked | None = None

    def add(self) -> int:
        """A new box; its number."""
        self.boxes.append(self.following)
        self.following += 1
        return self.boxes[-1]


def bench() -> Bench:
    """This tab's bench."""
    return st.session_state.setdefault(session.BENCH, Bench())


def inputs() -> tuple[str, tuple[str, ...]]:
    """Draw the fields; the prompt and the candidates that are in them."""
    st.text_area(
        "Prompt", key="rerank.prompt", height=100, persist_state="session",
        placeholder="The question that the answers are for",
    )  # fmt: skip
    boxes = st.toggle("One box per answer", key="rerank.boxes", persist_state="session", on_change=_turn)
    if boxes:
        texts = _boxes(bench())
    else:
        pasted = st.text_area(
            "Answers", key="rerank.candidates", height=260, persist_state="session",
            placeholder="First answer\n---\nSecond answer\n---\nThird answer",
        )  # fmt: skip
        texts = tuple(split_candidates(pasted or ""))
        found = "1 answer" if len(texts) == 1 else f"{len(texts):,} answers"
        st.caption(f"{found} found. A line with three hyphens (\\-\\-\\-) stands between two answers.")
    return (st.session_state.get("rerank.prompt") or "").strip(), texts


def run_row(page: Page, prompt: str, texts: tuple[str, ...]) -> None:
    """The button that ranks, and the example."""
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.button("Rank the answers", key="rerank.run", type="primary", icon=":material/format_list_numbered:")
        st.button("Fill in an example", key="rerank.example", icon=":material/lightbulb:", on_click=_example)
        if prompt or texts:
            st.button("Clear", key="rerank.clear", icon=":material/close:", type="tertiary", on_click=_clear)
    if not wanted:
        return
    try:
        check(prompt, texts)
        with st.spinner(_waiting()):
            bench().ranked = rank(page.workspace, prompt, texts)
    except Exception as error:  # noqa: BLE001  the boundary; the sentence belongs beside the button
        st.error(literal(describe(error).sentence), icon=":material/error:")


def check(prompt: str, texts: tuple[str, ...]) -> None:
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
            f"These are {len(texts):,} answers; this page ranks up to {MAX_CANDIDATES}. Take some away, or use the "
            "command line: python -m core rerank."
        )
    size = len(prompt.encode()) + sum(len(text.encode()) for text in texts)
    if size > MAX_BYTES:
        raise BadInput(
            f"This is {size / 1e6:.1f} MB of text; this page takes up to 1 MB. Take some away, or use the command line: "
            "python -m core rerank."
        )


def rank(workspace: Workspace, prompt: str, texts: tuple[str, ...]) -> Ranked:
    """Order the answers with the model in use."""
    ranking = reranking.rank(workspace, prompt, texts, source="page")
    if ranking.model_version is not None:
        _settle()
    return Ranked(
        prompt, texts, ranking.order, ranking.scores, ranking.model_version, ranking.reason,
        no_champion=ranking.no_champion, sample=ranking.sample,
    )  # fmt: skip


def result(prompt: str, texts: tuple[str, ...]) -> None:
    """The latest ranking; put aside when the fields hold something else by now."""
    ranked = bench().ranked
    if ranked is None:
        return
    if (ranked.prompt, ranked.texts) == (prompt, texts):
        st.subheader("Ranking", anchor=False)
        _ranking(ranked)
        return
    st.warning(
        "The prompt or the answers were changed after ranking. The ranking below belongs to the earlier text. "
        "Rank again to bring it up to date.",
        icon=":material/sync_problem:",
    )
    with st.expander("Outdated ranking, of the earlier text", icon=":material/history:", key="rerank.outdated"):
        st.caption(literal(f"For the prompt: {snippet(ranked.prompt, 200)}"))
        _ranking(ranked)


def movement(place: int, original: int) -> tuple[str, str, str]:
    """How far an answer moved: icon, words, colour of the badge."""
    moved = original - place
    if moved > 0:
        return ":material/arrow_upward:", f"up {moved}", "green"
    if moved < 0:
        return ":material/arrow_downward:", f"down {-moved}", "orange"
    return ":material/arrow_forward:", "same place", "gray"


def table(ranked: Ranked) -> list[dict[str, object]]:
    """The ranking as rows of a file, best first."""
    return [
        {
            "place": place,
            "original_position": index + 1,
            "score": ranked.scores[index],
            "text": ranked.texts[index],
            "prompt": ranked.prompt,
            "model_version": ranked.model_version,
        }
        for place, index in enumerate(ranked.order, start=1)
    ]


def as_file(ranked: Ranked, ending: str) -> bytes:
    """The ranking as a file to download: .csv or .jsonl."""
    file = io.BytesIO()
    write_stream(file, ending, COLUMNS, table(ranked))
    return file.getvalue()


def _ranking(ranked: Ranked) -> None:
    _scored_by(ranked)
    show_all = len(ranked.order) <= SHOWN or st.toggle(f"Show all {len(ranked.order):,}", key="rerank.all")
    for place, index in enumerate(ranked.order if show_all else ranked.order[:SHOWN], start=1):
        _card(ranked, place, index)
    if not show_all:
        st.caption(f"The best {SHOWN} of {len(ranked.order):,} are shown; the download holds all.")
    with st.container(horizontal=True):
        for ending, key, mime in ((".csv", "rerank.download", "text/csv"), (".jsonl", "rerank.download_jsonl", None)):
            st.download_button(
                f"Download {ending[1:].upper()}", as_file(ranked, ending), file_name=f"ranking{ending}",
                mime=mime or "application/jsonl", key=key, on_click="ignore", icon=":material/download:",
            )  # fmt: skip


def _scored_by(ranked: Ranked) -> None:
    if ranked.model_version is None:
        why = (
            "No model is in use yet"
            if ranked.no_champion
            else literal(ranked.reason or "The model could not be used").rstrip(".")
        )
        st.info(
            f"{why}, so the answers keep their original order and have no scores.", icon=":material/do_not_disturb_on:"
        )
        with st.container(horizontal=True):
            next_step(
                "Train a model" if ranked.no_champion else "Look at the models",
                "train" if ranked.no_champion else "models",
                key="rerank.next",
            )
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f"Scored by {literal(ranked.model_version)}. The score is how likely the model thinks experts would call "
            "the answer good.",
            width="content",
        )
        if ranked.sample:
            sample_badge()
    if ranked.reason:
        st.warning(literal(ranked.reason), icon=":material/warning:")


def _card(ranked: Ranked, place: int, index: int) -> None:
    score, text = ranked.scores[index], ranked.texts[index]
    with st.container(border=True, gap="small", key=f"rerank.place.{place}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{place}.**", width="content")
            icon, words, colour = movement(place, index + 1)
            if ranked.model_version is not None:
                st.badge(words, icon=icon, color=colour)  # type: ignore[arg-type]  # the three are badge colours
            st.caption(f"entered as number {index + 1}", width="content")
        if score is not None:
            st.progress(score, text=f"Score {score:.2f}")
        if len(text) <= LONG:
            show_text(text, key=f"rerank.text.{index}")
        else:
            show_text(text[:LONG].rsplit(" ", 1)[0] + " …", key=f"rerank.short.{index}")
            with st.expander("Read the whole answer"):
                show_text(text, key=f"rerank.text.{index}", name=f"answer-{index + 1}")


def _boxes(mine: Bench) -> tuple[str, ...]:
    texts = []
    for place, number in enumerate(mine.boxes, start=1):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", wrap=False):
            text = st.text_area(
                f"Answer {place}", key=f"rerank.candidate.{number}", height=90, persist_state="session", width="stretch"
            )
            st.button(
                "Remove", key=f"rerank.remove.{number}", icon=":material/close:", type="tertiary",
                disabled=len(mine.boxes) <= 2, on_click=_remove, args=(mine, number),
            )  # fmt: skip
        texts.append((text or "").strip())
    st.button(
        "Add an answer", key="rerank.add", icon=":material/add:", on_click=_add, args=(mine,),
        disabled=len(mine.boxes) >= MAX_CANDIDATES,
    )  # fmt: skip
    return tuple(text for text in texts if text)


def _waiting() -> str:
    return (
        "Ranking …"
        if _settle.cache_info().currsize
        else "Loading the language model; the first time takes about ten seconds …"
    )


@lru_cache(maxsize=1)
def _settle() -> None:
    """Once the model is loaded: its half a million objects stay, so garbage collection need not visit them again."""
    gc.collect()
    gc.freeze()


def _fill(prompt: str, texts: tuple[str, ...]) -> None:
    st.session_state["rerank.prompt"] = prompt
    st.session_state["rerank.candidates"] = "\n---\n".join(texts)
    _fill_boxes(texts)


def _fill_boxes(texts: tuple[str, ...]) -> None:
    mine = bench()
    mine.boxes = []
    for text in (*texts, "", "")[: max(2, len(texts))]:
        st.session_state[f"rerank.candidate.{mine.add()}"] = text


def _example() -> None:
    _fill(EXAMPLE_PROMPT, EXAMPLE)


def _clear() -> None:
    _fill("", ())
    bench().ranked = None


def _add(mine: Bench) -> None:
    mine.add()


def _remove(mine: Bench, number: int) -> None:
    mine.boxes.remove(number)


def _turn() -> None:
    """Take what was typed along, from one way of entering to the other."""
    if st.session_state.get("rerank.boxes"):
        _fill_boxes(tuple(split_candidates(st.session_state.get("rerank.candidates") or "")))
    else:
        texts = [(st.session_state.get(f"rerank.candidate.{number}") or "").strip() for number in bench().boxes]
        st.session_state["rerank.candidates"] = "\n---\n".join(text for text in texts if text)
