"""The worth of the answers of each generator, week or session, and two generators side by side."""

import streamlit as st

from core.domain.metrics import Metric
from core.domain.texts import plural
from core.domain.worth.parts import Part
from core.reward.worth.prediction_powered import FEWEST_QUESTIONS
from core.services.worth import figures
from core.services.worth.figures import Compared, PartWorth
from core.ui.quality.tables import table_with_csv
from core.ui.shell.page import Page
from core.ui.shell.texts import literal
from core.ui.worth.words import among_100, rating

PARTS = {Part.GENERATOR: "Written by", Part.WEEK: "Week from", Part.SESSION: "Session"}
MANY = 20_000
"""Answers above which nothing is counted in parts before it is asked for: that reads all of them again."""
_NOTHING = {
    Part.GENERATOR: "No answer says what wrote it. Import a column `generator`, or send it with each answer.",
    Part.WEEK: "There are no answers yet.",
    Part.SESSION: "No answer belongs to a session.",
}


def parts(page: Page, answers: int) -> None:
    """Show the same figures of each generator, week or session; of many ``answers`` once it is chosen."""
    st.subheader("In parts", anchor=False)
    part = st.segmented_control(
        "Look at them by",
        list(PARTS),
        default=Part.GENERATOR if answers <= MANY else None,
        format_func=PARTS.__getitem__,
        key="quality.worth_part",
    )
    if part is None:
        return
    lines = figures.apart(page.workspace, page.user, part)
    if not lines:
        st.info(_NOTHING[part], icon=":material/inbox:")
        return
    table_with_csv([_row(line, part) for line in lines], key="quality.worth_parts", file=f"worth-by-{part.value}.csv")
    if any(line.good.value is None for line in lines):
        st.caption(f"A part has a figure from {FEWEST_QUESTIONS} of the questions on that were drawn.")


def _row(line: PartWorth, part: Part) -> dict[str, str]:
    name = f"{line.week:%d %b %Y}" if line.week else line.name
    few = f"{plural(line.questions, 'question')} of {FEWEST_QUESTIONS}"
    return {
        PARTS[part]: name,
        "Good answers": few if line.good.value is None else among_100(line.good),
        "Mean rating": rating(line.mean_rating),
        "Answers": f"{line.answers:,}",
        "Questions rated": f"{line.questions:,}",
    }


def comparison(page: Page, answers: int) -> None:
    """Let two generators be chosen, and say which is better and by how much; of many ``answers`` once they are."""
    names = figures.generators(page.workspace, page.user)
    if len(names) < 2:
        return
    st.subheader("Which is better?", anchor=False)
    with st.container(horizontal=True):
        chosen = 0 if answers <= MANY else None
        one = st.selectbox("This", names, index=chosen, key="quality.worth_one", width=280)
        other = st.selectbox("Against", names, index=1, key="quality.worth_other", width=280)
    if one is None:
        return
    if one == other:
        st.caption("Choose two different ones.")
        return
    st.markdown(literal(verdict(one, other, figures.compare(page.workspace, page.user, one, other))))


def verdict(one: str, other: str, found: Compared) -> str:
    """Which is better, in a sentence, and on what that rests."""
    metric = found.difference
    if metric.value is None or metric.low is None or metric.high is None:
        return f"Which is better cannot be said: {(metric.reason or 'the rated answers are all alike').rstrip('.')}."
    points = _points(metric)
    if metric.low > 0:
        said = f"{one} is better than {other}: of 100 answers {points} more are good."
    elif metric.high < 0:
        said = f"{other} is better than {one}: of 100 answers {_points(_reversed(metric))} more are good."
    else:
        fewer, more = round(-100 * metric.low), round(100 * metric.high)
        said = (
            f"No difference can be told yet between {one} and {other}: of 100 answers {one} may have anything from "
            f"{fewer} fewer to {more} more good ones."
        )
    if found.paired:
        return f"{said} Both answered the {found.questions:,} questions that this rests on."
    return f"{said} They answered different questions, so a part of it can be that the one had easier ones."


def _points(metric: Metric) -> str:
    assert metric.value is not None
    assert metric.low is not None
    assert metric.high is not None
    return f"{100 * metric.value:.0f} [{100 * metric.low:.0f}, {100 * metric.high:.0f}]"


def _reversed(metric: Metric) -> Metric:
    assert metric.value is not None
    assert metric.low is not None
    assert metric.high is not None
    return Metric(-metric.value, -metric.high, -metric.low)
