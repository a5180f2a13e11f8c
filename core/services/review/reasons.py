"""How often raters gave which reason, by week and by session."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.domain.roles import Act, User
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store.review import guidelines, reasons
from core.store.review.reasons import Tally

MOST_WEEKS, MOST_SESSIONS = 12, 25


@dataclass(frozen=True, slots=True)
class ReasonCounts:
    """Ratings that people gave here, and how many of them have each reason."""

    words: tuple[str, ...]
    """The reasons that were given: those of the guidelines in force first, then the most frequent."""
    by_week: tuple[tuple[date, int, tuple[int, ...]], ...]
    """Its Monday (UTC), ratings, and how many of them have each of ``words``; the latest week first."""
    by_session: tuple[tuple[str | None, int, tuple[int, ...]], ...]
    """The same by session, that with the most reasons first; None: ratings of answers without a session."""


@masks_output()
def counted(workspace: Workspace, user: User) -> ReasonCounts:
    """Count the reasons of the ratings as they are now: of the last weeks, and of the sessions with the most."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        weeks, sessions = reasons.tallies(session)
        offered = guidelines.reasons_of(guidelines.latest(session))
    totals = sum((tally.reasons for tally in weeks.values()), Counter[str]())
    given = [word for word, _ in totals.most_common()]
    words = (*(word for word in offered if word in totals), *(word for word in given if word not in offered))
    by_week = [(week, *_counts(weeks[week], words)) for week in sorted(weeks, reverse=True)[:MOST_WEEKS]]
    by_session = [(label, *_counts(tally, words)) for label, tally in sessions.items()]
    by_session.sort(key=lambda line: (-sum(line[2]), line[0] or ""))
    return ReasonCounts(words, tuple(by_week), tuple(by_session[:MOST_SESSIONS]))


def _counts(tally: Tally, words: Iterable[str]) -> tuple[int, tuple[int, ...]]:
    return tally.ratings, tuple(tally.reasons[word] for word in words)
