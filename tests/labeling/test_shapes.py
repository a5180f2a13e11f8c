"""Data sets in their public shapes: what they are recognised as, and what their rows become."""

from pathlib import Path

import pytest

from core.domain.errors import BadInput
from core.domain.records import ImportComparison, ImportRow, Rejected
from core.domain.turns import Speaker, Turn
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import understand
from core.labeling.shapes.registry import SHAPES, named
from core.labeling.tables import open_table
from core.labeling.writing import write_table

FILES = Path(__file__).with_name("shapes")
HELLO = (Turn(Speaker.USER, "Hi"), Turn(Speaker.ASSISTANT, "Hello."))


def understood(name, **how):
    """A file of the folder, as it is understood."""
    return understand(open_table(FILES / name), HowToRead(**how))


def rows_of(name, **how):
    """Its rows without their places."""
    return list(understood(name, **how).rows())


def short(row):
    """What a comparison says."""
    return row.user_prompt, row.chosen, row.rejected, row.tie, row.turns


@pytest.mark.parametrize(
    "name, shape, scale",
    [
        ("hh_rlhf.jsonl", "hh-rlhf", ""),
        ("ultrafeedback.jsonl", "ultrafeedback", "1-5"),
        ("arena.jsonl", "arena", ""),
        ("arena_votes.csv", "arena", ""),
        ("helpsteer.jsonl", "helpsteer", "0-4"),
        ("kto.jsonl", "kto", "thumbs"),
        ("pairs.jsonl", "pairs", ""),
    ],
)
def test_shapes_are_recognised(name, shape, scale):
    """By columns and first rows, with the scale that the shape is known to have."""
    found = understood(name)
    assert (found.shape.name, found.scale.name) == (shape, scale)


def test_every_shape_can_be_named():
    """Names are different, and a wrong one gets the list of them."""
    assert [named(shape.name) for shape in SHAPES] == list(SHAPES)
    with pytest.raises(BadInput, match=r"no shape 'orpo'; use one of .*hh-rlhf.*, table"):
        understood("kto.jsonl", shape="orpo")


def test_hh_rlhf():
    """The shared beginning is the conversation, the last answers are the pair; nothing else is a comparison."""
    first, unsure, equal, other = rows_of("hh_rlhf.jsonl")
    earlier = (Turn(Speaker.USER, "My knee hurts."), Turn(Speaker.ASSISTANT, "Since when?"))
    assert short(first) == (
        "Since Monday.",
        "Rest it, and see a doctor if it swells.",
        "Run it off.",
        False,
        earlier,
    )
    # two questions in a row are no certain conversation: the text stays what it is, the answers are still the pair
    assert unsure.user_prompt == "\n\nHuman: Hello?\n\nHuman: Are you there?\n\nAssistant:"
    assert (unsure.chosen, unsure.rejected, unsure.turns, unsure.metadata) == ("I am.", "No.", (), None)
    assert equal.chosen == equal.rejected == "Yes."
    assert isinstance(other, Rejected)
    assert "differ before their last answers" in other.reason


def test_ultrafeedback():
    """An answer of each completion, with its model; the mean of the aspects on a scale from 1 to 5."""
    *answers, empty = rows_of("ultrafeedback.jsonl")
    assert [(row.user_prompt, row.ai_response, row.rating) for row in answers] == [
        ("Name a prime.", "Seven.", 5),
        ("Name a prime.", "Nine.", 1),
        ("Name a prime.", "Two.", 4),
    ]
    assert [row.metadata["generator"] for row in answers] == ["alpaca-7b", "wizardlm-13b", "llama-2"]
    assert [row.metadata["rating"] for row in answers] == [4.5, 1.25, pytest.approx(13 / 3)]
    assert answers[0].metadata["critique"] == "Could be longer."
    assert empty == Rejected(2, "the row holds no answer", empty.place)


def test_arena():
    """The winner is chosen whichever side it is on, a tie is none, and each answer knows its model."""
    a, b, tie, bad, unknown, many, first_turn = rows_of("arena.jsonl")[:5] + rows_of("arena.jsonl")[5:][::-1]
    assert short(a) == ("Why?", "Because.", "No idea.", False, ())
    assert short(b) == ("How?", "Like this.", "So.", False, ())
    assert short(tie) == ("When?", "Now.", "Today.", True, ())
    assert (bad.tie, bad.metadata["winner"]) == (True, "tie (bothbad)")
    assert unknown.reason == "winner 'neither' is neither model_a nor model_b nor a tie"
    assert short(first_turn) == ("First?", "Two.", "One.", False, ())  # the vote was on the first turn
    assert "differ before their last answers" in many.reason
    chosen, rejected = b.answers
    assert (chosen.ai_response, chosen.metadata["generator"]) == ("Like this.", "vicuna-13b")
    assert (rejected.ai_response, rejected.metadata["generator"]) == ("So.", "koala-13b")
    assert "chosen_generator" not in chosen.metadata
    assert chosen.metadata["language"] == "English"


def test_arena_with_a_column_for_each_vote():
    """The same battles as a table: texts in lists, and three columns of which one is 1."""
    won, tie = rows_of("arena_votes.csv")
    assert short(won) == ("Is it raining?", "Look outside.", "Yes.", False, ())
    assert short(tie) == ("Why?", "Because.", "So.", True, HELLO)


def test_helpsteer():
    """0 to 4 becomes 1 to 5 and stays beside it; earlier turns are taken apart."""
    plain, longer, worst = rows_of("helpsteer.jsonl")
    assert (plain.user_prompt, plain.ai_response, plain.rating) == ("What is a fever?", "A high temperature.", 4)
    assert plain.metadata == {"correctness": 3, "coherence": 4, "complexity": 1, "verbosity": 2, "rating": 3}
    assert (longer.user_prompt, longer.rating) == ("How high?", 5)
    assert longer.turns == (Turn(Speaker.USER, "What is a fever?"), Turn(Speaker.ASSISTANT, "A high temperature."))
    assert (worst.rating, worst.left_out) == (1, None)


@pytest.mark.parametrize("begin", ["", "<extra_id_1>User\n"])
@pytest.mark.parametrize("end", ["", "\n<extra_id_1>Assistant\n"])
def test_helpsteer_prompts_with_marks_at_their_ends(begin, end):
    """A mark before the first question, and one where the answer belongs, are no turns."""
    prompt = f"{begin}Hi\n<extra_id_1>Assistant\nHello.\n<extra_id_1>User\nWhy?{end}"
    (row,) = named("helpsteer").read({"prompt": prompt, "response": "Because.", "helpfulness": 2})
    assert row["user_prompt"] == [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "Why?"},
    ]


def test_kto():
    """Thumbs are 5 and 1; messages are read on both sides; no label is no rating."""
    up, down, none = rows_of("kto.jsonl")
    assert up == ImportRow(1, "Why?", "Because.", 5, metadata={"rating": True}, place=up.place)
    assert (down.user_prompt, down.ai_response, down.rating, down.turns) == ("Why?", "No idea.", 1, HELLO)
    assert (none.rating, none.left_out) == (None, None)


def test_pairs():
    """Texts, lists of messages and whole conversations are the same comparison."""
    plain, whole, split, alone, empty = rows_of("pairs.jsonl")
    assert short(plain) == ("Why?", "Because.", "No idea.", False, ())
    assert plain.metadata == {"margin": 2}
    assert short(whole) == ("Why?", "Because.", "So.", False, ())
    assert whole.metadata == {"score_chosen": 8.0}
    assert short(split) == short(alone) == ("Why?", "Because.", "So.", False, HELLO)
    assert empty == Rejected(5, "rejected is empty", empty.place)


def test_our_own_exports_come_back(tmp_path):
    """Preferences keep their rater, context and turns; kto is kto."""
    columns = dict.fromkeys(("prompt", "chosen", "rejected", "rater", "context_id", "turns"), str)
    turns = '[{"role": "user", "text": "Hi"}, {"role": "assistant", "text": "Hello."}]'
    write_table(
        tmp_path / "preferences.csv",
        columns,
        [dict(zip(columns, ("[1]?", "Human: Yes.", "No.", "ana", "c", turns), strict=True))],
    )
    found = understand(open_table(tmp_path / "preferences.csv"), HowToRead())
    (row,) = found.rows()
    assert found.shape.name == "pairs"
    assert row == ImportComparison(
        1, "[1]?", "Human: Yes.", "No.", rater="ana", context_id="c", turns=HELLO, place=row.place
    )


@pytest.mark.parametrize(
    "outcome, served_for, tie",
    [
        ("better", "", False),
        ("better", "asked by a lead", False),
        ("better", "language model 1, abc", True),  # nothing learns from what is to tell whether a model is better
        ("equal", "asked by a lead", True),
        ("neither", "", True),
    ],
)
def test_an_order_is_only_what_may_be_learned_from(tmp_path, outcome, served_for, tie):
    row = {"prompt": "Why?", "chosen": "A", "rejected": "B", "outcome": outcome, "served_for": served_for}
    write_table(tmp_path / "preferences.csv", dict.fromkeys(row, str), [row])
    (found,) = understand(open_table(tmp_path / "preferences.csv"), HowToRead()).rows()
    assert found.tie is tie


def test_a_named_shape_and_chosen_columns_win():
    """A file can be read as another shape, and a column of it can be given another meaning."""
    assert understood("kto.jsonl", mapping={"user_prompt": "prompt", "ai_response": "completion"}).shape.name == "table"
    rated = understood("helpsteer.jsonl", mapping={"rating": "correctness"}, scale="0-3")
    assert [row.rating for row in rated.rows()] == [5, 5, 5]
    judged = rows_of("arena.jsonl", mapping={"rater": "judge"}, context_column="question_id")
    assert (judged[0].rater, judged[0].context_id) == ("arena_user_1", "q-Why?")
    assert "judge" not in judged[0].metadata
    assert judged[0].metadata["question_id"] == "q-Why?"


def test_what_a_shape_keeps_is_said():
    """Metadata is named by what the first rows come to."""
    assert understood("helpsteer.jsonl").metadata == ("correctness", "coherence", "complexity", "verbosity")
    assert "language" in understood("arena.jsonl").metadata
    assert "winner" not in understood("kto.jsonl").metadata
