"""Readiness of the ratings for training: counts, checks in plain words, and the forecast."""

from dataclasses import dataclass
from datetime import date

from core.domain.queue import QueueFilters
from core.domain.ratings import OPTIMAL_RATED, RECOMMENDED_RATED, Stage, stage
from core.domain.roles import Act, User
from core.domain.verdicts.judgement import Tone, Use
from core.reward.encoding.windows import MAX_WINDOWS, WINDOW_WORDS
from core.services.masking import masked, masks_output
from core.services.models.verdicts import VersionVerdict, verdicts
from core.services.training.forecast import Outlook, latest_training
from core.services.training.readiness_checks import FEW_TWICE, Check, CheckResult, Facts, check_all
from core.services.workspace import Workspace
from core.store.rating import queue
from core.store.training import statistics
from core.store.training.statistics import PairYield

HARDLY_CHANGE = "More ratings of this kind will hardly change it."


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
    """What the latest training lets expect; None before the first."""
    verdict: VersionVerdict | None
    """On the model that it made."""
    in_use: VersionVerdict | None
    """On the model in use; looked up only after the first training."""

    @property
    def helps(self) -> str:
        """What helps where more ratings of this kind hardly do; empty where they may."""
        return what_helps(self.verdict, second_rater=self.facts.rated_twice < FEW_TWICE) if self.facts.flat else ""

    @property
    def blockers(self) -> list[Check]:
        """What stands in the way of a training."""
        return [check for check in self.checks if check.result is CheckResult.BLOCKER]


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
            unrated=totals.unrated - totals.discarded,
            good=totals.good,
            minimum=settings.min_samples_to_train,
            questions=statistics.questions(session, settings.positive_rating_threshold),
            shape=statistics.shape(session, long_words=MAX_WINDOWS * WINDOW_WORDS),
            by_rater=statistics.ratings_by_rater(session),
            sample=totals.sample,
            low=sum(number for value, number in by_consensus.items() if value <= 2),
            high=sum(number for value, number in by_consensus.items() if value >= 4),
            rated_twice=statistics.rated_twice(session),
            spread=statistics.spread_by_rater(session),
            rated_by_session={name: rated for name, (rated, _) in by_session.items() if rated},
            unrated_by_session={name: unrated for name, (_, unrated) in by_session.items() if unrated},
            pairs_wait=queue.waits(session, QueueFilters(pair=True)),
            flat=outlook is not None and outlook.flat(totals.rated),
        )
        per_day = statistics.ratings_per_day(session)
    reached, following = stage(facts.rated, facts.minimum)
    found = verdicts(workspace, user).values() if outlook else ()
    return Readiness(
        facts=facts,
        stage=reached,
        next_threshold=following,
        thresholds=thresholds(facts.minimum),
        by_consensus=by_consensus,
        per_day=per_day,
        checks=check_all(facts),
        sample=totals.sample,
        outlook=outlook,
        verdict=next((verdict for verdict in found if outlook and verdict.run_id == outlook.run_id), None),
        in_use=next((verdict for verdict in found if verdict.use is Use.IN_USE), None),
    )


@masks_output()
def pair_yield(workspace: Workspace, user: User) -> PairYield:
    """Ratings, questions that give a comparison, and the pairs that the export would hold."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        return statistics.pair_yield(session)


def what_helps(verdict: VersionVerdict | None, *, second_rater: bool) -> str:
    """What to do where the forecast is flat, in place of more ratings of the same kind.

    ``second_rater``: whether so few answers were rated by two people that a second one is worth asking for.
    """
    others = "questions of another kind" + (", or a second person who rates the same answers" if second_rater else "")
    if verdict is not None and verdict.use is Use.IN_USE and verdict.tone is Tone.GOOD:
        return f"{HARDLY_CHANGE} You can use the model as it is. What could still teach it more: {others}."
    return f"{HARDLY_CHANGE} What could: {others}."


def thresholds(minimum: int) -> tuple[int, ...]:
    """The numbers of rated answers that mean something: ``minimum``, and 200 and 500 where they are above it."""
    return (minimum, *(step for step in (RECOMMENDED_RATED, OPTIMAL_RATED) if step > minimum))
