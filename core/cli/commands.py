"""The commands: each calls one service and says in words what came of it; returns (JSON, exit code).

What trains or evaluates is imported by the command that needs it: scikit-learn takes longer to load than most commands
to run.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from core.cli.progress import ProgressBar
from core.domain.errors import BadInput, HoldsIdentifiers
from core.domain.roles import COMMAND_LINE
from core.domain.texts import plural
from core.services.data import exporting, importing
from core.services.data.exporting import Marked
from core.services.data.importing import ImportProgress, ImportResult
from core.services.models import models as models_service
from core.services.operations import doctor as doctor_service
from core.services.operations import status as status_service
from core.services.reranking import reranking
from core.services.workspace import initialise, open_workspace

Done = tuple[dict[str, Any], int]


def init(options: argparse.Namespace) -> Done:
    """Create or upgrade the tables."""
    result = initialise()
    say(f"{result['database']} is ready (revision {result['revision']}).")
    return result, 0


def import_(options: argparse.Namespace) -> Done:
    """Import a file."""
    result: ImportResult | None = None
    path = Path(options.file)
    with ProgressBar("rows", unit="row") as bar:
        steps = importing.import_file(
            open_workspace(), COMMAND_LINE, path, rater=options.rater, context_column=options.context_column
        )
        for step in steps:
            if isinstance(step, ImportProgress):
                bar.at(step.rows)
            else:
                result = step
    assert result is not None
    say(
        f"{result.added:,} interactions added, {result.ratings:,} ratings, {result.duplicates:,} duplicates, "
        f"{result.rejected_total:,} rows rejected."
    )
    for rejected in result.rejected[:10]:
        say(f"  row {rejected.number}: {rejected.reason}")
    if result.rejected_total > 10:
        say(f"  ... and {result.rejected_total - 10:,} more (the Data page lists them)")
    return result.to_json(), 0


def status(options: argparse.Namespace) -> Done:
    """Where we stand."""
    found = status_service.status(open_workspace(), COMMAND_LINE, at_once=True)
    say(f"Database: {found.database}" + ("  (sample data)" if found.sample else ""))
    say(f"{found.interactions:,} interactions, {found.rated:,} rated ({found.good:,} good), {found.unrated:,} to rate.")
    following = f"; next threshold {found.next_threshold}" if found.next_threshold else ""
    say(f"Stage: {found.stage}{following}.")
    say(
        f"Champion: {found.champion.model_version} ({found.champion.recipe})." if found.champion else "No champion yet."
    )
    if found.grant:
        say(f"The training table of the existing application cannot be written. Run: {found.grant}")
    return found.to_json(), 0


def train(options: argparse.Namespace) -> Done:
    """Train a model, showing progress; too little data is a result, not an error."""
    from core.services.training import runs, training

    workspace = open_workspace()
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
    if result["verdict"]:
        say(result["verdict"])
    say(result["reason"])
    run = runs.run_view(workspace, COMMAND_LINE, result["run_id"])
    if run is not None and run.orders is not None:
        say(run.orders)
    if workspace.grant:
        say(f"The training table of the existing application cannot be written. Run: {workspace.grant}")
    return result, 0


def evaluate(options: argparse.Namespace) -> Done:
    """Measure a model on a rated file."""
    from core.services.models.evaluate import evaluate_file

    result = evaluate_file(open_workspace(), COMMAND_LINE, Path(options.file), model_version=options.model)
    say(f"{result['model_version']} on {result['n']:,} answers to {result['prompts']:,} prompts it was not trained on:")
    for name in ("accuracy", "roc_auc", "pairwise_accuracy"):
        say(f"  {name}: {in_words(result['metrics'][name])}")
    return result, 0


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


def export(options: argparse.Namespace) -> Done:
    """Write an export."""
    marked = Marked.LEAVE_OUT if options.leave_out_identifiers else Marked.REFUSE
    if options.include_identifiers:
        marked = Marked.INCLUDE
    elif options.reason:
        raise BadInput("--reason says why identifiers are included; it goes with --include-identifiers.")
    try:
        result = exporting.export(
            open_workspace(),
            COMMAND_LINE,
            options.kind,
            Path(options.out),
            marked=marked,
            reason=options.reason or "",
        )
    except HoldsIdentifiers as error:
        raise HoldsIdentifiers(
            f"{error} That is --leave-out-identifiers, or --include-identifiers --reason WHY."
        ) from error
    without = result.prompts_without_pair
    pairless = (
        f" {plural(without, 'rated prompt gives', 'rated prompts give')} no pair." if options.kind == "pairs" else ""
    )
    say(f"{result.rows:,} rows written to {result.path}.{pairless}")
    if result.left_out:
        say(f"Left out for the personal identifiers in them: {result.left_out:,}.")
    return result.to_json(), 0


def models(options: argparse.Namespace) -> Done:
    """List, promote or roll back."""
    workspace = open_workspace()
    if options.action == "promote":
        if not options.version:
            raise BadInput("Say which version: python -m core models promote VERSION")
        models_service.promote(
            workspace, COMMAND_LINE, options.version, reason=options.reason or "Promoted on the command line."
        )
    elif options.version:
        raise BadInput(f"`models {options.action}` takes no version.")
    elif options.action == "rollback":
        models_service.rollback(workspace, COMMAND_LINE)
    found = models_service.listed(workspace, COMMAND_LINE)
    champion = next((version.model_version for version in found if version.state == "champion"), None)
    for version in found:
        mark = "*" if version.state == "champion" else " "
        say(
            f"{mark} {version.model_version}  {version.recipe}  {version.n:,} rated  AUC "
            f"{in_words(version.metrics['roc_auc'].to_json())}"
        )
    if not found:
        say("There is no model yet. Train one: python -m core train")
    return {"champion": champion, "versions": [version.to_json() for version in found]}, 0


def sample(options: argparse.Namespace) -> Done:
    """Load or remove the sample."""
    workspace = open_workspace()
    if options.action == "load":
        loaded = importing.load_sample(workspace, COMMAND_LINE)
        say(f"The sample is loaded: {loaded.added:,} answers, {loaded.ratings:,} ratings.")
        return loaded.to_json(), 0
    removed = importing.remove_sample(workspace, COMMAND_LINE)
    say(f"The sample is removed: {removed:,} answers with their ratings, and the models trained on it.")
    return {"removed": removed}, 0


def doctor(options: argparse.Namespace) -> Done:
    """Check everything that is needed."""
    report = doctor_service.examine()
    for check in report["checks"]:
        say(f"{'ok  ' if check['ok'] else 'FAIL'}  {check['name']}: {check['detail']}")
    return report, 0 if report["ok"] else 1


def in_words(metric: dict[str, Any]) -> str:
    """A metric as ``0.871 [0.851, 0.890]``, or why there is none."""
    if metric["value"] is None:
        return str(metric["reason"])
    interval = "" if metric["low"] is None else f" [{metric['low']:.3f}, {metric['high']:.3f}]"
    return f"{metric['value']:.3f}{interval}"


def say(line: str) -> None:
    """One line for a person, on stdout before the JSON line."""
    sys.stdout.write(line + "\n")
