"""`export`: ratings, gold, pairs, kto, sft, preferences or feedback in a file."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.cli.output import Done, say
from core.domain.errors import BadInput, HoldsIdentifiers
from core.domain.roles import COMMAND_LINE
from core.domain.texts import plural
from core.services.data import exporting
from core.services.data.exporting import Marked
from core.services.workspace import open_workspace


def add_marks(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say what becomes of personal identifiers."""
    marked = parser.add_mutually_exclusive_group()
    marked.add_argument(
        "--leave-out-identifiers",
        action="store_true",
        help="without the answers that hold names, telephone numbers, ...",
    )
    marked.add_argument("--include-identifiers", action="store_true", help="with them; say why with --reason")
    parser.add_argument("--reason", help="why personal identifiers are included, for the audit log")


def marks_of(options: argparse.Namespace) -> tuple[Marked, str]:
    """What those flags say, and the reason.

    Raises:
        BadInput: a reason for nothing.
    """
    if options.reason and not options.include_identifiers:
        raise BadInput("--reason says why identifiers are included; it goes with --include-identifiers.")
    if options.include_identifiers:
        return Marked.INCLUDE, options.reason or ""
    return Marked.LEAVE_OUT if options.leave_out_identifiers else Marked.REFUSE, ""


@contextmanager
def naming_flags() -> Iterator[None]:
    """Say the flags where an export is refused for what it holds."""
    try:
        yield
    except HoldsIdentifiers as error:
        raise HoldsIdentifiers(
            f"{error} That is --leave-out-identifiers, or --include-identifiers --reason WHY."
        ) from error


def export(options: argparse.Namespace) -> Done:
    """Write an export."""
    marked, reason = marks_of(options)
    with naming_flags():
        result = exporting.export(
            open_workspace(), COMMAND_LINE, options.kind, Path(options.out), marked=marked, reason=reason
        )
    without = result.prompts_without_pair
    pairless = (
        f" {plural(without, 'rated prompt gives', 'rated prompts give')} no pair." if options.kind == "pairs" else ""
    )
    say(f"{result.rows:,} rows written to {result.path}.{pairless}")
    if result.left_out:
        say(f"Left out for the personal identifiers in them: {result.left_out:,}.")
    return result.to_json(), 0
