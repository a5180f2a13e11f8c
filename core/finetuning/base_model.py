"""The language model that a fine-tuning begins with: a folder on this machine, looked at before anything is loaded.

Weights are read from safetensors files alone, and nothing in the folder is ever run.
"""

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from core.domain.errors import BadInput
from core.domain.json_texts import read_json

MOST_HEADER = 100_000_000
"""Bytes of the header of a safetensors file, as its own readers bound it."""
BRING_CODE = ("config.json", "tokenizer_config.json", "processor_config.json", "preprocessor_config.json")
"""Files that can name program code in the folder; transformers asks at the terminal whether to run it."""
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json")


@dataclass(frozen=True, slots=True)
class BaseModel:
    """A language model on disk."""

    path: Path
    kind: str
    """As its configuration calls it: ``llama``, ``qwen3``, ..."""
    parameters: int
    layers: int
    width: int
    """Numbers of a hidden state."""
    vocabulary: int
    longest: int | None
    """Tokens that it can read at once; None where its configuration does not say."""


def look(path: Path) -> BaseModel:
    """Read what kind of model lies in a folder, and how large it is; loads no weights.

    Raises:
        BadInput: there is none, or one that cannot be tuned here; the sentence says why.
    """
    path = path.expanduser().resolve()
    if not path.is_dir():
        raise BadInput(
            f"There is no folder {path}. Name the folder of a language model on this machine: config.json, tokenizer "
            "and weights as safetensors. Nothing is fetched from the network."
        )
    if (path / "adapter_config.json").is_file():
        raise BadInput(f"{path} holds an adapter, not a whole language model. Name the model that it was made for.")
    config = _json(path, "config.json")
    for name in BRING_CODE:
        if (path / name).is_file() and "auto_map" in _json(path, name):
            raise BadInput(
                f"{path} brings program code of its own (auto_map in {name}), and code out of a model's folder is "
                "never run here. Name a model of a kind that transformers knows."
            )
    kinds = config.get("architectures")
    if not any("CausalLM" in str(name) for name in (kinds if isinstance(kinds, list) else ())):
        raise BadInput(
            f"{path} holds no language model that writes texts. Name one whose config.json says ForCausalLM."
        )
    weights = _weights(path)
    if not weights:
        raise BadInput(
            f"{path} has no weights as safetensors, and files of other kinds are not opened: they can run code. Save "
            "the model with save_pretrained, or take the safetensors files of its publisher."
        )
    if not any((path / name).is_file() for name in TOKENIZERS):
        raise BadInput(f"{path} has no tokenizer (tokenizer.json). Copy it from where the model came from.")
    text: dict[str, Any] = config["text_config"] if isinstance(config.get("text_config"), dict) else config
    return BaseModel(
        path,
        str(config.get("model_type") or ""),
        sum(map(_parameters, weights)),
        _number(text, "num_hidden_layers", path),
        _number(text, "hidden_size", path),
        _number(text, "vocab_size", path),
        text.get("max_position_embeddings") if isinstance(text.get("max_position_embeddings"), int) else None,
    )


def _weights(path: Path) -> list[Path]:
    """The files of weights that transformers reads: one, or the parts that an index names; none where there is neither.

    Raises:
        BadInput: a part is missing, or the index cannot be read.
    """
    whole, index = path / "model.safetensors", "model.safetensors.index.json"
    if whole.is_file():
        return [whole]
    if not (path / index).is_file():
        return []
    named = _json(path, index).get("weight_map")
    parts = sorted({str(name) for name in named.values()}) if isinstance(named, dict) else []
    missing = [name for name in parts if not (path / name).is_file()]
    if missing or not parts:
        raise BadInput(
            f"{path} is incomplete: {', '.join(missing) or index} is missing or cannot be read. Copy it again from "
            "where the model came from."
        )
    return [path / name for name in parts]


def _json(path: Path, name: str) -> dict[str, Any]:
    try:
        found = read_json((path / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"{path} is no folder of a language model: there is no {name} in it.") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{path / name} cannot be read. Copy it again from where the model came from.") from error
    if not isinstance(found, dict):
        raise BadInput(f"{path / name} cannot be read. Copy it again from where the model came from.")
    return found


def _number(config: dict[str, Any], name: str, path: Path) -> int:
    found = config.get(name)
    if not isinstance(found, int) or found < 1:
        raise BadInput(f"config.json in {path} does not say {name}, so nobody can tell how much memory it needs.")
    return found


def _parameters(file: Path) -> int:
    """The numbers in one safetensors file, by its header."""
    try:
        with file.open("rb") as stream:
            size = int.from_bytes(stream.read(8), "little")
            header = json.loads(stream.read(size)) if 0 < size <= MOST_HEADER else None
        assert isinstance(header, dict)
        tensors = {name: about for name, about in header.items() if name != "__metadata__"}
        end = max((about["data_offsets"][1] for about in tensors.values()), default=0)
        assert file.stat().st_size >= 8 + size + end
        return sum(prod(about["shape"]) for about in tensors.values())
    except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
        raise BadInput(f"{file} is damaged or incomplete. Copy it again from where the model came from.") from error
