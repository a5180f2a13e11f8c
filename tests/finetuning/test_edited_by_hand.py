"""Folders of exports and of language models that somebody changed, damaged or brought along."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.domain.errors import BadInput
from core.finetuning import folder
from core.finetuning.base_model import look
from core.finetuning.evaluation import measure
from core.finetuning.language_model import LanguageModel
from core.finetuning.texts import prepare
from core.finetuning.tuned import find_run
from tests.finetuning.tiny import made_export, tiny_model


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return made_export(tmp_path / "pairs")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("models") / "tiny")


def reads(said: str) -> dict[str, list[int]]:
    """A tokenizer that takes any text."""
    return {"input_ids": [*map(ord, said)]}


def test_a_mark_at_the_beginning_of_a_file_is_no_text(export: Path) -> None:
    """Notepad and others write one."""
    for name in (folder.PAIRS, folder.EXPORT):
        text = (export / name).read_text("utf-8")
        (export / name).write_text(text, encoding="utf-8-sig")
    assert len(folder.read(export).pairs()) == 17


@pytest.mark.parametrize(
    "method, name, row, said",
    [
        ("dpo", folder.PAIRS, {"prompt": "Q\n", "chosen": "a \ud83d", "rejected": "b"}, "half of a character"),
        ("kto", folder.KTO, {"prompt": "Q\n", "completion": "a", "label": "false"}, "label"),
        ("kto", folder.KTO, {"prompt": "Q\n", "completion": "a"}, "label"),
    ],
)
def test_rows_that_would_be_misread_are_refused(
    export: Path, tmp_path: Path, method: str, name: str, row: dict[str, Any], said: str
) -> None:
    """A label in quotes is no label: "false" would be learned from as good."""
    (export / name).write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match=f"Line 1 of .*{said}"):
        prepare(folder.read(export), method, reads, 100, 0, tmp_path / "rows.jsonl")


def test_an_export_without_pairs_apart_is_measured_as_nothing(export: Path, model: Path) -> None:
    """Somebody took them out; there is nothing to say, and no traceback."""
    for name in (folder.APART_PAIRS, folder.APART_QUESTIONS):
        (export / name).write_text("")
    run = export / "runs" / "1"
    run.mkdir(parents=True)
    (run / "run.json").write_text(json.dumps({"state": "finished", "base_model": str(model)}))
    shutil.copytree(model, run / "model")
    for _ in range(2):  # measured, then as it was kept
        before, tuned = measure(folder.read(export), find_run(export), lambda _: None)
        assert (before.log_probabilities.shape, tuned.answers) == ((0, 2), ())
    assert np.isfinite(before.log_probabilities).all()


def test_models_with_pickled_weights_missing_parts_or_code_are_refused(model: Path, tmp_path: Path) -> None:
    """Each in a sentence, before anything is loaded."""

    def copied(name: str) -> Path:
        return Path(shutil.copytree(model, tmp_path / name))

    pickled = copied("pickled")
    (pickled / "model.safetensors").rename(pickled / "other.safetensors")
    torch.save({}, pickled / "pytorch_model.bin")
    with pytest.raises(BadInput, match="no weights as safetensors"):
        look(pickled)
    parts = copied("parts")
    (parts / "model.safetensors").rename(parts / "model-00001-of-00002.safetensors")
    names = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (parts / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))
    with pytest.raises(BadInput, match=r"model-00002-of-00002\.safetensors is missing"):
        look(parts)
    code = copied("code")
    (code / "processor_config.json").write_text('{"auto_map": {"AutoProcessor": "evil.Evil"}}')
    with pytest.raises(BadInput, match="program code of its own"):
        look(code)
    odd = copied("odd")
    for text, said in (('{"architectures": 5}', "no language model"), ("[" * 100_000, "cannot be read")):
        (odd / "config.json").write_text(text)
        with pytest.raises(BadInput, match=said):
            look(odd)


def test_an_adapter_with_pickled_weights_is_not_opened(tmp_path: Path, model: Path) -> None:
    """Where its safetensors file is missing, peft would take the pickled one."""
    pytest.importorskip("peft", reason="not here: tuning of language models is optional (make finetune)")
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text('{"peft_type": "LORA", "r": 2, "target_modules": ["q_proj"]}')
    torch.save({}, adapter / "adapter_model.bin")
    with pytest.raises(BadInput, match="it has no weights as safetensors"):
        LanguageModel.load(model, adapter)
