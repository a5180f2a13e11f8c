"""`import`: answers and ratings from a file; `conversations`: those that came in as one text."""

import argparse
from pathlib import Path

from core.cli.output import Done, ProgressBar, say
from core.domain.roles import COMMAND_LINE
from core.services.data import conversations as stored
from core.services.data import importing
from core.services.data.conversations import Converted
from core.services.data.importing import ImportProgress, ImportResult
from core.services.workspace import open_workspace


def import_(options: argparse.Namespace) -> Done:
    """Import a file."""
    result: ImportResult | None = None
    path = Path(options.file)
    with ProgressBar("rows", unit="row") as bar:
        steps = importing.import_file(
            open_workspace(), COMMAND_LINE, path, rater=options.rater, context_column=options.context_column
        )
        for step in steps:
            if isinstance(step, ImportProgress):
                bar.at(step.rows)
            else:
                result = step
    assert result is not None
    say(
        f"{result.added:,} interactions added, {result.ratings:,} ratings, {result.duplicates:,} duplicates, "
        f"{result.rejected_total:,} rows rejected."
    )
    for rejected in result.rejected[:10]:
        say(f"  row {rejected.number}: {rejected.reason}")
    if result.rejected_total > 10:
        say(f"  ... and {result.rejected_total - 10:,} more (the Data page lists them)")
    return result.to_json(), 0


def conversations(options: argparse.Namespace) -> Done:
    """Say how many prompts hold a whole conversation as text; with --yes, convert them."""
    workspace = open_workspace()
    if not options.yes:
        found = stored.offer(workspace, COMMAND_LINE)
        say(f"{found.prompts:,} prompts hold a whole conversation as text. Nothing was changed; to convert them: --yes")
        return {"prompts": found.prompts, "converted": 0, "left": 0}, 0
    done = Converted()
    with ProgressBar("prompts", unit="prompt") as bar:
        for done in stored.convert(workspace, COMMAND_LINE):
            bar.at(done.prompts + done.left)
    say(f"{done.prompts:,} prompts converted, {done.left:,} left: the same answer is there already.")
    return {"prompts": done.prompts + done.left, "converted": done.prompts, "left": done.left}, 0
