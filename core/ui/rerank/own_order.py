"""A person's own order of the answers, made with arrows: what stands above the line is placed, best first."""

from dataclasses import dataclass

import streamlit as st

from core.domain.roles import Act
from core.domain.texts import plural
from core.services.reranking import preferences
from core.ui.rerank.result import SHOWN, Ranked
from core.ui.shell import errors, session
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal, snippet


@dataclass
class OwnOrder:
    """Answers in a person's order; those from ``placed`` on are not placed yet."""

    order: list[int]
    """Places in the input."""
    placed: int = 0

    def up(self, index: int) -> None:
        """Move an answer one place up; one that is not placed yet becomes the last of those that are."""
        at = self.order.index(index)
        if at >= self.placed:
            self.order.insert(self.placed, self.order.pop(at))
            self.placed += 1
        elif at:
            self.order[at - 1 : at + 1] = self.order[at], self.order[at - 1]

    def down(self, index: int) -> None:
        """Move an answer one place down; the last one that is placed goes back to those that are not."""
        at = self.order.index(index)
        if at == self.placed - 1:
            self.placed -= 1
        elif at < self.placed:
            self.order[at : at + 2] = self.order[at + 1], self.order[at]

    def place_all(self) -> None:
        """Place all as they stand."""
        self.placed = len(self.order)


def own_order(page: Page, ranked: Ranked, own: OwnOrder) -> None:
    """Show how this person would order the answers, and keep it on demand."""
    if not page.may(Act.RATE) or len(set(ranked.texts)) < 2:
        return
    with st.expander("I would order them differently", icon=":material/swap_vert:", key="rerank.own_order"):
        st.caption(
            "Move answers up, the best first. What you keep is stored with the texts and your name; leads can export "
            "it, or let the next training learn from it."
        )
        for at, index in enumerate(own.order):
            if at == own.placed:
                _line(own)
            _row(ranked, own, at, index)
        with st.container(horizontal=True):
            st.button(
                "Keep my order",
                key="rerank.keep_order",
                icon=":material/check:",
                type="primary",
                disabled=not own.placed,
                on_click=_keep,
                args=(page, ranked, own),
            )
            if own.placed < len(own.order):
                st.button(
                    "Place all as they stand",
                    key="rerank.place_all",
                    type="tertiary",
                    icon=":material/done_all:",
                    on_click=own.place_all,
                )
        kept = preferences.count_own(page.workspace, page.user, ranked.prompt)
        if kept:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(f"{plural(kept, 'comparison')} of yours on this question are kept.", width="content")
                st.button(
                    "Take them back",
                    key="rerank.withdraw_order",
                    type="tertiary",
                    icon=":material/undo:",
                    on_click=_withdraw,
                    args=(page, ranked.prompt),
                )


def first_order(ranked: Ranked) -> OwnOrder:
    """The order to begin with: as they are shown, none placed."""
    return OwnOrder(list(ranked.order[:SHOWN]))


def _line(own: OwnOrder) -> None:
    st.divider()
    rest = "less good than all above it, and are not compared with each other"
    st.caption(
        f"Below this line: not placed. They count as {rest}." if own.placed else "None is placed yet: move the best up."
    )


def _row(ranked: Ranked, own: OwnOrder, at: int, index: int) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", wrap=False, key=f"rerank.my_order.{index}"
    ):
        for move, words, icon in (
            (own.up, "up", ":material/arrow_upward:"),
            (own.down, "down", ":material/arrow_downward:"),
        ):
            st.button(
                icon,
                key=f"rerank.{words}.{index}",
                help=f"Move answer {index + 1} {words}",
                on_click=move,
                args=(index,),
            )
        place = f"**{at + 1}.** " if at < own.placed else ""
        st.markdown(f"{place}Answer {index + 1}: {literal(snippet(ranked.texts[index], 110))}")


@errors.act
def _keep(page: Page, ranked: Ranked, own: OwnOrder) -> None:
    user = actor(page)
    if user is not None:
        texts = [ranked.texts[index] for index in own.order]
        best_first = list(range(own.placed))
        version = ranked.model_version
        kept = preferences.keep(page.workspace, user, ranked.prompt, texts, best_first, model_version=version)
        session.toast(f"Your order is kept: {plural(kept, 'comparison')}.")


@errors.act
def _withdraw(page: Page, prompt: str) -> None:
    user = actor(page)
    if user is not None:
        preferences.withdraw(page.workspace, user, prompt)
        session.toast("Your order was taken back.")
