"""`quality`: what all answers are worth, as a gate for a pipeline; draws an audit sample."""

import argparse
import sys
from dataclasses import dataclass

from core.cli.output import Done, ProgressBar, in_words, say
from core.domain.errors import BadInput, Unavailable
from core.domain.metrics import Metric
from core.domain.roles import COMMAND_LINE
from core.domain.texts import plural
from core.services.workspace import Workspace, open_workspace


@dataclass(frozen=True)
class _Gate:
    """What a pipeline asks: whether a figure is at least so much, for certain."""

    what: str
    metric: Metric
    least: float

    def failure(self) -> str | None:
        """One sentence where it is not."""
        if self.metric.low is None:
            why = self.metric.reason or "there is no range"
            return f"Whether {self.what} is at least {self.least:g} cannot be said. {why.rstrip('.')}."
        if self.metric.high is not None and self.metric.high < self.least:
            return f"{self.what} is below {self.least:g}: {in_words(self.metric.to_json())}."
        if self.metric.low < self.least:
            return f"{self.what} may be as low as {self.metric.low:.3f}, which is below {self.least:g}."
        return None


def quality(options: argparse.Namespace) -> Done:
    """Score what has no score yet, estimate, and compare with what was asked for."""
    from core.services.worth import figures
    from core.services.worth.figures import Basis

    _check(options)
    workspace = open_workspace()
    if options.draw is not None:
        return _draw(workspace, options.draw)
    worth = figures.measure(workspace, COMMAND_LINE, generator=options.generator or "")
    if worth.scores.waiting:
        _score(workspace)
        worth = figures.measure(workspace, COMMAND_LINE, generator=options.generator or "")
    whose = f"answers of {options.generator}" if options.generator else "answers"
    rests_on = f"; figures rest on {worth.rated:,} of them, to {plural(worth.questions, 'question')}"
    say(f"{worth.interactions:,} {whose}{rests_on if worth.rated else ''}.")
    good, rating = worth.good.to_json(), worth.mean_rating.to_json()
    if worth.good.value is None:
        say(str(worth.reason))
        if worth.basis is Basis.NOTHING and worth.interactions:
            say("Draw some at random to rate: python -m core quality --draw 100.")
    else:
        say(f"Share of good answers: {in_words(good)}. Mean rating: {in_words(rating)}.")
    if worth.scores.reason and worth.good.value is not None:
        say(worth.scores.reason)
    gate, difference, reason = ("the share of good answers", worth.good), None, worth.reason
    if options.against:
        compared = figures.compare(workspace, COMMAND_LINE, options.generator, options.against)
        over = "over the questions that both answered" if compared.paired else "over different questions"
        difference, reason = compared.difference.to_json(), reason or compared.difference.reason
        say(f"{options.generator} minus {options.against}, {over}: {in_words(difference)}.")
        gate = ("the difference", compared.difference)
    result = {
        "good": good,
        "mean_rating": rating,
        "difference": difference,
        "rated": worth.rated,
        "questions": worth.questions,
        "interactions": worth.interactions,
        "reason": reason,
    }
    failure = None if options.at_least is None else _Gate(*gate, options.at_least).failure()
    if failure:
        sys.stderr.write(f"{failure[:1].upper()}{failure[1:]}\n")
    return result, 1 if failure else 0


def _draw(workspace: Workspace, wanted: int) -> Done:
    from core.services.worth import samples

    drawn = samples.draw(workspace, COMMAND_LINE, wanted)
    say(
        f"Drawn: {plural(drawn.questions, 'question')} with {plural(drawn.answers, 'answer')}, of which "
        f"{drawn.rated:,} are rated already. Everybody who rates gets the others first."
    )
    return {
        "sample": drawn.sample_id,
        "questions": drawn.questions,
        "answers": drawn.answers,
        "rated": drawn.rated,
        "waiting": drawn.waiting,
    }, 0


def _score(workspace: Workspace) -> None:
    """Let the model in use score what it has not; without it the figures rest on ratings alone, and say so."""
    from core.services.worth import scoring

    with ProgressBar("scoring", unit="answer") as bar:
        try:
            scoring.score_answers(workspace, COMMAND_LINE, on_progress=bar.at)
        except Unavailable as error:
            say(f"The model's scores are not used. {error}")


def _check(options: argparse.Namespace) -> None:
    if options.against and not options.generator:
        raise BadInput("--against needs --generator: which of the two is to be the better one?")
    if options.draw is not None and (options.generator or options.at_least is not None):
        raise BadInput("--draw draws a sample and measures nothing: use it alone.")
    least = -1.0 if options.against else 0.0
    if options.at_least is not None and not least <= options.at_least <= 1.0:
        raise BadInput(f"--at-least is a share from {least:g} to 1, as in 0.7.")
