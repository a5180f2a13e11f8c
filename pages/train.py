"""Train: start a training, watch it, and see what it showed."""

from core.services.training.readiness import readiness
from core.services.training.runs import active_run, history
from core.ui.data.importing import unfinished_import
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.page import heading, open_page
from core.ui.shell.popovers import popovers_by_keyboard
from core.ui.training.ahead import ahead_card
from core.ui.training.page import running_card, start_card, watch_for_start
from core.ui.training.proposal import proposed
from core.ui.training.result import show_result
from core.ui.training.schedule import schedule_card

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
        if running is not None:
            running_card(page, running.run_id)
            popovers_by_keyboard("train")
        else:
            unfinished_import(page)
            proposed(page, key="train")
            start_card(page, ready)
            schedule_card(page)
            ahead_card(page)
            ended = [run for run in history(page.workspace, page.user) if not run.active]
            watch_for_start(page, ended[0].run_id if ended else None)
            if ended:
                show_result(page, ended, ready)
