"""Two model versions on the same answers, none of which either of them learned from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import BadInput
from core.domain.metrics import Metric
from core.domain.records import Example
from core.domain.roles import Act, User, may
from core.reward import artifact
from core.reward.evaluation.evaluation import leave_out_seen
from core.reward.evaluation.held_out import comparable, scores
from core.reward.metrics.labels import Labels
from core.reward.metrics.metrics import Scores, measure, paired_difference
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


class Basis(StrEnum):
    """Where the scores come from."""

    UNSEEN = "unseen"  # the stored models on prompts that neither was trained on
    OUT_OF_FOLD = "out of fold"  # their trainings' scores: each answer by a model fitted without its prompt


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
    """What came of it; both models on the same ``n`` answers to the same ``prompts``."""

    names: tuple[str, str]
    basis: Basis
    n: int
    prompts: int
    metrics: tuple[dict[str, Metric], dict[str, Metric]]
    difference: Metric
    """ROC AUC of the first minus that of the second, paired."""
    disagreements: list[Disagreement]
    """Most different scores first; empty for those who may not read other people's ratings."""

    @property
    def verdict(self) -> str:
        """Which is better, in a sentence."""
        found, (first, second) = self.difference, self.names
        if found.value is None or found.low is None or found.high is None:
            return "It cannot be told which one is better: there are too few prompts, or answers of one kind only."
        low, high = sorted((abs(found.low), abs(found.high)))
        size = f"{abs(found.value):.3f} [{low:.3f}, {high:.3f}]"
        if found.low > 0:
            return f"{first} is better: its AUC is higher by {size}."
        if found.high < 0:
            return f"{second} is better: its AUC is higher by {size}."
        return (
            f"The two cannot be told apart: the difference in AUC is {found.value:+.3f} "
            f"[{found.low:+.3f}, {found.high:+.3f}], which includes none at all."
        )


@masks_output()
def compare(workspace: Workspace, user: User, first: str, second: str) -> Comparison:
    """Measure two versions on the prompts that neither was trained on; where those are too few, out of fold.

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
        basis, chosen, found = Basis.UNSEEN, unseen, _scored(workspace, pair, unseen)
    else:
        chosen = [e for e in examples if all(e.interaction_id in known for known in predicted)]
        if not chosen:
            raise BadInput(
                f"{first} and {second} have no answers in common that neither has learned from, so they cannot be "
                "compared. Rate more answers, train again, and compare then."
            )
        basis, found = Basis.OUT_OF_FOLD, [_in_order(known, chosen) for known in predicted]
    crossed = basis is Basis.OUT_OF_FOLD
    rated = Labels.of(chosen, positive_threshold=settings.positive_rating_threshold)
    return Comparison(
        names=(first, second),
        basis=basis,
        n=len(rated),
        prompts=rated.prompts,
        metrics=(
            measure(rated, found[0], seed=SEED, cross_validated=crossed),
            measure(rated, found[1], seed=SEED, cross_validated=crossed),
        ),
        difference=paired_difference(rated, found[0].values, found[1].values, seed=SEED, cross_validated=crossed),
        disagreements=_disagreements(chosen, found[0].values, found[1].values) if may(user, Act.READ_DATA) else [],
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
