"""Home: what this is, where we stand, and the next step as one button."""

from core.ui.home.page import show
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.page import open_page

with open_page("home") as page:
    if not asks_for_name(page):
        show(page)
