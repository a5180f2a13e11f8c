"""``keys``: which programs may call the HTTP API, for whoever runs the server."""

import argparse

from core.cli.output import Done, say
from core.domain.errors import BadInput
from core.domain.roles import COMMAND_LINE
from core.services.people import api_keys
from core.services.workspace import open_workspace


def keys(options: argparse.Namespace) -> Done:
    """List, create, revoke or confirm; a new key is printed this once."""
    action, what = options.action, options.what
    if action in ("list", "confirm") and what:
        raise BadInput(f"`keys {action}` takes nothing more.")
    if action in ("create", "revoke") and not what:
        raise BadInput(f"Say which: python -m core keys {action} {'NAME' if action == 'create' else 'ID'}")
    workspace = open_workspace()
    result: dict[str, object] = {}
    if action == "create":
        key, made = api_keys.create(workspace, COMMAND_LINE, what)
        say(f"The key for {made.name}, shown this once:\n{key}")
        result = {"key": key, "id": made.key_id}
    elif action == "revoke":
        if not what.isdecimal():
            raise BadInput(f"{what!r} is no number of a key; `keys list` shows them.")
        revoked = api_keys.revoke(workspace, COMMAND_LINE, int(what))
        say(f"Key {revoked.key_id} ({revoked.name}) is revoked.")
    elif action == "confirm":
        confirmed = api_keys.confirm(workspace, COMMAND_LINE)
        result = {"confirmed": confirmed}
        say(
            f"{confirmed} confirmed; {'they open' if confirmed != 1 else 'it opens'} the API again."
            if confirmed
            else "No key waits."
        )
    known = api_keys.listed(workspace, COMMAND_LINE)
    if action == "list":
        for one in known:
            used = f"last used {one.last_used_at:%d %b %Y}" if one.last_used_at else "never used"
            off = f"off since a restore of {one.waits_since:%d %b %Y}: keys confirm" if one.waits_since else used
            state = f"revoked {one.revoked_at:%d %b %Y}" if one.revoked_at else off
            say(
                f"{one.key_id:>4}  {one.start}...  {one.name}, created {one.created_at:%d %b %Y} by {one.created_by}, "
                f"{state}"
            )
        if not known:
            say(
                "There is no key yet, so only programs on this machine can call. Make one: python -m core keys create "
                "NAME"
            )
    return result | {"keys": [one.to_json() for one in known]}, 0
