"""One's own ratings: found, taken back, downloaded."""

import csv
import io

import pytest

from core.domain.errors import Conflict
from core.domain.ratings import RatingStatus
from core.domain.roles import COMMAND_LINE
from core.services.data import interactions
from core.services.review import own_ratings
from core.services.review.own_ratings import OwnFilters
from core.store.tables import Item, LegacyInteraction
from tests import looked
from tests.databases import added, rater


@pytest.fixture
def ana(workspace):
    """Rates three answers, skips one; somebody else rates one too."""
    user = rater(workspace, "Ana")
    numbers = [added(workspace, f"prompt {n}", text) for n, text in enumerate(["Öl", "100 %", "third", "fourth"])]
    looked.rate(workspace, user, numbers[0], 5, comment="=2+3")
    looked.rate(workspace, user, numbers[1], 1, bias_flag=True)
    looked.rate(workspace, user, numbers[2], 5, comment="nothing to add")
    looked.skip(workspace, user, numbers[3])
    looked.rate(workspace, rater(workspace, "Ben"), numbers[0], 2)
    return user


def found(workspace, user, **filters) -> list[str]:
    shown, total = own_ratings.listed(workspace, user, OwnFilters(**filters), page=0)
    assert total == len(shown)
    return [one.interaction.response for one in shown]


@pytest.mark.every_database
@pytest.mark.parametrize(
    "filters,answers",
    [
        ({}, ["fourth", "third", "100 %", "Öl"]),
        ({"text": "öl"}, ["Öl"]),
        ({"text": "%"}, ["100 %"]),
        ({"text": "TO ADD"}, ["third"]),
        ({"rating": 5}, ["third", "Öl"]),
        ({"status": RatingStatus.SKIPPED}, ["fourth"]),
        ({"flagged": True}, ["100 %"]),
        ({"rating": 5, "text": "prompt 0"}, ["Öl"]),
        ({"text": "nowhere"}, []),
    ],
)
def test_ratings_are_found_by_words_rating_state_and_flag(workspace, ana, filters, answers):
    """Latest first; words are found in prompt, answer and comment, and a percent sign is just a character."""
    assert found(workspace, ana, **filters) == answers


def test_thousands_are_paged(workspace, ana):
    """Each rating is on exactly one page."""
    pages = [own_ratings.listed(workspace, ana, OwnFilters(), page=page, size=3)[0] for page in range(3)]
    assert [len(page) for page in pages] == [3, 1, 0]
    assert len({one.interaction.interaction_id for page in pages for one in page}) == 4


def test_a_withdrawn_rating_no_longer_counts_and_stays_in_the_history(workspace, ana):
    """Consensus and mirror follow at once; it can be found as withdrawn, and is not taken back twice."""
    shown, _ = own_ratings.listed(workspace, ana, OwnFilters(text="Öl"), page=0)
    number = shown[0].interaction.interaction_id
    looked.withdraw(workspace, ana, number)
    with workspace.store.read() as session:
        assert session.get(Item, number).consensus == 2.0
        assert session.get(LegacyInteraction, number).rating == 2
    last = interactions.history(workspace, COMMAND_LINE, number)[-1]
    assert (last.rater, last.action, last.old, last.new) == ("Ana", "withdrawn", "5", "withdrawn")
    assert "Öl" not in found(workspace, ana)
    assert found(workspace, ana, status=RatingStatus.WITHDRAWN) == ["Öl"]
    with pytest.raises(Conflict, match="taken back already"):
        looked.withdraw(workspace, ana, number)


def test_the_download_holds_all_of_ones_own_and_runs_nothing(workspace, ana):
    """Every submitted rating of this rater, nobody else's; a comment that looks like a formula is text."""
    rows = list(csv.DictReader(io.StringIO(own_ratings.as_csv(workspace, ana).decode("utf-8-sig"))))
    assert [(row["ai_response"], row["rating"]) for row in rows] == [("Öl", "5"), ("100 %", "1"), ("third", "5")]
    assert rows[0]["feedback_comment"] == "'=2+3"
