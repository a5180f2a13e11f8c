"""`models`: list, promote or roll back versions, or keep only the figures of one."""

import argparse
from collections.abc import Mapping
from typing import Any

from core.cli.output import Done, say
from core.domain.errors import BadInput
from core.domain.roles import COMMAND_LINE
from core.domain.texts import in_bytes
from core.services.models import models as models_service
from core.services.models.thinning import thin
from core.services.models.verdicts import VersionVerdict, verdicts
from core.services.workspace import open_workspace


def models(options: argparse.Namespace) -> Done:
    """List, promote, roll back or thin."""
    workspace = open_workspace()
    if options.action == "promote":
        if not options.version:
            raise BadInput("Say which version: python -m core models promote VERSION")
        models_service.promote(
            workspace, COMMAND_LINE, options.version, reason=options.reason or "Promoted on the command line."
        )
    elif options.action == "thin":
        if not options.version:
            raise BadInput("Say which version: python -m core models thin VERSION")
        thin(workspace, COMMAND_LINE, options.version)
    elif options.version:
        raise BadInput(f"`models {options.action}` takes no version.")
    elif options.action == "rollback":
        models_service.rollback(workspace, COMMAND_LINE)
    found = models_service.listed(workspace, COMMAND_LINE)
    champion = next((version.model_version for version in found if version.state == "champion"), None)
    judged = verdicts(workspace, COMMAND_LINE)
    for version in found:
        mark = "*" if version.state == "champion" else " "
        say(f"{mark} {version.name}: {judged[version.model_version].sentence}")
        learned = f"learned from {version.n:,} rated answers"
        say(f"    {version.model_version}, {version.recipe}, {learned}, {in_bytes(version.size)}")
    if not found:
        say("There is no model yet. Train one: python -m core train")
    return {"champion": champion, "versions": [_to_json(version, judged) for version in found]}, 0


def _to_json(version: models_service.VersionView, judged: Mapping[str, VersionVerdict]) -> dict[str, Any]:
    found = judged[version.model_version]
    return version.to_json() | {"verdict": found.sentence, "figures": found.figures.to_json()}
