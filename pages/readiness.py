"""Readiness: whether the ratings can carry a model, in numbers and in plain words."""

from core.services.training.readiness import readiness
from core.ui.data.importing import unfinished_import
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.page import heading, open_page
from core.ui.training.readiness import (
    checks,
    measured_support,
    next_step_button,
    nothing_rated,
    pair_counts,
    rating_counts,
    stages,
)

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
            next_step_button(found)
            measured_support(found)
            checks(page, found)
            pair_counts(page, more_wait=found.facts.pairs_wait)
            rating_counts(found, page.workspace.settings.positive_rating_threshold)
