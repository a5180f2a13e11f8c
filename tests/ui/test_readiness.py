"""Readiness: what is there, what it means, and the next step."""

import datetime as dt

import pytest
from sqlalchemy import text

from core.domain.errors import Unavailable
from core.domain.metrics import Metric
from core.domain.queue import Order, QueueFilters, QueueSettings
from core.domain.roles import COMMAND_LINE
from core.services.data import interactions
from core.services.models.verdicts import verdict_in_use
from core.services.people import local_names
from core.services.rating import queue
from core.services.training.forecast import Outlook
from core.store.database import Store
from core.store.rating.queue import preference
from core.ui.training.readiness import MANY_RATERS, forecast_sentence, ratings_by_value, ratings_per_day
from tests import looked
from tests.databases import rater
from tests.ui.conftest import TOKEN
from tests.ui.forecasts import flatten
from tests.ui.reading import press, said

pytestmark = pytest.mark.slow


def test_nothing_at_all_leads_to_the_start(open_page):
    """Without answers there is nothing to judge."""
    app = open_page("readiness")
    assert "nothing to judge" in said(app)
    assert [button.key for button in app.button] == ["readiness.home"]


def test_unrated_answers_lead_to_rating(open_page, workspace):
    """With answers and no rating the page says how many are needed."""
    interactions.add(workspace, COMMAND_LINE, "A question?", "An answer.")
    app = open_page("readiness")
    assert "from 50 rated answers" in said(app)
    assert "Who is rating?" in said(press(app, "readiness.rate"))


def test_the_sample_shows_stages_checks_and_counts(open_page, sample):
    """Three thresholds with what they mean; what is fine and the figures are folded, nothing blocks."""
    app = open_page("readiness")
    text = said(app)
    assert [(box.label, box.proto.expanded) for box in app.expander] == [
        ("What is fine", False),
        ("The ratings in figures", False),
    ]
    assert "Nothing stands in the way of a training" in text
    for words in ("50 rated", "200 rated", "500 rated", "184 of 200", "Fine", "92 good, 92 not good", "Sample data"):
        assert words in text + "".join(bar.proto.text for bar in app.get("progress"))
    assert len(app.get("plotly_chart")) == 2


def test_no_accuracy_is_promised(open_page, sample):
    """What a number of ratings will bring is not known beforehand, so nothing is said about it."""
    texts = [caption.value for caption in open_page("readiness").caption]
    assert not [text for text in texts for promise in ("70", "80", "90", "accuracy of") if promise in text]


def test_what_stands_in_the_way_comes_first_and_leads_to_rating(open_page, workspace, ana):
    """A single rated answer: the blockers are named with what to do."""
    looked.rate(workspace, ana, interactions.add(workspace, COMMAND_LINE, "A question?", "An answer."), 5)
    interactions.add(workspace, COMMAND_LINE, "A question?", "Another answer.")
    app = open_page("readiness")
    assert "In the way" in said(app)
    keys = [button.key for button in app.button]
    assert keys[:3] == [f"readiness.fix.{code}" for code in ("enough_ratings", "both_classes", "enough_prompts")]
    assert "readiness.train" not in keys
    assert "Nothing was trained on these ratings yet" in said(app)
    assert "Who is rating?" not in said(press(app, "readiness.fix.enough_prompts"))


def test_a_remedy_sets_the_queue_that_helps(open_page, workspace, ana):
    """Ratings of one session only: the button opens Rate with the neglected session chosen for this person."""
    for number in range(52):
        interactions.add(workspace, COMMAND_LINE, f"Question {number}?", "An answer.")
    with workspace.store.write() as store:
        store.execute(
            text("UPDATE assay_items SET session_label = CASE WHEN interaction_id < 51 THEN 'a' ELSE 'b' END")
        )
    for number in range(1, 51):
        looked.rate(workspace, ana, number, 1 + number % 5)
    press(open_page("readiness"), "readiness.fix.several_sessions")
    with workspace.store.read() as store:
        _, filters = preference(store, ana.rater_id)
    assert filters.session_label == "b"


def test_what_more_ratings_may_bring_stands_beside_the_verdict(open_page, trained):
    """The sentence on the model that every page says, how many answers it stood on, and the forecast."""
    text = said(open_page("readiness"))
    found = verdict_in_use(trained, COMMAND_LINE)
    assert f"{found.name}.** {found.sentence}" in text
    assert "on 184 rated answers." in text
    assert "Forecast: with about" in text or "There is no forecast" in text
    assert "ROC AUC" not in text


def test_where_more_hardly_helps_none_are_asked_for(open_page, trained):
    """The page says what could help in their place, and offers nothing that leads to rating more of the same."""
    assert "readiness.rate" in {button.key for button in open_page("readiness").button}
    flatten(trained)
    app = open_page("readiness")
    assert "More ratings of this kind will hardly change it." in said(app)
    keys = {button.key for button in app.button}
    assert "readiness.import" in keys
    assert not keys & {"readiness.rate", "readiness.fix.pairs"}


@pytest.mark.parametrize(
    "threshold, words",
    [
        (500, "about 400 rated answers like these it tells a good answer from a poor one about 4 times of 100 more"),
        (250, "about 250 rated answers like these it tells a good answer from a poor one about 2 times of 100 more"),
        (None, "Forecast: with about 400"),
    ],
)
def test_the_forecast_is_a_sentence(threshold, words):
    """At the next threshold where it reaches that far, else as far as it goes, as a rise."""
    ahead = ((200, Metric(0.8, 0.75, 0.85)), (250, Metric(0.82, 0.79, 0.86)), (400, Metric(0.84, 0.8, 0.88)))
    said = forecast_sentence(Outlook(1, 200, None, ahead, None), 200, threshold)
    assert words in said
    settled = forecast_sentence(Outlook(1, 200, 120, ahead, None), 200, threshold)
    assert settled.endswith("About 120 more ratings may show whether it is better than the length of the answer.")


def test_without_a_forecast_the_reason_is_said():
    """Too little data is a result."""
    assert "There is no forecast: too few questions." in forecast_sentence(
        Outlook(1, 60, None, (), "too few questions."), 60, 200
    )


def test_a_database_that_is_away_is_a_sentence(open_page, sample, monkeypatch):
    """The page says so and offers to try again."""
    app = open_page("readiness")

    def fail(_self):
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(Store, "read", fail)
    app.run()
    assert "does not answer" in said(app)
    assert [button.key for button in app.button] == ["readiness.again"]


def test_ratings_are_drawn_in_their_class():
    """Half ratings (a median) are kept, and good begins where the setting says."""
    drawn = ratings_by_value({5.0: 1, 3.5: 2, 4.0: 3}, good_from=4)
    assert {bars.name: dict(zip(bars.x, bars.y, strict=True)) for bars in drawn.data} == {
        "Good": {"4": 3, "5": 1},
        "Not good": {"3.5": 2},
    }
    assert drawn.layout.xaxis.categoryarray == ("3.5", "4", "5")


def test_many_raters_are_drawn_together():
    """More raters than colours: the most active have their own, the rest are 'others'."""
    days = [dt.date(2026, 11, 1), dt.date(2026, 11, 2)]
    drawn = ratings_per_day([(day, f"rater {n}", n) for day in days for n in range(1, 11)])
    assert [bars.name for bars in drawn.data] == [*(f"rater {n}" for n in range(10, 4, -1)), "others"]
    assert len({bars.marker.color for bars in drawn.data}) == MANY_RATERS + 1
    assert drawn.data[-1].y == (10, 10)
    assert sum(sum(bars.y) for bars in drawn.data) == 110


def test_a_further_person_gets_the_queue_that_the_link_promises(open_page, workspace, ana):
    """All ratings are Ben's, and nothing waits: the link opens what he rated, and after Ana's rating both count."""
    ben = rater(workspace, "Ben")
    numbers = [interactions.add(workspace, COMMAND_LINE, f"Question {n}?", "An answer.") for n in range(3)]
    queue.change_settings(workspace, COMMAND_LINE, QueueSettings(overlap=0))
    for number in numbers:
        looked.rate(workspace, ben, number, 3 + number % 2)
    assert looked.next_item(workspace, ana) is None
    press(open_page("readiness"), "readiness.fix.several_raters")
    assert queue.preference(workspace, ana) == (Order.OLDEST, QueueFilters(second=True))
    while (shown := looked.next_item(workspace, ana)) is not None:
        looked.rate(workspace, ana, shown.interaction.interaction_id, 4)
    assert {interactions.load(workspace, COMMAND_LINE, number).n_ratings for number in numbers} == {2}


def test_whoever_has_no_name_yet_is_asked_before_the_queue_is_set(open_page, workspace):
    """The link of a fresh browser would lead to an empty desk: a queue is set for a person."""
    ben = rater(workspace, "Ben")
    queue.change_settings(workspace, COMMAND_LINE, QueueSettings(overlap=0))
    looked.rate(workspace, ben, interactions.add(workspace, COMMAND_LINE, "A question?", "An answer."), 4)
    app = press(open_page("readiness"), "readiness.fix.several_raters")
    assert "Who are you?" in said(app)
    app.text_input(key="rate.name").set_value("Ana")
    press(press(app, "rate.start"), "readiness.fix.several_raters")
    ana = local_names.rate_as(workspace, TOKEN, "Ana")
    assert queue.preference(workspace, ana) == (Order.OLDEST, QueueFilters(second=True))
    assert looked.next_item(workspace, ana) is not None


def test_the_next_pair_is_offered_where_one_waits(open_page, workspace, ana):
    """The link opens the unrated answers beside rated ones, and is not there before there are any."""
    looked.rate(workspace, ana, interactions.add(workspace, COMMAND_LINE, "A question?", "An answer."), 5)
    interactions.add(workspace, COMMAND_LINE, "Another question?", "An answer.")
    app = open_page("readiness")
    assert "readiness.fix.pairs" not in {button.key for button in app.button}
    beside = interactions.add(workspace, COMMAND_LINE, "A question?", "Another answer.")
    press(open_page("readiness"), "readiness.fix.pairs")
    assert queue.preference(workspace, ana) == (Order.MODEL, QueueFilters(pair=True))
    assert queue.left(workspace, ana) == 1
    assert looked.next_item(workspace, ana).interaction.interaction_id == beside
