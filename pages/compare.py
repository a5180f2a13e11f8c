"""A or B: two answers to one question, one key, the next pair."""

from core.ui.comparisons.desk import comparison_desk
from core.ui.shell.name_prompt import ask_for_name
from core.ui.shell.page import open_page

with open_page("compare") as page:
    user = page.current_user()
    if user is None:
        ask_for_name(page)
    else:
        comparison_desk(page, user)
