"""The texts that one fine-tuning learns from, in the form in which the model reads them, and how many fit."""

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.domain.turns import read_messages
from core.finetuning.folder import Export
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
    chat = bool(getattr(tokenizer, "chat_template", None))
    texts = TEXTS[method]
    rows, left_out, cut = [], 0, 0
    for row in export.learned_from(METHODS[method], *texts):
        said = _as_conversation(row, texts) if chat else {name: row[name] for name in ("prompt", *texts)}
        question, *whole = (len(ids) for ids in _token_ids(tokenizer, said, texts))
        if question >= max_length:
            left_out += 1
            continue
        cut += max(whole) > max_length
        rows.append(said | ({"label": row["label"]} if method == "kto" else {}))
    random.Random(seed).shuffle(rows)
    with out.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return Prepared(len(rows), left_out, cut, chat)


def _as_conversation(row: dict[str, Any], texts: tuple[str, ...]) -> dict[str, Any]:
    turns = read_messages(row.get("turns"), "turns")
    asked = row.get("user_prompt") or row["prompt"].strip()
    said = [{"role": str(turn.role), "content": turn.text} for turn in turns]
    answers = {name: [{"role": "assistant", "content": row[name]}] for name in texts}
    return {"prompt": [*said, {"role": "user", "content": asked}], **answers}


def _token_ids(tokenizer: Any, said: dict[str, Any], texts: tuple[str, ...]) -> Iterator[list[int]]:
    """Of the question, then of the question with each of its answers."""
    if isinstance(said["prompt"], str):
        yield tokenizer(said["prompt"])["input_ids"]
        for name in texts:
            yield tokenizer(said["prompt"] + said[name])["input_ids"]
        return
    yield _templated(tokenizer, said["prompt"], begins_answer=True)
    for name in texts:
        yield _templated(tokenizer, said["prompt"] + said[name], begins_answer=False)


def _templated(tokenizer: Any, messages: list[dict[str, str]], *, begins_answer: bool) -> list[int]:
    text = tokenizer.apply_chat_template(messages, add_generation_prompt=begins_answer, tokenize=False)
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids
