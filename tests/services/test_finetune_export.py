"""Exports for fine-tuning: pairs, KTO and SFT rows, split as the reward model's trainings split them."""

import json
from pathlib import Path

import pytest

from core.domain.errors import BadInput, Conflict, HoldsIdentifiers
from core.domain.held_out import is_held_out
from core.domain.records import ImportRow
from core.domain.roles import COMMAND_LINE, NotAllowed, Role, User
from core.domain.texts import prompt_group
from core.finetuning import folder
from core.services.data import exporting as all_exports
from core.services.data.exporting import Marked
from core.services.finetuning.exporting import export
from core.services.reranking import preferences
from core.services.training.dataset import load_training_set
from core.services.workspace import Workspace
from core.store.interactions import imports
from core.store.tables import Export
from tests import looked
from tests.databases import added, lead, rater
from tests.finetuning.tiny_llama import tiny_llama
from tests.reward.fakes import embedder

SECRET = "555-123-4567"


def rated(workspace: Workspace, questions: int = 70, *, by: str = "Ana", answers: tuple[str, ...] = ("a", "b", "c")):
    """Store questions with three answers each, rated 1, 3 and 5: three pairs a question."""
    rows = [
        ImportRow(number, f"Question {number}?", f"Answer {text} to {number}.", min(5, 1 + 2 * place))
        for number in range(questions)
        for place, text in enumerate(answers)
    ]
    with workspace.store.write() as session:
        imports.add_batch(session, None, rows, rater=by, source="import")
    return workspace


def rows_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_everything_is_there_once_and_split_as_trainings_split_it(workspace, tmp_path):
    """All pairs of the export `pairs`, each on its side; no question on both; a training keeps the same ones apart."""
    rated(workspace)
    ben = rater(workspace, "Ben")
    which = next(text for n in range(99) if not is_held_out(prompt_group(text := f"Which one of {n}?")))
    with_better = added(workspace, which, "This.")
    looked.write_better(workspace, ben, with_better, "This one, because it is cheaper.")
    preferences.keep(workspace, ben, "Said before?", ["yes", "no"], [1], model_version=None)
    result = export(workspace, COMMAND_LINE, tmp_path / "pairs")
    found = folder.read(tmp_path / "pairs")
    all_exports.export(workspace, COMMAND_LINE, "pairs", tmp_path / "all.jsonl")
    everything = {(row["chosen"], row["rejected"], row["source"]) for row in rows_of(tmp_path / "all.jsonl")}
    learn, apart = found.pairs(), found.pairs_apart()
    assert len(learn) + len(apart) == len(everything) == 212 == result.counts["pairs"]
    assert {(pair.chosen, pair.rejected, pair.source) for pair in [*learn, *apart]} == everything
    assert {pair.source for pair in learn + apart} == {"ratings", "edit", "order"}
    assert not {pair.asked.question for pair in learn} & {pair.asked.question for pair in apart}
    asked = {prompt_group(question.user_prompt) for question in found.questions_apart()}
    assert asked == {prompt_group(pair.asked.user_prompt) for pair in apart}
    assert all(is_held_out(group) for group in asked)
    learned = load_training_set(workspace, embedder())
    assert asked >= {example.group for example in learned.held_out}
    assert not asked & {example.group for example in learned.examples}
    kto, sft = rows_of(found.path / folder.KTO), rows_of(found.path / folder.SFT)
    assert len(kto) == 3 * len({pair.asked.question for pair in learn if pair.source == "ratings"})
    assert {row["label"] for row in kto} == {True, False}
    assert [(row["prompt"], row["completion"]) for row in sft] == [(f"{which}\n", "This one, because it is cheaper.")]
    assert result.counts == dict(found.counts)
    assert {name: found.counts[name] for name in ("from_ratings", "from_orders", "from_edits", "raters")} == {
        "from_ratings": 210,
        "from_orders": 1,
        "from_edits": 1,
        "raters": 2,
    }
    assert all(name not in text for name in ("Ana", "Ben") for text in map(Path.read_text, found.path.rglob("*.jsonl")))


def test_too_little_is_refused_in_words_and_leaves_nothing(workspace, tmp_path):
    """Both marks; no folder, and nothing in the list of exports."""
    rated(workspace, 30)
    with pytest.raises(
        Conflict, match=r"^90 pairs on 30 questions: too few.*200 pairs on 60 questions.*rating several"
    ):
        export(workspace, COMMAND_LINE, tmp_path / "pairs")
    rated(workspace, 59, answers=("a", "b", "c", "d", "e"))
    with pytest.raises(Conflict, match=r"^\d+ pairs on 59 questions: too few"):
        export(workspace, COMMAND_LINE, tmp_path / "pairs")
    assert not (tmp_path / "pairs").exists()
    with workspace.store.read() as session:
        assert session.query(Export).count() == 0


def test_what_is_to_be_minded_is_said(workspace, tmp_path):
    """Few pairs, one person, texts longer than the model reads, no SFT rows: sentences, on the card too."""
    rated(workspace)
    added(workspace, "Question 1?", "A long answer. " * 20)
    result = export(workspace, COMMAND_LINE, tmp_path / "pairs", model=tiny_llama(tmp_path / "model"))
    assert result.counts["cut_texts"] == 0
    said = " ".join(result.notes)
    assert "210 pairs are few: the mark is 500" in said
    assert "All of it comes from one person" in said
    assert "Nobody has written a better answer yet" in said
    looked.rate(workspace, rater(workspace, "Ben"), added(workspace, "Question 1?", "Longer. " * 40), 2)
    again = export(workspace, COMMAND_LINE, tmp_path / "again", model=tmp_path / "model")
    assert again.counts["cut_texts"] == 3
    assert "3 pairs hold a text that is longer than the 160 tokens that the model reads (of 213)" in " ".join(
        again.notes
    )
    assert not any("one person" in note for note in again.notes)
    card = (tmp_path / "again" / "README.md").read_text(encoding="utf-8")
    assert all(note in card for note in again.notes)
    assert "Licence: (fill in" in card
    assert "2 people gave them" in card
    assert folder.read(tmp_path / "again").database == folder.read(tmp_path / "pairs").database != ""


def test_identifiers_are_treated_as_in_the_other_exports(workspace, tmp_path):
    """Refused, left out with a number, or included by a lead with a reason; each export stands in the list."""
    rated(workspace)
    looked.rate(workspace, rater(workspace, "Ben"), added(workspace, "Question 1?", f"Call {SECRET}."), 1)
    with pytest.raises(HoldsIdentifiers, match=r"^1 of 211 answers hold personal identifiers"):
        export(workspace, COMMAND_LINE, tmp_path / "pairs")
    assert not (tmp_path / "pairs").exists()
    result = export(workspace, COMMAND_LINE, tmp_path / "without", marked=Marked.LEAVE_OUT)
    assert (result.left_out, result.counts["pairs"]) == (1, 210)
    assert all(SECRET not in file.read_text(encoding="utf-8") for file in result_files(tmp_path / "without"))
    with pytest.raises(BadInput, match="say why"):
        export(workspace, COMMAND_LINE, tmp_path / "with", marked=Marked.INCLUDE)
    lea = lead(workspace)
    export(workspace, lea, tmp_path / "with", marked=Marked.INCLUDE, reason="agreed with everybody")
    assert any(SECRET in file.read_text(encoding="utf-8") for file in result_files(tmp_path / "with"))
    with workspace.store.read() as session:
        listed = [(one.kind, one.identifiers, one.answers, one.reason) for one in session.query(Export)]
    assert listed == [
        ("fine-tuning", "left out", 210, None),
        ("fine-tuning", "included", 211, "agreed with everybody"),
    ]
    with pytest.raises(NotAllowed):
        export(workspace, User(lea.rater_id, "Lea", Role.SME), tmp_path / "third")


def result_files(path: Path) -> list[Path]:
    return [file for file in path.rglob("*") if file.is_file()]


def test_a_place_or_model_that_cannot_be_used_is_said_before_anything_is_written(workspace, tmp_path):
    """A folder with something in it, and a folder without a language model."""
    rated(workspace)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep")
    with pytest.raises(BadInput, match=r"not an empty folder\. Nothing was changed"):
        export(workspace, COMMAND_LINE, tmp_path / "full")
    with pytest.raises(BadInput, match=r"no folder of a language model"):
        export(workspace, COMMAND_LINE, tmp_path / "pairs", model=tmp_path / "full")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name in ("full", "pairs")) == ["full"]
