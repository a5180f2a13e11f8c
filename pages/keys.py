"""API keys: which programs may have answers ranked over HTTP."""

from core.services.people import api_keys
from core.ui.settings.api_keys import all_keys, create, how_to_call, new_key, standing
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.page import open_page

with open_page("keys") as page:
    if not asks_for_name(page):
        known = api_keys.listed(page.workspace, page.user)
        standing(page, known)
        new_key()
        create(page)
        all_keys(page, known)
        how_to_call(known)
