"""Creating or upgrading the tables on request."""

import os
from typing import Any

from core.domain.settings import Settings
from core.services.masking import masks_output
from core.services.workspace import open_workspace
from core.store import schema
from core.store.database import connect


@masks_output(as_is="names of tables")
def initialise() -> dict[str, Any]:
    """Create or upgrade, then adopt what the old application has; what ``init --json`` prints.

    Raises:
        AssayError: the sentence says what is in the way.
    """
    store = connect(Settings.from_env(os.environ))
    revision = schema.upgrade(store)
    open_workspace().pick_up(at_once=True)
    return {"database": store.label, "revision": revision, "tables": schema.tables(store)}
