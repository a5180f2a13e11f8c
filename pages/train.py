"""Train: start a training, watch it, and see what it showed; and the same for a language model itself."""

import streamlit as st

from core.services.training.readiness import readiness
from core.ui.finetuning.tab import language_model_tab
from core.ui.shell.name_prompt import asks_for_name
from core.ui.shell.navigation import KIND, TrainTab
from core.ui.shell.page import heading, open_page
from core.ui.training.page import reward_model_tab

with open_page("train") as page:
    if not asks_for_name(page):
        ready = readiness(page.workspace, page.user)
        heading(page, sample=ready.sample)
        reward_model, language_model = st.tabs(list(map(str, TrainTab)), key=KIND, bind="query-params")
        if reward_model.open:
            with reward_model:
                reward_model_tab(page, ready)
        if language_model.open:
            with language_model:
                language_model_tab(page)
