"""``finetune``: the experts' preferences in a language model itself; one file a sub-command."""

import argparse
from collections.abc import Callable
from typing import Any

from core.cli.finetune.run import add as add_run

Command = Callable[..., argparse.ArgumentParser]
"""As ``core.cli.main`` makes them: name, function, words, ``parent``."""


def add(command: Command, parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands to ``parser``, the group."""
    subs: Any = parser.add_subparsers(title="sub-commands", metavar="SUB-COMMAND", required=True)
    add_run(command, subs)
