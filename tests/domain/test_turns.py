"""Conversations: what is read as messages, what is certainly a text of Human: and Assistant:, and what is left."""

import json

import pytest

from core.domain.errors import BadInput
from core.domain.texts import interaction_identity
from core.domain.turns import (
    MAX_CHARACTERS,
    MAX_TURNS,
    Conversation,
    Speaker,
    Turn,
    read_messages,
    read_stored_prompt,
    read_transcript,
    turns_from_json,
    turns_group,
    turns_text,
    turns_to_json,
)

SYSTEM, USER, ASSISTANT = Speaker
SAID = (Turn(SYSTEM, "Be brief."), Turn(USER, "Is it 💚?"), Turn(ASSISTANT, 'Yes:\n"it" is.'))
MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Is it 💚?", "name": "ana"},
    {"role": "assistant", "content": [{"type": "text", "text": "Yes:"}, {"type": "text", "text": '"it" is.'}]},
]


@pytest.mark.parametrize(
    "value",
    [
        MESSAGES,
        json.dumps(MESSAGES),
        json.dumps(MESSAGES, indent=2, ensure_ascii=False),
        turns_to_json(SAID),
        turns_text(SAID),
    ],
)
def test_messages_are_read_in_every_form(value):
    """As a list, as JSON text, with parts, and as exports write them."""
    assert read_messages(value, "messages") == SAID


@pytest.mark.parametrize("value", [None, "", " \n", []])
def test_nothing_is_no_conversation(value):
    """An empty cell is no mistake."""
    assert read_messages(value, "messages") == ()


def test_stored_turns_come_back():
    """Stored, written to a file, and compared by hash."""
    assert turns_from_json(json.loads(json.dumps(turns_to_json(SAID)))) == SAID
    assert turns_from_json(None) == ()
    assert (turns_text(()), turns_group(())) == ("", "")
    assert turns_group(SAID) != turns_group(SAID[1:]) != turns_group((Turn(ASSISTANT, "Is it 💚?"), SAID[2]))


def test_identity_without_turns_is_what_it_was():
    """What was stored before there were conversations keeps its identity."""
    known = "0da0157c77db3728105216c18928fee75b13683181033e2fe38ddd627e2f5af2"
    assert interaction_identity("p", "a", None) == interaction_identity("p", "a", None, "") == known
    assert interaction_identity("p", "a", None, turns_group(SAID)) != known


@pytest.mark.parametrize(
    "value, reason",
    [
        ("hello", "messages is neither a list of messages nor a text of Human: and Assistant:"),
        (3, "messages is not a list of messages with role and content"),
        ('{"role": "user"}', "messages is not a list of messages with role and content"),
        (["hi"], "message 1 of messages is no message with role and content"),
        (
            [{"role": "tool", "content": "x"}],
            "message 1 of messages has the role 'tool'; it must be system, user or assistant",
        ),
        (
            [{"role": ["user"], "content": "x"}],
            "message 1 of messages has the role \"['user']\"; it must be system, user or assistant",
        ),
        (
            [MESSAGES[1], {"content": "x"}],
            "message 2 of messages has the role 'None'; it must be system, user or assistant",
        ),
        ([{"role": "user", "content": " "}], "message 1 of messages is empty"),
        ([{"role": "assistant", "content": None, "tool_calls": []}], "message 1 of messages is empty"),
        ([{"role": "user", "content": 7}], "message 1 of messages holds something else than text"),
        (
            [{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}],
            "message 1 of messages holds something else than text",
        ),
        (
            [{"role": "user", "content": "a\x00"}],
            "message 1 of messages contains a NUL character, which a database cannot store",
        ),
        ([MESSAGES[0]] * (MAX_TURNS + 1), "messages holds 1,001 messages; at most 1,000 can be read"),
        (
            [{"role": "user", "content": "a" * (MAX_CHARACTERS // 2 + 1)}] * 2,
            "messages is longer than 5,000,000 characters",
        ),
        ("[" * 200_000, "messages is neither a list of messages nor a text of Human: and Assistant:"),
        ("[" + "1," * 200_000 + "1]", "messages is neither a list of messages nor a text of Human: and Assistant:"),
    ],
)
def test_what_is_no_list_of_messages_says_why(value, reason):
    """One sentence, which names the message."""
    with pytest.raises(BadInput) as refused:
        read_messages(value, "messages")
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    "text, said",
    [
        ("\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Why?\n\nAssistant:", ["Hi", "Hello.", "Why?"]),
        ("Human: Hi\nAssistant: Hello.\nMore of it.", ["Hi", "Hello.\nMore of it."]),
        ("User: Hi\n\nAssistant: Human: is no marker in a line.", ["Hi", "Human: is no marker in a line."]),
        ("Human: Hi\n\nAssistant:", ["Hi"]),
    ],
)
def test_a_text_of_human_and_assistant_is_read(text, said):
    """Every turn begins a line; the place for the answer is no turn."""
    assert read_transcript(text) == tuple(Turn((USER, ASSISTANT)[i % 2], words) for i, words in enumerate(said))
    assert read_messages(text, "messages") == read_transcript(text)


@pytest.mark.parametrize(
    "text",
    [
        "User: admin cannot log in",  # a single marker can be anything
        "Hi\n\nHuman: Hi\n\nAssistant: Hello.",
        "Assistant: Hello.\n\nHuman: Hi",
        "Human: Hi\n\nHuman: Hi?\n\nAssistant: Hello.",
        "Human: Hi\n\nAssistant: Hello.\n\nAssistant: Hm.",
        "Human: \n\nAssistant: Hello.",
        "Human: Hi\n\nAssistant:\n\nHuman: Hi?",
        "human: hi\n\nassistant: hello",
        "",
    ],
)
def test_what_is_not_certain_stays_a_text(text):
    """Nothing is guessed."""
    assert read_transcript(text) is None


@pytest.mark.parametrize(
    "prompt",
    [
        json.dumps([*MESSAGES, {"role": "user", "content": "Why?"}]),
        json.dumps({"messages": [*MESSAGES, {"role": "user", "content": "Why?"}], "model": "m"}, indent=1),
    ],
)
def test_a_stored_prompt_that_is_a_conversation(prompt):
    """Raw JSON as other programs store it."""
    assert read_stored_prompt(prompt) == Conversation(SAID, "Why?")


@pytest.mark.parametrize(
    "prompt",
    [
        "Why?",
        json.dumps(MESSAGES),  # ends with an answer
        '{"question": "Why?"}',
        "[1, 2]",
        "[Note] What is this?",
        "{",
        "[" * 100_000,
        '{"messages": []}',
        "Human: Hi\n\nAssistant: Hello.",
    ],
)
def test_other_stored_prompts_are_left_alone(prompt):
    """Also those that only begin like a conversation."""
    assert read_stored_prompt(prompt) is None


def test_a_stored_prompt_of_human_and_assistant():
    """The last question is the prompt."""
    found = read_stored_prompt("\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Why?\n\nAssistant:")
    assert found == Conversation((Turn(USER, "Hi"), Turn(ASSISTANT, "Hello.")), "Why?")
