"""The tables of a trust report: the same rows on the page, in the downloaded file and as csv."""

import io
import zipfile
from dataclasses import dataclass

from core.domain.metrics import Metric
from core.labeling.writing import csv_text
from core.reward.evaluation.evaluation import Evaluation
from core.reward.evaluation.slices import Slice
from core.reward.metrics.metrics import METRICS
from core.reward.training.report import TrustReport
from core.ui.report.format import BASELINES, MEASURES, cell, ratio, reason

TITLES = {name: measure.title for name, measure in MEASURES.items()} | {
    "balanced_accuracy": "Balanced accuracy",
    "average_precision": "Average precision",
    "pairwise_accuracy_macro": "Right order, mean per prompt",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "brier": "Brier score",
    "log_loss": "Log loss",
}
_PERCENT = {"accuracy", "balanced_accuracy", "pairwise_accuracy", "pairwise_accuracy_macro", "precision", "recall"}

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """One table with the words that say how to read it."""

    name: str
    """For the file: lower case, underscores."""
    title: str
    caption: str
    rows: list[Row]


def tables(evaluation: Evaluation, report: TrustReport) -> dict[str, Table]:
    """All tables of a report by name, in reading order."""
    found = [
        _outcomes(report),
        _metrics(evaluation),
        _differences(evaluation),
        _best_of_n(report),
        _calibration(report),
        _length(report),
        _curve(report),
        _parts("sources", "By session", "Sessions whose labels differ only in a number are one row.", report.sources),
        _raters(report),
        _data(evaluation, report),
    ]
    return {table.name: table for table in found}


def as_zip(found: dict[str, Table], report: TrustReport) -> bytes:
    """Every table as one csv file, and the rows that were used."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in found.values():
            archive.writestr(f"{table.name}.csv", csv_text(table.rows))
        archive.writestr("row_ids.csv", csv_text([{"interaction_id": str(number)} for number in report.row_ids]))
    return buffer.getvalue()


def shown(name: str, metric: Metric | None) -> str:
    """A figure with its range, or why there is none."""
    if metric is not None and metric.value is None:
        return f"not estimable: {reason(metric)}"
    return cell(metric, percent=name in _PERCENT)


def points(metric: Metric) -> str:
    """A difference of two AUCs in hundredths: +8.1 (+4.9 to +11.6)."""
    if metric.value is None:
        return f"not estimable: {reason(metric)}"
    bounds = "" if metric.low is None else f" ({100 * metric.low:+.1f} to {100 * (metric.high or 0):+.1f})"
    return f"{100 * metric.value:+.1f}{bounds}"


def _metrics(evaluation: Evaluation) -> Table:
    scorers = {"This model": evaluation.metrics}
    scorers |= {title: evaluation.baselines.get(name, {}) for name, (title, _) in BASELINES.items()}
    rows = [
        {"Figure": TITLES[name]}
        | {title: cell(metrics.get(name), percent=name in _PERCENT) for title, metrics in scorers.items()}
        for name in METRICS
    ]
    return Table(
        "figures",
        "All figures, beside simple rules",
        "In brackets the range that holds the true value 95 times out of 100. A model that is no better than the "
        "simple rules has learned nothing useful. Brier score and log loss are better when lower. Brier skill compares "
        "with always saying the share of good answers: 0 is no better, 1 is perfect.",
        rows,
    )


def _differences(evaluation: Evaluation) -> Table:
    rows = [
        {"Compared with": BASELINES[name][0], "What it sees": BASELINES[name][1], "Difference": points(metric)}
        for name, metric in evaluation.differences.items()
        if name in BASELINES
    ]
    return Table(
        "differences",
        "How much better than each simple rule",
        "ROC AUC of the model minus that of the rule, in points of 0.01, on the same answers. A range that is above 0 "
        "altogether cannot be luck.",
        rows,
    )


def _best_of_n(report: TrustReport) -> Table:
    names = {
        "model": "Picked by this model",
        "random": "A random answer",
        "first": "The first answer",
        "longest": "The longest answer",
        "best": "The best possible pick",
    }
    rows = []
    for name, title in names.items():
        gain = report.best_of_n.get(f"gain_{name}")
        rows.append(
            {
                "Answer": title,
                "Mean rating": cell(report.best_of_n[name], percent=False),
                "Gain of the model": "–" if gain is None else cell(gain, percent=False),
            }
        )
    return Table(
        "best_of_n",
        "What experts think of the answer it picks (best of n)",
        f"Over {report.choices:,} prompts with two or more rated answers. Ratings go from 1 to 5; a gain whose range "
        "is above 0 means better answers for readers.",
        rows,
    )


def _outcomes(report: TrustReport) -> Table:
    rows = []
    for threshold, c in report.thresholds:
        total = sum(c.values())
        rows.append(
            {
                "Called good from": f"{threshold:.2f}",
                "Good, called good": f"{c['true_good']:,}",
                "Poor, called good": f"{c['false_good']:,}",
                "Good, called poor": f"{c['false_poor']:,}",
                "Poor, called poor": f"{c['true_poor']:,}",
                "Right": ratio(c["true_good"] + c["true_poor"], total),
            }
        )
    return Table(
        "thresholds",
        "Right and wrong at every threshold",
        "A higher threshold lets fewer poor answers pass and turns more good ones away.",
        rows,
    )


def _calibration(report: TrustReport) -> Table:
    rows = [
        {"Answers": f"{b.n:,}", "Mean score": f"{b.said:.2f}", "Share that is good": cell(b.true, percent=False)}
        for b in report.calibration
    ]
    return Table(
        "calibration",
        "Do scores mean what they say? (calibration)",
        "Answers with similar scores together. Where the score lies within the range of the share, it can be read as "
        "the chance that experts call the answer good.",
        rows,
    )


def _length(report: TrustReport) -> Table:
    bias = report.length_bias
    rows = [
        {
            "Pairs in which": f"the {which} answer is better",
            "Pairs": f"{count:,}",
            "In the right order": shown("accuracy", m),
        }
        for which, count, m in (
            ("shorter", bias.shorter_pairs, bias.shorter_better),
            ("longer", bias.longer_pairs, bias.longer_better),
        )
    ]
    return Table(
        "length",
        "Does it follow length?",
        "Below 50 % where the shorter answer is better, the model prefers long answers whatever they say.",
        rows,
    )


def _curve(report: TrustReport) -> Table:
    curve = report.curve
    rows = [{"Ratings": f"{p.n:,}", "": "measured", "ROC AUC": cell(p.auc, percent=False)} for p in curve.measured]
    rows += [{"Ratings": f"{p.n:,}", "": "forecast", "ROC AUC": cell(p.auc, percent=False)} for p in curve.forecast]
    return Table(
        "learning_curve",
        "What more ratings bring",
        curve.reason
        or "Measured with fewer of the ratings, then continued by a fitted curve to twice as many, never further. "
        "The forecast assumes that new ratings are like the present ones.",
        rows,
    )


def _part(part: Slice) -> Row:
    return {"Name": part.name, "Answers": f"{part.n:,}", "Prompts": f"{part.prompts:,}", "Good": f"{part.good:,}"} | {
        TITLES[name]: shown(name, metric) for name, metric in part.metrics.items()
    }


def _parts(name: str, title: str, caption: str, parts: list[Slice]) -> Table:
    return Table(name, title, caption, [_part(part) for part in parts])


def _raters(report: TrustReport) -> Table:
    rows = [
        _part(rater.part)
        | {
            "Agrees with the others": shown("accuracy", rater.agreement),
            "ROC AUC when left out of training": shown("roc_auc", rater.left_out),
        }
        for rater in report.raters
    ]
    return Table(
        "raters",
        "By rater",
        "Judged by this rater's own ratings. A model cannot agree with somebody more than people agree with each "
        "other; the last column is measured with models that never saw a rating of this person.",
        rows,
    )


def _data(evaluation: Evaluation, report: TrustReport) -> Table:
    ratings = ", ".join(f"{number}: {count:,}" for number, count in report.by_rating.items())
    facts = {
        "Rated answers": f"{evaluation.n:,} to {evaluation.prompts:,} prompts, {evaluation.good:,} good",
        "Answers per rating": ratings,
        "Fingerprint of the data": report.fingerprint,
        "Recipe": report.recipe,
        "Encoder": report.encoder,
        "Folds and repeats": f"{report.folds} folds of whole prompts, {report.repeats} times",
        "Resamples for the ranges": f"{report.resamples:,} over prompts",
        "Seed": str(report.seed),
        "Duration": f"{report.seconds:.1f} s",
    } | {f"Version of {name}": version for name, version in report.versions.items()}
    return Table(
        "data",
        "Data, versions and seed",
        "The same data, seed and versions give the same figures.",
        [{"What": name, "Value": value} for name, value in facts.items()],
    )
