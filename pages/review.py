"""Review: what I rated lately, and the way to change it. Second looks and disagreements come later."""

from core.ui.page import open_page
from core.ui.review import latest_ratings
from core.ui.who import ask_for_name

with open_page("review") as page:
    user = page.current_user()
    if user is None:
        ask_for_name(page)
    else:
        latest_ratings(page, user)
