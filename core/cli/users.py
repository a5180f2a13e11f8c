"""``users``: who may come in and as what, for whoever runs the server."""

import argparse

from core.cli.output import Done, say
from core.domain.errors import BadInput
from core.domain.roles import COMMAND_LINE, Role
from core.services.people import accounts
from core.services.people.accounts import Person
from core.services.workspace import open_workspace


def users(options: argparse.Namespace) -> Done:
    """List, add, give a role, disable or enable."""
    workspace = open_workspace()
    action, who, role = options.action, options.who, options.role
    if action in ("disable", "enable") and role:
        raise BadInput(f"`users {action}` takes nobody's role, only WHO.")
    if action != "list" and not who:
        raise BadInput(f"Say who: python -m core users {action} NAME_OR_EMAIL")
    if action == "list":
        if who:
            raise BadInput("`users list` takes no name.")
    elif action == "add":
        person = accounts.invite(workspace, COMMAND_LINE, who, Role(role or Role.SME), name=options.name or "")
        say(f"{person.name} is invited as {person.role}.")
    else:
        person = accounts.find(workspace, COMMAND_LINE, who)
        if action == "role":
            if not role:
                raise BadInput(f"Say which role: python -m core users role {who!r} {' or '.join(Role)}")
            accounts.set_role(workspace, COMMAND_LINE, person.rater_id, Role(role))
        else:
            accounts.set_disabled(workspace, COMMAND_LINE, person.rater_id, action == "disable")
    found = accounts.listed(workspace, COMMAND_LINE)
    for person in found:
        say(in_words(person))
    if not found:
        say("Nobody is here yet. Add somebody: python -m core users add NAME_OR_EMAIL --role lead")
    return {"users": [to_json(person) for person in found]}, 0


def in_words(person: Person) -> str:
    """One line about a person."""
    seen = f"last signed in {person.last_seen.astimezone():%d %b %Y}" if person.last_seen else "never signed in"
    return (
        f"{person.role:<6}  {person.name}{f' <{person.email}>' if person.email else ''}, {seen}"
        f"{', access off' if person.disabled else ''}"
    )


def to_json(person: Person) -> dict[str, object]:
    """What ``users --json`` says of a person."""
    return {
        "name": person.name,
        "email": person.email,
        "role": str(person.role),
        "disabled": person.disabled,
        "last_sign_in": person.last_seen.isoformat() if person.last_seen else None,
    }
