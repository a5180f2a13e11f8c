"""The exports, streamed from one state of the database: four derived from the ratings, and the preferences beside them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain.errors import BadInput, Conflict
from core.domain.roles import Act, User
from core.labeling.export_columns import EXPORTS
from core.labeling.exports import count_prompts_without_pair, gold_rows, kto_rows, pair_rows
from core.labeling.writing import write_table
from core.services.workspace import Workspace
from core.store import exporting, legacy, preferences

KINDS = tuple(EXPORTS)


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written, and for how many prompts no comparison of two answers is possible."""

    rows: int
    path: str
    prompts_without_pair: int

    def to_json(self) -> dict[str, Any]:
        """As ``export --json`` prints it."""
        return {"rows": self.rows, "path": self.path, "prompts_without_pair": self.prompts_without_pair}


def export(workspace: Workspace, user: User, kind: str, path: Path) -> ExportResult:
    """Write one export to a file whose ending says the format.

    Raises:
        BadInput: unknown kind, unknown ending, or a place that cannot be written.
        Conflict: the existing application keeps editing prompts meanwhile.
        Unavailable: the disk or the database fails.
    """
    workspace.require(user, Act.READ_DATA)
    _check(kind)
    workspace.pick_up(at_once=True)
    legacy.follow_texts(workspace.store)
    try:
        return _write(workspace, kind, path)
    except ValueError:  # the existing application edited a prompt since the line above: look once more
        legacy.follow_texts(workspace.store)
    try:
        return _write(workspace, kind, path)
    except ValueError as error:
        raise Conflict(
            "The existing application is editing prompts right now. Nothing was written; try again."
        ) from error


def _write(workspace: Workspace, kind: str, path: Path) -> ExportResult:
    with workspace.store.read() as session:
        made = (
            preferences.rows(session)
            if kind == "preferences"
            else _rows(workspace, exporting.rating_rows(session), kind)
        )
        rows = write_table(path, EXPORTS[kind], made)
        return ExportResult(rows, str(path), count_prompts_without_pair(gold_rows(exporting.rating_rows(session))))


def _check(kind: str) -> None:
    if kind not in EXPORTS:
        raise BadInput(f"{kind!r} is not an export; choose one of {', '.join(KINDS)}.")


def _rows(workspace: Workspace, ratings: Iterator[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    if kind == "ratings":
        return ratings
    gold = gold_rows(ratings)
    if kind == "gold":
        return gold
    if kind == "pairs":
        return pair_rows(gold)
    return kto_rows(gold, positive_threshold=workspace.settings.positive_rating_threshold)
