"""`comparisons`: open pairs of answers as A or B, say how far they are, close them."""

import argparse

from core.cli.output import Done, in_words, say
from core.domain.errors import BadInput
from core.domain.roles import COMMAND_LINE
from core.domain.texts import plural
from core.services.workspace import Workspace, open_workspace


def comparisons(options: argparse.Namespace) -> Done:
    """Open, close, or only say how far what was opened is."""
    from core.services.comparisons import opening

    if options.action != "open" and (options.pairs is not None or options.raters is not None or options.session):
        raise BadInput("--pairs, --raters and --session go with: comparisons open.")
    workspace = open_workspace()
    changed = None
    if options.action == "open":
        wanted = opening.PairsToOpen(
            20 if options.pairs is None else options.pairs,
            2 if options.raters is None else options.raters,
            session=options.session,
        )
        changed = opening.open_pairs(workspace, COMMAND_LINE, wanted)
        say(
            f"Opened {plural(changed, 'pair')}."
            if changed
            else "No question has two different answers that were not opened before."
        )
    elif options.action == "close":
        changed = opening.close(workspace, COMMAND_LINE)
        say(f"Closed {plural(changed, 'pair')}. What was said stays.")
    return _status(workspace) | ({} if changed is None else {"changed": changed}), 0


def _status(workspace: Workspace) -> dict[str, object]:
    from core.services.comparisons import agreement, opening  # loads scikit-learn

    waiting = opening.standing(workspace, COMMAND_LINE).waiting
    found = agreement.measure(workspace, COMMAND_LINE)
    for one in waiting:
        say(f"  {one.served_for}: {one.done:,} of {plural(one.pairs, 'pair')} done, {one.answers:,} comparisons")
    if not waiting:
        say("No pair was opened yet.")
    equal = found.equal.to_json()
    if found.chance is not None:
        say(f"Two people say the same of one pair in {in_words(equal)}; by chance in {found.chance:.3f}.")
    return {
        "opened": [
            {"served_for": one.served_for, "pairs": one.pairs, "done": one.done, "comparisons": one.answers}
            for one in waiting
        ],
        "agreement": equal,
        "chance": found.chance,
        "pairs_compared_twice": found.pairs,
    }
