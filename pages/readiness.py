"""Readiness: whether the ratings can carry a model, what stands in the way, and what more of them may bring."""

from core.services.training.readiness import readiness
from core.ui.data.importing import unfinished_import
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.page import heading, open_page
from core.ui.training.readiness import blockers, figures, nothing_rated, outlook, points, stages

with open_page("readiness") as page:
    if not asks_for_name(page):
        found = readiness(page.workspace, page.user)
        heading(
            page,
            sample=found.sample,
            lead="How far the ratings reach, and what stands in the way of a useful model.",
        )
        unfinished_import(page)
        if not found.facts.rated:
            nothing_rated(found)
        else:
            stages(found)
            blockers(page, found)
            outlook(page, found)
            points(page, found)
            figures(page, found, page.workspace.settings.positive_rating_threshold)
