"""Erasure on the pages: what goes and what stays is read before, and can be read again after."""

from collections.abc import Callable

import streamlit as st

from core.domain.errors import NotFound
from core.domain.outcomes.sent_answers import MAX_ID
from core.domain.roles import Act
from core.services.data import erasure
from core.services.data.erasure import Forgetting
from core.ui.data.address import open_answer
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import forget_rendered, literal


def erase_answer(page: Page, number: int) -> None:
    """Panel on the Data page, below the answer that is open: preview and confirm its erasure."""
    if not _asked(f"data.forget.{number}"):
        return
    found = erasure.preview_interaction(page.workspace, page.user, number)
    with st.container(border=True, key="data.forget_panel"):
        st.markdown(f"**Forget answer {number}** with everything that derives from it, its history included.")
        _goes_and_stays(found)
        _confirm(f"data.forget.{number}", _erase_answer, (page, number, found.version))


def erase_person(page: Page, rater_id: int) -> None:
    """Panel on the People tab of Settings, below the row of a person: preview and confirm the erasure."""
    key = f"people.forget.{rater_id}"
    if not _asked(key):
        return
    with st.container(border=True, key="people.forget_panel"):
        title = st.empty()
        ratings_stay = st.radio(
            "How",
            [True, False],
            key=f"{key}.how",
            format_func=lambda stay: "Only the name: ratings stay, under a number" if stay else "With all ratings",
            captions=["For somebody who left.", "What others said of the same answers counts alone from then on."],
        )
        found = erasure.preview_rater(page.workspace, page.user, rater_id, ratings_stay=bool(ratings_stay))
        title.markdown(f"**Forget {literal(found.subject.removeprefix('rater '))}**")
        _goes_and_stays(found)
        _confirm(key, _erase_person, (page, rater_id))


def offer_answer_erasure(page: Page, number: int) -> None:
    """Button beside Delete that opens the panel."""
    _offer(page, f"data.forget.{number}", "Forget for good")


def erase_deleted_answer(page: Page) -> None:
    """Form to erase a deleted answer by its number: it is in no list any more, but its history is kept."""
    with (
        st.expander("Forget a deleted answer", icon=":material/delete_forever:", key="data.forget_deleted"),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        number = st.number_input("Its number", 1, None, None, key="data.forget_number", width=160)
        st.button("Show what is kept of it", key="data.forget_show", on_click=_ask_number, args=(page,))
    asked = str(st.session_state.get(session.FORGETTING) or "")
    if number and asked == f"data.forget.{number}":
        erase_answer(page, int(number))


def erase_app_user(page: Page) -> None:
    """Form to erase what a user of an application said, by the id that the application knows them by."""
    key = "data.forget.user"
    known = erasure.applications(page.workspace, page.user)
    if not known:
        return
    with st.expander("Forget a user of an application", icon=":material/person_remove:", key="data.forget_user"):
        st.caption("For somebody who asks for it: everything that they said of answers goes. Ratings stay.")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            application = st.selectbox("Application", list(known), key="data.forget_application", width=220)
            named = st.text_input(
                "Their id there",
                key="data.forget_user_id",
                max_chars=MAX_ID,
                width=260,
                help="Exactly as the application sends it in `user`. It is kept nowhere, only a hash of it is.",
            )
            st.button("Show what is kept of them", key="data.forget_user_show", on_click=_ask, args=(page, key))
    if not _asked(key) or not application or not named:
        return
    try:
        found = erasure.preview_app_user(page.workspace, page.user, application, named)
    except NotFound as error:
        st.info(literal(str(error)), icon=":material/search_off:")
        return
    with st.container(border=True, key="data.forget_user_panel"):
        st.markdown(f"**Forget {literal(found.subject)}**: what they said, with comments.")
        _goes_and_stays(found)
        _confirm(key, _erase_user, (page, application, named))


def offer_person_erasure(page: Page, rater_id: int) -> None:
    """Button in a person's menu that opens the panel."""
    _offer(page, f"people.forget.{rater_id}", "Forget this person")


def finished_erasure(page: Page) -> None:
    """List, after an erasure and until it is put away, what is left to do elsewhere."""
    done: Forgetting | None = st.session_state.get(session.FORGOTTEN)
    if done is None:
        return
    with st.container(border=True, key=f"{page.info.name}.forgotten"):
        st.markdown(f":material/task_alt: **Forgotten: {literal(done.subject)}.** What stays, and where:")
        _stays(done)
        with st.container(horizontal=True):
            st.button("Put this list away", key=f"{page.info.name}.forgotten_away", on_click=_put_away)
            if page.workspace.store.is_sqlite and page.may(Act.CHANGE_DATA):
                st.button(
                    "Clear free room in the database file",
                    key=f"{page.info.name}.compact",
                    on_click=_compact,
                    args=(page,),
                    type="tertiary",
                    icon=":material/compress:",
                    help="Writes the file anew. Nobody can save anything meanwhile: some seconds for every 100 MB.",
                )


def _offer(page: Page, key: str, words: str) -> None:
    st.button(
        words,
        key=f"{key}.open",
        icon=":material/delete_forever:",
        on_click=_ask,
        args=(page, key),
    )


def _asked(key: str) -> bool:
    return st.session_state.get(session.FORGETTING) == key


def _goes_and_stays(found: Forgetting) -> None:
    goes = "\n".join(f"- {literal(words)}: {number:,}" for words, number in found.goes.items())
    st.markdown(f"This goes:\n{goes}" if goes else "Nothing but the name goes.")
    st.markdown("This stays, and is for you to see to:")
    _stays(found)


def _stays(found: Forgetting) -> None:
    st.markdown("\n".join(f"- {literal(sentence)}" for sentence in found.remains))


def _confirm(key: str, does: Callable[..., None], args: tuple[object, ...]) -> None:
    sure = st.checkbox("I have read this. It cannot be undone.", key=f"{key}.sure")
    with st.container(horizontal=True):
        st.button(
            "Forget",
            key=f"{key}.yes",
            type="primary",
            disabled=not sure,
            on_click=does,
            args=args,
            icon=":material/delete_forever:",
        )
        st.button("Not after all", key=f"{key}.no", on_click=_close)


@act
def _ask(page: Page, key: str) -> None:
    if actor(page) is not None:
        st.session_state[session.FORGETTING] = key


@act
def _ask_number(page: Page) -> None:
    user, number = actor(page), st.session_state.get("data.forget_number")
    if user is not None and number:
        erasure.preview_interaction(page.workspace, user, int(number))  # says so where there is nothing
        st.session_state[session.FORGETTING] = f"data.forget.{number}"


@act
def _erase_user(page: Page, application: str, named: str) -> None:
    user = actor(page)
    if user is not None:
        _done(erasure.app_user(page.workspace, user, application, named))
        st.session_state["data.forget_user_id"] = ""


@act
def _erase_answer(page: Page, number: int, seen: str | None) -> None:
    user = actor(page)
    if user is not None:
        _done(erasure.interaction(page.workspace, user, number, seen=seen))
        open_answer(None)


@act
def _erase_person(page: Page, rater_id: int) -> None:
    user = actor(page)
    if user is not None:
        stay = bool(st.session_state.get(f"people.forget.{rater_id}.how", True))
        _done(erasure.rater(page.workspace, user, rater_id, ratings_stay=stay))


@act
def _compact(page: Page) -> None:
    user = actor(page)
    if user is not None:
        before, after = erasure.compact(page.workspace, user)
        session.toast(f"The database file was written anew: {before / 1e6:,.1f} MB before, {after / 1e6:,.1f} MB now.")


def _done(found: Forgetting) -> None:
    forget_rendered()
    st.session_state[session.FORGOTTEN] = found
    _close()


def _close() -> None:
    st.session_state.pop(session.FORGETTING, None)


def _put_away() -> None:
    st.session_state.pop(session.FORGOTTEN, None)
