"""How far the ratings reach as comparisons: what DPO and reward training would get."""

from core.domain.roles import Act, User
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store.training import statistics
from core.store.training.statistics import PairYield

__all__ = ["PairYield"]


@masks_output()
def pair_yield(workspace: Workspace, user: User) -> PairYield:
    """Ratings, prompts that give a comparison, and the pairs that the export would hold."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        return statistics.pair_yield(session)
