"""The folder of an export for fine-tuning: what is in it, and reading it back.

``train/`` is what may be learned from; ``kept_apart/`` is about questions that no model learns from. Whoever keeps the
folder may add rows or take some out: what is read is what stands there now.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from core.domain.errors import BadInput
from core.domain.json_texts import read_json
from core.domain.turns import Turn, read_messages

FORMAT: Final = 1
EXPORT: Final = "export.json"
CARD: Final = "README.md"
PAIRS: Final = "train/pairs.jsonl"
KTO: Final = "train/kto.jsonl"
SFT: Final = "train/sft.jsonl"
APART_PAIRS: Final = "kept_apart/pairs.jsonl"
APART_QUESTIONS: Final = "kept_apart/questions.jsonl"
FILES: Final = (PAIRS, KTO, SFT, APART_PAIRS, APART_QUESTIONS)

_SPOKEN: Final = {"system": "System", "user": "User", "assistant": "Assistant"}


@dataclass(frozen=True, slots=True)
class Question:
    """A question of an export."""

    question: int
    """Its number in this export; the same for equal questions."""
    prompt: str
    """As a model without a chat template reads it (``prompt_text``)."""
    user_prompt: str
    """As it was asked."""
    turns: tuple[Turn, ...] = ()
    """What was said before."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one question, of which the first is better."""

    asked: Question
    chosen: str
    rejected: str
    source: str
    """"ratings", "order" or "edit" (a better answer that somebody wrote)."""


@dataclass(frozen=True, slots=True)
class Export:
    """An export for fine-tuning that lies on this machine."""

    path: Path
    database: str
    """Of which database it is: a number that says nothing else."""
    identifiers: str
    """Whether answers with personal identifiers were "left out", or "included", or there were "none"."""
    model_version: str | None
    """The reward model in use when it was made."""
    counts: Mapping[str, int]
    """As ``export.json`` has them: pairs, train_pairs, kept_apart_pairs, questions, ..."""
    notes: tuple[str, ...]
    """Sentences on what is to be minded."""

    def pairs(self) -> list[Pair]:
        """Pairs to learn from.

        Raises:
            BadInput: a row cannot be read.
        """
        return [_pair(row) for row in self._rows(PAIRS, _PAIR)]

    def pairs_apart(self) -> list[Pair]:
        """Pairs on questions that are kept apart.

        Raises:
            BadInput: a row cannot be read.
        """
        return [_pair(row) for row in self._rows(APART_PAIRS, _PAIR)]

    def questions_apart(self) -> list[Question]:
        """The questions that are kept apart, in the order of the file.

        Raises:
            BadInput: a row cannot be read.
        """
        return [_question(row) for row in self._rows(APART_QUESTIONS, _QUESTION)]

    def learned_from(self, name: str, *texts: str) -> Iterator[dict[str, Any]]:
        """The rows of one file of ``train/`` as they stand; each has a prompt and these texts, for KTO a label too.

        Raises:
            BadInput: a row cannot be read.
        """
        return self._rows(name, dict.fromkeys(("prompt", *texts), str) | ({"label": bool} if name == KTO else {}))

    def _rows(self, name: str, wanted: Mapping[str, type]) -> Iterator[dict[str, Any]]:
        """The rows of one file, each with what is ``wanted`` of it; blank lines are none."""
        path = self.path / name
        try:
            with path.open(encoding="utf-8-sig") as file:  # some editors begin a file with a mark
                for number, line in enumerate(file, 1):
                    if line.strip():
                        yield _checked(line, wanted, f"Line {number} of {path}")
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(path, error) from error


def read(path: Path) -> Export:
    """Read what an export says of itself; its rows are read when they are asked for.

    Raises:
        BadInput: there is no export, one of another release, or one of its files is missing.
    """
    path = path.expanduser().resolve()
    about = path / EXPORT
    if not about.is_file():
        raise BadInput(
            f"{path} is no export for fine-tuning: there is no {EXPORT} in it. "
            "Make one with: python -m core finetune export FOLDER"
        )
    try:
        told = read_json(about.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise _unreadable(about, error) from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise BadInput(f"{about} is not of a form that this release reads. Make the export anew.")
    missing = [name for name in FILES if not (path / name).is_file()]
    if missing:
        raise BadInput(f"{path} is incomplete: {', '.join(missing)} is missing. Make the export anew.")
    counts, notes, version = told.get("counts"), told.get("notes"), told.get("model_version")
    return Export(
        path,
        str(told.get("database") or ""),
        str(told.get("identifiers") or ""),
        version if isinstance(version, str) else None,
        {str(name): number for name, number in counts.items() if isinstance(number, int)}
        if isinstance(counts, dict)
        else {},
        tuple(map(str, notes)) if isinstance(notes, list) else (),
    )


def prompt_text(user_prompt: str, turns: tuple[Turn, ...] = ()) -> str:
    """A question as a model without a chat template reads it: ends with a line break, behind which the answer begins.

    Earlier turns stand before it, each with who said it. The break is one character on purpose: tokenizers split the
    text there in the same way whether or not the answer follows.
    """
    question = user_prompt.strip()
    if not turns:
        return f"{question}\n"
    said = "\n".join(f"{_SPOKEN[turn.role]}: {turn.text.strip()}" for turn in turns)
    return f"{said}\nUser: {question}\nAssistant:\n"


_HALF: Final = re.compile("[\ud800-\udfff]")
_PAIR: Final = {"question": int, "prompt": str, "chosen": str, "rejected": str}
_QUESTION: Final = {"question": int, "prompt": str}


def _pair(row: dict[str, Any]) -> Pair:
    return Pair(_question(row), row["chosen"], row["rejected"], str(row.get("source") or ""))


def _question(row: dict[str, Any]) -> Question:
    asked = row.get("user_prompt")
    turns = read_messages(row.get("turns"), "turns of a row")
    return Question(row["question"], row["prompt"], asked if isinstance(asked, str) else row["prompt"].strip(), turns)


def _checked(line: str, wanted: Mapping[str, type], where: str) -> dict[str, Any]:
    try:
        row = read_json(line)
    except ValueError:
        row = None
    if not isinstance(row, dict) or any(type(row.get(name)) is not kind for name, kind in wanted.items()):
        raise BadInput(
            f"{where} cannot be read: it must be one JSON object with {', '.join(wanted)}. Nothing was lost."
        )
    if _HALF.search("".join(str(row[name]) for name in wanted)):
        raise BadInput(f"{where} holds half of a character (\\ud800 to \\udfff), which no model reads. Take it out.")
    return row


def _unreadable(path: Path, error: Exception) -> BadInput:
    reason = error.strerror if isinstance(error, OSError) else "it is damaged"
    return BadInput(f"{path} cannot be read ({reason}). Nothing was changed. Make the export anew.")
