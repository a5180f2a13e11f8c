"""An export of made pairs, and a model to tune on it; skips where what tunes is not installed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.finetuning import folder as names
from core.finetuning.packages import installed
from core.finetuning.settings import Wanted
from tests.finetuning.tiny_llama import tiny_llama

WITHOUT = "not here: tuning of language models is optional (make finetune)"

TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def tiny_model(folder: Path, *, chat: bool = False) -> Path:
    """A tiny Llama, with ``chat`` one that has a template for conversations."""
    tiny_llama(folder)
    if chat:
        (folder / "chat_template.jinja").write_text(TEMPLATE, encoding="utf-8")
    return folder


def made_export(folder: Path, pairs: int = 16) -> Path:
    """Pairs of which the better answer is always "yes indeed"; one question is longer than any limit of a test."""
    rows = [
        {
            "question": number,
            "prompt": f"Question {number}?\n",
            "user_prompt": f"Question {number}?",
            "turns": "",
            "chosen": "yes indeed",
            "rejected": "no never",
            "source": "ratings",
        }
        for number in range(pairs)
    ]
    rows.append(rows[0] | {"question": pairs, "prompt": "x" * 400 + "\n", "user_prompt": "x" * 400})
    answers = [
        {"prompt": row["prompt"], "user_prompt": row["user_prompt"], "turns": "", "completion": text, "label": good}
        for row in rows
        for text, good in ((row["chosen"], True), (row["rejected"], False))
    ]
    files = {
        names.PAIRS: rows,
        names.KTO: answers,
        names.SFT: [row for row in answers if row["label"]],
        names.APART_PAIRS: rows[:4],
        names.APART_QUESTIONS: [{"question": row["question"], "prompt": row["prompt"]} for row in rows[:4]],
    }
    for name, lines in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    about = {"format": names.FORMAT, "database": "0" * 32, "identifiers": "none", "counts": {"train_pairs": len(rows)}}
    (folder / names.EXPORT).write_text(json.dumps(about), encoding="utf-8")
    return folder


def asked_for(**other: Any) -> dict[str, Any]:
    """The columns of a fine-tuning that nobody carries out."""
    places = {"place": "0" * 32, "folder": "/nowhere/pairs", "base": "/nowhere/model", "fingerprint": "0" * 64}
    return places | {"method": "dpo", "lora": True, "settings": Wanted().to_json()} | other


@contextmanager
def needs_packages() -> Iterator[None]:
    """Skips the test where the packages are missing."""
    if not installed():
        pytest.skip(WITHOUT)
    yield
