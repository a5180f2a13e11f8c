"""`quality`: what all answers are worth, as a gate for a pipeline."""

import json

import pytest

from core.services.worth import scoring
from core.store.tables import WorthScore
from tests.cli.test_commands import cli  # noqa: F401  a fixture
from tests.reward.fakes import reference_embedder
from tests.services.versions_made import made
from tests.systems import stored

METRIC = {"value", "low", "high"}


@pytest.fixture
def run(cli, workspace):  # noqa: F811
    """Runs `quality` on this workspace: (exit code, JSON, sentences of stdout, stderr)."""

    def command(*arguments):
        code, lines, err = cli("quality", *arguments, "--json")
        return code, json.loads(lines[-1]) if lines else None, lines[:-1], err

    return command


def rated(workspace, run, **how):
    system = stored(workspace, 150, **how)
    assert run("--draw", 240)[0] == 0
    system.finish()
    return system


def test_the_gate_opens_and_shuts_by_the_lower_bound(workspace, run):
    """Answers that are worth .7: at least .5 holds, .9 does not, nor does what only the value itself reaches."""
    system = rated(workspace, run)
    code, found, said, err = run()
    assert (code, err) == (0, "")
    assert set(found) == {"good", "mean_rating", "difference", "rated", "questions", "interactions", "reason"}
    assert set(found["good"]) == set(found["mean_rating"]) == METRIC
    assert (found["difference"], found["reason"]) == (None, None)
    assert (found["rated"], found["questions"], found["interactions"]) == (240, 120, 300)
    assert 0.5 < found["good"]["low"] < found["good"]["value"] < found["good"]["high"] < 0.9
    assert abs(found["good"]["value"] - system.good) < 0.1  # the draw is chance: of 20 ranges one misses the truth
    assert said[0] == "300 answers; figures rest on 240 of them, to 120 questions."
    assert run("--at-least", 0.5)[0] == 0
    code, _, _, err = run("--at-least", 0.9)
    assert code == 1
    assert err.count("\n") == 1
    assert err.startswith("The share of good answers is below 0.9: 0.")
    code, _, _, err = run("--at-least", found["good"]["value"])
    assert (code, err.startswith("The share of good answers may be as low as 0.")) == (1, True)


def test_what_cannot_be_said_shuts_the_gate(workspace, run):
    """Nothing drawn, or not rated to its end: null with a reason, and exit 1 only where a number was asked for."""
    assert run()[2] == ["0 answers.", "There are no answers yet. Import some first."]
    stored(workspace, 40)
    code, found, told, _ = run()
    assert (code, found["good"]["value"], found["questions"]) == (0, None, 0)
    assert told == ["80 answers.", found["reason"], "Draw some at random to rate: python -m core quality --draw 100."]
    assert found["reason"] == "No audit sample was drawn, and not every answer is rated."
    code, _, _, err = run("--at-least", 0.1)
    assert code == 1
    assert err == (
        "Whether the share of good answers is at least 0.1 cannot be said. No audit sample was drawn, and not every "
        "answer is rated.\n"
    )
    code, drawn, said, _ = run("--draw", 50)
    assert (code, drawn["questions"], drawn["answers"], drawn["waiting"]) == (0, 30, 60, 60)
    assert said == [
        "Drawn: 30 questions with 60 answers, of which 0 are rated already. Everybody who rates gets the others first."
    ]
    assert "60 answers of 60 to go" in run()[1]["reason"]


def test_two_generators_against_each_other(workspace, run):
    """The gate is the lower bound of the difference then."""
    rated(workspace, run, generators=("new", "old"), good=0.4, better=0.4)
    code, found, said, _ = run("--generator", "new", "--against", "old", "--at-least", 0.1)
    assert code == 0
    assert found["difference"]["low"] > 0.1
    assert found["interactions"] == 150
    assert "over the questions that both answered" in said[-1]
    code, _, _, err = run("--generator", "old", "--against", "new", "--at-least", 0)
    assert code == 1
    assert err.startswith("The difference is below 0: -0.")


@pytest.mark.parametrize(
    "arguments, says",
    [
        (("--against", "old"), "--against needs --generator"),
        (("--at-least", "1.5"), "share from 0 to 1"),
        (("--draw", "5", "--at-least", "0.5"), "use it alone"),
        (("--generator", "nobody"), "generator called nobody"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(workspace, run, arguments, says):
    """And nothing is printed beside it."""
    stored(workspace, 2)
    code, found, _, err = run(*arguments)
    assert code in (1, 2)
    assert found is None
    assert says in err


def test_it_scores_what_the_model_has_not_scored(workspace, run, monkeypatch):
    """Without a word where a model is in use; without one it says that the figures rest on ratings alone."""
    monkeypatch.setattr(scoring, "reference_embedder", reference_embedder)
    rated(workspace, run)
    assert "No model is in use" in run()[2][-1]
    made(workspace, "v1", champion=True)
    assert "model" not in " ".join(run()[2])
    with workspace.store.read() as session:
        assert session.query(WorthScore).count() > 200
