"""`sample`: load or remove the sample data."""

import argparse

from core.cli.output import Done, say
from core.domain.roles import COMMAND_LINE
from core.services.data import importing
from core.services.workspace import open_workspace


def sample(options: argparse.Namespace) -> Done:
    """Load or remove the sample."""
    workspace = open_workspace()
    if options.action == "load":
        loaded = importing.load_sample(workspace, COMMAND_LINE)
        say(f"The sample is loaded: {loaded.added:,} answers, {loaded.ratings:,} ratings.")
        return loaded.to_json(), 0
    removed = importing.remove_sample(workspace, COMMAND_LINE)
    say(f"The sample is removed: {removed:,} answers with their ratings, and the models trained on it.")
    return {"removed": removed}, 0
