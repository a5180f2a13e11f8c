"""Starting Assay on a database of the old application: everything is kept, and its ratings count."""

import re

import pytest

from core.domain.roles import COMMAND_LINE
from core.services.data import interactions
from core.services.models import models
from core.services.operations.status import status
from core.store.interactions import legacy
from core.store.tables import Item, LegacyInteraction, Rater, Rating, RatingEvent
from tests import looked
from tests.databases import LEGACY_NAMES, LEGACY_TABLES, SHARED, rater


def items(workspace):
    with workspace.store.read() as session:
        return {
            item.interaction_id: (item.consensus, item.n_ratings, item.source)
            for item in session.query(Item).order_by(Item.interaction_id)
        }


def ratings_of(workspace, interaction_id):
    with workspace.store.read() as session:
        rows = session.query(Rater.name, Rating).join(Rating, Rating.rater_id == Rater.rater_id)
        found = rows.filter(Rating.interaction_id == interaction_id).order_by(Rater.name).all()
        return [(name, str(r.status), r.rating, r.comment, r.bias_flag) for name, r in found]


def test_starting_keeps_every_row_and_column(legacy_database, opened):
    """The old application's three tables hold exactly the same after Assay started on them once and twice."""
    before = legacy_database.dump(*LEGACY_NAMES)
    opened()
    assert legacy_database.dump(*LEGACY_NAMES) == before
    opened().pick_up(at_once=True)
    assert legacy_database.dump(*LEGACY_NAMES) == before


def test_old_ratings_become_ratings_of_legacy(legacy_database, opened):
    """Every row that had a rating counts with it, under the rater ``legacy``; rows without one are unrated."""
    workspace = opened()
    assert items(workspace) == {
        1: (5.0, 1, "legacy"),
        2: (2.0, 1, "legacy"),
        3: (4.0, 1, "legacy"),
        4: (None, 0, "legacy"),
        5: (None, 0, "legacy"),
        6: (3.0, 1, "legacy"),
        7: (3.0, 1, "legacy"),
        8: (5.0, 1, "legacy"),
        9: (None, 0, "legacy"),
    }
    assert ratings_of(workspace, 1) == [("legacy", "submitted", 5, "clear", False)]
    assert ratings_of(workspace, 2) == [("legacy", "submitted", 2, None, True)]
    assert ratings_of(workspace, 3) == [("legacy", "submitted", 4, None, False)]
    assert ratings_of(workspace, 4) == [("legacy", "noted", None, None, True)]
    assert ratings_of(workspace, 5) == []
    assert ratings_of(workspace, 9) == [("legacy", "noted", None, "only a remark", False)]
    found = status(workspace, COMMAND_LINE)
    assert (found.interactions, found.rated, found.unrated, found.good) == (9, 6, 3, 3)


def test_adopted_ratings_keep_their_time(legacy_database, opened):
    """A rating of the old application bears the time at which it was written, taken as UTC."""
    workspace = opened()
    with workspace.store.read() as session:
        (when,) = session.query(Rating.updated_at).filter(Rating.interaction_id == 1).one()
        (event,) = session.query(RatingEvent).filter(RatingEvent.interaction_id == 1).all()
    assert when.isoformat() == "2025-11-01T10:02:00+00:00"
    assert (event.at, event.action, event.old) == (when, "legacy", None)


def test_texts_arrive_as_they_are(legacy_database, opened):
    """Characters beyond ASCII, directions, line breaks and blanks are shown exactly as stored."""
    workspace = opened()
    third, ninth = interactions.load(workspace, COMMAND_LINE, 3), interactions.load(workspace, COMMAND_LINE, 9)
    assert third is not None
    assert ninth is not None
    assert third.prompt == "Wie heißt „Herz“ auf Japanisch? 💚"
    assert third.response == "Kokoro: 心 (こころ). ‮rtl‬ naïve café"
    assert ninth.response == "one\ntwo\ttab  two blanks   end "


def test_repeated_rows_all_stay(legacy_database, opened):
    """Rows that the old application stored several times are kept as they are, each with its own rating."""
    workspace = opened()
    assert [items(workspace)[n][0] for n in (6, 7, 8)] == [3.0, 3.0, 5.0]
    with workspace.store.read() as session:
        identities = [session.get_one(Item, n).identity for n in (6, 7, 8)]
    assert [identity is not None for identity in identities] == [True, False, False]


def test_an_expert_speaks_beside_legacy(legacy_database, opened):
    """Rating an adopted answer leaves the rating of ``legacy``; the median of both counts, its floor is mirrored."""
    workspace = opened()
    looked.rate(workspace, rater(workspace), 1, 2, comment="not so clear")
    assert ratings_of(workspace, 1) == [
        ("Ana", "submitted", 2, "not so clear", False),
        ("legacy", "submitted", 5, "clear", False),
    ]
    assert items(workspace)[1][:2] == (3.5, 2)
    row = legacy_database.run(
        "SELECT rating, feedback_comment, bias_flag FROM rlhf_interactions WHERE interaction_id = 1"
    )
    assert [tuple(map(int_if_bool, r)) for r in row] == [(3, "not so clear", 0)]


def int_if_bool(value):
    return int(value) if isinstance(value, bool) else value


def test_a_flag_without_a_rating_outlives_the_first_rating(legacy_database, opened):
    """An unrated answer that was flagged stays flagged when an expert rates it without flagging it."""
    workspace = opened()
    looked.rate(workspace, rater(workspace), 4, 4)
    row = legacy_database.run("SELECT rating, bias_flag FROM rlhf_interactions WHERE interaction_id = 4")
    assert [tuple(map(int_if_bool, r)) for r in row] == [(4, 1)]
    assert items(workspace)[4][:2] == (4.0, 1)


def test_a_remark_without_a_rating_outlives_the_first_rating(legacy_database, opened):
    """An unrated answer that had a comment keeps it when an expert rates it without a comment."""
    workspace = opened()
    looked.rate(workspace, rater(workspace), 9, 4)
    assert legacy_database.run("SELECT feedback_comment FROM rlhf_interactions WHERE interaction_id = 9") == [
        ("only a remark",)
    ]


def test_a_number_that_is_no_rating_is_left_out_and_left_alone(legacy_database, opened):
    """A number outside 1 to 5 counts as unrated and stays in its column until an expert rates the answer."""
    legacy_database.run("UPDATE rlhf_interactions SET rating = 9, feedback_comment = 'typo' WHERE interaction_id = 5")
    before = legacy_database.dump(*LEGACY_NAMES)
    workspace = opened()
    assert items(workspace)[5][:2] == (None, 0)
    assert ratings_of(workspace, 5) == [("legacy", "noted", None, "typo", False)]
    assert legacy_database.dump(*LEGACY_NAMES) == before
    with workspace.store.read() as session:
        assert legacy.unusable_ratings(session) == 1
    looked.rate(workspace, rater(workspace), 5, 4)
    assert legacy_database.run("SELECT rating FROM rlhf_interactions WHERE interaction_id = 5") == [(4,)]


def test_old_trainings_are_listed_and_not_touched(legacy_database, opened):
    """Trainings of the old application are shown with their accuracy in percent."""
    (old,) = models.old_trainings(opened(), COMMAND_LINE)
    assert (old.model_version, old.accuracy, old.total_interactions) == ("sbert-logreg-v20251215-101500", 83.33, 60)


def test_many_rows_are_adopted_in_several_transactions(legacy_database, opened):
    """More rows than one batch are all adopted, each once."""
    values = ", ".join(f"('prompt {n}', 'answer', {n % 5 + 1})" for n in range(1200))
    legacy_database.run(f"INSERT INTO rlhf_interactions (user_prompt, ai_response, rating) VALUES {values}")
    found = status(opened(), COMMAND_LINE)
    assert (found.interactions, found.rated) == (1209, 1206)


def test_the_shared_example_of_an_old_database_is_kept_whole(old_app, opened):
    """A database built from ../shared/legacy.sql is adopted without changing one cell; each of its ratings counts."""
    path = SHARED / "legacy.sql"
    if not path.is_file():
        pytest.skip("not here: ../shared/legacy.sql")
    old_app.script(path.read_text(encoding="utf-8"))
    before = old_app.dump(*LEGACY_NAMES)
    ((rated,),) = old_app.run("SELECT count(*) FROM rlhf_interactions WHERE rating IS NOT NULL")
    found = status(opened(), COMMAND_LINE)
    assert old_app.dump(*LEGACY_NAMES) == before
    assert (found.interactions, found.rated) == (len(before["rlhf_interactions"]), rated)
    assert rated > 0


def test_the_tables_of_these_tests_are_those_of_the_shared_example():
    """The table definitions used here are those of ../shared/legacy.sql."""
    path = SHARED / "legacy.sql"
    if not path.is_file():
        pytest.skip("not here: ../shared/legacy.sql")
    created = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("CREATE TABLE")]
    assert re.sub(r"\s+", " ", LEGACY_TABLES).strip() == " ".join(created)


def test_rows_of_the_old_application_need_no_item_twice(legacy_database, opened):
    """Sweeping again finds nothing to do and writes nothing."""
    workspace = opened()
    with workspace.store.read() as session:
        events = session.query(RatingEvent).count()
        rows = session.query(LegacyInteraction).count()
    assert workspace.pick_up(at_once=True) == 0
    with workspace.store.read() as session:
        assert session.query(RatingEvent).count() == events
        assert session.query(Item).count() == rows
