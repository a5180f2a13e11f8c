"""Every function that meets text from outside, with inputs that grow: what four times as much may cost.

``BOUND`` lies between linear (4) and quadratic (16). Time is that of this thread alone, and what fails is measured
again before it counts, so that a busy machine does not decide.
"""

import gc
import gzip
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain import files, held_out, json_texts, ratings, reasons, records, texts, turns
from core.domain.errors import BadInput
from core.domain.identifiers import (
    deidentifier,
    email_addresses,
    masking,
    message_rules,
    note_rules,
    note_words,
    person_names,
    rules,
    session_names,
    word_lists,
)
from core.domain.judges import columns as judge_columns
from core.domain.outcomes import feedback, ids
from core.domain.outcomes import sent_answers as sent
from core.domain.turns import MAX_TURNS
from core.domain.verdicts import judgement
from core.domain.verdicts import rules as simple_rules
from core.http import json_body, rerank_request
from core.labeling import (
    candidates,
    column_names,
    compressed,
    export_columns,
    exports,
    formulas,
    limits,
    read_csv,
    read_excel,
    read_json,
    read_jsonl,
    read_parquet,
    rows,
    scales,
    tables,
    text_files,
    writing,
)
from core.labeling.export_columns import KTO
from core.labeling.how_to_read import HowToRead
from core.labeling.outcomes import sent_answers
from core.labeling.pasted import reading
from core.labeling.scoring import table as to_score
from core.labeling.shapes import fields, openai, registry
from core.labeling.shapes.helpsteer import HELPSTEER
from core.labeling.shapes.hh_rlhf import HH_RLHF
from core.labeling.shapes.shape import Shape
from core.reward.encoding import windows
from core.reward.metrics import agreement
from core.ui.shell import texts as shown_texts
from core.ui.shell.texts import PARSED_CHARACTERS, literal, snippet

TIMES, BOUND = 4, 9.0
LEAST = 0.002
"""Seconds below which the smaller run says nothing: the input is made larger."""


@dataclass(frozen=True)
class Case:
    """One kind of input to one function."""

    name: str
    function: Callable[..., Any]
    make: Callable[[int], Any]
    size: int
    call: Callable[[Any], Any] | None = None
    """How the function is called with what was made; by default with it alone."""
    most: int = 1 << 62
    """A limit refuses what is larger, so growth is measured up to it."""

    def run(self, made: Any) -> Any:
        return self.function(made) if self.call is None else self.call(made)


def seconds(case: Case, size: int) -> float:
    """The time of this thread in one run."""
    made = case.make(size)
    gc.disable()
    try:
        began = time.thread_time()
        case.run(made)
        return time.thread_time() - began
    finally:
        gc.enable()


def growth(case: Case) -> float:
    """How many times longer four times as much takes."""
    size = case.size
    while (small := seconds(case, size)) < LEAST and size < 16 * case.size and size * 4 * TIMES <= case.most:
        size *= 4  # what is still quicker then is quick enough
    return seconds(case, size * TIMES) / max(small, LEAST)


def exhausted(found: Iterable[Any]) -> int:
    return sum(1 for _ in found)


def file_case(name: str, ending: str, make: Callable[[int], str | bytes], size: int, *, most: int = 1 << 62) -> Case:
    """A file that is opened, read to its end and understood."""

    def written(count: int) -> Path:
        import tempfile

        content = make(count)
        with tempfile.NamedTemporaryFile(prefix="growth-", suffix=ending, delete=False) as file:
            file.write(content.encode() if isinstance(content, str) else content)
        return Path(file.name)

    def read(path: Path) -> int:
        try:
            table = tables.open_table(path)
            column_names.suggest_mapping(table.columns)
            names = list(table.columns)
            mapping = {"user_prompt": names[0], "ai_response": names[-1]} if len(names) > 1 else {}
            understood = rows.understand(table, HowToRead(mapping=mapping)) if mapping else table
            return exhausted(understood.rows())
        except BadInput:
            return 0

    return Case(f"{ending} {name}", tables.open_table, written, size, read, most)


def _reading(shape: Shape) -> Callable[[str], int]:
    """Reads a row with the same text in every column."""
    return lambda text: exhausted(shape.read(dict.fromkeys(("chosen", "rejected", "prompt", "response"), text)))


def parquet(make: Callable[[int], Any], **options: Any) -> Callable[[int], bytes]:
    def content(count: int) -> bytes:
        import io

        import pyarrow.parquet as pq

        out = io.BytesIO()
        pq.write_table(make(count), out, **options)
        return out.getvalue()

    return content


def _references(count: int) -> Any:
    import pyarrow as pa

    return pa.table(
        {
            "user_prompt": pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array(["a" * 20_000])),
            "ai_response": pa.array([f"b{number}" for number in range(count)]),
        }
    )


def _wide(count: int) -> Any:
    import pyarrow as pa

    return pa.table({f"c{number}": pa.array(["x"]) for number in range(count)})


def _long_list(count: int) -> Any:
    import pyarrow as pa

    return pa.table({"user_prompt": ["p"], "ai_response": ["a"], "other": [[str(number) for number in range(count)]]})


def _workbook(count: int) -> bytes:
    import io

    import openpyxl

    book, out = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("A")
    for row in [("user_prompt", "ai_response"), *((f"p{number}", "a") for number in range(count))]:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


FILES = [
    file_case("rows", ".csv", lambda n: "user_prompt,ai_response\n" + "p,a\n" * n, 2_000),
    file_case(
        "columns",
        ".csv",
        lambda n: ",".join(f"c{i}" for i in range(n)) + "\n" + "1," * (n - 1) + "1\n",
        250,
        most=limits.MAX_COLUMNS,
    ),
    file_case("columns beyond the limit", ".csv", lambda n: ",".join(f"c{i}" for i in range(n)) + "\n1\n", 20_000),
    file_case("cells in a row", ".csv", lambda n: "a,b\n" + "," * n + "\n", 50_000),
    file_case("one long text", ".csv", lambda n: 'a,b\n"' + "x\n" * n + '",y\n', 50_000),
    file_case("quotes never closed", ".csv", lambda n: "a,b\n" + '"x,y\n' * n, 20_000),
    file_case("quotes in quotes", ".csv", lambda n: 'a,b\n"' + '""' * n + '",y\n', 50_000),
    file_case("blank lines", ".csv", lambda n: "a,b\n" + "\n" * n + "1,2\n", 50_000),
    file_case("rows", ".jsonl", lambda n: '{"user_prompt": "p", "ai_response": "a"}\n' * n, 2_000),
    file_case(
        "keys",
        ".jsonl",
        lambda n: json.dumps({"user_prompt": "p", "ai_response": "a"} | {f"k{i}": i for i in range(n - 2)}),
        250,
        most=limits.MAX_COLUMNS,
    ),
    file_case(
        "keys beyond the limit",
        ".jsonl",
        lambda n: json.dumps({f"k{i}": i for i in range(n)}) + '\n{"a": 1, "b": 2}',
        20_000,
    ),
    file_case("values", ".jsonl", lambda n: json.dumps({"user_prompt": "p", "ai_response": "a", "l": [1] * n}), 20_000),
    file_case("brackets", ".jsonl", lambda n: '{"a":' + "[" * n + "\n" + '{"a": 1, "b": 2}', 100_000),
    file_case("escaped quotes never closed", ".jsonl", lambda n: '"' + '\\"' * n + "\n" + '{"a": 1, "b": 2}', 100_000),
    file_case("backslashes", ".jsonl", lambda n: '{"a": "' + "\\\\" * n + '", "b": 1}', 100_000),
    file_case("digits", ".jsonl", lambda n: '{"a": 1, "b": 2}\n{"a": ' + "1" * n + "}", 100_000),
    file_case("one list", ".jsonl", lambda n: json.dumps([{"a": "p", "b": "q"}] * n), 2_000),
    file_case("one long text", ".jsonl", lambda n: json.dumps({"user_prompt": "x\n" * n, "ai_response": "a"}), 100_000),
    file_case("rows", ".json", lambda n: json.dumps([{"user_prompt": "p", "ai_response": "a"}] * n, indent=1), 2_000),
    file_case("a list among others", ".json", lambda n: json.dumps({"x": [1] * n, "l": [{"a": 1, "b": 2}] * n}), 2_000),
    file_case("nesting", ".json", lambda n: '[\n{"a": 1, "b": ' + "[" * n + "]" * n + "}]", 20_000),
    file_case(
        "rows of nesting", ".json", lambda n: "[\n" + ",\n".join(['{"a": ' + "[" * 900 + "]" * 900 + "}"] * n) + "]", 40
    ),
    file_case("one long text", ".json", lambda n: json.dumps([{"a": "x\n" * n, "b": "a"}], indent=1), 100_000),
    file_case("one column", ".txt", lambda n: "a:b\n" + "x\n" * n, 20_000),
    file_case("rows", ".csv.gz", lambda n: gzip.compress(b"user_prompt,ai_response\n" + b"p,a\n" * n), 2_000),
    file_case("rows", ".xlsx", _workbook, 200),
    file_case("rows", ".parquet", parquet(_references), 50, most=10_000),
    file_case("columns", ".parquet", parquet(_wide), 250, most=limits.MAX_COLUMNS),
    file_case("columns beyond the limit", ".parquet", parquet(_wide), 1_500, most=20_000),
    file_case("values in one row", ".parquet", parquet(_long_list), 20_000),
]

MARKDOWN = {
    "references": lambda n: "[a]: /u\n\n" + "[a]" * (n // 3),
    "links": lambda n: "[a](b)" * (n // 6),
    "links within links": lambda n: "[a" * (n // 8) + "](b)" * (n // 8),
    "images": lambda n: "![a](b)" * (n // 7),
    "brackets": lambda n: "[" * n,
    "links never closed": lambda n: "[a](" * (n // 4),
    "images never closed": lambda n: "![" * (n // 2),
    "titles never closed": lambda n: "[a](b 'c" * (n // 8),
    "emphasis never closed": lambda n: "*a _b " * (n // 6),
    "emphasis of both kinds": lambda n: "*_" * (n // 2),
    "emphasis in emphasis": lambda n: "*a **" * (n // 5) + "b" + "** a*" * (n // 6),
    "runs of stars": lambda n: "a" + "*" * n + "b",
    "runs of all lengths": lambda n: "".join("*" * (i % 7 + 1) + "a " for i in range(n // 5)),
    "struck out": lambda n: "~~a " * (n // 4),
    "backticks of all lengths": lambda n: "".join("`" * k + "a" for k in range(1, int((2 * n) ** 0.5))),
    "backticks": lambda n: "`a " * (n // 3),
    "deep quotations": lambda n: "> " * (n // 2),
    "quotations": lambda n: "> a\n" * (n // 4),
    "a lazy quotation": lambda n: ">" * 10 + "a\n" + "b\n" * (n // 2),
    "deep lists": lambda n: "- " * (n // 2),
    "lists": lambda n: "- a\n" * (n // 4),
    "table columns": lambda n: "|a" * (n // 6) + "|\n" + "|-" * (n // 6) + "|\n" + "|b" * (n // 6) + "|\n",
    "table rows": lambda n: "|a|b|\n|-|-|\n" + "|c|d|\n" * (n // 6),
    "table rows too short": lambda n: "|a" * (n // 8) + "|\n" + "|-" * (n // 8) + "|\n" + "|\n" * (n // 4),
    "definitions": lambda n: "".join(f"[a{i}]: /u\n" for i in range(n // 9)),
    "a definition's title never closed": lambda n: "[a]: /u '" + "x\n" * (n // 2),
    "a definition's label never closed": lambda n: "[" + "x\n" * (n // 2),
    "html": lambda n: "<a " * (n // 3),
    "comments": lambda n: "<!--" * (n // 4),
    "addresses": lambda n: "<http://a" * (n // 9),
    "entities": lambda n: "&" * n,
    "escapes": lambda n: "\\*" * (n // 2),
    "fences": lambda n: "```\n" * (n // 4),
    "headings": lambda n: "# a\n" * (n // 4),
    "underlined headings": lambda n: "a\n" * (n // 2) + "===\n",
    "blanks": lambda n: "a" + " " * n + "b",
    "line breaks": lambda n: "a\n" * (n // 2),
    "words": lambda n: "word " * (n // 5),
    "formulas": lambda n: "$x$ " * (n // 4),
    "long formulas": lambda n: ("$" + "x^2" * 300 + "$ ") * (n // 903),
    "dollars": lambda n: "$" * n,
    "amounts": lambda n: "$5 " * (n // 3),
    "double dollars": lambda n: "$$a " * (n // 4),
    "lines of double dollars": lambda n: "$$a\n" * (n // 4),
    "escaped dollars": lambda n: "$" + "\\$" * (n // 2),
    "formulas never closed": lambda n: "\\(a " * (n // 4),
    "displays never closed": lambda n: "\\[a\n" * (n // 4),
    "one formula never closed": lambda n: "\\(" + "a\\\\" * (n // 3),
    "braces": lambda n: "$" + "{" * (n // 2) + "}" * (n // 2) + "$",
    "lefts": lambda n: "$\\left($ " * (n // 9),
    "definitions in formulas": lambda n: "$\\def\\a{\\a\\a}\\a$ " * (n // 18),
}

LANGUAGE: dict[str, Callable[[int], str]] = {
    "words": lambda n: "word " * n,
    "no blanks": lambda n: "a" * n,
    "blanks": lambda n: " " * n + "x",
    "line ends": lambda n: "\n" * n + "x",
    "digits": lambda n: "1" * n,
    "signs": lambda n: "'=+-@_*" * n,
    "marks on one letter": lambda n: "a" + "\u0315\u0300" * n,
    "letters that grow": lambda n: "\ufdfa" * n,
    "colons": lambda n: ":./#" * n + "x",
    "Chinese": lambda n: "\u4e2d" * n,
    "www": lambda n: "www." * n,
}
IDENTIFYING: dict[str, Callable[[int], str]] = {
    "telephone numbers": lambda n: "(212) 555-0147 " * n,
    "different telephone numbers": lambda n: " ".join(f"(212) 555-{i % 10000:04}" for i in range(n)),
    "e-mail addresses": lambda n: "ana.lopez@clinic.example " * n,
    "streets": lambda n: "12 Oak Street, " * n,
    "dates of birth": lambda n: "born 3/4/1961 " * n,
    "record numbers": lambda n: "MRN: 12345678 " * n,
    "names": lambda n: "patient Maria Lopez was admitted. " * n,
    "different names": lambda n: " ".join(
        f"My name is Maria {chr(65 + i % 26)}{'abcdefghij'[i // 26 % 10] * (i // 260 % 30 + 2)}." for i in range(n)
    ),
    "digits": lambda n: "1" * n,
    "digits and dashes": lambda n: "1-" * n,
    "capitals": lambda n: "Aa " * n,
    "an address without end": lambda n: "a.b" * n + "@",
    "at signs": lambda n: "a@" * n,
    "dots after an at sign": lambda n: "a@b" + ".c" * n + "_",
}


JSON: dict[str, Callable[[int], str]] = {
    "brackets": lambda n: "[" * n,
    "quotes": lambda n: '["' + '\\"' * n,
    "backslashes": lambda n: '["' + "\\\\" * n + '"]',
    "values": lambda n: "[" + "1," * n + "1]",
    "objects": lambda n: "[" + '{"a": 1},' * n + "{}]",
    "keys": lambda n: "{" + ",".join(f'"k{i}": {i}' for i in range(n)) + "}",
}
CONVERSATION: dict[str, Callable[[int], str]] = {
    "turns": lambda n: "Human: a\n\nAssistant: b\n\n" * n + "Human: c",
    "markers": lambda n: "Human:" * n,
    "markers in lines": lambda n: "Human:\n" * n,
    "line ends": lambda n: "Human: a" + "\n" * n + "Assistant: b",
    "blanks": lambda n: "Human:" + " " * n + "Assistant:",
    "words": lambda n: "Human: " + "word " * n,
    "messages": lambda n: json.dumps([{"role": "user", "content": "a"}] * n),
    "parts": lambda n: json.dumps([{"role": "user", "content": [{"type": "text", "text": "a"}] * n}]),
    "one long message": lambda n: json.dumps([{"role": "user", "content": "a\n" * n}]),
}


def read_or_refused(function: Callable[[str], Any]) -> Callable[[str], Any]:
    """The function, where refusing what it is given is an answer."""

    def read(text: str) -> Any:
        try:
            return function(text)
        except (BadInput, ValueError):
            return None

    return read


def _sent_or_refused(given: dict[str, Any]) -> Any:
    try:
        return sent_answers.read_answer(0, given)
    except BadInput:
        return None


def _record(count: int) -> dict[str, str]:
    """Fields of a record of another tool."""
    return {"prompt": "a", "answer": "b", **{f"answer_{n}": "c" for n in range(count)}}


def _each(
    function: Callable[..., Any], kinds: dict[str, Callable[[int], str]], size: int, call: Any = None
) -> list[Case]:
    name = f"{function.__module__.removeprefix('core.')}.{function.__name__}"
    return [Case(f"{name}: {kind}", function, make, size, call) for kind, make in kinds.items()]


CASES = [
    *FILES,
    *(
        Case(
            f"markdown: {kind}",
            shown_texts.rendered,
            make,
            5_000,
            lambda text: shown_texts._Rendered().html(text),
            PARSED_CHARACTERS,
        )
        for kind, make in MARKDOWN.items()
    ),
    *_each(literal, LANGUAGE, 5_000),
    *_each(snippet, LANGUAGE, 20_000),
    *_each(texts.nfkc, LANGUAGE, 5_000),
    *_each(texts.normalise_prompt, LANGUAGE, 5_000),
    *_each(texts.prompt_group, LANGUAGE, 5_000),
    *_each(texts.text_hash, LANGUAGE, 50_000),
    *_each(texts.interaction_identity, LANGUAGE, 50_000, lambda text: texts.interaction_identity(text, text, text)),
    *_each(texts.storable, LANGUAGE, 50_000, lambda text: texts.storable(text, "x")),
    *_each(texts.with_marks, LANGUAGE, 10_000),
    *_each(json_texts.json_values, JSON, 20_000),
    *_each(json_texts.read_json, JSON, 20_000, read_or_refused(json_texts.read_json)),
    *_each(turns.read_messages, CONVERSATION, 5_000, read_or_refused(lambda text: turns.read_messages(text, "m"))),
    *_each(turns.read_transcript, CONVERSATION, 5_000),
    *_each(turns.read_stored_prompt, CONVERSATION | JSON, 5_000),
    Case(
        "domain.turns.turns_text",
        turns.turns_text,
        lambda n: [turns.Turn(turns.Speaker.USER, "=a\n")] * n,
        20_000,
    ),
    Case("domain.reasons.worded_reasons", reasons.worded_reasons, lambda n: [" \t" * n], 100_000),
    Case("domain.turns.turns_group", turns.turns_group, lambda n: [turns.Turn(turns.Speaker.USER, "a" * n)], 20_000),
    *_each(ratings.parse_rating, {"digits": lambda n: "5." + "0" * n, "blanks": lambda n: " " * n + "5"}, 50_000),
    *_each(scales.is_no_rating, {"blanks": lambda n: " " * n + "-", "letters": lambda n: "é" * n}, 50_000),
    *_each(
        scales.named,
        {
            "words": lambda n: ",".join(f"word {i}=3" for i in range(n)),
            "blanks": lambda n: "a=1" + " " * n + "b",
            "equal signs": lambda n: "=" * n,
            "digits": lambda n: "1" * n,
        },
        2_000,
        read_or_refused(scales.named),
    ),
    Case(
        "labeling.scales.RatingValues",
        scales.RatingValues,
        lambda n: [f"{i}/{n}" for i in range(n)],
        2_000,
        lambda made: exhausted(map(scales.RatingValues(scales.as_given()).add, made)),
    ),
    *_each(formulas.neutralise, LANGUAGE, 20_000),
    *_each(formulas.restore, LANGUAGE | {"apostrophes": lambda n: "'" * n}, 20_000),
    *_each(
        reading.understand,
        LANGUAGE
        | {
            "separators": lambda n: "a\n---\n" * n,
            "half separators": lambda n: "--" * n,
            "numbers": lambda n: "".join(f"{i + 1}. a\n" for i in range(n)),
            "labels": lambda n: "Answer A: a\nAnswer B: b\n" * n,
            "labels never ended": lambda n: "Answer A (" * n,
            "letters": lambda n: "A) a\nB) b\n" * n,
            "bullets": lambda n: "- a\n" * n,
            "bullets of growing depth": lambda n: "".join(" " * (i % 50) + "- a\n" for i in range(n)),
            "blank lines": lambda n: "a\n\n" * n,
            "lists after prose": lambda n: "a:\n\n- b\n- c\n\n" * n,
            "fences": lambda n: "```\na\n" * n,
            "fences never closed": lambda n: "```a\n" * n,
            "stars": lambda n: "*" * n,
            "bold words": lambda n: "**a" * n,
            "a JSON list": lambda n: json.dumps(["a"] * n),
            "JSON lines": lambda n: '{"text": "a"}\n' * n,
            "brackets": lambda n: "[" * n,
            "indented numbers": lambda n: (" " * 50 + "1.\n") * n,
            "quotes": lambda n: '["' + '\\"' * n,
        },
        2_000,
    ),
    Case("labeling.pasted.reading.paste", reading.paste, lambda n: ["1. a\n---"] * n, 1_000),
    *_each(candidates.split_candidates, {"separators": lambda n: "a\n---\n" * n, "blanks": lambda n: " \t" * n}, 2_000),
    Case(
        "labeling.column_names.suggest_mapping",
        column_names.suggest_mapping,
        lambda n: [f"my column_{i}" for i in range(n)],
        250,
        most=limits.MAX_COLUMNS,
    ),
    Case(
        "labeling.column_names.find_column",
        column_names.find_column,
        lambda n: [f"c{i}" for i in range(n)],
        20_000,
        lambda names: column_names.find_column(names, "x"),
    ),
    *(
        Case(
            f"labeling.shapes {shape.name} {kind}",
            shape.read,
            make,
            2_000,
            _reading(shape),
        )
        for shape in (HH_RLHF, HELPSTEER)
        for kind, make in {
            "blanks": lambda n: " \n" * n + "\n\nAssistant: a",
            "answers": lambda n: "\n\nAssistant: a" * n,
            "turns": lambda n: "a\n<extra_id_1>Assistant\n" * n + "\n\nAssistant: a",
        }.items()
    ),
    Case(
        "labeling.column_names.find_path",
        column_names.find_path,
        lambda n: [f"c{i}" for i in range(n)],
        5_000,
        lambda names: column_names.find_path(names, "c1.x[0].y"),
    ),
    Case(
        "labeling.column_names.look_up",
        column_names.look_up,
        lambda n: json.dumps({"messages": ["a"] * n}),
        5_000,
        lambda text: column_names.look_up(text, ".messages[-1]"),
    ),
    Case(
        "labeling.column_names.without",
        column_names.without,
        lambda n: json.dumps({"messages": ["a"] * n}),
        5_000,
        lambda text: column_names.without(text, ".messages[-1]"),
    ),
    Case("labeling.column_names.opened", column_names.opened, lambda n: json.dumps(["a"] * n), 5_000),
    *(
        Case(f"labeling.shapes.fields.{read.__name__}", read, _record, 500)
        for read in (fields.answered, fields.shown_in, fields.alternatives, fields.metadata)
    ),
    Case(
        "labeling.shapes.fields.alternatives: long names",
        fields.alternatives,
        lambda n: {"_" * n: "a", "_" * n + "1": "b"},
        20_000,
    ),
    Case(
        "labeling.limits.check_columns",
        limits.check_columns,
        lambda n: [f"c{i}" for i in range(n)],
        250,
        lambda names: limits.check_columns("f", names),
        limits.MAX_COLUMNS,
    ),
    *(
        Case(
            f"labeling.outcomes.read_answer: {kind}",
            sent_answers.read_answer,
            make,
            size,
            lambda given: _sent_or_refused({"id": "a", "prompt": "q", "response": "r"} | given),
            most=most,
        )
        for kind, make, size, most in (
            ("a long question", lambda n: {"prompt": "a\n" * n}, 10_000, 1 << 62),
            ("a long answer", lambda n: {"response": "a\n" * n}, 10_000, 1 << 62),
            (
                "messages",
                lambda n: {"prompt": None, "messages": [{"role": "user", "content": f"q{i}"} for i in range(n)]},
                60,
                MAX_TURNS,
            ),
            ("metadata", lambda n: {"metadata": {f"field {i}": i for i in range(n)}}, 1_000, 1 << 62),
            ("unknown fields", lambda n: {f"field {i}": i for i in range(n)}, 1_000, 1 << 62),
            ("a long id", lambda n: {"id": "i" * n}, 1_000, 1 << 62),
        )
    ),
    Case(
        "domain.outcomes.read_feedback",
        feedback.read_feedback,
        lambda n: {"interaction": "a", "thumb": "up", "comment": "a " * n},
        1_250,
        most=5_000,
    ),
    Case("labeling.writing.csv_text", writing.csv_text, lambda n: [{"a": "=1" * 10}] * n, 2_000),
    Case(
        "labeling.exports.gold_rows: ratings of one answer",
        exports.gold_rows,
        lambda n: [
            {
                "interaction_id": 1,
                "user_prompt": "p",
                "ai_response": "a",
                "context_id": "",
                "session_id": "",
                "rating": i % 5 + 1,
            }
            for i in range(n)
        ],
        500,
        lambda made: exhausted(exports.gold_rows(made)),
    ),
    *_each(masking.count, IDENTIFYING, 250, lambda text: masking.count([text, "p"])),
    *_each(masking.mask, IDENTIFYING, 250),
    *_each(masking.name_words, IDENTIFYING, 250, lambda text: masking.name_words([text])),
    Case(
        "domain.identifiers.count: many texts",
        masking.count,
        lambda n: [f"field {i}: patient Maria Lopez was admitted" for i in range(n)],
        100,
    ),
    *_each(windows.word_spans, LANGUAGE, 5_000),
    *_each(windows.terms, LANGUAGE, 5_000),
    *_each(windows.split, LANGUAGE, 5_000),
    *_each(session_names.source_of, {kind: LANGUAGE[kind] for kind in ("digits", "colons", "blanks", "words")}, 5_000),
    Case(
        "reward.agreement.agreement: raters of one answer",
        agreement.agreement,
        lambda n: [(1, f"r{i}", i % 5 + 1) for i in range(n)],
        1_000,
    ),
    Case(
        "reward.agreement.agreement: answers",
        agreement.agreement,
        lambda n: [(i // 2, f"r{i % 2}", i % 5 + 1) for i in range(n)],
        2_000,
    ),
    Case(
        "http.json_body: values",
        json_body._parse,
        lambda n: json.dumps({"query": "q", "documents": ["d"] * n}).encode(),
        5_000,
    ),
    Case(
        "labeling.scoring.table.in_parts",
        to_score.in_parts,
        lambda n: [to_score.Asked("one question", "an answer", {})] * n,
        2_000,
        lambda rows: list(to_score.in_parts(rows, most_rows=500, most_characters=100_000)),
    ),
    Case(
        "labeling.scoring.table.result_row",
        to_score.result_row,
        lambda n: to_score.Asked("q", "a", {f"column {place}": ["x"] * 9 for place in range(n)}),
        500,
        lambda row: to_score.result_row(row, {}, dict.fromkeys(row.values, str)),
    ),
    Case(
        "http.json_body: brackets",
        json_body._parse,
        lambda n: b"[" * 10 + b"1," * n + b"1" + b"]" * 10,
        20_000,
    ),
    Case(
        "http.rerank_request.parse_rerank_request",
        rerank_request.parse_rerank_request,
        lambda n: {"query": "q", "documents": ["d"] * n},
        125,
        most=1_000,
    ),
]

LEFT_OUT = {
    judgement.asked: "takes the name of a rule",
    simple_rules.rule_words: "takes the name of a rule",
    ids.is_drawn: "compares no more than the length of a UUID",
    fields.as_object: "column_names.opened",
    fields.as_list: "column_names.opened",
    fields.is_messages: "looks at each message once",
    fields.asked: "inside fields.answered",
    fields.compared: "one comparison for each answer",
    fields.rating_name: "column_names.suggest_mapping",
    reasons.in_order: "at most five, or refused",
    candidates.read_candidates: "split_candidates and open_table, both here, on a file",
    exports.pair_rows: "as many rows as there are pairs, by its contract; read one by one",
    exports.order_rows: "one row for each",
    exports.edit_rows: "at most one row for each",
    exports.sft_rows: "one row for each",
    exports.count_prompts_without_pair: "stops at the first pair of each prompt",
    exports.kto_rows: "one row for each",
    files.file_sha256: "reads a file in pieces",
    masking.find: "inside count and mask",
    rules.in_digits: "inside count and mask",
    note_words.is_no_code: "inside note_rules.in_a_note",
    note_rules.in_a_note: "inside count and mask; reads short texts only",
    message_rules.in_a_message: "as above",
    masking.read_together: "hands texts to the site's function",
    rules.without_digits: "inside count and mask",
    person_names.is_word_too: "looks a word up",
    word_lists.word_list: "reads a file of ours",
    word_lists.in_file: "reads a file of ours",
    deidentifier.load: "reads a setting",
    email_addresses.folded: "changes each letter once",
    masking.mask_all: "name_words and mask",
    texts.plural: "puts a word of ours beside a number",
    masking.is_made_by_machines: "one look from the left",
    masking.in_words: "at most one entry per kind",
    person_names.names: "inside count and mask",
    read_csv.open_csv: "by open_table",
    read_jsonl.open_jsonl: "by open_table",
    read_jsonl.columns_of: "by open_table",
    read_jsonl.object_row: "by open_table",
    read_json.open_json: "by open_table",
    read_json.is_json: "by open_table",
    read_excel.open_excel: "by open_table",
    compressed.is_compressed: "reads two bytes",
    compressed.open_bytes: "reads nothing itself",
    compressed.open_seekable: "decodes what its limit allows",
    export_columns.is_ours: "compares with a dozen headers",
    read_parquet.open_parquet: "by open_table",
    files.file_sha256: "reads a file once, in pieces",
    rows.understand: "with every file",
    rows.split_messages: "with every file; in read_answer",
    rows.required_text: "as above",
    rows.optional_text: "as above",
    rows.session_label: "as above",
    rows.bounded_metadata: "as above",
    openai.with_known_roles: "looks at each message once; in read_answer",
    judge_columns.judge_of: "at most so many characters, or refused",
    judge_columns.judges_in: "looks at each name once",
    judge_columns.column_of: "joins two words",
    judge_columns.read_score: "a number as Python reads it; longer than a row it cannot be",
    judge_columns.read_choice: "looks a word up",
    export_columns.judge_columns: "looks at each name once",
    sent.check_name: "at most so many characters, or refused",
    scales.of_words: "in named",
    registry.find_shape: "looks at names, and at five rows",
    registry.named: "compares a name with those of the shapes",
    text_files.check_file: "reads one byte",
    text_files.readable: "reads nothing",
    text_files.open_text: "reads nothing itself",
    text_files.find_encoding: "with every file",
    writing.check_target: "looks at a name",
    writing.write_table: "write_stream into a file",
    writing.write_stream: "row by row, as csv_text",
    ratings.consensus: "a median",
    ratings.stage: "two numbers",
    held_out.is_held_out: "looks at a hash",
    records.check_search: "looks at a length",
    turns.turns_to_json: "one entry for each turn; in turns_text",
    turns.turns_from_json: "one turn for each entry",
}
"""Functions that are not measured by themselves: why."""
assert KTO
