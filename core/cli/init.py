"""`init`: create or upgrade the tables."""

import argparse

from core.cli.output import Done, say
from core.services.workspace import initialise


def init(options: argparse.Namespace) -> Done:
    """Create or upgrade the tables."""
    result = initialise()
    say(f"{result['database']} is ready (revision {result['revision']}).")
    return result, 0
