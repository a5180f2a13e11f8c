"""Better answers that raters write: stored once, beside the one that was edited, and rated by others."""

import threading
from functools import partial

import pytest

from core.domain.errors import BadInput, Conflict, HoldsIdentifiers, TextChanged
from core.domain.records import Filters
from core.domain.roles import COMMAND_LINE
from core.labeling.tables import open_table
from core.services.data import erasure, exporting, importing, interactions
from core.services.data.exporting import Marked
from core.services.rating import better_answers, queue, rating, second_opinions
from core.store.tables import Item, TextHistory
from tests import looked
from tests.databases import PATIENCE, added, lead, rater

pytestmark = pytest.mark.every_database


def written(workspace, number):
    shown = interactions.load(workspace, COMMAND_LINE, number)
    assert shown is not None
    return shown


def test_it_stands_beside_the_answer_that_was_edited(workspace):
    """Same prompt, context and session; a source of its own kind; the original stays as it is."""
    first = interactions.add(workspace, COMMAND_LINE, "Why?", "Because.", "case 1", "story 7")
    better = looked.write_better(workspace, rater(workspace, "Ana"), first, "  Because of the weather.\n")
    shown = written(workspace, better)
    assert (shown.prompt, shown.response, shown.context_id, shown.session_label, shown.source) == (
        "Why?",
        "Because of the weather.",
        "case 1",
        "story 7",
        "manual",
    )
    assert written(workspace, first).response == "Because."


@pytest.mark.parametrize(
    "text,error,words",
    [
        (" \n", BadInput, "empty"),
        (" First.\r\n", BadInput, "as it was"),
        ("Second.", Conflict, "there already, as no. 2"),
        ("a\x00b", BadInput, "NUL"),
        ("«name hidden» says so", BadInput, "in the place of something that is hidden"),
    ],
)
def test_what_is_none_is_refused_in_words(workspace, text, error, words):
    """Nothing, the same, another answer of that prompt, and what cannot be stored: nothing is added."""
    first, _ = (interactions.add(workspace, COMMAND_LINE, "Why?", text) for text in ("First.", "Second."))
    with pytest.raises(error, match=words):
        looked.write_better(workspace, rater(workspace, "Ana"), first, text)
    assert interactions.sources(workspace, COMMAND_LINE) == {"manual": 2}


def test_the_same_request_again_adds_nothing(workspace):
    """Sent twice it is one answer, also when the original changed meanwhile; other words or another person are told."""
    first, ana = added(workspace, "Why?", "Because."), rater(workspace, "Ana")
    better = looked.write_better(workspace, ana, first, "Better.", "request")
    looked.edit(workspace, lead(workspace, "Lead"), first, "Why?", "Because it is.", withdraw_ratings=False)
    assert better_answers.write(workspace, ana, first, "Better.", showing="x", request_id="request") == better
    with pytest.raises(Conflict, match="in another tab"):
        looked.write_better(workspace, ana, first, "Still better.", "request")
    with pytest.raises(Conflict, match="somebody else"):
        looked.write_better(workspace, rater(workspace, "Ben"), first, "Better.", "request")
    assert sum(interactions.sources(workspace, COMMAND_LINE).values()) == 2


def test_an_answer_that_changed_since_it_was_shown_is_not_edited(workspace):
    """A better answer to a text that nobody sees any more is refused; so is one whose showing is not known."""
    first, ana = added(workspace, "Why?", "Because."), rater(workspace, "Ana")
    shown = looked.showing(workspace, ana, first)
    looked.edit(workspace, lead(workspace, "Lead"), first, "Why?", "Because it is.", withdraw_ratings=False)
    with pytest.raises(TextChanged, match="changed after it was shown"):
        better_answers.write(workspace, ana, first, "Better.", showing=shown, request_id="1")
    with pytest.raises(TextChanged, match="not known any more"):
        better_answers.write(workspace, ana, first, "Better.", showing="other", request_id="1")
    assert rating.item(workspace, ana, first + 1) is None


def test_hidden_identifiers_are_revealed_first(workspace):
    """Where something is hidden nothing is edited: the gaps would be stored. Revealed, it is."""
    first, lea = added(workspace, "Why?", "Call Mrs. Miller, +44 20 7946 0958."), lead(workspace)
    with pytest.raises(Conflict, match="Reveal them first"):
        looked.write_better(workspace, lea, first, "Call the patient.")
    looked.reveal(workspace, lea, first)
    better = looked.write_better(workspace, lea, first, "Call +44 20 7946 0958 at once.")
    assert interactions.load(workspace, COMMAND_LINE, better).hidden == {"phone": 1}


def next_numbers(workspace, user, count=3):
    """What is served to this rater, one after the other."""
    served = []
    for _ in range(count):
        shown = looked.next_item(workspace, user)
        if shown is None:
            break
        served.append(shown.interaction.interaction_id)
        looked.rate(workspace, user, served[-1], 3)
    return served


def test_others_rate_it_and_its_writer_never_does(workspace):
    """The queue passes it over; opened by its number it takes no rating of theirs, and a skip stores nothing."""
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    first = added(workspace, "Why?", "Because.")
    better = looked.write_better(workspace, ana, first, "Better.")
    assert next_numbers(workspace, ana) == [first]
    assert queue.left(workspace, ana) == 0
    for act in (
        lambda: looked.rate(workspace, ana, better, 5),
        lambda: looked.discard(workspace, ana, better, reason="mine"),
    ):
        with pytest.raises(Conflict, match="yourself"):
            act()
    assert looked.skip(workspace, ana, better).number == 0
    assert rating.same_prompt(workspace, ana, first)[1] == 2
    assert interactions.history(workspace, COMMAND_LINE, better) == []
    assert next_numbers(workspace, ben) == [better]
    assert not second_opinions.can_open(workspace, ana)


def test_a_better_one_of_ones_own_can_be_made_better(workspace):
    """It is edited like any answer; erasing the first erases both, with the texts of one that was deleted before."""
    ana, first = rater(workspace, "Ana"), added(workspace, "Why?", "Because.")
    second = looked.write_better(workspace, ana, first, "Qwxyz better.")
    third = looked.write_better(workspace, ana, second, "Qwxyz best.")
    looked.delete(workspace, ana, third)
    gone = looked.forget(workspace, ana, first).goes
    assert (gone["better answers made from it"], gone["earlier texts"], gone["notes of who wrote it"]) == (1, 1, 2)
    with workspace.store.read() as session:
        assert session.query(TextHistory).count() == session.query(Item).count() == 0


def test_deleting_the_original_deletes_it_and_keeps_its_text(workspace):
    """As for the original: gone from the queue and the list, kept in the history."""
    ana, first = rater(workspace, "Ana"), added(workspace, "Why?", "Because.")
    looked.write_better(workspace, ana, first, "Better.", "request")
    looked.delete(workspace, ana, first)
    assert interactions.sources(workspace, COMMAND_LINE) == {}
    with workspace.store.read() as session:
        assert sorted(old.ai_response for old in session.query(TextHistory)) == ["Because.", "Better."]
    with pytest.raises(Conflict, match="deleted meanwhile"):
        better_answers.write(workspace, ana, first, "Better.", showing="x", request_id="request")


def test_what_the_old_application_deletes_takes_it_along(workspace, old_app):
    """The next look removes better answers without an original, those made from them too; others stay."""
    ana, first = rater(workspace, "Ana"), added(workspace, "Why?", "Because.")
    second = looked.write_better(workspace, ana, first, "Better.")
    looked.write_better(workspace, ana, second, "Best.")
    kept = looked.write_better(workspace, ana, added(workspace, "How?", "Somehow."), "Like this.")
    old_app.run("DELETE FROM rlhf_interactions WHERE interaction_id = ?", first)
    workspace.pick_up(at_once=True)
    assert interactions.sources(workspace, COMMAND_LINE) == {"manual": 2}
    assert written(workspace, kept).response == "Like this."


def test_one_made_of_the_sample_goes_with_it(workspace):
    """Trying out the sample does not make it step aside, and leaves nothing behind."""
    importing.load_sample(workspace, COMMAND_LINE)
    ana = rater(workspace, "Ana")
    first = looked.next_item(workspace, ana).interaction.interaction_id
    looked.write_better(workspace, ana, first, "A better one.")
    assert set(interactions.sources(workspace, COMMAND_LINE)) == {"sample"}
    importing.remove_sample(workspace, COMMAND_LINE)
    assert interactions.sources(workspace, COMMAND_LINE) == {}


def test_an_import_that_is_taken_back_leaves_what_was_made_better(workspace, tmp_path):
    """What somebody wrote since is their work, as a rating is."""
    file = tmp_path / "rows.csv"
    file.write_text("user_prompt,ai_response\nWhy?,Because.\nHow?,Somehow.\n")
    *_, result = importing.import_file(workspace, COMMAND_LINE, file)
    looked.write_better(workspace, rater(workspace, "Ana"), 1, "Better.")
    importing.remove_import(workspace, COMMAND_LINE, result.import_id)
    shown, _ = interactions.browse(workspace, COMMAND_LINE, Filters(), page=0)
    assert [one.response for one in shown] == ["Better.", "Because."]


@pytest.mark.parametrize("ratings_stay", [True, False])
def test_a_writer_who_is_erased(workspace, tmp_path, ratings_stay):
    """Their better answers stay under a number, as their ratings do, or go with all that was made from them."""
    lea, ana, first = lead(workspace, "Lea"), rater(workspace, "Ana"), added(workspace, "Why?", "Because.")
    better = looked.write_better(workspace, ana, first, "Better.")
    looked.write_better(workspace, lea, better, "Best.")
    looked.rate(workspace, lea, better, 4)
    before = erasure.preview_rater(workspace, lea, "Ana", ratings_stay=ratings_stay)
    done = erasure.rater(workspace, lea, "Ana", ratings_stay=ratings_stay)
    assert done.goes == before.goes
    authors = {row["completion"]: row["author"] for row in exported(workspace, "sft", tmp_path)}
    assert authors == ({"Better.": f"Rater {ana.rater_id}", "Best.": "Lea"} if ratings_stay else {})
    assert written(workspace, first).response == "Because."
    assert ("better answers that they wrote" in done.goes) is not ratings_stay


def exported(workspace, kind, tmp_path, **how):
    path = tmp_path / f"{kind}.jsonl"
    exporting.export(workspace, COMMAND_LINE, kind, path, **how)
    return [dict(row.values) for row in open_table(path).rows()] if path.stat().st_size else []


def test_it_is_a_pair_and_an_example_with_its_author(workspace, tmp_path):
    """Without ratings at first; where the ratings of the two make a pair, in any direction, that one stands alone."""
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    first = interactions.add(workspace, COMMAND_LINE, "Why?", "Because.", "case 1")
    better = looked.write_better(workspace, ana, first, "Better.")
    added(workspace, "How?", "Somehow.")
    (pair,) = exported(workspace, "pairs", tmp_path)
    told = {name: pair[name] for name in ("prompt", "chosen", "rejected", "chosen_rating", "margin", "source")}
    assert told == {
        "prompt": "Why?",
        "chosen": "Better.",
        "rejected": "Because.",
        "chosen_rating": None,
        "margin": 0.0,
        "source": "edit",
    }
    assert exported(workspace, "sft", tmp_path) == [
        {"prompt": "Why?", "completion": "Better.", "author": "Ana", "turns": ""}
    ]
    looked.rate(workspace, ben, first, 4)
    looked.rate(workspace, ben, better, 4)
    (pair,) = exported(workspace, "pairs", tmp_path)
    assert (pair["chosen"], pair["chosen_rating"], pair["rejected_rating"], pair["source"]) == ("Better.", 4, 4, "edit")
    looked.rate(workspace, ben, better, 2)
    (pair,) = exported(workspace, "pairs", tmp_path)
    assert (pair["chosen"], pair["source"]) == ("Because.", "ratings")
    assert len(exported(workspace, "sft", tmp_path)) == 1


def test_one_that_does_not_compare_or_was_discarded_is_no_pair(workspace, tmp_path):
    """An original with another prompt since is no other side; what is not fit to be rated is no example."""
    ana, lea = rater(workspace, "Ana"), lead(workspace)
    first, second = added(workspace, "Why?", "Because."), added(workspace, "How?", "Somehow.")
    third = added(workspace, "When?", "Error 500, call +44 20 7946 0958")
    looked.write_better(workspace, ana, first, "Better.")
    discarded = looked.write_better(workspace, ana, second, "Like this.")
    looked.reveal(workspace, lea, third)
    looked.write_better(workspace, lea, third, "Today.")
    looked.edit(workspace, lea, first, "Why not?", "Because.", withdraw_ratings=False)
    looked.discard(workspace, lea, discarded, reason="not an answer")
    looked.discard(workspace, lea, third, reason="not an answer")
    assert exported(workspace, "pairs", tmp_path) == []  # nor does what is not in the file hold it back
    assert [row["completion"] for row in exported(workspace, "sft", tmp_path)] == ["Today.", "Better."]


def test_identifiers_in_it_are_counted_before_it_leaves(workspace, tmp_path):
    """Refused, left out with its pair, or included with a reason; an original that holds some makes no pair."""
    lea = lead(workspace)
    first, second = added(workspace, "Why?", "Because."), added(workspace, "How?", "Call +44 20 7946 0958.")
    looked.write_better(workspace, lea, first, "Call +44 20 7946 0958.")
    looked.reveal(workspace, lea, second)
    looked.write_better(workspace, lea, second, "Call them.")
    with pytest.raises(HoldsIdentifiers, match="1 of 2 better answers hold personal identifiers"):
        exported(workspace, "sft", tmp_path)
    with pytest.raises(HoldsIdentifiers, match="2 of 4 answers hold personal identifiers"):
        exported(workspace, "pairs", tmp_path)
    left = exported(workspace, "sft", tmp_path, marked=Marked.LEAVE_OUT)
    assert [row["completion"] for row in left] == ["Call them."]
    assert exported(workspace, "pairs", tmp_path, marked=Marked.LEAVE_OUT) == []
    all_pairs = exported(workspace, "pairs", tmp_path, marked=Marked.INCLUDE, reason="asked for")
    assert sorted(row["chosen"] for row in all_pairs) == ["Call +44 20 7946 0958.", "Call them."]


def test_two_people_who_write_the_same_at_once_add_it_once(workspace):
    """One is stored; the other is told which answer says it already. The same request of one person is stored once."""
    first, people = added(workspace, "Why?", "Because."), [rater(workspace, name) for name in ("Ana", "Ben")]
    shown = [looked.showing(workspace, user, first) for user in people]

    def at_once(acts):
        gate, results = threading.Barrier(len(acts)), []

        def run(act):
            gate.wait(PATIENCE)
            try:
                results.append(act())
            except Conflict as error:
                results.append(str(error))

        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        return results

    def write(user, showing, text, request):
        return better_answers.write(workspace, user, first, text, showing=showing, request_id=request)

    results = at_once(
        [partial(write, user, showing, "Better.", user.name) for user, showing in zip(people, shown, strict=True)]
    )
    assert sorted(type(result).__name__ for result in results) == ["int", "str"]
    assert any("there already, as no. 2" in str(result) for result in results)
    again = at_once([partial(write, people[0], shown[0], "Best.", "one request")] * 2)
    assert len(set(again)) == 1
    assert interactions.sources(workspace, COMMAND_LINE) == {"manual": 3}
