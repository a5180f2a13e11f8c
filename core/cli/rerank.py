"""`rerank`: candidate answers in order."""

import argparse
from pathlib import Path

from core.cli.output import Done, say
from core.domain.errors import BadInput
from core.domain.roles import COMMAND_LINE
from core.services.reranking import reranking
from core.services.workspace import open_workspace


def rerank(options: argparse.Namespace) -> Done:
    """Order candidates."""
    if options.top_k is not None and options.top_k < 1:
        raise BadInput("--top-k must be 1 or more.")
    result = reranking.rerank_file(
        open_workspace(), COMMAND_LINE, options.prompt, Path(options.candidates), top_k=options.top_k
    )
    if result["model_version"] is None:
        say(f"No model could be used, so the order is that of the file: {result['reason'].rstrip('.')}.")
    elif result["fallback"]:
        say(result["reason"])
    if result["doubt"]:
        say(result["doubt"])
    for place, row in enumerate(result["results"], 1):
        score = "  -  " if row["score"] is None else f"{row['score']:.3f}"
        say(f"{place:>3}. {score}  [{row['index']}] {' '.join(row['text'].split())[:100]}")
    del result["reason"], result["doubt"]
    return result, 0
