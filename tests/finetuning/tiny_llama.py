"""A two-layer Llama with a tokenizer of bytes and random weights: learns in a second which kind of answer is liked."""

from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

LIMIT = 160
"""Tokens that it reads; one is a byte."""


def tiny_llama(folder: Path, *, seed: int = 0) -> Path:
    """Write one into the new ``folder``; the same seed gives the same weights."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: number for number, letter in enumerate(["<pad>", "</s>", *letters])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", model_max_length=LIMIT
    )
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=LIMIT,
        pad_token_id=0,
        bos_token_id=None,
        eos_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    wrapped.save_pretrained(folder)
    return folder


def taught(base: Path, folder: Path, answers: Sequence[tuple[str, str]], *, steps: int = 40) -> Path:
    """Write into ``folder`` what becomes of ``base`` when it learns to give these answers (question, answer)."""
    model = LlamaForCausalLM.from_pretrained(base)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(base)
    texts = tokenizer([prompt + answer + tokenizer.eos_token for prompt, answer in answers], padding=True)
    ids, mask = (torch.tensor(texts[name]) for name in ("input_ids", "attention_mask"))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    torch.manual_seed(0)
    for _ in range(steps):
        rows = torch.randint(len(ids), (16,))
        labels = ids[rows].masked_fill(mask[rows] == 0, -100)
        model(input_ids=ids[rows], attention_mask=mask[rows], labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
