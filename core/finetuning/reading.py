"""What a language model on this machine reads: its tokenizer, how long a text may be, prompt and answer as tokens."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain.errors import BadInput

LONGEST = 1_000_000
"""Tokens beyond which a tokenizer's own limit is none."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The tokenizer of a language model."""

    tokenizer: Any
    limit: int
    """So many tokens the model reads, question and answer together."""

    @classmethod
    def of(cls, model: Path) -> "Reader":
        """The reader of the model in a folder; nothing is fetched, and no code of the folder runs.

        Raises:
            BadInput: there is no language model, or its tokenizer cannot be read.
        """
        folder = model.expanduser().resolve()
        if not (folder / "config.json").is_file():
            raise BadInput(
                f"{folder} is no folder of a language model: there is no config.json in it. Name the folder that holds "
                "config.json, the tokenizer and the weights (.safetensors)."
            )
        from transformers import AutoConfig, AutoTokenizer

        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise BadInput(
                f"The tokenizer in {folder} cannot be read. Look whether the folder is complete "
                "(config.json, tokenizer.json), and of a kind that transformers knows without code of its own."
            ) from error
        return cls(tokenizer, context_length(config, tokenizer))

    def question(self, prompt: str) -> list[int]:
        """A question as tokens, behind which an answer can begin."""
        return self._without_end(self.tokenizer(prompt, verbose=False)["input_ids"])

    def tokens(self, prompt: str, answer: str) -> tuple[list[int], int]:
        """Question and answer as tokens, and how many of them are the question's.

        The answer ends with the token that ends a text, where the tokenizer has one, as it does in TRL's trainings.
        Nothing is cut.
        """
        whole = self._without_end(self.tokenizer(prompt + answer, verbose=False)["input_ids"])
        end = self.tokenizer.eos_token_id
        before = len(self.question(prompt))
        return [*whole, *([] if end is None else [end])], min(before, len(whole))

    def _without_end(self, ids: list[int]) -> list[int]:
        """Without the end that some tokenizers add by themselves."""
        return ids[:-1] if ids and ids[-1] == self.tokenizer.eos_token_id else ids

    def count_cut(self, texts: Iterable[tuple[str, ...]]) -> int:
        """How many rows hold a text that is longer than the model reads; each row is a question and its answers."""
        return sum(
            any(len(self.tokens(prompt, answer)[0]) > self.limit for answer in answers) for prompt, *answers in texts
        )


def context_length(config: Any, tokenizer: Any) -> int:
    """Tokens that a model reads: what its settings say, or its tokenizer where that is less."""
    positions = getattr(config, "max_position_embeddings", None) or LONGEST
    own = getattr(tokenizer, "model_max_length", None) or LONGEST
    return int(min(positions, own, LONGEST))
