"""The measuring of a tuned model beside the one before, step by step; what was measured is kept and not done again."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import Unavailable
from core.domain.files import file_sha256
from core.domain.json_texts import read_json
from core.finetuning.folder import APART_PAIRS, APART_QUESTIONS, Export, Question
from core.finetuning.language_model import NEW_TOKENS, LanguageModel
from core.finetuning.tuned import TunedRun

QUESTIONS: Final = 30
"""That both models answer, at most."""
FOLDER: Final = "evaluation"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Step:
    """How far the measuring is."""

    words: str
    done: int
    total: int


OnStep = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one model makes of the questions that are kept apart."""

    log_probabilities: Floats
    """Mean per token, of the chosen and the rejected answer of each pair, (pairs, 2)."""
    answers: tuple[str, ...]
    """To the questions of ``asked``."""


def measure(export: Export, run: TunedRun, on_step: OnStep) -> tuple[Measured, Measured]:
    """Both models on the pairs and questions that are kept apart: the one before, and the tuned one.

    One after the other, so that memory holds one of them. What was measured lies in the folder ``evaluation`` of the
    run, and is measured again only where pairs, questions or weights are other ones.

    Raises:
        BadInput: a model or the export cannot be read.
        Unavailable: an adapter needs what is not installed, or the disk fails.
    """
    adapter = run.tuned if run.is_adapter else None
    before = _measured(export, run, "base", (run.base, None), on_step)
    return before, _measured(export, run, "tuned", (run.base, adapter) if adapter else (run.tuned, None), on_step)


def _measured(export: Export, run: TunedRun, name: str, folders: tuple[Path, Path | None], on_step: OnStep) -> Measured:
    pairs, questions = export.pairs_apart(), asked(export)
    file = run.folder / FOLDER / f"{name}.json"
    of = _fingerprint(export, folders, chat=run.chat)
    kept = _kept(file, of)
    if kept is not None:
        return kept
    words = {"base": "the model before", "tuned": "the tuned model"}[name]
    model = LanguageModel.load(*folders, chat=run.chat)
    texts = list(dict.fromkeys((pair.asked, text) for pair in pairs for text in (pair.chosen, pair.rejected)))
    found = model.mean_log_probabilities(texts, lambda done, of: on_step(Step(f"{words} reads answers", done, of)))
    likely = dict(zip(texts, found.tolist(), strict=True))
    answers = model.answers(
        questions,
        lambda done, of: on_step(Step(f"{words} answers questions", done, of)),
    )
    of_pairs = [[likely[pair.asked, text] for text in (pair.chosen, pair.rejected)] for pair in pairs]
    measured = Measured(np.array(of_pairs).reshape(-1, 2), tuple(answers))
    _keep(file, of, measured)
    return measured


def _fingerprint(export: Export, folders: Sequence[Path | None], *, chat: bool) -> str:
    """Hex sha256 of what a measuring rests on: the rows, how it is done, and names, sizes and times of the weights."""
    parts = [file_sha256(export.path / name) for name in (APART_PAIRS, APART_QUESTIONS)]
    parts += [str(QUESTIONS), str(NEW_TOKENS), str(chat)]
    for folder in folders:
        for file in sorted(folder.iterdir()) if folder is not None and folder.is_dir() else ():
            about = file.stat()
            parts.append(f"{file} {about.st_size} {about.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _kept(file: Path, of: str) -> Measured | None:
    """What was measured of this before; None where that was of something else, or cannot be read."""
    try:
        told = read_json(file.read_text(encoding="utf-8"))
        if not isinstance(told, dict) or told["of"] != of:
            return None
        rows = [[np.nan if value is None else float(value) for value in row] for row in told["log_probabilities"]]
        return Measured(np.array(rows).reshape(-1, 2), tuple(map(str, told["answers"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(file: Path, of: str, measured: Measured) -> None:
    rows = [[value if np.isfinite(value) else None for value in row] for row in measured.log_probabilities.tolist()]
    write_json(file, {"of": of, "log_probabilities": rows, "answers": list(measured.answers)})


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Write a file of an evaluation; half of one is taken for none when it is read.

    Raises:
        Unavailable: the disk is full or fails.
    """
    try:
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise Unavailable(
            f"{file} could not be written ({error.strerror}). Check disk and rights, then evaluate again."
        ) from error


def asked(export: Export) -> list[Question]:
    """The questions that both models answer: the first ones, which are in no order that means anything."""
    return export.questions_apart()[:QUESTIONS]
