"""A finished run of a tuning as it lies in the folder of its export: which models it is about."""

from dataclasses import dataclass
from pathlib import Path

from core.domain.errors import BadInput, Conflict
from core.finetuning.run_folder import ABOUT, MODEL, RUNS, read_about, run_folder

ADAPTER = "adapter_config.json"


@dataclass(frozen=True, slots=True)
class TunedRun:
    """What was tuned, and from what."""

    number: int
    folder: Path
    method: str
    base: Path
    """Folder of the model before."""
    chat: bool
    """Whether it learned conversations, by the tokenizer's chat template."""

    @property
    def tuned(self) -> Path:
        """Folder of the tuned model, or of its adapter."""
        return self.folder / MODEL

    @property
    def is_adapter(self) -> bool:
        """Whether the run tuned an adapter, which goes on the model before."""
        return (self.tuned / ADAPTER).is_file()


def find_run(export: Path, number: int | None = None) -> TunedRun:
    """The run of this number, or the latest one that ended well, in the folder of an export.

    Raises:
        BadInput: there is no run of this number, or what it says of itself cannot be read.
        Conflict: no run has ended well yet, or not this one.
    """
    folders = export / RUNS
    numbers = sorted((int(one.name) for one in folders.glob("*") if one.name.isdecimal()), reverse=True)
    if number is not None and number not in numbers:
        there = ", ".join(map(str, numbers)) or "none"
        raise BadInput(f"There is no run {number} in {folders}. Runs there: {there}.")
    for one in numbers if number is None else [number]:
        folder = run_folder(export, one)
        told = read_about(folder)
        if told.get("state") == "finished":
            base = told.get("base_model")
            if not isinstance(base, str):
                raise BadInput(f"{folder / ABOUT} does not say which model was tuned (base_model).")
            return TunedRun(one, folder, str(told.get("method") or ""), Path(base), bool(told.get("chat")))
    which = "No run" if number is None else f"Run {number}"
    raise Conflict(
        f"{which} in {folders} has {'' if number is None else 'not '}ended well yet, so there is nothing to compare. "
        f"Tune a model first: python -m core finetune run {export} --model PATH"
    )
