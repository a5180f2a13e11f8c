"""Models: the one in use, how accuracy moved, compare, promote, roll back, archive."""

from core.services.models import models
from core.services.training.readiness import thresholds
from core.ui.models.compare import compare_panel
from core.ui.models.details import version_details
from core.ui.models.feedback import feedback_panel
from core.ui.models.promote import change_model_in_use
from core.ui.models.reasons import reasons_panel
from core.ui.models.trend import trend_panel
from core.ui.models.usage import usage_panel
from core.ui.models.versions import (
    champion_card,
    champion_problem,
    legacy_trainings,
    no_versions,
    promotion_log,
    versions_table,
)
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.page import heading, open_page

with open_page("models") as page:
    if not asks_for_name(page):
        heading(page, lead="Every finished training adds a version. One of them is in use and ranks answers.")
        versions = models.listed(page.workspace, page.user)
        old = models.old_trainings(page.workspace, page.user)
        changes = models.promotions(page.workspace, page.user)
        champion_problem(page)
        if versions:
            champion_card(page, versions, changes)
        else:
            no_versions()
        if versions or old:
            trend_panel(versions, old, thresholds(page.workspace.settings.min_samples_to_train))
        if old and not versions:
            legacy_trainings(old)
        if versions:
            versions_table(versions, old)
            compare_panel(page, versions)
            change_model_in_use(page, versions)
            version_details(page, versions, changes)
        if versions:
            usage_panel(page)
            feedback_panel(page)
        reasons_panel(page)
        if changes:
            promotion_log(changes)
