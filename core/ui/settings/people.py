"""The People tab: inviting, letting in, roles, disabling."""

import streamlit as st

from core.domain.roles import Role
from core.domain.settings import AuthMode
from core.domain.texts import plural
from core.services.people import accounts
from core.services.people.accounts import PendingIdentity, Person
from core.ui.data.erasure import erase_person, finished_erasure, offer_person_erasure
from core.ui.shell import errors, session
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

ROLES = {
    Role.SME: "sme: rates answers, sees their own history",
    Role.LEAD: "lead: everything about data, models and people",
    Role.VIEWER: "viewer: reads, and ranks answers",
}


def people_tab(page: Page) -> None:
    """Show the people who may come in and those who wait for it, with what can be changed."""
    st.markdown("Who may come in, and what they may do. A change counts from a person's next act on.")
    if not signs_in(page):
        st.info(
            "Nobody signs in here (AUTH_MODE is local): whoever sits at this machine chooses a name, and a new name is "
            "a lead. Roles keep people out of each other's way; they do not keep anybody out.",
            icon=":material/info:",
        )
    _look_alikes(page)
    _pending_identities(page)
    _invitation(page)
    _everybody(page)


def signs_in(page: Page) -> bool:
    """Whether people sign in at a provider."""
    return page.workspace.settings.auth_mode is AuthMode.OIDC


def _pending_identities(page: Page) -> None:
    """Show who signed in without being invited; nothing where nobody waits."""
    waiting = accounts.pending_identities(page.workspace, page.user)
    if not waiting:
        return
    unbound = [person for person in accounts.listed(page.workspace, page.user) if person.last_seen is None]
    st.subheader("Waiting to be let in", anchor=False)
    for one in waiting:
        with st.container(border=True, key=f"people.waiting.{one.identity_id}"):
            vouched = literal(one.email) if one.email else "no address that the provider vouches for"
            st.markdown(f"**{literal(one.name)}** · {vouched}")
            if not one.email:
                st.caption(
                    "An invitation to their address does not let them in until the provider says that it checked "
                    "the address. If you are sure who this is, let them in here."
                )
            st.caption(f"Signed in {one.seen_at.astimezone():%d %b %Y, %H:%M}")
            with st.container(horizontal=True, vertical_alignment="bottom"):
                st.selectbox(
                    "Role", list(ROLES), format_func=ROLES.__getitem__, key=f"people.let_role.{one.identity_id}"
                )
                if unbound:
                    st.selectbox(
                        "This is",
                        [None, *unbound],
                        key=f"people.let_as.{one.identity_id}",
                        format_func=_called,
                        help="Choose somebody whom you invited, or a name from before sign-in, when that is this "
                        "person.",
                    )
                st.button(
                    "Let in", key=f"people.let_in.{one.identity_id}", type="primary", on_click=_let_in, args=(page, one)
                )


def _look_alikes(page: Page) -> None:
    """Warn of addresses that are easily taken for each other; earlier releases did."""
    for group in accounts.look_alikes(page.workspace, page.user):
        st.warning(
            f"These addresses look alike and belong to different people: {literal(', '.join(group))}. An invitation "
            "counts for exactly the address that was entered. Look letter by letter before you let somebody in.",
            icon=":material/compare_arrows:",
        )


def _called(person: Person | None) -> str:
    if person is None:
        return "somebody new"
    return f"{person.name} ({person.email})" if person.email else person.name


def _invitation(page: Page) -> None:
    """Show the form that adds somebody."""
    with st.form("people.invite_form", clear_on_submit=False, enter_to_submit=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if signs_in(page):
                st.text_input("E-mail address", key="people.invite_who", max_chars=254, placeholder="ana@example.org")
                st.text_input("Name (optional)", key="people.invite_name", max_chars=100, placeholder="Dr Ana Lopez")
            else:
                st.text_input("Name", key="people.invite_who", max_chars=254, placeholder="Dr Ana Lopez")
            st.selectbox("Role", list(ROLES), format_func=ROLES.__getitem__, key="people.invite_role")
        st.form_submit_button(
            "Invite" if signs_in(page) else "Add",
            key="people.invite",
            type="primary",
            icon=":material/person_add:",
            on_click=_invite,
            args=(page,),
        )
        if signs_in(page):
            st.caption(
                "Nothing is sent. Give them the address of this page; they are recognised at their first sign-in "
                "by the e-mail address that the provider vouches for."
            )


def _everybody(page: Page) -> None:
    """Show all people, each with what can be changed."""
    finished_erasure(page)
    people = accounts.listed(page.workspace, page.user)
    if not people:
        st.markdown("Nobody is here yet. Add the first person above; names chosen on the Rate page appear here too.")
        return
    st.subheader(plural(len(people), "person", "people"), anchor=False)
    for person in people:
        with st.container(
            horizontal=True,
            vertical_alignment="center",
            horizontal_alignment="distribute",
            key=f"people.row.{person.rater_id}",
            border=True,
        ):
            with st.container(width="stretch", gap=None):
                off = " :red-badge[access off]" if person.disabled else ""
                me = " (you)" if person.rater_id == page.user.rater_id else ""
                st.markdown(f"**{literal(person.name)}**{me} :gray-badge[{person.role}]{off}")
                st.caption(_about(page, person))
            with st.popover("Change", key=f"people.change.{person.rater_id}", width="content"):
                _change(page, person)
        erase_person(page, person.rater_id)


def _about(page: Page, person: Person) -> str:
    if not signs_in(page):
        return literal(person.email or "chosen in the browser")
    if person.last_seen:
        seen = f"last signed in {person.last_seen.astimezone():%d %b %Y}"
    else:
        seen = "invited, has not signed in yet" if person.email else "cannot sign in: no e-mail address"
    return literal(f"{person.email} · {seen}" if person.email else seen)


def _change(page: Page, person: Person) -> None:
    number = person.rater_id
    roles = list(ROLES)
    st.radio("Role", roles, index=roles.index(person.role), format_func=ROLES.__getitem__, key=f"people.role.{number}")
    st.button("Save the role", key=f"people.save.{number}", type="primary", on_click=_set_role, args=(page, person))
    if signs_in(page) and person.last_seen is None:
        st.text_input("E-mail address", person.email or "", key=f"people.email.{number}", max_chars=254)
        st.button("Save the address", key=f"people.save_email.{number}", on_click=_set_address, args=(page, person))
    if person.disabled:
        st.button("Switch access on", key=f"people.enable.{number}", on_click=_switch, args=(page, person, False))
    else:
        st.button("Switch access off", key=f"people.disable.{number}", on_click=_switch, args=(page, person, True))
        st.caption("Takes effect at their next act. Their ratings stay.")
    offer_person_erasure(page, number)


@errors.act
def _invite(page: Page) -> None:
    user = actor(page)
    if user is None:
        return
    typed = {part: str(st.session_state.get(f"people.invite_{part}") or "") for part in ("who", "name")}
    role = st.session_state.get("people.invite_role") or Role.SME
    person = accounts.invite(page.workspace, user, typed["who"], Role(role), name=typed["name"])
    for part in typed:
        st.session_state[f"people.invite_{part}"] = ""
    session.toast(f"{person.name} is {'invited' if signs_in(page) else 'added'} as {person.role}.")


@errors.act
def _let_in(page: Page, one: PendingIdentity) -> None:
    user = actor(page)
    if user is None:
        return
    role = st.session_state.get(f"people.let_role.{one.identity_id}") or Role.SME
    known: Person | None = st.session_state.get(f"people.let_as.{one.identity_id}")
    person = accounts.admit(
        page.workspace, user, one.identity_id, Role(role), as_person=known.rater_id if known else None
    )
    session.toast(f"{person.name} is let in as {person.role}.")


@errors.act
def _set_role(page: Page, person: Person) -> None:
    user = actor(page)
    if user is None:
        return
    role = Role(st.session_state[f"people.role.{person.rater_id}"])
    accounts.set_role(page.workspace, user, person.rater_id, role)
    session.toast(f"{person.name} is {role} from the next act on.")


@errors.act
def _set_address(page: Page, person: Person) -> None:
    user = actor(page)
    if user is None:
        return
    typed = str(st.session_state.get(f"people.email.{person.rater_id}") or "")
    accounts.set_address(page.workspace, user, person.rater_id, typed)
    session.toast(f"{person.name} is recognised by {typed.strip()}.")


@errors.act
def _switch(page: Page, person: Person, disabled: bool) -> None:
    user = actor(page)
    if user is None:
        return
    accounts.set_disabled(page.workspace, user, person.rater_id, disabled)
    session.toast(f"The access of {person.name} is switched {'off' if disabled else 'on'}.")
