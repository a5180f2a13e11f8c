"""The page around the desk: who rates, and what the component is told. What it does: test_rating_at_the_desk.py."""

from core.domain.errors import Unavailable
from core.domain.queue import Order
from core.services.people import local_names
from core.ui.shell import identity
from tests.databases import added, went_wrong
from tests.ui.conftest import TOKEN
from tests.ui.reading import desk_data, press, said


def test_nobody_rates_without_a_name(open_page, sample):
    """A new visitor sees the question for a name and no desk."""
    app = open_page("rate")
    assert "Who is rating?" in said(app)
    assert [button.key for button in app.button] == ["rate.start"]
    assert desk_data(app) == {}


def test_an_empty_name_is_refused_in_words(open_page, sample):
    """Starting without a name says what is missing and stays."""
    app = press(open_page("rate"), "rate.start")
    assert "choose or type your name" in said(app)
    assert "Who is rating?" in said(app)


def test_a_typed_name_starts_rating_and_is_remembered(open_page, sample):
    """After giving a name one rates under it, also in a new session of the same browser."""
    app = open_page("rate")
    app.text_input(key="rate.name").input("  Ana ")
    press(app, "rate.start")
    assert desk_data(app)["name"] == "Ana"
    assert desk_data(open_page("rate")) == desk_data(app)


def test_a_known_name_can_be_picked_by_another_browser(open_page, sample, ana, monkeypatch):
    """Names that exist are offered, so that one person does not become two."""
    monkeypatch.setattr(identity, "token", lambda: "another browser")
    app = open_page("rate")
    app.selectbox(key="rate.pick").select("Ana")
    press(app, "rate.start")
    assert desk_data(app)["name"] == "Ana"


def test_the_name_of_imported_ratings_cannot_be_taken(open_page, sample):
    """Names that came with data belong to that data."""
    app = open_page("rate")
    app.text_input(key="rate.name").input("sample-ana")
    press(app, "rate.start")
    assert "Please choose another" in said(app)


def test_a_browser_without_cookies_is_told_so(open_page, sample, monkeypatch):
    """Where the cookie is refused the page explains it instead of asking for the name again and again."""
    monkeypatch.setattr(identity, "token", lambda: None)
    app = open_page("rate")
    app.text_input(key="rate.name").input("Ana")
    press(app, "rate.start")
    assert "cookie" in said(app)


def test_a_name_that_was_left_is_asked_for_again(open_page, sample, ana):
    """After 'Not you?' the page asks who is rating; what was rated stays."""
    assert desk_data(open_page("rate"))
    local_names.stop_rating(sample, TOKEN)
    assert "Who is rating?" in said(open_page("rate"))


def test_the_component_is_told_the_words_of_the_scale_and_nothing_of_an_answer(open_page, sample, ana):
    """What it is told stays the same while the page is open: for another answer it would be called again."""
    data = desk_data(open_page("rate"))
    words = ["Harmful or wrong", "Poor", "Acceptable", "Good", "Excellent"]
    assert data["ratings"] == dict(zip("12345", words, strict=True))
    assert data == desk_data(open_page("rate"))
    assert not {"items", "item", "progress"} & set(data)


def test_what_users_disliked_leads_the_orders_where_there_is_some(open_page, workspace, ana):
    """It can always be chosen, and is the first choice while such an answer waits."""
    number = added(workspace)
    assert list(desk_data(open_page("rate"))["orders"])[-1] == Order.USERS
    went_wrong(workspace, {number: 2})
    orders = desk_data(open_page("rate"))["orders"]
    assert list(orders) == ["users", "oldest", "random", "session", "model"]
    assert orders["users"] == "What users disliked first"


def test_whom_the_page_was_shown_to_differs_from_person_to_person(open_page, sample, ana):
    """It is the mark by which the routes know for whom an act was meant."""
    before = desk_data(open_page("rate"))
    local_names.rate_as(sample, TOKEN, "Ben")
    after = desk_data(open_page("rate"))
    assert before["shown_to"] != after["shown_to"]
    assert before["person"] != after["person"]


def test_a_database_that_is_away_is_a_sentence(open_page, sample, ana, monkeypatch):
    """The page says what happened and offers to try again."""
    app = open_page("rate")

    def away(*_args, **_kwargs):
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(local_names, "user_of", away)
    app.run()
    assert "does not answer" in said(app)
    assert not app.exception
