"""API keys: which programs may have answers ranked over HTTP."""

from core.services import keys
from core.ui.acting import asks_for_name
from core.ui.api_keys import all_keys, create, how_to_call, new_key, standing
from core.ui.page import open_page

with open_page("keys") as page:
    if not asks_for_name(page):
        known = keys.listed(page.workspace, page.user)
        standing(page, known)
        new_key()
        create(page)
        all_keys(page, known)
        how_to_call(known)
