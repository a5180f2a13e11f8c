"""The names of measures, baselines and methods in plain words, and measured numbers as table cells."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.metrics import Metric


@dataclass(frozen=True, slots=True)
class Measure:
    """How one number is called, written and explained."""

    title: str
    help: str
    percent: bool


MEASURES = {
    "accuracy": Measure(
        "Accuracy",
        "How often the model says the same as the experts: good or not good. If half of the answers are good, "
        "guessing gives 50 %.",
        percent=True,
    ),
    "roc_auc": Measure(
        "ROC AUC",
        "How often a good answer scores higher than a poor one, over all questions. 0.5 is chance, 1 is perfect.",
        percent=False,
    ),
    "pairwise_accuracy": Measure(
        "Right order",
        "Pairwise accuracy: of two answers to the same question with different ratings, how often the better one "
        "scores higher. This is what ranking needs. 50 % is chance.",
        percent=True,
    ),
}

BASELINES = {
    "length_only": "Length only",
    "length_curve": "Best length",
    "cosine": "Similarity only",
    "prompt_only": "Question only",
    "majority": "Always the same",
    "original_order": "Original order",
}
"""Short names of the simple rules, for the heads of tables."""

RECIPES = {"pair": "Pair", "transformer": "Deep, slower", "concat": "Concat"}

RANGE = "The range beside a figure shows how certain it is: 95 times out of 100 it holds the true value."


def cell(metric: Metric | None, *, percent: bool) -> str:
    """A number with its range, short enough for a table; why one is missing is said by ``reason``."""
    if metric is None:
        return "–"
    if metric.value is None:
        return "not estimable"
    bounds = interval(metric, percent=percent)
    return f"{number(metric.value, percent=percent)} ({bounds})" if bounds else number(metric.value, percent=percent)


def number(value: float, *, percent: bool) -> str:
    """78 % or 0.84."""
    return ratio(value) if percent else f"{value:.2f}"


def ratio(part: float, whole: float = 1) -> str:
    """A part of a whole: 78 %; – where there is no whole."""
    return f"{part / whole:.0%}".replace("%", " %") if whole else "–"


def interval(metric: Metric, *, percent: bool) -> str:
    """73 to 83 or 0.79 to 0.89; empty where there is none."""
    if metric.low is None or metric.high is None:
        return ""
    if percent:
        return f"{metric.low * 100:.0f} to {metric.high * 100:.0f}"
    return f"{metric.low:.2f} to {metric.high:.2f}"


def reason(metric: Metric) -> str:
    """Why there is no number, without the words before the colon."""
    return (metric.reason or "").removeprefix("not estimable:").strip() or "too little data"


def moment(at: datetime) -> str:
    """22 Nov 2026, 16:25."""
    return f"{at.astimezone():%d %b %Y, %H:%M}"


def recipe_name(recipe: str) -> str:
    """The recipe's name as a title."""
    return RECIPES.get(recipe, recipe)
