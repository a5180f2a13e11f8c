"""Exports of ratings, better answers, orders and what users said, streamed from one state of the database.

Before a file is written: whether it would hold personal identifiers, who says that it may, and the list of exports.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar

from core.domain.errors import BadInput, Conflict, HoldsIdentifiers
from core.domain.identifiers.masking import count, in_words
from core.domain.outcomes.ids import is_drawn
from core.domain.plain import AS_IS, Name
from core.domain.roles import COMMAND_LINE, Act, User
from core.domain.texts import storable
from core.domain.turns import read_messages
from core.labeling.export_columns import EXPORTS, judge_columns
from core.labeling.exports import (
    count_prompts_without_pair,
    edit_rows,
    gold_rows,
    kto_rows,
    order_rows,
    pair_rows,
    sft_rows,
)
from core.labeling.writing import check_target, write_table
from core.services.masking import ClearedText, masks_output
from core.services.workspace import Workspace
from core.store import audit, scratch
from core.store.database import Session
from core.store.interactions import exports, identifiers, legacy
from core.store.judges import scores
from core.store.outcomes.exports import feedback_rows
from core.store.people import raters
from core.store.reranking import preferences
from core.store.retrying import retried

KINDS = tuple(EXPORTS)
FINE_TUNING = "fine-tuning"
"""As the list of exports names one for a language model: pairs, kto and sft in one folder."""
MAX_REASON = 500

Written = TypeVar("Written")


class Marked(StrEnum):
    """What becomes of answers that hold personal identifiers."""

    REFUSE = "refused"  # nothing is written while there are any
    LEAVE_OUT = "left out"
    INCLUDE = "included"  # with a written reason


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written, and for how many rated prompts no comparison of two answers is possible."""

    rows: int
    path: Annotated[str, AS_IS]
    prompts_without_pair: int
    left_out: int | None = None
    """Answers, ordered pairs or pieces of feedback that hold personal identifiers and are therefore not in the file;
    None where that was not asked for."""

    def to_json(self) -> dict[str, Any]:
        """As ``export --json`` prints it."""
        shown = {"rows": self.rows, "path": self.path, "prompts_without_pair": self.prompts_without_pair}
        return shown if self.left_out is None else shown | {"left_out": self.left_out}


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One export as the Data page lists it."""

    at: datetime
    by: Name
    """The present name of whoever made it."""
    kind: str
    place: str
    answers: int
    identifiers: str
    reason: str


class Held(NamedTuple):
    """What is to leave: answers and comparisons, those of them that hold identifiers, and of which kinds."""

    rows: int
    marked: int
    kinds: dict[str, int]


@masks_output()
def listed(workspace: Workspace, user: User, *, limit: int = 100) -> list[ExportLine]:
    """The latest exports, newest first, with the reasons for which personal identifiers were included.

    Raises:
        NotAllowed: the role does not include exports.
    """
    workspace.require(user, Act.READ_DATA)
    with workspace.store.read() as session:
        names = {f"person {number}": name for number, name in raters.names(session).items()}
        return [
            ExportLine(
                one.at,
                names.get(one.by, one.by),
                one.kind,
                one.place,
                one.answers,
                one.identifiers,
                one.reason or "",
            )
            for one in exports.exported_since(session, None, limit=limit)
        ]


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
    bring_up_to_date(workspace)
    announce(workspace, user, kind, path, marked, reason)
    return consistent(workspace, lambda: _write(workspace, kind, path, marked))


def bring_up_to_date(workspace: Workspace) -> None:
    """Follow what the existing application wrote, and look for identifiers where nobody has; a step of an export."""
    workspace.pick_up(at_once=True)
    legacy.follow_texts(workspace.store)
    identifiers.look_again(workspace.store)


def announce(workspace: Workspace, user: User, kind: str, path: Path, marked: Marked, reason: str) -> None:
    """Write down an export that is about to be made, where what it holds may leave; a step of making one.

    Raises:
        BadInput: no reason where one is needed.
        HoldsIdentifiers: some answers do, and ``marked`` does not say what shall become of them.
    """
    why = _checked_reason(user, reason) if marked is Marked.INCLUDE else None
    with workspace.store.read() as session:
        found = count_identifiers(session, kind, marked)
    _record(workspace, user, kind, path, marked, found, why)
    scratch.note(workspace.settings.home, path.expanduser().resolve().parent)


def consistent(workspace: Workspace, write: Callable[[], Written]) -> Written:
    """What ``write`` gives, once more where the existing application edits a prompt meanwhile; a step of an export.

    Raises:
        Conflict: it keeps doing so.
    """
    try:
        return write()
    except ValueError:  # rows are not in order: look once more
        legacy.follow_texts(workspace.store)
    try:
        return write()
    except ValueError as error:
        raise Conflict(
            "The existing application is editing questions right now. Nothing was written; try again."
        ) from error


def count_identifiers(session: Session, kind: str, marked: Marked) -> Held:
    """What a file of this kind would hold; a step of an export.

    Raises:
        HoldsIdentifiers: personal identifiers, and ``marked`` refuses them.
    """
    answers = orders = held = 0
    kinds: Counter[str] = Counter()
    if kind == "feedback":
        for row in feedback_rows(session):
            in_row = _identifiers_in_feedback(row)
            answers += 1
            held += bool(in_row)
            kinds.update(in_row)
    elif kind != "preferences":
        answers, held, in_answers = exports.identifiers_in(
            session,
            rated=kind != "sft",
            better=kind in ("sft", "pairs", FINE_TUNING),
            originals=kind in ("pairs", FINE_TUNING),
        )
        kinds.update(in_answers)
    if kind in ("preferences", "pairs", FINE_TUNING):
        for row in preferences.rows(session):
            in_row = _identifiers_of(row)
            orders += 1
            held += bool(in_row)
            kinds.update(in_row)
    judges = [in_name for judge in scores.names(session) if (in_name := count([judge]))] if kind == "ratings" else []
    for in_name in judges:  # it would be the name of a column
        held += 1
        kinds.update(in_name)
    rows = answers + orders + len(judges)
    if held and marked is Marked.REFUSE:
        names = {"sft": "better answers", "pairs": "answers", FINE_TUNING: "answers", "feedback": "pieces of feedback"}
        named = names.get(kind, "rated answers")
        parts = ((named, kind != "preferences"), ("comparisons", orders), ("names of LLM judges", judges))
        what = " and ".join(name for name, there in parts if there)
        sentence = (
            f"{held:,} of {rows:,} {what} hold personal identifiers ({in_words(dict(kinds))}). "
            "Nothing was written. Leave them out, or include them with a written reason."
        )
        # our words and numbers: where the site's function fails it must still be read
        raise HoldsIdentifiers(ClearedText(sentence))
    return Held(rows, held, dict(kinds))


def _checked_reason(user: User, typed: str) -> str:
    """Why identifiers are included, as it is kept.

    Raises:
        BadInput: nothing, too much, or nobody says it.
    """
    if user.rater_id <= 0 and user is not COMMAND_LINE:
        raise BadInput("Choose your name first: including personal identifiers is kept with the name of who did it.")
    clean = storable(" ".join(typed.split()), "The reason")
    if not clean or len(clean) > MAX_REASON:
        raise BadInput(
            f"To include personal identifiers, say why in 1 to {MAX_REASON} characters. Nothing was written; the "
            "reason is kept for whoever asks later."
        )
    return clean


@retried
def _record(
    workspace: Workspace, user: User, kind: str, path: Path, marked: Marked, found: Held, reason: str | None
) -> None:
    """Write down, before there is a file, what it will be; of a download only the name is known."""
    place = str(path.resolve()) if user is COMMAND_LINE else path.name
    held = str(marked) if found.marked else "none"
    left_out = found.marked if marked is Marked.LEAVE_OUT else 0
    written = found.rows - left_out
    with workspace.store.write() as session:
        number = exports.add_export(
            session, user, kind, place, held, written, reason if held == Marked.INCLUDE else None
        )
        new = {"kind": kind, "answers": written, "identifiers": held} | ({"left out": left_out} if left_out else {})
        audit.write(
            session, user, "exported", f"export {number}", new=new | ({"kinds": found.kinds} if found.marked else {})
        )


def _write(workspace: Workspace, kind: str, path: Path, marked: Marked) -> ExportResult:
    unmarked = marked is Marked.LEAVE_OUT
    with workspace.store.read() as session:
        found = count_identifiers(session, kind, marked)  # once more: this state is written
        judges = scores.names(session) if kind == "ratings" else []
        judges = [judge for judge in judges if not (unmarked and count([judge]))]
        threshold = workspace.settings.positive_rating_threshold
        rows = rows_of(session, kind, unmarked=unmarked, positive_threshold=threshold, judges=judges)
        written = write_table(path, {**EXPORTS[kind], **judge_columns(judges)}, rows)
        without = count_prompts_without_pair(gold_rows(exports.rating_rows(session, unmarked=unmarked)))
        return ExportResult(written, str(path), without, found.marked if unmarked else None)


def _identifiers_of(preference: dict[str, Any]) -> dict[str, int]:
    """How many identifiers of which kind the texts of a preference hold."""
    said = [turn.text for turn in read_messages(preference["turns"], "turns")]
    return count([*(preference[name] for name in ("prompt", "chosen", "rejected", "context_id")), *said])


def _identifiers_in_feedback(row: dict[str, Any]) -> dict[str, int]:
    """How many identifiers of which kind a comment and the application's id of the feedback hold."""
    return count([row["comment"], None if is_drawn(row["id"] or "") else row["id"]])


def rows_of(
    session: Session, kind: str, *, unmarked: bool, positive_threshold: int, judges: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """The rows of one kind of export as they are written; a step of an export, which asked.

    ``unmarked``: without what holds personal identifiers. ``judges``: whose scores stand beside ratings.
    """
    if kind == "feedback":
        return (row for row in feedback_rows(session) if not (unmarked and _identifiers_in_feedback(row)))
    ratings = exports.rating_rows(session, unmarked=unmarked, judges=judges)
    better = exports.better_rows(session, unmarked=unmarked)
    ordered = (row for row in preferences.rows(session) if not (unmarked and _identifiers_of(row)))
    if kind == "ratings":
        return ratings
    if kind == "preferences":
        return ordered
    if kind == "sft":
        return sft_rows(better)
    gold = gold_rows(ratings)
    if kind == "gold":
        return gold
    if kind == "pairs":
        return chain(pair_rows(gold), edit_rows(better), order_rows(ordered))
    return kto_rows(gold, positive_threshold=positive_threshold)
