"""The latest training's forecast of what more ratings bring, and whether they bring anything."""

from dataclasses import dataclass

from core.domain.metrics import Metric
from core.reward.recipes.registry import PAIR, TRANSFORMER
from core.reward.training.events import STORED_NAMES, Evaluated, Reported
from core.store.database import Session
from core.store.training import runs

HARDLY = 0.01
"""A forecast that moves by less than this (one of 100 pairs of a good and a poor answer) is flat."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The latest finished training on this kind of data (sample or own)."""

    run_id: int
    n: int
    """Rated answers that it learned from."""
    more: int | None
    """About how many more ratings are likely to show that it is better than the length of the answer."""
    forecast: tuple[tuple[int, Metric], ...]
    """ROC AUC by number of ratings, from the present number to twice as many; empty where ``no_forecast`` says why."""
    no_forecast: str | None
    kept_apart: int = 0
    """Answers that were rated already, and that it did not learn from."""

    def at(self, ratings: int) -> tuple[int, Metric] | None:
        """The forecast nearest to a number of ratings, never beyond what was forecast."""
        ahead = [point for point in self.forecast if point[1].value is not None]
        return min(ahead, key=lambda point: abs(point[0] - ratings)) if ahead else None

    def flat(self, rated: int) -> bool:
        """Whether more ratings of this kind will hardly change the model, now that ``rated`` answers are rated.

        So it is where from the first to the last forecast neither the value nor an end of its interval moves by
        ``HARDLY`` or more, and no number of ratings is known that would settle whether it beats length. An interval
        that still moves says that some of the resampled data rise. Beyond the last forecast nothing is known.
        """
        if self.more is not None or len(self.forecast) < 2 or rated - self.kept_apart > self.forecast[-1][0]:
            return False
        first, last = self.forecast[0][1], self.forecast[-1][1]
        moves = [
            (before, after)
            for before, after in ((first.value, last.value), (first.low, last.low), (first.high, last.high))
            if before is not None and after is not None
        ]
        return len(moves) == 3 and all(abs(after - before) < HARDLY for before, after in moves)


def latest_training(session: Session, *, sample: bool) -> Outlook | None:
    """Read the forecast of the latest training that made a model; None before the first.

    Of the recommended recipe, if there is one: a later training of the baseline says less about the ratings.
    """
    run = runs.latest_with_model(session, sample=sample, recipe=PAIR.name)
    if run is None:
        return None
    kinds = STORED_NAMES[Evaluated], STORED_NAMES[Reported]
    noted = runs.last_events(session, [run.run_id], kinds)
    evaluated, reported = (noted.get((run.run_id, kind)) for kind in kinds)
    if evaluated is None:
        return None
    curve = reported["report"].get("curve", {}) if reported else {}
    if run.recipe == TRANSFORMER.name:
        curve = curve | {"reason": "The deep method makes no forecast. Train with the usual method to get one."}
    return Outlook(
        run.run_id,
        (run.result or {}).get("n", evaluated["evaluation"]["n"]),
        curve.get("more"),
        tuple((point["n"], Metric.from_json(point["auc"])) for point in curve.get("forecast", ())),
        curve.get("reason") or (None if curve else "This training was made before forecasts were kept: train again."),
        kept_apart=((run.result or {}).get("held_out") or {}).get("n", 0),
    )
