"""``finetune export``: what a language model can learn from, in a folder."""

import argparse
from pathlib import Path

from core.cli.export import marks_of, naming_flags
from core.cli.output import Done, say
from core.domain.roles import COMMAND_LINE
from core.domain.texts import plural
from core.services.workspace import open_workspace


def export(options: argparse.Namespace) -> Done:
    """Write the folder and say what is to be minded."""
    from core.services.finetuning import exporting  # loads scikit-learn

    marked, reason = marks_of(options)
    with naming_flags():
        result = exporting.export(
            open_workspace(),
            COMMAND_LINE,
            Path(options.directory),
            marked=marked,
            reason=reason,
            model=Path(options.model) if options.model else None,
        )
    counts = result.counts
    say(
        f"{plural(counts['pairs'], 'pair')} on {plural(counts['questions'], 'question')} written to {result.path}: "
        f"{counts['train_pairs']:,} to learn from; {counts['kept_apart_pairs']:,} on "
        f"{plural(counts['kept_apart_questions'], 'question')} kept apart. "
        f"Rows for KTO: {counts['kto']:,}; for SFT: {counts['sft']:,}."
    )
    if result.left_out:
        say(f"Left out for the personal identifiers in them: {result.left_out:,}.")
    for note in result.notes:
        say(note)
    return result.to_json(), 0
