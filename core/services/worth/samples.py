"""Audit samples: a lead draws questions at random, and all their answers are rated before anything else."""

import secrets
from dataclasses import dataclass

import numpy as np

from core.domain.errors import BadInput, Conflict
from core.domain.roles import Act, User
from core.domain.texts import plural
from core.domain.worth.samples import Progress
from core.reward.worth.prediction_powered import FEWEST_QUESTIONS
from core.reward.worth.sampling import draw as drawn_of
from core.reward.worth.sampling import questions_for
from core.services.kept_figures import Kind
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store.retrying import retried
from core.store.worth import answers, samples

MOST = 10_000
"""Answers that can be asked for at once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a draw would come to."""

    questions: int
    """In all, those that are taken for their size among them."""
    certain: int
    answers: int
    """About so many: questions have different numbers of them."""
    of_questions: int
    of_answers: int


@masks_output()
def plan(workspace: Workspace, user: User, wanted: int) -> Plan:
    """What a draw of about ``wanted`` answers would come to; at least FEWEST_QUESTIONS questions are drawn.

    Raises:
        NotAllowed: only a lead draws.
        BadInput: the number is out of range.
        Conflict: there is nothing to draw from.
    """
    workspace.require(user, Act.JUDGE)
    sizes = workspace.figures.get(workspace.store, Kind.WORTH, ("sizes",), lambda: _sizes(workspace))
    return _plan(sizes, wanted)


def _sizes(workspace: Workspace) -> dict[str, int]:
    with workspace.store.read() as session:
        return samples.sizes(session)


@masks_output()
@retried
def draw(workspace: Workspace, user: User, wanted: int) -> Progress:
    """Draw an audit sample of about ``wanted`` answers, which every rater gets first; it replaces the one before.

    Raises:
        As ``plan``.
    """
    workspace.require(user, Act.JUDGE)
    with workspace.store.write() as session:
        samples.lock(session)
        sizes = samples.sizes(session)
        planned = _plan(sizes, wanted)
        if answers.all_rated(session):
            raise Conflict("Every answer is rated already: the figures rest on all of them. Nothing was drawn.")
        counts = np.array(list(sizes.values()), dtype=np.float64)
        found = drawn_of(counts, planned.questions - planned.certain, seed=secrets.randbelow(2**31))
        groups = np.array(list(sizes))
        sample = samples.keep(session, user, groups[found.certain].tolist(), groups[found.random].tolist(), sizes)
        return samples.progress(session, sample)


@masks_output()
def progress(workspace: Workspace, user: User) -> Progress | None:
    """How far the rating of the latest audit sample is; None where none was drawn.

    Raises:
        NotAllowed: the role does not include it.
    """
    workspace.require(user, Act.JUDGE)
    with workspace.store.read() as session:
        sample = samples.latest(session)
        return None if sample is None else samples.progress(session, sample)


def _plan(sizes: dict[str, int], wanted: int) -> Plan:
    if wanted not in range(1, MOST + 1):
        raise BadInput(f"You can draw 1 to {MOST:,} answers. Nothing was drawn.")
    if len(sizes) < FEWEST_QUESTIONS:
        raise Conflict(
            f"There are answers to {plural(len(sizes), 'question')}; a figure needs {FEWEST_QUESTIONS}. Nothing was "
            "drawn. Import more, or rate all there are."
        )
    counts = np.array(list(sizes.values()), dtype=np.float64)
    questions = max(FEWEST_QUESTIONS, questions_for(counts, wanted))
    found = drawn_of(counts, questions, seed=0)
    certain, random = int(found.certain.sum()), int(found.random.sum())
    expected = counts[found.certain].sum() + counts[~found.certain].mean() * random
    return Plan(certain + random, certain, round(expected), len(sizes), int(counts.sum()))
