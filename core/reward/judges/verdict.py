"""What the figures of an LLM judge come to, in one sentence."""

from core.domain.metrics import Metric
from core.reward.judges.figures import JudgeFigures

CLOSE = 0.05
"""Of right order: a judge that is at most so much behind a single expert, interval included, is as good as one."""
CLEAR = 0.6
"""A leaning is clear where its interval lies above a half and itself at least here (or below, as far)."""
ALL_TIED = 0.999


def verdict(judge: str, figures: JudgeFigures) -> str:
    """One sentence: better than chance or not, beside a single expert, and where the judge leans."""
    order = figures.right_order
    if order.value is None:
        return f"It cannot be said yet whether the judge “{judge}” is any good: {order.reason}."
    seen = f"of two answers to one question it scores the better one higher in {_of_100(order, guessing=True)}"
    if figures.upside_down:
        said = (
            f"The judge “{judge}” cannot be used as it is, its scale seems to be upside down: {seen}, so a lower score "
            "means a better answer"
        )
    elif figures.better_than_chance:
        said = f"The judge “{judge}” is better than chance: {seen}{_beside(figures)}"
    elif figures.ties is not None and figures.ties >= ALL_TIED:
        said = f"The judge “{judge}” is no better than chance: it gives the answers to one question the same score"
    else:
        said = f"The judge “{judge}” is no better than chance: {seen}"
    but = "but it" if figures.better_than_chance else "it"
    return said + "".join(f"; {but if n == 0 else 'it'} {one}" for n, one in enumerate(leanings(figures))) + "."


def leanings(figures: JudgeFigures) -> list[str]:
    """What else a judge clearly goes by, each as the end of a sentence; none where nothing is clear."""
    longer = _leaning(figures.longer, "longer answers", "shorter answers", "the longer of two that experts rate alike")
    if longer and figures.length_alone.value is not None:
        alone = _number(figures.length_alone)
        longer = [f"{longer[0]}, and the longer of two is the better one in {alone} of 100 cases"]
    return [*longer, *_leaning(figures.first, "whatever comes first", "whatever comes second", "the first of two")]


def _beside(figures: JudgeFigures) -> str:
    """How the judge stands beside a single expert, both against the same other experts."""
    difference, experts = figures.beside.difference, figures.beside.experts
    if difference.low is None or difference.high is None or experts.value is None:
        return ""
    if difference.low > 0:
        how = "which is better than a single expert"
    elif difference.low > -CLOSE:
        how = "which is as good as a single expert"
    elif difference.high < 0:
        how = "which is less than a single expert manages"
    else:
        return ", and whether that is as good as a single expert cannot be said yet"
    return f", {how} ({_number(figures.beside.judge)} against {_number(experts)} of 100 on the same answers)"


def _leaning(metric: Metric, one: str, other: str, which: str) -> list[str]:
    """That the judge leans, where it clearly does."""
    if metric.value is None or metric.low is None or metric.high is None:
        return []
    if metric.low > 0.5 and metric.value >= CLEAR:
        return [f"leans to {one}: it prefers {which} in {_of_100(metric)}"]
    if metric.high < 0.5 and metric.value <= 1 - CLEAR:
        return [f"leans to {other}: it prefers {which} in only {_of_100(metric)}"]
    return []


def _of_100(metric: Metric, *, guessing: bool = False) -> str:
    """71 of 100 cases (66 to 76), or (66 to 76; guessing gives 50)."""
    bounds = [] if metric.low is None or metric.high is None else [f"{100 * metric.low:.0f} to {100 * metric.high:.0f}"]
    notes = "; ".join([*bounds, *(["guessing gives 50"] if guessing else [])])
    return f"{_number(metric)} of 100 cases" + (f" ({notes})" if notes else "")


def _number(metric: Metric) -> str:
    return f"{100 * (metric.value or 0):.0f}"
