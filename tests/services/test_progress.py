"""What the work bought and when to train again: comparable figures or an honest sentence."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.errors import BadInput
from core.domain.metrics import Metric
from core.domain.retraining import RetrainSettings
from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.services.training import retraining
from core.store.tables import Audit, ModelVersion, Run
from core.store.training import runs, versions
from tests import looked
from tests.databases import added, rater


@pytest.fixture
def lea(workspace):
    """A lead who also rates."""
    return rater(workspace, "Lea")


def rated(workspace, user, number: int) -> None:
    for _ in range(number):
        looked.rate(workspace, user, added(workspace, response=f"answer {datetime.now(UTC).timestamp()}"), 4)


def auc(value: float, low: float | None = None, high: float | None = None) -> dict:
    return {"roc_auc": Metric(value, low, high).to_json()}


def trained(
    workspace, metrics: dict, *, recipe: str = "pair", held_out: dict | None = None, days_ago: float = 0
) -> str:
    """A finished training with these figures."""
    with workspace.store.write() as session:
        run = runs.start(session, recipe, 0, "Lea", "elsewhere:1")
        name = f"v{run.run_id}"
        versions.add(
            session,
            ModelVersion(
                model_version=name,
                run_id=run.run_id,
                recipe=recipe,
                sha256="0" * 64,
                n=50,
                prompts=20,
                metrics=metrics,
                held_out=held_out,
            ),
        )
        runs.finish(session, run.run_id, "finished", "done", model_version=name)
        kept = session.get(Run, run.run_id, populate_existing=True)
        kept.started_at = kept.finished_at = datetime.now(UTC) - timedelta(days=days_ago)
    return name


def test_without_a_model_nothing_is_claimed(workspace, lea):
    """Raters are told so in words."""
    rated(workspace, lea, 2)
    assert retraining.rating_impact(workspace, COMMAND_LINE).startswith("No model was trained on these ratings yet")


def test_a_first_model_has_nothing_to_compare_with(workspace, lea):
    """Its figure, and that the next one will tell."""
    rated(workspace, lea, 2)
    trained(workspace, auc(0.71, 0.66, 0.76))
    assert "first model" in retraining.rating_impact(workspace, COMMAND_LINE)
    assert "higher 71 times of 100 [66, 76]." in retraining.rating_impact(workspace, COMMAND_LINE)


def test_ratings_between_two_trainings_and_what_they_changed(workspace, lea):
    """The number since the day of the earlier one, both figures, the interval of the new one."""
    trained(workspace, auc(0.71), days_ago=3)
    rated(workspace, lea, 4)
    trained(workspace, auc(0.80, 0.75, 0.85))
    day = f"{(datetime.now().astimezone() - timedelta(days=3)):%A}"
    assert (
        retraining.rating_impact(workspace, COMMAND_LINE)
        == f"4 ratings since {day}: on questions it had not seen, the good one of a good and a poor answer was scored "
        "higher 71 times of 100 before and 80 times of 100 [75, 85] now."
    )


def test_a_change_within_the_interval_is_called_what_it_is(workspace, lea):
    """No progress is claimed where chance explains the difference."""
    trained(workspace, auc(0.71), days_ago=3)
    rated(workspace, lea, 1)
    trained(workspace, auc(0.73, 0.68, 0.78))
    assert retraining.rating_impact(workspace, COMMAND_LINE).endswith(
        "73 times of 100 [68, 78] now; the difference is no larger than chance makes it."
    )


def test_kept_apart_prompts_are_the_better_ground(workspace, lea):
    """Where both were measured on all of the same prompts, those figures count; else the out-of-fold ones."""
    rated(workspace, lea, 1)
    ground = {"n": 40, "prompts": 12, "prompts_seen": 0}
    trained(workspace, auc(0.9), held_out=ground | {"metrics": auc(0.70)}, days_ago=3)
    trained(workspace, auc(0.9), held_out=ground | {"metrics": auc(0.80, 0.75, 0.85)})
    assert f"on questions kept apart, {retraining.OF_TWO} was scored higher 70 times of 100 before and 80" in (
        retraining.rating_impact(workspace, COMMAND_LINE)
    )
    rated(workspace, lea, 2)
    trained(workspace, auc(0.95), held_out={"n": 30, "prompts": 9, "prompts_seen": 3, "metrics": auc(0.6)})
    assert f"on questions it had not seen, {retraining.OF_TWO} was scored higher 90 times of 100 before and 95" in (
        retraining.rating_impact(workspace, COMMAND_LINE)
    )


def test_two_trainings_on_the_same_ratings_tell_nothing(workspace, lea):
    """Other seeds give other figures: these are no change that ratings made."""
    trained(workspace, auc(0.6), days_ago=3)
    trained(workspace, auc(0.8))
    rated(workspace, lea, 1)
    assert retraining.rating_impact(workspace, COMMAND_LINE).startswith("Nothing was rated between")


def test_another_recipe_is_no_comparison(workspace, lea):
    """A first model of its kind says so, whatever came before."""
    rated(workspace, lea, 1)
    trained(workspace, auc(0.6), recipe="concat", days_ago=3)
    trained(workspace, auc(0.8))
    assert "first model of its kind" in retraining.rating_impact(workspace, COMMAND_LINE)


def test_what_could_not_be_measured_is_said(workspace, lea):
    """No figure, no claim."""
    trained(workspace, {"roc_auc": Metric(None, reason="one class").to_json()}, days_ago=3)
    rated(workspace, lea, 1)
    trained(workspace, auc(0.8))
    assert "nothing can be said about what they changed" in retraining.rating_impact(workspace, COMMAND_LINE)


@pytest.mark.parametrize(
    "new,days,expected",
    [(99, 1, None), (100, 1, (100, 1)), (0, 60, None), (1, 29.5, None), (1, 30.5, (1, 30))],
    ids=["too few", "enough ratings", "days alone", "too early", "a month and one"],
)
def test_a_training_is_due_after_ratings_or_days(workspace, lea, new, days, expected):
    """100 new ratings, or 30 days with at least one."""
    trained(workspace, auc(0.7), days_ago=days)
    rated(workspace, lea, new)
    due = retraining.due(workspace, lea)
    assert (None if due is None else (due.ratings, due.days)) == expected


def test_nothing_is_due_before_the_first_model(workspace, lea):
    """Home's next step says what to do until then."""
    rated(workspace, lea, 3)
    assert retraining.due(workspace, lea) is None


def test_a_lead_sets_when_to_be_reminded(workspace, lea):
    """Kept in the database and in the record; nonsense and other roles are refused."""
    trained(workspace, auc(0.7))
    rated(workspace, lea, 5)
    retraining.change_settings(workspace, lea, RetrainSettings(5, 90))
    assert retraining.due(workspace, lea).ratings == 5
    with workspace.store.read() as session:
        assert session.query(Audit).filter_by(action="changed reminder").one().new == {"ratings": 5, "days": 90}
    with pytest.raises(BadInput, match="Nothing was changed"):
        retraining.change_settings(workspace, lea, RetrainSettings(0, 30))
    with pytest.raises(NotAllowed):
        retraining.change_settings(workspace, User(lea.rater_id, "Lea", Role.SME), RetrainSettings())
