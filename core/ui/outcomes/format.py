"""What users said of answers as sentences and table cells, and how to read them."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.domain.outcomes.results import By
from core.domain.roles import Act
from core.domain.texts import plural
from core.services.outcomes import demo
from core.services.outcomes.results import FEWEST, MOST_NAMES, WEEKS, Outcome, Outcomes
from core.ui.report.format import interval, number
from core.ui.shell.navigation import SettingsTab, next_step
from core.ui.shell.page import Page

TITLES = {"thumb": "Thumbs up", "score": "Mean score (1 to 5)", "chosen": "First answer chosen"}
NO_RATING = (
    "Feedback is never a rating: no model learns from it, and no figure of ratings or of agreement changes by it."
)
HOW_TO_SEND = (
    "A program that shows answers to its users sends their thumbs, scores and comments to `POST /v1/feedback`, with a "
    "key of the scope `send`; docs/http.md says how."
)


def kinds(outcomes: Sequence[Outcome]) -> list[str]:
    """Which kinds of feedback somebody gave, in a fixed order."""
    return [kind for kind in TITLES if any(kind in one.figures for one in outcomes)]


def name_of(outcome: Outcome, by: By, models: Mapping[str, str]) -> str:
    """The version as ``models`` calls it, or the generator; in words where there is none."""
    name = outcome.line.name
    if name is None:
        return "No model" if by is By.VERSION else "Not named"
    return models.get(name, name) if by is By.VERSION else name


def feedback_cell(outcome: Outcome, kind: str) -> str:
    """One figure with its range and what it rests on: 71 % [66, 75], 212 of 9,400 answers."""
    figure = outcome.figures.get(kind)
    if figure is None:
        return "–"
    metric, percent = figure.metric, kind != "score"
    if metric.value is None:
        said = metric.reason or ""
    else:
        said = f"{number(metric.value, percent=percent)} [{interval(metric, percent=percent).replace(' to ', ', ')}]"
    thing = "ranking" if kind == "chosen" else "answer"
    if outcome.given < figure.words:  # given before this was counted
        return f"{said}, {plural(figure.words, thing)}"
    return f"{said}, {figure.words:,} of {plural(outcome.given, thing)}"


def how_to_read(found: Outcomes) -> str:
    """Where the figures come from and what the ranges mean."""
    words = sum(figure.words for one in found.lines for figure in one.figures.values())
    unnamed = sum(figure.unnamed for one in found.lines for figure in one.figures.values())
    sentences = [
        NO_RATING,
        f"This is what came in the last {WEEKS} weeks, sent by {', '.join(found.applications)}; of what a user said "
        "of an answer the latest counts. The range in brackets shows how certain a figure is: 95 times out of 100 it "
        "holds the true value. It is found by drawing users, not answers, since one user's words resemble each other.",
    ]
    if unnamed:
        of = "" if unnamed == words else f" with {unnamed:,} of {words:,} pieces of feedback"
        sentences.append(f"No user was named{of}: there each counts, and questions are drawn instead of users.")
    sentences.append(f"With fewer than {FEWEST} users nothing is said.")
    if found.left_out:
        sentences.append(
            f"Shown are the {MOST_NAMES} with the most feedback; {found.left_out:,} with less are not among them."
        )
    return " ".join(sentences)


def mark_made(page: Page) -> None:
    """Say so where rankings and feedback were made for the sample, and are nobody's."""
    if demo.is_made(page.workspace, page.user):
        st.info(
            "The rankings and the feedback of the application “demo” are made up, to show what feedback leads to. They "
            "go with the sample.",
            icon=":material/science:",
        )


def nothing_yet(page: Page, by: By, *, key: str) -> None:
    """The empty state: how feedback comes here."""
    answers = "answers that a model ranked" if by is By.VERSION else "answers that a program sent"
    st.info(f"No feedback of users on {answers} came in within {WEEKS} weeks. {HOW_TO_SEND}", icon=":material/inbox:")
    if page.may(Act.KEYS):
        next_step("Make a key for a program", "settings", key=key, primary=False, tab=SettingsTab.API_KEYS)
