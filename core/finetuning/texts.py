"""The texts that one fine-tuning learns from, in the form in which the model reads them, and how many fit."""

import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.domain.turns import read_messages
from core.finetuning.folder import Export, Question
from core.finetuning.reading import Reader, conversation
from core.finetuning.settings import METHODS, TEXTS


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was written for one fine-tuning."""

    rows: int
    left_out: int
    """Whose question alone fills the longest text: nothing of the answer would be learned."""
    cut: int
    """Whose answers are longer than fits; the beginning is learned."""
    chat: bool
    """In the form of a conversation, by the tokenizer's own template."""

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)


def prepare(export: Export, method: str, tokenizer: Any, max_length: int, seed: int, out: Path) -> Prepared:
    """Write the rows that are learned from, in an order drawn by ``seed``, as jsonl for TRL.

    Raises:
        BadInput: a row cannot be read.
        OSError: the file cannot be written.
    """
    reader = Reader(tokenizer, max_length, chat=bool(getattr(tokenizer, "chat_template", None)))
    texts = TEXTS[method]
    rows, left_out, cut = [], 0, 0
    for row in export.learned_from(METHODS[method], *texts):
        asked = _question(row)
        if len(reader.question(asked)) >= max_length:
            left_out += 1
            continue
        cut += reader.is_cut(asked, *(row[name] for name in texts))
        said = _as_conversation(asked, row, texts) if reader.chat else {name: row[name] for name in ("prompt", *texts)}
        rows.append(said | ({"label": row["label"]} if method == "kto" else {}))
    random.Random(seed).shuffle(rows)
    with out.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return Prepared(len(rows), left_out, cut, reader.chat)


def _question(row: dict[str, Any]) -> Question:
    """The question of a row as it stands, which needs no number here."""
    asked = row.get("user_prompt") or row["prompt"].strip()
    return Question(0, row["prompt"], asked, read_messages(row.get("turns"), "turns"))


def _as_conversation(asked: Question, row: dict[str, Any], texts: tuple[str, ...]) -> dict[str, Any]:
    answers = {name: [{"role": "assistant", "content": row[name]}] for name in texts}
    return {"prompt": conversation(asked), **answers}
