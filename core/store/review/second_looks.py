"""Which of a rater's own answers come back, and what is kept of looking again."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from core.domain.errors import Conflict
from core.domain.ratings import EventContext, RatingInput, RatingStatus
from core.domain.second_looks import MOST_SURPRISING, SECOND_LOOK, RepeatSettings
from core.store import settings
from core.store.interactions.consensus import adopt_legacy_change, history_event, lock_as_seen
from core.store.interactions.interactions import in_scope, only_sample
from core.store.rating import ratings
from core.store.rating.ratings import Receipt, receipt_of
from core.store.tables import Item, Prediction, Rating, RatingEvent
from core.store.training import runs

KEPT, REPEAT = "kept", "repeat"
COMMENT_CHECK = "comment check"
"""Why an answer was shown (``RatingEvent.chosen``): because the rater's comment speaks against the rating."""
SETTINGS = "second_looks"
SURPRISING_BELOW = 0.5
"""Self-confidence under which the model would have given the other verdict."""


def repeat_settings(session: Session) -> RepeatSettings:
    """What a lead set, else the defaults."""
    return RepeatSettings(**settings.get(session, SETTINGS))


def waiting(session: Session, rater_id: int, threshold: int, at: datetime) -> dict[int, str]:
    """The answers that come back to this rater, with what is noted when the rating is the same again."""
    steady = dict.fromkeys(repeats(session, rater_id, at), REPEAT)
    return steady | dict.fromkeys(surprising(session, rater_id, threshold, at), KEPT)


def surprising(session: Session, rater_id: int, threshold: int, at: datetime) -> list[int]:
    """Own ratings that the latest training's out-of-fold predictions contradict, most surprising first.

    They come back as late as repeats do, so that nobody remembers what they said. One that was looked at again since
    it was given does not come back.
    """
    run = runs.latest_with_model(session, sample=only_sample(session), with_scores=True)
    if run is None:
        return []
    confidence = case((Rating.rating >= threshold, Prediction.score), else_=1 - Prediction.score)
    looked = _looked_at(rater_id)
    rows = (
        _own(session, rater_id)
        .outerjoin(looked, looked.c.interaction_id == Rating.interaction_id)
        .join(Prediction, and_(Prediction.interaction_id == Rating.interaction_id, Prediction.run_id == run.run_id))
        .where(
            confidence < SURPRISING_BELOW,
            _old(session, at),
            or_(looked.c.at.is_(None), looked.c.at < Rating.updated_at),
        )
        .order_by(confidence, Rating.interaction_id)
        .limit(MOST_SURPRISING)
    )
    return list(session.scalars(rows))


def repeats(session: Session, rater_id: int, at: datetime) -> list[int]:
    """Own ratings that are due to be given once more, each once ever."""
    wanted = repeat_settings(session)
    # in two steps: looked up for each rating anew, a rater's events would be read as often as there are ratings
    again = select(RatingEvent.interaction_id).where(RatingEvent.rater_id == rater_id, RatingEvent.action == REPEAT)
    done = set(session.scalars(again))
    due = session.scalars(_own(session, rater_id).where(_old(session, at)).order_by(Rating.interaction_id))
    return [number for number in due if wanted.comes_back(rater_id, number) and number not in done]


def own_rating(session: Session, rater_id: int, interaction_id: int, *, seen: str) -> Rating:
    """This rater's rating, locked with its answer so that nothing changes it meanwhile.

    Raises:
        NotFound: the interaction was deleted.
        TextChanged: it is not what was seen.
        Conflict: the rating was taken back.
    """
    item, row = lock_as_seen(session, interaction_id, seen)
    adopt_legacy_change(session, item, row)
    own_rating = ratings.own(session, interaction_id, rater_id)
    if own_rating is None or own_rating.rating is None:
        raise Conflict("Your rating of this answer was taken back meanwhile, so there is nothing to look at again.")
    return own_rating


def note(
    session: Session,
    own_rating: Rating,
    action: str,
    value: int,
    request_id: str | None,
    shown_ms: int | None,
    chosen: str = SECOND_LOOK,
) -> Receipt:
    """Keep that a rater looked again; neither the rating nor the consensus nor its mirror changes."""
    context = EventContext(action, request_id, shown_ms, chosen=chosen)
    event = history_event(
        own_rating.interaction_id,
        own_rating.rater_id,
        context,
        old={"rating": own_rating.rating},
        new={"rating": value},
    )
    session.add(event)
    session.flush()
    return receipt_of(event)


def change(session: Session, own_rating: Rating, value: int, request_id: str | None, *, seen: str) -> Receipt:
    """Let the second rating count; comment and flag stay."""
    given = RatingInput(
        RatingStatus.SUBMITTED, value, own_rating.comment, own_rating.bias_flag, reasons=tuple(own_rating.reasons or ())
    )
    context = EventContext("changed", request_id, chosen=SECOND_LOOK)
    return ratings.record(session, own_rating.interaction_id, own_rating.rater_id, given, context, seen=seen)


def _own(session: Session, rater_id: int) -> Select[int]:
    rows = select(Rating.interaction_id).join(Item, Item.interaction_id == Rating.interaction_id)
    return in_scope(session, rows).where(Rating.rater_id == rater_id, Rating.rating.is_not(None))


def _old(session: Session, at: datetime) -> ColumnElement[bool]:
    """Whether a rating was given so long ago that its answer may come back."""
    return Rating.updated_at <= at - timedelta(days=repeat_settings(session).days)


def _looked_at(rater_id: int) -> Subquery:
    """When this rater last looked again at which answer."""
    looks = select(RatingEvent.interaction_id, func.max(RatingEvent.at).label("at")).where(
        RatingEvent.rater_id == rater_id, RatingEvent.chosen == SECOND_LOOK, RatingEvent.action != REPEAT
    )
    return looks.group_by(RatingEvent.interaction_id).subquery()
