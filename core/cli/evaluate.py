"""`evaluate`: measure a model on a rated file."""

import argparse
from pathlib import Path

from core.cli.output import Done, in_words, say
from core.domain.roles import COMMAND_LINE
from core.services.workspace import open_workspace

WORDS = {
    "pairwise_accuracy": "right order (of two answers it picks the better one)",
    "accuracy": "accuracy (it calls the answer good or poor as raters do)",
    "roc_auc": "of a good and a poor answer it scores the good one higher (ROC AUC)",
}


def evaluate(options: argparse.Namespace) -> Done:
    """Measure a model on a rated file."""
    from core.services.models.evaluate import evaluate_file

    result = evaluate_file(open_workspace(), COMMAND_LINE, Path(options.file), model_version=options.model)
    where = f"{result['n']:,} answers to {result['prompts']:,} questions it did not learn from"
    say(f"{result['model_version']} on {where}:")
    for name, words in WORDS.items():
        say(f"  {words}: {in_words(result['metrics'][name])}")
    return result, 0
