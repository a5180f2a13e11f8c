"""What people read uses the words of docs/words.md: every sentence in the code that a page or a message shows.

A sentence is a text of Python that holds a blank or a hyphen, in core/ui also one that begins like a word of a label,
and what ``plural`` takes; docstrings, log lines, names of acts in the audit log and errors of programs are none.
"""

import ast
import re
from collections.abc import Container, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
WORDS = ROOT / "docs" / "words.md"
SHOWN = ("core/ui", "pages", "Home.py", "core/services", "core/domain", "core/labeling", "core/reward", "core/store")
NEVER_SHOWN = (
    "core/store/migrations/",
    "core/store/tables/",
    "core/domain/identifiers/note_rules.py",  # what is looked for in texts
    "core/labeling/outcomes/",  # answers to programs, about the fields that they sent
)
FULL_REPORT = ("Full report", "Advanced")
"""Labels of the expanders in which the words of the field may stand."""
REPORT_FILES = tuple(f"core/ui/report/{name}.py" for name in ("tables", "view", "html", "plots", "format", "notes"))
"""Nothing but the Full report and its file: the words of the field may stand there too."""
ALLOWED = {
    "core/domain/verdicts/gates.py": {"AUC", "ROC AUC"},  # why a training was decided as it was: in the Full report
    "core/services/training/training.py": {"seed"},  # what is typed under Advanced
    "core/ui/models/details.py": {"seed"},  # under "How it was made"
    "core/ui/training/page.py": {"seed"},  # under Advanced, by functions of its own
    "core/reward/recipes/concat.py": {"prompt"},  # names of features, in files of models
    "core/reward/recipes/pair.py": {"prompt"},
    "core/reward/evaluation/explain.py": {"prompt"},
    "core/reward/recipes/transformer.py": {"prompt"},
    "core/reward/evaluation/slices.py": {"recipe"},  # why a figure is missing: in the Full report
    "core/services/models/compare.py": {"fold", "out of fold"},  # a name in JSON
}
"""Words that may stand in a file besides."""
NOT_FOR_PAGES = {"ValueError", "TypeError", "RuntimeError", "AssertionError", "NotImplementedError"}


class Unwanted(NamedTuple):
    """One word that pages do not use."""

    word: str
    instead: str
    in_full_report: bool
    """Whether it may stand in the Full report and under Advanced."""
    in_brackets: bool
    """Whether it may follow in brackets what is said in plain words."""

    def pattern(self) -> re.Pattern[str]:
        """The word as a word; not as the name of a column, field or flag."""
        return re.compile(rf"(?<![\w\"'`.-]){re.escape(self.word)}(?:s|es)?(?![\w\"`])", re.IGNORECASE)


def unwanted() -> list[Unwanted]:
    """The second table of docs/words.md."""
    rows = WORDS.read_text(encoding="utf-8").partition("## What pages do not say")[2].splitlines()
    found = []
    for row in rows:
        if row.startswith("| ") and not row.startswith("| word |"):
            words, instead, where = (cell.strip() for cell in row.strip("|").split("|"))
            found += [
                Unwanted(word.strip(), instead, where != "nowhere", "brackets" in where) for word in words.split(",")
            ]
    return found


def misused(text: str, *, full_report: bool = False, besides: Container[str] = ()) -> list[str]:
    """The unwanted words of a text, each with what to say instead; ``besides``: words that may stand in this one."""
    unexplained = re.sub(r"\([^()]*\)", "()", text)
    return [
        f"{one.word!r} (say: {one.instead})"
        for one in unwanted()
        if not (full_report and one.in_full_report)
        and one.word not in besides
        and one.pattern().search(unexplained if one.in_brackets else text)
    ]


class Sentence(NamedTuple):
    """A text that people may read, and where it stands."""

    line: int
    text: str
    full_report: bool


class _Sentences(ast.NodeVisitor):
    """Collect the sentences of one file; ``labels``: single words that begin with a capital count too."""

    def __init__(self, labels: bool) -> None:
        self.labels = labels
        self.found: list[Sentence] = []
        self._deep = 0  # inside of so many expanders of the Full report

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # else a docstring
            self.generic_visit(node)

    def visit_With(self, node: ast.With) -> None:
        folded = any(_names_full_report(item.context_expr) for item in node.items)
        self._deep += folded
        self.generic_visit(node)
        self._deep -= folded

    def visit_Raise(self, node: ast.Raise) -> None:
        if _called(node.exc) not in NOT_FOR_PAGES:
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        whole = ast.unparse(node.func)
        if whole == "audit.write" or whole.startswith("log."):
            return
        if _called(node) == "plural":
            one_word = [part for part in node.args if isinstance(part, ast.Constant) and " " not in str(part.value)]
            self.found += [Sentence(part.lineno, str(part.value), self._deep > 0) for part in one_word]
        self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = [part.value if isinstance(part, ast.Constant) else "…" for part in node.values]
        self._take(node.lineno, "".join(map(str, parts)))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._take(node.lineno, node.value)

    def _take(self, line: int, text: str) -> None:
        if re.search(r"\S[ -]\S", text) or (self.labels and re.match(r"[A-Z][a-z]", text)):
            self.found.append(Sentence(line, text, self._deep > 0))


def _called(node: ast.AST | None) -> str:
    """The last name of what is called."""
    function = node.func if isinstance(node, ast.Call) else node
    return str(getattr(function, "id", None) or getattr(function, "attr", ""))


def _names_full_report(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and any(
        isinstance(part, ast.Constant) and part.value in FULL_REPORT for part in node.args
    )


class _Markup(HTMLParser):
    """Collect what people read of a page: its text, and what stands in titles, labels and placeholders."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Sentence] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        shown = {"title", "aria-label", "placeholder", "alt"}
        self.found += [Sentence(self.getpos()[0], value, False) for name, value in attrs if name in shown and value]

    def handle_data(self, data: str) -> None:
        self.found.append(Sentence(self.getpos()[0], data, False))


def sentences_of_python(code: str, *, labels: bool) -> list[Sentence]:
    """The sentences of a module."""
    visitor = _Sentences(labels)
    visitor.visit(ast.parse(code))
    return visitor.found


def sentences_of_script(code: str) -> list[Sentence]:
    """Texts of JavaScript that hold a blank, or are one word with a capital."""
    written = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`|//[^\n]*|/\*.*?\*/", re.S)
    found = []
    for match in written.finditer(code):
        text = re.sub(r"\$\{[^}]*\}", "…", next((part for part in match.groups() if part), ""))
        if " " in text or re.match(r"[A-Z][a-z]", text):
            found.append(Sentence(code.count("\n", 0, match.start()) + 1, text, False))
    return found


def sentences(path: Path) -> list[Sentence]:
    """What people may read of this file."""
    code = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return sentences_of_python(code, labels=not path.is_relative_to(ROOT / "core") or "ui" in path.parts)
    if path.suffix == ".html":
        markup = _Markup()
        markup.feed(code)
        return markup.found
    return sentences_of_script(code)


def files() -> Iterator[Path]:
    """Where sentences stand."""
    for place in map(ROOT.joinpath, SHOWN):
        found = (
            [place] if place.is_file() else [path for kind in ("py", "html", "js") for path in place.rglob(f"*.{kind}")]
        )
        yield from sorted(path for path in found if not name_of(path).startswith(NEVER_SHOWN))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_sentences_use_the_words_of_people() -> None:
    """Every offender with its file and line, and what to say instead."""
    wrong = [
        f"{name_of(path)}:{one.line}: {word}: {one.text[:90]!r}"
        for path in files()
        for one in sentences(path)
        for word in misused(
            one.text,
            full_report=one.full_report or name_of(path) in REPORT_FILES,
            besides=ALLOWED.get(name_of(path), ()),
        )
    ]
    assert not wrong, "\n".join(wrong)


def test_files_that_are_left_out_exist() -> None:
    """A file that was moved is not left out by its old name."""
    assert [name for name in (*ALLOWED, *REPORT_FILES) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    "code",
    [
        'st.caption("Paste a prompt here.")',
        "st.caption(f\"{n} answers to {plural(m, 'prompt')}\")",
        'st.text_input("Prompt", key="x.prompt")',
        'def f():\n    raise BadInput(f"The prompt {x} is empty.")',
        'LABELS = {"a": "Which one is the champion\'s"}',
        'with st.expander("More"):\n    st.caption("An ROC AUC of 0.8")',
        'st.success("Beats length-only: safe to use.")',
    ],
)
def test_a_word_of_the_field_is_found(code: str) -> None:
    """However it comes to the page."""
    assert [word for one in sentences_of_python(code, labels=True) for word in misused(one.text)]


@pytest.mark.parametrize(
    "code",
    [
        '"""About the prompt and its champion."""',
        'log.info("the champion was loaded")',
        'audit.write(session, user, "converted prompts", "conversations")',
        'raise ValueError("rows must be ordered by prompt")',
        'st.code(\'send {"prompt": "How?"} with --prompt to user_prompt\')',
        'state["data.edit_prompt.1"], found.prompt',
        'st.caption("Marked as unsafe by a rater")',
        'st.caption("Scored by a model that had not seen its question (cross-validated).")',
    ],
)
def test_names_and_what_nobody_reads_are_left_alone(code: str) -> None:
    """JSON keys, columns, flags, widget keys; docstrings, logs, programmers' errors."""
    assert not [word for one in sentences_of_python(code, labels=True) for word in misused(one.text)]


def test_the_full_report_may_use_the_words_of_the_field() -> None:
    """Under Advanced too; but neither says what is said nowhere."""
    code = 'with st.expander("Advanced"):\n    st.caption("An ROC AUC of 0.8")\n    st.caption("It is safe")'
    found = [
        (one, word)
        for one in sentences_of_python(code, labels=True)
        for word in misused(one.text, full_report=one.full_report)
    ]
    assert [one.text for one, _ in found] == ["It is safe"]


def test_the_desk_is_read_too() -> None:
    """Its markup and its script, without comments and without names."""
    markup = _Markup()
    markup.feed('<b data-part="prompt" title="The prompt">Fold</b>')
    assert [one.text for one in markup.found if misused(one.text)] == ["The prompt", "Fold"]
    script = "say(`${n} answers to this prompt`); // of the prompt here\nthis.part('prompt'); const b = \"Prompt\";"
    assert [one.text for one in sentences_of_script(script) if misused(one.text)] == [
        "… answers to this prompt",
        "Prompt",
    ]
