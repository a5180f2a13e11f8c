"""What was typed and flagged and not yet saved with a rating."""

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.store.tables import Draft
from core.store.types import now


def keep_draft(session: Session, rater_id: int, interaction_id: int, comment: str, bias_flag: bool) -> None:
    """Keep what stands there now; it replaces what was kept before."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {"comment": comment, "bias_flag": bias_flag, "updated_at": now()}
    session.execute(
        insert(Draft)
        .values(rater_id=rater_id, interaction_id=interaction_id, **values)
        .on_conflict_do_update(index_elements=["rater_id", "interaction_id"], set_=values)
    )


def load_draft(session: Session, rater_id: int, interaction_id: int) -> Draft | None:
    """What was kept."""
    return session.get(Draft, (rater_id, interaction_id))


def delete_draft(session: Session, rater_id: int, interaction_id: int) -> None:
    """It was saved with a rating, or taken back."""
    mine = delete(Draft).where(Draft.rater_id == rater_id, Draft.interaction_id == interaction_id)
    session.execute(mine.execution_options(synchronize_session=False))
