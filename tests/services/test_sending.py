"""Answers that programs send: under their own ids, each once, and rated like those that were imported."""

import csv
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.domain.errors import BadInput
from core.domain.outcomes.sent_answers import MAX_SENT
from core.domain.queue import Order, QueueFilters
from core.domain.roles import COMMAND_LINE, PROGRAM, SENDER, NotAllowed
from core.domain.turns import Speaker, Turn, turns_from_json
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import MAX_METADATA, MAX_SESSION, MAX_TEXT
from core.services.data import importing, interactions
from core.services.outcomes.sending import send
from core.services.rating import queue
from core.store.tables import AnswersGiven, Item, LegacyInteraction, Occurrence
from core.store.types import now
from tests import looked
from tests.databases import PATIENCE, added, rater

APP = "chat"


def row(number: int = 1, **fields: object) -> dict[str, object]:
    return {"id": f"a{number}", "prompt": "How do I boil an egg?", "response": f"In {number} minutes."} | fields


def sent(workspace, *rows, application=APP, **options):
    """What became of them: stored, known, and the refused ones by their index."""
    found = send(workspace, SENDER, application, list(rows), **options)
    return found.stored, found.known, {one.index: one.reason for one in found.refused}


def items(workspace):
    with workspace.store.read() as session:
        return list(session.scalars(select(Item).order_by(Item.interaction_id)))


def occurrences(workspace):
    with workspace.store.read() as session:
        rows = session.scalars(select(Occurrence).order_by(Occurrence.occurrence_id))
        return [(one.application, one.caller_id, one.interaction_id, one.generator) for one in rows]


def given(workspace):
    with workspace.store.read() as session:
        return {(one.kind, one.name): one.answers for one in session.scalars(select(AnswersGiven))}


def test_an_answer_that_was_sent_waits_to_be_rated(workspace):
    """With all that came with it; it is served, and the old application's table has it."""
    whole = row(session="s 1", context_id="c", generator="gpt-x 2", metadata={"topic": "eggs", "n": [1, None]})
    assert sent(workspace, whole) == (1, 0, {})
    (item,) = items(workspace)
    assert (item.source, item.session_label, item.context_id, item.n_ratings) == ("sent", "s 1", "c", 0)
    assert item.extra == {"topic": "eggs", "n": [1, None], "generator": "gpt-x 2"}
    assert item.places > 0
    assert occurrences(workspace) == [(APP, "a1", item.interaction_id, "gpt-x 2")]
    with workspace.store.read() as session:
        old = session.get_one(LegacyInteraction, item.interaction_id)
        assert (old.user_prompt, old.ai_response, old.rating) == (whole["prompt"], whole["response"], None)
    ana = rater(workspace, "Ana")
    assert looked.next_item(workspace, ana).interaction.interaction_id == item.interaction_id


def test_sent_twice_is_stored_once(workspace):
    """The same call again, and the same id twice in one call: known, and nothing twice."""
    rows = [row(n, generator="g") for n in range(3)]
    assert sent(workspace, *rows, rows[0]) == (3, 1, {})
    assert sent(workspace, *rows) == (0, 3, {})
    assert (len(items(workspace)), len(occurrences(workspace))) == (3, 3)
    assert given(workspace) == {("generator", "g"): 3}


@pytest.mark.every_database
@pytest.mark.parametrize(
    "other", [{"response": "No."}, {"prompt": "Why?"}, {"context_id": "c"}, {"prompt": None, "messages": "above"}]
)
def test_one_id_never_stands_for_two_texts(workspace, other):
    """Other texts under an id are refused, later and in the same call, and change nothing."""
    if "messages" in other:
        before = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Yes?"}]
        other = {"prompt": None, "messages": [*before, {"role": "user", "content": row()["prompt"]}]}
    assert sent(workspace, row()) == (1, 0, {})
    stored, known, refused = sent(workspace, row(2), row(1, **other), row(2, **other))
    assert (stored, known, list(refused)) == (1, 0, [1, 2])
    assert "another answer was sent with this id before" in refused[1]
    assert len(items(workspace)) == len(occurrences(workspace)) == 2


def test_ids_belong_to_the_application(workspace):
    """Two applications use one id for two answers."""
    assert sent(workspace, row()) == (1, 0, {})
    assert sent(workspace, row(response="Another one."), application="other") == (1, 0, {})
    assert [one[:2] for one in occurrences(workspace)] == [(APP, "a1"), ("other", "a1")]
    assert len(items(workspace)) == 2


def test_one_text_of_two_generators_counts_for_both(workspace):
    """One interaction, two occurrences; the interaction keeps the first one's name."""
    text = {"prompt": "p", "response": "r"}
    assert sent(workspace, {"id": "1", "generator": "x", **text}, {"id": "2", "generator": "y", **text}) == (2, 0, {})
    assert sent(workspace, {"id": "1", **text}, application="other") == (1, 0, {})
    (item,) = items(workspace)
    assert item.extra == {"generator": "x"}
    assert {one[2] for one in occurrences(workspace)} == {item.interaction_id}
    assert given(workspace) == {("generator", "x"): 1, ("generator", "y"): 1}


def test_a_text_that_is_there_already_gets_an_occurrence(workspace):
    """Whoever brought it; what is known of it stays, and its rating too."""
    number = added(workspace, "p", "r")
    looked.rate(workspace, rater(workspace, "Ana"), number, 4)
    assert sent(workspace, {"id": "1", "prompt": "p", "response": "r", "generator": "x"}) == (1, 0, {})
    (item,) = items(workspace)
    assert (item.interaction_id, item.source, item.consensus, item.extra) == (number, "manual", 4, None)
    assert occurrences(workspace) == [(APP, "1", number, "x")]


def test_what_the_old_application_just_wrote_is_the_same_answer(workspace, old_app):
    """A program that stores its answer there and sends it too has it once."""
    workspace.pick_up(at_once=True)
    old_app.run("INSERT INTO rlhf_interactions (user_prompt, ai_response) VALUES ('p', 'r')")
    workspace._sweep_again_at = 0.0  # the next look is due
    assert sent(workspace, {"id": "1", "prompt": "p", "response": "r"}) == (1, 0, {})
    with workspace.store.read() as session:
        found = session.scalars(select(LegacyInteraction).where(LegacyInteraction.user_prompt == "p")).all()
    assert len(found) == 1
    assert [one[2] for one in occurrences(workspace)] == [found[0].interaction_id]


def test_the_sample_gives_way(workspace):
    """An equal answer of the sample stays beside what was sent, and goes without it."""
    importing.load_sample(workspace, COMMAND_LINE)
    with importing.SAMPLE.open() as file:
        of_sample = next(iter(csv.DictReader(file)))
    texts = {"prompt": of_sample["user_prompt"], "response": of_sample["ai_response"]}
    assert sent(workspace, {"id": "1", **texts}) == (1, 0, {})
    importing.remove_sample(workspace, COMMAND_LINE)
    (item,) = items(workspace)
    assert (item.source, [one[2] for one in occurrences(workspace)]) == ("sent", [item.interaction_id])


def test_a_conversation_ends_with_the_prompt(workspace):
    """The last message of the user is the prompt, what is before the turns; it may end with the answer."""
    asked = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Yes?"},
        {"role": "user", "content": [{"type": "text", "text": "Who are you?"}]},
    ]
    one = {"id": "1", "messages": asked, "response": "A program."}
    again = {"id": "2", "messages": [*asked, {"role": "assistant", "content": "A program."}], "response": "A program."}
    assert sent(workspace, one, again) == (2, 0, {})
    (item,) = items(workspace)
    assert turns_from_json(item.turns) == (
        Turn(Speaker.SYSTEM, "Be brief."),
        Turn(Speaker.USER, "Hello"),
        Turn(Speaker.ASSISTANT, "Yes?"),
    )
    with workspace.store.read() as session:
        assert session.get_one(LegacyInteraction, item.interaction_id).user_prompt == "Who are you?"


USER = [{"role": "user", "content": "p"}]
BAD = {
    "no object": ("text", "no object"),
    "no id": ({"id": None}, "id must be a text"),
    "a number as id": ({"id": 7}, "id must be a text"),
    "an empty id": ({"id": ""}, "1 to 200 characters"),
    "a long id": ({"id": "x" * 201}, "1 to 200 characters"),
    "a blank id": ({"id": "   "}, "printable"),
    "an id of two lines": ({"id": "a\nb"}, "printable"),
    "an id with NUL": ({"id": "a\x00b"}, "NUL"),
    "half a surrogate in the id": ({"id": "a\ud800"}, "damaged character"),
    "no prompt": ({"prompt": None}, "prompt is empty"),
    "no response": ({"response": " \n"}, "response is empty"),
    "a number as response": ({"response": 5}, "response is not text but a number"),
    "NUL": ({"response": "a\x00"}, "NUL"),
    "half a surrogate": ({"prompt": "\udfff"}, "damaged character"),
    "too long": ({"response": "x" * (MAX_TEXT + 1)}, "longer than 5,000,000"),
    "both": ({"messages": USER}, "not both"),
    "messages as text": ({"prompt": None, "messages": "Human: a"}, "list of messages"),
    "no messages": ({"prompt": None, "messages": []}, "messages is empty"),
    "an unknown role": ({"prompt": None, "messages": [{"role": "tool", "content": "x"}]}, "role 'tool'"),
    "an answer at the end": (
        {"prompt": None, "messages": [*USER, {"role": "assistant", "content": "other"}]},
        "no message of the user right before the answer",
    ),
    "a long session": ({"session": "x" * (MAX_SESSION + 1)}, "session is longer than 500"),
    "a list as context": ({"context_id": ["c"]}, "context_id is not text"),
    "a number as generator": ({"generator": 4}, "generator must be a text"),
    "a long generator": ({"generator": "x" * 201}, "generator must have 1 to 200"),
    "a list as metadata": ({"metadata": [1]}, "metadata must be an object"),
    "large metadata": ({"metadata": {"x": "y" * MAX_METADATA}}, "metadata holds more than 1,000,000"),
    "a gap": ({"response": "Dear «name hidden»"}, "take the original"),
    "a gap in the metadata": ({"metadata": {"who": "«name hidden»"}}, "take the original"),
    "a field of another name": ({"anwser": "x"}, "'anwser' is not known; put what else you want to keep into metadata"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_is_named_and_the_good_ones_are_stored(workspace, name):
    """By its index, with a sentence; nothing of it is there."""
    wrong, words = BAD[name]
    bad = row(1, **wrong) if isinstance(wrong, dict) else wrong
    stored, known, refused = sent(workspace, row(0), bad, row(2))
    assert (stored, known, list(refused)) == (2, 0, [1])
    assert words in refused[1]
    assert [one[1] for one in occurrences(workspace)] == ["a0", "a2"]
    assert len(items(workspace)) == 2


def test_a_thousand_with_ten_bad_ones(workspace):
    """990 are stored, ten named in the order of the call, and once more none is stored."""
    rows = [row(n, response="" if n % 100 == 50 else f"r{n}") for n in range(1_000)]
    stored, known, refused = sent(workspace, *rows)
    assert (stored, known, list(refused)) == (990, 0, list(range(50, 1_000, 100)))
    assert sent(workspace, *rows) == (0, 990, refused)
    assert len(items(workspace)) == len(occurrences(workspace)) == 990


@pytest.mark.parametrize("rows", [None, {}, "text", 7])
def test_what_is_no_list_is_refused_whole(workspace, rows):
    """In a sentence."""
    with pytest.raises(BadInput, match="must be a list of answers"):
        send(workspace, SENDER, APP, rows)


def test_too_many_are_refused_whole(workspace):
    """Not even the first is stored."""
    with pytest.raises(BadInput, match="1,001 answers; at most 1,000"):
        send(workspace, SENDER, APP, [row(n) for n in range(MAX_SENT + 1)])
    assert items(workspace) == []


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "two\nlines", None])
def test_an_application_has_a_name(workspace, name):
    """One that a page can show."""
    with pytest.raises(BadInput, match="name of the application"):
        send(workspace, SENDER, name, [row()])
    assert items(workspace) == []


def test_who_may_only_rank_sends_nothing(workspace):
    """A key without the scope, whatever its caller says."""
    with pytest.raises(NotAllowed):
        send(workspace, PROGRAM, APP, [row()])
    assert items(workspace) == []


def test_what_a_model_could_not_tell_apart_is_marked(workspace):
    """Also an answer that was there before."""
    added(workspace, str(row()["prompt"]), str(row()["response"]))
    assert sent(workspace, row(3)) == (1, 0, {})
    assert sent(workspace, row(1), row(2), abstained=True) == (2, 0, {})
    assert [item.abstained for item in items(workspace)] == [True, False, True]


def test_two_calls_at_once_store_nothing_twice(workspace):
    """The same thousand answers from two programs of one application at the same moment."""
    rows = [row(n, response=f"r{n}") for n in range(300)]
    gate, found = threading.Barrier(2), []

    def call() -> None:
        gate.wait(PATIENCE)
        found.append(send(workspace, SENDER, APP, rows))

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one.stored for one in found) == sum(one.known for one in found) == 300
    assert len(items(workspace)) == len(occurrences(workspace)) == 300


def test_a_week_begins_on_monday(workspace):
    """What was given is counted under it, in UTC."""
    assert sent(workspace, row(generator="g")) == (1, 0, {})
    with workspace.store.read() as session:
        (counted,) = session.scalars(select(AnswersGiven))
    assert counted.week.weekday() == 0
    assert timedelta(0) <= now().date() - counted.week < timedelta(days=7)


def test_an_edited_answer_is_known_by_what_was_sent(workspace):
    """The program knows nothing of the edit, and its id stays what it was."""
    assert sent(workspace, row()) == (1, 0, {})
    (item,) = items(workspace)
    lead = rater(workspace, "Lena")
    looked.edit(workspace, lead, item.interaction_id, "Other prompt", "Other answer", "", withdraw_ratings=False)
    assert sent(workspace, row()) == (0, 1, {})
    assert len(items(workspace)) == 1


def test_an_import_taken_back_leaves_what_a_program_sent_too(workspace, tmp_path):
    """The answer stays for the program's feedback; the others of the import go."""
    path = tmp_path / "rows.csv"
    path.write_text("user_prompt,ai_response\np,sent too\np,only imported\n")
    *_, result = importing.import_file(workspace, COMMAND_LINE, path, HowToRead())
    assert sent(workspace, {"id": "1", "prompt": "p", "response": "sent too"}) == (1, 0, {})
    assert importing.remove_import(workspace, COMMAND_LINE, result.import_id) == 1
    (item,) = items(workspace)
    assert [one[2] for one in occurrences(workspace)] == [item.interaction_id]


def test_a_deleted_answer_can_be_sent_again(workspace):
    """Its occurrences went with it, so that its id is free."""
    assert sent(workspace, row()) == (1, 0, {})
    (item,) = items(workspace)
    looked.delete(workspace, rater(workspace, "Lena"), item.interaction_id)
    assert occurrences(workspace) == []
    assert sent(workspace, row()) == (1, 0, {})


def test_sent_answers_can_be_chosen_as_what_to_rate(workspace):
    """The queue can be narrowed to them, as to imported ones."""
    added(workspace, "p", "by hand")
    assert sent(workspace, row()) == (1, 0, {})
    ana = rater(workspace, "Ana")
    queue.choose(workspace, ana, Order.OLDEST, QueueFilters(source="sent"))
    assert looked.next_item(workspace, ana).interaction.source == "sent"
    assert interactions.sources(workspace, COMMAND_LINE) == {"manual": 1, "sent": 1}
