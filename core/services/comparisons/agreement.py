"""How far raters agree who compared the same two answers."""

from core.domain.roles import Act, User
from core.reward.metrics.agreement_of_pairs import PairAgreement, agreement_of_pairs
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store.comparisons import pairs

__all__ = ["PairAgreement"]


@masks_output()
def measure(workspace: Workspace, user: User) -> PairAgreement:
    """Share of equal verdicts of two raters on one pair, beside what chance would give.

    Raises:
        NotAllowed: the role does not read others' ratings.
    """
    workspace.require(user, Act.READ_DATA)
    with workspace.store.read() as session:
        given = pairs.given(session)
    return agreement_of_pairs(given)
