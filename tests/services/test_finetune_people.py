"""The blind pairs of an evaluation, and the row of its run: what people say completes the verdict."""

import pytest

from core.domain.comparisons.picks import Pick
from core.domain.roles import COMMAND_LINE
from core.services.comparisons import comparing
from core.services.finetuning.evaluating import evaluate
from core.store.finetuning import runs
from core.store.tables import Audit, FineTuning
from tests.databases import rater
from tests.services.test_finetune_evaluate import exported, words_counted, workspace  # noqa: F401  fixtures


def test_people_complete_the_verdict(workspace, exported, monkeypatch):  # noqa: F811
    """Served blind and once; all rated, the same call says what they prefer; the run's row has it, and the record."""
    with workspace.store.write() as session:
        row = FineTuning(
            run_id=1,
            state="finished",
            requested_by="command line",
            place="here",
            folder=str(exported.path),
            base="base",
            method="dpo",
            lora=False,
            settings={},
            fingerprint="f",
        )
        session.add(row)
    first = evaluate(workspace, COMMAND_LINE, exported.path, run=1)
    served = first.people.served
    assert 6 <= served <= 14
    assert first.verdict.endswith(f"; 0 of {served} pairs for people are compared, not yet seen by people.")
    ben = rater(workspace, "Ben")
    for number in range(served):
        shown = comparing.next_pairs(workspace, ben)[0]
        tuned_left = set("abcdefg") >= set(shown.left)
        pick = Pick.LEFT if tuned_left else Pick.RIGHT
        comparing.compare(workspace, ben, shown.comparison_id, pick, showing=shown.showing, request_id=f"r{number}")
    monkeypatch.setattr("core.finetuning.evaluation.LanguageModel.load", lambda *a, **b: pytest.fail("measured again"))
    last = evaluate(workspace, COMMAND_LINE, exported.path, run=1)
    assert (last.people.served, last.people.waiting) == (served, 0)
    assert last.people.better + last.people.worse == served
    assert "seen by people" not in last.verdict
    assert "; people " in last.verdict
    with workspace.store.read() as session:
        found = runs.find(session, 1)
        assert (found.verdict, found.evaluation) == (last.verdict, last.to_json())
        acts = [act.action for act in session.query(Audit) if act.subject == "fine-tuning 1"]
    assert acts == ["evaluated fine-tuning", "evaluated fine-tuning"]
