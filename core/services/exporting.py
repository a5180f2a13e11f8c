"""The exports, streamed from one state of the database: four derived from the ratings, and the preferences beside them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain.errors import BadInput, Conflict
from core.domain.roles import Act, User, require
from core.labeling.export_columns import EXPORTS, PAIRS_WITH_PREFERENCES
from core.labeling.exports import count_prompts_without_pair, gold_rows, kto_rows, pair_rows, pairs_with_preferences
from core.labeling.writing import write_table
from core.services.workspace import Workspace
from core.store import audit, exporting, legacy, preferences

KINDS = tuple(EXPORTS)


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written, and for how many prompts no comparison of two answers is possible."""

    rows: int
    path: str
    prompts_without_pair: int
    preferences_left_out: int = 0
    """Pairs that raters ordered and that a file of pairs could hold too."""

    def to_json(self) -> dict[str, Any]:
        """As ``export --json`` prints it."""
        return {"rows": self.rows, "path": self.path, "prompts_without_pair": self.prompts_without_pair}


def export(workspace: Workspace, user: User, kind: str, path: Path, *, with_preferences: bool = False) -> ExportResult:
    """Write one export to a file whose ending says the format; pairs ``with_preferences`` hold those too, with the rater.

    Raises:
        BadInput: unknown kind, unknown ending, or a place that cannot be written.
        Conflict: the existing application keeps editing prompts meanwhile.
        Unavailable: the disk or the database fails.
    """
    require(user, Act.READ_DATA)
    _check(kind, with_preferences=with_preferences)
    workspace.pick_up(at_once=True)
    legacy.follow_texts(workspace.store)
    result = _settled(workspace, kind, path, with_preferences=with_preferences)
    with path.open("rb") as file:
        new = {"rows": result.rows, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    with workspace.store.write() as session:
        audit.write(session, user, "exported", kind, new=new)
    return result


def _settled(workspace: Workspace, kind: str, path: Path, *, with_preferences: bool) -> ExportResult:
    """The export of one state in which every text is where it belongs."""
    try:
        return _write(workspace, kind, path, with_preferences=with_preferences)
    except ValueError:  # the existing application edited a prompt since the line above: look once more
        legacy.follow_texts(workspace.store)
    try:
        return _write(workspace, kind, path, with_preferences=with_preferences)
    except ValueError as error:
        raise Conflict(
            "The existing application is editing prompts right now. Nothing was written; try again."
        ) from error


def _write(workspace: Workspace, kind: str, path: Path, *, with_preferences: bool) -> ExportResult:
    with workspace.store.read() as session:
        columns, left_out = EXPORTS[kind], 0
        if kind == "preferences":
            made = preferences.rows(session)
        elif with_preferences:
            gold = gold_rows(exporting.rating_rows(session))
            columns, made = PAIRS_WITH_PREFERENCES, pairs_with_preferences(gold, preferences.rows(session))
        else:
            made = _rows(workspace, exporting.rating_rows(session), kind)
            left_out = preferences.total(session) if kind == "pairs" else 0
        rows = write_table(path, columns, made)
        without = count_prompts_without_pair(gold_rows(exporting.rating_rows(session)))
        return ExportResult(rows, str(path), without, left_out)


def _check(kind: str, *, with_preferences: bool) -> None:
    if kind not in EXPORTS:
        raise BadInput(f"{kind!r} is not an export; choose one of {', '.join(KINDS)}.")
    if with_preferences and kind != "pairs":
        raise BadInput(f"Only pairs can hold preferences too, not {kind}. Nothing was written.")


def _rows(workspace: Workspace, ratings: Iterator[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    if kind == "ratings":
        return ratings
    gold = gold_rows(ratings)
    if kind == "gold":
        return gold
    if kind == "pairs":
        return pair_rows(gold)
    return kto_rows(gold, positive_threshold=workspace.settings.positive_rating_threshold)
