"""The old application's columns: what we mirror into them, and what we pick up from them."""

import threading

import pytest

from core.domain.errors import NotFound
from core.domain.ratings import EventContext, RatingInput, RatingStatus
from core.domain.roles import COMMAND_LINE
from core.services.data import batches
from core.services.data.importing import import_file, remove_import
from core.services.operations.status import status
from core.services.workspace import open_workspace
from core.store.rating import ratings
from core.store.tables import Item, Rater, Rating
from tests import looked
from tests.databases import Plain, added, environment, rater, until_a_batch_is_in, wait_until_blocked

COLUMNS = "rating, feedback_comment, bias_flag, updated_by"


def columns(old_app, interaction_id):
    ((number, comment, flag, by),) = old_app.run(
        f"SELECT {COLUMNS} FROM rlhf_interactions WHERE interaction_id = ?", interaction_id
    )
    return number, comment, None if flag is None else bool(flag), by


def write(old_app, interaction_id, **values):
    names = ", ".join(f"{name} = ?" for name in values)
    old_app.run(
        f"UPDATE rlhf_interactions SET {names}, updated_by = 1007, updated_dt = CURRENT_TIMESTAMP "
        "WHERE interaction_id = ?",
        *values.values(),
        interaction_id,
    )


def voices(workspace, interaction_id):
    with workspace.store.read() as session:
        rows = session.query(Rater.name, Rating).join(Rating, Rating.rater_id == Rater.rater_id)
        found = rows.filter(Rating.interaction_id == interaction_id).order_by(Rater.name_key).all()
        return {name: (str(r.status), r.rating, r.comment, r.bias_flag) for name, r in found}


def consensus(workspace, interaction_id):
    with workspace.store.read() as session:
        return session.get_one(Item, interaction_id).consensus


# --- mirror ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given, median, mirrored",
    [([4], 4.0, 4), ([2, 5], 3.5, 3), ([1, 4, 5], 4.0, 4), ([1, 2, 4, 5], 3.0, 3), ([1, 2], 1.5, 1)],
)
def test_the_mirror_is_the_floor_of_the_median(workspace, old_app, given, median, mirrored):
    """The consensus is the exact median of all raters, the old column holds its floor."""
    interaction_id = added(workspace)
    for number, value in enumerate(given):
        looked.rate(workspace, rater(workspace, f"Rater {number}"), interaction_id, value)
    assert consensus(workspace, interaction_id) == median
    assert columns(old_app, interaction_id)[0] == mirrored


def test_the_mirror_is_written_by_the_system_at_the_databases_time(workspace, old_app):
    """A rating sets updated_by to 1001 and updated_dt to the database's own clock, naive as the column is."""
    interaction_id = added(workspace)
    old_app.run("UPDATE rlhf_interactions SET updated_dt = '2020-01-01 00:00:00', updated_by = 5")
    before = old_app.run("SELECT CURRENT_TIMESTAMP")[0][0]
    looked.rate(workspace, rater(workspace), interaction_id, 4)
    after = old_app.run("SELECT CURRENT_TIMESTAMP")[0][0]
    ((by, when),) = old_app.run("SELECT updated_by, updated_dt FROM rlhf_interactions")
    if not old_app.is_sqlite:
        before, after = before.replace(tzinfo=None), after.replace(tzinfo=None)
    assert by == 1001
    assert before <= when <= after


def test_the_latest_comment_that_says_something_is_mirrored(workspace, old_app):
    """The newest comment of any rater is mirrored; a later rating without a comment does not blank it."""
    interaction_id = added(workspace)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    looked.rate(workspace, ana, interaction_id, 4, comment="from Ana")
    looked.rate(workspace, ben, interaction_id, 4, comment="from Ben")
    assert columns(old_app, interaction_id)[1] == "from Ben"
    looked.rate(workspace, ana, interaction_id, 4)
    assert columns(old_app, interaction_id)[1] == "from Ben"
    looked.rate(workspace, ana, interaction_id, 4, comment="Ana again")
    assert columns(old_app, interaction_id)[1] == "Ana again"


def test_any_flag_is_mirrored(workspace, old_app):
    """The flag is set while at least one rater has it set."""
    interaction_id = added(workspace)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    looked.rate(workspace, ana, interaction_id, 4, bias_flag=True)
    looked.rate(workspace, ben, interaction_id, 4)
    assert columns(old_app, interaction_id)[2] is True
    looked.rate(workspace, ana, interaction_id, 4)
    assert columns(old_app, interaction_id)[2] is False


def test_nothing_is_mirrored_where_there_is_no_rating(workspace, old_app):
    """A new answer, and one whose only rating was withdrawn, hold NULL in the old columns."""
    interaction_id = added(workspace)
    assert columns(old_app, interaction_id)[:3] == (None, None, None)
    looked.rate(workspace, rater(workspace), interaction_id, 4, comment="good")
    assert columns(old_app, interaction_id)[:3] == (4, "good", False)
    looked.edit(workspace, rater(workspace), interaction_id, "prompt", "other answer", withdraw_ratings=True)
    assert columns(old_app, interaction_id)[:3] == (None, None, None)
    assert consensus(workspace, interaction_id) is None


def test_a_skip_is_not_mirrored(workspace, old_app):
    """Skipping leaves consensus and the old columns empty."""
    interaction_id = added(workspace)
    looked.skip(workspace, rater(workspace), interaction_id, comment="not my field")
    assert columns(old_app, interaction_id)[:3] == (None, None, None)


def test_rating_and_mirror_become_visible_together(workspace, old_app):
    """Another connection sees neither the rating nor its mirror before the commit, and both after it."""
    interaction_id = added(workspace)
    ana = rater(workspace)

    def seen():
        return (
            old_app.run("SELECT count(*) FROM assay_ratings")[0][0],
            old_app.run("SELECT consensus FROM assay_items")[0][0],
            columns(old_app, interaction_id)[0],
        )

    with workspace.store.write() as session:
        ratings.record(
            session,
            interaction_id,
            ana.rater_id,
            RatingInput(RatingStatus.SUBMITTED, 4),
            EventContext("rated"),
            seen=looked.version(workspace, interaction_id),
        )
        assert seen() == (0, None, None)
    assert seen() == (1, 4.0, 4)


def test_a_rating_that_fails_leaves_no_mirror(workspace, old_app):
    """When the transaction of a rating fails at its end, neither rating nor mirror is there."""
    interaction_id = added(workspace)
    ana = rater(workspace)

    def cut_off():
        with workspace.store.write() as session:
            ratings.record(
                session,
                interaction_id,
                ana.rater_id,
                RatingInput(RatingStatus.SUBMITTED, 4),
                EventContext("rated"),
                seen=looked.version(workspace, interaction_id),
            )
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        cut_off()
    assert columns(old_app, interaction_id)[0] is None
    assert voices(workspace, interaction_id) == {}


# --- pick-up --------------------------------------------------------------------------------------------------------


def test_what_the_old_application_writes_becomes_a_rating_of_legacy(workspace, old_app):
    """A new number in the old column is one more rating, and the consensus of all is mirrored back."""
    interaction_id = added(workspace)
    looked.rate(workspace, rater(workspace), interaction_id, 5, comment="mine")
    write(old_app, interaction_id, rating=2)
    assert workspace.pick_up(at_once=True) == 1
    assert voices(workspace, interaction_id) == {
        "Ana": ("submitted", 5, "mine", False),
        "legacy": ("submitted", 2, None, False),
    }
    assert consensus(workspace, interaction_id) == 3.5
    assert columns(old_app, interaction_id) == (3, "mine", False, 1001)


def test_the_same_value_written_again_is_no_rating(workspace, old_app):
    """The old application saving what we mirrored is not a write: no rating of ``legacy`` appears."""
    interaction_id = added(workspace)
    looked.rate(workspace, rater(workspace), interaction_id, 5, comment="mine")
    write(old_app, interaction_id, rating=5, feedback_comment="mine", bias_flag=False)
    assert workspace.pick_up(at_once=True) == 0
    assert set(voices(workspace, interaction_id)) == {"Ana"}
    assert columns(old_app, interaction_id)[3] == 1007


def test_null_withdraws_the_rating_of_legacy(workspace, old_app):
    """The old application emptying its column withdraws its own rating; those of the experts stay and count."""
    interaction_id = added(workspace)
    write(old_app, interaction_id, rating=2, feedback_comment="no")
    workspace.pick_up(at_once=True)
    assert consensus(workspace, interaction_id) == 2.0
    looked.rate(workspace, rater(workspace), interaction_id, 4)
    write(old_app, interaction_id, rating=None, feedback_comment=None)
    workspace.pick_up(at_once=True)
    assert voices(workspace, interaction_id)["legacy"][:2] == ("withdrawn", None)
    assert consensus(workspace, interaction_id) == 4.0
    assert columns(old_app, interaction_id)[:2] == (4, None)


def test_null_without_experts_leaves_the_answer_unrated(workspace, old_app):
    """Where only ``legacy`` had spoken the answer is unrated again after the old application emptied its column."""
    interaction_id = added(workspace)
    write(old_app, interaction_id, rating=2)
    workspace.pick_up(at_once=True)
    write(old_app, interaction_id, rating=None)
    workspace.pick_up(at_once=True)
    assert consensus(workspace, interaction_id) is None
    assert columns(old_app, interaction_id)[0] is None
    next_item = looked.next_item(workspace, rater(workspace))
    assert next_item is not None
    assert next_item.interaction.interaction_id == interaction_id


def test_a_comment_alone_is_a_note(workspace, old_app):
    """A comment the old application writes beside our rating is kept as its note and changes no consensus."""
    interaction_id = added(workspace)
    looked.rate(workspace, rater(workspace), interaction_id, 5, comment="mine")
    write(old_app, interaction_id, feedback_comment="theirs")
    workspace.pick_up(at_once=True)
    assert voices(workspace, interaction_id) == {
        "Ana": ("submitted", 5, "mine", False),
        "legacy": ("noted", None, "theirs", False),
    }
    assert consensus(workspace, interaction_id) == 5.0
    assert columns(old_app, interaction_id)[:2] == (5, "theirs")


def test_a_comment_changed_later_keeps_the_number(workspace, old_app):
    """When the old application changes only its comment, its earlier number stays its rating."""
    interaction_id = added(workspace)
    write(old_app, interaction_id, rating=2)
    workspace.pick_up(at_once=True)
    write(old_app, interaction_id, feedback_comment="because")
    workspace.pick_up(at_once=True)
    assert voices(workspace, interaction_id) == {"legacy": ("submitted", 2, "because", False)}


@pytest.mark.every_database
@pytest.mark.parametrize("number", [0, 6, -1, 99])
def test_a_number_outside_the_scale_is_no_rating(workspace, old_app, number):
    """A number outside 1 to 5 is not taken as a rating and does not disturb those that are there."""
    interaction_id = added(workspace)
    looked.rate(workspace, rater(workspace), interaction_id, 4)
    write(old_app, interaction_id, rating=number)
    workspace.pick_up(at_once=True)
    assert voices(workspace, interaction_id) == {"Ana": ("submitted", 4, None, False)}
    assert consensus(workspace, interaction_id) == 4.0


def test_a_row_the_old_application_inserts_appears(workspace, old_app):
    """A new row of the old application is counted, browsed and offered like any other."""
    old_app.run("INSERT INTO rlhf_interactions (user_prompt, ai_response) VALUES ('new prompt', 'new answer')")
    old_app.run("INSERT INTO rlhf_interactions (user_prompt, ai_response, rating) VALUES ('rated', 'there', 3)")
    found = status(workspace, COMMAND_LINE, at_once=True)
    assert (found.interactions, found.rated) == (2, 1)
    shown = looked.next_item(workspace, rater(workspace))
    assert shown is not None
    assert (shown.interaction.prompt, shown.interaction.source) == ("new prompt", "legacy")


def test_an_empty_queue_looks_at_once_for_new_rows(workspace, old_app):
    """A rater who is done is offered what the old application inserted, however recent the last look was."""
    ana = rater(workspace)
    workspace.pick_up(at_once=True)
    workspace._sweep_again_at -= 1000  # the pause between two looks is over
    old_app.run("INSERT INTO rlhf_interactions (user_prompt, ai_response) VALUES ('new prompt', 'new answer')")
    shown = looked.next_item(workspace, ana)
    assert shown is not None
    assert shown.interaction.prompt == "new prompt"


def test_a_row_the_old_application_deletes_is_gone(workspace, old_app):
    """An answer deleted by the old application is no longer counted, offered or in the way of adding it anew."""
    first, second = added(workspace, response="one"), added(workspace, response="two")
    ana = rater(workspace)
    looked.rate(workspace, ana, first, 4)
    old_app.run("DELETE FROM rlhf_interactions WHERE interaction_id = ?", first)
    found = status(workspace, COMMAND_LINE, at_once=True)
    assert (found.interactions, found.rated) == (1, 0)
    with pytest.raises(NotFound, match="deleted meanwhile"):
        looked.rate(workspace, ana, first, 3)
    old_app.run("DELETE FROM rlhf_interactions WHERE interaction_id = ?", second)
    workspace.pick_up(at_once=True)
    assert looked.next_item(workspace, ana) is None
    assert added(workspace, response="one") not in (first, second)


def test_a_write_just_before_a_rating_is_picked_up_by_it(workspace, old_app):
    """What the old application wrote since the last look is not overwritten by the mirror of our rating."""
    interaction_id = added(workspace)
    write(old_app, interaction_id, rating=1, feedback_comment="theirs")
    looked.rate(workspace, rater(workspace), interaction_id, 4)
    assert voices(workspace, interaction_id) == {
        "Ana": ("submitted", 4, None, False),
        "legacy": ("submitted", 1, "theirs", False),
    }
    assert consensus(workspace, interaction_id) == 2.5


def test_an_edit_picks_up_what_was_written_before_it(workspace, old_app):
    """What the old application wrote since the last look is not overwritten by editing the texts."""
    interaction_id = added(workspace)
    write(old_app, interaction_id, rating=1, feedback_comment="theirs")
    looked.edit(workspace, rater(workspace), interaction_id, "prompt", "edited", withdraw_ratings=False)
    assert voices(workspace, interaction_id) == {"legacy": ("submitted", 1, "theirs", False)}
    assert consensus(workspace, interaction_id) == 1.0


def test_removing_an_import_keeps_what_the_old_application_rated_in_it(workspace, old_app, tmp_path):
    """An imported answer that the old application rated since, seen by us or not, stays when the import is removed."""
    file = tmp_path / "rows.csv"
    file.write_text("user_prompt,ai_response,rating\np,one,4\np,two,5\n")
    *_, result = import_file(workspace, COMMAND_LINE, file)
    write(old_app, 1, rating=2)
    assert remove_import(workspace, COMMAND_LINE, result.import_id) == 1
    assert voices(workspace, 1) == {"legacy": ("submitted", 2, None, False)}
    assert status(workspace, COMMAND_LINE).interactions == 1


def test_importing_picks_up_what_was_written_during_it(workspace, old_app, tmp_path, monkeypatch):
    """An import that adds ratings to an answer does not overwrite what the old application wrote since its start."""
    monkeypatch.setattr(batches, "FIRST_ROWS", 1)
    interaction_id = added(workspace, "p", "one")
    file = tmp_path / "rows.csv"
    file.write_text("user_prompt,ai_response,rating,rater\nq,other,3,Ben\np,one,5,Ben\np,one,4,legacy\n")
    steps = import_file(workspace, COMMAND_LINE, file)
    until_a_batch_is_in(steps)
    write(old_app, interaction_id, rating=2)
    *_, result = steps
    assert [(r.number, r.reason) for r in result.rejected] == [(3, "already rated 2 by legacy")]
    assert voices(workspace, interaction_id) == {
        "Ben": ("submitted", 5, None, False),
        "legacy": ("submitted", 2, None, False),
    }


@pytest.mark.every_database
@pytest.mark.parametrize("writes", [{"rating": 1}, {"rating": None, "feedback_comment": "hm"}, {}])
def test_a_rating_waits_for_the_old_applications_transaction(workspace, old_app, other_program, writes):
    """While the old application's transaction on a row is open our rating waits; then it sees what was written."""
    interaction_id = added(workspace)
    write(old_app, interaction_id, rating=3)
    workspace.pick_up(at_once=True)
    ana, done = rater(workspace), []
    old_app.run("BEGIN IMMEDIATE" if old_app.is_sqlite else "BEGIN")
    if not old_app.is_sqlite:
        old_app.run("SELECT 1 FROM rlhf_interactions WHERE interaction_id = ? FOR UPDATE", interaction_id)
    if writes:
        write(old_app, interaction_id, **writes)
    ours = threading.Thread(target=lambda: done.append(looked.rate(workspace, ana, interaction_id, 5)))
    ours.start()
    if old_app.is_sqlite:
        ours.join(0.3)  # SQLite does not say who waits; were the rating not to wait it would be done by now
    else:
        wait_until_blocked(other_program())
    assert ours.is_alive()
    assert done == []
    old_app.run("COMMIT")
    ours.join(20)
    assert len(done) == 1
    theirs = {"rating": 3, "feedback_comment": None} | writes
    assert voices(workspace, interaction_id)["legacy"][1:3] == (theirs["rating"], theirs["feedback_comment"])
    assert consensus(workspace, interaction_id) == (5.0 if theirs["rating"] is None else (5 + theirs["rating"]) / 2)


@pytest.mark.postgres
def test_a_rating_fails_in_words_when_the_old_application_deletes_the_row(tmp_path, postgres_url):
    """A row deleted in the old application's open transaction: our rating waits, then says that it is gone."""
    workspace = open_workspace(environment(postgres_url, tmp_path / "home"))
    old_app, other = Plain(postgres_url), Plain(postgres_url)
    interaction_id, ana, errors = added(workspace), rater(workspace), []

    def ours():
        try:
            looked.rate(workspace, ana, interaction_id, 5)
        except NotFound as error:
            errors.append(str(error))

    old_app.run("BEGIN")
    old_app.run("DELETE FROM rlhf_interactions WHERE interaction_id = ?", interaction_id)
    thread = threading.Thread(target=ours)
    thread.start()
    wait_until_blocked(other)
    old_app.run("COMMIT")
    thread.join()
    assert errors == ["This answer was deleted meanwhile, so there is nothing to rate any more."]
    for connection in (old_app, other, workspace.store.engine):
        (connection.dispose if hasattr(connection, "dispose") else connection.close)()
