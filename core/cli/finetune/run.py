"""``finetune run``: tunes a language model on an export; goes on where the same command was stopped."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.cli.output import Done, ProgressBar, say
from core.domain.errors import BadInput
from core.domain.roles import COMMAND_LINE
from core.domain.texts import plural
from core.finetuning.events import Event, Planned, Resumed, Stepped, Written
from core.finetuning.settings import METHODS, Wanted
from core.services.workspace import open_workspace


def add(command: Callable[..., argparse.ArgumentParser], subs: Any) -> None:
    """Add ``run`` to the sub-commands of ``finetune``."""
    sub = command("run", run, "tune a language model with TRL; goes on where the same command was stopped", parent=subs)
    sub.add_argument("directory", nargs="?", metavar="DIR", help="what `finetune export` made")
    sub.add_argument("--model", metavar="PATH", help="folder of a language model with safetensors and a tokenizer")
    sub.add_argument("--method", choices=tuple(METHODS), default="dpo", help="learns from pairs, kto or sft rows")
    sub.add_argument("--lora", action="store_true", help="train an adapter instead of all weights: less memory")
    sub.add_argument("--epochs", type=float, default=3.0, help="how often each row is read (default 3)")
    sub.add_argument("--max-steps", type=int, default=0, metavar="N", help="end after so many steps of 8 rows")
    sub.add_argument("--learning-rate", type=float, metavar="X", help="default: what TRL takes, with --lora ten times")
    sub.add_argument("--max-length", type=int, metavar="TOKENS", help="of question and answer (default 1,024)")
    sub.add_argument("--seed", type=int, default=0)
    sub.add_argument("--run", type=int, help=argparse.SUPPRESS)  # one that the page asked for


def run(options: argparse.Namespace) -> Done:
    """Tune, showing progress."""
    from core.services.finetuning import running

    workspace = open_workspace()
    with ProgressBar("tuning", unit="step") as bar:

        def on_event(event: Event) -> None:
            if isinstance(event, Stepped):
                bar.at(event.step, event.steps)
            else:
                _say(event)

        if options.run is not None:
            result = running.carry_out(workspace, COMMAND_LINE, options.run, on_event=on_event)
        else:
            if not options.directory or not options.model:
                raise BadInput("Name the folder of the export and the language model: finetune run DIR --model PATH")
            os.nice(10)  # it takes long: raters at this machine come first
            wanted = Wanted(
                method=options.method,
                lora=options.lora,
                epochs=options.epochs,
                max_steps=options.max_steps,
                learning_rate=options.learning_rate,
                max_length=options.max_length,
                seed=options.seed,
            )
            places = Path(options.directory), Path(options.model)
            result = running.tune(workspace, COMMAND_LINE, *places, wanted, on_event=on_event)
    say(f"Run {result['run_id']}: {plural(result['steps'], 'step')} in {result['seconds']:,.0f} s.")
    say(f"{'The adapter' if result['lora'] else 'The model'} is in {result['model']}")
    say(f"vLLM:   {result['vllm']}")
    say(f"Ollama: {result['ollama']}")
    say(f"Whether it is better: python -m core finetune evaluate {Path(result['path']).parents[1]}")
    return result, 0


def _say(event: Event) -> None:
    match event:
        case Planned():
            free = "" if event.free is None else f" ({event.free / 1e9:,.1f} GB are free)"
            say(
                f"{event.parameters / 1e6:,.0f} million weights: needs about {event.memory / 1e9:,.1f} GB of memory"
                f"{free} and {event.disk / 1e9:,.1f} GB of disk until it ends."
            )
        case Written():
            form = "as conversations, by the model's own template" if event.chat else "as plain texts"
            say(f"Learns from {plural(event.rows, 'row')}, {form}, up to {event.max_length:,} tokens each.")
            if event.left_out:
                say(f"{plural(event.left_out, 'row is', 'rows are')} left out: the question alone is longer than that.")
            if event.cut:
                say(f"Of {plural(event.cut, 'row')} only the beginning of an answer fits.")
        case Resumed():
            say(f"Goes on behind step {event.step:,}, where it was stopped.")
