"""``forget``: take an answer, a rater or what a user said out for good, shown first; ``compact`` after it."""

import argparse

from core.cli.output import Done, say
from core.domain.errors import BadInput
from core.domain.roles import COMMAND_LINE
from core.services.data import erasure
from core.services.workspace import open_workspace


def forget(options: argparse.Namespace) -> Done:
    """Show what would go and stay; with --yes, do it."""
    if (options.what is None) != (options.which is None) or (options.what is None) == (options.user is None):
        raise BadInput(
            "Say what to forget: interaction NUMBER, rater NAME, or --user ID --application NAME for a user of an "
            "application."
        )
    workspace, what = open_workspace(), str(options.which)
    if options.what != "rater" and options.pseudonymise:
        raise BadInput("--pseudonymise is for raters: the others have no name to replace.")
    if options.user is not None:
        of_user = erasure.app_user if options.yes else erasure.preview_app_user
        found = of_user(workspace, COMMAND_LINE, options.application, options.user)
    elif options.what == "interaction":
        if not what.isdecimal() or len(what) > 15:
            raise BadInput("Say which answer by its number: python -m core forget interaction 12")
        found = erasure.preview_interaction(workspace, COMMAND_LINE, int(what))
        if options.yes:
            found = erasure.interaction(workspace, COMMAND_LINE, int(what), seen=found.version)
    else:
        of_rater = erasure.rater if options.yes else erasure.preview_rater
        found = of_rater(workspace, COMMAND_LINE, what, ratings_stay=options.pseudonymise)
    say(f"{'Forgotten' if found.done else 'This would forget'}: {found.subject}.")
    for words, number in found.goes.items():
        say(f"  {words}: {number:,}")
    say("What stays, and where:")
    for sentence in found.remains:
        say(f"  - {sentence}")
    if not found.done:
        say("Nothing was changed. To do it, run the same with --yes. It cannot be undone.")
    return found.to_json(), 0


def compact(options: argparse.Namespace) -> Done:
    """Write the SQLite file anew."""
    before, after = erasure.compact(open_workspace(), COMMAND_LINE)
    say(f"The database file was written anew: {before / 1e6:,.1f} MB before, {after / 1e6:,.1f} MB now.")
    return {"bytes_before": before, "bytes_after": after}, 0
