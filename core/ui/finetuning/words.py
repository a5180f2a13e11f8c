"""A fine-tuning in words: its stage, the share that is done, its log, and what was chosen."""

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from core.domain.texts import plural
from core.services.finetuning.runs import ExportChoice, FineTuningView, ModelChoice
from core.ui.training.progress import duration

METHODS = {
    "dpo": "From pairs: of two answers the better one (DPO)",
    "kto": "From good and poor answers, one by one (KTO)",
    "sft": "From better answers that people wrote (SFT)",
}
LEARNS_FROM = {"dpo": ("train_pairs", "pair"), "kto": ("kto", "rated answer"), "sft": ("sft", "better answer")}
"""The count of an export that tells how much each method has to learn from, and what is counted."""


def stage(run: FineTuningView) -> tuple[str, float]:
    """What it is doing, and the share that is done."""
    if run.cancel_requested:
        return "Stopping …", _share(run.events)
    if not run.events:
        return "Starting …", 0.02
    return event_in_words(run.events[-1]), _share(run.events)


def _share(events: Sequence[dict[str, Any]]) -> float:
    step = next((event for event in reversed(events) if event["event"] == "stepped"), None)
    if step is None:
        return 0.05 if events else 0.02
    return 0.05 + 0.95 * min(1.0, step["step"] / max(1, step["steps"]))


def event_in_words(event: dict[str, Any]) -> str:
    """Say what it does after this event."""
    match event["event"]:
        case "planned":
            return (
                f"{size(event['parameters'])} weights: needs about {event['memory'] / 1e9:,.1f} GB of "
                f"memory and {event['disk'] / 1e9:,.1f} GB of disk. Reading the texts …"
            )
        case "written":
            left_out = f"; {plural(event['left_out'], 'row')} left out as too long" if event["left_out"] else ""
            cut = f"; of {plural(event['cut'], 'row')} the end is cut off" if event["cut"] else ""
            return f"Learns from {plural(event['rows'], 'row')}{left_out}{cut}. Loading the language model …"
        case "resumed":
            return f"Goes on behind step {event['step']:,}, where it was stopped …"
        case "stepped":
            loss = "" if event["loss"] is None else f" · loss {event['loss']:.2f}"
            left = f" · about {duration(event['seconds_left'])} left" if event["seconds_left"] else ""
            return f"Step {event['step']:,} of {event['steps']:,}{loss}{left}"
        case "kept":
            return f"Kept what was learned up to step {event['step']:,} …"
        case _:
            return f"Saved after {duration(event['seconds'])}; at most {event['memory'] / 1e9:,.1f} GB of memory."


def log_lines(run: FineTuningView) -> list[str]:
    """A line per event with its time; of steps in a row every tenth and the last."""
    return [
        f"{datetime.fromisoformat(event['at']).astimezone():%H:%M:%S}  {event_in_words(event)}"
        for event, following in zip_longest(run.events, run.events[1:])
        if event["event"] != "stepped"
        or event["step"] % 10 == 0
        or following is None
        or following["event"] not in ("stepped", "kept")
    ]


def method_in_words(method: str, *, lora: bool) -> str:
    """How it learns, in a few words."""
    return f"{METHODS[method]}, {'an adapter only' if lora else 'all weights'}"


def export_label(export: ExportChoice) -> str:
    """An export as it is chosen: its folder and how much is in it."""
    count = export.counts.get("train_pairs")
    return export.path.name + ("" if count is None else f" ({plural(count, 'pair')})")


def model_label(model: ModelChoice) -> str:
    """A language model as it is chosen: its folder and its size."""
    return f"{model.path.name} ({size(model.parameters)} weights)"


def size(parameters: int) -> str:
    """135 million, 7.2 billion."""
    if parameters < 1e6:
        return f"{parameters:,}"
    return f"{parameters / 1e9:,.1f} billion" if parameters >= 1e9 else f"{parameters / 1e6:,.0f} million"


def name_of(run: FineTuningView) -> str:
    """Which one: Tuning 3 of SmolLM2."""
    return f"Tuning {run.run_id} of {Path(run.base).name}"
