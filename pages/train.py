"""Train: start a training, watch it, and see what it showed."""

from core.services.models import models
from core.services.training.readiness import readiness
from core.services.training.runs import active_run, history, run_view
from core.ui.data.importing import unfinished_import
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.page import heading, open_page
from core.ui.training import result
from core.ui.training.page import running_card, start_card, watch_for_start

with open_page("train") as page:
    if not asks_for_name(page):
        ready = readiness(page.workspace, page.user)
        heading(
            page,
            sample=ready.sample,
            lead="A training learns from all ratings and puts the new model in use if it is better. "
            "It runs beside the dashboard; raters can go on.",
        )
        running = active_run(page.workspace, page.user)
        runs = [run for run in history(page.workspace, page.user) if not run.active]
        if running is not None:
            running_card(page, running.run_id)
        else:
            unfinished_import(page)
            start_card(page, ready)
            watch_for_start(page, runs[0].run_id if runs else None)
            versions = {version.model_version: version for version in models.listed(page.workspace, page.user)}
            champion = next((name for name, version in versions.items() if version.state == "champion"), None)
            if runs:
                chosen = run_view(page.workspace, page.user, result.choose_run(runs))
                if chosen is not None:
                    result.show_result(page, chosen, champion)
                result.history(runs, versions)
