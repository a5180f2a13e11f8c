"""Candidates for reranking, from files."""

import pytest

from core.domain.errors import BadInput
from core.labeling.candidates import read_candidates, split_candidates


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
