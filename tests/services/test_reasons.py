"""Short reasons that go with a rating: worded by leads, chosen by raters, kept, exported and counted."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from sqlalchemy import update

from core.domain.errors import BadInput, Conflict, TextChanged
from core.domain.ratings import RatingStatus
from core.domain.reasons import DEFAULT_REASONS, MAX_REASON_LENGTH, REASON_KEYS, worded_reasons
from core.domain.roles import COMMAND_LINE
from core.labeling.tables import open_table
from core.services.data.exporting import export
from core.services.rating import rating
from core.services.review import guidelines, own_ratings, reasons
from core.store.tables import Rating, RatingEvent
from tests import looked
from tests.databases import added, lead, rater

OWN = ["no source", "too long"]


@pytest.fixture
def ana(workspace):
    return rater(workspace, "Ana")


def stored(workspace) -> list[list[str] | None]:
    with workspace.store.read() as session:
        return [one.reasons for one in session.query(Rating).order_by(Rating.rating_id)]


def events(workspace) -> list[RatingEvent]:
    with workspace.store.read() as session:
        return session.query(RatingEvent).order_by(RatingEvent.event_id).all()


# --- wording them -----------------------------------------------------------------------------------------------


def test_there_are_five_before_anybody_words_any(workspace):
    """One for each key, and no rating has to have one."""
    assert guidelines.current(workspace, COMMAND_LINE).reasons == DEFAULT_REASONS
    assert len(DEFAULT_REASONS) == len(REASON_KEYS) == 5


def test_a_lead_words_them_with_the_guidelines(workspace):
    """Words alone make a version too; a version whose writer left them alone keeps them; empty fields have no key."""
    lea = rater(workspace, "Lea")
    text = guidelines.current(workspace, lea).markdown
    assert guidelines.save(workspace, lea, text, read=0, reasons=["", "  no\n source ", "too long"]).reasons == tuple(
        OWN
    )
    assert guidelines.save(workspace, lea, "Another text", read=1).reasons == tuple(OWN)
    assert guidelines.save(workspace, lea, "Another text", read=2, reasons=[]).reasons == ()
    assert [one.reasons for one in guidelines.versions(workspace, lea)] == [(), tuple(OWN), tuple(OWN)]
    with pytest.raises(BadInput, match="no new version"):
        guidelines.save(workspace, lea, "Another text", read=3, reasons=["", ""])


@pytest.mark.parametrize(
    "typed",
    [["a", "b", "c", "d", "e", "f"], ["x" * (MAX_REASON_LENGTH + 1)], ["a; b"], ["Wrong", "wrong"], ["a\x00b"]],
    ids=["six", "too long", "semicolon", "twice", "NUL"],
)
def test_what_cannot_be_a_reason_is_refused(workspace, typed):
    """The version in force stays."""
    with pytest.raises(BadInput):
        guidelines.save(workspace, rater(workspace, "Lea"), "Text", read=0, reasons=typed)
    assert guidelines.current(workspace, COMMAND_LINE).number == 0
    assert worded_reasons(["x" * MAX_REASON_LENGTH]) == ("x" * MAX_REASON_LENGTH,)


@pytest.mark.parametrize(
    "text, typed", [("Text", "ask jane.roe@example.org"), ("My name is Roswitha Quandt.", "not as Quandt says")]
)
def test_a_reason_holds_no_personal_identifier(workspace, text, typed):
    """It would go with every rating, also into exports; a name in the text is one in a reason."""
    with pytest.raises(BadInput, match="personal identifier"):
        guidelines.save(workspace, rater(workspace, "Lea"), text, read=0, reasons=["wrong", typed])
    assert guidelines.save(workspace, rater(workspace, "Lea"), text, read=0, reasons=["wrong"]).number == 1


# --- choosing them ----------------------------------------------------------------------------------------------


def test_a_rating_has_the_words_in_the_order_of_the_guidelines(workspace, ana):
    """In the rating, in its history, and for the rater; without any, the history looks as it always did."""
    first, second = added(workspace), added(workspace, "another")
    looked.rate(workspace, ana, first, 2, reasons=["unclear", "wrong", "unclear"])
    looked.rate(workspace, ana, second, 5)
    assert stored(workspace) == [["wrong", "unclear"], None]
    with_them, without = events(workspace)
    assert with_them.new["reasons"] == ["wrong", "unclear"]
    assert "reasons" not in without.new
    assert rating.item(workspace, ana, first).reasons == ("wrong", "unclear")
    found, _ = own_ratings.listed(workspace, ana, own_ratings.OwnFilters(), page=0)
    assert [one.reasons for one in found] == [(), ("wrong", "unclear")]


def test_only_words_of_the_guidelines_are_taken(workspace, ana):
    """Of those in force or of an earlier version, which may be on a screen yet; nothing else, and at most five."""
    number, lea = added(workspace), lead(workspace, "Lea")
    guidelines.save(workspace, lea, "Text", read=0, reasons=OWN)
    for refused in (["whatever"], [*DEFAULT_REASONS, "no source"]):
        with pytest.raises(BadInput, match="Nothing was stored"):
            looked.rate(workspace, ana, number, 2, reasons=refused)
    assert stored(workspace) == []
    looked.rate(workspace, ana, number, 2, reasons=["wrong", "too long"])
    assert stored(workspace) == [["too long", "wrong"]]


def test_a_change_an_undo_and_a_withdrawal_keep_the_history(workspace, ana):
    """The reasons change with the rating; undo brings those before back and offers the others again."""
    number = added(workspace)
    looked.rate(workspace, ana, number, 2, reasons=["wrong"])
    looked.rate(workspace, ana, number, 1, reasons=["unsafe", "wrong"])
    assert [(one.action, one.new["reasons"]) for one in events(workspace)][1] == ("changed", ["wrong", "unsafe"])
    assert rating.undo_last(workspace, ana).receipt.rating == 2
    again = rating.item(workspace, ana, number)
    assert (again.reasons, again.draft_reasons) == (("wrong",), ("wrong", "unsafe"))
    looked.withdraw(workspace, ana, number)
    assert events(workspace)[-1].old["reasons"] == ["wrong"]


def test_the_same_request_with_other_reasons_is_not_taken_for_it(workspace, ana):
    """Sent again it stores nothing twice; from another tab with other reasons it is refused, and nothing is lost."""
    number = added(workspace)
    for said in (["wrong", "unclear"], ["unclear", "wrong"]):
        looked.rate(workspace, ana, number, 2, reasons=said, request_id="0" * 32 + ":2")
    with pytest.raises(Conflict, match="flag or reason"):
        looked.rate(workspace, ana, number, 2, reasons=["unsafe"], request_id="0" * 32 + ":2")
    assert stored(workspace) == [["wrong", "unclear"]]
    assert len(events(workspace)) == 1


def test_a_draft_holds_what_was_chosen_and_ends_with_the_rating(workspace, ana):
    """Chosen alone is enough for one; what equals the saved rating needs none."""
    number = added(workspace)
    rating.keep_draft(workspace, ana, number, "", reasons=["unsafe"])
    assert rating.item(workspace, ana, number).draft_reasons == ("unsafe",)
    with pytest.raises(BadInput, match="do not offer"):
        rating.keep_draft(workspace, ana, number, "", reasons=["whatever"])
    looked.rate(workspace, ana, number, 2, reasons=["unsafe"])
    assert rating.item(workspace, ana, number).draft is None
    rating.keep_draft(workspace, ana, number, "", reasons=["unsafe", "wrong"])
    rating.keep_draft(workspace, ana, number, "", reasons=["unsafe"])
    assert rating.item(workspace, ana, number).draft is None


def test_what_was_chosen_for_another_text_is_kept_as_a_draft(workspace, ana):
    """The answer was edited meanwhile: nothing is stored, and the choice is there again."""
    number = added(workspace)
    shown = looked.showing(workspace, ana, number)
    looked.edit(workspace, lead(workspace, "Lea"), number, "prompt", "another answer", withdraw_ratings=False)
    with pytest.raises(TextChanged):
        rating.rate(workspace, ana, number, 2, showing=shown, reasons=["wrong"])
    assert rating.item(workspace, ana, number).draft_reasons == ("wrong",)


def test_a_skip_has_none(workspace, ana):
    """They say something of a rating."""
    number = added(workspace)
    rating.keep_draft(workspace, ana, number, "", reasons=["wrong"])
    looked.skip(workspace, ana, number)
    with workspace.store.read() as session:
        (found,) = session.query(Rating)
        assert (found.status, found.reasons) == (RatingStatus.SKIPPED, None)


# --- what becomes of them -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_exports_have_them_in_their_last_column(workspace, ana, tmp_path, ending):
    """Joined, empty where there are none; one's own ratings have the same column."""
    first, second = added(workspace), added(workspace, "another")
    looked.rate(workspace, ana, first, 2, reasons=["wrong", "unclear"])
    looked.rate(workspace, ana, second, 5)
    export(workspace, COMMAND_LINE, "ratings", tmp_path / f"ratings.{ending}")
    rows = [dict(row.values) for row in open_table(tmp_path / f"ratings.{ending}").rows()]
    assert {row["rating"]: row["reasons"] or "" for row in rows} in (
        {2: "wrong; unclear", 5: ""},
        {"2": "wrong; unclear", "5": ""},
    )
    assert list(rows[0])[-1] == "reasons"
    own = list(csv.DictReader(StringIO(own_ratings.as_csv(workspace, ana).decode("utf-8-sig"))))
    assert [row["reasons"] for row in own] == ["wrong; unclear", ""]
    assert list(own[0])[-1] == "reasons"


def test_they_are_counted_by_week_and_by_session(workspace, ana):
    """Each rating once for each of its reasons; words of earlier guidelines are counted as they were worded."""
    lea, ben = lead(workspace, "Lea"), rater(workspace, "Ben")
    numbers = [added(workspace, f"prompt {n}", session_label=label) for n, label in enumerate(["a", "a", "b", None])]
    looked.rate(workspace, ana, numbers[0], 1, reasons=["wrong", "unsafe"])
    looked.rate(workspace, ben, numbers[0], 2, reasons=["wrong"])
    looked.rate(workspace, ana, numbers[1], 5)
    looked.rate(workspace, ana, numbers[2], 2, reasons=["unclear"])
    with workspace.store.write() as session:  # a Monday and a Sunday of one week, and the Monday after
        monday = datetime(2026, 3, 2, 12, tzinfo=UTC)
        for number, at in zip(numbers, (monday, monday + timedelta(days=6), monday + timedelta(days=7)), strict=False):
            session.execute(update(Rating).where(Rating.interaction_id == number).values(updated_at=at))
    guidelines.save(workspace, lea, "Text", read=0, reasons=["no source", "unclear"])
    found = reasons.counted(workspace, ana)
    assert found.words == ("unclear", "wrong", "unsafe")
    assert found.by_week == ((monday.date() + timedelta(days=7), 1, (1, 0, 0)), (monday.date(), 3, (0, 2, 1)))
    assert found.by_session == (("a", 3, (0, 2, 1)), ("b", 1, (1, 0, 0)))


def test_nothing_is_counted_where_no_rating_has_one(workspace, ana):
    """Ratings alone make no table."""
    looked.rate(workspace, ana, added(workspace), 4)
    assert reasons.counted(workspace, ana).words == ()
