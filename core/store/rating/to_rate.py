"""An answer as a rater gets it: its texts, what they said of it before, and what they typed and did not save."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from core.domain.records import Interaction
from core.store.interactions import interactions
from core.store.rating import drafts, ratings, showings
from core.store.rating.queue import Served


@dataclass(frozen=True, slots=True)
class ItemToRate:
    """An interaction, what this rater said of it before, and what was typed and not yet saved."""

    interaction: Interaction
    rating: int | None
    comment: str
    bias_flag: bool
    request_id: str | None = None
    """What requests for this showing carry, the same after a reload; None for an answer that is not kept for the rater."""
    showing: str | None = None
    """What says, with an act, which text was shown; None until that is noted."""
    draft: str | None = None
    draft_flag: bool = False

    @property
    def unsaved(self) -> tuple[str, bool]:
        """Comment and flag to begin with: what was typed and not saved, else what was saved."""
        return (self.comment, self.bias_flag) if self.draft is None else (self.draft, self.draft_flag)


def load(session: Session, rater_id: int, interaction_id: int) -> ItemToRate | None:
    """One answer for this rater; None when it was deleted."""
    shown = interactions.load(session, interaction_id)
    if shown is None:
        return None
    mine = ratings.own(session, interaction_id, rater_id)
    typed = drafts.load(session, rater_id, interaction_id)
    found = ItemToRate(shown, None, "", False, showing=showings.find(session, rater_id, shown))
    if mine is not None:
        found = replace(found, rating=mine.rating, comment=mine.comment or "", bias_flag=mine.bias_flag)
    return replace(found, draft=typed.comment, draft_flag=typed.bias_flag) if typed else found


def served(session: Session, rater_id: int, kept: Served | None) -> ItemToRate | None:
    """The answer that is kept for this rater, with the request of its showing."""
    shown = load(session, rater_id, kept.interaction_id) if kept else None
    return replace(shown, request_id=kept.request_id) if shown and kept else None
