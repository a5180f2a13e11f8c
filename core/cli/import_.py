"""`import`: answers and ratings from a file; `conversations`: those that came in as one text."""

import argparse
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from core.cli.output import Done, ProgressBar, say
from core.domain.errors import BadInput
from core.domain.records import Rejected
from core.domain.roles import COMMAND_LINE
from core.domain.texts import plural
from core.labeling.how_to_read import HowToRead
from core.services.data import checking, importing, uploads
from core.services.data import conversations as stored
from core.services.data.checking import Checked
from core.services.data.conversations import Converted
from core.services.data.importing import ImportResult
from core.services.workspace import open_workspace

Result = TypeVar("Result")
JUDGED = ("score or choice", "scores or choices")


def import_(options: argparse.Namespace) -> Done:
    """Import a file, or say what an import of it would do."""
    if options.upload is not None:
        os.nice(5)  # the raters at this machine come first; not less, or they would wait for what this holds
        uploads.carry_out(open_workspace(), COMMAND_LINE, options.upload)
        return {"upload_id": options.upload}, 0
    how = HowToRead(
        sheet=options.sheet,
        shape=options.shape,
        mapping=read_mapping(options.map),
        context_column=options.context_column or "",
        scale=options.scale,
        rater=options.rater,
    )
    path = Path(options.file)
    return _check(path, how) if options.check else _import(path, how)


def _import(path: Path, how: HowToRead) -> Done:
    result = _to_the_end(importing.import_file(open_workspace(), COMMAND_LINE, path, how), ImportResult)
    say(
        f"{result.added:,} interactions added, {result.ratings:,} ratings, {result.duplicates:,} duplicates, "
        f"{result.rejected_total:,} rows rejected."
    )
    _say_comparisons(result.preferences, result.ties, result.equal_pairs)
    if result.judged:
        say(f"{plural(result.judged, *JUDGED)} of LLM judges.")
    _say_rows(result.rejected, result.rejected_total)
    if result.left_out_total:
        answers = plural(result.left_out_total, "answer is", "answers are")
        say(f"{answers} in without a {_lost(bool(result.judged))} that can be read:")
        _say_rows(result.left_out, result.left_out_total)
    return result.to_json(), 0


def _check(path: Path, how: HowToRead) -> Done:
    report = _to_the_end(checking.check(open_workspace(), COMMAND_LINE, path, how), Checked)
    sheet = f", sheet {report.sheet}" if report.sheet else ""
    say(f"{path.name}: {report.kind}{sheet}. {report.shape_title}: {report.becomes}")
    say(
        f"{report.rows:,} rows: {report.new_answers:,} new answers, {report.ratings:,} ratings, {report.repeats:,} "
        f"repeats, {report.rejected_total:,} that cannot be imported."
    )
    _say_comparisons(report.preferences, report.ties, report.equal_pairs)
    for judge, number in report.judges:
        say(f"{plural(number, *JUDGED)} of the judge {judge}.")
    _say_rows(report.rejected, report.rejected_total)
    if report.scale and report.scale_table:
        pairs = ", ".join(f"{written} is {stored}" for written, stored in report.scale_table)
        say(f"Ratings are read as {report.scale_title}: {pairs}.")
    if report.left_out_total:
        answers = plural(report.left_out_total, "answer")
        say(f"{answers} would come in without a {_lost(bool(report.judges))} that can be read:")
        _say_rows(report.left_out, report.left_out_total)
    if report.metadata:
        say(f"Kept as metadata: {', '.join(report.metadata)}.")
    say(f"{report.question} {report.option}".strip() or "Nothing was stored.")
    return report.to_json(), 0


def _to_the_end(steps: Iterable[Any], kind: type[Result]) -> Result:
    """What comes last, of this kind; the rows of the steps before are shown."""
    result: Result | None = None
    with ProgressBar("rows", unit="row") as bar:
        for step in steps:
            if isinstance(step, kind):
                result = step
            else:
                bar.at(step.rows)
    assert result is not None
    return result


def read_mapping(given: Sequence[str]) -> dict[str, str]:
    """Our column -> the file's, from ``user_prompt=Question``."""
    pairs = [pair.partition("=") for pair in given]
    for ours, equals, theirs in pairs:
        if not (ours.strip() and equals and theirs.strip()):
            raise BadInput(f"--map {ours}{equals}{theirs} is not understood; write it as --map user_prompt=Question.")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


def _say_comparisons(preferences: int, ties: int, equal_pairs: int) -> None:
    if preferences or ties or equal_pairs:
        say(
            f"{plural(preferences, 'comparison becomes a preference', 'comparisons become preferences')}, "
            f"{plural(ties, 'prefers', 'prefer')} neither answer, "
            f"{plural(equal_pairs, 'compares', 'compare')} an answer with itself."
        )


def _lost(judged: bool) -> str:
    """What cannot be read of an answer that comes in."""
    return "rating or score" if judged else "rating"


def _say_rows(rows: Sequence[Rejected], total: int) -> None:
    for row in rows[:10]:
        say(f"  row {row.place or row.number}: {row.reason}")
    if total > 10:
        say(f"  ... and {total - 10:,} more (the Data page lists them)")


def conversations(options: argparse.Namespace) -> Done:
    """Say how many prompts hold a whole conversation as text; with --yes, convert them."""
    workspace = open_workspace()
    if not options.yes:
        found = stored.offer(workspace, COMMAND_LINE)
        say(f"{found.prompts:,} prompts hold a whole conversation as text. Nothing was changed; to convert them: --yes")
        return {"prompts": found.prompts, "converted": 0, "left": 0}, 0
    done = Converted()
    with ProgressBar("prompts", unit="prompt") as bar:
        for done in stored.convert(workspace, COMMAND_LINE):
            bar.at(done.prompts + done.left)
    say(f"{done.prompts:,} prompts converted, {done.left:,} left: the same answer is there already.")
    return {"prompts": done.prompts + done.left, "converted": done.prompts, "left": done.left}, 0
