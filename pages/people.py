"""People: who may come in, and as what."""

from core.ui.settings.people import everybody, invite, look_alikes, pending_identities, standing
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.page import open_page

with open_page("people") as page:
    if not asks_for_name(page):
        standing(page)
        look_alikes(page)
        pending_identities(page)
        invite(page)
        everybody(page)
