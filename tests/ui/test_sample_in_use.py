"""What the pages say when own data is there while the model in use still is the one that learned from the sample."""

import pytest

from core.domain.roles import COMMAND_LINE
from core.services.data import interactions
from core.services.people import local_names
from core.store.tables import Item, ModelVersion
from core.store.training import versions
from tests import looked
from tests.ui.conftest import TOKEN
from tests.ui.reading import press, said

SENTENCE = "The model in use learned from the sample, not from your ratings."


def labels(app) -> dict[str, str]:
    return {button.key: button.label for button in app.button}


@pytest.fixture
def own(trained):
    """Two answers of one's own, each rated once, beside the sample and its model."""
    ana = local_names.rate_as(trained, TOKEN, "Ana")
    for answer in ("One.", "Two."):
        looked.rate(trained, ana, interactions.add(trained, COMMAND_LINE, "A question?", answer), 4)
    return trained


def test_without_own_data_nothing_is_said(open_page, trained):
    assert SENTENCE not in said(open_page())
    assert labels(open_page())["home.next"] == "Rank answers"
    assert "rerank.train" not in labels(open_page("rerank"))
    assert "models.train_own" not in labels(open_page("models"))


def test_too_few_own_ratings_say_how_many_are_needed(open_page, own):
    """On every page that names the model; the first step is to bring in more, for all are rated."""
    for page in ("home", "models", "rerank"):
        assert SENTENCE in said(open_page(page))
        assert "A model of your own needs 50 rated answers; there are 2." in said(open_page(page))
    assert labels(open_page())["home.next"] == "Import more answers"
    interactions.add(own, COMMAND_LINE, "A question?", "Three.")
    assert labels(open_page())["home.next"] == "Rate answers"


def test_enough_own_ratings_lead_to_a_training_on_them(open_page, own, monkeypatch):
    """The step counts ratings, not answers, and opens Train."""
    monkeypatch.setenv("MIN_SAMPLES_TO_TRAIN", "2")
    with own.store.read() as session:
        first = session.query(Item.interaction_id).filter_by(source="manual").limit(1).scalar()
    ben = local_names.rate_as(own, "another-browser", "Ben")
    looked.rate(own, ben, first, 5)
    assert labels(open_page())["home.next"] == "Import more answers"  # all are good: a training would be refused
    for question, rating in (("B?", 5), ("B?", 1), ("C?", 5), ("C?", 1)):
        looked.rate(own, ben, interactions.add(own, COMMAND_LINE, question, f"{rating}"), rating)
    app = open_page()
    assert SENTENCE in said(app)
    assert labels(app)["home.next"] == "Train on your 7 ratings"
    assert labels(open_page("models"))["models.train_own"] == "Train on your 7 ratings"
    rerank = open_page("rerank")
    assert labels(rerank)["rerank.train"] == "Train on your 7 ratings"
    assert "Train" in [title.value for title in press(rerank, "rerank.train").title]


def test_who_rates_is_told_and_not_led_where_they_may_not_go(open_page, own, monkeypatch):
    monkeypatch.setenv("MIN_SAMPLES_TO_TRAIN", "2")
    local_names.rate_as(own, TOKEN, "Sam")
    app = open_page("rerank")
    assert SENTENCE in said(app)
    assert "rerank.train" not in labels(app)


def test_an_own_model_that_is_not_in_use_is_named_instead_of_another_training(open_page, own):
    """Such as one that was not clearly better than length alone: the same training again would change nothing."""
    with own.store.write() as session:
        sampled = versions.champion(session)
        columns = {column.key: getattr(sampled, column.key) for column in sampled.__table__.columns}
        own_model = {"model_version": "sbert-logreg-own", "champion": None, "sample": False}
        session.add(ModelVersion(**columns | own_model))
    app = open_page()
    assert labels(app)["home.next"] == "Look at the models"
    assert "A model of your own was trained, but is not in use" in said(app)
    assert "models.train_own" not in labels(open_page("models"))
