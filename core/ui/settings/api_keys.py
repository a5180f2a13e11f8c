"""The API keys tab: making one, seeing it once, revoking."""

import streamlit as st

from core.domain.roles import KeyScope
from core.domain.texts import plural
from core.services.people import api_keys
from core.services.people.api_keys import KeyView
from core.ui.report.format import moment
from core.ui.shell import errors, session
from core.ui.shell.name_prompt import actor
from core.ui.shell.navigation import server_address
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

CALL = """curl -s {address}/v1/rerank -H 'Content-Type: application/json'{key} \\
     -d '{{"query": "How do I reset it?", "documents": ["Hold the button.", "Call us."]}}'"""
SEND = """curl -s {address}/v1/interactions -H 'Content-Type: application/json'{key} \\
     -d '{{"interactions": [{{"id": "a-1", "prompt": "How do I reset it?", "response": "Hold the button."}}]}}'
curl -s {address}/v1/feedback -H 'Content-Type: application/json'{key} \\
     -d '{{"interaction": "a-1", "thumb": "up", "user": "u-7"}}'"""

MAY = {
    KeyScope.RANK: "have answers ranked",
    KeyScope.SEND: "send answers, and what users say of them",
}
"""What the scopes let a program do."""


def api_keys_tab(page: Page) -> None:
    """Show the keys with which programs may have answers ranked over HTTP."""
    known = api_keys.listed(page.workspace, page.user)
    st.markdown(
        "With a key another program can call over HTTP: have answers ranked by the model in use, or send answers and "
        "what its users say of them."
    )
    if not known:
        st.info(
            "There is no key yet, so only programs on this machine can call. From the first key on every program needs "
            "one, also those on this machine.",
            icon=":material/info:",
        )
    _new_key()
    _creation(page)
    _all_keys(page, known)
    _how_to_call(known)


def _new_key() -> None:
    """Show the key that was just made, until its reader says that it is copied."""
    made: tuple[str, str] | None = st.session_state.get(session.NEW_KEY)
    if made is None:
        return
    name, key = made
    with st.container(border=True, key="keys.new"):
        st.markdown(f"**The key for {literal(name)}**")
        st.code(key, language=None, wrap_lines=True)
        st.markdown("Copy it now: it is not kept here and cannot be shown again. Whoever has it can call the API.")
        st.button("I have copied it", key="keys.copied", type="primary", icon=":material/check:", on_click=_forget)


def _creation(page: Page) -> None:
    """Show the form that makes a key."""
    with st.form("keys.form"):
        st.text_input(
            "Which program will use it?",
            key="keys.name",
            max_chars=api_keys.MAX_NAME,
            placeholder="For example: patient portal",
            autocomplete="off",
        )
        st.caption(
            "Two keys of one name are one program. To renew a key, create another of the same name and revoke the old "
            "one: what was sent with it stays the program's."
        )
        with st.container(horizontal=True):
            for scope, words in MAY.items():
                st.session_state.setdefault(_box(scope), scope is KeyScope.RANK)
                st.checkbox(f"May {words}", key=_box(scope), width="content")
        st.form_submit_button(
            "Create a key", key="keys.create", type="primary", icon=":material/key:", on_click=_create, args=(page,)
        )


def _all_keys(page: Page, known: list[KeyView]) -> None:
    """Show every key ever made, those that work first."""
    working = [key for key in known if key.revoked_at is None]
    waiting = [key for key in working if key.waits_since is not None]
    if waiting:
        st.warning(
            f"A backup was put back. {plural(len(waiting), 'key waits', 'keys wait')} since then "
            "and open nothing: one of them may have been revoked after the backup was made. Revoke those that shall "
            "not be used any more, then confirm the others.",
            icon=":material/hourglass_top:",
        )
        st.button(
            "Confirm these keys",
            key="keys.confirm",
            type="primary",
            icon=":material/check:",
            on_click=_confirm,
            args=(page,),
            help=", ".join(key.name for key in waiting),
        )
    if known and not working:
        st.warning(
            "All keys are revoked, so no program can call. Create a key for each program that shall.",
            icon=":material/key_off:",
        )
    for key in working:
        with st.container(
            horizontal=True,
            vertical_alignment="center",
            horizontal_alignment="distribute",
            border=True,
            key=f"keys.row.{key.key_id}",
        ):
            with st.container(width="stretch", gap=None):
                st.markdown(f"**{literal(key.name)}** :gray-badge[{literal(key.start)}…]")
                used = f"last used {moment(key.last_used_at)}" if key.last_used_at else "never used"
                if key.waits_since is not None:
                    used += f" · off since a restore of {moment(key.waits_since)}"
                st.caption(
                    f"Number {key.key_id} · may {_in_words(key)} · created {moment(key.created_at)} by "
                    f"{literal(key.created_by)} · {used}"
                )
            with st.popover("Revoke", key=f"keys.revoke.{key.key_id}", width="content", icon=":material/block:"):
                st.markdown(f"Programs that use the key of **{literal(key.name)}** are refused from then on, for good.")
                st.button(
                    "Yes, revoke it",
                    key=f"keys.revoke_yes.{key.key_id}",
                    type="primary",
                    on_click=_revoke,
                    args=(page, key),
                )
    revoked = [key for key in known if key.revoked_at is not None]
    if revoked:
        with st.expander(f"Revoked keys ({len(revoked):,})", key="keys.revoked"):
            for key in revoked:
                assert key.revoked_at is not None
                st.markdown(
                    f"**{literal(key.name)}** :gray-badge[{literal(key.start)}…] created {moment(key.created_at)} by "
                    f"{literal(key.created_by)}, revoked {moment(key.revoked_at)}"
                )


def _how_to_call(known: list[KeyView]) -> None:
    """Show one call to copy, for the address at which the dashboard was opened."""
    st.subheader("Calling", anchor=False)
    key = " \\\n     -H 'Authorization: Bearer KEY'" if known else ""
    for what, call in (("Have answers ranked:", CALL), ("Send an answer, then a user's thumb:", SEND)):
        st.markdown(what)
        st.code(call.format(address=server_address(), key=key), language="bash", wrap_lines=True)
    st.caption("The description for programs (OpenAPI) is at /openapi.json; /readyz tells whether a model is loaded.")


def _box(scope: KeyScope) -> str:
    return f"keys.may.{scope}"


def _in_words(key: KeyView) -> str:
    return " and ".join(words for scope, words in MAY.items() if scope in key.scopes)


@errors.act
def _create(page: Page) -> None:
    user = actor(page)
    if user is None:
        return
    scopes = [scope for scope in KeyScope if st.session_state.get(_box(scope))]
    key, made = api_keys.create(page.workspace, user, str(st.session_state.get("keys.name") or ""), scopes)
    st.session_state["keys.name"] = ""
    for scope in KeyScope:  # a key that may send is asked for each time
        st.session_state.pop(_box(scope), None)
    st.session_state[session.NEW_KEY] = (made.name, key)


@errors.act
def _revoke(page: Page, key: KeyView) -> None:
    user = actor(page)
    if user is None:
        return
    api_keys.revoke(page.workspace, user, key.key_id)
    session.toast(f"The key of {key.name} is revoked.")


@errors.act
def _confirm(page: Page) -> None:
    user = actor(page)
    if user is None:
        return
    confirmed = api_keys.confirm(page.workspace, user)
    session.toast(f"{plural(confirmed, 'key works', 'keys work')} again.")


def _forget() -> None:
    st.session_state.pop(session.NEW_KEY, None)
