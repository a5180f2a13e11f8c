"""Readiness: whether the ratings can carry a model, in numbers and in plain words."""

from core.services.training.readiness import readiness
from core.ui.data.importing import half_an_import
from core.ui.shell.page import heading, open_page
from core.ui.training.readiness import checks, counts, next_act, nothing_rated, pairs, stages, supports

with open_page("readiness") as page:
    found = readiness(page.workspace, page.user)
    heading(
        page,
        sample=found.sample,
        lead="How far the ratings reach, and what stands in the way of a useful model.",
    )
    half_an_import(page)
    if not found.facts.rated:
        nothing_rated(found)
    else:
        stages(found)
        next_act(found)
        supports(found)
        checks(page, found)
        pairs(page)
        counts(found, page.workspace.settings.positive_rating_threshold)
