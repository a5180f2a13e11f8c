"""How likely a language model holds answers, against the plain computation; what it answers; what cannot be read."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from core.domain.errors import BadInput, Unavailable
from core.domain.turns import Speaker, Turn
from core.finetuning import language_model
from core.finetuning.folder import Question, prompt_text
from core.finetuning.language_model import LanguageModel
from core.finetuning.reading import Reader
from tests.finetuning.tiny_llama import LIMIT, taught, tiny_llama

TEXTS = [("Why?", "Because."), ("Why not?", "It is too expensive for us."), ("Who?", "b")]


def asked(text: str) -> Question:
    return Question(1, prompt_text(text), text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("models") / "base")


def quiet(done: int, total: int) -> None:
    """Nobody watches."""


def test_means_are_those_of_each_text_alone(folder, monkeypatch):
    """Batches and what fills them up change nothing; the end of a text counts, the question does not."""
    model = LanguageModel.load(folder)
    expected, texts = [], [(asked(question), answer) for question, answer in TEXTS]
    for question, answer in TEXTS:
        prompt = prompt_text(question)
        ids = torch.tensor([[*model.reader.tokenizer(prompt + answer)["input_ids"], 1]])
        with torch.no_grad():
            logs = model.model(ids).logits.log_softmax(-1)[0, :-1].gather(1, ids[0, 1:, None])[:, 0]
        expected.append(float(logs[len(prompt) - 1 :].mean()))
    steps: list[tuple[int, int]] = []
    together = model.mean_log_probabilities(texts, lambda done, total: steps.append((done, total)))
    np.testing.assert_allclose(together, expected, rtol=1e-4)
    assert steps == [(3, 3)]
    monkeypatch.setattr(language_model, "_CELLS", 1)  # one text at a time
    np.testing.assert_allclose(model.mean_log_probabilities(texts, quiet), expected, rtol=1e-4)


def test_what_lies_behind_the_limit_does_not_count(folder):
    """An answer is measured as far as it is read; where the question fills everything there is nothing to measure."""
    model = LanguageModel.load(folder)
    long = "y" * (LIMIT - 3)
    whole, cut, none = model.mean_log_probabilities(
        [(asked("x"), long), (asked("x"), f"{long} and more"), (asked("x" * LIMIT), "y")], quiet
    )
    assert np.isfinite([whole, cut]).all()
    assert np.isnan(none)
    assert not model.reader.is_cut(asked("x"), "y", long)
    assert model.reader.is_cut(asked("x"), "y", f"{long} and more")


def test_answers_are_the_likeliest_ones_and_always_the_same(folder, tmp_path):
    """What it was taught it says, also beside a longer question; twice the same; nothing of the question."""
    tuned = taught(folder, tmp_path / "tuned", [(f"What is {n}?\n", "Rest and drink.") for n in range(20)])
    model = LanguageModel.load(tuned)
    questions = [asked("What is 3?"), asked("What is " + "3" * 60 + "?"), asked("x" * 500)]
    answers = model.answers(questions, quiet)
    assert answers[0] == "Rest and drink."
    assert answers == model.answers(questions, quiet)
    assert len(answers) == 3


def test_a_folder_without_a_model_is_said(folder, tmp_path):
    """No folder, no tokenizer, no weights."""
    with pytest.raises(BadInput, match=r"no folder of a language model: there is no config\.json"):
        Reader.of(tmp_path / "nowhere")
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "config.json").write_text((folder / "config.json").read_text())
    with pytest.raises(BadInput, match=r"tokenizer in .* cannot be read"):
        Reader.of(tmp_path / "bare")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / "bare" / name).write_text((folder / name).read_text())
    with pytest.raises(BadInput, match="no weights as safetensors"):
        LanguageModel.load(tmp_path / "bare")


def test_a_chat_model_reads_turns_by_its_template(folder, tmp_path):
    """What was said before, the question, the answer and its end; the answer begins behind what opens its turn."""
    reader = Reader.of(folder)
    assert not reader.chat
    reader.tokenizer.chat_template = (
        "{% for m in messages %}<{{ m.role }}>{{ m.content }}</s>{% endfor %}{% if add_generation_prompt %}<assistant>"
        "{% endif %}"
    )
    reader.tokenizer.save_pretrained(tmp_path / "chat")
    (tmp_path / "chat" / "config.json").write_text((folder / "config.json").read_text())
    chat = Reader.of(tmp_path / "chat")
    question = Question(1, "plain\n", "And now?", (Turn(Speaker.USER, "Hello."), Turn(Speaker.ASSISTANT, "Hi.")))
    ids, before = chat.tokens(question, "Rest.")
    assert chat.chat
    assert chat.tokenizer.decode(ids[:before]) == ("<user>Hello.</s><assistant>Hi.</s><user>And now?</s><assistant>")
    assert chat.tokenizer.decode(ids[before:]) == "Rest.</s>"
    plain, _ = Reader.of(tmp_path / "chat", chat=False).tokens(question, "Rest.")
    assert chat.tokenizer.decode(plain) == "plain\nRest.</s>"


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning")
def test_an_adapter_goes_on_the_model_before(folder, tmp_path):
    """Its figures are other ones than those of the model before, and its folder is said where it is none."""
    peft = pytest.importorskip("peft", reason="not here: make finetune installs peft")
    before = LanguageModel.load(folder)
    config = peft.LoraConfig(r=2, target_modules=["q_proj"], init_lora_weights=False)
    peft.get_peft_model(LanguageModel.load(folder).model, config).save_pretrained(tmp_path / "adapter")
    tuned = LanguageModel.load(folder, tmp_path / "adapter")
    figures = [model.mean_log_probabilities([(asked("Why?"), "Because.")], quiet)[0] for model in (before, tuned)]
    assert figures[0] != figures[1]
    assert len(tuned.answers([asked("Why?")], quiet)) == 1
    (tmp_path / "adapter" / "adapter_model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(BadInput, match=r"adapter in .* cannot be read"):
        LanguageModel.load(folder, tmp_path / "adapter")


def test_without_peft_an_adapter_is_refused_with_what_installs_it(folder, monkeypatch):
    """A sentence instead of the trace of an import."""
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(Unavailable, match=r"needs peft.*make finetune"):
        LanguageModel.load(folder, folder)
