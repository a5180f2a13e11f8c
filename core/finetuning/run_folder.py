"""The folder of one fine-tuning: its result, its settings, and how other programs load it."""

import json
from pathlib import Path
from typing import Any, Final

from core.domain.json_texts import read_json
from core.store.scratch import scratch

FORMAT: Final = 1
RUNS = "runs"
MODEL, SETTINGS, ABOUT, ROWS = "model", "settings.yaml", "run.json", "train.jsonl"
CHECKPOINTS, MODELFILE = "checkpoints", "Modelfile"
STATE: Final = "trainer_state.json"


def run_folder(directory: Path, run_id: int) -> Path:
    """Where the files of a fine-tuning lie, in the folder of the export that it learns from."""
    return directory / RUNS / str(run_id)


def latest_checkpoint(folder: Path) -> Path | None:
    """The last checkpoint of a fine-tuning that was written to its end; None where there is none."""
    found = sorted((folder / CHECKPOINTS).glob("checkpoint-*"), key=lambda path: -int(path.name.rpartition("-")[2]))
    return next((path for path in found if _steps(path) is not None), None)


def steps_done(folder: Path) -> int:
    """How many steps the last checkpoint holds."""
    found = latest_checkpoint(folder)
    return 0 if found is None else _steps(found) or 0


def write_about(folder: Path, about: dict[str, Any]) -> None:
    """Write ``run.json``; a reader sees the old one or the new one.

    Raises:
        OSError: it cannot be written.
    """
    with scratch(folder) as making:
        made = making / ABOUT
        made.write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        made.replace(folder / ABOUT)


def read_about(folder: Path) -> dict[str, Any]:
    """What ``run.json`` says; nothing where there is none, or none that can be read."""
    try:
        told = read_json((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def write_modelfile(folder: Path, base: Path, *, lora: bool) -> None:
    """Write what ``ollama create`` reads.

    Raises:
        OSError: it cannot be written.
    """
    result = folder / MODEL
    lines = [f"FROM {base}", f"ADAPTER {result}"] if lora else [f"FROM {result}"]
    (folder / MODELFILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def ways_to_load(folder: Path, base: Path, *, lora: bool) -> tuple[str, str]:
    """The commands that serve the result, of vLLM and of Ollama."""
    name = f"tuned-{folder.name}"
    served = f"{base} --enable-lora --lora-modules {name}={folder / MODEL}" if lora else f"{folder / MODEL}"
    return f"vllm serve {served}", f"ollama create {name} -f {folder / MODELFILE}"


def _steps(checkpoint: Path) -> int | None:
    """The steps of a checkpoint; None where it was not written to its end: what is read here is written last."""
    try:
        return int(json.loads((checkpoint / STATE).read_text(encoding="utf-8"))["global_step"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
