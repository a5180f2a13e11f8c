"""The latest training's figures, and its forecast of what more ratings bring."""

from dataclasses import dataclass

from core.domain.metrics import Metric
from core.reward.recipes.registry import PAIR
from core.reward.training.events import STORED_NAMES, Evaluated, Reported
from core.services.training.readiness_checks import Latest
from core.store.database import Session
from core.store.training import runs


@dataclass(frozen=True, slots=True)
class Outlook:
    """The latest finished training on this kind of data (sample or own)."""

    latest: Latest
    forecast: tuple[tuple[int, Metric], ...]
    """ROC AUC by number of ratings, from the present number to twice as many; empty where ``no_forecast`` says why."""
    no_forecast: str | None
    kept_apart: int = 0
    """Answers that were rated already, and that it did not learn from."""

    def at(self, ratings: int) -> tuple[int, Metric] | None:
        """The forecast nearest to a number of ratings, never beyond what was forecast."""
        ahead = [point for point in self.forecast if point[1].value is not None]
        return min(ahead, key=lambda point: abs(point[0] - ratings)) if ahead else None


def latest_training(session: Session, *, sample: bool) -> Outlook | None:
    """Read the figures of the latest training that made a model; None before the first.

    Of the recommended recipe, if there is one: a later training of the baseline says less about the ratings.
    """
    run = runs.latest_with_model(session, sample=sample, recipe=PAIR.name)
    evaluated = None if run is None else runs.last_event(session, run.run_id, STORED_NAMES[Evaluated])
    if run is None or evaluated is None:
        return None
    evaluation = evaluated["evaluation"]
    auc, versus_length = (
        Metric.from_json(evaluation["metrics"]["roc_auc"]),
        Metric.from_json(evaluation["versus_length"]),
    )
    reported = runs.last_event(session, run.run_id, STORED_NAMES[Reported])
    report = reported["report"] if reported else {}
    curve = report.get("curve", {})
    latest = Latest(run.run_id, evaluation["n"], auc, versus_length, curve.get("more"))
    return Outlook(
        latest,
        tuple((point["n"], Metric.from_json(point["auc"])) for point in curve.get("forecast", ())),
        curve.get("reason") or (None if curve else "This training was made before forecasts were kept: train again."),
        kept_apart=((run.result or {}).get("held_out") or {}).get("n", 0),
    )
