"""Quality, for whoever leads raters: how far each is, how far they agree, and what the ratings mean."""

from core.ui.quality.tabs import tabs
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.page import heading, open_page

with open_page("quality") as page:
    if not asks_for_name(page):
        heading(page, lead="How far each person is, how far raters agree, and what all answers are worth.")
        tabs(page)
