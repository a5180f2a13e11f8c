"""The tables of the full report: the same rows on the page, in the downloaded file and as csv."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

from core.domain.metrics import Metric
from core.domain.texts import plural
from core.domain.verdicts.gates import compared_on
from core.domain.verdicts.rules import rule_words
from core.labeling.writing import csv_text
from core.reward.evaluation.evaluation import Evaluation
from core.reward.evaluation.slices import Slice
from core.reward.metrics.curves import Confusion
from core.reward.metrics.metrics import METRICS
from core.reward.training.report import TrustReport
from core.services.models.verdicts import VersionVerdict
from core.services.training.runs import RunView
from core.ui.report.format import BASELINES, cell, ratio, reason, recipe_name

TITLES = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Accuracy, good and poor counting the same (balanced accuracy)",
    "roc_auc": "Good above poor (ROC AUC)",
    "average_precision": "Good answers at the top of one list (average precision)",
    "pairwise_accuracy": "Right order (pairwise accuracy)",
    "pairwise_accuracy_macro": "Right order, mean over questions",
    "best_of_n_lift": "Gain in rating over a random answer, in points",
    "precision": "Of those called good, how many are (precision)",
    "recall": "Of those that are good, how many were found (recall)",
    "f1": "Both of these in one (F1)",
    "brier": "Distance of the scores from the truth, lower is better (Brier score)",
    "brier_skill": "Closer to the truth than always saying the share of good answers (Brier skill)",
    "log_loss": "Price of confident mistakes, lower is better (log loss)",
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


def tables(run: RunView, verdict: VersionVerdict) -> dict[str, Table]:
    """All tables of a training by name, in reading order, less what an earlier release did not measure."""
    evaluation, report = run.evaluation, run.report
    found = [_decision(run, verdict)]
    if evaluation is not None:
        found += [_measures(evaluation), _right_and_wrong(evaluation), _by_kind(evaluation)]
        if report is not None:
            found += _of_report(evaluation, report)
    return {table.name: table for table in found}


def as_zip(found: dict[str, Table], row_ids: Iterable[int]) -> bytes:
    """Every table as one csv file, and the rows that were used."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in found.values():
            archive.writestr(f"{table.name}.csv", csv_text(table.rows))
        archive.writestr("row_ids.csv", csv_text([{"interaction_id": str(number)} for number in row_ids]))
    return buffer.getvalue()


def outcome(threshold: float, counts: Confusion) -> str:
    """What a threshold comes to, in a sentence."""
    good = counts["true_good"] + counts["false_poor"]
    poor = counts["false_good"] + counts["true_poor"]
    return (
        f"Called good from {threshold:.2f}: {counts['true_good']:,} of {good:,} good answers are found, and "
        f"{counts['false_good']:,} of {poor:,} poor ones let through."
    )


def _of_report(evaluation: Evaluation, report: TrustReport) -> list[Table]:
    return [
        _thresholds(report),
        _calibration(report),
        _best_of_n(report),
        _length(report),
        _curve(report),
        _ratings(report),
        _parts("sources", "By session", "Sessions whose labels differ only in a number are one row.", report.sources),
        _raters(report),
        _made_with(evaluation, report),
    ]


def _shown(name: str, metric: Metric | None) -> str:
    """A figure with its range, or why there is none."""
    if metric is not None and metric.value is None:
        return f"not estimable: {reason(metric)}"
    return cell(metric, percent=name in _PERCENT)


def _points(metric: Metric | None) -> str:
    """A difference of two shares in hundredths: +8.1 (+4.9 to +11.6)."""
    if metric is None:
        return "–"
    if metric.value is None:
        return f"not estimable: {reason(metric)}"
    bounds = "" if metric.low is None else f" ({100 * metric.low:+.1f} to {100 * (metric.high or 0):+.1f})"
    return f"{100 * metric.value:+.1f}{bounds}"


def _decision(run: RunView, verdict: VersionVerdict) -> Table:
    judged, figures = verdict.judgement, verdict.figures
    facts = {"Decision by the rule": "may come into use" if judged.promoted else "not put in use"}
    facts["Reason in full"] = judged.reason
    if figures.rule is not None:
        facts["Best simple rule"] = rule_words(figures.rule)
        facts["Better than this rule by, in points of 100"] = _points(figures.gain)
    if judged.adds is not None:
        facts["What the deep part adds"] = judged.adds.sentence()
    if judged.unseen_questions is not None:
        facts["Compared with the model in use"] = compared_on(judged.unseen_questions)
    if run.orders is not None:
        facts["Orders of raters"] = run.orders
    return Table(
        "decision",
        "What the rule compared",
        "A model may come into use by rule if it is clearly better than guessing, than the length of the answer and "
        "than the best length, and clearly as good as the model in use. Clearly: the whole range is on the right side.",
        [{"What": name, "Value": value} for name, value in facts.items()],
    )


def _measures(evaluation: Evaluation) -> Table:
    scorers = {"This model": evaluation.metrics}
    scorers |= {title: evaluation.baselines.get(name, {}) for name, title in BASELINES.items()}
    rows = [
        {"Measure": TITLES[name]}
        | {title: cell(metrics.get(name), percent=name in _PERCENT) for title, metrics in scorers.items()}
        for name in METRICS
    ]
    more = {title: _points(evaluation.differences.get(name)) for name, title in BASELINES.items()}
    rows.append({"Measure": "Good above poor: this model minus the rule, in points of 100", "This model": "–"} | more)
    return Table(
        "measures",
        "All measures, beside the simple rules",
        "In brackets the range that holds the true value 95 times out of 100. A model that is no better than the "
        "simple rules has learned nothing useful. Equal scores count as a wrong order, so a rule that does not look at "
        "the answer gets 0 % for right order.",
        rows,
    )


def _right_and_wrong(evaluation: Evaluation) -> Table:
    c = evaluation.confusion
    once = " Of the first scoring, so that each answer counts once." if evaluation.repeats > 1 else ""
    return Table(
        "right_and_wrong",
        "Where it was right and wrong (confusion matrix)",
        f"Answers counted by what experts rated them and what the model called them.{once}",
        [
            {"": "Rated good", "Called good": f"{c['true_good']:,} right", "Called poor": f"{c['false_poor']:,} wrong"},
            {"": "Rated poor", "Called good": f"{c['false_good']:,} wrong", "Called poor": f"{c['true_poor']:,} right"},
        ],
    )


def _by_kind(evaluation: Evaluation) -> Table:
    def share(value: float | int | None) -> str:
        return "–" if value is None else ratio(value)

    rows = [
        {
            "Answers": title,
            "Number": f"{evaluation.report[kind]['support']:,}",
            "Of those called so, how many are (precision)": share(evaluation.report[kind]["precision"]),
            "Of those that are, how many were found (recall)": share(evaluation.report[kind]["recall"]),
            "Both in one (F1)": share(evaluation.report[kind]["f1"]),
        }
        for title, kind in (("Good", "good"), ("Poor", "poor"))
    ]
    return Table(
        "by_kind",
        "By kind of answer (classification report)",
        "A model can be good at finding good answers and bad at finding poor ones.",
        rows,
    )


def _thresholds(report: TrustReport) -> Table:
    rows = [
        {
            "Called good from": f"{threshold:.2f}",
            "Good, called good": f"{c['true_good']:,}",
            "Poor, called good": f"{c['false_good']:,}",
            "Good, called poor": f"{c['false_poor']:,}",
            "Poor, called poor": f"{c['true_poor']:,}",
            "Right": ratio(c["true_good"] + c["true_poor"], sum(c.values())),
        }
        for threshold, c in report.thresholds
    ]
    return Table(
        "thresholds",
        "From which score an answer is called good (thresholds)",
        "A higher threshold lets fewer poor answers through and turns more good ones away.",
        rows,
    )


def _calibration(report: TrustReport) -> Table:
    rows = [
        {"Answers": f"{b.n:,}", "Score (mean)": f"{b.said:.2f}", "Share that is good": cell(b.true, percent=True)}
        for b in report.calibration
    ]
    return Table(
        "calibration",
        "Do scores mean what they say? (calibration)",
        "Answers with similar scores together. Where the score lies within the range of the share, it can be read as "
        "the chance that experts call the answer good.",
        rows,
    )


def _best_of_n(report: TrustReport) -> Table:
    names = {
        "model": "Put first by this model",
        "random": "A random answer",
        "first": "The first answer as stored",
        "longest": "The longest answer",
        "best": "The best possible pick",
    }
    rows = [
        {
            "Answer": title,
            "Mean rating": _shown("", report.best_of_n.get(name)),
            "Gain of the model over it": cell(report.best_of_n.get(f"gain_{name}"), percent=False),
        }
        for name, title in names.items()
    ]
    return Table(
        "gain_in_rating",
        "Gain in rating (best of n)",
        f"What experts gave to the answer that is put first, over {report.choices:,} questions with two or more rated "
        "answers. Ratings go from 1 to 5; a gain whose range is above 0 means better answers for readers.",
        rows,
    )


def _length(report: TrustReport) -> Table:
    bias = report.length_bias
    rows = [
        {"Pairs in which": f"the {which} answer is better", "Pairs": f"{count:,}", "In the right order": shown}
        for which, count, shown in (
            ("shorter", bias.shorter_pairs, _shown("accuracy", bias.shorter_better)),
            ("longer", bias.longer_pairs, _shown("accuracy", bias.longer_better)),
        )
    ]
    gap = {"Pairs in which": "Longer minus shorter, in points of 100", "Pairs": "–"}
    return Table(
        "length",
        "Does it prefer long answers? (length gap)",
        "Far above 0, the model gets pairs right mostly where the longer answer is the better one; far below 0, where "
        "the shorter one is. This is only said: no model is turned away for it.",
        [*rows, gap | {"In the right order": _points(bias.gap)}],
    )


def _curve(report: TrustReport) -> Table:
    curve = report.curve
    known = (
        (known, point)
        for known, points in (("measured", curve.measured), ("forecast", curve.forecast))
        for point in points
    )
    rows = [{"Ratings": f"{p.n:,}", "Known by": how, TITLES["roc_auc"]: cell(p.auc, percent=False)} for how, p in known]
    return Table(
        "learning_curve",
        "What more ratings bring (learning curve)",
        curve.reason
        or "Measured with fewer of the ratings, then continued by a fitted curve to twice as many, never further. "
        "The forecast assumes that new ratings are like the present ones.",
        rows,
    )


def _ratings(report: TrustReport) -> Table:
    whole = sum(report.by_rating.values())
    return Table(
        "ratings",
        "How ratings are spread",
        "Answers by rating from 1 to 5; where several people rated an answer, the middle of their ratings (median).",
        [
            {"Rating": rating, "Answers": f"{count:,}", "Share": ratio(count, whole)}
            for rating, count in report.by_rating.items()
        ],
    )


def _part(part: Slice) -> Row:
    return {"Name": part.name, "Answers": f"{part.n:,}", "Questions": f"{part.prompts:,}", "Good": f"{part.good:,}"} | {
        TITLES[name]: _shown(name, metric) for name, metric in part.metrics.items()
    }


def _parts(name: str, title: str, caption: str, parts: list[Slice]) -> Table:
    return Table(name, title, caption, [_part(part) for part in parts])


def _raters(report: TrustReport) -> Table:
    rows = [
        _part(rater.part)
        | {
            "Agrees with the others": _shown("accuracy", rater.agreement),
            "Good above poor when nothing was learned from this person": _shown("roc_auc", rater.left_out),
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


def _made_with(evaluation: Evaluation, report: TrustReport) -> Table:
    facts = {
        "Rated answers": f"{evaluation.n:,} to {evaluation.prompts:,} questions, {evaluation.good:,} good",
        "Fingerprint of the data": report.fingerprint,
        "Method": recipe_name(report.recipe),
        "Language model": report.encoder,
        "Divisions (folds)": f"{report.folds} parts of whole questions, {plural(report.repeats, 'time')}",
        "Resamples for the ranges": f"{report.resamples:,} over questions",
        "Seed": str(report.seed),
        "Duration": f"{report.seconds:.1f} s",
    } | {f"Version of {name}": version for name, version in report.versions.items()}
    return Table(
        "made_with",
        "What it was made with",
        "The same data, seed and versions give the same figures.",
        [{"What": name, "Value": value} for name, value in facts.items()],
    )
