"""A language model with random weights that reads bytes, and an export of made pairs: seconds instead of minutes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.finetuning import folder as names
from core.finetuning.packages import installed
from core.finetuning.settings import Wanted

WITHOUT = "not here: tuning of language models is optional (make finetune)"

TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def tiny_model(folder: Path, *, chat: bool = False) -> Path:
    """Two layers of 32 columns, a token for every byte."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {word: number for number, word in enumerate(["<pad>", "</s>", *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="</s>", pad_token="<pad>")
    if chat:
        fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=512,
        eos_token_id=1,
        pad_token_id=0,
        bos_token_id=None,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
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
