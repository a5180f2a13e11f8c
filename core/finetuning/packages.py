"""The packages that tune language models: optional, and kept from the network while they work."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from core.domain.errors import BadInput

NEEDED = ("trl", "peft", "datasets", "accelerate")
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def installed() -> bool:
    """Whether all of them are here; imports none."""
    return all(find_spec(name) is not None for name in NEEDED)


def require_packages() -> None:
    """Let go on where all of them are here.

    Raises:
        BadInput: one is missing.
    """
    if not installed():
        raise BadInput(
            "Tuning a language model needs packages that are not installed here. Nothing was started. Install them "
            "with: make finetune"
        )


@contextmanager
def offline() -> Iterator[None]:
    """Keep what is done inside from the network, also where the libraries were imported before."""
    from huggingface_hub import constants

    environ = {name: os.environ.get(name) for name in OFFLINE}
    os.environ.update(OFFLINE)
    before = constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY
    constants.HF_HUB_OFFLINE = constants.HF_HUB_DISABLE_TELEMETRY = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY = before
        for name, value in environ.items():  # a worker goes on to other work, and begins processes
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
