"""`status`: where we stand."""

import argparse

from core.cli.output import Done, say
from core.domain.roles import COMMAND_LINE
from core.services.models.verdicts import verdict_in_use
from core.services.operations import status as status_service
from core.services.workspace import open_workspace


def status(options: argparse.Namespace) -> Done:
    """Where we stand."""
    workspace = open_workspace()
    found = status_service.status(workspace, COMMAND_LINE, at_once=True)
    say(f"Database: {found.database}" + ("  (sample data)" if found.sample else ""))
    say(f"{found.interactions:,} interactions, {found.rated:,} rated ({found.good:,} good), {found.unrated:,} to rate.")
    following = f"; next threshold {found.next_threshold}" if found.next_threshold else ""
    say(f"Stage: {found.stage}{following}.")
    judged = verdict_in_use(workspace, COMMAND_LINE)
    say(f"{judged.name}: {judged.sentence}" if judged else "No model is in use yet.")
    for worker in found.workers:
        say(f"Worker: {worker}.")
    if found.grant:
        say(f"The training table of the existing application cannot be written. Run: {found.grant}")
    return found.to_json(), 0
