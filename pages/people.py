"""People: who may come in, and as what."""

from core.ui.acting import asks_for_name
from core.ui.page import open_page
from core.ui.people import everybody, invite, knocking, look_alikes, standing

with open_page("people") as page:
    if not asks_for_name(page):
        standing(page)
        look_alikes(page)
        knocking(page)
        invite(page)
        everybody(page)
