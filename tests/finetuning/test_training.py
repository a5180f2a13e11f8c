"""TRL tunes a tiny model: by every method, offline, from a settings file of its own, and on from a checkpoint."""

import json
import os
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

from core.domain.errors import BadInput
from core.finetuning import base_model, folder, packages, training
from core.finetuning.events import Event, Kept, Resumed, Stepped, Written
from core.finetuning.run_folder import MODEL, SETTINGS, latest_checkpoint
from core.finetuning.settings import Wanted
from tests.finetuning.tiny import WITHOUT, made_export, tiny_model

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")  # TRL uses names that transformers will drop
needs_packages = pytest.mark.skipif(not packages.installed(), reason=WITHOUT)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> folder.Export:
    return folder.read(made_export(tmp_path_factory.mktemp("export")))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> NoReturn:
        raise AssertionError("something asked the network")

    monkeypatch.setattr(socket.socket, "connect", refused)


def tuned(
    export: folder.Export, base: Path, place: Path, wanted: Wanted, check: Any = lambda: None
) -> tuple[training.Tuned, list[Event]]:
    place.mkdir(exist_ok=True)
    events: list[Event] = []
    return training.tune(export, base_model.look(base), wanted, place, events.append, check), events


def weights(place: Path) -> dict[str, Any]:
    from safetensors.numpy import load_file

    (file,) = (place / MODEL).glob("*.safetensors")
    return dict(load_file(file))


@needs_packages
@pytest.mark.slow
@pytest.mark.parametrize("method,lora", [("dpo", False), ("kto", True), ("sft", True)])
def test_every_method_tunes_offline(method, lora, export, base, tmp_path, no_network):
    """The result is safetensors with a tokenizer; what does not fit is counted; the base stays as it is."""
    before = {path.name: path.read_bytes() for path in base.iterdir()}
    wanted = Wanted(method=method, lora=lora, max_steps=2, max_length=128, learning_rate=1e-2)
    found, events = tuned(export, base, tmp_path / "run", wanted)
    (written,) = [event for event in events if isinstance(event, Written)]
    rows = 32 if method == "kto" else 16
    assert (written.rows, written.left_out, written.chat) == (rows, rows // 16, False)
    assert [event.step for event in events if isinstance(event, Stepped)] == [1, 2]
    assert found.steps == 2
    files = {path.name for path in (tmp_path / "run" / MODEL).iterdir()}
    assert {"adapter_model.safetensors" if lora else "model.safetensors", "tokenizer.json"} < files
    assert not [name for name in files if name.endswith((".bin", ".pt"))]
    assert not (tmp_path / "run" / "checkpoints").exists()
    assert {path.name: path.read_bytes() for path in base.iterdir()} == before
    lines = (tmp_path / "run" / "Modelfile").read_text()
    assert lines.startswith(f"FROM {base}\nADAPTER" if lora else f"FROM {tmp_path / 'run' / MODEL}")
    # TRL's own command takes every line of the settings file
    from trl import DPOConfig, KTOConfig, ModelConfig, ScriptArguments, SFTConfig, TrlParser
    from trl.scripts.utils import DatasetMixtureConfig

    kind: Any = {"dpo": DPOConfig, "kto": KTOConfig, "sft": SFTConfig}[method]
    parser = TrlParser((ScriptArguments, kind, ModelConfig, DatasetMixtureConfig))
    _, arguments, model, _ = parser.parse_args_and_config(["--config", str(tmp_path / "run" / SETTINGS)])
    assert (arguments.max_steps, model.model_name_or_path, model.use_peft) == (2, str(base), lora)


@needs_packages
@pytest.mark.slow
def test_stopped_in_the_middle_it_goes_on_to_the_same_result(export, base, tmp_path, monkeypatch):
    """From the last checkpoint that was written to its end; the steps before it are not made again."""
    wanted = Wanted(method="dpo", max_steps=4, max_length=128, learning_rate=1e-2)
    whole, _ = tuned(export, base, tmp_path / "whole", wanted)
    monkeypatch.setattr(training, "KEEP_SECONDS", 0.0)
    monkeypatch.setattr(training, "SHARE_FOR_KEEPING", 1e9)
    events: list[Event] = []

    class Killed(Exception):
        pass

    def check() -> None:
        if any(isinstance(event, Kept) and event.step == 2 for event in events):
            raise Killed

    place = tmp_path / "run"
    place.mkdir()
    with pytest.raises(Killed):
        training.tune(export, base_model.look(base), wanted, place, events.append, check)
    torn = place / "checkpoints" / "checkpoint-3"
    torn.mkdir()
    (torn / "trainer_state.json").write_text('{"global_st')
    assert latest_checkpoint(place) == place / "checkpoints" / "checkpoint-2"
    again, later = tuned(export, base, place, wanted)
    assert [event.step for event in later if isinstance(event, Resumed)] == [2]
    assert [event.step for event in later if isinstance(event, Stepped)] == [3, 4]
    assert again.steps == whole.steps == 4
    one, other = weights(tmp_path / "whole"), weights(place)
    assert one.keys() == other.keys()
    assert max(abs(one[name] - other[name]).max() for name in one) < 1e-6


def test_what_comes_after_a_tuning_has_its_network_again(monkeypatch):
    """A worker goes on to other work, and begins processes, which inherit what the environment says."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.delenv("HF_DATASETS_OFFLINE", raising=False)
    with packages.offline():
        assert (os.environ["HF_HUB_OFFLINE"], os.environ["HF_DATASETS_OFFLINE"]) == ("1", "1")
    assert os.environ["HF_HUB_OFFLINE"] == "0"
    assert "HF_DATASETS_OFFLINE" not in os.environ


@needs_packages
def test_a_model_with_a_template_reads_conversations(export, tmp_path):
    from transformers import AutoTokenizer

    from core.finetuning.texts import prepare

    tokenizer = AutoTokenizer.from_pretrained(str(tiny_model(tmp_path / "chat", chat=True)))
    found = prepare(export, "dpo", tokenizer, 128, 0, tmp_path / "rows.jsonl")
    assert (found.chat, found.rows, found.left_out) == (True, 16, 1)
    row = json.loads((tmp_path / "rows.jsonl").read_text().splitlines()[0])
    assert row["chosen"] == [{"role": "assistant", "content": "yes indeed"}]
    assert row["prompt"][-1]["content"].startswith("Question ")
    assert not row["prompt"][-1]["content"].endswith("\n")
    short = prepare(export, "dpo", tokenizer, 38, 0, tmp_path / "rows.jsonl")
    assert short.cut == short.rows > 0


def adapter(place: Path) -> None:
    (place / "adapter_config.json").write_text("{}")


def own_code(place: Path) -> None:
    config = json.loads((place / "config.json").read_text())
    (place / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModelForCausalLM": "x.Y"}}))


def pickled(place: Path) -> None:
    (place / "model.safetensors").rename(place / "pytorch_model.bin")


def half(place: Path) -> None:
    whole = (place / "model.safetensors").read_bytes()
    (place / "model.safetensors").write_bytes(whole[: len(whole) // 2])


def other_kind(place: Path) -> None:
    config = json.loads((place / "config.json").read_text())
    (place / "config.json").write_text(json.dumps(config | {"architectures": ["BertModel"]}))


def no_tokenizer(place: Path) -> None:
    (place / "tokenizer.json").unlink()


@pytest.mark.parametrize(
    "spoil,told",
    [
        (adapter, "holds an adapter"),
        (own_code, "code out of a model's folder is never run"),
        (pickled, "they can run code"),
        (half, "damaged or incomplete"),
        (other_kind, "no language model that writes"),
        (no_tokenizer, "has no tokenizer"),
    ],
)
def test_what_cannot_be_tuned_is_refused_before_anything_is_loaded(spoil, told, tmp_path):
    place = tiny_model(tmp_path / "m")
    assert base_model.look(place).parameters == 37_152
    spoil(place)
    with pytest.raises(BadInput, match=told):
        base_model.look(place)


@pytest.mark.parametrize(
    "wanted",
    [Wanted(method="ppo"), Wanted(epochs=0), Wanted(learning_rate=2.0), Wanted(max_length=4), Wanted(max_steps=-1)],
)
def test_settings_that_cannot_be(wanted):
    with pytest.raises(BadInput):
        wanted.checked()


def test_longer_than_the_model_reads(base):
    with pytest.raises(BadInput, match="reads 160 tokens at once, not 600"):
        Wanted(max_length=600).longest(base_model.look(base))
    assert Wanted().longest(base_model.look(base)) == 160
