"""A training on few ratings that ends with a simple rule: whoever looks at it is told so, and it ranks as the rule."""

import numpy as np
import pytest

from core.domain.records import ImportRow
from core.domain.roles import User
from core.reward import artifact
from core.reward.recipes.base import Pair
from core.reward.recipes.pair import FIRST
from core.reward.recipes.registry import PAIR
from core.services.models import models
from core.services.models.verdicts import verdicts
from core.services.training import training
from core.services.training.runs import run_view
from core.services.workspace import Workspace
from core.store.interactions import imports
from core.store.training import versions
from core.ui.models.details import lineage
from core.ui.report.notes import READS, notes
from tests.reward.fakes import embedder, reference_embedder
from tests.reward.test_hard_data import answers_of_length, middle


def test_a_model_that_is_a_simple_rule_is_told_as_one(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdict, full report and description of the version; the stored model orders answers by that rule."""
    monkeypatch.setattr(training, "reference_embedder", reference_embedder)
    examples = answers_of_length(middle, seed=0)
    rows = [ImportRow(e.interaction_id, e.prompt, e.response, int(e.rating)) for e in examples]
    with workspace.store.write() as session:
        imports.add_batch(session, None, rows, rater="Ben", source="import")
    user = User(0, "Ben")
    result = training.train_to_end(workspace, user, recipe="pair", seed=0, on_progress=lambda done, total: None)

    (verdict,) = verdicts(workspace, user).values()
    assert verdict.judgement.goes_by == "length_curve"
    assert "so it goes by that rule alone: how close the answer comes to the best length." in verdict.sentence
    run = run_view(workspace, user, result["run_id"])
    assert run is not None
    assert READS["best length alone"] in notes(run, verdict)
    (version,) = models.listed(workspace, user)
    assert ("Reads", "best length alone") in lineage(version, [])

    path = models.version_path(workspace, version.model_version)
    with workspace.store.read() as session:
        hashes = versions.listed(session)[0].hashes
    model = artifact.load(path, hashes=hashes, encoder=embedder().fingerprint)
    texts = [" ".join(["word"] * length) for length in (2, 30, 200)]
    short, right, long = model.score([Pair("question 1?", text) for text in texts], embedder())
    assert right > max(short, long)


def test_whatever_is_read_instead_of_question_and_answer_is_said() -> None:
    """Every weighting but the usual one has its sentence in the full report."""
    assert set(READS) == set(PAIR.weightings(4 * 8 + 23)) - {FIRST}
    assert np.all([len(sentence) > 50 for sentence in READS.values()])
