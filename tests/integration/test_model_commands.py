"""The commands around a model: train, evaluate, rerank, models."""

import csv
import json
import os
from pathlib import Path

import pytest

from core.cli.main import main
from core.services.workspace import open_workspace
from core.store.interactions import exports

pytestmark = pytest.mark.slow

BASELINES = {"majority", "length_only", "length_curve", "prompt_only", "cosine", "original_order"}
METRICS = {"accuracy", "roc_auc", "pairwise_accuracy", "pairwise_accuracy_macro", "precision", "recall", "f1", "brier"}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict, str]:
    code = main([*arguments, "--json"])
    shown = capsys.readouterr()
    lines = shown.out.strip().splitlines()
    return code, json.loads(lines[-1]) if lines else {}, shown.err


def rated_file(path: Path, rows: list[tuple[str, str, object]]) -> str:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user_prompt", "ai_response", "rating"])
        writer.writerows(rows)
    return str(path)


def test_train_prints_metrics_baselines_and_the_decision(trained_home: Path, capsys) -> None:
    """A second training prints what programs rely on: metrics, six baselines, the verdict, promoted and why."""
    code, result, _ = run(capsys, "train", "--recipe", "concat", "--seed", "1")
    assert code == 0
    assert (result["recipe"], result["n"], result["prompts"]) == ("concat", 184, 46)
    assert set(result["metrics"]) >= METRICS
    assert set(result["baselines"]) == BASELINES
    for metric in result["metrics"].values():
        assert metric["low"] <= metric["value"] <= metric["high"]
    order = result["baselines"]["original_order"]["accuracy"]
    assert order["value"] is None
    assert order["reason"]
    assert result["promoted"] is False
    assert "model in use" in result["reason"] or "length" in result["reason"]
    assert result["name"].startswith("Model 2, ")
    assert result["verdict"].startswith("Not used: ")
    assert result["figures"]["right_order"] == result["metrics"]["pairwise_accuracy"]
    assert result["figures"]["basis"] == "cross_validated"
    _, listed, _ = run(capsys, "models")
    assert [listed["versions"][0][key] for key in ("verdict", "name")] == [result["verdict"], result["name"]]
    main(["models"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"  {result['name']}: {result['verdict']}"
    assert lines[2].startswith("* Model 1, ")
    main(["status"])
    assert lines[2].removeprefix("* ") in capsys.readouterr().out.splitlines()


def test_too_little_to_train_on_is_exit_0_with_a_reason(tmp_path: Path, monkeypatch, capsys) -> None:
    """On an empty database `train` succeeds with model_version null and the reason."""
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    code, result, _ = run(capsys, "train")
    assert code == 0
    assert result["model_version"] is None
    assert "50" in result["verdict"] == result["reason"]


def test_evaluate_leaves_out_prompts_of_the_training(trained_home: Path, tmp_path: Path, capsys) -> None:
    """Known prompts are counted and left out, several ratings of one answer are their median, nothing is stored."""
    with open_workspace(os.environ).store.read() as session:
        known = exports.examples(session)[0].prompt
    rows: list[tuple[str, str, object]] = [(known.upper() + " ", "whatever", 5)]
    for number in range(12):
        rows += [
            (f"How do I clean a keyboard of kind {number}?", f"Unplug the keyboard {number} and brush the keys.", r)
            for r in (5, 4, 5)
        ]
        rows += [(f"How do I clean a keyboard of kind {number}?", f"Number {number} is a fine number.", 1)]
    rows.append(("prompt", "answer", "good"))
    code, before, _ = run(capsys, "status")
    code, result, _ = run(capsys, "evaluate", rated_file(tmp_path / "other.csv", rows))
    assert code == 0
    assert (result["n"], result["prompts"], result["prompts_seen"]) == (24, 12, 1)
    assert result["metrics"]["roc_auc"]["value"] > 0.9
    assert set(result["baselines"]) == BASELINES
    assert run(capsys, "status")[1] == before


def test_evaluate_on_known_prompts_only_is_not_estimable(trained_home: Path, tmp_path: Path, capsys) -> None:
    """When every prompt was trained on, the result says so instead of showing leaked numbers."""
    with open_workspace(os.environ).store.read() as session:
        rows = [(example.prompt, example.response, int(example.rating)) for example in exports.examples(session)]
    code, result, _ = run(capsys, "evaluate", rated_file(tmp_path / "same.csv", rows))
    assert code == 0
    assert result["n"] == 0
    assert result["prompts_seen"] == 46
    assert all(metric["value"] is None and metric["reason"] for metric in result["metrics"].values())


def test_rerank_from_txt_and_jsonl(trained_home: Path, tmp_path: Path, capsys) -> None:
    """Both kinds of file give the same order; --top-k cuts; the index points into the file."""
    texts = ["Buy our plan!", "Hold the power button for ten seconds.\nThen install updates.", "Bananas are yellow."]
    txt, jsonl = tmp_path / "c.txt", tmp_path / "c.jsonl"
    txt.write_text("\n---\n".join(texts))
    jsonl.write_text("".join(json.dumps({"text": text, "id": 1}) + "\n" for text in texts))
    asked = ("rerank", "--prompt", "My phone froze. What can I do?", "--candidates")
    _, from_txt, _ = run(capsys, *asked, str(txt))
    _, from_jsonl, _ = run(capsys, *asked, str(jsonl))
    assert from_txt == from_jsonl
    assert from_txt["fallback"] is False
    assert from_txt["results"][0]["text"] == texts[1]
    assert {row["index"] for row in from_txt["results"]} == {0, 1, 2}
    _, cut, _ = run(capsys, *asked, str(txt), "--top-k", "1")
    assert cut["results"] == from_txt["results"][:1]


def test_rerank_without_a_model_keeps_the_order(tmp_path: Path, monkeypatch, capsys) -> None:
    """No model: exit 0, fallback true, scores null, the file's order."""
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    file = tmp_path / "c.txt"
    file.write_text("b\n---\na\n")
    code, result, _ = run(capsys, "rerank", "--prompt", "p", "--candidates", str(file))
    assert code == 0
    assert result == {
        "model_version": None,
        "fallback": True,
        "results": [{"index": 0, "text": "b", "score": None}, {"index": 1, "text": "a", "score": None}],
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ("rerank", "--prompt", " ", "--candidates", "FILE"),
        ("rerank", "--prompt", "p", "--candidates", "missing.txt"),
        ("rerank", "--prompt", "p", "--candidates", "FILE", "--top-k", "0"),
        ("evaluate", "missing.csv"),
        ("evaluate", "FILE"),
        ("models", "promote", "nothing"),
        ("models", "promote"),
        ("train", "--recipe", "magic"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(trained_home: Path, tmp_path: Path, capsys, arguments) -> None:
    """What cannot be understood is said in one line on stderr, without a traceback."""
    file = tmp_path / "c.txt"
    file.write_text("a")
    code, result, error = run(capsys, *(str(file) if word == "FILE" else word for word in arguments))
    assert code == 2
    assert result == {}
    assert len(error.strip().splitlines()) == 1
    assert "Traceback" not in error


def test_models_lists_promotes_and_rolls_back(trained_home: Path, capsys) -> None:
    """Every version is listed with its state; promotion and rollback change the champion that status names."""
    _, listed, _ = run(capsys, "models", "list")
    first = listed["champion"]
    assert [version["state"] for version in listed["versions"]] == ["champion"]
    promised = {"model_version", "recipe", "n", "created_at", "metrics", "state"}
    assert set(listed["versions"][0]) == promised | {"name", "verdict", "figures", "bytes"}
    other = run(capsys, "train", "--recipe", "concat")[1]["model_version"]
    assert run(capsys, "models", "promote", other)[1]["champion"] == other
    assert run(capsys, "status")[1]["champion"]["recipe"] == "concat"
    assert run(capsys, "models", "rollback")[1]["champion"] == first


def test_doctor_notices_an_altered_model(trained_home: Path, capsys) -> None:
    """Green before, exit 1 with the version named after its file was changed."""
    assert run(capsys, "doctor")[0] == 0
    file = next((trained_home / "models").glob("*/model.joblib"))
    file.write_bytes(file.read_bytes()[:-1])
    code, report, _ = run(capsys, "doctor")
    assert code == 1
    assert [check["name"] for check in report["checks"] if not check["ok"]] == [f"model {file.parent.name}"]
