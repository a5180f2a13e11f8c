"""The trust report as a file to keep: readable without scripts and a network, and harmless whatever names are in it."""

import csv
import io
import re
import zipfile
from dataclasses import replace

import plotly.graph_objects as go
import pytest

from core.reward.evaluation.evaluation import Evaluation
from core.reward.training.events import Evaluated, Reported
from core.reward.training.report import TrustReport
from core.ui.report.html import About, report_html
from core.ui.report.plots import GREY, TEAL, plots_by_table, roc_plot
from core.ui.report.svg import svg
from core.ui.report.tables import as_zip, tables
from tests.reward.fakes import rated_answers
from tests.reward.test_trainer import only, run

ABOUT = About("Training 3", "Pair · started by Ana", "AUC 0.9 <beats> length: promoted.", None)
EVIL = "=HYPERLINK(1)<script>alert(1)</script>"


@pytest.fixture(scope="module")
def made() -> tuple[Evaluation, TrustReport]:
    examples = [replace(e, session=EVIL, ratings=((EVIL, int(e.rating)),)) for e in rated_answers(20)]
    events = run(examples)
    return only(Evaluated, events).evaluation, only(Reported, events).report


def test_the_file_asks_nobody_and_runs_only_its_own_script(made):
    """No address, no frame, no foreign script; a policy inside the file forbids what might slip in."""
    page = report_html(ABOUT, *made)
    assert not re.search(r"https?://|//[a-z]|<link|<img|<iframe|@import|url\(", page)
    assert "default-src 'none'" in page
    assert page.count("<script>") == 1
    assert EVIL not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "0.9 &lt;beats&gt; length" in page
    assert "orders" not in page


def test_the_file_says_whether_orders_were_learned_from(made):
    """Where there were any; as text."""
    assert '<p class="quiet">learned &lt;too&gt;</p>' in report_html(replace(ABOUT, orders="learned <too>"), *made)


def test_the_verdict_comes_first_and_everything_is_in_tables(made):
    """Without scripts the verdict, five numbers, three figures with captions and all tables can be read."""
    evaluation, report = made
    page = report_html(ABOUT, evaluation, report)
    order = [page.index(part) for part in (report.verdict.sentence, 'class="card"', "<details>")]
    assert order == sorted(order)
    assert page.count('class="card"') == 5
    assert page.count("<svg") == page.count("<figcaption>") == 3
    assert (
        page.count("<details>")
        == len(tables(evaluation, report))
        == page.count('scope="col">') - page.count("</th><th")
    )
    assert page.count("0.50</td>") >= 1


def test_the_file_holds_the_figures_of_the_page(made):
    """Every series that Plotly draws on the page is in the file by name, with every dot of it and the colours."""
    evaluation, report = made
    page = report_html(ABOUT, evaluation, report)
    plots = [roc_plot(evaluation, report), *plots_by_table(report).values()]
    for plot in plots:
        drawn = svg(plot.figure, plot.alt)
        assert drawn in page
        assert plot.alt in drawn
        assert [trace.name for trace in plot.figure.data if f">{trace.name}</text>" not in drawn] == []
        marked = [trace for trace in plot.figure.data if "markers" in trace.mode]
        assert drawn.count("<circle") == sum(len(trace.x) + 1 for trace in marked)  # one more in the legend
    assert page.count("--chart-1:") == page.count("--chart-7:") == 2  # light and dark


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


def test_tables_come_as_csv_in_which_nothing_calculates(made):
    """Each table is one file, the rows that were used another; a rater called =HYPERLINK is text."""
    evaluation, report = made
    found = tables(evaluation, report)
    with zipfile.ZipFile(io.BytesIO(as_zip(found, report))) as archive:
        assert set(archive.namelist()) == {f"{name}.csv" for name in (*found, "row_ids")}
        raters = list(csv.DictReader(io.StringIO(archive.read("raters.csv").decode())))
        rows = archive.read("row_ids.csv").decode().split()
    assert raters[0]["Name"] == "'" + EVIL
    assert rows[1:] == [str(number) for number in report.row_ids]
