"""Answers in conversations: the same question after other turns is another one, everywhere."""

import json

import pytest

from core.domain.errors import TextChanged
from core.domain.records import Filters
from core.domain.roles import COMMAND_LINE
from core.domain.turns import Speaker, Turn, turns_from_json
from core.labeling.exports import gold_rows
from core.labeling.tables import open_table
from core.reward.metrics.labels import Labels
from core.services.data import conversations, exporting, interactions
from core.services.data.conversations import Converted
from core.services.data.importing import import_file
from core.services.models.evaluate import read_rated
from core.services.people import audit_log
from core.services.rating import rating
from core.services.review import own_ratings
from core.services.review.own_ratings import OwnFilters
from core.services.training.readiness import pair_yield
from core.services.workspace import open_workspace
from core.store.audit import Wanted
from core.store.interactions import exports, legacy
from core.store.interactions.interactions import load
from core.store.rating import suggestions
from core.store.tables import Item, TextHistory
from core.store.training import statistics
from tests import looked
from tests.databases import added, added_after, environment, rater

TURNS = (
    Turn(Speaker.SYSTEM, "Be brief."),
    Turn(Speaker.USER, "My knee hurts. Über!"),
    Turn(Speaker.ASSISTANT, "Rest."),
)
OTHER = (Turn(Speaker.USER, "My 100% healthy dog eats."),)


def stored(workspace, number):
    with workspace.store.read() as session:
        return load(session, number)


def imported(workspace, tmp_path, *rows, name="rows.jsonl"):
    path = tmp_path / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    *_, result = import_file(workspace, COMMAND_LINE, path)
    return result


def test_a_conversation_is_imported(workspace, tmp_path):
    """The last question is the prompt, also in the old application's column; importing it again adds nothing."""
    messages = [{"role": str(turn.role), "content": turn.text} for turn in TURNS]
    row = {"messages": [*messages, {"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Age."}]}
    broken = {"messages": [{"role": "bot", "content": "x"}]}
    result = imported(workspace, tmp_path, row, broken, row)
    assert (result.added, result.duplicates, result.rejected_total) == (1, 1, 1)
    (found,), _ = interactions.browse(workspace, COMMAND_LINE, Filters(), page=0)
    assert (found.prompt, found.response, found.turns) == ("Why?", "Age.", TURNS)
    again = imported(workspace, tmp_path, row, name="again.jsonl")
    assert (again.added, again.duplicates) == (0, 1)


def test_the_same_question_after_other_turns_is_another_one(workspace):
    """Identity, version and comparison tell them apart; without turns everything is as it was."""
    plain = added(workspace, "Why?", "Age.")
    first, second = (added_after(workspace, turns, "Why?", "Age.") for turns in (TURNS, OTHER))
    beside = added_after(workspace, TURNS, " why? ", "Weight.")
    assert len({plain, first, second, beside}) == 4
    assert len({stored(workspace, number).version for number in (plain, first, second)}) == 3
    ana = rater(workspace)
    assert [one.interaction.interaction_id for one in rating.same_prompt(workspace, ana, first)[0]] == [first, beside]
    assert [one.interaction.interaction_id for one in rating.same_prompt(workspace, ana, plain)[0]] == [plain]


def test_every_place_that_compares_answers_compares_within_a_conversation(workspace, tmp_path):
    """Pairs, their count, the checks, suggestions and pairwise accuracy: of three good and three poor answers to one
    question only those after the same turns meet."""
    ana = rater(workspace)
    numbers = [
        added_after(workspace, turns, "Why?", response) for turns in (TURNS, OTHER) for response in ("Age.", "Weight.")
    ]
    numbers += [added(workspace, "Why?", response) for response in ("Age.", "Weight.")]
    for number, value in zip(numbers, (5, 1, 1, 4, 3, 5), strict=True):
        looked.rate(workspace, ana, number, value)
    exporting.export(workspace, COMMAND_LINE, "pairs", tmp_path / "pairs.jsonl")
    pairs = [dict(row.values) for row in open_table(tmp_path / "pairs.jsonl").rows()]
    assert sorted((p["chosen"], p["rejected"], len(p["turns"]) > 0) for p in pairs) == [
        ("Age.", "Weight.", True),
        ("Weight.", "Age.", False),
        ("Weight.", "Age.", True),
    ]
    yielded = pair_yield(workspace, COMMAND_LINE)
    assert (yielded.prompts, yielded.pairs) == (3, 3)
    with workspace.store.read() as session:
        shape = statistics.shape(session, long_words=100)
        examples = exports.examples(session)
    assert (shape.prompts, shape.prompts_with_one_answer, shape.prompts_with_differing_answers) == (1, 0, 3)
    assert shape.contradicting_repeats == 0
    rated = Labels.of(examples, positive_threshold=4)
    assert (rated.prompts, len(set(rated.contexts))) == (1, 3)  # evaluation never splits the question
    waiting = added_after(workspace, OTHER, "Why?", "Luck.")
    added_after(workspace, (*OTHER, *TURNS), "Why?", "Luck.")
    with workspace.store.read() as session:
        assert [one.interaction_id for one in suggestions.beside_rated(session, 10)] == [waiting]


def test_equal_answers_in_one_conversation_that_contradict_are_counted(workspace, old_app):
    """A repeat that the old application made counts where the turns are the same, too."""
    ana = rater(workspace)
    first, second = (added_after(workspace, TURNS, "Why?", response) for response in ("Age.", "Weight."))
    for number, value in ((first, 5), (second, 1)):
        looked.rate(workspace, ana, number, value)
    assert pair_yield(workspace, COMMAND_LINE).pairs == 1
    old_app.run("UPDATE rlhf_interactions SET ai_response = ? WHERE interaction_id = ?", "Age.", second)
    legacy.follow_texts(workspace.store)
    assert pair_yield(workspace, COMMAND_LINE).pairs == 0
    with workspace.store.read() as session:
        assert statistics.shape(session, long_words=100).contradicting_repeats == 1


def test_what_was_shown_counts_for_these_turns_only(workspace, old_app):
    """An answer whose turns changed since is shown again before it can be rated."""
    number, ana = added_after(workspace, TURNS, "Why?", "Age."), rater(workspace)
    seen = looked.showing(workspace, ana, number)
    old_app.run("UPDATE assay_items SET turns_group = ? WHERE interaction_id = ?", "f" * 64, number)
    with pytest.raises(TextChanged):
        rating.rate(workspace, ana, number, 4, showing=seen)


def test_editing_leaves_the_turns_as_they_are(workspace, old_app):
    """By hand and by the old application; the history keeps them with the texts before, also of what is deleted."""
    number = added_after(workspace, TURNS, "Why?", "Age.")
    looked.edit(workspace, COMMAND_LINE, number, "Why not?", "Age.", withdraw_ratings=False)
    assert stored(workspace, number).turns == TURNS
    old_app.run("UPDATE rlhf_interactions SET user_prompt = ? WHERE interaction_id = ?", "Who?", number)
    assert legacy.follow_texts(workspace.store) == 1
    assert (stored(workspace, number).prompt, stored(workspace, number).turns) == ("Who?", TURNS)
    assert legacy.follow_texts(workspace.store) == 0
    assert added_after(workspace, TURNS, "Who?", "Age.") == number
    looked.delete(workspace, COMMAND_LINE, number)
    with workspace.store.read() as session:
        assert [turns_from_json(old.turns) for old in session.query(TextHistory)] == [TURNS, TURNS]


@pytest.mark.every_database
@pytest.mark.parametrize(
    "words, found",
    [
        ("KNEE", True),
        ("über", True),
        ('"hm\\', True),
        ("(.*)", True),
        ("100%", False),
        ("hurts.*", False),
        ("assistant", False),
        ("role", False),
    ],
)
def test_a_search_looks_at_earlier_turns(workspace, words, found):
    """At what was said, exactly as it was, and not at the words in which that is stored."""
    if words == "über" and workspace.store.is_sqlite:
        words = "Über"  # SQLite knows small and large letters of English only, in prompts too
    turns = (*TURNS, Turn(Speaker.USER, 'He said "hm\\", (.*) and 100 things.'))
    number, ana = added_after(workspace, turns, "Why?", "Age."), rater(workspace)
    looked.rate(workspace, ana, number, 4)
    added(workspace, "Why?", "Age.")
    wanted = [number] if found else []
    shown, total = interactions.browse(workspace, COMMAND_LINE, Filters(text=words), page=0)
    assert ([one.interaction_id for one in shown], total) == (wanted, len(wanted))
    own, total = own_ratings.listed(workspace, ana, OwnFilters(text=words), page=0)
    assert ([one.interaction.interaction_id for one in own], total) == (wanted, len(wanted))


@pytest.mark.every_database
@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_an_export_can_be_imported_again(workspace, tmp_path, ending):
    """In another database it gives the same gold, turns included; what was stored as one text stays one."""
    ana = rater(workspace)
    for turns in (TURNS, OTHER, (Turn(Speaker.USER, '=1+1 "\\\n💚'),)):
        for response, value in (("Age.", 5), ("=Weight.", 2)):
            looked.rate(workspace, ana, added_after(workspace, turns, "Why?", response), value)
    looked.rate(workspace, ana, added(workspace, "Human: Hi\n\nAssistant: Hello.\n\nHuman: Why?", "So."), 3)
    path = tmp_path / f"ratings.{ending}"
    exporting.export(workspace, COMMAND_LINE, "ratings", path)
    other = open_workspace(environment(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other"))
    *_, result = import_file(other, COMMAND_LINE, path)
    assert (result.added, result.ratings, result.rejected_total) == (7, 7, 0)
    golds = []
    for one in (workspace, other):
        with one.store.read() as session:
            rows = list(gold_rows(exports.rating_rows(session)))
        golds.append(sorted((r["user_prompt"], r["ai_response"], r["turns"], r["rating"]) for r in rows))
    assert golds[0] == golds[1]
    other.store.engine.dispose()
    measured = read_rated(path)  # `evaluate FILE` reads the same
    assert len(measured) == 7
    assert len(set(Labels.of(measured, positive_threshold=4).contexts)) == 4


def test_turns_are_hidden_like_prompts(workspace):
    """For whoever may not see: in each turn, counted, and by a name that stands in another text."""
    turns = (Turn(Speaker.USER, "My name is Roswitha Quandt, call 555-217-4567."), Turn(Speaker.ASSISTANT, "Hello!"))
    number, ana = added_after(workspace, turns, "Why?", "Dear Ms Quandt, age."), rater(workspace)
    shown = rating.item(workspace, ana, number).interaction
    assert shown.hidden == {"name": 2, "phone": 1}
    assert shown.turns[0] == Turn(Speaker.USER, "My name is «name hidden», call «phone hidden».")
    assert shown.turns[1] == turns[1]
    assert "Quandt" not in shown.response


# --- conversations that were stored as one text ---------------------------------------------------------------------

MESSAGES = [{"role": str(turn.role), "content": turn.text} for turn in TURNS]
RAW = json.dumps([*MESSAGES, {"role": "user", "content": "Why?"}])
TRANSCRIPT = "\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Why?\n\nAssistant:"
OF_TRANSCRIPT = (Turn(Speaker.USER, "Hi"), Turn(Speaker.ASSISTANT, "Hello."))


def test_stored_conversations_are_offered_and_nothing_changes(workspace):
    """Counted, with what some would become; what only looks like one is not among them."""
    assert not conversations.likely(workspace, COMMAND_LINE)
    for prompt in ("Why?", "[Note] Why?", '{"question": "Why?"}', "User: admin cannot log in", json.dumps(MESSAGES)):
        added(workspace, prompt)
    added_after(workspace, TURNS, TRANSCRIPT, "answer")  # is in a conversation already
    assert not conversations.likely(workspace, COMMAND_LINE)
    assert conversations.offer(workspace, COMMAND_LINE).prompts == 0
    numbers = [
        added(workspace, prompt) for prompt in (RAW, json.dumps({"messages": json.loads(RAW)}, indent=2), TRANSCRIPT)
    ]
    assert conversations.likely(workspace, COMMAND_LINE)
    found = conversations.offer(workspace, COMMAND_LINE)
    assert found.prompts == 3
    assert [(one.interaction_id, one.turns, one.prompt) for one in found.examples] == [
        (numbers[0], TURNS, "Why?"),
        (numbers[1], TURNS, "Why?"),
        (numbers[2], OF_TRANSCRIPT, "Why?"),
    ]
    assert [stored(workspace, number).prompt for number in numbers[::2]] == [RAW, TRANSCRIPT]


def test_an_offer_hides_identifiers(workspace):
    """In every turn, by a name that is introduced in one of them."""
    said = [{"role": "user", "content": "My name is Roswitha Quandt."}, {"role": "assistant", "content": "Hi Roswitha"}]
    added(workspace, json.dumps([*said, {"role": "user", "content": "Call 555-217-4567."}]))
    (one,) = conversations.offer(workspace, COMMAND_LINE).examples
    assert [turn.text for turn in one.turns] == ["My name is «name hidden».", "Hi «name hidden»"]
    assert one.prompt == "Call «phone hidden»."


def test_conversion_keeps_ratings_and_is_no_write_of_the_old_application(workspace, old_app):
    """The old column keeps the last question, the history the text before, and the audit log who did it."""
    ana, ben = rater(workspace), rater(workspace, "Ben")
    number, other = added(workspace, RAW, "Age."), added(workspace, "Why?", "Age.")
    looked.rate(workspace, ana, number, 4, comment="fine", bias_flag=True)
    looked.rate(workspace, ben, number, 5)
    before = old_app.run("SELECT rating, feedback_comment, bias_flag FROM rlhf_interactions ORDER BY interaction_id")
    assert list(conversations.convert(workspace, ana)) == [Converted(1, 0)]
    assert stored(workspace, number).turns == TURNS
    assert stored(workspace, number).consensus == 4.5
    prompts = old_app.run("SELECT user_prompt FROM rlhf_interactions ORDER BY interaction_id")
    assert prompts == [("Why?",), ("Why?",)]
    after = old_app.run("SELECT rating, feedback_comment, bias_flag FROM rlhf_interactions ORDER BY interaction_id")
    assert after == before
    assert (workspace.pick_up(at_once=True), legacy.follow_texts(workspace.store)) == (0, 0)
    assert [line.rater for line in interactions.history(workspace, COMMAND_LINE, number)] == ["Ana", "Ben"]
    assert [one.interaction.interaction_id for one in rating.same_prompt(workspace, ana, other)[0]] == [other]
    with workspace.store.read() as session:
        (kept,) = session.query(TextHistory)
        assert (kept.interaction_id, kept.action, kept.by, kept.user_prompt) == (number, "converted", "Ana", RAW)
    (act,) = audit_log.acts(workspace, COMMAND_LINE, Wanted(action="converted prompts"))
    assert (act.actor, act.new) == (ana.key, {"answers": 1, "left": 0})
    assert list(conversations.convert(workspace, ana)) == []


def test_what_the_old_application_wrote_before_is_taken_over(workspace, old_app):
    """A rating that nobody had picked up yet is not lost."""
    number = added(workspace, TRANSCRIPT, "Age.")
    old_app.run("UPDATE rlhf_interactions SET rating = ? WHERE interaction_id = ?", 2, number)
    list(conversations.convert(workspace, COMMAND_LINE))
    assert (stored(workspace, number).consensus, stored(workspace, number).turns) == (2.0, OF_TRANSCRIPT)


def test_an_answer_that_is_there_already_stays_as_it_is(workspace):
    """It is counted; two that become the same are one converted and one left."""
    added_after(workspace, TURNS, "Why?", "Age.")
    left = added(workspace, RAW, "Age.")
    twins = [added(workspace, prompt, "Weight.") for prompt in (RAW, RAW + "\n")]
    *_, done = conversations.convert(workspace, COMMAND_LINE)
    assert done == Converted(1, 2)
    assert [stored(workspace, number).prompt for number in (left, *twins)] == [RAW, "Why?", RAW + "\n"]


def test_a_repeat_of_the_old_application_stays_one(opened, legacy_database):
    """Both rows are converted; only the first has an identity, as before."""
    for _ in range(2):
        legacy_database.run("INSERT INTO rlhf_interactions (user_prompt, ai_response) VALUES (?, ?)", RAW, "Age.")
    workspace = opened()
    workspace.pick_up(at_once=True)
    *_, done = conversations.convert(workspace, COMMAND_LINE)
    assert done == Converted(2, 0)
    with workspace.store.read() as session:
        found = session.query(Item).filter(Item.turns_group != "").order_by(Item.interaction_id)
        assert [item.identity is None for item in found] == [False, True]


def test_a_conversion_that_was_cut_off_goes_on(workspace, monkeypatch):
    """What was committed stays; the rest is converted the next time."""
    monkeypatch.setattr("core.store.interactions.conversations.BATCH", 2)
    numbers = [added(workspace, RAW, f"answer {number}") for number in range(5)]
    running = conversations.convert(workspace, COMMAND_LINE)
    assert next(running) == Converted(2, 0)
    running.close()
    assert sum(stored(workspace, number).prompt == "Why?" for number in numbers) == 2
    *_, done = conversations.convert(workspace, COMMAND_LINE)
    assert done == Converted(3, 0)
    assert {stored(workspace, number).prompt for number in numbers} == {"Why?"}
