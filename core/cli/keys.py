"""``keys``: which programs may call the HTTP API, for whoever runs the server."""

import argparse

from core.cli.output import Done, say
from core.domain.errors import BadInput
from core.domain.roles import COMMAND_LINE, KeyScope
from core.services.people import api_keys
from core.services.workspace import open_workspace


def keys(options: argparse.Namespace) -> Done:
    """List, create, revoke or confirm; a new key is printed this once."""
    action, what = options.action, options.what
    if action in ("list", "confirm") and what:
        raise BadInput(f"`keys {action}` takes nothing more.")
    if action in ("create", "revoke") and not what:
        raise BadInput(f"Say which: python -m core keys {action} {'NAME' if action == 'create' else 'ID'}")
    if options.scope is not None and action != "create":
        raise BadInput("--scope goes with: python -m core keys create NAME")
    scopes = _scopes(KeyScope.RANK if options.scope is None else options.scope)
    workspace = open_workspace()
    result: dict[str, object] = {}
    if action == "create":
        key, made = api_keys.create(workspace, COMMAND_LINE, what, scopes)
        say(f"The key for {made.name}, which may {_in_words(made)}, shown this once:\n{key}")
        result = {"key": key, "id": made.key_id, "scopes": sorted(made.scopes)}
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
                f"{one.key_id:>4}  {one.start}...  {one.name}, may {_in_words(one)}, created "
                f"{one.created_at:%d %b %Y} by {one.created_by}, {state}"
            )
        if not known:
            say(
                "There is no key yet, so only programs on this machine can call. Make one: python -m core keys create "
                "NAME"
            )
    return result | {"keys": [one.to_json() for one in known]}, 0


def _scopes(given: str) -> list[KeyScope]:
    """What a new key may do, from ``rank,send``."""
    try:
        return [KeyScope(name.strip()) for name in given.split(",")]
    except ValueError:
        raise BadInput(f"--scope takes {' and '.join(KeyScope)}, with a comma between; not {given!r}.") from None


def _in_words(key: api_keys.KeyView) -> str:
    return " and ".join(scope for scope in KeyScope if scope in key.scopes)
