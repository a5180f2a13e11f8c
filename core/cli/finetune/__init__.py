"""``finetune``: the experts' preferences in a language model itself; one file a sub-command."""

import argparse
from collections.abc import Callable
from typing import Any

from core.cli.export import add_marks
from core.cli.finetune.evaluate import evaluate
from core.cli.finetune.export import export
from core.cli.finetune.run import add as add_run

Command = Callable[..., argparse.ArgumentParser]
"""As ``core.cli.main`` makes them: name, function, words, ``parent``."""


def add(command: Command, parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands to ``parser``, the group."""
    subs: Any = parser.add_subparsers(title="sub-commands", metavar="SUB-COMMAND", required=True)

    sub = command("export", export, "write pairs, KTO and SFT rows into a new folder", parent=subs)
    sub.add_argument("directory", metavar="DIR", help="a new folder")
    sub.add_argument("--model", metavar="PATH", help="a language model: count texts that are longer than it reads")
    add_marks(sub)

    add_run(command, subs)

    sub = command(
        "evaluate", evaluate, "compare a tuned model with the one before, on questions kept apart", parent=subs
    )
    sub.add_argument("directory", metavar="DIR", help="what `finetune export` made and `finetune run` tuned with")
    sub.add_argument("--run", type=int, metavar="N", help="of which run (default: the latest that ended well)")
