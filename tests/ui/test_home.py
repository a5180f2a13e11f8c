"""Home: what it says and offers in each state."""

from dataclasses import replace

import pytest

from core.domain.errors import Unavailable
from core.domain.queue import MOST_COUNTED, Order, QueueFilters
from core.domain.retraining import RetrainSettings
from core.domain.roles import COMMAND_LINE, Role
from core.services.data import importing, interactions
from core.services.models.verdicts import verdict_in_use
from core.services.operations import overview
from core.services.operations.status import status
from core.services.people import accounts, local_names
from core.services.rating import queue
from core.services.training import retraining
from core.store.database import Store
from core.store.training import runs
from core.store.training.statistics import SharedRatings
from core.ui.home.figures import agreement_sentence
from core.ui.home.step import asks_for_ratings, next_step
from core.ui.shell import errors, session
from tests import looked
from tests.databases import added, rater, went_wrong
from tests.services.versions_made import made
from tests.ui.conftest import TOKEN
from tests.ui.forecasts import flatten
from tests.ui.reading import plain, press, said


def step(app) -> str:
    """The label of the one next step."""
    return next(button.label for button in app.button if button.key == "home.next")


def test_an_empty_database_offers_the_sample_and_an_import(open_page):
    """Somebody who has just started sees two ways to get answers, the sample first."""
    app = open_page()
    assert [button.key for button in app.button] == ["home.load_sample", "home.import"]
    assert "no answers yet" in said(app)


def test_the_sample_is_loaded_by_one_press_and_marked(open_page, workspace):
    """After loading it Home says that this is the sample, and what to do next."""
    app = press(open_page(), "home.load_sample")
    assert status(workspace, COMMAND_LINE).sample
    assert "This is the sample" in said(app)
    assert {metric.label: metric.value for metric in app.metric} == {
        "Rated": "184",
        "Waiting": "20",
        "Good": "92",
    }
    assert [plain(toast.value) for toast in app.toast] == ["The sample is loaded: 204 answers, 368 ratings."]


def test_the_sample_goes_only_after_a_second_press(open_page, sample):
    """Removing it takes a confirmation that says what goes, and leaves an empty database."""
    app = open_page()
    assert "yours included" in said(app)
    press(app, "home.remove_sample")
    assert status(sample, COMMAND_LINE).interactions == 0
    assert "no answers yet" in said(app)


def test_loading_the_sample_twice_is_refused_in_words(open_page, sample):
    """A press on a page that was open for long meets a database that is no longer empty: a sentence, no crash."""
    app = open_page()
    app.session_state[session.FAILURE] = errors.describe(_refusal(sample))
    assert "only be loaded into an empty database" in said(app.run())


def _refusal(workspace) -> Exception:
    with pytest.raises(Exception, match="empty database") as refused:
        importing.load_sample(workspace, COMMAND_LINE)
    return refused.value


def test_the_step_leads_to_rating_while_ratings_are_few(open_page, workspace):
    """With answers and too few ratings for a model the one primary button opens Rate."""
    interactions.add(workspace, COMMAND_LINE, "A question?", "An answer.")
    app = press(open_page(), "home.next")
    assert "Who is rating?" in said(app)


def test_the_step_leads_to_training_when_there_are_enough_ratings(open_page, sample):
    """With enough ratings and no model the primary button opens Train; rating stays offered."""
    app = open_page()
    assert "The sample has enough ratings to train a first model." in said(app)
    assert step(app) == "Train a model"
    assert "home.rate" in [button.key for button in app.button]


def test_the_model_in_use_is_its_verdict_and_leads_to_ranking(open_page, trained):
    """The one sentence with the model's name, as on every page; the sample is told apart, and Models is one press."""
    found = verdict_in_use(trained, COMMAND_LINE)
    app = open_page()
    assert f"{found.name}.** {found.sentence}" in said(app)
    assert step(app) == "Rank answers"
    assert "learned from the sample" in said(app)
    assert "Models" in [title.value for title in press(app, "home.to_models").title]


def test_nobody_is_asked_to_rate_more_where_it_hardly_helps(open_page, trained):
    """While the forecast rises rating is offered; once it is flat Home says so instead."""
    assert "home.rate" in {button.key for button in open_page().button}
    flatten(trained)
    app = open_page()
    assert "home.rate" not in {button.key for button in app.button}
    assert "More ratings of this kind will hardly change it. You can use the model as it is." in said(app)


def test_a_training_that_would_be_refused_is_not_offered(open_page, workspace, ana):
    """All ratings on one question: what is in the way is said, and the button removes it."""
    for number in range(60):
        looked.rate(workspace, ana, added(workspace, "One?", f"{number}"), 1 + 4 * (number % 2))
    app = open_page()
    assert step(app) == "Import other questions"
    assert "All rated answers are to one question" in said(app)
    other = added(workspace, "Two?", "Another.")
    app = open_page()
    assert step(app) == "Rate answers to other questions"
    press(app, "home.next")
    assert queue.preference(workspace, ana) == (Order.RANDOM, QueueFilters())
    looked.rate(workspace, ana, other, 5)
    assert "Only one question has poor answers" in said(open_page())
    looked.rate(workspace, ana, added(workspace, "Two?", "Worse."), 1)
    assert step(open_page()) == "Train a model"


def test_a_training_that_made_no_model_is_not_offered_again(open_page, workspace, ana):
    """Until a rating comes; a model that is not in use is to be looked at."""
    for number in range(60):
        looked.rate(workspace, ana, added(workspace, f"{number}?", "One."), 1 + 4 * (number % 2))
    with workspace.store.write() as session:
        run = runs.start(session, "pair", 0, ana, "here:1")
    assert step(open_page()) == "Watch the training"
    with workspace.store.write() as session:
        runs.finish(session, run.run_id, "finished", "Not estimable.", result={}, sample=False)
    app = open_page()
    assert step(app) == "Check readiness"
    assert "The latest training made no model. Not estimable." in said(app)
    looked.rate(workspace, ana, added(workspace, "Last?", "One."), 5)
    assert step(open_page()) == "Train a model"
    made(workspace, "v1")
    app = open_page()
    assert step(app) == "Look at the models"
    assert "was trained, but no model is in use." in said(app)


@pytest.mark.parametrize("flat", [False, True])
def test_the_step_follows_the_role(trained, flat):
    """A viewer ranks and is never asked to rate; an expert rates as long as that helps, then ranks."""
    if flat:
        flatten(trained)
    _, viewer, expert = (rater(trained, name) for name in ("Lea", "Vera", "Ed"))
    for user, role in ((viewer, Role.VIEWER), (expert, Role.SME)):
        accounts.set_role(trained, COMMAND_LINE, user.rater_id, role)
    steps = {}
    for user, role in ((viewer, Role.VIEWER), (expert, Role.SME)):
        user = replace(user, role=role)
        found = overview.overview(trained, user)
        steps[role] = next_step(user, found).remedy.page
        assert asks_for_ratings(user, found) is (role is Role.SME and not flat)
        assert found.agreement is None
    assert steps == {Role.VIEWER: "rerank", Role.SME: "rerank" if flat else "rate"}


def test_ratings_are_named_only_for_who_may_see_whose_they_are(workspace):
    """A lead sees everybody by name, an expert their own, a viewer the sum; of the last 14 days."""
    people = {name: rater(workspace, name) for name in ("Lea", "Ed", "Vera")}
    for role, name in ((Role.SME, "Ed"), (Role.VIEWER, "Vera")):
        accounts.set_role(workspace, COMMAND_LINE, people[name].rater_id, role)
        people[name] = replace(people[name], role=role)
    for number in range(5):
        looked.rate(workspace, people["Lea" if number < 3 else "Ed"], added(workspace, response=f"{number}"), 4)

    def given(name: str) -> dict[str, tuple[int, ...]]:
        return {one.name: one.per_day[-2:] for one in overview.overview(workspace, people[name]).given}

    assert given("Lea") == {"Lea": (0, 3), "Ed": (0, 2)}
    assert given("Ed") == {"You": (0, 2)}
    assert given("Vera") == {"Everybody": (0, 5)}


def test_ratings_of_the_last_days_are_drawn(open_page, workspace, ana):
    """By person, and one line where there are none."""
    added(workspace)
    app = open_page()
    assert not app.get("plotly_chart")
    assert "No ratings were given here in the last 14 days" in said(app)
    looked.rate(workspace, ana, added(workspace, "Two?"), 4)
    app = open_page()
    assert len(app.get("plotly_chart")) == 1
    assert "Ana: 1" in said(app)


@pytest.mark.parametrize(
    "shared, words",
    [
        (SharedRatings(0, 0, 0, 0), "no answer was rated by two people yet"),
        (SharedRatings(1, 1, 1, 1), "on the one answer that several people rated"),
        (SharedRatings(19, 19, 10, 15), "So few answers can still turn out quite differently."),
        (SharedRatings(40, 50, 31, 48), "the same rating 62 times of 100, and were at most one step apart 96 times."),
    ],
)
def test_agreement_is_one_sentence(shared, words):
    """How often two people said the same, with the number of answers behind it."""
    assert words in agreement_sentence(shared)


def test_a_password_is_never_shown(open_page, monkeypatch):
    """The database in use is named, its password is not, also when it does not answer."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://ana:secret-word@127.0.0.1:1/assay")
    app = open_page()
    assert "The database does not answer" in said(app)
    assert "What was saved is kept. This page looks again" in said(app)
    assert "secret-word" not in said(app)


def test_a_bad_setting_is_a_sentence_and_can_be_mended(open_page, monkeypatch):
    """A configuration error names the variable; after it is mended the next try works."""
    monkeypatch.setenv("MIN_SAMPLES_TO_TRAIN", "many")
    app = open_page()
    assert "MIN_SAMPLES_TO_TRAIN" in said(app)
    assert "cannot start" in said(app)
    monkeypatch.setenv("MIN_SAMPLES_TO_TRAIN", "")
    assert "no answers yet" in said(press(app, "home.again"))


def test_a_database_that_goes_away_is_a_sentence(open_page, sample, monkeypatch):
    """When the database stops answering after the start, Home says so and offers to try again."""
    app = open_page()
    with monkeypatch.context() as broken:
        broken.setattr(Store, "read", _raise(Unavailable("The database does not answer.")))
        app.run()
        assert "does not answer" in said(app)
        assert not app.exception
    assert "This is the sample" in said(press(app, "home.again"))


def test_what_nobody_foresaw_gets_a_number_and_shows_nothing_else(open_page, sample, monkeypatch, caplog):
    """An unexpected error shows a number; its text, which may be private, is neither on the page nor in the log."""
    app = open_page()
    monkeypatch.setattr(Store, "read", _raise(KeyError("the patient's name")))
    app.run()
    assert "error number" in said(app)
    assert "patient" not in said(app)
    assert "KeyError" in caplog.text  # its kind and place; the message may quote what somebody wrote
    assert "patient" not in caplog.text


def test_a_model_file_of_the_old_scripts_is_named_and_not_loaded(open_page, tmp_path, monkeypatch):
    """REWARD_MODEL_PATH as a single file: Home says to train again."""
    old = tmp_path / "reward.joblib"
    old.write_bytes(b"not a pickle")
    monkeypatch.setenv("REWARD_MODEL_PATH", str(old))
    assert "never loaded" in said(open_page())


def test_a_missing_right_shows_the_grant(open_page, sample, monkeypatch):
    """Where the old training table cannot be written, the statement for its owner is shown ready to copy."""
    monkeypatch.setattr("core.services.runtime.open_workspace", lambda: sample)
    sample.grant = "GRANT INSERT ON rlhf_reward_model_training TO assay;"
    app = open_page()
    assert [code.value for code in app.code] == [sample.grant]


def test_everything_rated_and_too_little_leads_to_more_answers(open_page, workspace, ana):
    """With all answers rated and not enough of them, the next step is to import more."""
    looked.rate(workspace, ana, interactions.add(workspace, COMMAND_LINE, "A question?", "An answer."), 4)
    assert step(open_page()) == "Import more answers"


def _raise(error: Exception):
    def fail(*_args, **_kwargs):
        raise error

    return fail


def test_a_lead_is_told_when_a_training_is_due(open_page, trained):
    """Enough new ratings since the latest training: Home says so and leads to Train; an expert is not bothered."""
    ana = local_names.rate_as(trained, TOKEN, "Ana")
    retraining.change_settings(trained, ana, RetrainSettings(ratings=2))
    assert "home.retrain" not in [button.key for button in open_page("home").button]
    for number in (1, 2):
        looked.rate(trained, ana, number, 5)
    app = open_page("home")
    assert "2 new ratings since the latest training" in said(app)
    press(app, "home.retrain")
    assert "Train" in said(app)
    accounts.set_role(trained, COMMAND_LINE, local_names.rate_as(trained, "another", "Lea").rater_id, Role.LEAD)
    accounts.set_role(trained, COMMAND_LINE, ana.rater_id, Role.SME)
    assert "home.retrain" not in [button.key for button in open_page("home").button]


def test_what_users_disliked_is_offered_to_be_rated_first(open_page, workspace, ana):
    """How many wait, and a button that sets the order, without filters that would hide them; else neither."""
    poor, bad = added(workspace, "One?", "Poor."), added(workspace, "Two?", "Bad.")
    assert "home.rate_disliked" not in {button.key for button in open_page().button}
    went_wrong(workspace, {poor: 1})
    assert "1 answer that users disliked waits: rate these first." in said(open_page())
    went_wrong(workspace, {bad: 3})
    queue.choose(workspace, ana, Order.OLDEST, QueueFilters(session_label="another"))
    app = open_page()
    assert "2 answers that users disliked wait: rate these first." in said(app)
    press(app, "home.rate_disliked")
    assert queue.preference(workspace, ana) == (Order.USERS, QueueFilters())
    assert looked.next_item(workspace, ana).interaction.interaction_id == bad


def test_very_many_disliked_answers_are_not_counted_to_the_last(open_page, workspace, monkeypatch):
    """Counting stops where a number says no more."""
    added(workspace)
    monkeypatch.setattr(queue, "disliked", lambda *_who: MOST_COUNTED + 1)
    assert "More than 10,000 answers that users disliked wait: rate these first." in said(open_page())


def test_a_queue_of_what_users_disliked_is_set_for_a_person(open_page, workspace):
    """In a browser without a name the button asks for it first."""
    went_wrong(workspace, {added(workspace): 1})
    assert "Who are you?" in said(press(open_page(), "home.rate_disliked"))
