"""Figures of worth in words that need no statistics."""

from core.domain.metrics import Metric


def among_100(metric: Metric) -> str:
    """A share with its range: 71 of 100 [66, 76]."""
    if metric.value is None:
        return "–"
    shown = f"{100 * metric.value:.0f} of 100"
    if metric.low is None or metric.high is None:
        return shown
    return f"{shown} [{100 * metric.low:.0f}, {100 * metric.high:.0f}]"


def between_100(metric: Metric) -> str:
    """The range of a share that has one: 66 and 76 of 100."""
    return f"{100 * (metric.low or 0):.0f} and {100 * (metric.high or 0):.0f} of 100"


def rating(metric: Metric) -> str:
    """A mean rating with its range: 3.42 [3.20, 3.61]."""
    if metric.value is None:
        return "–"
    if metric.low is None or metric.high is None:
        return f"{metric.value:.2f}"
    return f"{metric.value:.2f} [{metric.low:.2f}, {metric.high:.2f}]"
