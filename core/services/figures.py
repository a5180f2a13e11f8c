"""How old the figures on a page are, and measuring them anew."""

from datetime import datetime

from core.domain.roles import Act, User
from core.services.kept_figures import Kind, state
from core.services.masking import masks_output
from core.services.workspace import Workspace


@masks_output()
def measured_at(workspace: Workspace, user: User, kind: Kind) -> datetime | None:
    """When the figures of this kind were measured; None where nothing has changed since."""
    workspace.require(user, Act.LOOK)
    found = workspace.figures.oldest(kind)
    return None if found is None or found.changes >= state(workspace.store, kind)[0] else found.at


@masks_output()
def measure_again(workspace: Workspace, user: User, kind: Kind) -> None:
    """Let the figures of this kind be measured anew when they are shown next."""
    workspace.require(user, Act.LOOK)
    workspace.figures.drop(kind)
