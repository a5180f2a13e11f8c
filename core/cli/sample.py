"""`sample`: load or remove the sample data, or make feedback on it."""

import argparse

from core.cli.output import Done, say
from core.domain.roles import COMMAND_LINE
from core.services.data import importing
from core.services.outcomes import demo
from core.services.workspace import open_workspace


def sample(options: argparse.Namespace) -> Done:
    """Load or remove the sample, or make a week of feedback on it."""
    workspace = open_workspace()
    if options.action == "load":
        loaded = importing.load_sample(workspace, COMMAND_LINE)
        say(f"The sample is loaded: {loaded.added:,} answers, {loaded.ratings:,} ratings.")
        return loaded.to_json(), 0
    if options.action == "feedback":
        made = demo.make_feedback(workspace, COMMAND_LINE)
        say(
            f"Made, by chance and not by people: {made.feedback:,} times feedback on {made.rankings:,} rankings and "
            f"{made.answers:,} answers of an application called demo. Removing the sample removes it."
        )
        return made.to_json(), 0
    removed = importing.remove_sample(workspace, COMMAND_LINE)
    say(f"The sample is removed: {removed:,} answers with their ratings, and the models trained on it.")
    return {"removed": removed}, 0
