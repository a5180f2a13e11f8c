"""The exports, streamed from one state of the database: four derived from the ratings, and the preferences beside them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from core.domain.errors import BadInput, Conflict, HoldsIdentifiers
from core.domain.identifiers import count, in_words
from core.domain.roles import COMMAND_LINE, Act, User, require
from core.domain.texts import storable
from core.labeling.export_columns import EXPORTS
from core.labeling.exports import count_prompts_without_pair, gold_rows, kto_rows, pair_rows
from core.labeling.writing import check_target, write_table
from core.services.workspace import Workspace
from core.store import audit, exporting, exports, identifiers, legacy, preferences

KINDS = tuple(EXPORTS)
MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written, and for how many prompts no comparison of two answers is possible."""

    rows: int
    path: str
    prompts_without_pair: int
    left_out: int | None = None
    """Answers that hold personal identifiers and are therefore not in the file; None where that was not asked for."""

    def to_json(self) -> dict[str, Any]:
        """As ``export --json`` prints it."""
        shown = {"rows": self.rows, "path": self.path, "prompts_without_pair": self.prompts_without_pair}
        return shown if self.left_out is None else shown | {"left_out": self.left_out}


class Marked(StrEnum):
    """What becomes of answers that hold personal identifiers."""

    REFUSE = "refused"  # nothing is written while there are any
    LEAVE_OUT = "left out"
    INCLUDE = "included"  # with a written reason


class Found(NamedTuple):
    """What is to leave: answers (or comparisons), those of them that hold identifiers, and of which kinds."""

    answers: int
    marked: int
    kinds: dict[str, int]


def export(
    workspace: Workspace, user: User, kind: str, path: Path, *, marked: Marked = Marked.REFUSE, reason: str = ""
) -> ExportResult:
    """Write one export to a file whose ending says the format. It is in the record before the file is there.

    Args:
        workspace: where from.
        user: who exports.
        kind: one of ``KINDS``.
        path: where to.
        marked: what becomes of answers that hold personal identifiers, in their texts or in comments on them.
        reason: why they are included; kept.

    Raises:
        BadInput: unknown kind, unknown ending, a place that cannot be written, or no reason where one is needed.
        HoldsIdentifiers: some answers do, and ``marked`` does not say what shall become of them.
        Conflict: the existing application keeps editing prompts meanwhile.
        Unavailable: the disk or the database fails.
        NotAllowed: the role does not include exports.
    """
    require(user, Act.READ_DATA)
    _check(kind)
    check_target(path)
    why = _reason(user, reason) if marked is Marked.INCLUDE else None
    workspace.pick_up(at_once=True)
    legacy.follow_texts(workspace.store)
    identifiers.look_again(workspace.store)
    with workspace.store.read() as session:
        found = _found(session, kind, marked)
    _record(workspace, user, kind, path, marked, found, why)
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


def _found(session: Any, kind: str, marked: Marked) -> Found:
    """What is to leave holds.

    Raises:
        HoldsIdentifiers: personal identifiers, and ``marked`` refuses them.
    """
    if kind == "preferences":
        held = [held for row in preferences.rows(session) if (held := _identifiers_of(row))]
        total: Counter[str] = sum((Counter(one) for one in held), Counter())
        found = Found(preferences.total(session), len(held), dict(total))
    else:
        found = Found(*exporting.identifiers_in(session))
    if found.marked and marked is Marked.REFUSE:
        what = "comparisons" if kind == "preferences" else "rated answers"
        raise HoldsIdentifiers(
            f"{found.marked:,} of {found.answers:,} {what} hold personal identifiers ({in_words(found.kinds)}). "
            "Nothing was written. Leave them out, or include them with a written reason."
        )
    return found


def _identifiers_of(row: dict[str, Any]) -> dict[str, int]:
    return count(row[name] for name in ("prompt", "chosen", "rejected"))


def _reason(user: User, typed: str) -> str:
    if user.rater_id <= 0 and user is not COMMAND_LINE:
        raise BadInput("Choose your name first: including personal identifiers is kept with the name of who did it.")
    clean = storable(" ".join(typed.split()), "The reason")
    if not clean or len(clean) > MAX_REASON:
        raise BadInput(
            f"To include personal identifiers, say why in 1 to {MAX_REASON} characters. Nothing was written; the reason "
            "is kept for whoever asks later."
        )
    return clean


def _record(
    workspace: Workspace, user: User, kind: str, path: Path, marked: Marked, found: Found, why: str | None
) -> None:
    place = str(path.resolve()) if user is COMMAND_LINE else path.name
    held = str(marked) if found.marked else "none"
    why = why if found.marked else None
    with workspace.store.write() as session:
        number = exports.add(session, user, kind, place, held, found.answers, why)
        audit.write(
            session, user.name, "exported", f"export {number}",
            new={"kind": kind, "answers": found.answers, "identifiers": held} | ({"kinds": found.kinds} if found.marked else {}),
        )  # fmt: skip


def _write(workspace: Workspace, kind: str, path: Path, marked: Marked) -> ExportResult:
    unmarked = marked is Marked.LEAVE_OUT
    with workspace.store.read() as session:
        found = _found(session, kind, marked)  # once more: this is the state that is written
        made: Iterator[dict[str, Any]]
        if kind == "preferences":
            made = (row for row in preferences.rows(session) if not (unmarked and _identifiers_of(row)))
        else:
            made = _rows(workspace, exporting.rating_rows(session, unmarked=unmarked), kind)
        rows = write_table(path, EXPORTS[kind], made)
        without = count_prompts_without_pair(gold_rows(exporting.rating_rows(session, unmarked=unmarked)))
        return ExportResult(rows, str(path), without, found.marked if unmarked else None)


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
