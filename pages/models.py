"""Models: the one in use, all of them with what can be done, how accuracy moved, and the full report."""

from core.services.models import models, verdicts
from core.services.training.readiness import thresholds
from core.ui.guarantee.in_use import promises_of_the_model_in_use
from core.ui.models.changes import change_log
from core.ui.models.compare import compare_panel
from core.ui.models.details import report_of_a_version
from core.ui.models.feedback import feedback_panel
from core.ui.models.history import history, legacy_trainings
from core.ui.models.in_use import damage, model_in_use, no_versions
from core.ui.models.reasons import reasons_panel
from core.ui.models.trend import trend_panel
from core.ui.models.usage import usage_panel
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.page import heading, open_page
from core.ui.training.proposal import proposed

with open_page("models") as page:
    if not asks_for_name(page):
        heading(page, lead="Every finished training adds a model. One of them is in use and ranks answers.")
        told = verdicts.verdicts(page.workspace, page.user)
        versions = [version for version in models.listed(page.workspace, page.user) if version.model_version in told]
        old = models.old_trainings(page.workspace, page.user)
        changes = models.promotions(page.workspace, page.user)
        damage(page)
        proposed(page, key="models")
        if versions:
            previous = models.before_champion(page.workspace, page.user)
            model_in_use(page, versions, told, changes, previous)
            promises_of_the_model_in_use(page)
            history(page, versions, told, previous)
            compare_panel(page, versions)
        else:
            no_versions(page)
        if versions or old:
            trend_panel(versions, told, old, thresholds(page.workspace.settings.min_samples_to_train))
        if versions:
            report_of_a_version(page, versions, told, changes)
            usage_panel(page)
            feedback_panel(page, versions)
        reasons_panel(page)
        if changes:
            change_log(changes)
        if old:
            legacy_trainings(old)
