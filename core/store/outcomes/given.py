"""How many answers were given in a week: what the feedback of users is a share of."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from core.store.tables import AnswersGiven
from core.store.types import now
from core.store.upsert import add_to


def count(
    session: Session, kind: str, name: str, replaced: bool = False, n: int = 1, *, day: date | None = None
) -> None:
    """Count ``n`` more answers of a week.

    Args:
        session: of the transaction that stores what is counted.
        kind: ``version``: a model version put them first; ``generator``: it wrote them.
        name: of the version or generator.
        replaced: of versions: another answer came first than in the input.
        n: how many.
        day: in whose week (UTC); None: today.
    """
    day = day or now().date()
    monday = day - timedelta(days=day.weekday())
    row = {"week": monday, "kind": kind, "name": name, "replaced": replaced, "answers": n}
    add_to(session, AnswersGiven, row, grows="answers")
