"""The Judges tab of Quality: whether an LLM judge can be relied on, and where it and experts part."""

import streamlit as st

from core.domain.metrics import Metric
from core.domain.roles import Act
from core.domain.texts import plural
from core.reward.judges.figures import FEWEST_QUESTIONS, JudgeFigures
from core.reward.judges.verdict import leanings
from core.services.judges import judges
from core.services.judges.judges import JudgeReport
from core.services.kept_figures import Kind
from core.ui.judges.apart import show_apart
from core.ui.judges.plots import map_figure
from core.ui.quality.age import age_of
from core.ui.quality.tables import table_with_csv
from core.ui.report.format import RANGE, cell, reason
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page
from core.ui.shell.texts import literal

HOW_SCORES_COME = (
    "Scores of LLM judges come with a file that has a column `judge:NAME` beside the answers (any name, any scale; of "
    "comparisons it says which of the two the judge prefers: `a`, `b` or `tie`), or with each answer that a program "
    'sends to `POST /v1/interactions`, under the key `"judge:NAME"`.'
)
ORDER = (
    "Of two answers to one question that experts rate differently, how often the better one has the higher score. The "
    "same score for both counts half; 50 % is guessing."
)
LONGER = (
    "Of two answers that experts rate alike, how often the longer one has the higher score. 50 % is no leaning; the "
    "same score for both counts half."
)
FIRST = (
    "Of two answers in a file of comparisons, how often the judge prefers the one that stands first, where the better "
    "answer stands first as often as second. 50 % is no leaning."
)


def judges_tab(page: Page) -> None:
    """Show what is known of one judge: the sentence first, then what it rests on."""
    known = judges.listed(page.workspace, page.user)
    if not known:
        st.info(f"No judge has scored an answer yet. {HOW_SCORES_COME}", icon=":material/gavel:")
        if page.may(Act.CHANGE_DATA):
            next_step("Import a file with scores", "data", key="quality.judges_data")
        return
    names = [one.judge for one in known]
    judge = names[0]
    if len(names) > 1:
        judge = st.selectbox("Judge", names, key="quality.judge", width=320) or judge
    report = judges.report(page.workspace, page.user, judge)
    age_of(page, Kind.JUDGES)
    _verdict(report)
    figures = report.figures
    if figures.right_order.value is None:
        _too_little(figures)
        return
    _figures(figures)
    _beside_experts(figures)
    _map(figures)
    if not figures.upside_down:
        show_apart(page, figures)
    st.caption(HOW_SCORES_COME)


def _verdict(report: JudgeReport) -> None:
    sentence = literal(report.verdict)
    if report.passes and not leanings(report.figures):
        st.success(sentence, icon=":material/verified:")
    elif report.figures.right_order.value is None:
        st.info(sentence, icon=":material/hourglass_empty:")
    else:
        st.warning(sentence, icon=":material/gavel:")
    if report.figures.upside_down:
        st.markdown(
            "Turn the scale round (for instance, subtract each score from the highest one), and bring the scores again."
        )


def _too_little(figures: JudgeFigures) -> None:
    st.markdown(
        f"The judge scored {plural(figures.scores, 'answer')}; {plural(figures.answers, 'of them is', 'of them are')} "
        f"rated, of {plural(figures.questions, 'question')}. From {FEWEST_QUESTIONS} questions on, figures are shown "
        "here. Rate more of what it scored, best several answers to each question, or bring more scores."
    )
    with st.container(horizontal=True):
        next_step("Rate answers", "rate", key="quality.judges_rate")
        next_step("Import scores", "data", key="quality.judges_import", primary=False)


def _figures(figures: JudgeFigures) -> None:
    with st.container(horizontal=True, key="quality.judge_figures"):
        _figure("Right order", figures.right_order, ORDER)
        if figures.beside.experts.value is not None:
            told = f"{ORDER} Here each expert is measured against the other experts."
            _figure("A single expert", figures.beside.experts, told)
        if figures.longer.value is not None:
            _figure("Prefers the longer", figures.longer, LONGER)
        if figures.first.value is not None:
            _figure("Prefers the first", figures.first, FIRST)
    st.caption(
        f"Measured on {plural(figures.pairs, 'pair')} of answers to {plural(figures.questions, 'question')}; the judge "
        f"scored {plural(figures.scores, 'answer')}, {figures.answers:,} of them are rated. {ORDER} {RANGE}"
    )
    unknown = {"longer answers": figures.longer, "whatever comes first": figures.first}
    for what, metric in unknown.items():
        if metric.value is None:
            st.caption(f"Whether it leans to {what} cannot be said: {reason(metric)}.")


def _figure(name: str, metric: Metric, told: str) -> None:
    st.metric(name, cell(metric, percent=True), border=True, help=told, width="content")


def _beside_experts(figures: JudgeFigures) -> None:
    st.subheader("Judge and experts", anchor=False)
    beside = figures.beside
    if beside.judge.value is None:
        st.markdown(
            literal(f"How the judge compares with a single expert cannot be said: {reason(beside.judge)}. ")
            + " Second opinions on what it scored would tell."
        )
        return
    st.caption(
        "How often each has two answers in the right order, by what the other experts say: judge and expert are "
        "measured on the same answers, against the same others."
    )
    rows = [
        {
            "Expert": one.rater,
            "Pairs": f"{one.pairs:,}",
            "This expert": _cell(one.expert),
            "The judge": _cell(one.judge),
        }
        for one in figures.experts
    ]
    total = {
        "Expert": "All together",
        "Pairs": f"{beside.pairs:,}",
        "This expert": _cell(beside.experts),
        "The judge": _cell(beside.judge),
    }
    table_with_csv([*rows, total], key="quality.judge_experts", file="judge-and-experts.csv")


def _cell(metric: Metric) -> str:
    return cell(metric, percent=True) if metric.value is not None else "too few answers"


def _map(figures: JudgeFigures) -> None:
    found = figures.map
    if found is None or len(found.points) < 2:
        return
    st.subheader("What its scores mean", anchor=False)
    st.plotly_chart(
        map_figure(found),
        key="quality.judge_map",
        config={"displayModeBar": False},
        alt=f"The rating that a score of the judge reads as, rising from {found.points[0][1]:.1f} for the lowest score "
        f"to {found.points[-1][1]:.1f} for the highest, beside what experts say.",
    )
    if found.error.value is not None and found.error_of_mean.value is not None:
        st.markdown(
            f"Read along this line as a rating, a score is {cell(found.error, percent=False)} points off what experts "
            f"say; the same rating for every answer would be {cell(found.error_of_mean, percent=False)} off."
        )
    if not found.tells_apart:
        st.markdown(
            "So these scores say nothing about the rating of a single answer, and no answers are listed as parted."
        )
    st.caption(
        "The line never falls: a higher score reads as at least the same rating. How far it is off was tested on "
        "questions it had not seen. Each square joins answers with similar scores, with the mean rating of experts and "
        "its range."
    )
