"""Two model versions on the same answers, none of which either of them learned from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import BadInput
from core.domain.metrics import Metric
from core.domain.plain import AS_IS
from core.domain.records import Example
from core.domain.roles import Act, User, may
from core.domain.texts import plural
from core.reward import artifact
from core.reward.evaluation.evaluation import leave_out_seen
from core.reward.evaluation.held_out import comparable, scores
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores, measure, paired_difference, paired_order_difference
from core.services.masking import masks_output
from core.services.models.models import version_path
from core.services.reranking.reranking import reference_embedder
from core.services.workspace import Workspace
from core.store.interactions import exports
from core.store.training import runs, versions
from core.store.training.versions import ModelVersion

SHOWN = 10
"""How many answers are shown on which the two disagree."""
SEED = 0


class ScoresFrom(StrEnum):
    """Where the scores come from."""

    UNSEEN = "unseen"  # the stored models on questions that neither was trained on
    OUT_OF_FOLD = "out of fold"  # their trainings' scores: each answer by a model fitted without its question


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An answer that one model likes much better than the other."""

    interaction_id: int
    prompt: str
    response: str
    rating: float
    scores: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it; both models on the same ``n`` answers to the same ``questions``."""

    versions: tuple[str, str]
    names: Annotated[tuple[str, str], AS_IS]
    """Such as ``Model 3, 28 Nov``."""
    scores_from: ScoresFrom
    n: int
    questions: int
    measure: str
    """``pairwise_accuracy``, or ``roc_auc`` where answers cannot be compared within questions."""
    metrics: tuple[dict[str, Metric], dict[str, Metric]]
    difference: Metric
    """``measure`` of the first minus that of the second, paired."""
    disagreements: list[Disagreement]
    """Most different scores first; empty for those who may not read other people's ratings."""

    @property
    def sentence(self) -> str:
        """On what the two were compared, and which is better."""
        found, (first, second) = self.difference, self.names
        unseen = self.scores_from is ScoresFrom.UNSEEN
        where = f"On {plural(self.questions, 'question')} " + (
            "that neither learned from" if unseen else "with scores from their trainings (cross-validated)"
        )
        if found.value is None or found.low is None or found.high is None:
            few = "there are too few questions, or answers of one kind only"
            return f"{where}, it cannot be told which one is better: {few}."
        if found.low > 0:
            return f"{where}, {first} is better than {second}: {self._worth(0, 'it', 'the other')}."
        if found.high < 0:
            return f"{where}, {second} is better than {first}: {self._worth(1, 'it', 'the other')}."
        apart = self._worth(0, "the first", "the second")
        return f"{where}, {first} and {second} cannot be told apart: {apart}."

    def _worth(self, ahead: int, this: str, other: str) -> str:
        """What one is worth beside the other, and how far they are apart."""
        values = [100 * (self.metrics[which][self.measure].value or 0.0) for which in (ahead, 1 - ahead)]
        told = f"of two answers {this} picks the better one"
        if self.measure == "roc_auc":
            told = f"of a good and a poor answer {this} scores the good one higher"
        found, sign = self.difference, 100 * (-1 if ahead else 1)
        low, high = sorted((round(sign * (found.low or 0.0)), round(sign * (found.high or 0.0))))
        apart = f"difference {round(sign * (found.value or 0.0))} [{low}, {high}]"
        return f"{told} {values[0]:.0f} times of 100, {other} {values[1]:.0f} times ({apart})"


@masks_output()
def compare(workspace: Workspace, user: User, first: str, second: str) -> Comparison:
    """Measure two versions on the questions that neither was trained on; where those are too few, out of fold.

    Raises:
        NotAllowed: the person may not look at models.
        BadInput: it is twice the same version, or the two have no answers in common.
        NotFound: there is no such version.
        Unavailable: the files of one are missing or altered, or it was trained with another encoder.
    """
    workspace.require(user, Act.LOOK)
    if first == second:
        raise BadInput("Choose two different versions to compare.")
    settings = workspace.settings
    with workspace.store.read() as session:
        pair = versions.find(session, first), versions.find(session, second)
        examples = exports.examples(session)
        predicted = [runs.predictions(session, version.run_id) for version in pair]
    seen = frozenset[str]().union(*(_groups(workspace, version) for version in pair))
    unseen, _ = leave_out_seen(examples, seen)
    if comparable(unseen, positive_threshold=settings.positive_rating_threshold):
        scores_from, chosen, found = ScoresFrom.UNSEEN, unseen, _scored(workspace, pair, unseen)
    else:
        chosen = [e for e in examples if all(e.interaction_id in known for known in predicted)]
        if not chosen:
            raise BadInput(
                f"{pair[0].short_name} and {pair[1].short_name} have no answers in common that neither "
                "has learned from, so they cannot be compared. Rate more answers, train again, and compare then."
            )
        scores_from, found = ScoresFrom.OUT_OF_FOLD, [_in_order(known, chosen) for known in predicted]
    crossed = scores_from is ScoresFrom.OUT_OF_FOLD
    rated = Labels.of(chosen, positive_threshold=settings.positive_rating_threshold)
    values = found[0].values, found[1].values
    measured, apart = "pairwise_accuracy", paired_order_difference(rated, *values, seed=SEED, cross_validated=crossed)
    if apart.low is None:
        measured, apart = "roc_auc", paired_difference(rated, *values, seed=SEED, cross_validated=crossed)
    return Comparison(
        versions=(first, second),
        names=(pair[0].name, pair[1].name),
        scores_from=scores_from,
        n=len(rated),
        questions=rated.prompts,
        measure=measured,
        metrics=(
            measure(rated, found[0], seed=SEED, cross_validated=crossed),
            measure(rated, found[1], seed=SEED, cross_validated=crossed),
        ),
        difference=apart,
        disagreements=_disagreements(chosen, *values) if may(user, Act.READ_DATA) else [],
    )


def _groups(workspace: Workspace, version: ModelVersion) -> frozenset[str]:
    folder = version_path(workspace, version.model_version)
    return artifact.trained_groups(folder, hashes=version.hashes, prompts=version.prompts)


def _scored(workspace: Workspace, pair: Sequence[ModelVersion], examples: Sequence[Example]) -> list[Scores]:
    embedder = reference_embedder(workspace)
    models = {
        version.model_version: artifact.load(
            version_path(workspace, version.model_version), hashes=version.hashes, encoder=embedder.fingerprint
        )
        for version in pair
    }
    found = scores(models, examples, embedder)
    return [Scores(found[name], found[name] >= model.threshold) for name, model in models.items()]


def _in_order(known: Mapping[int, float], examples: Sequence[Example]) -> Scores:
    return Scores(np.array([known[example.interaction_id] for example in examples]), None)


def _disagreements(
    examples: Sequence[Example], first: NDArray[np.float64], second: NDArray[np.float64]
) -> list[Disagreement]:
    order = np.argsort(-np.abs(first - second), kind="stable")[:SHOWN]
    return [
        Disagreement(one.interaction_id, one.prompt, one.response, one.rating, (float(first[row]), float(second[row])))
        for row in order
        for one in [examples[row]]
        if first[row] != second[row]
    ]
