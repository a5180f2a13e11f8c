"""What the page A or B asks for, one function for each route: (who asks, what they said) to the JSON of the answer."""

from collections.abc import Sequence
from typing import Any

from core.domain.comparisons.picks import SKIPPED, Outcome, Pick
from core.domain.errors import BadInput, NotFound
from core.domain.identifiers.masking import in_words
from core.domain.queue import MOST_COUNTED
from core.domain.roles import Act, may
from core.services.comparisons import comparing
from core.services.comparisons.comparing import PairToCompare, ReceiptOfPair
from core.ui.rate.acts import DWELL_MS, TOO_FAST, Answer, Asked
from core.ui.shell import errors
from core.ui.shell.texts import rendered

SKIP = "skip"
NAMES = {"left": "A is better", "right": "B is better", "equal": "equal", "neither": "neither"}
GONE = "One of the two answers was deleted or changed meanwhile, so there is nothing to compare any more."


def next_pairs(asked: Asked) -> Answer:
    """What is kept for the rater, and how far they are."""
    return _deck(asked, asked.said.number_or_none("shown")) | {"progress": _progress(asked)}


def act(asked: Asked) -> Answer:
    """Store what was said of a pair: on disk before it is answered, with what comes next."""
    said = asked.said.one_of("act", [*Pick, SKIP])
    on_screen = asked.said.number_or_none("shown")
    shown_ms = asked.said.number("shown_ms")
    if shown_ms < DWELL_MS:
        raise BadInput(TOO_FAST)
    receipt = comparing.compare(
        asked.workspace,
        asked.user,
        asked.said.number("item"),
        None if said == SKIP else Pick(said),
        showing=asked.said.text("showing"),
        request_id=asked.said.request(),
        shown_ms=shown_ms,
    )
    told = {"receipt": {"number": receipt.number, "text": _in_words(receipt)}, "again": receipt.before is not None}
    try:
        return told | _deck(asked, on_screen)
    except Exception as error:  # noqa: BLE001  it is stored, and that is what has to be said now
        errors.describe(error)
        return told | {"items": None}


def undo(asked: Asked) -> Answer:
    """Take back the last act and show that pair again."""
    undone = comparing.undo_last(asked.workspace, asked.user, request_id=asked.said.request())
    if undone is None:
        return {"notice": "There is nothing of today to undo", "item": None, "progress": None}
    again = comparing.pair(asked.workspace, asked.user, undone.comparison_id)
    taken = f"your “{_said(undone.before, undone)}”" if undone.before else "your “skip”"
    stands = f"“{_said(undone.verdict, undone)}” stands again" if undone.verdict else "it waits for you again"
    return {
        "notice": f"Undone: {taken} of pair {undone.comparison_id}; {stands}",
        "item": None if again is None else _item(asked, again),
        "progress": _progress(asked),
    }


def renew(asked: Asked) -> Answer:
    """Keep what is in the browser for longer."""
    return {"lost": comparing.renew(asked.workspace, asked.user, asked.said.numbers("items"))}


def release(asked: Asked) -> Answer:
    """Give back what was kept and never shown."""
    comparing.give_back(asked.workspace, asked.user, asked.said.numbers("items"))
    return {}


def item(asked: Asked) -> Answer:
    """One pair as it is now."""
    found = comparing.pair(asked.workspace, asked.user, asked.said.number("item"))
    if found is None:
        raise NotFound(GONE)
    return {"item": _item(asked, found)}


def reveal(asked: Asked) -> Answer:
    """Show the personal identifiers in both answers for a while."""
    comparing.reveal(asked.workspace, asked.user, asked.said.number("item"), showing=asked.said.text("showing"))
    return item(asked)


def _deck(asked: Asked, on_screen: int | None) -> Answer:
    found: Sequence[PairToCompare] = comparing.next_pairs(asked.workspace, asked.user, on_screen=on_screen)
    return {"items": [_item(asked, one) for one in found]}


def _progress(asked: Asked) -> dict[str, Any]:
    found = comparing.progress(asked.workspace, asked.user)
    return {
        "compared": found.compared,
        "left": min(found.left, MOST_COUNTED),
        "more_left": found.left > MOST_COUNTED,
    }


def _item(asked: Asked, found: PairToCompare) -> dict[str, Any]:
    """One pair with everything that the page shows of it."""
    hidden = None
    if found.hidden:
        hidden = {"words": in_words(found.hidden), "may_reveal": found.may_reveal and may(asked.user, Act.REVEAL)}
    return {
        "id": found.comparison_id,
        "request": found.showing,  # the same after a reload, so that a key counts once
        "showing": found.showing,
        "shown": found.shown,
        "turns": [{"role": str(turn.role), "text": rendered(turn.text)} for turn in found.turns],
        "prompt": rendered(found.prompt),
        "left": rendered(found.left),
        "right": rendered(found.right),
        "hidden": hidden,
        "revealed": found.revealed,
    }


def _in_words(receipt: ReceiptOfPair) -> str:
    if receipt.action == SKIPPED:
        return "Skipped; it comes back at the end"
    instead = ""
    if receipt.before is not None and receipt.before != receipt.verdict:
        instead = f" instead of “{_said(receipt.before, receipt)}”"
    said = _said(receipt.verdict, receipt)
    return f"Saved “{said}”{instead} {receipt.at.astimezone():%H:%M:%S}, no. {receipt.number}"


def _said(verdict: str | None, receipt: ReceiptOfPair) -> str:
    """A verdict as its rater pressed it."""
    if verdict in (Outcome.EQUAL, Outcome.NEITHER):
        return NAMES[verdict]
    return NAMES["left" if (verdict == "first") == receipt.first_left else "right"]
