"""Two versions on the same answers: which ones, what is said, and who sees the answers."""

from dataclasses import replace

import pytest

from core.domain.errors import BadInput, Unavailable
from core.domain.records import ImportRow
from core.domain.roles import Role, User
from core.services.models import compare, models
from core.services.models.compare import ScoresFrom
from core.services.workspace import Workspace
from core.store.interactions import imports
from tests.reward.fakes import rated_answers, reference_embedder
from tests.services.versions_made import learned_from, made

LEAD = User(0, "Lena")
EXAMPLES = [replace(one, response=f"{one.response} Call 555-123-4567.") for one in rated_answers(60)]


@pytest.fixture
def two(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A good model and one that learned nonsense, both from the first 40 of 60 rated prompts."""
    monkeypatch.setattr(compare, "reference_embedder", reference_embedder)
    with workspace.store.write() as session:
        rows = [ImportRow(e.interaction_id, e.prompt, e.response, int(e.rating)) for e in EXAMPLES]
        imports.add_batch(session, None, rows, rater="Ana", source="import")
    early = EXAMPLES[:160]
    made(workspace, "good", learned_from(early))
    upside_down = [type(e)(e.interaction_id, e.prompt, e.response, None, 6 - e.rating) for e in early]
    made(workspace, "wrong", learned_from(upside_down))
    return workspace


def test_two_models_meet_on_questions_that_neither_has_seen(two: Workspace) -> None:
    """The twenty other prompts, a paired difference with its interval, a sentence, and the answers that divide them."""
    found = compare.compare(two, LEAD, "wrong", "good")
    assert (found.scores_from, found.n, found.questions) == (ScoresFrom.UNSEEN, 80, 20)
    assert (found.difference.high or 0) < 0
    assert found.measure == "pairwise_accuracy"
    wrong, good = found.names
    assert found.sentence.startswith(
        f"On 20 questions that neither learned from, {good} is better than {wrong}: of two answers it picks the better "
        f"one {100 * (found.metrics[1]['pairwise_accuracy'].value or 0):.0f} times of 100, the other "
    )
    assert (found.metrics[0]["roc_auc"].value or 1) < 0.7 < (found.metrics[1]["roc_auc"].value or 0)
    assert all(answer.response.endswith("Call «phone hidden».") for answer in found.disagreements)
    gaps = [abs(answer.scores[0] - answer.scores[1]) for answer in found.disagreements]
    assert len(gaps) == compare.SHOWN
    assert gaps == sorted(gaps, reverse=True)
    learned = {e.prompt for e in EXAMPLES[:160]}
    assert not learned & {answer.prompt for answer in found.disagreements}


def test_without_unseen_questions_their_trainings_scores_are_compared(two: Workspace) -> None:
    """Models that learned from everything are compared by scores that came from folds without the prompt."""
    made(two, "all", learned_from(EXAMPLES))
    found = compare.compare(two, LEAD, "all", "good")
    assert (found.scores_from, found.n, found.questions) == (ScoresFrom.OUT_OF_FOLD, 160, 40)
    assert found.sentence.startswith("On 40 questions with scores from their trainings (cross-validated), ")
    assert found.metrics[0]["accuracy"].value is None
    assert (found.metrics[0]["roc_auc"].value or 0) > 0.6


def test_a_viewer_sees_numbers_and_no_answers(two: Workspace) -> None:
    """Texts and ratings of others are for those who may read them."""
    found = compare.compare(two, User(0, "Vera", Role.VIEWER), "good", "wrong")
    assert found.disagreements == []
    assert (found.difference.low or 0) > 0


def test_what_cannot_be_compared_is_a_sentence(two: Workspace) -> None:
    """Twice the same version, or an altered list of the prompts it learned from."""
    with pytest.raises(BadInput, match="two different"):
        compare.compare(two, LEAD, "good", "good")
    prompts = models.version_path(two, "good") / "prompts.txt"
    prompts.write_text("\n".join(prompts.read_text().splitlines()[:-1]))
    with pytest.raises(Unavailable, match="changed after training"):
        compare.compare(two, LEAD, "good", "wrong")
