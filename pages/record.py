"""Record: who did what, for leads."""

from core.ui.settings.audit_log import look_up, standing
from core.ui.shell.page import open_page

with open_page("record") as page:
    standing(page)
    look_up(page)
