"""Before a file leaves: whether it would hold personal identifiers, who says that it may, and the list of what left."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from core.domain.errors import BadInput, HoldsIdentifiers
from core.domain.identifiers.masking import count, in_words
from core.domain.plain import Name
from core.domain.roles import COMMAND_LINE, Act, User
from core.domain.texts import storable
from core.services.masking import Settled, masks_output
from core.services.workspace import Workspace
from core.store import audit
from core.store.database import Session
from core.store.interactions import exports
from core.store.people import raters
from core.store.reranking import preferences
from core.store.retrying import retried

MAX_REASON = 500


class Marked(StrEnum):
    """What becomes of answers that hold personal identifiers."""

    REFUSE = "refused"  # nothing is written while there are any
    LEAVE_OUT = "left out"
    INCLUDE = "included"  # with a written reason


class Found(NamedTuple):
    """What is to leave: answers and comparisons, those of them that hold identifiers, and of which kinds."""

    rows: int
    marked: int
    kinds: dict[str, int]


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


def look(session: Session, kind: str, marked: Marked) -> Found:
    """What a file of this kind would hold.

    Raises:
        HoldsIdentifiers: personal identifiers, and ``marked`` refuses them.
    """
    answers = orders = held = 0
    kinds: Counter[str] = Counter()
    if kind != "preferences":
        answers, held, in_answers = exports.identifiers_in(session)
        kinds.update(in_answers)
    if kind in ("preferences", "pairs"):
        for row in preferences.rows(session):
            in_row = identifiers_of(row)
            orders += 1
            held += bool(in_row)
            kinds.update(in_row)
    rows = answers + orders
    if held and marked is Marked.REFUSE:
        parts = (("rated answers", kind != "preferences"), ("comparisons", orders))
        what = " and ".join(name for name, there in parts if there)
        sentence = (
            f"{held:,} of {rows:,} {what} hold personal identifiers ({in_words(dict(kinds))}). "
            "Nothing was written. Leave them out, or include them with a written reason."
        )
        raise HoldsIdentifiers(
            Settled(sentence)
        )  # our words and numbers: where the site's function fails it must still be read
    return Found(rows, held, dict(kinds))


def identifiers_of(preference: dict[str, Any]) -> dict[str, int]:
    """How many identifiers of which kind the texts of a preference hold."""
    return count(preference[name] for name in ("prompt", "chosen", "rejected"))


def checked_reason(user: User, typed: str) -> str:
    """Why identifiers are included, as it is kept.

    Raises:
        BadInput: nothing, too much, or nobody says it.
    """
    if user.rater_id <= 0 and user is not COMMAND_LINE:
        raise BadInput("Choose your name first: including personal identifiers is kept with the name of who did it.")
    clean = storable(" ".join(typed.split()), "The reason")
    if not clean or len(clean) > MAX_REASON:
        raise BadInput(
            f"To include personal identifiers, say why in 1 to {MAX_REASON} characters. Nothing was written; the reason "
            "is kept for whoever asks later."
        )
    return clean


@retried
def record(
    workspace: Workspace, user: User, kind: str, path: Path, marked: Marked, found: Found, reason: str | None
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
