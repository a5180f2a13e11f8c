"""What a training showed: the verdict in a sentence, the numbers, the curve, the comparison, and earlier trainings."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.domain.metrics import Metric
from core.services.models.models import VersionView
from core.services.training.runs import RunView
from core.ui.report.format import BASELINES, MEASURES, cell, moment, reason, recipe_name
from core.ui.report.view import confusion, show_report
from core.ui.shell.navigation import next_step
from core.ui.shell.page import Page, sample_badge
from core.ui.shell.texts import literal
from core.ui.training.progress import how_far_it_got

COMPARED = ("accuracy", "roc_auc", "pairwise_accuracy")
STATES = {
    "queued": "Starting",
    "running": "Running",
    "finished": "Finished",
    "failed": "Failed",
    "cancelled": "Cancelled",
}


def choose_run(runs: Sequence[RunView]) -> int:
    """Which training to look at: the newest unless another one is chosen; its number."""
    if len(runs) == 1:
        return runs[0].run_id
    labels = {
        run.run_id: f"Training {run.run_id} · {moment(run.started_at)} · {recipe_name(run.recipe)}" for run in runs
    }
    chosen = st.selectbox(
        "Training to look at", [run.run_id for run in runs], format_func=labels.__getitem__, key="train.run", width=420
    )
    return chosen or runs[0].run_id


def show_result(page: Page, run: RunView, champion: str | None) -> None:
    """Show one ended training, whatever its end."""
    st.space("xsmall")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(f"Training {run.run_id}", anchor=False, width="content")
        if run.sample:
            sample_badge()
    st.caption(literal(f"{recipe_name(run.recipe)} · started by {run.requested_by} · {moment(run.started_at)}"))
    _verdict(run, champion)
    if run.state in ("failed", "cancelled"):
        how_far_it_got(page, run)
    found = run.evaluation
    if found is None:
        return
    show_report(run, key="train")
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, height="stretch"):
        st.markdown("**Where it was right and wrong** (confusion matrix)")
        st.table(confusion(found.confusion), border="horizontal")
    with right, st.container(border=True, height="stretch"):
        st.markdown("**By kind of answer** (classification report)")
        st.table(_report(found.report), border="horizontal")
        st.caption(
            "Precision: of those called so, how many are. Recall: of those that are, how many were found. "
            "F1 joins the two."
        )
    st.markdown("**Compared with simple rules.** A model that is no better than these has learned nothing useful.")
    rows = {"This model": found.metrics, **{title: found.baselines.get(n, {}) for n, (title, _) in BASELINES.items()}}
    with st.container(key="train.comparison"):
        st.table(comparison(rows), border="horizontal", hide_index=True)
    st.caption("Equal scores count as a wrong order, so a rule that does not look at the answer gets 0 % there.")
    _footnotes(rows)


def history(runs: Sequence[RunView], versions: Mapping[str, VersionView]) -> None:
    """All trainings, newest first."""
    st.subheader("History", anchor=False)
    rows = []
    for run in runs:
        version = versions.get(run.model_version or "")
        metrics = version.metrics if version else {}
        state = STATES.get(run.state, run.state)
        if run.state == "finished":
            in_use = version is not None and version.state == "champion"
            state = "In use" if in_use else "Finished" if run.model_version else "Too little data"
        rows.append(
            {
                "Training": str(run.run_id),
                "Started": moment(run.started_at),
                "By": literal(run.requested_by),
                "Recipe": recipe_name(run.recipe) + (" (sample)" if run.sample else ""),
                "Outcome": state,
                "Accuracy": cell(metrics.get("accuracy"), percent=True),
                "ROC AUC": cell(metrics.get("roc_auc"), percent=False),
            }
        )
    with st.container(key="train.history"):
        st.table(rows, border="horizontal", hide_index=True)


def comparison(rows: Mapping[str, Mapping[str, Metric]]) -> list[dict[str, str]]:
    """The model and the baselines, one row each."""
    explained = dict(BASELINES.values())
    return [
        {"Scored by": f"**{title}**" if title not in explained else f"{title}: {explained[title]}"}
        | {MEASURES[name].title: cell(metrics.get(name), percent=MEASURES[name].percent) for name in COMPARED}
        for title, metrics in rows.items()
    ]


def _verdict(run: RunView, champion: str | None) -> None:
    message = literal(run.message or "")
    if run.state == "cancelled":
        st.info(message or "The training was cancelled.", icon=":material/cancel:")
        st.markdown("The model in use is the same as before. Start again above whenever you like.")
    elif run.state == "failed":
        st.error(message or "The training failed.", icon=":material/error:")
        st.markdown(
            "The model in use is the same as before, and embeddings that were computed are kept. Start it again above; "
            "if it fails again, tell whoever runs this server."
        )
    elif run.model_version is None:
        st.warning(message, icon=":material/warning:")
        with st.container(horizontal=True):
            next_step("Rate more answers", "rate", key="train.to_rate")
            next_step("Check readiness", "readiness", key="train.to_readiness", primary=False)
    else:
        judged = run.latest("judged") or {}
        if run.model_version == champion:
            st.success(f"**This model is in use.** {message}", icon=":material/check_circle:")
        elif judged.get("promoted"):
            st.info(f"**This model was put in use; another one has replaced it.** {message}", icon=":material/history:")
        else:
            st.warning(f"**This model is not in use.** {message}", icon=":material/do_not_disturb_on:")
        with st.container(horizontal=True):
            if run.model_version == champion:
                next_step("Rank answers", "rerank", key="train.to_rerank")
            next_step("Compare models", "models", key="train.to_models", primary=False)


def _report(report: Mapping[str, Mapping[str, float | int | None]]) -> dict[str, dict[str, str]]:
    def share(value: float | int | None) -> str:
        return "–" if value is None else f"{value:.2f}"

    named = {"Good": report["good"], "Poor": report["poor"]}
    columns = {"Precision": "precision", "Recall": "recall", "F1": "f1"}
    shown = {title: {kind: share(row[name]) for kind, row in named.items()} for title, name in columns.items()}
    return shown | {"Answers": {kind: f"{row['support']:,}" for kind, row in named.items()}}


def _footnotes(rows: Mapping[str, Mapping[str, Metric]]) -> None:
    missing: dict[str, list[str]] = {}
    for title, metrics in rows.items():
        for name in COMPARED:
            metric = metrics.get(name)
            if metric is not None and metric.value is None:
                missing.setdefault(reason(metric), []).append(f"{MEASURES[name].title} of “{title}”")
    for why, what in missing.items():
        st.caption(literal(f"Not estimable: {why} ({'; '.join(what)})."))
