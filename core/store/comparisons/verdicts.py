"""What a rater says of a pair: stored with its history and as a preference, found again by its request, undone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.domain.comparisons.picks import COMPARED, SKIPPED, UNDONE, Verdict, outcome_of
from core.domain.errors import Conflict, NotFound
from core.domain.queue import LEASE
from core.domain.texts import prompt_group
from core.domain.turns import turns_group, turns_to_json
from core.store.comparisons.pairs import PairTexts, texts_of
from core.store.comparisons.serving import lock_rater
from core.store.interactions.consensus import lock_interactions
from core.store.reranking import preferences
from core.store.tables import Comparison, ComparisonEvent, ComparisonServing, Import, Item, Preference
from core.store.types import now

GONE = (
    "One of the two answers was deleted or changed meanwhile, so there is nothing to compare any more. Nothing was "
    "stored."
)
CHANGED = (
    "One of the two texts is another one than you read, or it is not known any more which you read. Nothing was "
    "stored. Read them as they are shown now, then press again."
)
_KEPT = ("outcome", "model_version", "import_id", "served_for", "chosen_id", "rejected_id", "created_at")
"""What is kept of a preference that is replaced, beside which answer was the chosen one."""


@dataclass(frozen=True, slots=True)
class ReceiptOfPair:
    """What was stored."""

    number: int
    at: datetime
    comparison_id: int
    action: str
    verdict: str | None
    before: str | None
    first_left: bool


def record(
    session: Session,
    comparison_id: int,
    rater_id: int,
    verdict: Verdict | None,
    *,
    showing: str,
    request_id: str,
    shown_ms: int | None,
) -> ReceiptOfPair:
    """Store what a rater says of a pair, None: they pass it over; the same request again stores nothing twice.

    Raises:
        NotFound: the pair is not there any more, or its answers are not two to one question any more.
        Conflict: the texts are not those of this showing any more, or the request is somebody else's.
    """
    lock_rater(session, rater_id)
    earlier = by_request(session, rater_id, request_id)
    if earlier is not None:
        return _receipt(session, earlier)
    serving, texts = _locked(session, comparison_id, rater_id)
    if not texts.comparable:
        raise NotFound(GONE)
    if serving is None or serving.showing != showing or serving.version != texts.version:
        raise Conflict(CHANGED)
    before = serving.verdict
    if verdict is None:
        serving.skipped_at = now()
        action = SKIPPED
    else:
        reason = session.get_one(Comparison, comparison_id).served_for
        _say(session, serving, texts, verdict, reason)
        action = COMPARED
    event = ComparisonEvent(
        comparison_id=comparison_id,
        rater_id=rater_id,
        action=action,
        request_id=request_id,
        verdict=before if verdict is None else verdict,
        before=before,
        shown_ms=shown_ms,
    )
    session.add(event)
    session.flush()
    return _receipt(session, event)


def undo_last(session: Session, rater_id: int, since: datetime, request_id: str) -> ReceiptOfPair | None:
    """Take back the rater's last act since then; None where there is none. The pair is kept for them again.

    Raises:
        NotFound, Conflict: as ``record``.
    """
    lock_rater(session, rater_id)
    earlier = by_request(session, rater_id, request_id)
    if earlier is not None:
        return _receipt(session, earlier)
    taken_back = select(ComparisonEvent.undoes).where(
        ComparisonEvent.rater_id == rater_id, ComparisonEvent.undoes.is_not(None)
    )
    acts = select(ComparisonEvent).where(
        ComparisonEvent.rater_id == rater_id,
        ComparisonEvent.at >= since,
        ComparisonEvent.action != UNDONE,
        ComparisonEvent.event_id.not_in(taken_back),
    )
    event = session.scalar(acts.order_by(ComparisonEvent.event_id.desc()).limit(1))
    if event is None:
        return None
    serving, texts = _locked(session, event.comparison_id, rater_id)
    if serving is None:
        raise NotFound(GONE)
    if event.action == COMPARED:
        if event.before is None or serving.version != texts.version:  # of another text it says nothing
            _unsay(session, serving)
        else:
            reason = session.get_one(Comparison, event.comparison_id).served_for
            _say(session, serving, texts, Verdict(event.before), reason)
    at = now()
    serving.skipped_at, serving.taken_at, serving.expires_at, serving.shown = None, at, at + LEASE, True
    serving.showing = uuid4().hex  # the same key pressed again is another act
    undoing = ComparisonEvent(
        comparison_id=event.comparison_id,
        rater_id=rater_id,
        action=UNDONE,
        request_id=request_id,
        verdict=event.before,
        before=event.verdict,
        undoes=event.event_id,
    )
    session.add(undoing)
    session.flush()
    return _receipt(session, undoing)


def by_request(session: Session, rater_id: int, request_id: str) -> ComparisonEvent | None:
    """What was stored for this request of this rater, if it was.

    Raises:
        Conflict: it is a request of somebody else.
    """
    earlier = session.scalar(select(ComparisonEvent).where(ComparisonEvent.request_id == request_id))
    if earlier is not None and earlier.rater_id != rater_id:
        raise Conflict("A request of this name came from somebody else. Nothing was stored. Load the page again.")
    return earlier


def _receipt(session: Session, event: ComparisonEvent) -> ReceiptOfPair:
    serving = session.get_one(ComparisonServing, (event.comparison_id, event.rater_id))
    return ReceiptOfPair(
        event.event_id, event.at, event.comparison_id, event.action, event.verdict, event.before, serving.first_left
    )


def _locked(session: Session, comparison_id: int, rater_id: int) -> tuple[ComparisonServing | None, PairTexts]:
    """The pair as this rater got it, and its texts, which nobody changes until this is stored.

    Raises:
        NotFound: it is not there any more.
    """
    pair = session.get(Comparison, comparison_id)
    if pair is not None:
        lock_interactions(session, [number for number in (pair.first_id, pair.second_id) if number is not None])
        this = select(Comparison).where(Comparison.comparison_id == comparison_id).with_for_update()
        pair = session.scalar(this.execution_options(populate_existing=True))
    found = texts_of(session, [pair]) if pair is not None else {}
    if comparison_id not in found:
        raise NotFound(GONE)
    own = (ComparisonServing.comparison_id == comparison_id) & (ComparisonServing.rater_id == rater_id)
    serving = session.scalar(select(ComparisonServing).where(own).execution_options(populate_existing=True))
    return serving, found[comparison_id]


def _say(session: Session, serving: ComparisonServing, texts: PairTexts, verdict: Verdict, served_for: str) -> None:
    """Store a verdict and the preference that it is; what the rater's own earlier preference was is kept beside."""
    at = now()
    earlier = preferences.of_rater(session, serving.rater_id, texts.pair_hash)
    if serving.verdict is None:
        serving.replaced = None if earlier is None else _without_texts(earlier, texts)
    ids: list[int | None] = [one.interaction_id for one in texts.interactions] or [None, None]
    answers = [(texts.first, ids[0]), (texts.second, ids[1])]
    if verdict is Verdict.SECOND:
        answers.reverse()
    (chosen, chosen_id), (rejected, rejected_id) = answers
    row = _row(serving.rater_id, texts) | {
        "chosen": chosen,
        "rejected": rejected,
        "chosen_id": chosen_id,
        "rejected_id": rejected_id,
        "outcome": str(outcome_of(verdict)),
        "served_for": served_for,
        "model_version": None,
        "import_id": None,
        "created_at": at,
    }
    preferences.put(session, row)
    serving.verdict, serving.answered_at, serving.pair_hash = verdict, at, texts.pair_hash
    session.flush()


def _unsay(session: Session, serving: ComparisonServing) -> None:
    """Take a verdict back with its preference; the one before it stands again. What the rater said of the two
    answers elsewhere since then stays.
    """
    kept = preferences.of_rater(session, serving.rater_id, serving.pair_hash or "")
    if kept is not None and kept.served_for is not None and kept.created_at == serving.answered_at:
        if serving.replaced is None or not _still_stands(session, serving.replaced):
            session.execute(delete(Preference).where(Preference.preference_id == kept.preference_id))
            session.expunge(kept)
        else:
            before = dict(serving.replaced)
            if before.pop("reversed") != (serving.verdict == Verdict.SECOND):
                kept.chosen, kept.rejected = kept.rejected, kept.chosen
            before["created_at"] = datetime.fromisoformat(before["created_at"])
            for name, value in before.items():
                setattr(kept, name, value)
    serving.verdict = serving.answered_at = serving.pair_hash = serving.replaced = None
    session.flush()


def _still_stands(session: Session, before: dict[str, Any]) -> bool:
    """Whether what a preference that was replaced came from is still here: its import, and the answers it is about."""
    answers = {before["chosen_id"], before["rejected_id"]} - {None}
    there = select(func.count()).select_from(Item).where(Item.interaction_id.in_(answers))
    if session.scalar(there) != len(answers):
        return False
    return before["import_id"] is None or session.get(Import, before["import_id"]) is not None


def _without_texts(earlier: Preference, texts: PairTexts) -> dict[str, Any]:
    kept = {name: getattr(earlier, name) for name in _KEPT}
    kept["created_at"] = earlier.created_at.isoformat()
    return kept | {"reversed": earlier.chosen != texts.first}


def _row(rater_id: int, texts: PairTexts) -> dict[str, Any]:
    return {
        "rater_id": rater_id,
        "prompt": texts.prompt,
        "prompt_group": prompt_group(texts.prompt),
        "context_id": texts.context_id,
        "turns": turns_to_json(texts.turns) or None,
        "turns_group": turns_group(texts.turns),
        "pair_hash": texts.pair_hash,
    }
