"""`models`: list, promote or roll back versions."""

import argparse

from core.cli.output import Done, in_words, say
from core.domain.errors import BadInput
from core.domain.roles import COMMAND_LINE
from core.services.models import models as models_service
from core.services.workspace import open_workspace


def models(options: argparse.Namespace) -> Done:
    """List, promote or roll back."""
    workspace = open_workspace()
    if options.action == "promote":
        if not options.version:
            raise BadInput("Say which version: python -m core models promote VERSION")
        models_service.promote(
            workspace, COMMAND_LINE, options.version, reason=options.reason or "Promoted on the command line."
        )
    elif options.version:
        raise BadInput(f"`models {options.action}` takes no version.")
    elif options.action == "rollback":
        models_service.rollback(workspace, COMMAND_LINE)
    found = models_service.listed(workspace, COMMAND_LINE)
    champion = next((version.model_version for version in found if version.state == "champion"), None)
    for version in found:
        mark = "*" if version.state == "champion" else " "
        say(
            f"{mark} {version.model_version}  {version.recipe}  {version.n:,} rated  AUC "
            f"{in_words(version.metrics['roc_auc'].to_json())}"
        )
    if not found:
        say("There is no model yet. Train one: python -m core train")
    return {"champion": champion, "versions": [version.to_json() for version in found]}, 0
