"""Rerank: a question and several answers in, the answers ranked out."""

from core.ui.models.sample import sample_in_use
from core.ui.rerank.fields import inputs
from core.ui.rerank.page import calling, choices, result, run_row, saved
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.page import heading, open_page

with open_page("rerank") as page:
    if not asks_for_name(page):
        heading(
            page,
            lead="Paste a question and several answers to it. The model in use puts the answer that experts would most "
            "likely call good first. Nothing you enter here is stored unless you save it.",
        )
        sample_in_use(page, key="rerank.train")
        saved(page)
        question, texts = inputs()
        choices(page)
        run_row(page, question, texts)
        result(page, question, texts)
        calling(page, question, texts)
