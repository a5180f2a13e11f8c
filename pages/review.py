"""Review: my ratings; for leads also disagreements and agreement; the guidelines for everybody who rates."""

from core.ui.review.tabs import tabs
from core.ui.shell.name_prompt import ask_for_name, name_line
from core.ui.shell.page import heading, open_page

with open_page("review") as page:
    user = page.current_user()
    if user is None:
        ask_for_name(page)
    else:
        heading(page, lead="Look again at what was rated, where raters differ, and what the ratings mean.")
        name_line(page, user)
        tabs(page, user)
