"""The rated answers beside a ranking, on the sample and a model that learned from it."""

from pathlib import Path

from core.domain.roles import Role, User
from core.services.reranking import explain
from core.services.workspace import open_workspace
from core.store.interactions import exports

LEAD = User(0, "Lena")
PROMPT = "My phone froze and does not react. What can I do?"
TEXTS = ["Buy our premium plan today!", "Hold the power button for ten seconds to force a restart.", "It " * 200]


def test_without_a_model_there_is_nothing_to_explain(tmp_path: Path, monkeypatch) -> None:
    """No model, no explanation, no failure."""
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "empty"))
    assert explain.explain(open_workspace(), LEAD, PROMPT, TEXTS, only=[0]) is None


def test_the_nearest_rated_answers_are_real_ones_and_only_for_readers(trained_home: Path) -> None:
    """A lead sees answers of the database with their ratings; an expert only how many there are and how many good."""
    workspace = open_workspace()
    found = explain.explain(workspace, LEAD, PROMPT, TEXTS, only=[1, 2])
    assert found is not None
    assert set(found.answers) == {1, 2}
    assert found.rated is not None
    assert found.rated >= found.good > 0
    nearest = found.answers[1].nearest
    assert len(nearest) == 3
    assert nearest[0].likeness == max(answer.likeness for answer in nearest)
    with workspace.store.read() as session:
        known = {(e.prompt, e.response, e.rating) for e in exports.examples(session)}
    assert {(answer.prompt, answer.response, answer.rating) for answer in nearest} <= known
    assert (found.answers[1].windows, found.answers[2].windows) == (1, 2)
    theirs = explain.explain(workspace, User(0, "Ana", Role.SME), PROMPT, TEXTS, only=[1])
    assert theirs is not None
    assert (theirs.rated, theirs.good) == (found.rated, found.good)
    assert theirs.answers[1].nearest == ()
    assert theirs.answers[1].reasons == found.answers[1].reasons
