"""Exports of other tools, one small file of each in `tests/labeling/shapes/`: what each is, and the right rows."""

import csv
import random
import re
import shlex
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from core.domain.errors import BadInput
from core.domain.records import ImportComparison, ImportRow, Rejected
from core.domain.turns import Speaker, Turn
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import understand
from core.labeling.shapes.langfuse import LANGFUSE
from core.labeling.shapes.registry import SHAPES, find_shape
from core.labeling.shapes.table import TABLE
from core.labeling.tables import Row, Table, open_table

FILES = Path(__file__).parent / "shapes"
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/import.md"
COUGH = (Turn(Speaker.USER, "I cough."), Turn(Speaker.ASSISTANT, "For how long?"))


def read(name: str, **how):
    """The shape's name, and all rows."""
    understood = understand(open_table(FILES / name), HowToRead(**how))
    return understood.shape.name, list(understood.rows())


def said(row: ImportRow):
    """Prompt, answer and rating of a row."""
    return row.user_prompt, row.ai_response, row.rating


def test_argilla_gives_a_row_for_each_annotator():
    """Ratings, comments and further answers stay with who gave them; suggestions of models are no ratings."""
    shape, (anna, ben, unrated, pair) = read("argilla.json")
    assert shape == "argilla"
    assert said(anna) == ("May I take ibuprofen with warfarin?", "No. Together they raise the risk of bleeding.", 5)
    assert (anna.rater, anna.feedback_comment) == ("7f0c-anna", "Clear and right.")
    assert (ben.rater, ben.rating, ben.feedback_comment) == ("91aa-ben", 4, None)
    kept = {"id": "rec-1", "ward": "B2", "metadata.rating": "internal", "quality (suggestion)": 2}
    assert anna.metadata == kept
    assert ben.metadata == {**kept, "topic": "drugs"}
    assert (unrated.rating, unrated.rater) == (None, None)
    assert isinstance(pair, ImportComparison)
    assert (pair.user_prompt, pair.chosen, pair.rejected, pair.rater) == (
        "Is this mole harmless?",
        "Show it to a doctor if it changes.",
        "Yes.",
        "7f0c-anna",
    )


def test_flat_argilla_records_are_the_same_without_drafts():
    """As they stand on the Hub: fields and metadata side by side, a draft does not count."""
    shape, (anna, unrated) = read("argilla_flat.jsonl")
    assert shape == "argilla"
    assert said(anna) == ("May I take ibuprofen with warfarin?", "No. Together they raise the risk of bleeding.", 5)
    assert (anna.rater, anna.metadata) == ("7f0c-anna", {"id": "rec-1", "ward": "B2"})
    assert said(unrated) == ("How much water a day?", "About two litres.", None)


def test_openai_messages_become_prompt_answer_and_turns():
    """The developer's instructions are the system's; columns beside the messages keep their meaning."""
    shape, (long, short) = read("openai.jsonl")
    assert shape == "openai"
    assert said(long) == ("Three weeks.", "See a doctor this week.", 4)
    assert long.turns == (Turn(Speaker.SYSTEM, "Answer briefly."), *COUGH)
    assert long.metadata == {"source_file": "chats-7"}
    assert said(short) == ("Is tea healthy?", "In moderation, yes.", None)


def test_openai_preferences_are_comparisons():
    """`preferred_output` and `non_preferred_output` answer the same conversation."""
    shape, (pair,) = read("openai_preferences.jsonl")
    assert shape == "openai"
    assert isinstance(pair, ImportComparison)
    assert (pair.user_prompt, pair.turns, pair.rejected) == ("How cold is it today?", (), "It is cold.")
    assert pair.chosen == "I cannot see the weather; which city do you mean?"


def test_an_openassistant_tree_becomes_its_answers_and_their_order():
    """Quality from 0 to 1 is the rating; a reply of rank 0 is held better than that of rank 1."""
    shape, rows = read("openassistant.jsonl")
    assert shape == "openassistant"
    second, first, last, pair = rows
    question = "Why can nobody divide by zero?"
    assert isinstance(pair, ImportComparison)
    assert (pair.user_prompt, pair.chosen, pair.rejected) == (question, first.ai_response, second.ai_response)
    assert (second.user_prompt, second.rating, first.rating, last.rating) == (question, 3, 5, None)
    assert second.metadata is not None
    assert (second.metadata["generator"], second.metadata["rating"]) == ("sft-0", 0.5)
    assert (last.user_prompt, last.session_id) == ("And zero by zero?", "tree-1")
    assert last.turns == (Turn(Speaker.USER, question), Turn(Speaker.ASSISTANT, first.ai_response))


def test_single_messages_of_openassistant_are_refused_in_a_sentence():
    """Without its question no message is an answer; the file that has both is named."""
    with pytest.raises(BadInput, match=r"\.trees\.jsonl\.gz"):
        read("openassistant_messages.jsonl")


def test_label_studio_gives_a_row_for_each_annotation():
    """Stars, text and a choice by who annotated; cancelled annotations do not count; Pairwise is a comparison."""
    shape, (anna, other, pair, unrated) = read("label_studio.json")
    assert shape == "label-studio"
    prompt = "May I drink grapefruit juice with simvastatin?"
    assert said(anna) == (prompt, "Better not: it raises the level of the drug.", 5)
    assert (anna.rater, anna.feedback_comment) == ("anna@example.org", "Right.\nShort.")
    assert anna.metadata == {"task_id": 11, "ward": "B2", "topic": "drugs"}
    assert (other.rater, other.rating) == ("4", 4)
    assert isinstance(pair, ImportComparison)
    assert (pair.chosen, pair.rejected) == ("Show it to a doctor if it changes.", "Yes.")
    assert said(unrated) == ("How much water a day?", "About two litres.", None)


def test_langfuse_traces_keep_their_scores():
    """The score called rating is the rating; input as messages, or as an object in JSON text, is understood."""
    shape, (fever, much) = read("langfuse.json")
    assert shape == "langfuse"
    assert said(fever) == ("I have a fever.", "How high is it?", 4)
    assert fever.turns == (Turn(Speaker.SYSTEM, "You help."),)
    assert (fever.session_id, fever.rater) == ("visit-9", None)
    assert fever.metadata is not None
    assert (fever.metadata["helpfulness"], fever.metadata["ward"], fever.metadata["userId"]) == (0.5, "B2", "patient-4")
    assert said(much) == ("Is 38.5 much?", "It is a fever; rest and drink.", None)
    assert much.metadata is not None
    assert much.metadata["tone"] == "warm"


def test_langfuse_as_csv_holds_objects_as_text(tmp_path):
    """The same trace, its input and scores as JSON texts in cells."""
    path = tmp_path / "traces.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "timestamp", "release", "version", "sessionId", "input", "output", "rating"])
        rows.writerow(["t-1", "2026-11-02", "", "", "v-9", '[{"role": "user", "content": "Hot?"}]', "Yes.", "[4]"])
    understood = understand(open_table(path), HowToRead())
    (row,) = understood.rows()
    assert understood.shape.name == "langfuse"
    assert (said(row), row.session_id) == (("Hot?", "Yes.", 4), "v-9")


def test_a_log_of_ones_own_is_not_taken_for_langfuse(tmp_path):
    """Columns that are called alike: which is what is asked, as of any table."""
    path = tmp_path / "log.csv"
    path.write_text("id,timestamp,session_id,input,output,rating\n1,today,a,Hot?,Yes.,4\n", encoding="utf-8")
    understood = understand(open_table(path), HowToRead(mapping={"user_prompt": "input", "ai_response": "output"}))
    assert (understood.shape.name, *map(said, understood.rows())) == ("table", ("Hot?", "Yes.", 4))
    assert not LANGFUSE.recognises(open_table(path).columns, [])


def test_of_langfuse_observations_only_generations_are_answers():
    """A score by a model is no rating; a step that is no answer is left out with its reason."""
    shape, (answer, step) = read("langfuse_generations.jsonl")
    assert shape == "langfuse"
    assert said(answer) == ("I have a fever.", "How high is it?", 3)
    assert answer.metadata is not None
    assert answer.metadata["generator"] == "gpt-small"
    assert "grade" not in answer.metadata
    assert isinstance(step, Rejected)
    assert step.reason == "it is a step of the kind SPAN, not an answer of a model"


def test_open_webui_feedback_keeps_its_conversation():
    """A thumb up is a 5 of the person who gave it, for the answer on its own branch; without a chat it is left out."""
    shape, (rated, empty) = read("open_webui_feedback.json")
    assert shape == "open-webui"
    assert said(rated) == ("Three weeks.", "See a doctor this week.", 5)
    assert rated.turns == COUGH
    assert (rated.rater, rated.feedback_comment, rated.session_id) == ("u-anna", "Just right.", "c-1")
    assert rated.metadata == {
        "generator": "Clinic 7B",
        "reason": "accurate_information",
        "rating_of_10": 9,
        "sibling_model_ids": ["clinic-70b"],
        "tags": ["Health"],
        "rating": 1,
    }
    assert isinstance(empty, Rejected)
    assert "has no conversation" in empty.reason


def test_open_webui_chats_give_every_answer():
    """Rated or not; an answer that was never written is none."""
    shape, (first, second) = read("open_webui_chats.json")
    assert shape == "open-webui"
    assert said(first) == ("I cough.", "For how long?", None)
    assert said(second) == ("Three weeks.", "See a doctor this week.", 1)
    assert second.turns == COUGH
    assert (second.rater, second.feedback_comment) == ("u-anna", "Too short.")


PLAIN = ("openassistant_messages", "label_studio_min", "argilla_1")
"""Of no shape."""
RECIPES = {
    "argilla.json": ("table", "No. Together they raise the risk of bleeding.", 5, "7f0c-anna"),
    "argilla_1.jsonl": ("table", "No. Together they raise the risk of bleeding.", 5, "7f0c-anna"),
    "label_studio_min.json": ("table", "Better not: it raises the level of the drug.", 5, "3"),
    "langfuse.json": ("langfuse", "How high is it?", 3, None),
}


@pytest.mark.parametrize("name", RECIPES)
def test_the_recipes_of_the_document_work(name):
    """The commands in docs/import.md that name a file of this folder, run on that file."""
    (command,) = [
        line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if f"-m core import {name} " in line
    ]
    words = shlex.split(command)
    mapping = dict(after.split("=", 1) for word, after in pairwise(words) if word == "--map")
    scale = words[words.index("--scale") + 1] if "--scale" in words else ""
    shape, rows = read(name, mapping=mapping, scale=scale)
    assert (shape, rows[0].ai_response, rows[0].rating, rows[0].rater) == RECIPES[name]


def test_every_shape_has_a_section_of_its_own():
    """docs/import.md says of each what is read, under the name that --shape takes."""
    sections = re.findall(r"^### .*\(`([\w-]+)`\)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(sections) == sorted(shape.name for shape in SHAPES if shape is not TABLE)


def changed_somewhere(value: object, chance: random.Random) -> object:
    """The value with one of its parts, at any depth, replaced by something that does not belong there."""
    parts = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    if not parts or chance.random() < 0.15:
        return chance.choice([None, 3, 2.5, True, "x", "[1", "{}", [], {}, [None], ["x"], {"role": 4}, [{"id": []}]])
    key, inner = chance.choice(parts)
    new = changed_somewhere(inner, chance)
    if isinstance(value, dict):
        return {**value, key: new}
    return [new if place == key else part for place, part in parts]


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir() if path.stem not in PLAIN))
def test_what_does_not_belong_in_an_export_costs_its_row_only(name):
    """Anything anywhere in a record: a row or a reason, never a stop."""
    table = open_table(FILES / name)
    shape = find_shape(table.columns, [row.values for row in table.rows()])
    chance = random.Random(15)
    for row in list(table.rows()) * 200:
        column = chance.choice(table.columns)
        broken = Row(1, {**row.values, column: changed_somewhere(row.values.get(column), chance)})
        one = Table(table.columns, partial(iter, [broken]))
        for found in understand(one, HowToRead(shape=shape.name)).rows():
            assert isinstance(found, ImportRow | ImportComparison | Rejected)
