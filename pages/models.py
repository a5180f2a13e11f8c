"""Models: the one in use, how accuracy moved, promote and roll back."""

from core.services import models
from core.ui.acting import asks_for_name
from core.ui.models import champion_card, change_model, log, nothing_yet, trend, trouble, versions_table
from core.ui.page import heading, open_page

with open_page("models") as page:
    if not asks_for_name(page):
        heading(page, lead="Every finished training adds a version. One of them is in use and ranks answers.")
        versions = models.listed(page.workspace)
        old = models.old_trainings(page.workspace)
        changes = models.promotions(page.workspace)
        trouble(page)
        if versions:
            champion_card(versions, changes)
        else:
            nothing_yet()
        if versions or old:
            trend(versions, old)
        if versions:
            versions_table(versions)
            change_model(page, versions, changes)
        if changes:
            log(changes)
