"""How far the raters agree, for leads."""

from typing import Any

from core.domain.roles import Act, User
from core.reward.metrics.agreement import Agreement, Shares, agreement
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store.review.agreement import median_seconds, ratings_given, repeats


@masks_output()
def measure(workspace: Workspace, user: User) -> Agreement:
    """Agreement of the raters, measured on all ratings as they are now."""
    workspace.require(user, Act.READ_DATA)
    workspace.pick_up()
    with workspace.store.read() as session:
        given, seconds, given_twice = ratings_given(session), median_seconds(session), repeats(session)
    return agreement(given, seconds=seconds, repeats=given_twice)


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
