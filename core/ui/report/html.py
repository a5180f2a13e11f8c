"""A training's report as one file to keep and to send: no request leaves it, and it reads without scripts as well."""

import base64
import hashlib
import html
import json

import streamlit as st

from core.labeling.writing import csv_text
from core.reward.training.report import TrustReport
from core.services.models.verdicts import VersionVerdict
from core.services.training.runs import RunView
from core.ui.report.format import RANGE, moment
from core.ui.report.notes import notes
from core.ui.report.plots import Plot, plots_by_table, roc_plot
from core.ui.report.summary import measured_on, three_figures
from core.ui.report.svg import svg
from core.ui.report.tables import Table, outcome, tables

_STYLE = """
:root{color-scheme:light dark;--text:#0a1517;--back:#fff;--soft:#f1f5f5;--edge:#d3dddd}
@media(prefers-color-scheme:dark){:root{--text:#e4ecec;--back:#0b1214;--soft:#172225;--edge:#2b3b3f}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--back);max-width:960px;margin:0 auto;
padding:1rem;overflow-wrap:break-word}
h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.25rem;margin:1.5rem 0 .3rem}dt{font-weight:600}
dd{margin:0 0 .5rem}.verdict{border-left:6px solid var(--chart-2);background:var(--soft);
padding:.8rem 1rem;font-size:1.2rem;font-weight:600}
.verdict.good{border-color:var(--chart-5)}.verdict.bad{border-color:var(--chart-4)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:.6rem;margin:1rem 0}
.card{border:1px solid var(--edge);border-radius:8px;padding:.6rem .8rem}.card b{display:block;font-size:1.5rem}
.card span,.quiet,figcaption,caption{color:var(--chart-7);font-size:.9rem}
details{border:1px solid var(--edge);border-radius:8px;margin:.6rem 0;padding:.2rem .8rem}
summary{cursor:pointer;font-weight:600;padding:.5rem 0}.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem;width:100%}th,td{border-bottom:1px solid var(--edge);padding:.3rem .5rem;
text-align:left;vertical-align:top}figure{margin:.5rem 0;max-width:560px}svg{width:100%;height:auto}
svg text{fill:var(--chart-7);font-size:12px}.grid{stroke:var(--edge)}a{color:var(--chart-1)}
input[type=range]{width:min(420px,100%)}
@media print{details::details-content{content-visibility:visible;block-size:auto}
figure,tr,.card{break-inside:avoid}#move{display:none}.wide{overflow:visible}table{font-size:.65rem}}
"""

_SCRIPT = """
(function(){var box=document.getElementById('move'),said=JSON.parse(box.dataset.said),
slider=box.querySelector('input'),out=box.querySelector('output');
function show(){out.textContent=said[slider.value];}
box.hidden=false;slider.addEventListener('input',show);show();})();
"""


def report_html(run: RunView, verdict: VersionVerdict) -> str:
    """The report as one HTML document, its styles, figures and tables included."""
    script = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; base-uri 'none'; "
        "form-action 'none'"
    )
    evaluation, report = run.evaluation, run.report
    plots = {} if report is None else plots_by_table(report)
    parts = "".join(_part(table, plots.get(name), report) for name, table in tables(run, verdict).items())
    chart, moves = "", ""
    if evaluation is not None:
        chart = _figure(roc_plot(evaluation, report, verdict.figures.rule))
    rows = ""
    if report is not None:
        moves = f"<script>{_SCRIPT}</script>"
        ids = _link("interaction_id\r\n" + "\r\n".join(map(str, report.row_ids)))
        rows = f'<p class="quiet"><a download="row_ids.csv" href="{ids}">Download the numbers of the rows used</a></p>'
    said = "".join(f'<p class="quiet">{_text(note)}</p>' for note in notes(run, verdict))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{_text(verdict.name)} · report</title><style>{_colours()}{_STYLE}</style></head><body>
<h1>{_text(verdict.name)}</h1><p class="quiet">{_text(_made(run))}</p>
{_summary(verdict)}{chart}
<h2>Full report</h2>{said}{parts}{rows}{moves}</body></html>
"""


def _made(run: RunView) -> str:
    started = f"started by {run.requested_by}, {moment(run.started_at)}"
    parts = [run.model_version, f"training {run.run_id}", started, "sample data" if run.sample else None]
    return " · ".join(part for part in parts if part)


def _summary(verdict: VersionVerdict) -> str:
    shown = three_figures(verdict.figures, verdict.judgement.adds)
    cards = "".join(
        f'<div class="card">{_text(figure.title)}<b>{figure.value}</b>'
        f"<span>{_text(figure.bounds or figure.missing)}</span><br><span>{_text(figure.short)}</span></div>"
        for figure in shown
    )
    means = "".join(f"<dt>{_text(figure.title)}</dt><dd>{_text(figure.help)}</dd>" for figure in shown)
    return (
        f'<p class="verdict {verdict.tone}">{_text(verdict.sentence)}</p><div class="cards">{cards}</div>'
        f'<p class="quiet">{_text(measured_on(verdict.figures))} {RANGE}</p>'
        f"<details><summary>What these figures mean</summary><dl>{means}</dl></details>"
    )


def _colours() -> str:
    """The chart colours of the dashboard's two themes."""
    light, dark = (
        "".join(f"--chart-{number}:{colour};" for number, colour in enumerate(colours or [], start=1))
        for colours in (st.get_option(f"theme.{mode}.chartCategoricalColors") for mode in ("light", "dark"))
    )
    return f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"


def _figure(plot: Plot) -> str:
    return f"<figure>{svg(plot.figure, plot.alt)}<figcaption>{_text(plot.caption)}</figcaption></figure>"


def _part(table: Table, plot: Plot | None, report: TrustReport | None) -> str:
    figure = "" if plot is None else _figure(plot)
    movable = ""
    if table.name == "thresholds" and report is not None and report.thresholds:
        said = [outcome(threshold, counts) for threshold, counts in report.thresholds]
        movable = (
            f'<div id="move" hidden data-said="{_text(json.dumps(said))}"><label>Move the threshold '
            f'<input type="range" min="0" max="{len(said) - 1}" value="{len(said) // 2}"></label>'
            "<p><output></output></p></div>"
        )
    download = f'<a download="{table.name}.csv" href="{_link(csv_text(table.rows))}">Download this table (csv)</a>'
    return (
        f"<details><summary>{_text(table.title)}</summary>{figure}{movable}{_table(table)}"
        f'<p class="quiet">{_text(table.caption)} {download}</p></details>'
    )


def _table(table: Table) -> str:
    if not table.rows:
        return "<p>Nothing to show.</p>"
    head = "".join(f'<th scope="col">{_text(title)}</th>' for title in table.rows[0])
    body = "".join("<tr>" + "".join(f"<td>{_text(v)}</td>" for v in row.values()) + "</tr>" for row in table.rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _link(text: str) -> str:
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(text.encode()).decode()


def _text(text: str) -> str:
    return html.escape(text, quote=True)
