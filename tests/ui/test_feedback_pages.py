"""Models and Quality say what users said: figures with ranges, and for leads what they wrote."""

from datetime import date, timedelta

import pytest

from core.domain.metrics import Metric
from core.domain.outcomes.results import By, Line
from core.services.outcomes.results import Figure, Outcome
from core.store.outcomes import demo
from core.store.tables import Reranking
from core.ui.outcomes.format import feedback_cell
from core.ui.quality.from_users import weeks_figure
from core.ui.shell.navigation import QualityTab
from tests.databases import added
from tests.services.test_outcomes_results import MONDAY, by_users, given, keep
from tests.services.versions_made import made
from tests.ui.reading import plain, press, said


@pytest.fixture
def in_use(workspace):
    """A model in use, without a training."""
    made(workspace, "v1", champion=True)
    return workspace


def tables(app) -> list[list[dict[str, str]]]:
    """Those with feedback in them, as they are read."""
    found = [table.value.to_dict("records") for table in app.table if "Thumbs up" in table.value.columns]
    return [[{name: plain(str(cell)) for name, cell in row.items()} for row in rows] for rows in found]


def test_a_figure_is_said_with_its_range_and_what_it_rests_on():
    """As a sentence for a table's cell; where answers were not counted, only how many had feedback."""

    def cell(metric: Metric, kind: str = "thumb", of: int = 9_400) -> str:
        return feedback_cell(Outcome(Line("v1"), of, {kind: Figure(metric, 212, 0)}), kind)

    share = Metric(0.71, 0.66, 0.75)
    assert cell(share) == "71 % [66, 75], 212 of 9,400 answers"
    assert cell(share, of=0) == "71 % [66, 75], 212 answers"
    assert cell(share, "chosen") == "71 % [66, 75], 212 of 9,400 rankings"
    assert cell(Metric(3.9, 3.71, 4.12), "score") == "3.90 [3.71, 4.12], 212 of 9,400 answers"
    few = Metric(None, reason="too few to say: 12 of 20 users")
    assert cell(few) == "too few to say: 12 of 20 users, 212 of 9,400 answers"


def test_models_shows_each_version(open_page, in_use, ana):
    """And says that this is no rating, whose words they are, and where nobody was named."""
    keep(in_use, by_users(30, 10))
    keep(in_use, by_users(3, 2, model_version="v0"))
    keep(in_use, by_users(5, 5, user_hash=None, model_version="v0"))
    given(in_use, "v1", 400)
    app = open_page("models")
    ((first, second),) = tables(app)
    assert plain(first["Model"]).startswith("Model 1, ")
    assert first["Thumbs up"].startswith("75 % [6")
    assert first["Thumbs up"].endswith("], 40 of 400 answers")
    assert second == {"Model": "v0", "Thumbs up": "too few to say: 6 of 20 users and questions, 15 answers"}
    text = said(app)
    assert "Feedback is never a rating" in text
    assert "sent by shop" in text
    assert "No user was named with 10 of 55 pieces of feedback" in text


def test_made_feedback_is_called_made_up(open_page, in_use, ana):
    """Beside each figure that it is in, also where it is looked at in another way, and only where it is there."""
    keep(in_use, by_users(30, 10))

    def marked() -> list[int]:
        pages = (
            open_page("models"),
            open_page("quality", topic=QualityTab.FROM_USERS),
            open_page("quality", topic=QualityTab.FROM_USERS, quality__feedback_by=By.GENERATOR),
        )
        return [said(app).count("are made up") for app in pages]

    assert marked() == [0, 0, 0]
    with in_use.store.write() as session:
        asked = {"application": demo.APPLICATION, "rerank_id": demo.ranking_id(1), "source": "api"}
        session.add(Reranking(**asked, candidates=2, milliseconds=1, fallback=False))
    assert marked() == [2, 1, 1]


def test_by_first_answer_it_is_no_test(open_page, in_use, ana):
    """The split is there when asked for, and marked."""
    keep(in_use, by_users(15, 10, first_replaced=True))
    keep(in_use, by_users(20, 5, first_replaced=False))
    app = open_page("models", models__feedback_replaced=True)
    _, apart = tables(app)
    assert [(row["Ranking"], row["Thumbs up"][:4]) for row in apart] == [
        ("Put another first", "60 %"),
        ("Kept the first", "80 %"),
    ]
    assert "Different questions, not a test" in said(app)


def test_before_the_first_it_says_how_to_send(open_page, in_use, ana):
    """With the way to a key, on both pages."""
    app = open_page("models")
    assert "POST /v1/feedback" in said(app)
    assert "models.feedback_keys" in {button.key for button in app.button}
    app = open_page("quality", topic=QualityTab.FROM_USERS)
    assert "POST /v1/feedback" in said(app)
    assert "What users wrote" not in said(app)


def test_quality_shows_weeks_and_what_users_wrote(open_page, workspace, ana):
    """The latest week first; by version or by what wrote the answers; comments masked, with the way to the answer."""
    number = added(workspace)
    keep(workspace, by_users(15, 10))
    keep(workspace, by_users(20, 5, at=MONDAY - timedelta(days=1)))
    keep(
        workspace,
        by_users(
            6,
            19,
            generator="gpt *5*",
            rerank_id=None,
            model_version=None,
            interaction_id=number,
            comment="Call Mr. Smith, 555-123-4567",
        ),
    )
    app = open_page("quality", topic=QualityTab.FROM_USERS)
    ((this, last),) = tables(app)
    assert (this["Week from"], this["Model"], this["Thumbs up"][:4]) == (f"{MONDAY:%d %b %Y}", "v1", "60 %")
    assert last["Thumbs up"][:4] == "80 %"
    text = said(app)
    assert "Thumb down" in text
    assert "Smith" not in text
    assert "4567" not in text
    links = [(link.proto.label, link.proto.query_string) for link in app.get("page_link")]
    assert links == [(f"Answer {number}", f"answer={number}")] * 20
    app = open_page("quality", topic=QualityTab.FROM_USERS, quality__feedback_by=By.GENERATOR)
    ((one,),) = tables(app)
    assert (one["Written by"], one["Thumbs up"][:4]) == ("gpt *5*", "24 %")


def test_more_comments_are_shown_when_asked_for(open_page, workspace, ana):
    """Twenty at first."""
    keep(workspace, [{"comment": f"number {n}."} for n in range(25)])
    app = open_page("quality", topic=QualityTab.FROM_USERS)
    assert "number 24." in said(app)
    assert "number 4." not in said(app)
    press(app, "quality.feedback_more")
    assert "number 0." in said(app)
    assert "quality.feedback_more" not in {button.key for button in app.button}


def test_the_figure_draws_the_names_with_the_most_feedback_oldest_week_first():
    """With ranges, and each told apart by its mark too."""
    weeks = [date(2026, 11, 23), date(2026, 11, 16)]

    def outcome(name: str, week: date, words: int) -> Outcome:
        return Outcome(Line(name, week=week), 100, {"thumb": Figure(Metric(0.5, 0.4, 0.7), words, 0)})

    found = [outcome(f"v{n}", week, 20 + n) for n in range(7) for week in weeks]
    figure = weeks_figure(found, "thumb", By.VERSION, {"v6": "Model 7, 28 Nov"})
    assert [line.name for line in figure.data] == ["Model 7, 28 Nov", "v5", "v4", "v3", "v2"]
    assert figure.data[0].x == ("16 Nov", "23 Nov")
    assert figure.data[0].error_y.array == pytest.approx((0.2, 0.2))
    assert len({line.marker.symbol for line in figure.data}) == 5
