"""Scores of whole files and of frames: the numbers of a ranking, in the order of the file, and nothing done twice."""

import csv
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import core
from core import labeling
from core.batch import Scorer
from core.cli.main import main
from core.domain.errors import BadInput, Conflict, NotFound, Unavailable
from core.domain.roles import COMMAND_LINE
from core.services.scoring import scoring
from core.services.scoring.scoring import ScoreResult
from core.services.workspace import open_workspace
from core.serving.scoring import parts, pool
from core.serving.scoring.processes import LocalWorkers
from tests.databases import PATIENCE
from tests.serving.scorers import DIE, Lengths


class Here:
    """In the place of worker processes: the same work in this one, and a note of every part."""

    replaced = 0
    taken: list[int] = []  # noqa: RUF012  of all of them

    def __init__(self, work, count):
        self.work = work

    def map(self, parts):
        for number, rows in parts:
            Here.taken.append(number)
            yield number, self.work(rows)


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(pool, "LocalWorkers", Here)
    monkeypatch.setattr(parts, "PART_ROWS", 10)
    Here.taken.clear()
    return Here.taken


@pytest.fixture
def workspace(trained_home):
    return open_workspace()


@pytest.fixture
def file(tmp_path):
    """30 answers to eight questions, one of them without a text, one with a very long one."""
    with (Path(labeling.__file__).parent / "sample.csv").open(encoding="utf-8", newline="") as sample:
        found = [(row["user_prompt"], row["ai_response"]) for row in csv.DictReader(sample)][:30]
    found[7] = (found[7][0], "   ")
    found[11] = (found[11][0], "very long, " * 60_000)
    found[15] = found[14]
    path = tmp_path / "answers.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("question", "answer", "n"), *((*row, n) for n, row in enumerate(found))])
    return path


def rows_of(file):
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def run(workspace, file, out, **options):
    *steps, result = scoring.score_file(workspace, COMMAND_LINE, file, out, **options)
    assert isinstance(result, ScoreResult)
    return steps, result


def test_scores_are_those_of_a_ranking_in_the_order_of_the_file(workspace, here, file, tmp_path):
    out = tmp_path / "scored.jsonl"
    steps, result = run(workspace, file, out)
    found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["n"] for row in found] == [str(n) for n in range(30)]
    assert (result.rows, result.scored, result.kept) == (30, 29, 0)
    assert [step.total for step in steps] == [30] * len(steps)
    assert steps[-1].done == 30
    assert {row["model_version"] for row in found if row["score"] is not None} == {result.model_version}
    blank = found.pop(7)
    assert (blank["score"], blank["certainty"], blank["model_version"]) == (None, None, None)
    assert blank["reason"] == "The answer is empty."
    questions: dict[str, list[dict[str, Any]]] = {row["question"]: [] for row in found}
    for row in found:
        questions[row["question"]].append(row)
    for question, rows in questions.items():
        ranked = core.rerank_with_certainty(question, [row["answer"] for row in rows])["candidates"]
        for row in rows:
            same = next(one for one in ranked if one["text"] == row["answer"])
            assert row["score"] == pytest.approx(same["_score"], abs=1e-5)
            assert row["certainty"] == (None if same["_of"] is None else same["_good"] / same["_of"])
        assert [one["text"] for one in ranked] == [row["answer"] for row in sorted(rows, key=lambda row: -row["score"])]
    assert not (tmp_path / "scored.jsonl.parts").exists()


def test_each_ending_holds_the_same(workspace, here, file, tmp_path):
    for name in ("one.csv", "two.jsonl", "three.parquet"):
        run(workspace, file, tmp_path / name)
    from_csv = rows_of(tmp_path / "one.csv")
    from_jsonl = [json.loads(line) for line in (tmp_path / "two.jsonl").read_text("utf-8").splitlines()]
    from_parquet = pq.read_table(tmp_path / "three.parquet").to_pylist()
    assert from_jsonl == from_parquet
    assert [float(row["score"] or "nan") for row in from_csv] == pytest.approx(
        [row["score"] if row["score"] is not None else float("nan") for row in from_jsonl], nan_ok=True
    )
    _, again = run(workspace, tmp_path / "three.parquet", tmp_path / "four.parquet")
    assert again.scored == 29
    assert pq.read_table(tmp_path / "four.parquet").to_pylist() == from_parquet


def test_what_was_done_before_an_interruption_is_not_done_again(workspace, here, file, tmp_path, monkeypatch):
    out = tmp_path / "scored.csv"
    steps: Any = scoring.score_file(workspace, COMMAND_LINE, file, out)
    for step in steps:
        if step.done >= 10:
            break
    steps.close()  # as Ctrl-C does
    assert not out.exists()
    before = list(here)
    assert before == [0]
    _, result = run(workspace, file, out)
    assert result.kept == step.done
    assert sorted(here) == list(range(len(here)))  # each part once, in both runs together
    assert result.scored == 29


def test_another_input_or_model_begins_anew_and_says_so(workspace, here, file, tmp_path, monkeypatch):
    out = tmp_path / "scored.csv"

    def interrupted():
        steps: Any = scoring.score_file(workspace, COMMAND_LINE, file, out)
        first = next(steps)
        next(steps)
        steps.close()
        return first.anew

    assert interrupted() is False
    assert interrupted() is False
    text = file.read_text("utf-8")
    file.write_text(text.replace("very long", "quite long", 1), "utf-8")
    assert interrupted() is True
    here.clear()
    _, result = run(workspace, file, out, mapping={"ai_response": "question"})  # of another column
    assert result.kept == 0
    assert result.scored == 30


def test_an_input_that_changes_meanwhile_is_not_joined(workspace, here, file, tmp_path):
    steps = scoring.score_file(workspace, COMMAND_LINE, file, tmp_path / "scored.csv")
    next(steps)
    with file.open("a", encoding="utf-8") as out:
        out.write("another,answer,31\r\n")
    with pytest.raises(Conflict, match="was changed while it was scored"):
        list(steps)
    assert not (tmp_path / "scored.csv").exists()


def test_what_cannot_be_done_is_said_before_anything_is_scored(workspace, here, file, tmp_path):
    closed = tmp_path / "closed.csv"
    closed.mkdir()
    for out, words in (
        (file, "Name another file"),
        (tmp_path / "scored.docx", "ends in .csv"),
        (tmp_path / "none" / "scored.csv", "does not exist"),
        (closed, "name a file to write to"),
    ):
        with pytest.raises(BadInput, match=words):
            run(workspace, file, out)
    for options, words in (
        ({"workers": 0}, "1 to"),
        ({"workers": 2, "scheduler": "127.0.0.1:1"}, "of its own|has its own"),
    ):
        with pytest.raises(BadInput, match=words):
            run(workspace, file, tmp_path / "scored.csv", **options)
    with pytest.raises(NotFound):
        run(workspace, file, tmp_path / "scored.csv", model_version="sbert-logreg-v1")
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    with pytest.raises(BadInput, match="empty"):
        run(workspace, empty, tmp_path / "scored.csv")
    assert here == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.csv", "closed.csv", "empty.csv", "home"]


def test_without_a_model_nothing_is_scored(tmp_path, file, here, monkeypatch):
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "new"))
    with pytest.raises(Unavailable, match="none is in use yet"):
        run(open_workspace(), file, tmp_path / "scored.csv")
    with pytest.raises(Unavailable, match="none is in use yet"):
        Scorer()


def test_a_file_of_nothing_but_blanks_has_reasons(workspace, here, tmp_path):
    file, out = tmp_path / "blank.csv", tmp_path / "scored.csv"
    file.write_text("question,answer\nwhat?,\n,something\n")
    _, result = run(workspace, file, out)
    assert result.scored == 0
    assert [row["reason"] for row in rows_of(out)] == ["The answer is empty.", "The question is empty."]


def test_a_frame_gets_the_same_numbers_wherever_it_is_scored(workspace, here, file, tmp_path):
    """The scorer is pickled, and the index, other columns and the order of the frame stay."""
    run(workspace, file, tmp_path / "scored.csv")
    wanted = [float(row["score"] or "nan") for row in rows_of(tmp_path / "scored.csv")]
    frame = pd.read_csv(file).sample(frac=1, random_state=0)
    scorer = pickle.loads(pickle.dumps(Scorer(question="question", answer="answer")))
    found = scorer(frame)
    assert list(found.columns) == ["question", "answer", "n", "score", "certainty", "model_version"]
    assert list(found.index) == list(frame.index)
    assert found.sort_index()["score"].tolist() == pytest.approx(wanted, abs=1e-5, nan_ok=True)
    assert "score" not in frame.columns
    assert found.loc[7, "model_version"] is None or pd.isna(found.loc[7, "model_version"])
    pd.testing.assert_frame_equal(scorer(found), found)  # once more replaces
    none = scorer(frame.iloc[:0])
    assert (len(none), str(none["score"].dtype)) == (0, "float64")
    with pytest.raises(ValueError, match="no column 'user_prompt'"):
        Scorer()(frame)


def test_missing_values_of_every_kind_have_no_score(workspace):
    odd = [None, float("nan"), pd.NA, pd.NaT, 5, b"bytes", " ", "a usable one"]
    frame = pd.DataFrame({"user_prompt": ["what?"] * len(odd), "ai_response": pd.Series(odd, dtype="object")})
    assert Scorer()(frame)["score"].isna().tolist() == [True] * 7 + [False]


def test_a_named_version_scores(workspace, here, file, tmp_path):
    version = core.get_model_info()["model_version"]
    _, result = run(workspace, file, tmp_path / "scored.csv", model_version=version)
    assert result.model_version == version
    frame = pd.DataFrame({"user_prompt": ["what?"], "ai_response": ["that"]})
    assert Scorer(model_version=version)(frame)["model_version"].tolist() == [version]
    with pytest.raises(Unavailable, match="no model version"):
        Scorer(model_version="sbert-logreg-v1")


def test_a_worker_that_dies_is_counted(workspace, file, tmp_path, monkeypatch):
    """Real processes, with a scorer that knows what kills it."""
    file.write_text(f"question,answer\nq,aa\nq,{DIE}\n")
    (tmp_path / "diary").mkdir()
    deadly = Lengths(tmp_path / "diary")
    monkeypatch.setattr(pool, "LocalWorkers", lambda work, count: LocalWorkers(deadly.score, count))
    _, result = run(workspace, file, tmp_path / "scored.csv", workers=1)
    assert (result.rows, result.replaced) == (2, 1)


@pytest.mark.slow
def test_killed_and_started_again_on_the_command_line(trained_home, tmp_path, capsys):
    """kill -9 in the middle: the second run takes over the parts that were done, and the result is whole."""
    file, out = tmp_path / "many.csv", tmp_path / "scored.csv"
    number = 3 * parts.PART_ROWS
    file.write_text("question,answer\n" + "".join(f"question {n},answer {n} of them\n" for n in range(number)))
    command = [sys.executable, "-m", "core", "score", str(file), "--out", str(out), "--workers", "1", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    until = time.monotonic() + PATIENCE
    folder = tmp_path / "scored.csv.parts"
    while not list(folder.glob("part-*")):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not out.exists()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result = json.loads(done.stdout.splitlines()[-1])
    assert parts.FEWEST_ROWS <= result["kept"] < number
    assert (result["rows"], result["scored"]) == (number, number)
    assert [row["answer"] for row in rows_of(out)] == [f"answer {n} of them" for n in range(number)]
    assert not folder.exists()


def test_the_command_says_what_it_did(trained_home, here, file, tmp_path, capsys):
    assert main(["score", str(file), "--out", str(tmp_path / "out.csv"), "--map", "ai_response=answer", "--json"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert json.loads(last)["unscored"] == 1
    assert lines[-1] == "1 row has no score; the column reason says why."
    assert main(["score", str(file), "--out", str(file)]) == 2
    assert "Name another file" in capsys.readouterr().err
