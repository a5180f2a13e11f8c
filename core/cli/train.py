"""`train`: a reward model from the ratings. scikit-learn is imported when it runs: it takes longer to load than most
commands to run.
"""

import argparse
import os
import time

from core.cli.output import Done, ProgressBar, say
from core.domain.roles import COMMAND_LINE
from core.services.workspace import open_workspace


def train(options: argparse.Namespace) -> Done:
    """Train a model, showing progress; too little data is a result, not an error."""
    from core.services.training import memory, runs, training

    workspace, began, spent = open_workspace(), time.monotonic(), time.process_time()
    if options.recipe == "transformer" and options.run is None:
        os.nice(10)  # it takes minutes: raters at this machine come first
        say("Tuning a language model: about 20 minutes, 2 GB of memory and 0.5 GB of disk for 2,000 ratings.")
    with ProgressBar("training", unit="step") as bar:
        result = training.train_to_end(
            workspace,
            COMMAND_LINE,
            recipe=options.recipe,
            seed=options.seed,
            without_rater=options.without_rater,
            run_id=options.run,
            on_progress=bar.at,
        )
    say(f"{result['name']}: {result['verdict']}" if result["name"] else result["verdict"])
    run = runs.run_view(workspace, COMMAND_LINE, result["run_id"])
    for told in (run.part, run.orders) if run is not None else ():
        if told is not None:
            say(told)
    if workspace.grant:
        say(f"The training table of the existing application cannot be written. Run: {workspace.grant}")
    took = {
        "seconds": round(time.monotonic() - began, 1),
        "processor_seconds": round(time.process_time() - spent, 1),
        "peak_memory": memory.most_bytes(),
    }
    return result | took, 0
