"""How far the raters agree, for leads."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.domain.metrics import Metric
from core.domain.progress import midnight, today
from core.domain.roles import Act, User
from core.reward.metrics.agreement import Agreement, Shares, agreement, alpha_over_prompts
from core.services.kept_figures import Kind
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store.review.agreement import median_seconds, ratings_given, repeats, shared_at


@dataclass(frozen=True, slots=True)
class AgreementAt:
    """Agreement as it stood when a day ended; today: as it stands now."""

    day: date
    alpha: Metric
    """With its interval; undefined where too few prompts have answers that several people rated."""
    answers: int
    """With several ratings: what alpha rests on."""


@masks_output()
def measure(workspace: Workspace, user: User) -> Agreement:
    """Agreement of the raters, measured on all ratings as they are now."""
    workspace.require(user, Act.READ_DATA)
    workspace.pick_up()
    return workspace.figures.get(workspace.store, Kind.AGREEMENT, ("now",), lambda: _measured(workspace))


def _measured(workspace: Workspace) -> Agreement:
    with workspace.store.read() as session:
        given, seconds, given_twice = ratings_given(session), median_seconds(session), repeats(session)
    return agreement(given, seconds=seconds, repeats=given_twice)


@masks_output()
def over_time(workspace: Workspace, user: User, weeks: int = 8) -> list[AgreementAt]:
    """Agreement at the end of each of the last weeks (Sunday night, local time of the server) and now, oldest first."""
    workspace.require(user, Act.READ_DATA)
    workspace.pick_up()
    day = today()
    return workspace.figures.get(
        workspace.store, Kind.AGREEMENT, (day, weeks), lambda: _over_time(workspace, day, weeks)
    )


def _over_time(workspace: Workspace, day: date, weeks: int) -> list[AgreementAt]:
    monday = day - timedelta(days=day.weekday())
    mondays = [monday - timedelta(weeks=ago) for ago in range(weeks)]
    days = [day, *(one - timedelta(days=1) for one in mondays)]
    with workspace.store.read() as session:
        shared = shared_at(session, [datetime.max.replace(tzinfo=UTC), *map(midnight, mondays)])
    found = []
    for one, answers in zip(days, shared, strict=True):
        prompts, ratings = [prompt for prompt, _ in answers], [given for _, given in answers]
        found.append(AgreementAt(one, alpha_over_prompts(ratings, prompts), len(answers)))
    return found[::-1]


def to_json(found: Agreement) -> dict[str, Any]:
    """As ``agreement --json`` prints it."""
    return {
        "alpha": found.alpha.to_json(),
        "items": found.items,
        "ratings": found.ratings,
        **_shares(found.shares),
        "pairs": [
            {
                "raters": [pair.one, pair.other],
                "items": pair.items,
                "kappa": pair.kappa.to_json(),
                **_shares(pair.shares),
            }
            for pair in found.pairs
        ],
        "raters": [
            {
                "rater": rater.name,
                "ratings": rater.ratings,
                "distribution": list(rater.distribution),
                "median_seconds": rater.seconds,
                "shared_items": rater.shared,
                "difference_to_peers": rater.difference.to_json(),
                "repeats": {"items": rater.repeats.pairs, **_shares(rater.repeats)},
            }
            for rater in found.raters
        ],
    }


def _shares(shares: Shares) -> dict[str, Any]:
    return {"exact": shares.exact.to_json(), "within_1": shares.within_1.to_json()}
