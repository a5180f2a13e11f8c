"""The words above the full report: what its numbers were measured on, and what is to be known before reading them."""

from core.domain.verdicts.figures import Basis
from core.reward.recipes.pair import WITH_FORM
from core.services.models.verdicts import VersionVerdict
from core.services.training.runs import RunView

READS = {
    "answer alone": (
        "On these ratings the question did not help to tell good answers from poor ones, so the model reads the "
        "answer alone. It does not notice when an answer is about something else."
    ),
    WITH_FORM: (
        "On these ratings the form of an answer (lists, numbers, links, careful words, questions asked back) helped "
        "clearly, so the model reads that too. It may help less with answers from another source."
    ),
    "similarity alone": (
        "On so few ratings nothing that could be learned ranked answers as well as how similar answer and question "
        "are, so the model goes by that alone. Rate more answers and train again."
    ),
    "length alone": (
        "On so few ratings nothing that could be learned ranked answers as well as their length, so the model goes by "
        "that alone. Rate more answers and train again."
    ),
    "best length alone": (
        "On so few ratings nothing that could be learned ranked answers as well as how close they come to the best "
        "length, so the model goes by that alone. Rate more answers and train again."
    ),
}
"""What a model reads that is not the usual, by its weighting."""


def notes(run: RunView, verdict: VersionVerdict) -> list[str]:
    """Sentences for the page and the file, plain text."""
    evaluation, report = run.evaluation, run.report
    if evaluation is None:
        return ["This training kept no measurements. Train again to get a full report."]
    if verdict.judgement.adds is not None:
        apart = (
            f"All numbers below are measured on questions kept apart: {evaluation.n:,} rated answers to "
            f"{evaluation.prompts:,} questions ({evaluation.good:,} good) that nothing was learned from. What needs "
            "several models that learned from other questions is not measured for this method."
        )
        return [apart, *_reads(run)]
    times = f" {evaluation.repeats} times" if evaluation.repeats > 1 else ""
    basis = (
        f"All numbers below are cross-validated: {evaluation.n:,} rated answers to {evaluation.prompts:,} questions "
        f"({evaluation.good:,} good), each scored{times} by a model that had not seen its question."
    )
    if verdict.figures.basis is Basis.KEPT_APART:
        basis += (
            " The verdict and the three figures are not: they are measured on questions that were kept apart, so they "
            "may differ a little from the same measures below."
        )
    found = [basis, *_reads(run)]
    if report is None:
        found.append("An earlier release made this training and measured less. Train again to get the whole report.")
    return found


def _reads(run: RunView) -> list[str]:
    reads = READS.get(str((run.latest("fitted") or {}).get("weighting")))
    return [told for told in (run.part, reads) if told is not None]
