"""One fine-tuning, carried out by TRL from the settings file that its own command reads too."""

import logging
import resource
import shutil
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any

from core.domain.errors import BadInput
from core.finetuning.base_model import BaseModel
from core.finetuning.events import Event, Finished, Kept, Resumed, Stepped, Written
from core.finetuning.folder import Export
from core.finetuning.packages import NEEDED, offline
from core.finetuning.run_folder import (
    CHECKPOINTS,
    MODEL,
    ROWS,
    SETTINGS,
    latest_checkpoint,
    steps_done,
    write_modelfile,
)
from core.finetuning.settings import Wanted, as_trl
from core.finetuning.texts import Prepared, prepare

KEEP_SECONDS = 120.0
"""Between two checkpoints, at least."""
SHARE_FOR_KEEPING = 0.05
"""Of the time, at most, that goes into checkpoints."""
BY_TRL = "by-trl"
"""Where TRL's own command puts what it makes with our settings file."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """What came of a fine-tuning."""

    prepared: Prepared
    settings: dict[str, Any]
    steps: int
    seconds: float
    memory: int
    versions: dict[str, str]


def gpu_bytes() -> int | None:
    """Bytes free on the GPU; None where PyTorch finds none."""
    from torch import cuda

    return int(cuda.mem_get_info()[0]) if cuda.is_available() else None


def tune(
    export: Export,
    base: BaseModel,
    wanted: Wanted,
    folder: Path,
    on: Callable[[Event], None],
    check: Callable[[], None],
) -> Tuned:
    """Tune a language model; its result lies in ``folder`` afterwards. Goes on from the last checkpoint there.

    ``on`` gets the events. ``check`` is called several times a second; what it raises ends the tuning.

    Raises:
        BadInput: a row cannot be read, none is left, or the tokenizer cannot be used.
        MemoryError: memory of machine or GPU did not do.
        OSError: a file cannot be written.
    """
    import torch
    import transformers
    import yaml

    began = time.monotonic()
    transformers.utils.logging.disable_progress_bar()
    # texts that are longer than the model reads are counted and told in words of ours
    logging.getLogger("transformers.tokenization_utils_base").setLevel(logging.ERROR)
    gpu = torch.cuda.is_available()
    with offline(), _checked_often(check), _memory_told(), warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of names that TRL uses and transformers will drop
        settings = as_trl(
            wanted,
            base,
            folder / ROWS,
            folder / BY_TRL,
            gpu=gpu,
            bf16=gpu and torch.cuda.is_bf16_supported(),
        )
        (folder / SETTINGS).write_text(
            f"# trl {wanted.method} --config {folder / SETTINGS}\n" + yaml.safe_dump(settings, sort_keys=False),
            encoding="utf-8",
        )
        tokenizer = _tokenizer(base)
        prepared = prepare(export, wanted.method, tokenizer, settings["max_length"], wanted.seed, folder / ROWS)
        on(Written(**prepared.to_json(), max_length=settings["max_length"]))
        if not prepared.rows:
            raise BadInput(
                f"No row is left to learn from: all {prepared.left_out:,} questions are longer than "
                f"{settings['max_length']:,} tokens. Choose a longer limit (--max-length). Nothing was changed."
            )
        done = steps_done(folder)
        if done:
            on(Resumed(done))
        checkpoint = latest_checkpoint(folder)
        trainer = _trainer(wanted.method, settings, folder, on)
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        trainer.save_model(str(folder / MODEL))
        tokenizer.save_pretrained(str(folder / MODEL))
        # pickled settings of TRL: nobody needs them to load the model, and nothing here opens such files
        (folder / MODEL / "training_args.bin").unlink(missing_ok=True)
    write_modelfile(folder, base.path, lora=wanted.lora)
    shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
    memory = torch.cuda.max_memory_allocated() if gpu else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    seconds = time.monotonic() - began
    on(Finished(seconds, int(memory)))
    names = ("torch", "transformers", *NEEDED)
    return Tuned(
        prepared,
        settings,
        int(trainer.state.global_step),
        seconds,
        int(memory),
        {name: version(name) for name in names},
    )


def _tokenizer(base: BaseModel) -> Any:
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(str(base.path), trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"The tokenizer in {base.path} cannot be loaded. Copy its files again from where the model came from.",
            detail=str(error),
        ) from error
    if tokenizer.eos_token is None:
        raise BadInput(f"The tokenizer in {base.path} has no mark for the end of a text, so no answer could end.")
    return tokenizer


def _trainer(method: str, settings: dict[str, Any], folder: Path, on: Callable[[Event], None]) -> Any:
    """The trainer that TRL's command would make of these settings."""
    from datasets import Dataset
    from transformers import HfArgumentParser, ProgressCallback
    from transformers.trainer_callback import PrinterCallback
    from trl import (
        DPOConfig,
        DPOTrainer,
        KTOConfig,
        KTOTrainer,
        ModelConfig,
        SFTConfig,
        SFTTrainer,
        get_peft_config,
    )

    kinds: dict[str, tuple[Any, Any]] = {
        "dpo": (DPOConfig, DPOTrainer),
        "kto": (KTOConfig, KTOTrainer),
        "sft": (SFTConfig, SFTTrainer),
    }
    config, kind = kinds[method]
    # a checkpoint is written when it is time (_Watcher), and of those the last one is kept
    ours = {"output_dir": str(folder / CHECKPOINTS), "save_strategy": "no", "save_total_limit": 1, "disable_tqdm": True}
    told = {name: value for name, value in settings.items() if name != "datasets"} | ours
    arguments, model = HfArgumentParser((config, ModelConfig)).parse_dict(told)
    arguments.model_init_kwargs = dict(arguments.model_init_kwargs or {}) | {"dtype": model.dtype}
    rows = Dataset.from_json(settings["datasets"][0]["data_files"]["train"], cache_dir=str(folder / CHECKPOINTS))
    trainer = kind(
        model=model.model_name_or_path,
        args=arguments,
        train_dataset=rows,
        peft_config=get_peft_config(model),
        callbacks=[_watcher(on)],
    )
    for printed in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(printed)
    return trainer


def _watcher(on: Callable[[Event], None]) -> Any:
    """Tell each step, and have a checkpoint written when it is time."""
    from transformers import TrainerCallback

    class Watcher(TrainerCallback):  # type: ignore[misc]
        def __init__(self) -> None:
            self.began = self.kept_at = time.monotonic()
            self.first, self.pause = 0, KEEP_SECONDS
            self.saving_since = 0.0

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.began = self.kept_at = time.monotonic()
            self.first = state.global_step

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
            if not logs or "loss" not in logs:  # the last one sums up
                return
            each = (time.monotonic() - self.began) / max(1, state.global_step - self.first)
            on(
                Stepped(
                    state.global_step,
                    state.max_steps,
                    _finite(logs["loss"]),
                    _finite(logs.get("rewards/accuracies")),
                    each * (state.max_steps - state.global_step),
                )
            )

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if time.monotonic() - self.kept_at >= self.pause and state.global_step < state.max_steps:
                control.should_save, self.saving_since = True, time.monotonic()

        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.kept_at = time.monotonic()
            self.pause = max(KEEP_SECONDS, (self.kept_at - self.saving_since) / SHARE_FOR_KEEPING)
            on(Kept(state.global_step))

    return Watcher()


def _finite(value: Any) -> float | None:
    return float(value) if value is not None and isfinite(float(value)) else None


@contextmanager
def _checked_often(check: Callable[[], None]) -> Iterator[None]:
    """Call ``check`` before every part of a model is computed: whatever it raises ends that."""
    from torch.nn.modules.module import register_module_forward_pre_hook

    handle = register_module_forward_pre_hook(lambda *_: check())
    try:
        yield
    finally:
        handle.remove()


@contextmanager
def _memory_told() -> Iterator[None]:
    """What PyTorch raises where memory does not do becomes a MemoryError."""
    from torch import OutOfMemoryError

    try:
        yield
    except OutOfMemoryError as error:
        raise MemoryError(str(error)) from error
    except RuntimeError as error:  # of the CPU's allocator
        if "can't allocate memory" in str(error):
            raise MemoryError(str(error)) from error
        raise
