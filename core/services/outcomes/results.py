"""What users said of answers, per week, model version and generator, with its uncertainty; feedback is no rating."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from core.domain.metrics import Metric
from core.domain.outcomes.results import Apart, By, Comment, Line
from core.domain.roles import Act, User
from core.reward.metrics.bootstrap import alike_draws, ratio, with_interval
from core.services.data.redaction import seen_by
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store.interactions import interactions
from core.store.outcomes import results
from core.store.outcomes.results import Tally
from core.store.types import now

WEEKS = 12
"""Of which feedback is shown; the present one is the last."""
FEWEST = 20
"""Users (questions, where nobody was named) below which nothing is said."""
MOST_NAMES = 25
"""Versions or generators that are shown: those with the most feedback."""
MOST_COMMENTS = 200
RANGES = {"thumb": (0.0, 1.0), "score": (1.0, 5.0), "chosen": (0.0, 1.0)}
"""Between what the figure of each kind lies: share of thumbs up, mean score, share in which the first was chosen."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind of feedback on one line."""

    metric: Metric
    """With the 95 % interval of a bootstrap over users; without a value where they are too few."""
    words: int
    """Latest words: of a user on an answer one, where nobody was named every one."""
    unnamed: int
    """Of these, those of nobody who was named: instead of a user, a question is drawn."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What users said of the answers of one line."""

    line: Line
    given: int
    """Answers that the version put first, or the generator wrote; 0: not known."""
    figures: dict[str, Figure]
    """By kind; only what somebody said."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What users said lately."""

    lines: tuple[Outcome, ...]
    """Of the most feedback first; by week the latest week first."""
    left_out: int
    """Names with less feedback that are not among them."""
    applications: tuple[str, ...]
    """Which sent feedback."""


@masks_output()
def measure(workspace: Workspace, user: User, by: By, apart: Apart = Apart.NOTHING) -> Outcomes:
    """Measure the feedback of the last ``WEEKS`` weeks.

    Raises:
        NotAllowed: the role does not include looking.
    """
    workspace.require(user, Act.LOOK)
    first_week = _first_week()
    since = datetime.combine(first_week, time(), UTC)
    with workspace.store.read() as session:
        said = results.tallies(session, by, apart, since)
        words = Counter[str | None]()
        for tally in said:
            words[tally.line.name] += tally.words * tally.groups
        ranks = {name: place for place, (name, _) in enumerate(words.most_common(MOST_NAMES))}
        given = results.answers_given(session, by, apart, first_week, list(ranks))
        applications = results.applications(session, by, since)
    by_line = defaultdict[Line, list[Tally]](list)
    for tally in said:
        if tally.line.name in ranks:
            by_line[tally.line].append(tally)
    lines = [Outcome(line, given.get(line, 0), _figures(some)) for line, some in by_line.items()]
    lines.sort(key=lambda one: (-(one.line.week or date.min).toordinal(), ranks[one.line.name], not one.line.replaced))
    return Outcomes(tuple(lines), len(words) - len(ranks), tuple(applications))


@masks_output()
def comments(workspace: Workspace, user: User, limit: int) -> list[Comment]:
    """What users wrote lately, the newest first, ``limit`` at most and never more than ``MOST_COMMENTS``.

    Raises:
        NotAllowed: the role does not include reading what others wrote.
    """
    workspace.require(user, Act.READ_DATA)
    with seen_by(workspace, user) as (session, redactor):
        found = results.comments(session, min(limit, MOST_COMMENTS))
        numbers = {one.interaction_id for one in found if one.interaction_id is not None}
        about = interactions.load_several(session, numbers)
        return [  # a name that the answer introduces is one in the comment too
            replace(one, comment=redactor.about(one.comment, about[one.interaction_id]))
            if one.interaction_id in about
            else one
            for one in found
        ]


def _first_week() -> date:
    today = now().date()
    return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)


def _figures(tallies: Sequence[Tally]) -> dict[str, Figure]:
    """By kind, in the order of ``RANGES``."""
    found = {kind: [tally for tally in tallies if tally.kind == kind] for kind in RANGES}
    return {kind: _figure(some, RANGES[kind]) for kind, some in found.items() if some}


def _figure(tallies: Sequence[Tally], within: tuple[float, float]) -> Figure:
    words = sum(tally.words * tally.groups for tally in tallies)
    unnamed = sum(tally.words * tally.groups for tally in tallies if not tally.named)
    groups = sum(tally.groups for tally in tallies)
    if groups < FEWEST:
        whom = "users" if not unnamed else "questions" if unnamed == words else "users and questions"
        return Figure(Metric(None, reason=f"too few to say: {groups} of {FEWEST} {whom}"), words, unnamed)
    return Figure(_mean(tallies, within, groups), words, unnamed)


def _mean(tallies: Sequence[Tally], within: tuple[float, float], groups: int) -> Metric:
    """The mean word, with its interval by drawing as many groups with replacement."""
    alike = np.array([tally.groups for tally in tallies])
    words = np.array([tally.words for tally in tallies], dtype=np.float64)
    totals = np.array([tally.total for tally in tallies], dtype=np.float64)
    value = float(alike @ totals / (alike @ words))
    low, high = within
    if value in within:  # all said the same: every resample says it too, and the exact (binomial) limit is taken
        reach = (high - low) * (1 - math.pow(0.025, 1 / groups))
        return Metric(value, max(low, value - reach), min(high, value + reach))
    samples = np.concatenate([ratio(drawn @ totals, drawn @ words) for drawn in alike_draws(alike, seed=0)])
    return with_interval(value, samples, prompts=groups, within=within)
