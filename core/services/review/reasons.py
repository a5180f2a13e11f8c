"""How often raters gave which reason, by week and by session."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.roles import Act, User
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store.review import guidelines, reasons
from core.store.review.reasons import Given

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
        found = reasons.given(session)
        offered = guidelines.reasons_of(guidelines.latest(session))
    totals = _by_reason(found)
    given = [word for word, _ in totals.most_common()]
    words = (*(word for word in offered if word in totals), *(word for word in given if word not in offered))
    weeks, sessions = defaultdict[date, list[Given]](list), defaultdict[str | None, list[Given]](list)
    for one in found:
        weeks[_monday(one.day)].append(one)
        sessions[one.session_label or None].append(one)
    by_week = [(week, *_counts(weeks[week], words)) for week in sorted(weeks, reverse=True)[:MOST_WEEKS]]
    by_session = [(label, *_counts(some, words)) for label, some in sessions.items()]
    by_session.sort(key=lambda line: (-sum(line[2]), line[0] or ""))
    return ReasonCounts(words, tuple(by_week), tuple(by_session[:MOST_SESSIONS]))


def _counts(found: list[Given], words: Iterable[str]) -> tuple[int, tuple[int, ...]]:
    counts = _by_reason(found)
    return sum(one.ratings for one in found), tuple(counts[word] for word in words)


def _by_reason(found: Iterable[Given]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in found:
        counts.update(dict.fromkeys(one.reasons, one.ratings))
    return counts


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
