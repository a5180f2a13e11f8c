"""Record: who did what, for leads."""

from core.ui.page import open_page
from core.ui.record import look_up, standing

with open_page("record") as page:
    standing(page)
    look_up(page)
