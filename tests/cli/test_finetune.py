"""`finetune export` and `finetune evaluate` on the command line: sentences, JSON, exit codes."""

import json
from pathlib import Path

from tests import looked
from tests.cli.test_commands import cli  # noqa: F401  a fixture
from tests.databases import added, rater
from tests.finetuning.tiny_llama import tiny_llama
from tests.services.test_finetune_export import SECRET, rated


def test_from_the_export_to_a_verdict(cli, workspace, tmp_path, capsys):  # noqa: F811
    """Refused with the flags that help, written, evaluated; a model that did not change has learned nothing."""
    place = tmp_path / "pairs"
    code, _, err = cli("finetune", "export", place)
    assert (code, err.startswith("0 pairs on 0 questions: too few")) == (1, True)
    rated(workspace)
    looked.rate(workspace, rater(workspace, "Ben"), added(workspace, "Question 1?", f"Call {SECRET}."), 1)
    code, _, err = cli("finetune", "export", place)
    assert (code, err.endswith("That is --leave-out-identifiers, or --include-identifiers --reason WHY.\n")) == (
        1,
        True,
    )
    code, lines, err = cli("finetune", "export", place, "--leave-out-identifiers", "--json")
    assert (code, err) == (0, "")
    assert lines[0].startswith(f"210 pairs on 70 questions written to {place}: ")
    assert lines[1] == "Left out for the personal identifiers in them: 1."
    found = json.loads(lines[-1])
    assert (found["path"], found["left_out"], found["counts"]["kept_apart_questions"]) == (str(place), 1, 14)
    assert found["notes"] == lines[2:-1]
    code, _, err = cli("finetune", "evaluate", place)
    assert (code, "Tune a model first: python -m core finetune run" in err) == (1, True)
    tuned(place, tiny_llama(tmp_path / "base"))
    capsys.readouterr()  # what saving a model shows
    code, lines, err = cli("finetune", "evaluate", place, "--json")
    assert (code, err) == (0, "")
    assert lines[0] == "The model before reads answers: 42. Ctrl-C stops; begun again, it goes on."
    shown = json.loads(lines[-1])
    assert (shown["run"], shown["learned"], shown["preferences"]["gained"]["value"]) == (3, False, 0.0)
    assert lines[-2] == shown["verdict"]
    assert shown["verdict"].startswith("Nothing was learned that can be told from chance: ")
    assert len([line for line in lines if line.startswith("  ")]) == len(shown["table"])


def tuned(place: Path, base: Path) -> None:
    """Run 3, which left the model as it was."""
    folder = place / "runs" / "3"
    folder.mkdir(parents=True)
    tiny_llama(folder / "model")
    (folder / "run.json").write_text(json.dumps({"state": "finished", "base_model": str(base)}))


def test_wrong_words_are_bad_input(cli, workspace, tmp_path):  # noqa: F811
    """A reason for nothing, and a folder that is no export."""
    code, _, err = cli("finetune", "export", tmp_path / "pairs", "--reason", "why")
    assert (code, err.startswith("--reason says why identifiers are included")) == (2, True)
    code, _, err = cli("finetune", "evaluate", tmp_path)
    assert (code, "Make one with: python -m core finetune export FOLDER" in err) == (2, True)
    code, _, err = cli("finetune")
    assert (code, "See: python -m core finetune --help" in err) == (2, True)
