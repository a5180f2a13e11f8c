"""Documents say what is true of the tree: what they and the code name exists, and the README stays short."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.__main__ import subjects
from core.cli.main import parser
from core.domain.errors import BadInput

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("*.md", "*.py", "*.toml", "*.yml", "*.yaml", "requirements*.txt", "Makefile")
NAMED = re.compile(r"(?<![\w./-])(?:core|docs|tests|bench|pages)/[\w./-]*\w|(?<![\w-])[\w./-]*\w\.md\b")
"""A path from the top of the repository, or the name of a Markdown file."""
LINK = re.compile(r"\]\(([^)#:\s]+)\)")
DEFINED_IN = re.compile(r"`(\w+)` in\s+`(core/[\w/]+\.py)`")
MOST_WORDS = 1_000


def texts(*kinds: str) -> Iterator[tuple[Path, str]]:
    """Files of these kinds in git with what they say; the changelog may name what is gone."""
    listed = subprocess.run(["git", "ls-files", *kinds], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not here: not a git checkout")
    for path in map(ROOT.joinpath, listed.stdout.splitlines()):
        if path.name != "CHANGELOG.md" and path.is_file():
            yield path, path.read_text(encoding="utf-8")


def test_every_path_that_is_named_exists() -> None:
    """In documents, docstrings and comments: paths below core, docs, tests, bench and pages, and Markdown files."""
    missing = set()
    for path, text in texts(*KINDS):
        named = {*NAMED.findall(text), *(LINK.findall(text) if path.suffix == ".md" else ())}
        places = (ROOT, path.parent, ROOT / "docs")
        absent = {name for name in named if not any((place / name).exists() for place in places)}
        missing |= {f"{path.relative_to(ROOT)}: {name}" for name in absent}
    assert not missing, "\n".join(sorted(missing))


def test_functions_that_documents_place_in_a_module_are_there() -> None:
    """Where a document names a function or constant and its module, side by side."""
    missing = set()
    for path, text in texts("*.md"):
        for name, module in DEFINED_IN.findall(text):
            code = (ROOT / module).read_text(encoding="utf-8") if (ROOT / module).is_file() else ""
            if not re.search(rf"^\s*(?:def|class) {name}\b|^{name} *[:=]", code, re.MULTILINE):
                missing.add(f"{path.relative_to(ROOT)}: {name} in {module}")
    assert not missing, "\n".join(sorted(missing))


def test_commands_in_documents_are_understood() -> None:
    """Every command line of Assay in a block of a document, and every measurement that one names."""
    wrong, understood = [], 0
    for path, text in texts("*.md"):
        lines = [line for line in text.splitlines() if "`" not in line]  # the others are sentences
        for command in re.findall(r"-m core ([^&\n]+)", "\n".join(lines)):
            try:
                parser().parse_args(shlex.split(command, comments=True))
                understood += 1
            except BadInput as error:
                wrong.append(f"{path.relative_to(ROOT)}: {command}: {error}")
        named = re.findall(r"(?:-m bench |bench ARGS=)(\w+)", text)
        wrong += [f"{path.relative_to(ROOT)}: bench {name}" for name in set(named) - set(subjects())]
    assert not wrong, "\n".join(wrong)
    assert understood


def test_containers_run_what_is_started_by_hand() -> None:
    """docs/deploy/compose.yaml has the commands of docs/deploy.md, at the ports that docs/deploy/nginx.conf knows."""
    by_hand, compose, nginx = (
        (ROOT / "docs" / name).read_text(encoding="utf-8")
        for name in ("deploy.md", "deploy/compose.yaml", "deploy/nginx.conf")
    )
    commands = set(re.findall(r"^    \.venv/bin/python -m (.+)$", by_hand, re.MULTILINE))
    assert len(commands) > 4
    assert set(re.findall(r"command: python -m (.+)", compose)) == commands
    ports = re.findall(r"--(?:server\.)?port (\d+)", "\n".join(commands))
    assert sorted(re.findall(r"server 127\.0\.0\.1:(\d+)", nginx)) == sorted(ports)


def test_every_setting_is_described() -> None:
    """What `core/domain/settings.py` reads stands in docs/configuration.md."""
    read = set(re.findall(r'"([A-Z]+_[A-Z_]+)"', (ROOT / "core/domain/settings.py").read_text(encoding="utf-8")))
    described = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    assert read
    assert {name for name in read if f"`{name}`" not in described} == set()


def test_the_readme_stays_short() -> None:
    """What it leaves out is in docs/."""
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= MOST_WORDS
