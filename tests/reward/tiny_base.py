"""Small language models with random weights, as ``TRANSFORMER_BASE`` names them: seconds instead of minutes."""

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel

DIM = 32


def tiny_base(folder: Path, kind: str = "bert") -> Path:
    """A model of this kind in ``folder``: three layers of 32 columns, words by their hash."""
    folder.mkdir(parents=True)
    special = ["<pad>", "<s>", "</s>", "<unk>"]
    vocabulary = {word: number for number, word in enumerate([*special, *(f"word{n}" for n in range(400))])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("</s>", 2), ("<s>", 1))
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(7)
    shape = {
        "vocab_size": len(vocabulary),
        "hidden_size": DIM,
        "num_hidden_layers": 3,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 80,
        "pad_token_id": 0,
    }
    made = BertModel(BertConfig(**shape)) if kind == "bert" else MPNetModel(MPNetConfig(**shape))
    made.save_pretrained(folder)
    return folder
