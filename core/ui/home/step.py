"""The one next step on Home, by role and by where we stand."""

from dataclasses import dataclass

from core.domain.roles import Act, User, may
from core.domain.verdicts.judgement import Tone
from core.services.models.models import SampleInUse
from core.services.operations.overview import Overview
from core.services.training.readiness_checks import RATE, SECOND_OPINIONS, Check, Remedy
from core.ui.models.sample import train_on_own, what_is_missing

SAMPLE_IN_USE = "The model in use learned from the sample, not from your ratings."
RANK = Remedy("Rank answers", "rerank")
LOOK_AT_MODELS = Remedy("Look at the models", "models")
CHECK_READINESS = Remedy("Check readiness", "readiness")


@dataclass(frozen=True, slots=True)
class NextStep:
    """Where the button leads, and why."""

    remedy: Remedy
    why: str


def next_step(user: User, found: Overview) -> NextStep:
    """The step for this person: a viewer ranks, an expert rates, a lead removes what blocks, trains, looks or ranks."""
    if not may(user, Act.RATE):
        return _rank(found)
    if not may(user, Act.TRAIN):
        return _expert(found)
    if found.training:
        return NextStep(Remedy("Watch the training", "train"), "A training is running.")
    if found.sample_in_use is not None:
        return _own_model(found.sample_in_use, found)
    if found.in_use is not None:
        if found.in_use.tone is Tone.GOOD:
            return _rank(found)
        return _look("Read what the model in use is worth before you rely on it.", found)
    if found.blockers:
        return _remove(found.blockers[0])
    if found.refused is not None:
        return NextStep(CHECK_READINESS, f"The latest training made no model. {found.refused}")
    if found.latest is not None:
        return _look(f"{found.latest.name} was trained, but no model is in use.", found)
    whose = "The sample has" if found.status.sample else "There are"
    return NextStep(Remedy("Train a model", "train"), f"{whose} enough ratings to train a first model.")


def asks_for_ratings(user: User, found: Overview) -> bool:
    """Whether rating is offered beside another next step: answers wait, and more ratings may change something."""
    return may(user, Act.RATE) and found.status.waiting > 0 and not found.helps


def _expert(found: Overview) -> NextStep:
    if found.helps and found.second_opinions:
        return NextStep(SECOND_OPINIONS, found.helps)
    if found.helps or not found.status.waiting:
        return _rank(found)
    return NextStep(RATE, "A model learns from what you and others say of these answers.")


def _rank(found: Overview) -> NextStep:
    if found.in_use is None:
        return NextStep(CHECK_READINESS, "No model is in use yet: answers keep the order in which they come.")
    if found.in_use.sample:
        return NextStep(RANK, _and_help("The model in use learned from the sample: try it on a question.", found))
    return NextStep(RANK, _and_help("A model is in use: paste a question and several answers.", found))


def _look(why: str, found: Overview) -> NextStep:
    return NextStep(LOOK_AT_MODELS, _and_help(why, found))


def _and_help(why: str, found: Overview) -> str:
    return f"{why} {found.helps}".rstrip()


def _remove(blocker: Check) -> NextStep:
    return NextStep(blocker.remedy or CHECK_READINESS, blocker.sentence)


def _own_model(sample: SampleInUse, found: Overview) -> NextStep:
    """From the model of the sample, which is in use although there is own data, to one of one's own."""
    if sample.has_own_model:
        return _look(f"{SAMPLE_IN_USE} {what_is_missing(sample)}", found)
    if not found.blockers:
        return NextStep(Remedy(train_on_own(sample), "train"), SAMPLE_IN_USE)
    first = _remove(found.blockers[0])
    why = first.why if sample.is_enough else what_is_missing(sample)
    return NextStep(first.remedy, f"{SAMPLE_IN_USE} {why}")
