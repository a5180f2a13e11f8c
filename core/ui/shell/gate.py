"""The gate before every page: sign-in, roles, and a refusal that says what to do.

``open_page`` goes through ``enter`` on every full run; callbacks and fragments ask ``identity.still_here``.
"""

from dataclasses import replace

import streamlit as st

from core.domain.roles import SOMEBODY_HERE, Act, Role, User, may
from core.domain.settings import AuthMode
from core.services.people import accounts, sign_in
from core.services.people.sign_in import Entry, Why
from core.services.workspace import Workspace
from core.ui.shell import browser_tabs, identity, session
from core.ui.shell.navigation import PageInfo, next_step
from core.ui.shell.session import the_workspace
from core.ui.shell.texts import literal
from core.ui.shell.waiting_acts import clear_waiting_acts

LOOK_AGAIN_SECONDS = 20
REASONS = {
    Why.NOBODY: ("Sign in", "Assay holds private answers and ratings, so it opens for the people who work with it."),
    Why.SIGNED_OUT: ("You are signed out", "What you saved is kept. Sign in to go on."),
    Why.EXPIRED: ("Please sign in again", "Your sign-in ended after a while, as it should. What you saved is kept."),
    Why.WAITING: (
        "You are not invited yet",
        "Your sign-in worked, but nobody has let you in here. A lead sees your name under Settings, People now "
        "and can let you in; then load this page again.",
    ),
    Why.UNVERIFIED: (
        "Your e-mail address is not confirmed",
        "Your sign-in worked, but the service where you signed in does not say that it has checked your e-mail "
        "address, so an invitation to that address does not count. Nothing was lost. Confirm the address there and "
        "sign in again; or ask a lead, who sees your name under Settings, People now and can let you in. Where "
        "nobody's address is ever confirmed, whoever runs this server finds in docs/sign-in.md what to do.",
    ),
    Why.DISABLED: (
        "Your access is switched off",
        "A lead switched your access off. What you rated is kept under your name. If this is a mistake, ask a lead.",
    ),
}


def enter(workspace: Workspace, info: PageInfo) -> User:
    """Return the person who sees this page; who may not is shown why and what to do, and the page ends here."""
    here = identity.entry(workspace)
    user = identity.person_of(here)
    st.session_state[session.SHOWN_TO] = here
    browser_tabs.note(let_in=user is not None, may_upload=user is not None and may(user, Act.CHANGE_DATA))
    if user is None:
        _show_closed(workspace, here)
        st.stop()
    if not info.opens_for(user):
        _show_account(workspace, here.user)
        _show_refusal(workspace, info, user)
        st.stop()
    _show_account(workspace, here.user)
    return user


def who_is_here() -> User | None:
    """Return the person for whom the navigation is drawn; None where nobody is let in or the database cannot be opened.

    Where a lead is at work already, a browser without a name is most likely that of somebody who was asked to rate.
    """
    try:
        workspace = the_workspace()
        here = identity.person_of(identity.entry(workspace))
        return (
            replace(SOMEBODY_HERE, role=Role.SME) if here == SOMEBODY_HERE and accounts.lead_names(workspace) else here
        )
    except Exception:  # noqa: BLE001  the page itself says what is wrong
        return None


def _show_closed(workspace: Workspace, here: Entry) -> None:
    st.session_state.pop(session.FAILURE, None)
    title, words = REASONS[here.why or Why.NOBODY]
    st.title(title, anchor=False)
    st.markdown(words)
    if here.why is not Why.EXPIRED:  # then the same person goes on, and what waits is sent
        clear_waiting_acts()
    if here.why is Why.DISABLED and workspace.settings.auth_mode is AuthMode.LOCAL:
        st.button(
            "Choose another name", key="account.rename", type="primary", on_click=identity.leave, args=(workspace,)
        )
        return
    if here.why in (Why.WAITING, Why.UNVERIFIED, Why.DISABLED):
        leads = accounts.lead_names(workspace)
        if leads:
            st.markdown(f"Leads: {literal(', '.join(leads))}")
        st.caption(f"You signed in as {literal(here.name)}.")
        st.button("Look again", key="account.again", icon=":material/refresh:")
        _sign_out_button(workspace, "Sign in as somebody else")
        _watch_identity()  # a person who is let in meanwhile need not do anything
        return
    if st.button("Sign in", key="account.sign_in", type="primary", icon=":material/login:"):
        st.login()


def _show_refusal(workspace: Workspace, info: PageInfo, user: User) -> None:
    st.title(info.title, anchor=False)
    st.info(
        literal(
            f"This page is for people who may {_in_words(info.acts)}. You are {user.name}, with the role {user.role}, "
            "which does not include it."
        ),
        icon=":material/lock:",
    )
    leads = accounts.lead_names(workspace)
    st.markdown(
        "If you need it, ask a lead to give you another role"
        + (f": {literal(', '.join(leads[:5]))}." if leads else ".")
    )
    next_step("Back to the start page", "home", key=f"{info.name}.refused")


WHAT = {
    Act.LOOK: "look at models and readiness",
    Act.RERANK: "rank answers",
    Act.RATE: "rate answers",
    Act.READ_DATA: "see the data of others",
    Act.CHANGE_DATA: "change data",
    Act.JUDGE: "settle disagreements",
    Act.TRAIN: "train models",
    Act.MODELS: "choose the model in use",
    Act.PEOPLE: "manage people",
    Act.KEYS: "manage API keys",
    Act.AUDIT: "read the audit log",
}


def _in_words(acts: tuple[Act, ...]) -> str:
    *before, last = (WHAT[act] for act in acts)
    return f"{', '.join(before)} or {last}" if before else last


def _show_account(workspace: Workspace, user: User | None) -> None:
    """Show in the sidebar who is signed in, with the button that signs out."""
    if workspace.settings.auth_mode is not AuthMode.OIDC or user is None:
        return
    with st.sidebar, st.container(key="account.box"):
        st.caption(f"{literal(user.name)} · {user.role}")
        _sign_out_button(workspace, "Sign out")
    _watch_identity()


def _sign_out_button(workspace: Workspace, label: str) -> None:
    if st.button(label, key="account.sign_out", type="tertiary", icon=":material/logout:"):
        sign_in.sign_out(workspace, identity.claims())
        st.logout()


@st.fragment(run_every=LOOK_AGAIN_SECONDS)
def _watch_identity() -> None:
    """Rerun a tab within seconds after its person signed out elsewhere, was disabled or got another role."""
    if not identity.still_here(acting=False):
        st.rerun()
