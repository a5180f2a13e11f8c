"""Rate: one answer at a time, one key, the next."""

from core.ui.rate.desk import rating_desk
from core.ui.shell.name_prompt import ask_for_name
from core.ui.shell.page import open_page

with open_page("rate") as page:
    user = page.current_user()
    if user is None:
        ask_for_name(page)
    else:
        rating_desk(page, user)
