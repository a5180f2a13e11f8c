"""A language model in memory: how likely it holds an answer, and what it answers itself."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import BadInput, Unavailable
from core.finetuning.base_model import look
from core.finetuning.folder import Question
from core.finetuning.reading import Reader

NEW_TOKENS = 128
"""Of an answer that a model gives."""
_CELLS = 100_000_000
"""Of the table (tokens, vocabulary) that a batch makes, 4 bytes each: 400 MB."""
_AT_ONCE = 10
"""Questions that are answered together."""

Floats = NDArray[np.float64]
OnProgress = Callable[[int, int], None]
"""Called with how much is done, and of how much."""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A causal language model with its tokenizer; the same texts give the same figures on one machine."""

    model: Any
    reader: Reader

    @classmethod
    def load(cls, base: Path, adapter: Path | None = None, *, chat: bool | None = None) -> "LanguageModel":
        """The model in the folder ``base``, with an adapter on it where one is named; only safetensors, offline.

        ``chat``: whether texts go through the chat template; None for whether there is one.

        Raises:
            BadInput: one of them is no such folder, or cannot be read.
            Unavailable: an adapter needs peft, which is not installed.
        """
        import torch
        from transformers import AutoModelForCausalLM
        from transformers.utils import logging

        look(base)  # what is not read at all is said before anything is loaded
        logging.disable_progress_bar()  # what it would show is over in a second
        reader = Reader.of(base, chat=chat)
        on_gpu = torch.cuda.is_available()
        try:
            model = AutoModelForCausalLM.from_pretrained(
                base,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                dtype="auto" if on_gpu else torch.float32,  # half precision is slow and coarse on a CPU
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise BadInput(
                f"The language model in {base} cannot be read. Look whether its weights (.safetensors) are complete."
            ) from error
        if adapter is not None:
            model = _with_adapter(model, adapter)
        return cls(model.to("cuda" if on_gpu else "cpu").eval(), reader)

    def mean_log_probabilities(self, texts: Sequence[tuple[Question, str]], on_progress: OnProgress) -> Floats:
        """Of each answer (question, answer), the mean of the natural log-probabilities of its tokens, shape (texts,).

        The mean and not the sum, or the shorter of two answers would nearly always be the likelier one. What lies
        behind the model's limit does not count; nan where that leaves nothing of the answer.
        """
        found = np.full(len(texts), np.nan)
        read = {row: self._cut(*self.reader.tokens(*text)) for row, text in enumerate(texts)}
        read = {row: (ids, before) for row, (ids, before) in read.items() if len(ids) > before}
        done = len(texts) - len(read)
        for rows in self._batches({row: len(ids) for row, (ids, _) in read.items()}):
            found[rows] = self._means([read[row] for row in rows])
            done += len(rows)
            on_progress(done, len(texts))
        return found

    def answers(self, questions: Sequence[Question], on_progress: OnProgress) -> list[str]:
        """What the model answers, at most NEW_TOKENS each, always the likeliest token; stripped.

        Of a question that is too long its end is read.
        """
        import torch
        from transformers import GenerationConfig

        tokenizer, limit = self.reader.tokenizer, max(1, self.reader.limit - NEW_TOKENS)
        own = getattr(self.model, "generation_config", None)
        end = getattr(own, "eos_token_id", None) or tokenizer.eos_token_id
        filler = self._filler()
        config = GenerationConfig(
            do_sample=False, max_new_tokens=NEW_TOKENS, eos_token_id=end, pad_token_id=filler, bos_token_id=None
        )
        found: list[str] = []
        for start in range(0, len(questions), _AT_ONCE):
            asked = [self.reader.question(one)[-limit:] for one in questions[start : start + _AT_ONCE]]
            longest = max(map(len, asked))
            ids = torch.tensor([[filler] * (longest - len(one)) + one for one in asked], device=self.model.device)
            mask = torch.tensor([[0] * (longest - len(one)) + [1] * len(one) for one in asked], device=ids.device)
            with torch.inference_mode():
                made = self.model.generate(input_ids=ids, attention_mask=mask, generation_config=config)
            texts = tokenizer.batch_decode(made[:, longest:], skip_special_tokens=True)
            found += [text.strip() for text in texts]
            on_progress(len(found), len(questions))
        return found

    def _cut(self, ids: list[int], before: int) -> tuple[list[int], int]:
        """Tokens as far as the model reads; the first one of all has no probability."""
        return ids[: self.reader.limit], max(before, 1)

    def _batches(self, lengths: Mapping[int, int]) -> Iterator[list[int]]:
        """Rows of about equal length, so many together as memory takes; ``lengths`` in tokens by row."""
        most = max(1, _CELLS // int(self.model.config.vocab_size))
        batch: list[int] = []
        for row in sorted(lengths, key=lambda row: lengths[row]):
            if batch and lengths[row] * (len(batch) + 1) > most:  # all are filled up to the longest, which is this one
                yield batch
                batch = []
            batch.append(row)
        if batch:
            yield batch

    def _means(self, texts: Sequence[tuple[list[int], int]]) -> list[float]:
        """Of each text as tokens with its answer's first place, the mean log-probability of the answer's tokens."""
        import torch
        from torch.nn.functional import cross_entropy

        longest = max(len(ids) for ids, _ in texts)
        filler = self._filler()
        ids = torch.tensor([ids + [filler] * (longest - len(ids)) for ids, _ in texts], device=self.model.device)
        mask = torch.tensor([[1] * len(one) + [0] * (longest - len(one)) for one, _ in texts], device=ids.device)
        with torch.inference_mode():
            logits: torch.Tensor = self.model(input_ids=ids, attention_mask=mask, use_cache=False).logits
            return [
                -float(cross_entropy(logits[row, before - 1 : len(one) - 1].float(), ids[row, before : len(one)]))
                for row, (one, before) in enumerate(texts)
            ]

    def _filler(self) -> int:
        """A token for places that are not looked at."""
        tokenizer = self.reader.tokenizer
        return int(tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id or 0)


def _with_adapter(model: Any, adapter: Path) -> Any:
    try:
        from peft import PeftModel
        from safetensors import SafetensorError
    except ImportError as error:
        raise Unavailable(
            "This run tuned an adapter, and reading one needs peft, which is not installed here. "
            "Install it with: make finetune"
        ) from error
    if not (adapter / "adapter_model.safetensors").is_file():  # peft would open a file that can run code instead
        raise BadInput(
            f"The adapter in {adapter} cannot be read: it has no weights as safetensors, and files of other kinds are "
            "not opened."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # between peft and transformers, nothing for who evaluates
            return PeftModel.from_pretrained(model, adapter, local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise BadInput(f"The adapter in {adapter} cannot be read, or belongs to another model.") from error
