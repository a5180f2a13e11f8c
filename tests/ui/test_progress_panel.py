"""What a lead sees of the work: ratings per person and day, who is behind, and agreement over time."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from core.domain.metrics import Metric
from core.domain.progress import RatingTarget, midnight, today
from core.domain.roles import COMMAND_LINE, Role
from core.services.people import accounts, local_names
from core.services.review import progress
from core.services.review.agreement import AgreementAt
from core.store.tables import Rater
from core.ui.quality.agreement import agreement_figure
from core.ui.quality.progress import progress_panel
from core.ui.review import tabs
from tests import looked
from tests.databases import added
from tests.ui.reading import press, said


@pytest.fixture
def panel(open_page, workspace, ana, monkeypatch):
    """The panel as Ana, a lead, sees it; Ben was added three weeks ago to rate and did not rate yet."""
    ben = local_names.rate_as(workspace, "another browser", "Ben *B*")
    accounts.set_role(workspace, COMMAND_LINE, ben.rater_id, Role.SME)
    came = midnight(today() - timedelta(weeks=3))
    with workspace.store.write() as session:
        session.execute(update(Rater).where(Rater.rater_id == ben.rater_id).values(created_at=came))
    monkeypatch.setattr(tabs, "agreement_tab", lambda page: progress_panel(page, page.current_user()))
    return open_page("review", review__tabs="Agreement")


def rows(app: AppTest) -> list[dict[str, str]]:
    """The table under the chart."""
    (table,) = app.table
    return [{str(name): str(value) for name, value in row.items()} for row in table.value.to_dict("records")]


def test_everybody_is_listed_with_each_day(panel, workspace, ana):
    """Also who rated nothing; the chart only says what the table says."""
    looked.rate(workspace, ana, added(workspace), 4)
    first, second = rows(panel.run())
    assert first["Person"] == "Ana"
    assert (first["All days"], first["Today"]) == ("1", "1")
    assert second["Person"].replace("\\", "") == "Ben *B*"
    assert set(second.values()) - {second["Person"]} == {"0"}
    assert len(first) == 2 + 14


def test_a_lead_sets_the_target_and_reads_who_is_behind(panel, workspace, ana):
    """In words, by how much; and that nobody is where nobody is."""
    app = panel.run()
    assert "No target is set" in said(app)
    app.number_input(key="quality.target").set_value(2)
    press(app, "quality.target_save")
    assert progress.get_target(workspace, COMMAND_LINE) == RatingTarget(2)
    wanted = 2 * sum((today() - timedelta(days=ago)).weekday() < 5 for ago in range(1, 14))
    assert f"Ben *B* gave none of {wanted} ratings; {wanted} are missing." in said(app)
    assert [row["Behind by"] for row in rows(app)] == ["–", f"{wanted}"]
    assert "Ana gave" not in said(app)
    accounts.set_disabled(workspace, COMMAND_LINE, local_names.rate_as(workspace, "b", "Ben *B*").rater_id, True)
    assert "Nobody is behind the target of 2 ratings" in said(app.run())


def test_where_nobody_rated_it_is_said(panel):
    """Instead of an empty chart."""
    app = panel.run()
    assert "Nobody gave a rating in the last 14 days." in said(app)
    assert not app.get("plotly_chart")


def test_agreement_is_drawn_with_its_range_oldest_first():
    """The range of each week, and room for one below zero."""
    points = [
        AgreementAt(today() - timedelta(weeks=1), Metric(-0.1, -0.4, 0.3), 12),
        AgreementAt(today(), Metric(0.5, 0.2, 0.7), 1_234),
    ]
    figure = agreement_figure(points)
    (drawn,) = figure.data
    assert drawn.x[1] == "Today"
    assert drawn.error_y.array == pytest.approx((0.4, 0.2))
    assert drawn.error_y.arrayminus == pytest.approx((0.3, 0.3))
    assert "1,234 answers" in drawn.text[1]
    assert figure.layout.yaxis.range[0] < -0.4


def test_agreement_over_time_says_the_same_as_a_table(open_page, sample, ana):
    """A row for each week that is over and for now, with the answers behind it."""
    for number in range(190, 196):
        looked.rate(sample, ana, number, number % 5 + 1)
    app = open_page("review", review__tabs="Agreement")
    shown = [table.value for table in app.table if "Answers with several ratings" in table.value.columns]
    assert len(shown) == 1
    assert len(shown[0]) == 9
    assert shown[0]["When"].iloc[0] == "Today"
    assert shown[0]["Alpha"].iloc[-1] == "too few answers"
