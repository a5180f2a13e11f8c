"""What the desk asks for, one function for each route: (who asks, what they said) to the JSON of the answer."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from core.domain.errors import BadInput, Conflict, NotFound, TextChanged
from core.domain.queue import Order, QueueFilters
from core.domain.ratings import MAX_RATING, MIN_RATING, RATING_WORDS
from core.domain.reasons import MOST_REASONS
from core.domain.roles import NotAllowed, User
from core.domain.settings import AuthMode
from core.services.people import local_names
from core.services.rating import better_answers, queue, rating, second_opinions
from core.services.rating.rating import ItemToRate, Receipt, Undone
from core.services.workspace import Workspace
from core.ui.rate import items
from core.ui.rate.items import Counts
from core.ui.rate.requests import Fields
from core.ui.shell import errors

DWELL_MS = 300
"""So long an answer is on the screen before a key can rate it."""
TOO_FAST = "That key came before the answer could be read, so nothing was saved for it."
NO_EARLIER = "There is no earlier answer of yours"
WAITS = "This is the answer that waits; S skips it"
GONE = "This answer was deleted meanwhile, so there is nothing to rate any more."
NO_RATING = (
    "You have no rating of this answer any more, so there is none to keep. Nothing was stored, and what you typed is "
    "kept. Rate it, or skip it."
)
NO_DECK: dict[str, Any] = {"items": None, "progress": None, "guidelines": None, "why_empty": None}

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: from whom, and what it says."""

    workspace: Workspace
    user: User
    said: Fields
    counts: Counts
    browser: str
    """The token of the browser, in local mode."""


def next_answers(asked: Asked) -> Answer:
    """What is kept for the rater; first what they opened, if they opened one."""
    opened = asked.said.number_or_none("open")
    if opened is not None:
        found = rating.item(asked.workspace, asked.user, opened)
        if found is not None:
            kept = rating.next_items(asked.workspace, asked.user, on_screen=opened)
            return items.deck(asked.workspace, asked.user, items.opened_first(kept, found), asked.counts)
    shown = asked.said.number_or_none("shown")
    if shown is None:  # a page that was just opened: its filters may have been chosen on another one
        asked.counts.recount(asked.user)
    return _deck(asked, shown)


def act(asked: Asked) -> Answer:
    """Rate, skip, keep or discard: stored before it is answered, with what comes next."""
    acts: dict[str, Callable[[Asked, int], tuple[Receipt | None, str]]]
    acts = {"rate": _rate, "skip": _skip, "keep": _keep, "discard": _discard}
    do = acts[asked.said.one_of("act", list(acts))]
    on_screen = asked.said.number_or_none("shown")
    if asked.said.number("shown_ms") < DWELL_MS:
        raise BadInput(TOO_FAST)
    receipt, words = do(asked, asked.said.number("item"))
    told = {"receipt": {"number": receipt.number if receipt else 0, "text": words}}
    try:
        return told | _deck(asked, on_screen)
    except Exception as error:  # noqa: BLE001  it is stored, and that is what has to be said now
        errors.describe(error)
        return told | NO_DECK


def better(asked: Asked) -> Answer:
    """Store an answer that this rater wrote in place of the one that was shown to them."""
    original = asked.said.number("item")
    written = better_answers.write(
        asked.workspace,
        asked.user,
        original,
        asked.said.text("text"),
        showing=asked.said.text("showing"),
        request_id=asked.said.request(),
    )
    found = rating.item(asked.workspace, asked.user, original)
    saved = f"Saved as answer {written}, with you as its author. Others rate it, you do not."
    if found is None:
        return {"notice": saved}
    if found.rating is None:
        return {"notice": f"{saved} Answer {original} itself still waits for your rating: press 1 to 5."}
    return {"notice": f"{saved} Your rating of answer {original} stays as it is."}


def undo(asked: Asked) -> Answer:
    """Take back the last act and show that answer again."""
    undone = rating.undo_last(asked.workspace, asked.user, request_id=asked.said.request())
    asked.counts.recount(asked.user)
    again = rating.item(asked.workspace, asked.user, undone.receipt.interaction_id) if undone else None
    return {
        "notice": _in_words(undone) if undone else "There is nothing of today to undo",
        "item": None if again is None else items.item(again, asked.user),
        "progress": asked.counts.progress(asked.workspace, asked.user),
    }


def back(asked: Asked) -> Answer:
    """One step back along what this rater did last, in this browser or before a reload."""
    at, retracing = asked.said.number_or_none("at"), asked.said.flag("retracing")
    latest = rating.recent(asked.workspace, asked.user)  # newest first
    if retracing and at in latest:
        latest = latest[latest.index(at) + 1 :]
    # a skipped answer that came round again has a place in that list too, but was not reached by going back
    for before in latest:
        found = rating.item(asked.workspace, asked.user, before) if before != at else None
        if found is not None:
            return {"item": items.item(found, asked.user), "retracing": True, "notice": ""}
    return {"item": None, "retracing": retracing, "notice": NO_EARLIER}


def forward(asked: Asked) -> Answer:
    """One step towards the answer that waits; no answer where that is the next one."""
    at, retracing = asked.said.number_or_none("at"), asked.said.flag("retracing")
    latest = rating.recent(asked.workspace, asked.user)
    later = reversed(latest[: latest.index(at)]) if retracing and at in latest else ()
    for after in later:
        found = rating.item(asked.workspace, asked.user, after)
        if found is not None:
            return {"item": items.item(found, asked.user), "retracing": True, "notice": ""}
    shown = None if retracing or at is None else rating.item(asked.workspace, asked.user, at)
    waits = shown is not None and shown.rating is None
    return {"item": None, "retracing": False, "notice": WAITS if waits else ""}


def draft(asked: Asked) -> Answer:
    """Keep what was typed, flagged and chosen and not yet saved."""
    number, comment = asked.said.number("item"), asked.said.text("comment")
    flag, reasons = asked.said.flag("flag"), _reasons(asked)
    rating.keep_draft(asked.workspace, asked.user, number, comment, bias_flag=flag, reasons=reasons)
    return {}


def renew(asked: Asked) -> Answer:
    """Keep what is in the browser for longer."""
    lost = rating.renew(asked.workspace, asked.user, asked.said.numbers("items"))
    return {"lost": lost, "progress": asked.counts.progress(asked.workspace, asked.user)}


def release(asked: Asked) -> Answer:
    """Give back what was kept and never shown."""
    rating.give_back(asked.workspace, asked.user, asked.said.numbers("items"))
    return {}


def compare(asked: Asked) -> Answer:
    """All answers to the prompt of one."""
    found, in_all = rating.same_prompt(asked.workspace, asked.user, asked.said.number("item"))
    if not found:
        raise NotFound(GONE)
    return {"items": [items.item(one, asked.user) for one in found], "in_all": in_all}


def item(asked: Asked) -> Answer:
    """One answer as it is now."""
    return {"item": items.item(_load(asked, asked.said.number("item")), asked.user)}


def reveal(asked: Asked) -> Answer:
    """Show the personal identifiers in one answer for a while."""
    number = asked.said.number("item")
    rating.reveal(asked.workspace, asked.user, number, showing=asked.said.text("showing"))
    return item(asked)


def queue_choice(asked: Asked) -> Answer:
    """In which order, and under which filters, this rater gets answers."""
    order, filters = queue.preference(asked.workspace, asked.user)
    return {"order": str(order), "filters": asdict(filters)}


def choose(asked: Asked) -> Answer:
    """Set order and filters; the first answer by them.

    Second opinions alone are drawn where none waits, so that whoever wants to give some has a queue.
    """
    order = Order(asked.said.one_of("order", [str(order) for order in Order]))
    chosen = asked.said.inner("filters")
    filters = QueueFilters(
        session_label=chosen.text("session_label", "").strip(),
        source=chosen.text("source", ""),
        least_words=chosen.number_or_none("least_words"),
        most_words=chosen.number_or_none("most_words"),
        flagged=chosen.flag("flagged"),
        second=chosen.flag("second"),
        pair=chosen.flag("pair"),
    )
    if filters == QueueFilters(second=True):
        second_opinions.open_queue(asked.workspace, asked.user, order)
    else:
        queue.choose(asked.workspace, asked.user, order, filters)
    asked.counts.recount(asked.user)
    return _deck(asked, None)


def leave(asked: Asked) -> Answer:
    """Forget the name of this browser."""
    if asked.workspace.settings.auth_mode is not AuthMode.LOCAL:
        raise NotAllowed("People sign in here, so there is no name to forget. To leave, use Sign out.")
    local_names.stop_rating(asked.workspace, asked.browser)
    return {}


def changed_item(asked: Asked, changed: TextChanged) -> Answer | None:
    """The answer whose text is another one now, as it is now; None where it is gone."""
    found = rating.item(asked.workspace, asked.user, changed.interaction_id)
    return None if found is None else items.item(found, asked.user)


def _deck(asked: Asked, on_screen: int | None) -> Answer:
    found = rating.next_items(asked.workspace, asked.user, on_screen=on_screen)
    return items.deck(asked.workspace, asked.user, found, asked.counts)


def _load(asked: Asked, number: int) -> ItemToRate:
    found = rating.item(asked.workspace, asked.user, number)
    if found is None:
        raise NotFound(GONE)
    return found


def _how(asked: Asked) -> dict[str, Any]:
    """What comes with every act."""
    return {
        "showing": asked.said.text("showing"),
        "comment": asked.said.text("comment", ""),
        "bias_flag": asked.said.flag("flag"),
        "request_id": asked.said.request(),
        "shown_ms": asked.said.number("shown_ms"),
    }


def _reasons(asked: Asked) -> list[str]:
    """The short reasons that go with a rating."""
    return asked.said.texts("reasons", MOST_REASONS)


def _rate(asked: Asked, number: int) -> tuple[Receipt, str]:
    value = asked.said.number("rating")
    if not MIN_RATING <= value <= MAX_RATING:
        raise BadInput("A rating is one of 1, 2, 3, 4, 5.")
    version = asked.said.number_or_none("guideline_version")
    receipt = rating.rate(
        asked.workspace,
        asked.user,
        number,
        value,
        reasons=_reasons(asked),
        guideline_version=version,
        **_how(asked),
    )
    asked.counts.note(asked.user, receipt)
    stored, before = receipt.rating or value, receipt.before
    instead = f" instead of {before} ({RATING_WORDS[before]})" if before not in (None, stored) else ""
    return receipt, (
        f"Saved {stored} ({RATING_WORDS[stored]}){instead} {receipt.at.astimezone():%H:%M:%S}, no. {receipt.number}"
    )


def _skip(asked: Asked, number: int) -> tuple[Receipt, str]:
    reason = asked.said.text("reason", "")
    receipt = rating.skip(asked.workspace, asked.user, number, reason=reason, **_how(asked))
    return receipt, "Skipped; it comes back at the end"


def _keep(asked: Asked, number: int) -> tuple[Receipt | None, str]:
    """Go on from a rated answer: the rating stays, and what was added to it is saved."""
    how, found, reasons = _how(asked), _load(asked, number), _reasons(asked)
    if found.rating is None:
        rating.keep_draft(
            asked.workspace, asked.user, number, how["comment"], bias_flag=how["bias_flag"], reasons=reasons
        )
        raise Conflict(NO_RATING)
    said = how["comment"].strip(), how["bias_flag"], {*reasons}
    if said == (found.comment, found.bias_flag, {*found.reasons}):
        return None, "Kept your earlier rating"
    version = asked.said.number_or_none("guideline_version")
    receipt = rating.rate(
        asked.workspace, asked.user, number, found.rating, reasons=reasons, guideline_version=version, **how
    )
    return receipt, "Kept your rating and saved what you added"


def _discard(asked: Asked, number: int) -> tuple[Receipt, str]:
    reason = asked.said.text("reason")
    receipt = rating.discard(asked.workspace, asked.user, number, reason=reason, **_how(asked))
    asked.counts.recount(asked.user)
    return receipt, f"Discarded answer {number} for everybody; U undoes it"


def _in_words(undone: Undone) -> str:
    was = f"{undone.rating} ({RATING_WORDS[undone.rating]})" if undone.rating else f"“{undone.action}”"
    now = undone.receipt.rating
    stands = f"{now} ({RATING_WORDS[now]}) stands again" if now else "it has no rating of yours now"
    words = f"Undone: your {was} of answer {undone.receipt.interaction_id}; {stands}"
    if undone.passed:
        later = ", ".join(map(str, undone.passed))
        words += f". What you did later cannot be undone any more: answer {later} was deleted or changed since"
    return words
