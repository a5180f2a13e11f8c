"""What a language model on this machine reads: its tokenizer, how long a text may be, prompt and answer as tokens."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain.errors import BadInput
from core.finetuning.folder import Question

LONGEST = 1_000_000
"""Tokens beyond which a tokenizer's own limit is none."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The tokenizer of a language model."""

    tokenizer: Any
    limit: int
    """So many tokens the model reads, question and answer together."""
    chat: bool
    """Whether question and answer go through the tokenizer's chat template."""

    @classmethod
    def of(cls, model: Path, *, chat: bool | None = None) -> "Reader":
        """The reader of the model in a folder; nothing is fetched, and no code of the folder runs.

        ``chat``: None for whether there is a template.

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
        has_template = bool(getattr(tokenizer, "chat_template", None))
        return cls(tokenizer, context_length(config, tokenizer), has_template if chat is None else chat)

    def question(self, asked: Question) -> list[int]:
        """A question as tokens, behind which an answer can begin."""
        if self.chat:
            return self._templated(asked)
        return self._without_end(self.tokenizer(asked.prompt, verbose=False)["input_ids"])

    def tokens(self, asked: Question, answer: str) -> tuple[list[int], int]:
        """Question and answer as tokens, and how many of them are the question's.

        The answer ends with what ends a text or a turn, as it does in TRL's trainings. Nothing is cut.
        """
        before, whole = len(self.question(asked)), self.whole(asked, answer)
        return whole, min(before, len(whole))

    def whole(self, asked: Question, answer: str) -> list[int]:
        """Question and answer as tokens, as ``tokens`` gives them."""
        if self.chat:
            return self._templated(asked, answer)
        found = self._without_end(self.tokenizer(asked.prompt + answer, verbose=False)["input_ids"])
        end = self.tokenizer.eos_token_id
        return [*found, *([] if end is None else [end])]

    def _templated(self, asked: Question, answer: str | None = None) -> list[int]:
        said = conversation(asked)
        if answer is not None:
            said.append({"role": "assistant", "content": answer})
        text = self.tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=answer is None)
        return list(self.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])

    def _without_end(self, ids: list[int]) -> list[int]:
        """Without the end that some tokenizers add by themselves."""
        return ids[:-1] if ids and ids[-1] == self.tokenizer.eos_token_id else ids

    def is_cut(self, asked: Question, *answers: str) -> bool:
        """Whether one of the answers, with its question, is longer than the model reads."""
        return any(len(self.whole(asked, answer)) > self.limit for answer in answers)


def conversation(asked: Question) -> list[dict[str, str]]:
    """What was said up to the answer, as chat templates take it."""
    said = [{"role": str(turn.role), "content": turn.text} for turn in asked.turns]
    return [*said, {"role": "user", "content": asked.user_prompt}]


def context_length(config: Any, tokenizer: Any) -> int:
    """Tokens that a model reads: what its settings say, or its tokenizer where that is less."""
    positions = getattr(config, "max_position_embeddings", None) or LONGEST
    own = getattr(tokenizer, "model_max_length", None) or LONGEST
    return int(min(positions, own, LONGEST))
