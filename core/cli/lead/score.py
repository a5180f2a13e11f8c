"""`score`: a score for every row of a file; `embed`: vectors of stored answers, computed ahead of a training."""

import argparse
from pathlib import Path

from core.cli.import_ import read_mapping
from core.cli.output import Done, ProgressBar, say
from core.domain.roles import COMMAND_LINE
from core.domain.texts import plural
from core.services.scoring import embedding, scoring
from core.services.scoring.scoring import ScoreResult
from core.services.workspace import open_workspace


def score(options: argparse.Namespace) -> Done:
    """Score a file, showing progress."""
    steps = scoring.score_file(
        open_workspace(),
        COMMAND_LINE,
        Path(options.file),
        Path(options.out),
        model_version=options.model,
        mapping=read_mapping(options.map),
        workers=options.workers,
        scheduler=options.scheduler,
    )
    result: ScoreResult | None = None
    with ProgressBar("scoring", unit="row") as bar:
        for step in steps:
            if isinstance(step, ScoreResult):
                result = step
                continue
            if step.anew and not step.done:
                say("The input, the model or the encoder is another one than before, so it begins anew.")
            bar.at(step.done, step.total)
    assert result is not None
    if result.kept:
        say(f"{plural(result.kept, 'row')} had been scored before it was interrupted.")
    if result.replaced:
        say(f"{plural(result.replaced, 'worker')} ended and was replaced; its part was scored once more.")
    if result.fallback:
        say(f"{result.model_version} scored in place of the model in use, which cannot be loaded.")
    say(
        f"{result.scored:,} of {plural(result.rows, 'row')} scored by {result.model_version}, written to {result.path}."
    )
    if result.scored < result.rows:
        say(f"{plural(result.rows - result.scored, 'row has', 'rows have')} no score; the column reason says why.")
    return result.to_json(), 0


def embed(options: argparse.Namespace) -> Done:
    """Compute vectors of stored answers, showing progress."""
    done, workspace = 0, open_workspace()
    if options.job is not None:
        steps = embedding.carry_out(workspace, COMMAND_LINE, options.job)
    else:
        steps = embedding.embed(
            workspace, COMMAND_LINE, everything=options.all, workers=options.workers, scheduler=options.scheduler
        )
    with ProgressBar("reading answers", unit="answer") as bar:
        for step in steps:
            done = step.done
            bar.at(step.done, step.total)
    if not done:
        say("There is no answer to read yet." if options.all else "There is no rated answer to read yet.")
    else:
        say(f"The vectors of {plural(done, 'answer')} are in the database; no training computes them again.")
    return {"answers": done}, 0
