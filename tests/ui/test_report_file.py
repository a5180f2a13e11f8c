"""A training's report on the page and as a file to keep: the same words and figures in both, and nothing twice.

The file is readable without scripts and a network, and harmless whatever names are in it.
"""

import csv
import html
import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from core.domain.metrics import Metric
from core.domain.records import Example
from core.domain.verdicts.figures import Basis, Figures
from core.domain.verdicts.gates import Gate
from core.domain.verdicts.judgement import Judgement, Use
from core.services.models.verdicts import VersionVerdict
from core.services.training.runs import RunView
from core.ui.report.html import report_html
from core.ui.report.plots import GREY, TEAL, plots_by_table, roc_plot
from core.ui.report.svg import svg
from core.ui.report.tables import as_zip, tables
from tests.reward.fakes import rated_answers
from tests.reward.test_trainer import run as trained

EVIL = "=HYPERLINK(1)<script>alert(1)</script>"
MISSING = Metric(None, reason="not estimable: trained with an earlier release")
MODEL = "sbert-logreg-v20261128-1"
FIGURES = Figures(
    Basis.KEPT_APART,
    answers=160,
    questions=40,
    measure="pairwise_accuracy",
    right_order=Metric(0.871, 0.84, 0.9),
    accuracy=Metric(0.762, 0.7, 0.82),
    better_pick=Metric(0.913, 0.88, 0.95),
    rule="cosine",
    rule_order=Metric(0.68, 0.6, 0.7),
    gain=Metric(0.19, 0.1, 0.28),
    length_gap=Metric(0.1, -0.1, 0.3),
)


def verdict_of(figures: Figures, *, gate: Gate = Gate.PASSED) -> VersionVerdict:
    judged = Judgement(figures, gate, "AUC 0.9 <beats> length: decided.", None, one_person=True)
    use = Use.IN_USE
    return VersionVerdict(MODEL, 3, "Model 3, 28 Nov", use, judged.tone(use), judged.sentence(use), judged, False)


def run_of(examples: list[Example]) -> RunView:
    noted = [event.to_json() for event in trained(examples) if hasattr(event, "to_json")]
    at = datetime(2026, 11, 28, 12, tzinfo=UTC)
    beside = {"for_worker": False, "host": "", "scheduled": False, "part": None, "events": tuple(noted)}
    return RunView(3, "finished", "pair", 0, "Ana", at, at, at, False, "done", MODEL, False, **beside)


def without(run: RunView, *events: str) -> RunView:
    """The run as an earlier release noted it."""
    return replace(run, events=tuple(event for event in run.events if event["event"] not in events))


def on_page(run: RunView, verdict: VersionVerdict) -> AppTest:
    """Verdict, figures, chart and full report, as pages put them together."""

    def page(run, verdict):
        from core.ui.report.summary import show_figures, show_roc, show_verdict
        from core.ui.report.view import full_report

        show_verdict(verdict, key="t")
        show_figures(verdict, key="t")
        show_roc(run, verdict, key="t")
        full_report(run, verdict, key="t")

    shown = AppTest.from_function(page, args=(run, verdict), default_timeout=30).run()
    assert not shown.exception
    return shown


@pytest.fixture(scope="module")
def run() -> RunView:
    return run_of([replace(e, session=EVIL, ratings=((EVIL, int(e.rating)),)) for e in rated_answers(20)])


def test_page_and_file_say_the_same_sentence_and_the_same_three_figures(run):
    """With what they were measured on; where answers cannot be compared the first one is called otherwise."""
    one_by_one = replace(FIGURES, measure="roc_auc", basis=Basis.CROSS_VALIDATED, better_pick=MISSING)
    for figures, titles in (
        (FIGURES, ["Right order", "Accuracy", "Better pick"]),
        (one_by_one, ["Good above poor", "Accuracy", "Better pick"]),
    ):
        verdict = verdict_of(figures)
        page, file = on_page(run, verdict), report_html(run, verdict)
        assert html.escape(verdict.sentence) in file
        assert verdict.sentence.split(".")[0] in page.success[0].value
        assert [metric.label for metric in page.metric] == titles
        cards = re.findall(r'<div class="card">(.*?)<b>(.*?)</b><span>(.*?)</span>', file)
        assert [card[:2] for card in cards] == [(metric.label, metric.value) for metric in page.metric]
        assert "160 answers to 40 questions" in file
        assert any("160 answers to 40 questions" in caption.value for caption in page.caption)
    assert cards[2] == ("Better pick", "–", "trained with an earlier release")
    assert any("trained with an earlier release" in caption.value for caption in page.caption)


def test_the_reader_learns_which_numbers_were_kept_apart_and_which_cross_validated(run):
    """Only where they differ is the difference told."""
    page, file = on_page(run, verdict_of(FIGURES)), report_html(run, verdict_of(FIGURES))
    said = [caption.value for caption in page.caption]
    for part in ("cross-validated", "three figures are not: they are measured on questions that were kept apart"):
        assert part in file
        assert any(part in words.replace("\u200b", "").replace("\u2060", "") for words in said), (part, said)
    crossed = report_html(run, verdict_of(replace(FIGURES, basis=Basis.CROSS_VALIDATED)))
    assert "kept apart, so they" not in crossed


def test_no_table_stands_twice(run):
    """Each table has its own name and its own rows, and the page folds exactly those that are in the file."""
    verdict = verdict_of(FIGURES)
    found = tables(run, verdict)
    page, file = on_page(run, verdict), report_html(run, verdict)
    titles = [table.title for table in found.values()]
    assert [expander.label for expander in page.expander] == titles
    assert [title for title in titles if file.count(f"<summary>{title}</summary>") != 1] == []
    rows = [str(table.rows) for table in found.values()]
    assert len(set(rows)) == len(rows)
    assert len(page.dataframe) + len(page.table) == file.count("<table>") == len(found)
    assert len(page.get("plotly_chart")) == file.count("<svg") == 3


def test_the_best_simple_rule_is_called_by_what_it_goes_by(run):
    """In the one chart it stands beside this model and chance, and nothing else does."""
    names = [trace.name for trace in roc_plot(run.evaluation, run.report, "cosine").figure.data]
    assert set(names) == {
        "This model",
        "Range of this model",
        "Best simple rule:<br>how similar answer and question are",
        "Chance",
    }
    assert {trace.name for trace in roc_plot(run.evaluation, None, None).figure.data} == {"This model", "Chance"}


@pytest.mark.parametrize(
    "gone, charts", [(("reported",), 1), (("reported", "evaluated", "judged"), 0)], ids=["report", "evaluation"]
)
def test_a_training_of_an_earlier_release_is_shown(run, gone, charts):
    """What it did not measure is left out, in the file as well, and the reader is told how to get it."""
    figures = replace(FIGURES, rule=None, better_pick=MISSING, gain=MISSING, length_gap=MISSING)
    earlier, verdict = without(run, *gone), verdict_of(figures)
    page, file = on_page(earlier, verdict), report_html(earlier, verdict)
    assert len(page.get("plotly_chart")) == file.count("<svg") == charts
    assert any("Train again" in caption.value for caption in page.caption)
    assert "Train again" in file
    assert "<script>" not in file
    assert page.expander[0].label == "What the rule compared"


def test_the_threshold_can_be_moved(run):
    """What it comes to is said under the slider."""
    page = on_page(run, verdict_of(FIGURES))
    page.select_slider(key="t.threshold.3").set_value(0.9).run()
    assert not page.exception
    assert any("0.90" in words.value and "good answers are found" in words.value for words in page.markdown)


def test_the_file_asks_nobody_and_runs_only_its_own_script(run):
    """No address, no frame, no foreign script; a policy inside the file forbids what might slip in."""
    page = report_html(run, verdict_of(FIGURES))
    assert not re.search(r"https?://|//[a-z]|<link|<img|<iframe|@import|url\(", page)
    assert "default-src 'none'" in page
    assert page.count("<script>") == 1
    assert EVIL not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "0.9 &lt;beats&gt; length" in page
    assert "Orders of raters" not in page


def test_the_verdict_comes_first_then_figures_chart_and_everything_in_tables(run):
    """Under the name that people say, with the technical one behind it."""
    verdict = verdict_of(FIGURES)
    page = report_html(run, verdict)
    parts = (
        "<h1>Model 3, 28 Nov</h1>",
        MODEL,
        html.escape(verdict.sentence),
        'class="card"',
        "<svg",
        "<h2>Full report</h2>",
    )
    order = [page.index(part) for part in parts]
    assert order == sorted(order)
    assert page.count('class="card"') == 3
    assert page.count("<svg") == page.count("<figcaption>") == 3
    assert page.count("0.50</td>") >= 1


def test_the_file_holds_the_figures_of_the_page(run):
    """Every series that Plotly draws on the page is in the file by name, with every dot of it and the colours."""
    page = report_html(run, verdict_of(FIGURES))
    plots = [roc_plot(run.evaluation, run.report, "cosine"), *plots_by_table(run.report).values()]
    for plot in plots:
        drawn = svg(plot.figure, plot.alt)
        assert drawn in page
        assert plot.alt.replace("'", "&#x27;") in drawn
        assert [
            trace.name for trace in plot.figure.data if f">{trace.name.replace('<br>', ' ')}</text>" not in drawn
        ] == []
        marked = [trace for trace in plot.figure.data if "markers" in trace.mode]
        assert drawn.count("<circle") == sum(len(trace.x) + 1 for trace in marked)  # one more in the legend
    assert page.count("--chart-1:") == page.count("--chart-7:") == 2  # light and dark


def test_the_one_chart_is_a_square_in_the_file(run):
    """As long up as across."""
    drawn = svg(roc_plot(run.evaluation, run.report, "cosine").figure, "a chart")
    across = [float(place) for place in re.findall(r'<path class="grid" d="M([\d.]+),[\d.]+V', drawn)]
    up = [float(place) for place in re.findall(r'<path class="grid" d="M[\d.]+,([\d.]+)H', drawn)]
    assert max(across) - min(across) == pytest.approx(max(up) - min(up), abs=0.5)
    assert len(across) == len(up) == 5


def test_a_figure_is_drawn_to_scale():
    """On a logarithmic axis 10 is half-way from 1 to 100; a range is around its dot; markup in names is text."""
    figure = go.Figure()
    bars = {"array": [0.25], "arrayminus": [0.5], "thickness": 1}
    figure.add_scatter(x=[10], y=[0.5], mode="markers", name="<b>", marker={"color": TEAL, "size": 8}, error_y=bars)
    figure.add_scatter(x=[1, 100], y=[0, 1], mode="lines", name="all", line={"color": GREY, "dash": "dot", "width": 1})
    figure.update_xaxes(type="log", range=[0, 2], tickvals=[1, 10, 1000], tickformat=",d", title="x")
    figure.update_yaxes(range=[0, 1], tickvals=[0, 1], tickformat=".0%", title="y")
    drawn = svg(figure, 'a "figure"')
    left, bottom, right, top = map(float, re.search(r'd="M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)"', drawn).groups())
    across, up = map(float, re.search(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="4.0"', drawn).groups())
    assert (across, up) == ((left + right) / 2, (top + bottom) / 2)
    assert f"M{across},{bottom}V{(up + top) / 2}" in drawn
    assert "<b>" not in drawn
    assert "var(--chart-1)" in drawn
    assert "var(--chart-7)" in drawn
    assert re.findall(r">([\d,%]+)</text>", drawn) == ["1", "10", "0%", "100%"]  # 1,000 is beyond the axis
    assert 'aria-label="a &quot;figure&quot;"' in drawn


def test_tables_come_as_csv_in_which_nothing_calculates(run):
    """Each table is one file, the rows that were used another; a rater called =HYPERLINK is text."""
    found = tables(run, verdict_of(FIGURES))
    with zipfile.ZipFile(io.BytesIO(as_zip(found, run.report.row_ids))) as archive:
        assert set(archive.namelist()) == {f"{name}.csv" for name in (*found, "row_ids")}
        raters = list(csv.DictReader(io.StringIO(archive.read("raters.csv").decode())))
        rows = archive.read("row_ids.csv").decode().split()
    assert raters[0]["Name"] == "'" + EVIL
    assert rows[1:] == [str(number) for number in run.report.row_ids]
