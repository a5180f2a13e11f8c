"""What a fine-tuning is asked to do, and the settings file that TRL's own command runs it with."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from core.domain.errors import BadInput
from core.finetuning.base_model import BaseModel
from core.finetuning.folder import KTO, PAIRS, SFT

METHODS: Final = {"dpo": PAIRS, "kto": KTO, "sft": SFT}
"""Each method with the file of an export that it learns from."""
TEXTS: Final = {"dpo": ("chosen", "rejected"), "kto": ("completion",), "sft": ("completion",)}
"""What its rows hold beside the prompt."""
RATES: Final = {"dpo": 1e-6, "kto": 1e-6, "sft": 2e-5}
"""Learning rates of TRL for all weights."""
LORA_RATES: Final = {"dpo": 1e-5, "kto": 1e-5, "sft": 2e-4}
"""The same for an adapter: ten times of that."""
BATCHES: Final = {"dpo": (1, 8), "kto": (4, 2), "sft": (1, 8)}
"""Rows at once and how often before a step: 8 in all. KTO compares rows with each other and cannot do with one."""
LONGEST: Final = 1024
"""Tokens of a question with its answer, where the model can read so many."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody chose for a fine-tuning."""

    method: str = "dpo"
    """"dpo" (pairs), "kto" (good and poor answers) or "sft" (good answers alone)."""
    lora: bool = True
    """Train a small adapter beside the model instead of all its weights."""
    epochs: float = 3.0
    """How often each row is read."""
    max_steps: int = 0
    """Ends after so many steps; 0: after the epochs."""
    learning_rate: float | None = None
    """None: what TRL takes for the method, ten times that for an adapter."""
    max_length: int | None = None
    """Tokens of a question with its answer; None: 1,024, or as many as the model can read."""
    seed: int = 0

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    def checked(self) -> "Wanted":
        """The same, if it can be done.

        Raises:
            BadInput: a value is out of range.
        """
        if self.method not in METHODS:
            raise BadInput(f"The method {self.method!r} is not known; choose from: {', '.join(METHODS)}.")
        if not 0 < self.epochs <= 100:
            raise BadInput("Epochs must be more than 0 and at most 100.")
        if not 0 <= self.max_steps <= 1_000_000:
            raise BadInput("The number of steps must be from 1 to 1,000,000; 0 stands for all.")
        if self.learning_rate is not None and not 0 < self.learning_rate <= 1:
            raise BadInput("The learning rate must be more than 0 and at most 1, as in 5e-6.")
        if self.max_length is not None and not 16 <= self.max_length <= 1_000_000:
            raise BadInput("The longest text must be at least 16 tokens.")
        if not 0 <= self.seed < 2**32:
            raise BadInput("The seed must be a whole number from 0 to 4,294,967,295.")
        return self

    def longest(self, base: BaseModel) -> int:
        """Tokens of a question with its answer.

        Raises:
            BadInput: the model cannot read so many.
        """
        if self.max_length is None:
            return min(LONGEST, base.longest or LONGEST)
        if base.longest is not None and self.max_length > base.longest:
            raise BadInput(f"The model reads {base.longest:,} tokens at once, not {self.max_length:,}. Choose fewer.")
        return self.max_length


def as_trl(wanted: Wanted, base: BaseModel, rows: Path, output: Path, *, gpu: bool, bf16: bool) -> dict[str, Any]:
    """The settings file of ``trl METHOD --config``.

    ``rows``: the jsonl file that it learns from. ``output``: where TRL's command, not ours, puts what it makes.
    """
    at_once, before_a_step = BATCHES[wanted.method]
    rate = wanted.learning_rate or (LORA_RATES if wanted.lora else RATES)[wanted.method]
    settings: dict[str, Any] = {
        "model_name_or_path": str(base.path),
        "trust_remote_code": False,
        "dtype": "bfloat16" if bf16 and wanted.lora else "float32",
        "model_init_kwargs": {"use_safetensors": True, "local_files_only": True},
        "datasets": [{"path": "json", "data_files": {"train": str(rows)}, "split": "train"}],
        "output_dir": str(output),
        "use_cpu": not gpu,
        "bf16": bf16,
        "learning_rate": rate,
        "num_train_epochs": wanted.epochs,
        "max_steps": wanted.max_steps or -1,
        "per_device_train_batch_size": at_once,
        "gradient_accumulation_steps": before_a_step,
        "warmup_steps": 0.1,
        "max_length": wanted.longest(base),
        "logging_steps": 1,
        "save_strategy": "no",
        "report_to": "none",
        "seed": wanted.seed,
    }
    if wanted.method == "dpo":
        # the second keeps better answers from becoming unlikely together with the poorer ones
        settings |= {"loss_type": ["sigmoid", "sft"], "beta": 0.1}
    elif wanted.method == "kto":
        settings |= {"beta": 0.1}
    if wanted.lora:
        settings |= {"use_peft": True, "lora_r": 16, "lora_alpha": 32, "lora_target_modules": ["all-linear"]}
    return settings
