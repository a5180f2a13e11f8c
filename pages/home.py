"""Home: what this is, where we stand, and the next step as one button."""

from core.ui.home import show
from core.ui.shell.page import open_page

with open_page("home") as page:
    show(page)
