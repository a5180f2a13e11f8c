"""What all answers are worth: the audit sample, the figures that come of it, and what the model's scores add."""

import random
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.event import listen

from core.domain.errors import BadInput, Conflict, NotFound, Unavailable
from core.domain.queue import Chosen, Order, QueueFilters
from core.domain.roles import COMMAND_LINE
from core.domain.worth.parts import Part
from core.reward import artifact
from core.reward.recipes.base import Pair, feature_matrix
from core.reward.recipes.registry import PAIR
from core.services.data import interactions
from core.services.models import models
from core.services.rating import queue, rating
from core.services.workspace import Workspace
from core.services.worth import figures, samples, scoring
from core.services.worth.figures import Basis
from core.store.tables import Audit, AuditSampled, Item, Lease, ModelVersion, Prediction, WorthScore
from core.store.worth import scores
from tests import looked, sent
from tests.databases import added, lead, rater
from tests.reward.fakes import embedder, rated_answers, reference_embedder
from tests.services.test_at_the_same_moment import together
from tests.services.test_queue import let_expire, next_id
from tests.services.versions_made import learned, made
from tests.systems import System, stored


@pytest.fixture(autouse=True)
def words_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """An encoder that counts words."""
    monkeypatch.setattr(scoring, "reference_embedder", reference_embedder)


def measured(workspace: Workspace, generator: str = "") -> Any:
    return figures.measure(workspace, COMMAND_LINE, generator=generator)


def apart(workspace: Workspace, part: Part) -> dict[str, Any]:
    return {line.name: line for line in figures.apart(workspace, COMMAND_LINE, part)}


def compare(workspace: Workspace, one: str, other: str) -> Any:
    return figures.compare(workspace, COMMAND_LINE, one, other)


def draw(workspace: Workspace, wanted: int = 60) -> None:
    samples.draw(workspace, COMMAND_LINE, wanted)


def rated_system(workspace: Workspace, questions: int = 80, wanted: int = 80, **how: Any) -> System:
    """A system whose audit sample is rated to its end."""
    system = stored(workspace, questions, **how)
    draw(workspace, wanted)
    system.finish()
    return system


def score_all(workspace: Workspace) -> int:
    return scoring.score_answers(workspace, COMMAND_LINE, on_progress=lambda done, total: None)


# --- the audit sample -------------------------------------------------------------------------------------------------


def test_a_draw_takes_whole_questions_and_is_fixed(workspace):
    """All answers to each drawn question; a later answer to one of them is not in it, and the audit log names it."""
    system = stored(workspace, 60)
    drawn = samples.draw(workspace, lead(workspace), 70)
    assert (drawn.questions, drawn.answers, drawn.waiting, drawn.rated) == (35, 70, 70, 0)
    chosen = set(system.sampled())
    prompts = {system.rows[number].user_prompt for number in chosen}
    assert chosen == {number for number, row in system.rows.items() if row.user_prompt in prompts}
    later = added(workspace, next(iter(prompts)), "a later answer")
    assert later not in system.sampled()
    with workspace.store.read() as session:
        line = session.scalars(select(Audit).where(Audit.action == "audit sample drawn")).one()
    assert (line.subject, line.new) == ("audit sample 1", {"questions": 35, "certain": 0, "answers": 70})


def test_never_fewer_questions_than_a_figure_needs(workspace):
    """Where few answers are wanted, 30 questions are drawn all the same; with fewer there is nothing to draw."""
    stored(workspace, 29)
    with pytest.raises(Conflict, match="answers to 29 questions; a figure needs 30"):
        draw(workspace)
    stored(workspace, 10, seed=1)
    assert samples.plan(workspace, COMMAND_LINE, 1).questions == 30
    with pytest.raises(BadInput, match="1 to 10,000"):
        draw(workspace, 0)


def test_a_very_large_question_is_drawn_always(workspace):
    """It is counted apart, beside the 30 at random."""
    stored(workspace, 60)
    large = {added(workspace, "large", f"answer {n}") for n in range(40)}
    planned = samples.plan(workspace, COMMAND_LINE, 60)
    drawn = samples.draw(workspace, COMMAND_LINE, 60)
    assert (drawn.questions, drawn.certain, drawn.answers) == (31, 1, 100)
    assert (planned.questions, planned.certain, planned.answers) == (31, 1, 100)
    with workspace.store.read() as session:
        certain = session.scalars(select(AuditSampled.interaction_id).where(AuditSampled.certain))
        assert set(certain) == large


def test_a_newer_sample_takes_the_place_of_the_one_before(workspace):
    """Only its answers come first."""
    system = stored(workspace, 200)
    draw(workspace)
    first = system.sampled()
    draw(workspace)
    second = system.sampled()
    assert first != second
    found = samples.progress(workspace, COMMAND_LINE)
    assert found is not None
    assert (found.sample_id, len(second)) == (2, found.answers)


def test_nothing_is_drawn_where_everything_is_rated(workspace):
    """The figures rest on all answers then."""
    system = stored(workspace, 40)
    system.rate(list(system.ratings))
    with pytest.raises(Conflict, match="rated already"):
        draw(workspace)


def test_two_who_draw_at_once_leave_one_sample_that_counts(workspace):
    """Whoever comes second replaces the first: no answer of another sample stays marked."""
    system = stored(workspace, 200)
    assert together(lambda: draw(workspace), lambda: draw(workspace)) == []
    found = samples.progress(workspace, COMMAND_LINE)
    assert found is not None
    assert found.sample_id == 2
    with workspace.store.read() as session:
        of_it = session.scalars(select(AuditSampled.interaction_id).where(AuditSampled.sample_id == 2))
        assert sorted(of_it) == system.sampled()


# --- served first -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(Order))
def test_the_sample_comes_before_every_order(workspace, order):
    """And says so with the rating; what is rated already is not served again."""
    system = stored(workspace, 100)
    system.rate(list(system.ratings)[:50])
    draw(workspace)
    ana = rater(workspace)
    queue.choose(workspace, ana, order, QueueFilters())
    waiting = {number for number in system.sampled() if number not in list(system.ratings)[:50]}
    served = set()
    for _ in range(len(waiting)):
        number = next_id(workspace, ana)
        assert number is not None
        with workspace.store.read() as session:
            lease = session.get(Lease, (number, ana.rater_id))
            assert lease is not None
            assert lease.chosen == Chosen.AUDIT
        looked.rate(workspace, ana, number, 3)
        served.add(number)
    assert served == waiting
    assert next_id(workspace, ana) not in waiting
    found = samples.progress(workspace, COMMAND_LINE)
    assert found is not None
    assert found.finished


def test_two_raters_at_once_get_different_answers_of_it(workspace):
    """And what one leaves on the screen comes to the other when its time is over."""
    system = stored(workspace, 60)
    draw(workspace)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")
    of_ana, of_ben = next_id(workspace, ana), next_id(workspace, ben)
    assert of_ana != of_ben
    assert {of_ana, of_ben} <= set(system.sampled())
    let_expire(workspace)
    of_sample, served = set(system.sampled()), set()
    for _ in of_sample:
        number = next_id(workspace, ben)
        looked.rate(workspace, ben, number, 3)
        served.add(number)
    assert served == of_sample


def test_filters_hold_before_the_sample(workspace):
    """Whoever wants one session gets the answers of the sample that belong to it, and then the others of it."""
    here = stored(workspace, 40, session="here")
    stored(workspace, 40, seed=1, session="elsewhere")
    draw(workspace, 100)
    ana = rater(workspace)
    queue.choose(workspace, ana, Order.OLDEST, QueueFilters(session_label="here"))
    of_sample = set(here.sampled()) & set(here.ratings)
    served = []
    while (number := next_id(workspace, ana)) is not None:
        looked.rate(workspace, ana, number, 4)
        served.append(number)
    assert set(served) == set(here.ratings)
    assert set(served[: len(of_sample)]) == of_sample


def test_skipped_discarded_and_undone_answers_are_counted_as_what_they_are(workspace):
    """A skipped one still goes to others first; one that was discarded is done; an undone rating waits again."""
    stored(workspace, 30, per_question=1)
    draw(workspace, 30)
    ana, ben = rater(workspace, "Ana"), rater(workspace, "Ben")

    def counts() -> tuple[int, int, int, int]:
        found = samples.progress(workspace, COMMAND_LINE)
        assert found is not None
        return found.rated, found.skipped, found.discarded, found.waiting

    skipped = next_id(workspace, ana)
    looked.skip(workspace, ana, skipped)
    looked.discard(workspace, ana, next_id(workspace, ana), reason="Test data")
    looked.rate(workspace, ana, next_id(workspace, ana), 5)
    assert counts() == (1, 1, 1, 27)
    rating.undo_last(workspace, ana)
    assert counts() == (0, 1, 1, 28)
    seen = set()
    for _ in range(29):
        let_expire(workspace)
        number = next_id(workspace, ben)
        looked.rate(workspace, ben, number, 4)
        seen.add(number)
    assert skipped in seen
    assert counts() == (29, 0, 1, 0)


def test_the_sample_is_found_by_its_index(workspace):
    """A pick walks what the sample waits for, not a million answers nor what of it is done: on SQLite as planned."""
    if not workspace.store.is_sqlite:
        pytest.skip("not here: PostgreSQL reads a small table whole")
    stored(workspace, 40)
    draw(workspace)
    ana, asked = rater(workspace), []
    listen(workspace.store.engine, "before_cursor_execute", lambda *event: asked.append(event[2:4]))
    assert next_id(workspace, ana) is not None
    first = "n_ratings < assay_items.served_first"
    picks = [(sql, values) for sql, values in asked if sql.startswith("SELECT") and first in sql]
    assert picks
    with workspace.store.read() as session:
        for sql, values in picks:
            plan = str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all())
            assert "ix_assay_items_queue_first" in plan
            assert "ORDER BY" not in plan


# --- figures ----------------------------------------------------------------------------------------------------------


def test_before_anything_was_drawn_the_reason_says_what_to_do(workspace):
    """Ratings that were given as they came say nothing of all answers, however many there are."""
    system = stored(workspace, 60)
    system.rate(list(system.ratings)[:100])
    found = measured(workspace)
    assert (found.good.value, found.basis, found.elsewhere) == (None, Basis.NOTHING, 100)
    assert found.reason == "No audit sample was drawn, and not every answer is rated."
    assert (found.rated, found.questions, found.interactions) == (0, 0, 120)


def test_figures_come_when_the_sample_is_rated(workspace):
    """Not before; then with a range around the truth, about the answers that were there when it was drawn."""
    system = stored(workspace, 150)
    elsewhere = list(system.ratings)[:30]
    system.rate(elsewhere)
    draw(workspace, 150)
    found = measured(workspace)
    assert found.good.value is None
    assert "to go" in str(found.reason)
    system.finish()
    added(workspace, "new", "came later")
    found = measured(workspace)
    assert (found.basis, found.reason, found.later, found.interactions) == (Basis.SAMPLE, None, 1, 300)
    assert (found.rated, found.questions) == (150, 75)
    assert found.elsewhere == len(set(elsewhere) - set(system.sampled()))
    assert found.good.low < found.good.value < found.good.high
    assert abs(found.good.value - system.good) < 0.2  # the draw is chance: of 20 ranges one misses the truth
    assert found.mean_rating.low < found.mean_rating.value < found.mean_rating.high
    assert found.needed is not None


def test_skipped_and_discarded_answers_are_left_out_of_the_figures(workspace):
    """The rest of the sample is enough; a rating of what was skipped changes the figures."""
    system = stored(workspace, 80, per_question=1)
    draw(workspace, 50)
    chosen, ana = system.sampled(), rater(workspace)
    looked.skip(workspace, ana, chosen[0])
    looked.discard(workspace, ana, chosen[1], reason="Test data")
    system.rate(chosen[2:])
    found = measured(workspace)
    assert (found.rated, found.questions, found.interactions, found.reason) == (48, 48, 79, None)
    looked.rate(workspace, ana, chosen[0], 5)
    assert measured(workspace).rated == 49


def test_where_everything_is_rated_the_figures_are_those_of_all(workspace):
    """Exact in their value; the range is for more questions like these."""
    system = stored(workspace, 50)
    system.rate(list(system.ratings))
    found = measured(workspace)
    assert found.basis is Basis.ALL
    assert found.good.value == pytest.approx(system.good)
    assert found.good.low < system.good < found.good.high
    assert (found.rated, found.questions, found.interactions, found.saved) == (100, 50, 100, 0)


def test_each_generator_week_and_session_has_its_own(workspace):
    """Those with 30 sampled questions; the others say how many they have."""
    system = rated_system(workspace, generators=("one", "two"), better=0.2, good=0.5, session="s")
    few = next(iter(system.ratings))
    with workspace.store.write() as session:
        session.execute(update(Item).where(Item.interaction_id == few).values(session_label="other"))
    lines = apart(workspace, Part.GENERATOR)
    assert {name: line.answers for name, line in lines.items()} == {"one": 80, "two": 80}
    assert all(line.good.low is not None for line in lines.values())
    sessions = apart(workspace, Part.SESSION)
    assert sessions["other"].good.value is None
    assert "of the 30 that are needed" in sessions["other"].good.reason
    assert sessions["s"].good.low is not None
    (week,) = apart(workspace, Part.WEEK).values()
    assert (week.week.weekday(), week.answers) == (0, 160)
    assert week.good.value == pytest.approx(measured(workspace).good.value)


def test_an_answer_that_two_generators_wrote_counts_for_both(workspace):
    """As a program sent it, beside what an import says; twice from the same one it counts once."""
    system = rated_system(workspace, generators=("one", "two"))
    number = next(n for n, row in system.rows.items() if row.metadata == {"generator": "one"})
    sent.occurrence(workspace, number, "1", generator="two")
    sent.occurrence(workspace, number, "2", generator="one")
    sent.occurrence(workspace, number, "3", generator="three")
    sent.occurrence(workspace, number, "4", generator="three")
    lines = {name: line.answers for name, line in apart(workspace, Part.GENERATOR).items()}
    assert lines == {"one": 80, "two": 81, "three": 1}


def test_one_generator_alone(workspace):
    """By its name; one that wrote nothing is an error that names it."""
    rated_system(workspace, generators=("one", "two"))
    assert measured(workspace, "one").interactions == 80
    with pytest.raises(NotFound, match="generator called three"):
        measured(workspace, "three")


def test_two_generators_that_answered_the_same_questions_are_compared_by_question(workspace):
    """The better one is clearly better; turned round the difference is the same."""
    rated_system(workspace, 120, 160, generators=("one", "two"), good=0.4, better=0.4)
    found = compare(workspace, "one", "two")
    assert (found.paired, found.questions) == (True, 80)
    assert found.difference.low > 0
    other = compare(workspace, "two", "one")
    assert other.difference.value == pytest.approx(-found.difference.value)
    with pytest.raises(BadInput, match="two different"):
        compare(workspace, "one", "one")


def test_two_generators_that_answered_different_questions_are_compared_apart(workspace):
    """And that is said."""
    one = stored(workspace, 80, generators=("one",), good=0.3)
    two = stored(workspace, 80, generators=("two",), good=0.8, seed=1)
    draw(workspace, 120)
    for system in (one, two):
        system.rate([number for number in system.sampled() if number in system.ratings])
    found = compare(workspace, "two", "one")
    assert (found.paired, found.questions) == (False, 120)
    assert found.difference.low > 0.2


def test_the_sample_data_counts_only_alone(workspace):
    """An audit sample of it is none of own data."""
    for number in range(30):
        added(workspace, f"p{number}", source="sample")
    draw(workspace)
    assert measured(workspace).sample is not None
    added(workspace)
    found = measured(workspace)
    assert (found.sample, found.interactions) == (None, 1)


# --- the model's scores -----------------------------------------------------------------------------------------------


def with_model(workspace: Workspace) -> None:
    made(workspace, "v1", champion=True)


def test_a_version_keeps_the_models_of_its_folds(workspace):
    """Those that gave the scores out of fold: a rated answer's is that of the model that did not learn from it."""
    with_model(workspace)
    with workspace.store.read() as session:
        hashes = session.get(ModelVersion, "v1").hashes
    folds = artifact.load_fold_models(models.version_path(workspace, "v1"), hashes=hashes)
    assert len(folds) == 5
    matrix = feature_matrix(PAIR, [Pair(e.prompt, e.response) for e in rated_answers(15)], embedder())
    for row, features in zip(learned().evaluation.rows, matrix, strict=True):
        assert folds[row.fold].predict(features[None])[0] == pytest.approx(row.score, abs=1e-6)


def test_scores_narrow_the_range_and_save_ratings(workspace):
    """Once every answer has one; until then the figures rest on ratings alone, and the state says how many wait."""
    rated_system(workspace, 150, 120, good=0.5)
    with_model(workspace)
    with workspace.store.write() as session:
        session.query(Prediction).delete()  # it learned from other answers than these
    alone = measured(workspace)
    assert (alone.scores.waiting, alone.saved, alone.scores.used) == (300, 0, False)
    assert score_all(workspace) == 300
    assert score_all(workspace) == 0
    found = measured(workspace)
    assert found.scores.used
    assert found.saved > 10
    assert found.good.high - found.good.low < alone.good.high - alone.good.low
    added(workspace, "new", "answer")
    assert score_all(workspace) == 1


def test_an_answer_that_was_learned_from_keeps_the_score_of_its_training(workspace):
    """It is not scored anew by models that saw it."""
    system = stored(workspace, 40)
    with_model(workspace)
    with workspace.store.read() as session:
        learned_from = set(session.scalars(select(Prediction.interaction_id)))
    score_all(workspace)
    with workspace.store.read() as session:
        scored = set(session.scalars(select(WorthScore.interaction_id)))
    assert scored == set(system.ratings) - learned_from
    assert scored


def test_shuffled_scores_change_nothing(workspace):
    """The range is as wide as without the model, give or take a hundredth."""
    rated_system(workspace, 150, 150, good=0.5)
    with_model(workspace)
    with workspace.store.write() as session:
        session.query(Prediction).delete()
    alone = measured(workspace).good
    score_all(workspace)
    with workspace.store.write() as session:
        rows = session.query(WorthScore).order_by(WorthScore.interaction_id).all()
        values = [row.score for row in rows]
        random.Random(1).shuffle(values)
        for row, value in zip(rows, values, strict=True):
            row.score = value
    shuffled = measured(workspace)
    assert shuffled.scores.used
    assert (shuffled.good.high - shuffled.good.low) / (alone.high - alone.low) == pytest.approx(1, abs=0.02)


def test_a_version_of_an_earlier_release_is_used_without_scores(workspace):
    """The reason says what to do; so it does without a model."""
    stored(workspace, 40)
    assert "No model is in use" in str(measured(workspace).scores.reason)
    with_model(workspace)
    with workspace.store.write() as session:
        found = session.get(ModelVersion, "v1")
        files = {name: sha for name, sha in found.lineage["files"].items() if name != "folds.npz"}
        found.lineage = {**found.lineage, "files": files}
    assert "Train again to use the model's scores" in str(measured(workspace).scores.reason)
    with pytest.raises(Unavailable, match="Train again"):
        score_all(workspace)


def test_an_edited_answer_is_scored_anew(workspace):
    """Its old score was of another text."""
    system = stored(workspace, 40)
    with_model(workspace)
    score_all(workspace)
    with workspace.store.read() as session:
        number = session.scalars(select(WorthScore.interaction_id)).first()
    interactions.edit(
        workspace,
        COMMAND_LINE,
        number,
        system.rows[number].user_prompt,
        "another text",
        seen=looked.version(workspace, number),
        withdraw_ratings=False,
    )
    assert measured(workspace).scores.waiting == 1


def test_a_model_that_comes_into_use_meanwhile_ends_the_scoring(workspace):
    """Scores of the one before would take the place of its own."""
    stored(workspace, 200)
    with_model(workspace)

    def promote(done: int, total: int) -> None:
        with workspace.store.write() as session:
            session.execute(update(ModelVersion).values(champion=None))

    with pytest.raises(Unavailable, match="came into use"):
        scoring.score_answers(workspace, COMMAND_LINE, on_progress=promote)


def test_what_is_edited_or_deleted_while_the_model_scores_it_gets_no_score(workspace):
    """The score would be of a text that is not there any more."""
    system = stored(workspace, 40)
    with workspace.store.read() as session:
        batch = scores.unscored(session, 0, "v1", after=0, limit=256)
    edited, deleted, kept = (one.interaction_id for one in batch[:3])
    seen = looked.version(workspace, edited)
    asked = system.rows[edited].user_prompt
    interactions.edit(workspace, COMMAND_LINE, edited, asked, "new", seen=seen, withdraw_ratings=False)
    looked.forget(workspace, COMMAND_LINE, deleted)
    with workspace.store.write() as session:
        scores.save(session, "v1", [(one, 0.5) for one in batch])
        assert session.get(WorthScore, edited) is None
        assert session.get(WorthScore, deleted) is None
        assert session.get(WorthScore, kept) is not None


# --- what goes --------------------------------------------------------------------------------------------------------


def test_a_forgotten_answer_is_gone_from_sample_and_scores(workspace):
    """It is counted as gone, and the figures rest on the others."""
    system = rated_system(workspace, 80, 80)
    with_model(workspace)
    score_all(workspace)
    number = system.sampled()[-1]
    looked.forget(workspace, COMMAND_LINE, number)
    with workspace.store.read() as session:
        assert session.scalar(select(AuditSampled).where(AuditSampled.interaction_id == number)) is None
        assert session.get(WorthScore, number) is None
    found = measured(workspace)
    assert found.sample is not None
    assert (found.sample.gone, found.rated, found.interactions) == (1, 79, 159)
