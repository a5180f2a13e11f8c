"""``record``: who did what, for whoever runs the server."""

import argparse
from datetime import datetime
from pathlib import Path

from core.cli.output import Done, say
from core.domain.errors import BadInput
from core.domain.roles import COMMAND_LINE
from core.services.people import audit_log
from core.services.people.audit_log import Line, Wanted
from core.services.workspace import Workspace, open_workspace


def record(options: argparse.Namespace) -> Done:
    """List the latest acts, or write them all to a file."""
    if options.limit < 1:
        raise BadInput("--limit must be 1 or more.")
    since, until = _moment(options.since, "--since"), _moment(options.until, "--until")
    workspace = open_workspace()
    wanted = Wanted(_actor(workspace, options.actor), options.action, options.subject, since, until)
    if options.out:
        rows = audit_log.export(workspace, COMMAND_LINE, wanted, Path(options.out))
        say(f"{rows:,} acts written to {options.out}.")
        return {"rows": rows, "path": options.out}, 0
    found = audit_log.acts(workspace, COMMAND_LINE, wanted, size=options.limit + 1)
    more, found = len(found) > options.limit, found[: options.limit]
    for line in found:
        say(in_words(line))
    if not found:
        say("The record holds no such act.")
    elif more:
        say(f"These are the latest {len(found):,}; --limit shows more, --out FILE writes all.")
    return {"acts": [line.to_json() for line in found], "more": more}, 0


def in_words(line: Line) -> str:
    """One act on one line."""
    about = f" ({line.about})" if line.about else ""
    changed = " -> ".join(str(side) for side in (line.old, line.new) if side is not None)
    return (
        f"{line.at.astimezone():%Y-%m-%d %H:%M:%S}  {line.name}: {line.action}, {line.subject}{about}  {changed}"
    ).rstrip()


def _actor(workspace: Workspace, who: str) -> str:
    """As the audit log keeps somebody: what was typed may be the name of today."""
    known = audit_log.choices(workspace, COMMAND_LINE).actors
    if not who or who in known:
        return who
    named = [key for key, name in known.items() if name.casefold() == who.casefold()]
    if len(named) != 1:
        raise BadInput(
            f"{who!r} did nothing that is in the audit log. There are: {', '.join(known.values()) or 'nobody'}."
        )
    return named[0]


def _moment(typed: str | None, option: str) -> datetime | None:
    try:
        return None if typed is None else datetime.fromisoformat(typed).astimezone()
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{option} {typed!r} is no date; write it as in 2026-11-25 or 2026-11-25T14:00.") from error
