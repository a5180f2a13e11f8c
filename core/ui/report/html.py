"""The trust report as one file to keep and to send: no request leaves it, and it reads without scripts as well."""

import base64
import hashlib
import html
import json
from dataclasses import dataclass

import streamlit as st

from core.labeling.writing import csv_text
from core.reward.evaluation.evaluation import Evaluation
from core.reward.training.report import TrustReport
from core.ui.report.format import MEASURES, RANGE, interval, number, reason
from core.ui.report.plots import ROC_TITLE, Plot, plots_by_table, roc_plot
from core.ui.report.svg import svg
from core.ui.report.tables import Table, tables

_STYLE = """
:root{color-scheme:light dark;--text:#0a1517;--back:#fff;--soft:#f1f5f5;--edge:#d3dddd}
@media(prefers-color-scheme:dark){:root{--text:#e4ecec;--back:#0b1214;--soft:#172225;--edge:#2b3b3f}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--back);max-width:960px;margin:0 auto;
padding:1rem;overflow-wrap:break-word}
h1{font-size:1.6rem;margin:.5rem 0}.verdict{border-left:6px solid var(--chart-2);background:var(--soft);
padding:.8rem 1rem;font-size:1.2rem;font-weight:600}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:.6rem;margin:1rem 0}
.card{border:1px solid var(--edge);border-radius:8px;padding:.6rem .8rem}.card b{display:block;font-size:1.5rem}
.card span,.quiet,figcaption,caption{color:var(--chart-7);font-size:.9rem}
details{border:1px solid var(--edge);border-radius:8px;margin:.6rem 0;padding:.2rem .8rem}
summary{cursor:pointer;font-weight:600;padding:.5rem 0}.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem;width:100%}th,td{border-bottom:1px solid var(--edge);padding:.3rem .5rem;
text-align:left;vertical-align:top}figure{margin:.5rem 0;max-width:560px}svg{width:100%;height:auto}
svg text{fill:var(--chart-7);font-size:12px}.grid{stroke:var(--edge)}a{color:var(--chart-1)}
input[type=range]{width:min(420px,100%)}
@media print{details::details-content{content-visibility:visible;block-size:auto}}
"""

_SCRIPT = """
(function(){var box=document.getElementById('move'),data=JSON.parse(box.dataset.rows),
slider=box.querySelector('input'),out=box.querySelector('output');
function show(){var row=data[slider.value],text=[];for(var i=1;i<row.length;i++)text.push(row[i]);
out.textContent='Called good from '+row[0]+': '+text.join(' · ');}
box.hidden=false;slider.addEventListener('input',show);show();})();
"""


@dataclass(frozen=True, slots=True)
class About:
    """What the file says about the training itself."""

    title: str
    """Such as ``Training 3``."""
    made: str
    """Recipe, by whom, when."""
    outcome: str
    """What was decided, and why."""
    orders: str | None
    """Whether raters' own orders were learned from; None where there were none."""


def report_html(about: About, evaluation: Evaluation, report: TrustReport) -> str:
    """The report as one HTML document, its styles, figures and tables included."""
    script = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; base-uri 'none'; "
        "form-action 'none'"
    )
    plots = plots_by_table(report)
    parts = [_part(table, plots.get(table.name)) for table in tables(evaluation, report).values()]
    orders = f'<p class="quiet">{_text(about.orders)}</p>' if about.orders else ""
    ids = "interaction_id\r\n" + "\r\n".join(map(str, report.row_ids))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{_text(about.title)} · trust report</title><style>{_colours()}{_STYLE}</style></head><body>
<h1>{_text(about.title)}</h1><p class="quiet">{_text(about.made)}</p>
<p class="verdict"></p><p>{_text(about.outcome)}</p>{orders}
<div class="cards">{"".join(_card(name, evaluation) for name in MEASURES)}</div>
<p class="quiet">Measured on {evaluation.n:,} rated answers to {evaluation.prompts:,} prompts, {report.repeats} times,
each answer scored by a model that had not seen its prompt. {RANGE}</p>
{_roc(roc_plot(evaluation, report, "length_only"))}{"".join(parts)}
<p class="quiet"><a download="row_ids.csv" href="{_link(ids)}">Download the numbers of the rows that were used</a></p>
<script>{_SCRIPT}</script></body></html>
"""


def _card(name: str, evaluation: Evaluation) -> str:
    measure, metric = MEASURES[name], evaluation.metrics.get(name)
    if metric is None or metric.value is None:
        value, bounds = "–", f"not estimable: {reason(metric)}" if metric is not None else "not measured"
    else:
        value, bounds = number(metric.value, percent=measure.percent), interval(metric, percent=measure.percent)
    inside = f"{_text(measure.title)}<b>{_text(value)}</b><span>{_text(bounds)}</span>"
    return f'<div class="card" title="{_text(measure.help)}">{inside}</div>'


def _colours() -> str:
    """The chart colours of the dashboard's two themes."""
    light, dark = (
        "".join(f"--chart-{number}:{colour};" for number, colour in enumerate(colours or [], start=1))
        for colours in (st.get_option(f"theme.{mode}.chartCategoricalColors") for mode in ("light", "dark"))
    )
    return f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"


def _roc(plot: Plot) -> str:
    return f"<details open><summary>{_text(ROC_TITLE)}</summary>{_figure(plot)}</details>"


def _figure(plot: Plot) -> str:
    return f"<figure>{svg(plot.figure, plot.alt)}<figcaption>{_text(plot.caption)}</figcaption></figure>"


def _part(table: Table, plot: Plot | None) -> str:
    figure = "" if plot is None else _figure(plot)
    movable = ""
    if table.name == "thresholds" and table.rows:
        rows = [
            [row["Called good from"], *(f"{k.lower()}: {v}" for k, v in list(row.items())[1:])] for row in table.rows
        ]
        movable = (
            f'<div id="move" hidden data-rows="{_text(json.dumps(rows))}"><label>Move the threshold '
            f'<input type="range" min="0" max="{len(rows) - 1}" value="{len(rows) // 2}"></label>'
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
