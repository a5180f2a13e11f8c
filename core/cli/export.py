"""`export`: ratings, gold, pairs, kto, sft, preferences or feedback in a file."""

import argparse
from pathlib import Path

from core.cli.output import Done, say
from core.domain.errors import BadInput, HoldsIdentifiers
from core.domain.roles import COMMAND_LINE
from core.domain.texts import plural
from core.services.data import exporting
from core.services.data.exporting import Marked
from core.services.workspace import open_workspace


def export(options: argparse.Namespace) -> Done:
    """Write an export."""
    marked = Marked.LEAVE_OUT if options.leave_out_identifiers else Marked.REFUSE
    if options.include_identifiers:
        marked = Marked.INCLUDE
    elif options.reason:
        raise BadInput("--reason says why identifiers are included; it goes with --include-identifiers.")
    try:
        result = exporting.export(
            open_workspace(),
            COMMAND_LINE,
            options.kind,
            Path(options.out),
            marked=marked,
            reason=options.reason or "",
        )
    except HoldsIdentifiers as error:
        raise HoldsIdentifiers(
            f"{error} That is --leave-out-identifiers, or --include-identifiers --reason WHY."
        ) from error
    without = result.prompts_without_pair
    pairless = (
        f" {plural(without, 'rated prompt gives', 'rated prompts give')} no pair." if options.kind == "pairs" else ""
    )
    say(f"{result.rows:,} rows written to {result.path}.{pairless}")
    if result.left_out:
        say(f"Left out for the personal identifiers in them: {result.left_out:,}.")
    return result.to_json(), 0
