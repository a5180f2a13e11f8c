"""The exports, streamed from one state of the database: of the ratings, and of how raters ordered answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

from core.domain.errors import BadInput, Conflict
from core.domain.plain import AS_IS
from core.domain.roles import Act, User
from core.labeling.export_columns import EXPORTS
from core.labeling.exports import count_prompts_without_pair, gold_rows, kto_rows, order_rows, pair_rows
from core.labeling.writing import check_target, write_table
from core.services.data.export_check import Marked, checked_reason, identifiers_of, look, record
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store import scratch
from core.store.interactions import exports, identifiers, legacy
from core.store.reranking import preferences

KINDS = tuple(EXPORTS)


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written, and for how many rated prompts no comparison of two answers is possible."""

    rows: int
    path: Annotated[str, AS_IS]
    prompts_without_pair: int
    left_out: int | None = None
    """Answers and ordered pairs that hold personal identifiers and are therefore not in the file; None where that was
    not asked for."""

    def to_json(self) -> dict[str, Any]:
        """As ``export --json`` prints it."""
        shown = {"rows": self.rows, "path": self.path, "prompts_without_pair": self.prompts_without_pair}
        return shown if self.left_out is None else shown | {"left_out": self.left_out}


@masks_output()
def export(
    workspace: Workspace, user: User, kind: str, path: Path, *, marked: Marked = Marked.REFUSE, reason: str = ""
) -> ExportResult:
    """Write one export to a file whose ending says the format.

    What becomes of answers that hold personal identifiers, in their texts or in comments on them, is for ``marked`` to
    say; to include them wants a ``reason``, which is kept. The export stands in the list before there is a file.

    Raises:
        BadInput: unknown kind, unknown ending, a place that cannot be written, or no reason where one is needed.
        HoldsIdentifiers: some answers do, and ``marked`` does not say what shall become of them.
        Conflict: the existing application keeps editing prompts meanwhile.
        Unavailable: the disk or the database fails.
    """
    workspace.require(user, Act.READ_DATA)
    if kind not in EXPORTS:
        raise BadInput(f"{kind!r} is not an export; choose one of {', '.join(KINDS)}.")
    check_target(path)
    why = checked_reason(user, reason) if marked is Marked.INCLUDE else None
    workspace.pick_up(at_once=True)
    legacy.follow_texts(workspace.store)
    identifiers.look_again(workspace.store)
    with workspace.store.read() as session:
        found = look(session, kind, marked)
    record(workspace, user, kind, path, marked, found, why)
    scratch.note(workspace.settings.home, path.parent)
    try:
        return _write(workspace, kind, path, marked)
    except ValueError:  # the existing application edited a prompt since the line above: look once more
        legacy.follow_texts(workspace.store)
    try:
        return _write(workspace, kind, path, marked)
    except ValueError as error:
        raise Conflict(
            "The existing application is editing prompts right now. Nothing was written; try again."
        ) from error


def _write(workspace: Workspace, kind: str, path: Path, marked: Marked) -> ExportResult:
    unmarked = marked is Marked.LEAVE_OUT
    with workspace.store.read() as session:
        found = look(session, kind, marked)  # once more: this state is written
        ratings = exports.rating_rows(session, unmarked=unmarked)
        ordered = (row for row in preferences.rows(session) if not (unmarked and identifiers_of(row)))
        threshold = workspace.settings.positive_rating_threshold
        rows = write_table(path, EXPORTS[kind], _rows(kind, ratings, ordered, positive_threshold=threshold))
        without = count_prompts_without_pair(gold_rows(exports.rating_rows(session, unmarked=unmarked)))
        return ExportResult(rows, str(path), without, found.marked if unmarked else None)


def _rows(
    kind: str, ratings: Iterator[dict[str, Any]], ordered: Iterator[dict[str, Any]], *, positive_threshold: int
) -> Iterator[dict[str, Any]]:
    if kind == "ratings":
        return ratings
    if kind == "preferences":
        return ordered
    gold = gold_rows(ratings)
    if kind == "gold":
        return gold
    if kind == "pairs":
        return chain(pair_rows(gold), order_rows(ordered))
    return kto_rows(gold, positive_threshold=positive_threshold)
