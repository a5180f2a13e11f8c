"""What this process opens once and all its browser sessions share."""

from core.services.runtime import runtime
from core.services.workspace import Workspace


def the_workspace() -> Workspace:
    """Settings and database of this process; an error is not kept, so the next page tries again."""
    return runtime.workspace()
