"""Train, Language model: what is missing, starting, watching, cancelling, going on, and what came of it."""

import json
from pathlib import Path

import pytest

from core.domain.roles import COMMAND_LINE
from core.finetuning import packages
from core.finetuning.folder import EXPORT
from core.finetuning.settings import Wanted
from core.services.finetuning import running
from core.services.finetuning.runs import EXPORTS, MODELS, history
from core.services.workspace import Workspace, this_process
from core.store.finetuning import runs
from core.ui.shell.navigation import KIND, TrainTab
from tests.finetuning.tiny import asked_for, made_export, tiny_model
from tests.ui.reading import plain, press, said

pytestmark = pytest.mark.slow
TAB = {KIND: TrainTab.LANGUAGE_MODEL}


@pytest.fixture
def places(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """An export and a model where the page looks for them; what tunes is taken for installed."""
    monkeypatch.setattr(packages, "NEEDED", ())
    home = workspace.settings.home
    return made_export(home / EXPORTS / "pairs"), tiny_model(home / MODELS / "small")


@pytest.fixture
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that seems to run, and does nothing."""
    mine = int(this_process().rpartition(":")[2])
    monkeypatch.setattr(running, "start_detached", lambda *_, **__: mine)


def test_before_anything_is_there_it_says_what_to_do(open_page, workspace, monkeypatch):
    """Packages, an export, a model: each with the command or the folder."""
    monkeypatch.setattr(packages, "NEEDED", ("no_such_package",))
    app = open_page("train", **TAB)
    shown = [block.value for block in app.code]
    assert shown == [
        "make finetune",
        f"python -m core finetune export {workspace.settings.home / EXPORTS / 'pairs'}",
        str(workspace.settings.home / MODELS),
    ]
    assert "train.tune_start" not in [button.key for button in app.button]


def test_a_lead_starts_one_watches_and_cancels_it(open_page, workspace, ana, places, no_process):
    app = open_page("train", **TAB)
    assert "17 pairs to learn from" in said(app)
    app.checkbox(key="train.tune_lora").uncheck()
    app.selectbox(key="train.tune_method").set_value("kto").run()
    press(app, "train.tune_start")
    (run,) = history(workspace, COMMAND_LINE)
    assert (run.state, run.method, run.lora, run.requested_by) == ("queued", "kto", False, "Ana")
    with workspace.store.write() as session:
        runs.FINE_TUNINGS.take(session, run.run_id, this_process())
        stepped = {"event": "stepped", "step": 3, "steps": 12, "loss": 0.5, "agrees": None, "seconds_left": 300.0}
        runs.add_event(session, run.run_id, "stepped", stepped)
    app = open_page("train", **TAB)
    assert "Tuning 1 of small is running" in said(app)
    assert plain(app.get("progress")[0].proto.text) == "Step 3 of 12 · loss 0.50 · about 5 min left"
    press(app, "train.tune_cancel_yes")
    assert "It was asked to stop" in said(app)
    assert history(workspace, COMMAND_LINE)[0].cancel_requested


def test_one_that_stopped_goes_on_with_a_button(open_page, workspace, ana, places, no_process):
    """The same run again, with what was chosen for it."""
    export, model = places
    running.start(workspace, ana, export, model, Wanted(epochs=7))
    with workspace.store.write() as session:
        runs.FINE_TUNINGS.finish(session, 1, "failed", "It stopped unexpectedly.")
    app = open_page("train", **TAB)
    assert "It stopped unexpectedly." in said(app)
    press(app, "train.tune_again")
    (run,) = history(workspace, COMMAND_LINE)
    assert (run.run_id, run.state, run.settings["epochs"]) == (1, "queued", 7)


def test_what_came_of_it_stands_there(open_page, workspace, ana, places):
    """Not measured yet, with the command; afterwards the verdict with its figures; and how to load it."""
    with workspace.store.write() as session:
        run = runs.start(session, COMMAND_LINE, this_process(), for_worker=False, **asked_for(folder=str(places[0])))
        result = {"model": "/x/model", "vllm": "vllm serve /x/model", "ollama": "ollama create tuned-1 -f /x/Modelfile"}
        runs.FINE_TUNINGS.finish(session, run.run_id, "finished", "It learned from 16 rows.", result=result)
    app = open_page("train", **TAB)
    shown = "\n".join(block.value for block in app.code)
    assert f"python -m core finetune evaluate {places[0]} --run 1" in shown
    assert "vllm serve /x/model" in shown
    row = {"figure": "right of 100", "base": "50", "tuned": "70", "difference": "20 (8 to 31)"}
    with workspace.store.write() as session:
        runs.save_evaluation(session, 1, {"table": [row]}, "It learned; not yet seen by people.")
    app = open_page("train", **TAB)
    assert "It learned; not yet seen by people." in said(app)
    assert list(app.table[0].value.iloc[0]) == [*row.values()]


def test_choices_outlive_the_question_for_a_name(open_page, workspace, places, no_process):
    """Who is asked for a name in between does not tune in another way than was chosen."""
    app = open_page("train", **TAB)
    app.checkbox(key="train.tune_lora").uncheck()
    app.number_input(key="train.tune_epochs").set_value(5)
    app.selectbox(key="train.tune_method").set_value("kto").run()
    press(app, "train.tune_start")
    app.text_input(key="rate.name").set_value("Ana")
    press(app, "rate.start")
    press(app, "train.tune_start")
    (run,) = history(workspace, COMMAND_LINE)
    assert (run.method, run.lora, run.settings["epochs"]) == ("kto", False, 5)


def test_nothing_begins_where_there_is_nothing_to_learn_from(open_page, ana, places):
    """An export without better answers that people wrote, and the method that learns from these."""
    about = places[0] / EXPORT
    told = json.loads(about.read_text(encoding="utf-8"))
    about.write_text(json.dumps(told | {"counts": {"train_pairs": 17, "sft": 0}}), encoding="utf-8")
    app = open_page("train", **TAB)
    app.selectbox(key="train.tune_method").set_value("sft").run()
    assert "This export holds no better answer" in said(app)
    assert "train.tune_start" not in [button.key for button in app.button]
