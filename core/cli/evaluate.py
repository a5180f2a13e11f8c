"""`evaluate`: measure a model on a rated file."""

import argparse
from pathlib import Path

from core.cli.output import Done, in_words, say
from core.domain.roles import COMMAND_LINE
from core.services.workspace import open_workspace


def evaluate(options: argparse.Namespace) -> Done:
    """Measure a model on a rated file."""
    from core.services.models.evaluate import evaluate_file

    result = evaluate_file(open_workspace(), COMMAND_LINE, Path(options.file), model_version=options.model)
    say(f"{result['model_version']} on {result['n']:,} answers to {result['prompts']:,} prompts it was not trained on:")
    for name in ("accuracy", "roc_auc", "pairwise_accuracy"):
        say(f"  {name}: {in_words(result['metrics'][name])}")
    return result, 0
