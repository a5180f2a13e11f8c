"""Train: when it can start, what a running training says, and what an ended one showed."""

import json
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.domain.errors import BadInput, Unavailable
from core.domain.metrics import Metric
from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.domain.verdicts.gates import Gate
from core.domain.verdicts.judgement import Judgement
from core.services.data import interactions
from core.services.models.verdicts import VersionVerdict, verdicts
from core.services.people import local_names
from core.services.training import registry, training
from core.services.training.runs import RunView, history, last_words, log_file, run_view
from core.services.workspace import this_process
from core.store.training import runs, versions
from core.store.types import now
from core.ui.report import plots
from core.ui.training.progress import current_stage, duration, event_in_words, seconds_left
from core.ui.training.result import UNCHANGED
from tests import looked
from tests.services.versions_made import made
from tests.ui.reading import plain, press, said

pytestmark = pytest.mark.slow

STARTED = {"event": "started", "n": 184, "prompts": 46, "good": 92, "recipe": "pair", "seed": 0}


def fold(number: int) -> dict:
    metrics = {name: Metric(0.8).to_json() for name in ("accuracy", "roc_auc")}
    metrics["pairwise_accuracy"] = Metric(None, reason="not estimable: one class only").to_json()
    return {"event": "fold_done", "fold": number, "folds": 5, "metrics": metrics, "roc": [[0, 0], [0.2, 0.7], [1, 1]]}


def embedding(done: int) -> dict:
    return {"event": "embedding", "done": done, "total": 2300, "rows_per_second": 23.0, "seconds_left": 95.0}


@contextmanager
def running(workspace, *events: dict, by: str = "Ben", process: str | None = None):
    """A training that another process seems to be at."""
    with workspace.store.write() as session:
        run_id = runs.start(session, "pair", 0, by, process or this_process()).run_id
        for event in events:
            runs.add_event(session, run_id, event["event"], event)
    yield run_id
    end(workspace, run_id, "finished", "over")


def end(workspace, run_id: int, state: str, message: str) -> None:
    with workspace.store.write() as session:
        runs.finish(session, run_id, state, message)


def asked_to_stop(workspace, run_id: int) -> bool:
    run = run_view(workspace, COMMAND_LINE, run_id)
    assert run is not None
    return run.cancel_requested


def keys(app) -> list[str]:
    return [button.key for button in app.button]


def start_button(app):
    return next(button for button in app.button if button.key == "train.start")


def expander(app, label: str):
    return next(found for found in app.expander if found.label.startswith(label))


def spec(app) -> dict:
    return json.loads(app.get("plotly_chart")[0].proto.spec)


def test_an_empty_database_says_what_is_missing_and_where_to_get_it(open_page):
    """Nothing to train on: start is disabled, the reason is a sentence, the next step is a button."""
    app = open_page("train")
    assert start_button(app).disabled
    assert "0 of the 50 rated answers that a training needs. Rate 50 more." in said(app)
    assert "train.home" in keys(app)


def test_ratings_of_one_kind_are_refused_in_words(open_page, workspace, ana):
    """Sixty good answers teach nothing: the page leads to rating where answers wait, else to an import."""
    for number in range(60):
        interactions.add(workspace, COMMAND_LINE, f"Question {number // 2}?", f"Answer {number}")
    for number in range(1, 61):
        looked.rate(workspace, ana, number, 5, comment="", bias_flag=False, request_id=str(number))
    app = open_page("train")
    assert start_button(app).disabled
    assert "All rated answers are good, so there is no difference to learn." in said(app)
    assert "No answer waits for a rating: import more." in said(app)
    assert {"train.import", "train.readiness"} == set(keys(app)) - {
        "train.start",
        "train.schedule_save",
        "train.ahead_start",
    }
    interactions.add(workspace, COMMAND_LINE, "One more question?", "One more answer")
    app = open_page("train")
    assert "No answer waits" not in said(app)
    assert {"train.rate", "train.readiness"} == set(keys(app)) - {
        "train.start",
        "train.schedule_save",
        "train.ahead_start",
    }


@pytest.fixture
def started(monkeypatch) -> list[tuple[str, dict[str, Any]]]:
    """Whose trainings were asked for, and with which arguments; none is started."""
    asked: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(training, "start", lambda workspace, user, **arguments: asked.append((user.name, arguments)))
    return asked


def test_start_needs_no_choices(open_page, sample, ana, started):
    """Whoever presses it gets the usual training; what else could be chosen is folded away."""
    app = open_page("train")
    assert not expander(app, "Advanced").proto.expanded
    press(app, "train.start")
    assert started == [("Ana", {"recipe": "pair", "seed": 0})]


def test_what_is_chosen_under_advanced_is_trained(open_page, sample, ana, started):
    """Method, seed and a rater to leave out are handed over, and stand on the folded line."""
    app = open_page("train")
    rater = app.selectbox(key="train.without").options[0]
    app.selectbox(key="train.method").set_value("concat").run()
    app.number_input(key="train.seed").set_value(7).run()
    app.selectbox(key="train.without").set_value(rater).run()
    label = plain(expander(app, "Advanced").label)
    assert "Concat" in label
    assert f"seed 7, without {rater}" in label
    press(app, "train.start")
    assert started == [("Ana", {"recipe": "concat", "seed": 7, "without_rater": rater})]


def test_choices_outlive_the_question_for_a_name(open_page, sample, started):
    """Who is asked for a name in between does not train something else than was chosen."""
    app = open_page("train")
    app.selectbox(key="train.method").set_value("concat").run()
    press(app, "train.start")
    app.text_input(key="rate.name").set_value("Ana")
    press(app, "rate.start")
    press(app, "train.start")
    assert started == [("Ana", {"recipe": "concat", "seed": 0})]


@pytest.mark.parametrize("arguments", [{"recipe": "magic"}, {"seed": -1}, {"seed": 2**32}])
def test_what_cannot_be_trained_is_refused_before_a_training_exists(sample, arguments):
    """The page's fields are checked where the training is started, too."""
    with pytest.raises(BadInput):
        training.start(sample, COMMAND_LINE, **arguments)
    assert history(sample, COMMAND_LINE) == []


def test_the_process_that_trains_is_told_what_was_chosen(sample, monkeypatch):
    """Method and seed stand in the run's row; the rater to leave out goes with the command."""
    commands: list[tuple[str, ...]] = []

    def start_detached(*command: str, output: object) -> int:
        commands.append(command)
        return 1

    monkeypatch.setattr(training, "start_detached", start_detached)
    run = run_view(sample, COMMAND_LINE, training.start(sample, COMMAND_LINE, recipe="concat", seed=7))
    assert run is not None
    assert (run.recipe, run.seed) == ("concat", 7)
    end(sample, run.run_id, "finished", "over")
    training.start(sample, COMMAND_LINE, without_rater="-- Ben")
    assert [command[4:] for command in commands] == [("--debug",), ("--debug", "--without-rater=-- Ben")]


def test_the_log_says_whether_orders_were_learned_from():
    """Orders that raters made help or do not."""
    told = {"event": "compared", "pairs": 1200, "prompts": 1, "apart": 0, "gain": None}
    assert event_in_words(told).startswith(
        "1,200 comparisons of raters do not clearly help: learning from ratings alone."
    )
    assert event_in_words(told | {"gain": {}}).startswith("Learned from 1,200 comparisons of raters too.")


def test_a_tuning_says_what_it_needs_and_how_far_it_is(open_page, sample):
    """Memory and disk before it begins; then model, round, loss and the time left, of all models together."""
    planned = {"event": "planned", "memory": 1_620_000_000, "disk": 480_000_000}
    step = {"event": "tuning", "fold": 2, "folds": 3, "epoch": 1, "epochs": 2, "loss": 0.98, "done": 55, "total": 100}
    with running(sample, STARTED, embedding(2300), planned, step | {"seconds_left": 300.0}) as run_id:
        assert not open_page("train").exception
        view = run_view(sample, COMMAND_LINE, run_id)
        assert view is not None
        assert "model 2 of 3, round 1 of 2 · loss 0.98" in current_stage(view).words
        assert 200 < (current_stage(view).seconds_left or 0) <= 300
        assert "about 1.6 GB of memory, and 0.5 GB of disk until it ends" in event_in_words(planned)
        deep = replace(view, recipe="transformer")
        assert current_stage(deep).share == pytest.approx(0.1 + 0.7 * 0.55)
        # the vectors before it are the smaller part, and what follows the last model takes seconds
        assert current_stage(replace(deep, events=view.events[:2])).share == pytest.approx(0.1)
        assert seconds_left([*view.events, {"event": "evaluated", "at": now().isoformat()}]) is None


def test_a_training_that_has_told_nothing_yet_is_shown(open_page, sample):
    """Between the start and the first event the page says that the process is starting, without an error."""
    with running(sample):
        app = open_page("train")
        assert "Started by Ben" in said(app)
        assert not app.error


def test_a_visitor_without_a_name_is_asked_first(open_page, sample):
    """Nobody starts a training namelessly; after the name the page is back and the start is theirs."""
    app = press(open_page("train"), "train.start")
    assert "Who are you?" in said(app)
    assert history(sample, COMMAND_LINE) == []
    app.text_input(key="rate.name").set_value("Ana")
    press(app, "rate.start")
    assert local_names.names(sample) == ["Ana"]
    assert not start_button(app).disabled


def test_a_name_can_be_declined(open_page, sample):
    """The question has a way back."""
    app = press(press(open_page("train"), "train.start"), "train.no_name")
    assert "Who are you?" not in said(app)


def test_a_second_start_is_refused_with_a_sentence(open_page, sample, ana):
    """Somebody else was faster: the press starts nothing, says why, and the page shows the running one."""
    app = open_page("train")
    with running(sample, STARTED):
        press(app, "train.start")
        assert "A training is running already." in said(app)
        assert "Training 1 is running" in said(app)
    assert len(history(sample, COMMAND_LINE)) == 1


def test_a_running_training_is_seen_by_everybody(open_page, sample):
    """Who started it and what it does in plain words; no second start, no name needed; figures and log are folded."""
    with running(sample, STARTED, fold(1), fold(2)):
        app = open_page("train")
        assert "Started by Ben" in said(app)
        words = app.get("progress")[0].proto.text
        assert words.startswith("Testing itself on answers it has not seen: 2 of 5 tests done")
        assert "train.start" not in keys(app)
        details = expander(app, "Details")
        assert not details.proto.expanded
        table = details.table[0].value
        assert list(table["Test"]) == ["1", "2"]
        assert list(table["Accuracy"]) == ["80 %", "80 %"]
        assert list(table["Right order"]) == ["not estimable", "not estimable"]
        log = details.code[0].value.splitlines()
        assert "2 of 5 tests" in log[0]
        assert "Read 184 rated answers" in log[-1]
        assert len(app.table) == len(app.code) == 1
        names = [trace["name"] for trace in spec(app)["data"]]
        assert names == ["This model", plots.CHANCE]


@pytest.mark.parametrize("event", [STARTED, embedding(1150), embedding(2300), fold(2), fold(5)])
def test_nothing_private_is_said_while_it_runs(open_page, sample, event):
    """Neither folds nor embeddings nor recipes above what is folded away."""
    with running(sample, STARTED, event):
        app = open_page("train")
    shown = [element.value for kind in (app.title, app.subheader, app.markdown, app.caption) for element in kind]
    heard = " ".join([*shown, app.get("progress")[0].proto.text]).casefold()
    assert not [word for word in ("fold", "embedding", "recipe", "prompt", "champion") if word in heard]


def test_the_end_of_a_training_brings_back_the_page(open_page, sample):
    """Once it is over the next look shows the start again and what became of it."""
    with running(sample, STARTED):
        app = open_page("train")
    app.run()
    assert "is running" not in said(app)
    assert "train.start" in keys(app)


def test_cancelling_takes_a_second_press_and_says_that_it_stops(open_page, sample, ana):
    """The confirmation asks the run to stop; until it does the page says so."""
    with running(sample, STARTED) as run_id:
        app = press(open_page("train"), "train.cancel_yes")
        assert asked_to_stop(sample, run_id)
        assert "It was asked to stop" in said(app)
        assert "train.cancel_yes" not in keys(app)


def test_a_visitor_without_a_name_is_asked_before_cancelling(open_page, sample):
    """Stopping somebody's training also takes a name."""
    with running(sample, STARTED) as run_id:
        app = press(open_page("train"), "train.cancel_yes")
        assert "Who are you?" in said(app)
        assert not asked_to_stop(sample, run_id)


def test_a_dead_process_is_a_failed_training_with_a_next_step(open_page, sample):
    """The process is gone: the page says that it failed, that nothing was lost, and lets start again."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with running(sample, STARTED, process=f"{socket.gethostname()}:{gone.pid}"):
        app = open_page("train")
        assert "The training process ended unexpectedly" in said(app)
        assert "Ratings and the model in use are as before. Start it again above" in said(app)
        assert not start_button(app).disabled


def test_a_failed_training_shows_how_far_it_got_and_what_its_process_said_last(open_page, sample):
    """What it had done, with times, and for leads the tail of its log: last lines only, no control characters."""
    with running(sample, STARTED, fold(2)) as run_id:
        log = log_file(sample, run_id)
        log.parent.mkdir(exist_ok=True)
        log.write_text("".join(f"line {number}\n" for number in range(5_000)) + "at 10 %\rat 90 %\n\x1b[31mKilled\n\n")
        end(sample, run_id, "failed", "The training process ended unexpectedly.")
        app = open_page("train")
    told, process = (code.value for code in app.code)
    assert "Read 184 rated answers" in told
    assert "2 of 5 tests" in told
    assert process.endswith("line 4999\nat 90 %\n[31mKilled")
    assert len(process.split("\n")) == 12
    with pytest.raises(NotAllowed):
        last_words(sample, User(1, "Vera", Role.SME), run_id)


@pytest.mark.parametrize(
    "state, message, expected",
    [
        (
            "cancelled",
            registry.CANCELLED,
            "The training was cancelled; nothing was lost. {} Start again whenever you like.",
        ),
        (
            "cancelled",
            "Cancelled before it started.",
            "The training was cancelled; nothing was lost. {} Start again whenever you like.",
        ),
        ("failed", "The disk is full.", "{} Start it again above"),
        (
            "finished",
            "Too few ratings: 10 of the 50 that are needed.",
            "nothing was lost. Too few ratings: 10 of the 50 that are needed. {}",
        ),
    ],
)
def test_every_end_without_a_model_says_what_to_try(open_page, sample, state, message, expected):
    """Cancelled, failed or refused: what happened, that nothing was lost, and what to do; no figures."""
    with running(sample, STARTED) as run_id:
        end(sample, run_id, state, message)
        app = open_page("train")
    told = "\n".join(element.value for kind in (app.info, app.error, app.warning, app.markdown) for element in kind)
    assert expected.format(UNCHANGED) in plain(told)
    assert (message in plain(told)) is (state != "cancelled")
    assert ("train.to_rate" in keys(app)) is (state == "finished")
    assert not app.metric
    assert not app.get("plotly_chart")


def test_a_result_is_one_verdict_three_figures_and_one_chart(open_page, trained):
    """The sentence is that of `verdicts()` and of `train --json`; nothing of it stands there twice."""
    app = open_page("train")
    (verdict,) = verdicts(trained, COMMAND_LINE).values()
    with trained.store.read() as session:
        printed = runs.find(session, 1).result
    assert verdict.sentence == printed["verdict"]
    assert said(app).count(f"**{verdict.name}.** {verdict.sentence}") == 1
    assert [metric.label for metric in app.metric] == ["Right order", "Accuracy", "Better pick"]
    assert len(app.get("plotly_chart")) == 1
    assert not app.table
    assert "train.to_models" in keys(app)


def judged(workspace, gate: Gate, *, in_use: bool = False, **figures: Any) -> VersionVerdict:
    """A second model, which stopped at this gate."""
    with workspace.store.read() as session:
        judgement = Judgement.from_json(versions.listed(session)[0].judgement).decided(gate, "So it was decided.")
    judgement = replace(judgement, figures=replace(judgement.figures, **figures), one_person=False)
    made(workspace, "second", sample=True, champion=in_use)
    with workspace.store.write() as session:
        versions.find(session, "second").judgement = judgement.to_json()
    return verdicts(workspace, COMMAND_LINE)["second"]


@pytest.mark.parametrize(
    "gate, step",
    [
        (Gate.LENGTH, "train.to_rate"),
        (Gate.FOLLOWS_LENGTH, "train.to_rate"),
        (Gate.TOO_FEW_QUESTIONS, "train.to_rate"),
        (Gate.CHAMPION_WORSE, None),
        (Gate.CHAMPION_UNCLEAR, None),
        (Gate.MOVED, None),
    ],
)
def test_a_model_that_is_not_used_says_why_and_what_to_do(open_page, trained, gate, step):
    """The same sentence as everywhere, never green, and one next step beside the full report, or that alone."""
    verdict = judged(trained, gate)
    app = open_page("train")
    assert verdict.sentence.startswith("Not used: ")
    assert verdict.sentence in said(app)
    assert not app.success
    steps = [key for key in (step, "train.to_models") if key]
    assert [key for key in keys(app) if key.startswith("train.to_")] == steps
    assert app.button(key="train.to_models").proto.type == ("secondary" if step else "primary")


def test_the_full_report_opens_at_the_model_that_is_looked_at(open_page, trained):
    """Not at the one in use."""
    judged(trained, Gate.MOVED)
    app = press(open_page("train"), "train.to_models")
    assert (app.session_state["models.look"], app.session_state["models.report"]) == ("second", True)


@pytest.mark.parametrize(
    "gain, step", [(Metric(0.2, 0.1, 0.3), "train.to_rerank"), (Metric(0.0, -0.1, 0.1), "train.to_readiness")]
)
def test_a_model_in_use_is_for_ranking_where_it_beats_the_best_rule(open_page, trained, gain, step):
    """One that is no better than a simple rule leads to what would help."""
    verdict = judged(trained, Gate.PASSED, in_use=True, gain=gain, rule="cosine")
    app = open_page("train")
    assert verdict.sentence in said(app)
    assert bool(app.success) is (step == "train.to_rerank")
    assert [key for key in keys(app) if key.startswith("train.to_")] == [step, "train.to_models"]


def test_an_earlier_training_can_be_looked_at(open_page, trained):
    """The newest is shown first; another one is a choice away, by the name of its model."""
    with running(trained, STARTED, by="Ana") as run_id:
        end(trained, run_id, "cancelled", registry.CANCELLED)
        app = open_page("train")
    (verdict,) = verdicts(trained, COMMAND_LINE).values()
    choice = app.selectbox(key="train.run")
    assert choice.value == 2
    assert choice.options[0].endswith(", cancelled")
    assert choice.options[1].startswith(verdict.name)
    assert not app.metric
    choice.set_value(1).run()
    assert verdict.sentence in said(app)


def test_an_unreachable_database_is_a_sentence(open_page, sample, monkeypatch):
    """When the database does not answer the page says so and offers to try again."""

    def away(*_):
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr("core.services.training.runs.history", away)
    app = open_page("train")
    assert "The database does not answer." in said(app)
    assert any(key.endswith(".again") for key in keys(app))


def view(*events: dict, **changes) -> RunView:
    values: dict[str, Any] = {
        "run_id": 1,
        "state": "running",
        "recipe": "pair",
        "seed": 0,
        "requested_by": "Ben",
        "started_at": now(),
        "heartbeat_at": now(),
        "finished_at": None,
        "cancel_requested": False,
        "message": None,
        "model_version": None,
        "sample": False,
        "for_worker": False,
        "host": "",
        "scheduled": False,
        "part": None,
        "events": events,
    }
    return RunView(**(values | changes))


@pytest.mark.parametrize(
    "gain, words",
    [
        (Metric(0.031, 0.004, 0.06), "changed by +3.1 points of 100 [+0.4, +6.0]: a clear gain."),
        (Metric(-0.03, -0.05, -0.01), "a clear loss."),
        (Metric(0.0, -0.01, 0.01), "no clear difference."),
        (Metric(None, reason="one class only"), "not estimable."),
    ],
)
def test_what_orders_of_raters_changed_is_said(gain, words):
    """In words, with the interval, and how many were left out for the test."""
    told = view({"event": "compared", "pairs": 1, "prompts": 1, "apart": 3, "gain": gain.to_json()}).orders
    assert told.startswith("It also learned from 1 comparison that raters made on 1 question (3 more are on questions")
    assert told.endswith(words)
    assert view().orders is None


@pytest.mark.parametrize(
    "run, words",
    [
        (view(state="queued"), "Starting"),
        (view(), "Reading answers and ratings"),
        (view(STARTED), "Read 184 rated answers to 46 questions"),
        (view(STARTED, embedding(1150)), "Reading the texts: 1,150 of 2,300 · 23 per second · about 2 min left"),
        (view(STARTED, embedding(2300)), "All texts are read"),
        (view(STARTED, fold(2)), "2 of 5 tests done"),
        (view(STARTED, fold(2) | {"repeat": 2, "repeats": 3}), "7 of 15 tests done"),
        (view(STARTED, fold(5) | {"repeat": 2, "repeats": 3}), "10 of 15 tests done"),
        (view(STARTED, fold(5) | {"repeat": 3, "repeats": 3}), "All tests are done"),
        (view(STARTED, {"event": "reported"}), "Learning from all ratings"),
        (view(STARTED, {"event": "fitted"}), "Comparing with the model in use"),
        (view(STARTED, {"event": "judged"}), "Saving"),
        (view(STARTED, cancel_requested=True), "Stopping"),
    ],
)
def test_every_stage_has_words(run, words):
    """Each event of the trainer is a sentence for somebody who waits."""
    assert words in current_stage(run).words


def test_the_bar_never_goes_back():
    """What is done only grows from event to event."""
    story = [STARTED, embedding(1), embedding(1150), embedding(2300), *(fold(number) for number in range(1, 6))]
    story += [{"event": name} for name in ("evaluated", "reported", "fitted", "judged", "saved", "registered")]
    shares = [current_stage(view(*story[:length])).share for length in range(len(story) + 1)]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_the_time_left_is_told_from_the_pace_through_all_stages():
    """Nothing before the first fold; then it shrinks with every step, also while nothing new comes, ending at none."""
    begun = now()

    def at(seconds: float, event: dict) -> dict:
        return event | {"at": (begun + timedelta(seconds=seconds)).isoformat()}

    def left(*events: dict, waited: float = 0.0) -> float | None:
        last = datetime.fromisoformat(events[-1]["at"])
        return seconds_left(events, last + timedelta(seconds=waited))

    told = [at(0, STARTED), at(10, embedding(2300))]
    assert left(*told) is None
    found: list[Any] = []
    for number in range(1, 6):
        told.append(at(10 + 2 * number, fold(number)))
        found.append(left(*told))
    assert found[0] == pytest.approx(4 * 2 + 10)
    told.append(at(22, {"event": "evaluated"}))
    found.append(left(*told))
    for number in range(1, 5):
        told.append(at(22 + number, {"event": "examined", "done": number, "total": 4}))
        found.append(left(*told))
    assert found == sorted(found, reverse=True)
    assert left(*told[:3], waited=5) == pytest.approx(13)
    assert left(*told[:3], waited=500) == 0
    assert left(*told, at(27, {"event": "saved"})) is None


@pytest.mark.parametrize("seconds, words", [(0.2, "1 s"), (80, "80 s"), (600, "10 min"), (5000, "1 h 23 min")])
def test_durations_are_read_at_a_glance(seconds, words):
    """Seconds, minutes, hours: the coarsest that still helps."""
    assert duration(seconds) == words


def test_figures_use_the_colours_of_the_theme():
    """Every line has one of Streamlit's placeholder colours, which the browser turns into the theme's."""
    figure = plots.roc({"This model": [(0, 0), (1, 1)], "Length only": [(0, 0), (1, 1)], "Nothing": []})
    assert {trace.line.color for trace in figure.data} <= {plots.TEAL, plots.ORANGE, plots.GREY}
    assert [trace.name for trace in figure.data] == ["Length only", "This model", plots.CHANCE]
