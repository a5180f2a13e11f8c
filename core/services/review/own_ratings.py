"""One's own ratings: look them up, take one back, take all of them along."""

from dataclasses import replace
from io import BytesIO

from core.domain.records import check_search
from core.domain.roles import Act, User
from core.domain.turns import turns_text
from core.labeling.export_columns import Columns
from core.labeling.writing import write_stream
from core.services.data.redaction import own_words, seen_by
from core.services.masking import masked, masks_output
from core.services.workspace import Workspace
from core.store.rating.ratings import Receipt
from core.store.retrying import retried
from core.store.review import own_ratings
from core.store.review.own_ratings import OwnFilters, OwnRating

__all__ = ["OwnFilters", "OwnRating"]

COLUMNS: Columns = {
    "interaction_id": int,
    "user_prompt": str,
    "ai_response": str,
    "rating": int,
    "feedback_comment": str,
    "bias_flag": bool,
    "updated_at": str,
    "turns": str,
    "reasons": str,
}


@masks_output(takes_gaps="searching stores nothing")
def listed(
    workspace: Workspace, user: User, filters: OwnFilters, *, page: int, size: int = 25
) -> tuple[list[OwnRating], int]:
    """One page (from 0) of this rater's ratings, latest first, and how many match."""
    workspace.require(user, Act.RATE)
    check_search(filters.text)
    with seen_by(workspace, user) as (session, redactor):
        found, total = own_ratings.find(session, user.rater_id, filters, offset=page * size, limit=size)
        return [
            replace(
                one,
                interaction=redactor.interaction(one.interaction),
                comment=own_words(one.comment),
            )
            for one in found
        ], total


@masks_output()
@retried
def withdraw(
    workspace: Workspace, user: User, interaction_id: int, *, seen: str, request_id: str | None = None
) -> Receipt:
    """Take one rating back: it no longer counts and stays in the history; consensus and mirror follow.

    Raises:
        NotFound: the interaction was deleted.
        TextChanged: the text is not the one that was seen.
        Conflict: it was taken back already.
    """
    workspace.require(user, Act.RATE)
    with workspace.store.write() as session:
        return own_ratings.withdraw(session, interaction_id, user.rater_id, request_id, seen=seen)


@masks_output(as_is="masked row by row")
def as_csv(workspace: Workspace, user: User) -> bytes:
    """This rater's ratings as a csv file in which a spreadsheet runs nothing; identifiers are hidden."""
    workspace.require(user, Act.RATE)
    file = BytesIO()
    with workspace.store.read() as session:
        seen = map(masked, own_ratings.rows(session, user.rater_id))
        write_stream(file, ".csv", COLUMNS, (row | {"turns": turns_text(row["turns"])} for row in seen))
    return file.getvalue()
