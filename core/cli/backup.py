"""Saving everything in a folder, and putting it back."""

import argparse
import os
from pathlib import Path

from core.cli.output import Done, say
from core.domain.roles import COMMAND_LINE
from core.domain.settings import Settings
from core.services.operations import backup as backup_service
from core.services.workspace import open_workspace


def backup(options: argparse.Namespace) -> Done:
    """Save everything that cannot be made again."""
    saved = backup_service.save(open_workspace(), COMMAND_LINE, Path(options.out))
    say(
        f"Saved in {saved.path}: {sum(saved.rows.values()):,} rows, {saved.models} model versions, {saved.size:,} "
        "bytes."
    )
    say("It holds private text; settings and secrets (.env, secrets.toml) are not in it.")
    return saved.to_json(), 0


def restore(options: argparse.Namespace) -> Done:
    """Put a backup back."""
    done = backup_service.restore(Path(options.folder), options.into, Settings.from_env(os.environ))
    say(f"Restored into {done.into}: {sum(done.rows.values()):,} rows, {done.models} model versions.")
    say("Nobody is signed in there. Who may come in, as it was when the backup was made:")
    for person in done.people:
        how = "has signed in before" if person.signed_in_before else "invited" if person.email else "by name"
        say(f"  {person.role:<6}  {person.name}{f' <{person.email}>' if person.email else ''}, {how}")
    if done.keys:
        say(
            "Keys of the API wait there, since one may have been revoked meanwhile; `keys revoke ID`, then `keys "
            "confirm`:"
        )
        for key in done.keys:
            say(f"  {key}")
    variable = "DATABASE_URL" if "://" in done.into else "ASSAY_HOME"
    say(f"To use it, set {variable} to that place; `python -m core doctor` then checks it.")
    return done.to_json(), 0
