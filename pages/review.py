"""My ratings: what a rater rated, what is worth another look, and what the ratings mean."""

from core.ui.review.tabs import tabs
from core.ui.shell.name_prompt import ask_for_name, name_line
from core.ui.shell.page import heading, open_page

with open_page("review") as page:
    user = page.current_user()
    if user is None:
        ask_for_name(page)
    else:
        heading(page, lead="Find, change or withdraw what you rated, and look again where that is worth it.")
        name_line(page, user)
        tabs(page, user)
