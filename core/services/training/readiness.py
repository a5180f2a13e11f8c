"""Readiness of the ratings for training: counts, checks in plain words, and the forecast."""

from dataclasses import dataclass
from datetime import date

from core.domain.queue import QueueFilters
from core.domain.ratings import OPTIMAL_RATED, RECOMMENDED_RATED, Stage, stage
from core.domain.roles import Act, User
from core.reward.encoding.windows import MAX_WINDOWS, WINDOW_WORDS
from core.services.masking import masked, masks_output
from core.services.training.forecast import Outlook, latest_training
from core.services.training.readiness_checks import CHECKS, Check, Facts
from core.services.workspace import Workspace
from core.store.rating import queue
from core.store.training import statistics
from core.store.training.statistics import PairYield


@dataclass(frozen=True, slots=True)
class Readiness:
    """Everything that the Readiness page shows."""

    facts: Facts
    stage: Stage
    next_threshold: int | None
    thresholds: tuple[int, ...]
    by_consensus: dict[float, int]
    per_day: list[tuple[date, str, int]]
    checks: list[Check]
    sample: bool
    outlook: Outlook | None
    """What the latest training showed and lets expect; None before the first."""


@masks_output()
def readiness(workspace: Workspace, user: User) -> Readiness:
    """Count and check what is rated."""
    workspace.require(user, Act.LOOK)
    workspace.pick_up()
    settings = workspace.settings
    with workspace.store.read() as session:
        totals = statistics.totals(session, settings.positive_rating_threshold)
        by_consensus = statistics.by_consensus(session)
        by_session = masked(statistics.by_session(session))  # already here: a remedy names a session by its label
        outlook = latest_training(session, sample=totals.sample)
        facts = Facts(
            rated=totals.rated,
            unrated=totals.unrated,
            good=totals.good,
            minimum=settings.min_samples_to_train,
            shape=statistics.shape(session, long_words=MAX_WINDOWS * WINDOW_WORDS),
            by_rater=statistics.ratings_by_rater(session),
            sample=totals.sample,
            low=sum(number for value, number in by_consensus.items() if value <= 2),
            high=sum(number for value, number in by_consensus.items() if value >= 4),
            rated_twice=statistics.rated_twice(session),
            spread=statistics.spread_by_rater(session),
            rated_by_session={name: rated for name, (rated, _) in by_session.items() if rated},
            unrated_by_session={name: unrated for name, (_, unrated) in by_session.items() if unrated},
            latest=outlook.latest if outlook else None,
            pairs_wait=queue.waits(session, QueueFilters(pair=True)),
        )
        per_day = statistics.ratings_per_day(session)
    reached, following = stage(facts.rated, facts.minimum)
    return Readiness(
        facts=facts,
        stage=reached,
        next_threshold=following,
        thresholds=thresholds(facts.minimum),
        by_consensus=by_consensus,
        per_day=per_day,
        checks=[check(facts) for check in CHECKS],
        sample=totals.sample,
        outlook=outlook,
    )


@masks_output()
def pair_yield(workspace: Workspace, user: User) -> PairYield:
    """Ratings, prompts that give a comparison, and the pairs that the export would hold."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        return statistics.pair_yield(session)


def thresholds(minimum: int) -> tuple[int, ...]:
    """The numbers of rated answers that mean something: ``minimum``, and 200 and 500 where they are above it."""
    return (minimum, *(step for step in (RECOMMENDED_RATED, OPTIMAL_RATED) if step > minimum))
