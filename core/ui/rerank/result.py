"""A ranking on the screen: what to make of it, one card per answer, beside another version's, and as a file."""

import io
from dataclasses import dataclass

import streamlit as st

from core.domain.guarantee.outcome import GuaranteeOutcome
from core.labeling.writing import write_stream
from core.reward.confidence import Certainty
from core.services.reranking.explain import Explanation
from core.ui.guarantee.words import outcome_words
from core.ui.rerank.explanation import explain_score
from core.ui.rerank.trust import came_to, how_far
from core.ui.shell.navigation import PAGES, next_step
from core.ui.shell.page import Page, sample_badge
from core.ui.shell.texts import literal, show_text, snippet

SHOWN = 20
COMPARED_ROWS = 20
LONG = 700
"""Characters of an answer on its card; the rest is a click away."""
COLUMNS = {
    "place": int,
    "original_position": int,
    "score": float,
    "text": str,
    "prompt": str,
    "model_version": str,
}
ORDINALS = {1: "st", 2: "nd", 3: "rd"}


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
    name: str = ""
    """What people call the model that ranked: Model 3, 28 Nov."""
    truncated: tuple[int, ...] = ()
    certainty: Certainty | None = None
    abstained: str | None = None
    guarantee: GuaranteeOutcome | None = None
    """What came of the promise that was asked for."""
    explanation: Explanation | None = None
    beside: "Ranked | None" = None
    """The same answers by another model."""

    @property
    def is_outside(self) -> bool:
        """Whether the question is unlike those that the model learned from, so that its scores mean little."""
        return self.certainty is not None and bool(self.certainty.outside)


def show(page: Page, ranked: Ranked) -> None:
    """Show a ranking: who scored it, how sure it is, its cards and the downloads."""
    _scored_by(page, ranked)
    if ranked.model_version is not None:
        _how_sure(ranked)
    show_all = len(ranked.order) <= SHOWN or st.toggle(f"Show all {len(ranked.order):,}", key="rerank.all")
    for place, index in enumerate(ranked.order if show_all else ranked.order[:SHOWN], start=1):
        _card(ranked, place, index)
    if not show_all:
        st.caption(f"The best {SHOWN} of {len(ranked.order):,} are shown; the download holds all.")
    with st.container(horizontal=True):
        for ending, key, mime in ((".csv", "rerank.download", "text/csv"), (".jsonl", "rerank.download_jsonl", None)):
            st.download_button(
                f"Download {ending[1:].upper()}",
                as_file(ranked, ending),
                file_name=f"ranking{ending}",
                mime=mime or "application/jsonl",
                key=key,
                on_click="ignore",
                icon=":material/download:",
            )


def movement(place: int, original: int) -> tuple[str, str, str]:
    """How far an answer moved: icon, words, colour of the badge."""
    moved = original - place
    if moved > 0:
        return ":material/arrow_upward:", f"up {moved}", "green"
    if moved < 0:
        return ":material/arrow_downward:", f"down {-moved}", "orange"
    return ":material/arrow_forward:", "same place", "gray"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ORDINALS.get(number % 10, 'th')}"


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


def two_versions(first: Ranked, second: Ranked) -> None:
    """Where both put each answer; the order is that of the first."""
    if second.model_version is None:
        st.warning(
            literal(f"The second model could not rank. {second.reason or ''}").strip(), icon=":material/warning:"
        )
        return
    if first.texts[first.order[0]] == first.texts[second.order[0]]:
        verdict = "Both models put the same answer first."
    else:
        verdict = "The two models put different answers first."
    same = first.order == second.order
    st.info(verdict + (" The whole order is the same." if same else ""), icon=":material/compare_arrows:")
    places = {index: place for place, index in enumerate(second.order, start=1)}
    one, other = ("Model in use" if first.name == second.name else first.name), second.name
    rows = [
        {
            "Answer": literal(snippet(first.texts[index], 110)),
            literal(one): _place_and_score(place, first.scores[index]),
            literal(other): _place_and_score(places[index], second.scores[index]),
        }
        for place, index in enumerate(first.order[:COMPARED_ROWS], start=1)
    ]
    with st.container(key="rerank.beside"):
        st.table(rows, border="horizontal", hide_index=True)
    if len(first.order) > COMPARED_ROWS:
        st.caption(f"The first {COMPARED_ROWS} of {len(first.order):,} are compared here.")
    st.caption(
        f"The answers below are in the order of {literal(one)}. Technical names: "
        f"{literal(f'{first.model_version}, {second.model_version}')}."
    )


def _scored_by(page: Page, ranked: Ranked) -> None:
    if ranked.model_version is None:
        reason = (
            "No model is in use yet"
            if ranked.no_champion
            else literal(ranked.reason or "The model could not be used").rstrip(".")
        )
        st.info(
            f"{reason}, so the answers keep their original order and have no scores.",
            icon=":material/do_not_disturb_on:",
        )
        label, leads_to = ("Train a model", "train") if ranked.no_champion else ("Look at the models", "models")
        if PAGES[leads_to].listed_for(page.user):
            with st.container(horizontal=True):
                next_step(label, leads_to, key="rerank.next")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f"Scored by **{literal(ranked.name)}** ({literal(ranked.model_version)}). The score is how likely the "
            "model thinks experts would call the answer good, from 0 to 1.",
            width="content",
        )
        if ranked.sample:
            sample_badge()
    if ranked.reason:
        st.warning(literal(ranked.reason), icon=":material/warning:")


def _how_sure(ranked: Ranked) -> None:
    """Whether the order can be relied on, before anybody relies on it.

    An order that a promise left as it was is not the model's: then the promise is all there is to say.
    """
    if ranked.guarantee is not None:
        told = outcome_words(ranked.guarantee, ranked.abstained)
        (st.success if told.picked else st.info)(told.words, icon=told.icon)
        if not told.picked:
            return
    found = how_far(ranked.certainty, ranked.texts, ranked.scores)
    kept = "The answers stay in the order in which you entered them, as you asked." if ranked.abstained else ""
    if found.words:
        message = f"{found.words} {kept}".strip()
        (st.warning if found.warns else st.info)(message, icon=found.icon)
    if found.unknown:
        st.caption(found.unknown)


def _card(ranked: Ranked, place: int, index: int) -> None:
    score, text = ranked.scores[index], ranked.texts[index]
    with st.container(border=True, gap="small", key=f"rerank.place.{place}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{place}.**", width="content")
            icon, words, colour = movement(place, index + 1)
            if ranked.model_version is not None:
                st.badge(words, icon=icon, color=colour)  # type: ignore[arg-type]  # the three are badge colours
            st.caption(f"entered as number {index + 1}", width="content")
            if index in ranked.truncated:
                st.badge("its end was not read", icon=":material/content_cut:", color="orange")
        if score is not None:
            st.progress(score, text=f"Score {score:.2f}")
            meaning = ranked.certainty.meanings[index] if ranked.certainty else None
            if meaning is not None and not ranked.is_outside:
                st.caption(came_to(meaning), help=f"{meaning.good:,} of {meaning.n:,} rated answers were.")
        if len(text) <= LONG:
            show_text(text, key=f"rerank.text.{index}")
        else:
            show_text(text[:LONG].rsplit(" ", 1)[0] + " …", key=f"rerank.short.{index}")
            with st.expander("Read the whole answer"):
                show_text(text, key=f"rerank.text.{index}", name=f"answer-{index + 1}")
        if ranked.explanation is not None and index in ranked.explanation.answers:
            explain_score(ranked.explanation, index)


def _place_and_score(place: int, score: float | None) -> str:
    return ordinal(place) if score is None else f"{ordinal(place)} · {score:.2f}"
