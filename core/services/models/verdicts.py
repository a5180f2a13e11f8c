"""Verdicts on model versions: one for each, the same on every page, in the report's file and on the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from core.domain.metrics import Metric
from core.domain.plain import AS_IS
from core.domain.roles import Act, User
from core.domain.verdicts.figures import Basis, Figures
from core.domain.verdicts.gates import Gate, judge_challenger, judge_first
from core.domain.verdicts.judgement import Judgement, Tone, Use
from core.domain.verdicts.rules import SIMPLE_RULES
from core.services.masking import masks_output
from core.services.workspace import Workspace
from core.store.database import Session
from core.store.training import runs, versions
from core.store.training.versions import ModelVersion

# Events go by the names of reward.training.events.STORED_NAMES, which loads scikit-learn: `status` starts without it.
_EARLIER = Metric(None, reason="not estimable: trained with an earlier release")


@dataclass(frozen=True, slots=True)
class VersionVerdict:
    """What to think of one version, now."""

    model_version: str
    run_id: int
    name: Annotated[str, AS_IS]
    """Such as ``Model 3, 28 Nov``."""
    use: Use
    tone: Tone
    sentence: Annotated[str, AS_IS]
    judgement: Annotated[Judgement, AS_IS]
    sample: bool

    @property
    def figures(self) -> Figures:
        """Its figures, fixed at its training."""
        return self.judgement.figures


@masks_output()
def verdicts(workspace: Workspace, user: User) -> dict[str, VersionVerdict]:
    """The verdict on every version, by its technical name, newest first."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        return _verdicts(session, versions.listed(session))


@masks_output()
def verdict_in_use(workspace: Workspace, user: User) -> VersionVerdict | None:
    """The verdict on the model in use; None where none is."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        return in_use(session)


def in_use(session: Session) -> VersionVerdict | None:
    """The same within a transaction."""
    champion = versions.champion(session)
    return None if champion is None else _verdicts(session, [champion])[champion.model_version]


def _verdicts(session: Session, found: Sequence[ModelVersion]) -> dict[str, VersionVerdict]:
    used = {change.model_version for change in versions.promotions(session)}
    earlier = [version.run_id for version in found if not version.judgement]
    noted = runs.last_events(session, earlier, ("Evaluated", "Judged", "Registered")) if earlier else {}
    return {version.model_version: _verdict(version, used, noted) for version in found}


def _verdict(version: ModelVersion, used: set[str | None], noted: runs.Events) -> VersionVerdict:
    if version.champion:
        use = Use.IN_USE
    else:
        use = Use.USED_BEFORE if version.model_version in used else Use.NOT_USED
    judged = Judgement.from_json(version.judgement) if version.judgement else _rederived(version, noted)
    return VersionVerdict(
        version.model_version,
        version.run_id,
        version.name,
        use,
        judged.tone(use),
        judged.sentence(use),
        judged,
        version.sample,
    )


def _rederived(version: ModelVersion, noted: runs.Events) -> Judgement:
    """The judgement of a version of an earlier release, from what its training noted: cross-validated."""
    evaluated = noted.get((version.run_id, "Evaluated"))
    evaluation: Mapping[str, Any] = evaluated["evaluation"] if evaluated else {"metrics": version.metrics}
    metrics = {name: Metric.from_json(found) for name, found in evaluation["metrics"].items()}
    measured = "roc_auc"  # the differences to the simple rules were noted in it alone
    baselines = {
        name: Metric.from_json(found[measured])
        for name, found in evaluation.get("baselines", {}).items()
        if name in SIMPLE_RULES and measured in found
    }
    values = {name: found.value for name, found in baselines.items() if found.value is not None}
    rule = max(values, key=values.__getitem__, default=None)
    gain = evaluation.get("differences", {}).get(rule) or (
        evaluation.get("versus_length") if rule == "length_only" else None
    )
    figures = Figures(
        Basis.CROSS_VALIDATED,
        answers=evaluation.get("n", version.n),
        questions=evaluation.get("prompts", version.prompts),
        measure=measured,
        right_order=metrics.get(measured, _EARLIER),
        accuracy=metrics.get("accuracy", _EARLIER),
        better_pick=_EARLIER,
        rule=rule,
        rule_order=_EARLIER if rule is None else baselines[rule],
        gain=_EARLIER if gain is None else Metric.from_json(gain),
        length_gap=_EARLIER,
    )
    judged = noted.get((version.run_id, "Judged"), {})
    ended = noted.get((version.run_id, "Registered"), {})
    gate = _gate(judged, ended, evaluation, metrics)
    reason = ended.get("reason") or judged.get("reason") or "Trained with an earlier release."
    return Judgement(figures, gate, reason, judged.get("unseen_prompts"), one_person=False)


def _gate(
    judged: Mapping[str, Any], ended: Mapping[str, Any], evaluation: Mapping[str, Any], metrics: Mapping[str, Metric]
) -> Gate:
    """Where a version of an earlier release stopped, by the rule of then, which knew no best length."""
    if ended.get("promoted"):
        return Gate.PASSED
    if judged.get("promoted"):
        return Gate.MOVED
    versus_length = evaluation.get("versus_length")
    if versus_length is None or not judged:
        return Gate.NOT_ESTIMABLE
    passed = Metric(1.0, 1.0, 1.0)
    first = judge_first(metrics.get("roc_auc", _EARLIER), Metric.from_json(versus_length), passed)
    if not first.promoted:
        return first.gate
    versus = Metric.from_json(judged["versus_champion"]) if judged.get("versus_champion") else _EARLIER
    unseen = judged.get("unseen_prompts")
    return judge_challenger(
        metrics["roc_auc"], Metric.from_json(versus_length), passed, versus, unseen_questions=unseen
    ).gate
