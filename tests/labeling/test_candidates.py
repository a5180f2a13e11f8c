"""Candidates for reranking, from files and from the paste box."""

import pytest

from core.domain.errors import BadInput
from core.labeling.candidates import paste, read_candidates, split_candidates, understand


@pytest.mark.parametrize(
    "text, expected",
    [
        ("one\n---\ntwo", ["one", "two"]),
        ("one\r\n---\r\ntwo\r\n", ["one", "two"]),
        ("---\n\n one\nmore \n  ---\t\n \n---\n---", ["one\nmore"]),
        ("a --- b\n----\n-- -", ["a --- b\n----\n-- -"]),
        ("one\u2028---\u2028two", ["one\u2028---\u2028two"]),
        (" \n", []),
    ],
)
def test_lines_of_three_dashes_separate_candidates(text, expected):
    """Only a whole line of three dashes separates; blank pieces are dropped."""
    assert split_candidates(text) == expected


def test_a_txt_file_is_split(tmp_path):
    """A text file in a Windows encoding gives its candidates."""
    path = tmp_path / "c.TXT"
    path.write_bytes("Müde\r\n---\r\nWach".encode("cp1252"))
    assert read_candidates(path) == [{"text": "Müde"}, {"text": "Wach"}]


def test_a_jsonl_file_keeps_every_key(tmp_path):
    """What comes with a candidate is handed on, and its text is kept exactly."""
    path = tmp_path / "c.jsonl"
    path.write_text('{"text": " a ", "id": 7}\n\n{"text": "", "more": [1]}\n')
    assert read_candidates(path) == [{"text": " a ", "id": 7}, {"text": "", "more": [1]}]


@pytest.mark.parametrize(
    "content, says",
    [
        ('{"text": "a"}\n{"answer": "b"}\n', 'index 1 of c.jsonl has no "text"'),
        ('{"text": "a"}\n{"text": 5}\n', 'index 1 of c.jsonl has no "text"'),
        ('{"text": "a"}\n{"text": \n', "index 1 of c.jsonl is unusable: the line is not valid JSON"),
        ('["a", "b"]', "The list in c.jsonl holds no JSON objects"),
    ],
)
def test_an_unusable_candidate_is_named_by_its_index(tmp_path, content, says):
    """The sentence counts from 0, as the results do."""
    path = tmp_path / "c.jsonl"
    path.write_text(content)
    with pytest.raises(BadInput) as caught:
        read_candidates(path)
    assert says in str(caught.value)


def test_files_without_candidates_are_refused(tmp_path):
    """Nothing but separators, an empty file, another ending and no file each get a sentence."""
    for name, content, says in [
        ("c.txt", "---\n", "no candidate"),
        ("e.txt", "", "empty"),
        ("c.csv", "a", "does not end"),
    ]:
        (tmp_path / name).write_text(content)
        with pytest.raises(BadInput, match=says):
            read_candidates(tmp_path / name)
    with pytest.raises(BadInput, match="There is no file"):
        read_candidates(tmp_path / "missing.txt")


@pytest.mark.parametrize(
    "text, texts, read_as",
    [
        ("one\n---\ntwo", ("one", "two"), "2 answers, between lines of ---"),
        (
            '["one", {"text": "two"}, {"response": "three"}, " "]',
            ("one", "two", "three"),
            "3 answers, from a JSON list",
        ),
        (
            '{"text": "one\\n1. a\\n2. b"}\n\n{"answer": "two"}',
            ("one\n1. a\n2. b", "two"),
            "2 answers, from JSON lines",
        ),
        ("1. one\nmore\n\n2) two\n3. three", ("one\nmore", "two", "three"), "3 answers, from a numbered list"),
        ("Answer 1: one\nAnswer 2: two", ("one", "two"), "2 answers, from a numbered list"),
        (
            "1. one\n   1. inner\n   2. inner\n2. two",
            ("one\n   1. inner\n   2. inner", "two"),
            "2 answers, from a numbered list",
        ),
        ("1. one\n---\n2. two", ("1. one", "2. two"), "2 answers, between lines of ---"),
        ("Steps:\n1. one\n2. two", ("Steps:\n1. one\n2. two",), "1 answer"),
        ("2. one\n3. two", ("2. one\n3. two",), "1 answer"),
        ("1.5 mg\n2.5 mg", ("1.5 mg\n2.5 mg",), "1 answer"),
        ("[citation needed] text", ("[citation needed] text",), "1 answer"),
        ("{ return 1; }\nint x;", ("{ return 1; }\nint x;",), "1 answer"),
        ("مرحبا\n---\nשלום", ("مرحبا", "שלום"), "2 answers, between lines of ---"),
        ("[" * 5_000, ("[" * 5_000,), "1 answer"),
        (" \n", (), "0 answers"),
    ],
)
def test_a_pasted_text_is_understood_and_said(text, texts, read_as):
    """Four ways to give several answers; whatever only looks like one of them stays one text."""
    found = understand(text)
    assert found.texts == texts
    assert found.read_as == read_as


@pytest.mark.parametrize(
    "text, doubt",
    [
        ('["a one","b two"', "begins like a JSON list"),
        ('{"query": "a", "documents": ["x", "y"]}', "JSON object without a text"),
        ("[1] See the leaflet.", None),
        ("1. one\n2. two", "numbered steps"),
        ('{"text": "a"}\n{"text": ', "line 2 holds no text"),
        ("[1, 2]", "not of texts"),
        ("one\n---\ntwo", None),
    ],
)
def test_what_may_have_been_meant_differently_is_said(text, doubt):
    """A list that could be one answer, JSON that could not be used: a sentence, never a silent guess."""
    found = understand(text).doubt
    assert (found is None) if doubt is None else (found is not None and doubt in found)


@pytest.mark.parametrize("texts", [("one", "two"), ("a\n---\nb", "c"), ("1. a\n2. b",), ('["x"]',), ("a", "a"), ()])
def test_candidates_survive_the_paste_box(texts):
    """From single boxes into the paste box and back nothing is split, joined or lost."""
    assert understand(paste(texts)).texts == texts
