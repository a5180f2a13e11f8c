"""From what a file says to what is stored, and why a row is refused."""

import datetime as dt
import json
import math
from decimal import Decimal

import pytest

from core.domain.errors import BadInput
from core.domain.ratings import MAX_COMMENT
from core.domain.records import ImportComparison, ImportRow, Rejected
from core.domain.turns import Speaker, Turn, turns_text
from core.labeling.column_names import find_column, find_path, look_up, suggest_mapping
from core.labeling.how_to_read import HowToRead
from core.labeling.raw_rows import Row, Table
from core.labeling.rows import MAX_TEXT, understand
from core.labeling.scales import RatingValues, as_given


def table_of(*rows, columns=None):
    """The table of a file that held these dicts."""
    names = columns or list(dict.fromkeys(name for row in rows for name in row))
    return Table(names, lambda: (Row(number, row) for number, row in enumerate(rows, 1)))


def read(*rows, columns=None, **how):
    """The import rows of dicts that a file may have held."""
    return list(understand(table_of(*rows, columns=columns), HowToRead(**how)).rows())


def one(**values):
    """The import row of one answer with these other values."""
    return read({"user_prompt": "p", "ai_response": "a", **values})[0]


def test_a_full_row_is_understood():
    """Every column that has a meaning gets it; the rest is metadata under the file's names."""
    row = one(
        rating="4.0",
        rater="  Dr.  Ana ",
        session_id="s-1",
        context_id="story 2",
        feedback_comment=" ok\n",
        bias_flag="Yes",
        Source="web",
        empty="",
    )
    assert row == ImportRow(1, "p", "a", 4, "Dr. Ana", "s-1", "story 2", " ok\n", True, {"Source": "web"})


def test_only_prompt_and_answer_are_needed():
    """Without the optional columns everything optional is None."""
    assert one() == ImportRow(1, "p", "a")


def test_prompts_and_answers_are_kept_exactly():
    """Outer blanks and newlines belong to the text."""
    row = read({"user_prompt": "  p\r\n", "ai_response": "\ta "})[0]
    assert (row.user_prompt, row.ai_response) == ("  p\r\n", "\ta ")


@pytest.mark.parametrize("value", ["", "  \n\t", None, math.nan])
def test_an_empty_prompt_or_answer_is_rejected(value):
    """A row without one of the two texts has nothing to rate."""
    rows = read({"user_prompt": value, "ai_response": "a"}, {"user_prompt": "p", "ai_response": value})
    assert rows == [Rejected(1, "the question is empty"), Rejected(2, "the answer is empty")]


@pytest.mark.parametrize(
    "value, kind",
    [
        (7, "a number"),
        (0.5, "a number"),
        (True, "true or false"),
        (["x"], "a list"),
        ({"x": 1}, "an object"),
        (b"x", "bytes"),
    ],
)
def test_a_prompt_that_is_no_text_is_rejected(value, kind):
    """Numbers and nested values in place of a text hint at the wrong column, so they are not turned into text."""
    assert read({"user_prompt": value, "ai_response": "a"}) == [Rejected(1, f"the question is not text but {kind}")]


@pytest.mark.parametrize(
    "value, rating", [("4.0", 4), (" 5 ", 5), (3, 3), (2.0, 2), ("", None), (None, None), ("nan", None)]
)
def test_usable_ratings(value, rating):
    """Ratings as people and programs write them; nothing at all means not rated."""
    assert one(rating=value).rating == rating


@pytest.mark.parametrize("value", ["0", 6, "good", "3.5", True])
def test_an_unusable_rating_leaves_the_answer_without_one(value):
    """The answer comes in unrated, the reason is said, and what the file has is kept."""
    row = one(rating=value)
    assert (row.rating, row.metadata) == (None, {"rating": value})
    assert row.left_out.startswith(f"rating {str(value)!r} ")


@pytest.mark.parametrize(
    "value, flag",
    [
        ("true", True),
        ("FALSE", False),
        (" yes ", True),
        ("no", False),
        ("1", True),
        (0, False),
        (1.0, True),
        (True, True),
        ("", None),
        (None, None),
        (math.nan, None),
    ],
)
def test_usable_flags(value, flag):
    """Yes and no in the usual spellings; nothing at all is not known."""
    assert one(bias_flag=value).bias_flag is flag


def test_an_unusable_flag_rejects_the_row():
    """A word that is neither yes nor no is not guessed at."""
    assert one(bias_flag="maybe") == Rejected(1, "bias_flag 'maybe' is neither true nor false")


@pytest.mark.parametrize(
    "value, text", [(3, "3"), (3.0, "3"), (2.5, "2.5"), ("liveqa:1", "liveqa:1"), (" ", None), (math.nan, None)]
)
def test_ids_become_text(value, text):
    """Ids that a program turned into numbers are written as people would."""
    row = one(session_id=value, context_id=value)
    assert (row.session_id, row.context_id) == (text, text)


@pytest.mark.parametrize(
    "column, value, reason",
    [
        ("user_prompt", "a\x00b", "the question contains a NUL character"),
        ("ai_response", "a\ud800", "the answer contains a damaged character"),
        ("ai_response", "x" * (MAX_TEXT + 1), "the answer is longer than 5,000,000 characters"),
        ("session_id", "\x00", "session_id contains a NUL character"),
        ("session_id", ["s"], "session_id is not text but a list"),
        ("rater", "r" * 101, "rater is longer than 100 characters"),
        ("feedback_comment", "c" * (MAX_COMMENT + 1), "feedback_comment is longer than 10,000 characters"),
        ("extra", {"deep": ["\x00"]}, "extra contains a NUL character"),
        ("extra", {"\ud800": 1}, "extra contains a damaged character"),
        ("bad\x00name", "x", "a column name contains a NUL character"),
    ],
)
def test_what_the_database_cannot_hold_is_rejected(column, value, reason):
    """NUL, halves of surrogate pairs and texts beyond the limits are refused wherever they stand in a row."""
    row = one(**{column: value})
    assert isinstance(row, Rejected)
    assert row.reason.startswith(reason)


def test_values_at_the_limits_are_accepted():
    """The limits themselves are still fine."""
    row = one(rater="r" * 100, feedback_comment="c" * MAX_COMMENT, ai_response="x" * MAX_TEXT)
    assert isinstance(row, ImportRow)


def test_metadata_can_be_stored_as_json():
    """Nested values stay, dates and decimals become text, what is not a number becomes nothing."""
    day = dt.date(2026, 1, 2)
    row = one(kept={"l": [1, True, None, 0.5, math.inf]}, day=day, price=Decimal("1.50"), gone=math.nan, none=None)
    assert row.metadata == {"kept": {"l": [1, True, None, 0.5, None]}, "day": "2026-01-02", "price": "1.50"}


def test_metadata_nested_beyond_reason_is_rejected():
    """A value that would exhaust the stack later on is refused here."""
    deep: list[object] = []
    for _ in range(200):
        deep = [deep]
    assert one(deep=deep) == Rejected(1, "deep is nested more than 100 levels deep")


def test_rejected_rows_of_the_file_pass_through():
    """What the file reader refused stays in its place, to be counted with the rest."""
    broken = Rejected(1, "the line is not valid JSON")
    table = Table(
        ["user_prompt", "ai_response"], lambda: iter([broken, Row(2, {"user_prompt": "p", "ai_response": "a"})])
    )
    assert list(understand(table, HowToRead()).rows()) == [broken, ImportRow(2, "p", "a")]


def test_columns_are_found_exactly_first_then_by_any_spelling():
    """Case and outer blanks do not matter, unless the exact name is there too."""
    row = read({" User_Prompt": "p", "AI_RESPONSE ": "a", "Rating": "note", "rating": "2"})[0]
    assert row == ImportRow(1, "p", "a", 2, metadata={"Rating": "note"})


def test_a_mapping_names_the_columns_that_differ():
    """Mapped columns win over names, and a column is used once."""
    row = read(
        {"question": "p", "answer": "a", "score": "5", "rating": "not used"},
        mapping={"user_prompt": "question", "ai_response": "Answer", "rating": "score"},
    )[0]
    assert row == ImportRow(1, "p", "a", 5, metadata={"rating": "not used"})


def test_a_mapped_column_is_not_read_by_its_own_name_too():
    """A column that is mapped to one meaning loses the meaning of its name."""
    row = read(
        {"p": "p", "a": "a", "rating": "r1"}, mapping={"user_prompt": "p", "ai_response": "a", "rater": "rating"}
    )[0]
    assert row == ImportRow(1, "p", "a", None, "r1")


def test_the_context_column_keeps_its_own_meaning():
    """The session may be the context and stays the session; another column also stays metadata."""
    values = {"user_prompt": "p", "ai_response": "a", "session_id": "s", "story": "t"}
    assert read(values, context_column="Session_ID") == [
        ImportRow(1, "p", "a", session_id="s", context_id="s", metadata={"story": "t"})
    ]
    assert read(values, context_column="story") == [
        ImportRow(1, "p", "a", session_id="s", context_id="t", metadata={"story": "t"})
    ]


def test_a_context_column_that_is_passed_over_is_kept():
    """Naming another column as the context does not lose what stood under context_id."""
    values = {"user_prompt": "p", "ai_response": "a", "context_id": "c", "story": "t"}
    assert read(values, context_column="story")[0].metadata == {"context_id": "c", "story": "t"}
    assert read(values, context_column="context_id")[0] == ImportRow(
        1, "p", "a", context_id="c", metadata={"story": "t"}
    )


def test_the_context_column_may_be_named_as_we_call_it():
    """With a mapping, session_id means the column that was mapped to it."""
    values = {"user_prompt": "p", "ai_response": "a", "sid": "s"}
    rows = read(values, mapping={"session_id": "sid"}, context_column="session_id")
    assert rows == [ImportRow(1, "p", "a", session_id="s", context_id="s")]


def test_missing_columns_are_named_with_what_is_likely_meant():
    """The sentence says what is missing, what the file has and what to rename; it comes before any row is read."""
    table = Table(["id", "question", "Model Answer", "Score"], lambda: iter(()))
    with pytest.raises(BadInput) as caught:
        understand(table, HowToRead())
    assert str(caught.value) == (
        "The file has no column user_prompt and no column ai_response, only id, question, Model Answer, Score; "
        "rename 'question' to user_prompt and 'Model Answer' to ai_response, or choose the columns on the Data page."
    )
    assert caught.value.in_full.endswith(
        "To import it on the command line: "
        "--map user_prompt=question --map 'ai_response=Model Answer' --map rating=Score"
    )


def test_a_file_with_many_columns_gets_a_short_sentence():
    """Hundreds of columns are not all listed."""
    with pytest.raises(BadInput, match=r"c19 and 280 more; rename the column that holds it"):
        read(columns=[f"c{number}" for number in range(300)])


@pytest.mark.parametrize(
    "options, says",
    [
        ({"context_column": "story"}, "no column 'story'; it has user_prompt, ai_response"),
        ({"mapping": {"rating": "stars"}}, "no column 'stars'"),
        ({"mapping": {"stars": "rating"}}, "'stars' is not a column that can be imported"),
        ({"mapping": {"user_prompt": "ai_response"}}, "no column ai_response"),
        ({"mapping": {"user_prompt": "ai_response", "ai_response": "ai_response"}}, "cannot both come from"),
    ],
)
def test_wrong_choices_of_columns_are_refused(options, says):
    """Columns that are named but not there, or used twice, stop the import with a sentence."""
    with pytest.raises(BadInput, match=says):
        read({"user_prompt": "p", "ai_response": "a"}, **options)


@pytest.mark.parametrize(
    "columns, expected",
    [
        (
            ["user_prompt", "ai_response", "rating"],
            {"user_prompt": "user_prompt", "ai_response": "ai_response", "rating": "rating"},
        ),
        (
            ["Instruction", "OUTPUT", "Grade"],
            {"user_prompt": "Instruction", "ai_response": "OUTPUT", "rating": "Grade"},
        ),
        (
            ["User Prompt", "AI-Response", "annotator"],
            {"user_prompt": "User Prompt", "ai_response": "AI-Response", "rater": "annotator"},
        ),
        (
            ["question_id", "user question", "answer_score", "best_answer"],
            {"user_prompt": "user question", "ai_response": "best_answer", "rating": "answer_score"},
        ),
        (["prompt", "question"], {"user_prompt": "prompt"}),
        (["x", "", "__"], {}),
    ],
)
def test_suggestions_for_the_mapping(columns, expected):
    """Own names, usual other names and names that end in one are recognised, each column at most once."""
    assert suggest_mapping(columns) == expected


def test_finding_a_column_prefers_the_exact_name():
    """Of several spellings the exact one wins, then the first."""
    assert find_column(["Rating", "rating"], "rating") == "rating"
    assert find_column(["RATING", "Rating "], "rating") == "RATING"
    assert find_column(["rate"], "rating") is None


def test_a_row_with_too_much_beside_it_is_rejected():
    """Columns without a meaning, and labels that are chosen from lists, have their limits; others keep their row."""
    assert "hold more than 1,000,000 characters; leave out" in one(note="x" * 1_000_001).reason
    assert one(session_id="x" * 501) == Rejected(1, "session_id is longer than 500 characters")


BEFORE = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]
QUESTION, ANSWER = {"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}
TURNS = (Turn(Speaker.USER, "Hi"), Turn(Speaker.ASSISTANT, "Hello."))


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [*BEFORE, QUESTION, ANSWER]},
        {"messages": json.dumps([*BEFORE, QUESTION, ANSWER])},
        {"messages": [*BEFORE, QUESTION], "ai_response": "Because."},
        {"messages": [*BEFORE, QUESTION, ANSWER], "ai_response": "Because.", "user_prompt": "Why?"},
        {"messages": "\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Why?\n\nAssistant: Because."},
        {"messages": None, "user_prompt": "Why?", "ai_response": "Because.", "turns": BEFORE},
        {"user_prompt": "Why?", "ai_response": "Because.", "turns": turns_text(TURNS)},
        {"user_prompt": json.dumps([*BEFORE, QUESTION]), "ai_response": "Because."},
        {"user_prompt": json.dumps({"messages": [*BEFORE, QUESTION]}), "ai_response": "Because."},
        {"user_prompt": [*BEFORE, QUESTION], "ai_response": "Because."},
        {"user_prompt": [*BEFORE, QUESTION], "ai_response": [ANSWER]},
        {"user_prompt": [*BEFORE, QUESTION], "ai_response": [*BEFORE, QUESTION, ANSWER]},
        {
            "user_prompt": "\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Why?\n\nAssistant:",
            "ai_response": "Because.",
        },
    ],
)
def test_conversations_are_read(row):
    """The last question is the prompt, the last answer the answer, and what was said before are earlier turns."""
    assert read(row) == [ImportRow(1, "Why?", "Because.", turns=TURNS)]


def test_a_system_message_is_a_turn():
    """It belongs to what the answer answers."""
    system = {"role": "system", "content": "Be brief."}
    assert read({"messages": [system, QUESTION, ANSWER]}) == [
        ImportRow(1, "Why?", "Because.", turns=(Turn(Speaker.SYSTEM, "Be brief."),))
    ]


@pytest.mark.parametrize(
    "row, reason",
    [
        ({"messages": ""}, "messages is empty"),
        (
            {"messages": [QUESTION]},
            "messages does not end with an answer of the assistant, and there is no ai_response",
        ),
        ({"messages": [ANSWER]}, "messages has no message of the user right before the answer"),
        ({"messages": [*BEFORE, ANSWER]}, "messages has no message of the user right before the answer"),
        (
            {"messages": [*BEFORE, QUESTION, ANSWER], "ai_response": "Another."},
            "messages has no message of the user right before the answer",
        ),
        (
            {"messages": [QUESTION, ANSWER], "user_prompt": "Who?"},
            "user_prompt is not the last question in messages; leave one of them empty",
        ),
        (
            {"messages": [QUESTION, ANSWER], "turns": BEFORE},
            "the row has both messages and turns; leave one of them empty",
        ),
        (
            {"user_prompt": "p", "ai_response": "a", "turns": 3},
            "turns is not a list of messages with role and content",
        ),
        (
            {"messages": [QUESTION, {"role": "bot", "content": "x"}]},
            "message 2 of messages has the role 'bot'; it must be system, user or assistant",
        ),
    ],
)
def test_a_conversation_that_cannot_be_read_rejects_the_row(row, reason):
    """The row is refused whole: without its earlier turns it would be another question."""
    assert read(row) == [Rejected(1, reason)]


@pytest.mark.parametrize(
    "prompt",
    ["User: admin cannot log in", "Human: Hi\n\nAssistant: Hello.", json.dumps([*BEFORE]), '["Why?"]', '{"a": 1}'],
)
def test_a_prompt_that_is_not_certainly_a_conversation_stays_as_it_is(prompt):
    """Only what ends with a question of the user is one."""
    assert one(user_prompt=prompt) == ImportRow(1, prompt, "a")


def test_prompts_of_an_export_are_never_taken_apart():
    """What was stored as one text is the same again when its export is imported."""
    prompt = "Human: Hi\n\nAssistant: Hello.\n\nHuman: Why?"
    assert one(user_prompt=prompt, turns="") == ImportRow(1, prompt, "a")


NESTED = {
    "input": {"messages": [*BEFORE, QUESTION], "a.b": "dotted"},
    "output": json.dumps({"text": "Because.", "score": 4}),
    "x.y": "column",
}


@pytest.mark.parametrize(
    "path, found",
    [
        ("input.messages[-1].content", "Why?"),
        ("input.messages[0].role", "user"),
        ("Input.messages[1]", BEFORE[1]),
        ("input.a.b", "dotted"),
        ("output.text", "Because."),
        ("x.y", "column"),
        ("input.messages[7].content", None),
        ("input.nothing.there", None),
        ("output[0]", None),
    ],
)
def test_a_path_leads_into_a_column(path, found):
    """Keys, places from either end, JSON texts; a key that really contains a dot wins; what is not there is None."""
    column, rest = find_path(list(NESTED), path) or ("", "")
    assert look_up(NESTED[column], rest) == found


@pytest.mark.parametrize("path", ["inputs.messages", "input messages", "input[a]", "input..x", "input.", ""])
def test_a_path_that_is_none_is_not_found(path):
    """The column must be there, and the rest must be keys and places."""
    assert find_path(list(NESTED), path) is None


def test_nested_fields_can_be_mapped_and_the_rest_is_kept():
    """What was read is not kept a second time, everything beside it is."""
    mapping = {"user_prompt": "input.messages[-1].content", "ai_response": "output.text", "rating": "output.score"}
    (row,) = read(NESTED, mapping=mapping)
    assert (row.user_prompt, row.ai_response, row.rating) == ("Why?", "Because.", 4)
    assert row.metadata == {
        "input": {"messages": [*BEFORE, {"role": "user"}], "a.b": "dotted"},
        "x.y": "column",
    }
    kept = {"messages": "input.messages", "ai_response": "output.text"}
    assert read(NESTED, mapping=kept)[0].turns == TURNS


def test_columns_of_which_nothing_is_left_are_not_named_as_metadata():
    """A column that is mapped whole by its paths is not kept; one of which something else is left is."""
    rows = [{"in": {"q": "p"}, "out": '{"text": "a", "model": "m"}', "day": "1"}] * 2
    understood = understand(table_of(*rows), HowToRead(mapping={"user_prompt": "in.q", "ai_response": "out.text"}))
    assert understood.metadata == ("out", "day")
    assert [row.metadata for row in understood.rows()] == [{"out": {"model": "m"}, "day": "1"}] * 2


def test_a_path_into_nothing_leaves_the_row_out():
    """With our name for what is missing; the other rows come in."""
    rows = read({"in": {"q": "p"}, "a": "a"}, {"in": {}, "a": "a"}, mapping={"user_prompt": "in.q", "ai_response": "a"})
    assert rows == [ImportRow(1, "p", "a"), Rejected(2, "the question is empty")]


def test_a_scale_changes_ratings_and_keeps_what_the_file_has():
    """Under its column's name, unless the number is the same."""
    values = {"user_prompt": "p", "ai_response": "a"}
    rows = read(
        {**values, "stars": "10"},
        {**values, "stars": 1},
        {**values, "stars": "N/A"},
        {**values, "stars": "great"},
        mapping={"rating": "stars"},
        scale="1-10",
    )
    assert [(row.rating, row.metadata) for row in rows] == [
        (5, {"stars": "10"}),
        (1, None),
        (None, None),
        (None, {"stars": "great"}),
    ]
    assert [bool(row.left_out) for row in rows] == [False, False, False, True]


def test_every_rating_is_shown_to_who_counts_them():
    """As the file has it, those that are none included."""
    values = RatingValues(as_given())
    table = table_of(*({"user_prompt": "p", "ai_response": "a", "rating": value} for value in ("4,0", "N/A", "7")))
    list(understand(table, HowToRead(), values).rows())
    assert (dict(values.counts), values.unusual) == ({"4,0": 1, "7": 1}, 1)


def test_columns_can_be_chosen_for_a_comparison():
    """Both texts of it; what belongs to one answer only is kept as metadata."""
    row = {"q": "Why?", "better": "Because.", "worse": "No idea.", "who": "ana", "rating": 5, "session_id": "s"}
    mapping = {"user_prompt": "q", "chosen": "better", "rejected": "worse", "rater": "who"}
    assert read(row, mapping=mapping) == [
        ImportComparison(1, "Why?", "Because.", "No idea.", rater="ana", session_id="s", metadata={"rating": 5})
    ]
    for wrong in ({"chosen": "better"}, {"ai_response": "worse", "chosen": "better", "rejected": "worse"}):
        with pytest.raises(BadInput, match="for a comparison both chosen and rejected"):
            read(row, mapping={"user_prompt": "q", **wrong})


def test_a_column_called_chosen_beside_an_answer_is_metadata():
    """Only without an answer does it say what was compared."""
    assert one(chosen=True, rejected=False) == ImportRow(1, "p", "a", metadata={"chosen": True, "rejected": False})


@pytest.mark.parametrize(
    "row, reason",
    [
        (
            {"chosen": [QUESTION, ANSWER], "rejected": [{**QUESTION, "content": "Who?"}, ANSWER]},
            "the two conversations differ before their last answers, so these do not answer the same thing",
        ),
        ({"user_prompt": "Why?", "chosen": "Because.", "rejected": None}, "rejected is empty"),
        (
            {"user_prompt": "Who?", "chosen": [QUESTION, ANSWER], "rejected": [QUESTION, ANSWER]},
            "user_prompt is not the last question in chosen; leave one of them empty",
        ),
        (
            {"turns": BEFORE, "chosen": [QUESTION, ANSWER], "rejected": [QUESTION, ANSWER]},
            "the row has a conversation both in chosen and beside it; leave one of them empty",
        ),
        (
            {"chosen": [QUESTION], "rejected": [QUESTION]},
            "chosen does not end with an answer of the assistant",
        ),
        (
            {"chosen": "a", "rejected": "b"},
            "chosen is neither a list of messages nor a text of Human: and Assistant:",
        ),
    ],
)
def test_a_comparison_that_cannot_be_read_rejects_the_row(row, reason):
    """Two answers are only compared where they answer the same thing."""
    assert read(row) == [Rejected(1, reason)]
