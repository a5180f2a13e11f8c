"""Answers pasted into one field: where one ends, what else may be meant, and that one answer is never torn apart."""

import json

import pytest

from core.labeling.pasted.reading import Way, paste, understand

STEPS = "1. Cool it.\n2. Cover it.\n3. Call."
CODE = "```python\nfirst = 1\n\n- second\n---\nAnswer A:\n1. third\n```"

SEVERAL = {
    "lines of dashes": ("one\n---\ntwo", ("one", "two"), Way.DASHES),
    "Windows line ends": ("one\r\n---\r\ntwo\r\n", ("one", "two"), Way.DASHES),
    "longer lines of dashes": ("one\n\n--------\n\ntwo", ("one", "two"), Way.DASHES),
    "numbers that dashes keep together": ("1. one\n---\n2. two", ("1. one", "2. two"), Way.DASHES),
    "right to left": ("مرحبا\n---\nשלום", ("مرحبا", "שלום"), Way.DASHES),
    "a JSON list": (
        '["one", {"text": "two"}, {"response": "three"}, " "]',
        ("one", "two", "three"),
        Way.JSON_LIST,
    ),
    "the body of a call": ('{"query": "q", "documents": ["one", {"text": "two"}]}', ("one", "two"), Way.JSON_LIST),
    "JSON lines": (
        '{"text": "one\\n1. a\\n2. b"}\n\n{"answer": "two"}',
        ("one\n1. a\n2. b", "two"),
        Way.JSON_LINES,
    ),
    "a label for each": ("Answer A: one\n\nmore\nAnswer B:\ntwo", ("one\n\nmore", "two"), Way.LABELS),
    "labels that count": ("Answer 1: one\nAnswer 2: two", ("one", "two"), Way.LABELS),
    "labels in bold, with lines of dashes": (
        "**Answer A:**\none\n\n---\n\n**Answer B:**\ntwo",
        ("one", "two"),
        Way.LABELS,
    ),
    "labels as headings, after a line that leads on": (
        "Here are two answers:\n\n## Response 1\none\n\n## Response 2 (short)\ntwo",
        ("one", "two"),
        Way.LABELS,
    ),
    "a label on a line of its own": ("Option A\none\nOption B\ntwo", ("one", "two"), Way.LABELS),
    "the same label again": ("Answer: one\nAnswer: two", ("one", "two"), Way.LABELS),
    "labels before steps": (f"Answer A:\n{STEPS}\n\nAnswer B:\n{STEPS}", (STEPS, STEPS), Way.LABELS),
    "numbers with a bracket": ("1) one\n2) two", ("one", "two"), Way.NUMBERS),
    "numbers within brackets": ("(1) one\n(2) two", ("one", "two"), Way.NUMBERS),
    "numbers in bold": ("**1.** one\n**2.** two", ("one", "two"), Way.NUMBERS),
    "numbers of two kinds": ("1. one\nmore\n\n2) two\n3. three", ("one\nmore", "two", "three"), Way.NUMBERS),
    "numbers with several paragraphs": (
        "1. one\n\nmore of one\n\n2. two\n\nmore of two",
        ("one\n\nmore of one", "two\n\nmore of two"),
        Way.NUMBERS,
    ),
    "a list within a numbered answer": (
        "1. one\n   1. inner\n   2. inner\n2. two",
        ("one\n   1. inner\n   2. inner", "two"),
        Way.NUMBERS,
    ),
    "steps of another kind within a numbered answer": (
        "1) one:\n1. a\n2. b\n2) two\n1. c",
        ("one:\n1. a\n2. b", "two\n1. c"),
        Way.NUMBERS,
    ),
    "bullets within a numbered answer": ("1. one:\n- a\n- b\n2. two", ("one:\n- a\n- b", "two"), Way.NUMBERS),
    "letters": ("A) one\nB) two\nC) three", ("one", "two", "three"), Way.LETTERS),
    "letters with a dot": ("A. one\nB. two", ("one", "two"), Way.LETTERS),
    "hyphens": ("- one\n- two\n- three", ("one", "two", "three"), Way.BULLETS),
    "stars, with a list within": ("* one\n  * a\n  * b\n* two", ("one\n  * a\n  * b", "two"), Way.BULLETS),
    "bullets of a word processor": ("•\tone\r\n•\ttwo\r\n•three", ("one", "two", "three"), Way.BULLETS),
    "bullets between blank lines": ("- one\n\n- two\n\nmore\n\n- three", ("one", "two\n\nmore", "three"), Way.BULLETS),
    "blank lines": ("one\n\ntwo\nmore\n \t\nthree", ("one", "two\nmore", "three"), Way.BLANK_LINES),
    "two blank lines between answers of paragraphs": (
        "one\n\nmore\n\n\ntwo\n\n\n\nthree\n\nmore",
        ("one\n\nmore", "two", "three\n\nmore"),
        Way.GAPS,
    ),
    "steps, then prose, then steps": (
        "1. Cool it.\n2. Cover it.\n\nJust wait.\n\n1. Call.\n2. Go.",
        ("1. Cool it.\n2. Cover it.", "Just wait.", "1. Call.\n2. Go."),
        Way.BLANK_LINES,
    ),
    "a list each": ("- a\n- b\n\n- c\n- d", ("- a\n- b", "- c\n- d"), Way.BLANK_LINES),
    "a list below its own line each": (
        "Do this:\n- a\n- b\n\nOr that:\n- c\n- d",
        ("Do this:\n- a\n- b", "Or that:\n- c\n- d"),
        Way.BLANK_LINES,
    ),
    "a list after a blank line each": (
        "Do this:\n\n- a\n- b\n\nOr that:\n\n- c\n- d",
        ("Do this:\n\n- a\n- b", "Or that:\n\n- c\n- d"),
        Way.BLANK_LINES,
    ),
    "code with whatever in it": (
        f"Use this:\n{CODE}\n\nUse that instead.",
        (f"Use this:\n{CODE}", "Use that instead."),
        Way.BLANK_LINES,
    ),
}
ONE = {
    "a paragraph": "Hold the power button.",
    "steps below a line": f"Do this:\n{STEPS}",
    "steps after a blank line, and more": f"Do this:\n\n{STEPS}\n\nThen wait.",
    "steps without a colon before them": f"Cooling helps most.\n\n{STEPS}\n\nThen wait.",
    "steps, and a paragraph after them": f"{STEPS}\n\nSee a doctor if it blisters.",
    "bullets, and a paragraph after them": "- a\n- b\n\nSee a doctor if it blisters.",
    "Markdown with headings": "# Burns\n\nCool them.\n\n## When to call\n\nIf they blister.",
    "Markdown with bold headings": "**Burns**\n\nCool them.\n\n**When to call**\n\nIf they blister.",
    "code, and a paragraph after it": f"You can use this:\n\n{CODE}\n\nIt needs texts.",
    "an indented part": "Write:\n\n    a = 1\n\n    b = 2\n\nand run it.",
    "a table": "Doses:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nNo more.",
    "a list that does not begin with 1": "2. one\n3. two",
    "amounts": "1.5 mg\n2.5 mg",
    "options within a sentence": "Option A is better.\nOption B is worse.",
    "an emphasis": "*Never* use butter.\n**Always** cool it.",
    "a text in brackets": "[citation needed] text",
    "code that begins with a bracket": "{ return 1; }\nint x;",
    "nothing but brackets": "[" * 5_000,
    "code that is never closed": "```\nfirst = 1\nsecond = 2",
}


@pytest.mark.parametrize("text, texts, way", SEVERAL.values(), ids=SEVERAL)
def test_answers_are_told_apart(text, texts, way):
    """The marks go, what stands between them stays whole, and no further ``way`` is needed to read it so."""
    found = understand(text)
    assert (found.texts, found.way, found.automatic) == (texts, way, way)


@pytest.mark.parametrize("text", ONE.values(), ids=ONE)
def test_one_answer_is_not_torn_apart(text):
    """Steps, lists, headings and code belong to the answer in which they stand."""
    found = understand(text)
    assert (found.texts, found.way, found.read_as) == ((text,), Way.ONE, "1 answer")


@pytest.mark.parametrize("text", [text for text, _, way in SEVERAL.values() if way not in (Way.JSON_LIST, Way.DASHES)])
def test_everything_can_be_read_as_one_answer(text):
    """Every guess can be refused, and then the text is whole."""
    found = understand(text, Way.ONE)
    assert (Way.ONE, 1) in understand(text).others
    assert found.texts == (text.strip(),)
    assert (found.automatic, len(understand(text).texts)) in found.others


@pytest.mark.parametrize("text", [*ONE.values(), *(text for text, _, _ in SEVERAL.values())])
def test_each_way_that_is_offered_gives_as_many_answers_as_it_says(text):
    """And none is blank."""
    for way, count in understand(text).others:
        chosen = understand(text, way)
        assert (chosen.way, len(chosen.texts)) == (way, count)
        assert all(one.strip() for one in chosen.texts)


def test_a_way_that_does_not_fit_is_not_taken():
    """The choice for an earlier text does not spoil the next one."""
    assert understand("one\n\ntwo", Way.LETTERS).way is Way.BLANK_LINES


def test_what_stands_before_a_chosen_list_is_said():
    """It is no answer, and nothing is left out silently."""
    found = understand(f"Do this:\n{STEPS}", Way.NUMBERS)
    assert (found.texts, found.left_out) == (("Cool it.", "Cover it.", "Call."), "Do this:")


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"{number}. Answer {number}" for number in range(1, 201)),
        "\n\n".join(f"Answer {number}: text" for number in range(1, 201)),
        "\n".join(f"- Answer {number}" for number in range(200)),
        "\n\n".join(f"The answer {number}" for number in range(200)),
        "\n---\n".join(f"The answer {number}" for number in range(200)),
    ],
)
def test_two_hundred_answers(text):
    """As many as were pasted, in their order."""
    assert len(understand(text).texts) == 200


def test_one_answer_on_each_line_is_offered_where_nothing_else_fits():
    """A column of a spreadsheet: one press away, never guessed."""
    found = understand("one\ntwo\nthree")
    assert found.way is Way.ONE
    assert found.others == ((Way.LINES, 3),)


@pytest.mark.parametrize(
    "text, read_as",
    [
        ("one\n\ntwo\n\nthree", "3 answers, told apart by blank lines"),
        ("Answer A: one\nAnswer B: two", "2 answers, told apart by labels such as “Answer A”"),
        ("Only one\n---\n   ", "1 answer"),
        (" \n", "0 answers"),
    ],
)
def test_how_it_was_read_is_said_in_words(text, read_as):
    """How many, and what told them apart."""
    assert understand(text).read_as == read_as


@pytest.mark.parametrize(
    "text, doubt",
    [
        ('["a one","b two"', "begins like a JSON list"),
        ('{"query": "a", "notes": ["x", "y"]}', "JSON object without a text"),
        ("[1] See the leaflet.", None),
        ('{"text": "a"}\n{"text": ', "line 2 holds no text"),
        ("[1, 2]", "not of texts"),
        ("one\n---\ntwo", None),
    ],
)
def test_json_that_cannot_be_used_is_said(text, doubt):
    """A sentence, never a silent guess."""
    found = understand(text).doubt
    assert (found is None) if doubt is None else (found is not None and doubt in found)


def test_json_lines_end_only_where_lines_end():
    """U+2028 and the like may stand within a text of JSON: they end no line."""
    texts = ("one\u2028two", "three\x85four")
    pasted = "\r\n".join(json.dumps({"text": text}, ensure_ascii=False) for text in texts)
    assert understand(pasted).texts == texts


@pytest.mark.parametrize(
    "texts",
    [
        ("one", "two"),
        ("a\n---\nb", "c"),
        ("1. a\n2. b",),
        ('["x"]',),
        ("a", "a"),
        ("Answer A: x\nAnswer B: y", "z"),
        ("```\nnever closed", "```\nnever closed either"),
        (),
    ],
)
def test_candidates_survive_the_paste_box(texts):
    """From single boxes into the paste box and back nothing is split, joined or lost."""
    assert understand(paste(texts)).texts == texts
