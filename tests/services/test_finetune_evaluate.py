"""Whether a tuned model is better than the one before: measured on kept-apart pairs, said in one sentence."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.domain.errors import BadInput, Conflict
from core.domain.records import Example, ImportRow
from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.finetuning import folder
from core.finetuning.evaluation import Step
from core.finetuning.folder import Question
from core.finetuning.language_model import LanguageModel
from core.finetuning.tuned import find_run
from core.services.finetuning.evaluating import evaluate
from core.services.finetuning.exporting import export
from core.services.reranking import reranking
from core.services.workspace import Workspace, open_workspace
from core.serving import reranker
from core.store.interactions import imports
from tests.databases import environment
from tests.finetuning.tiny_llama import taught, tiny_llama
from tests.reward.fakes import embedder, rated_answers
from tests.services.versions_made import learned_from, made

GOOD, POOR = "abcdefg", "nopqrst"


@pytest.fixture(scope="module", autouse=True)
def words_counted() -> Iterator[None]:
    """The reward model's encoder only counts words, and whether there is a new model is looked at each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reranking, "_embedder", lambda settings, store: embedder())
        patch.setattr(reranker, "LOOK_SECONDS", 0.0)
        yield


@pytest.fixture(scope="module")
def workspace(sqlite_with_tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """70 questions, 14 of them kept apart, with two answers of GOOD letters and two of POOR ones."""
    place = tmp_path_factory.mktemp("evaluating")
    (place / "own.db").write_bytes(sqlite_with_tables.read_bytes())
    opened = open_workspace(environment(f"sqlite:///{place / 'own.db'}", place / "home"))
    draw = random.Random(0)
    rows = [
        ImportRow(number, f"Question {number}?", "".join(draw.choices(letters, k=12)), rating)
        for number in range(70)
        for letters, rating in ((GOOD, 5), (GOOD, 5), (POOR, 1), (POOR, 1))
    ]
    with opened.store.write() as session:
        imports.add_batch(session, None, rows, rater="Ana", source="import")
    return opened


@pytest.fixture(scope="module")
def exported(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> folder.Export:
    """An export with a model that knows both kinds of answers, run 1 that learned the better one of each pair, and run
    2 that learned one of each pair at random."""
    place = tmp_path_factory.mktemp("pairs") / "export"
    export(workspace, COMMAND_LINE, place)
    found = folder.read(place)
    pairs = found.pairs()
    both = [(pair.asked.prompt, text) for pair in pairs for text in (pair.chosen, pair.rejected)]
    base = taught(tiny_llama(place.parent / "raw"), place.parent / "base", both)
    draw = random.Random(1)
    shuffled = [(pair.asked.prompt, draw.choice((pair.chosen, pair.rejected))) for pair in pairs]
    run(found, 1, base, [(pair.asked.prompt, pair.chosen) for pair in pairs])
    run(found, 2, base, shuffled)
    return found


def run(found: folder.Export, number: int, base: Path, learned: list[tuple[str, str]]) -> None:
    place = found.path / "runs" / str(number)
    place.mkdir(parents=True)
    taught(base, place / "model", learned)
    told = {"run": number, "state": "finished", "method": "dpo", "lora": False, "base_model": str(base)}
    (place / "run.json").write_text(json.dumps(told))


def test_what_was_learned_is_told_and_not_measured_twice(workspace, exported, monkeypatch):
    """Figures of both models and of length; nobody has seen it; the same call again reads what it kept."""
    steps: list[Step] = []
    found = evaluate(workspace, COMMAND_LINE, exported.path, run=1, on_step=steps.append)
    assert found.learned is True
    assert found.verdict.startswith("Learned: ")
    assert found.verdict.endswith("not yet seen by people.")
    seen = found.preferences
    assert (seen.questions, seen.left_out) == (14, 0)
    assert (seen.tuned.value or 0) > 0.9
    assert (seen.gained.low or 0) > 0
    assert seen.longer.value == 0.5
    assert (found.answers.questions, found.answers.tuned_better.value) == (14, None)
    assert "no reward model is in use" in str(found.answers.tuned_better.reason)
    assert [step.words for step in steps if step.done == step.total] == [
        "the model before reads answers",
        "the model before answers questions",
        "the tuned model reads answers",
        "the tuned model answers questions",
    ]
    kept = json.loads((exported.path / "runs" / "1" / "evaluation" / "figures.json").read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(found.to_json()))
    assert {tuple(row) for row in kept["table"]} == {("figure", "base", "tuned", "difference")}
    monkeypatch.setattr(LanguageModel, "load", lambda *folders: pytest.fail("measured again"))
    assert evaluate(workspace, COMMAND_LINE, exported.path, run=1) == found


def test_shuffled_pairs_teach_nothing_and_the_verdict_says_so(workspace, exported):
    """Without a number the latest run is taken."""
    found = evaluate(workspace, COMMAND_LINE, exported.path)
    assert (found.run, found.learned) == (2, False)
    assert found.verdict.startswith("Nothing was learned")


def test_a_reward_model_compares_only_what_it_has_not_seen(workspace, exported):
    """The one in use, named; not where it learned from these questions; the verdict is the same with and without."""
    made(workspace, "in-use", champion=True)
    found = evaluate(workspace, COMMAND_LINE, exported.path, run=1)
    assert (found.answers.model_version, found.answers.questions, found.learned) == ("in-use", 14, True)
    assert found.answers.tuned_better.value is not None
    asked = [question.user_prompt for question in exported.questions_apart()]
    examples = [
        Example(
            one.interaction_id, asked[number // 4 % 14] if number < 40 else one.prompt, one.response, None, one.rating
        )
        for number, one in enumerate(rated_answers(15))
    ]
    made(workspace, "spoilt", learned_from(examples), champion=True)
    spoilt = evaluate(workspace, COMMAND_LINE, exported.path, run=1)
    assert (spoilt.answers.questions, spoilt.learned) == (4, True)


@pytest.mark.parametrize(
    "change, error, says",
    [
        ("no export", BadInput, r"no export for fine-tuning: there is no export\.json"),
        ("a file missing", BadInput, r"incomplete: kept_apart/pairs\.jsonl is missing"),
        ("a line damaged", BadInput, r"Line 2 of .*pairs\.jsonl cannot be read"),
        ("another form", BadInput, r"not of a form that this release reads"),
        ("no run", Conflict, r"No run in .* has ended well yet"),
        ("run not finished", Conflict, r"Run 1 in .* has not ended well yet.*finetune run"),
        ("no such run", BadInput, r"There is no run 7 in .*Runs there: 1\."),
        ("model gone", BadInput, r"There is no folder .*gone\. Name the folder of a language model"),
    ],
)
def test_what_cannot_be_evaluated_is_said(workspace, tmp_path, change, error, says):
    """Each in a sentence that says what to try, before anything is measured."""
    place = tmp_path / "export"
    for name in folder.FILES:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("")
    (place / folder.EXPORT).write_text(json.dumps({"format": 2 if change == "another form" else 1}))
    if change == "no export":
        (place / folder.EXPORT).unlink()
    if change == "a file missing":
        (place / folder.APART_PAIRS).unlink()
    if change == "a line damaged":
        (place / folder.APART_PAIRS).write_text('{"question": 1, "prompt": "", "chosen": "", "rejected": ""}\n{"que\n')
    if change != "no run":
        (place / "runs" / "1").mkdir(parents=True)
        state = "running" if change == "run not finished" else "finished"
        told = {"state": state, "base_model": str(tmp_path / "gone")}
        (place / "runs" / "1" / "run.json").write_text(json.dumps(told))
    number = {"no such run": 7, "run not finished": 1}.get(change)
    with pytest.raises(error, match=says):
        evaluate(workspace, COMMAND_LINE, place, run=number)


def test_only_who_may_train_evaluates(workspace, exported):
    """An expert who rates does not."""
    with pytest.raises(NotAllowed):
        evaluate(workspace, User(1, "Ana", Role.SME), exported.path)


def test_a_pair_is_what_stands_in_the_file(exported):
    """Rows that somebody took out are not measured."""
    rows = (exported.path / folder.PAIRS).read_text(encoding="utf-8").splitlines()
    first, pair = json.loads(rows[0]), exported.pairs()[0]
    assert pair.asked == Question(first["question"], first["prompt"], first["user_prompt"])
    assert (pair.chosen, pair.rejected, pair.source) == (first["chosen"], first["rejected"], "ratings")
    assert len(exported.pairs()) == len(rows)
    assert find_run(exported.path).number == 2
