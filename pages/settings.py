"""Settings: who may come in, which programs may call, what was done, and the rules for the team."""

from core.ui.settings.tabs import tabs
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.page import heading, open_page

with open_page("settings") as page:
    if not asks_for_name(page):
        heading(page)
        tabs(page)
