"""Rerank: a prompt and several answers in, the answers ranked out."""

from core.ui.page import heading, open_page
from core.ui.reranking import choices, inputs, result, run_row

with open_page("rerank") as page:
    heading(
        page,
        lead="Paste a question and several answers to it. The model in use puts the answer that experts would most "
        "likely call good first. Nothing you enter here is stored unless you save it.",
    )
    prompt, texts = inputs()
    choices(page)
    run_row(page, prompt, texts)
    result(prompt, texts)
