"""A promise about picked answers: counted at the training, kept with the version, and what a ranking makes of it."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from alembic import command
from numpy.typing import NDArray
from sqlalchemy import select

from core.domain.errors import Conflict, NotFound, Unavailable
from core.domain.guarantee.outcome import (
    NO_MODEL,
    NOT_MEASURED,
    NOT_SURE_ENOUGH,
    NOTHING_TO_CHOOSE,
    OF_THE_SAMPLE,
)
from core.domain.guarantee.promise import PROMISES, USUAL, Promise
from core.domain.records import Example, ImportRow
from core.domain.roles import COMMAND_LINE, User
from core.reward.guarantee.learn_then_test import Evidence, Step
from core.services.models import guarantee, models
from core.services.reranking import reranking
from core.services.training import poor_picks, training
from core.services.workspace import Workspace, open_workspace
from core.serving.reranker import Ranking, Reranker
from core.store import schema
from core.store.interactions import imports
from core.store.tables import Audit
from core.store.training import held_out, runs, versions
from tests.databases import Plain, environment
from tests.reward.fakes import FakeEncoder, rated_answers
from tests.services.versions_made import learned_from, made

LEAD = User(0, "Lena")
LAX = Promise(0.3, 0.9)
WORDS = "fake:words"


class Fast(FakeEncoder):
    """An encoder that agrees with the one that counts words, and is not the same."""

    fingerprint = "fake:fast"
    back_end = "fake, fast"


class Broken(Fast):
    """One that fails when it is used."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise RuntimeError("the device is gone")


@pytest.fixture(autouse=True)
def counts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The encoder is not what these tests are about: one that counts words takes no time."""
    monkeypatch.setattr(reranking, "encoder", lambda name: FakeEncoder())


def serves(monkeypatch: pytest.MonkeyPatch, current: FakeEncoder, built: FakeEncoder | None = None) -> None:
    """From now on this encoder serves, and this build of a fast one is there."""
    chosen = SimpleNamespace(current=lambda: current, built=lambda: built, tuned=lambda *_: None)
    monkeypatch.setattr(reranking, "serving_encoder", lambda settings: chosen)
    monkeypatch.setattr(poor_picks, "serving_encoder", lambda settings: chosen)


@pytest.fixture
def on_sqlite(sqlite_url: str, tmp_path: Path) -> Workspace:
    """An empty SQLite database, for what does not depend on the kind of database."""
    return open_workspace(environment(sqlite_url, tmp_path / "home"))


ANSWERS = rated_answers(200)


def rate(workspace: Workspace, examples: Sequence[Example]) -> None:
    rows = [ImportRow(e.interaction_id, e.prompt, e.response, int(e.rating)) for e in examples]
    with workspace.store.write() as session:
        imports.add_batch(session, None, rows, rater="Ana", source="import")


def train(workspace: Workspace) -> str:
    """The technical name of the version that came of it."""
    done = training.train_to_end(workspace, LEAD, recipe="pair", seed=0, on_progress=lambda done, total: None)
    return str(done["model_version"])


def stored(workspace: Workspace, name: str) -> dict[str, Evidence]:
    with workspace.store.read() as session:
        found = versions.find(session, name).guarantee or {}
    return {encoder: Evidence.from_json(json.loads(json.dumps(one))) for encoder, one in found.items()}


def acts(workspace: Workspace) -> list[tuple[str, str, str]]:
    with workspace.store.read() as session:
        found = session.scalars(select(Audit).where(Audit.action == "counted poor picks"))
        return [(one.actor, one.action, one.subject) for one in found]


def evident(*steps: Step, questions: int = 40) -> dict[str, dict[str, object]]:
    """Evidence as it is stored, with the encoder that counts words."""
    return {WORDS: Evidence(steps, questions, 3 * questions, 4).to_json()}


SURE = evident(Step(0.9, 12, 0), Step(0.0, 40, 2))
"""At most 1 in 4, at every threshold: nothing is left unanswered but what is outside."""
PICKY = evident(Step(1.01, 12, 0), Step(0.0, 40, 20))
"""The same, from a score on that no answer has."""


def version(workspace: Workspace, name: str, found: dict[str, dict[str, object]] | None, **values: bool) -> None:
    """A version in use with this evidence; it learned from a part of the answers."""
    made(workspace, name, learned_from(ANSWERS[:240]), champion=True, **values)
    with workspace.store.write() as session:
        versions.find(session, name).guarantee = found


def ranked(
    workspace: Workspace,
    texts: Sequence[str] | None = None,
    *,
    promise: Promise | None = USUAL,
    prompt: str = ANSWERS[0].prompt,
    abstain: bool = False,
) -> Ranking:
    """What a process that starts now makes of these texts: the worst first, and a blank one before it."""
    ranker = Reranker(
        lambda: reranking._usable(workspace.settings, workspace.store), lambda: reranking.serving_embedder(workspace)
    )
    given = ["", "nothing of it", " ".join(prompt.split()[1:])] if texts is None else texts
    return ranker.rank(prompt, given, abstain=abstain, guarantee=promise)


@pytest.mark.slow
def test_a_training_counts_the_poor_picks_on_what_it_did_not_learn(workspace: Workspace) -> None:
    """Once with the reference encoder: trials are the kept-apart questions, thresholds those of the training."""
    rate(workspace, ANSWERS)
    name = train(workspace)
    with workspace.store.read() as session:
        kept = held_out.groups(session)
    (found,) = stored(workspace, name).values()
    assert list(stored(workspace, name)) == [WORDS]
    assert (found.questions, found.answers, found.good_from) == (len(kept), 4 * len(kept), 4)
    assert found.certified(LAX.max_poor, LAX.confidence) is not None
    seen = guarantee.poor_picks(workspace, COMMAND_LINE)
    assert seen is not None
    assert (seen.model_version, seen.evidence, seen.sample) == (name, found, False)
    assert list(seen.standings) == list(PROMISES)
    outcome = ranked(workspace, promise=LAX).guarantee
    assert outcome is not None
    assert outcome.certified
    assert outcome.answered == seen.standings[LAX].answered
    with pytest.raises(Conflict, match=r"counted before, and only the first count holds\. Nothing was changed"):
        guarantee.measure(workspace, LEAD, name)
    assert acts(workspace) == []


@pytest.mark.slow
def test_the_fast_encoder_is_counted_too_where_its_build_serves(
    on_sqlite: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With its own vectors; where it fails only its entry is missing, and the training is what it was."""
    rate(on_sqlite, ANSWERS)
    serves(monkeypatch, FakeEncoder(), built=Fast())
    both = stored(on_sqlite, train(on_sqlite))
    assert set(both) == {WORDS, "fake:fast"}
    assert both[WORDS] == both["fake:fast"]
    serves(monkeypatch, FakeEncoder(), built=Broken())
    assert stored(on_sqlite, train(on_sqlite)) == {WORDS: both[WORDS]}
    assert "poor picks were not counted with the fast encoder: RuntimeError" in caplog.text


@pytest.mark.slow
def test_a_version_without_counts_is_measured_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an earlier release, or with an encoder that was built later: the same counts as at the training, audited."""
    rate(workspace, ANSWERS)
    name = train(workspace)
    (counted,) = stored(workspace, name).values()
    with workspace.store.write() as session:
        versions.find(session, name).guarantee = None
    assert ranked(workspace).guarantee.reason == NOT_MEASURED
    assert guarantee.poor_picks(workspace, LEAD).evidence is None
    guarantee.measure(workspace, LEAD, name)
    assert stored(workspace, name) == {WORDS: counted}
    assert ranked(workspace, promise=LAX).guarantee.certified
    serves(monkeypatch, Fast())
    assert ranked(workspace).guarantee.reason == NOT_MEASURED
    assert guarantee.poor_picks(workspace, LEAD).evidence is None
    guarantee.measure(workspace, LEAD, name)
    assert stored(workspace, name) == {WORDS: counted, "fake:fast": counted}
    assert ranked(workspace, promise=LAX).guarantee.certified
    with pytest.raises(Conflict, match="counted before"):
        guarantee.measure(workspace, LEAD, name)
    assert acts(workspace) == [(LEAD.key, "counted poor picks", f"model {name}")] * 2


def test_there_must_be_something_to_measure_on(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """No kept-apart question, no such version, a version of the sample, files that are gone."""
    made(workspace, "v1", champion=True)
    with pytest.raises(Conflict, match="nothing to measure on"):
        guarantee.measure(workspace, LEAD, "v1")
    with pytest.raises(NotFound):
        guarantee.measure(workspace, LEAD, "v2")
    made(workspace, "sample", sample=True)
    with pytest.raises(Conflict, match="learned from the sample"):
        guarantee.measure(workspace, LEAD, "sample")
    (models.version_path(workspace, "v1") / "model.joblib").unlink()
    with pytest.raises(Unavailable, match="is missing"):
        guarantee.measure(workspace, LEAD, "v1")
    assert stored(workspace, "v1") == {}
    assert acts(workspace) == []


def test_without_a_model_there_is_nothing_to_show(workspace: Workspace) -> None:
    """Nor is anything promised; the order stays, and the reason is said."""
    assert guarantee.poor_picks(workspace, COMMAND_LINE) is None
    ranking = ranked(workspace)
    assert ranking.order == (0, 1, 2)
    assert ranking.guarantee.to_json() == {"certified": False, "reason": NO_MODEL, "more_questions": None}


def test_a_promise_that_holds_lets_the_model_pick(on_sqlite: Workspace) -> None:
    """Where the best answer reaches the threshold; below it the order stays, blank ones last, with scores."""
    version(on_sqlite, "sure", SURE)
    free, bound = ranked(on_sqlite, promise=None), ranked(on_sqlite)
    assert free.guarantee is None
    assert (bound.order, bound.scores, bound.abstained, bound.fallback) == (free.order, free.scores, None, False)
    assert bound.order == (2, 1, 0)
    assert bound.guarantee.to_json() == {
        "certified": True,
        "max_poor": 0.25,
        "confidence": 0.9,
        "answered": 1.0,
        "questions": 40,
        "picked": True,
    }
    version(on_sqlite, "picky", PICKY)
    left = ranked(on_sqlite)
    assert left.model_version == "picky"
    assert (left.order, left.scores, left.fallback) == ((1, 2, 0), free.scores, True)
    assert left.abstained == NOT_SURE_ENOUGH
    assert left.unsure  # its answers are worth rating first
    assert left.guarantee.to_json() | {"answered": 0.3, "picked": False} == left.guarantee.to_json()


def test_a_question_unlike_the_others_is_left_under_a_promise_too(on_sqlite: Workspace) -> None:
    """It was a trial that is not answered; what is too close matters only where that was asked for as well."""
    version(on_sqlite, "sure", SURE)
    strange = ranked(on_sqlite, ["no", "matter"], prompt="utterly foreign matter")
    assert strange.certainty.outside
    assert (strange.order, strange.fallback, strange.guarantee.picked) == ((0, 1), True, False)
    assert strange.guarantee.certified
    assert strange.abstained == "This question is unlike those that experts rated answers to."
    words = ANSWERS[0].prompt.split()[1:]
    close = [" ".join(words[:4]), " ".join(words[:4]) + " "]
    assert ranked(on_sqlite, close).certainty.too_close
    assert ranked(on_sqlite, close).guarantee.picked
    both = ranked(on_sqlite, close, abstain=True)
    assert both.abstained == "The two best answers are too close to call."
    assert (both.guarantee.certified, both.guarantee.picked) == (True, False)


@pytest.mark.parametrize("texts", [["one"], ["", "one", "  "], ["one", "one"], ["", " "], []])
def test_with_nothing_to_choose_nothing_is_promised(on_sqlite: Workspace, texts: list[str]) -> None:
    """One answer that has a text is no choice, and was never a trial."""
    version(on_sqlite, "sure", SURE)
    ranking = ranked(on_sqlite, texts)
    assert ranking.guarantee.to_json() == {"certified": False, "reason": NOTHING_TO_CHOOSE, "more_questions": None}
    assert ranking.fallback


def test_a_promise_that_cannot_be_given_says_what_it_takes(on_sqlite: Workspace) -> None:
    """The order stays; about so many more questions, or none where more would not help."""
    version(on_sqlite, "few", evident(Step(0.8, 3, 0), Step(0.0, 6, 0), questions=6))
    ranking = ranked(on_sqlite)
    assert (ranking.order, ranking.fallback) == ((1, 2, 0), True)
    outcome = ranking.guarantee.to_json()
    assert outcome["certified"] is False
    assert outcome["more_questions"] == 3
    assert outcome["reason"] == ranking.abstained
    assert outcome["reason"] == (
        "It is not proven that at most 1 in 4 of the answers it picks is poor (90 % sure), on 6 questions kept apart. "
        "About 3 more with two rated answers each would be needed if its picks stay as good as they are, and a "
        "training after that. Every fifth question is kept apart, so about 15 more are to be rated."
    )
    version(on_sqlite, "poor", evident(Step(0.8, 20, 15), Step(0.0, 40, 30)))
    assert not ranked(on_sqlite).unsure  # which says nothing about this question
    strange = ranked(on_sqlite, ["no", "matter"], prompt="utterly foreign matter", abstain=True)
    assert strange.unsure
    hopeless = ranked(on_sqlite).guarantee
    assert hopeless.more_questions is None
    assert "it takes a better model" in (hopeless.reason or "")


def test_a_model_of_the_sample_promises_nothing(on_sqlite: Workspace) -> None:
    """Its questions are not those that are asked."""
    version(on_sqlite, "sample", SURE, sample=True)
    assert ranked(on_sqlite).guarantee.reason == OF_THE_SAMPLE
    assert guarantee.poor_picks(on_sqlite, LEAD).sample


def test_each_version_is_held_to_its_own_counts(on_sqlite: Workspace) -> None:
    """Another one put in use in a running process, and one that stands in for files that are gone."""
    version(on_sqlite, "first", SURE)
    version(on_sqlite, "second", PICKY)
    second = ranked(on_sqlite)
    assert (second.model_version, second.guarantee.answered) == ("second", 0.3)
    models.rollback(on_sqlite, LEAD)
    first = ranked(on_sqlite)
    assert (first.model_version, first.guarantee.answered) == ("first", 1.0)
    models.promote(on_sqlite, LEAD, "second", reason="Try it.")
    (models.version_path(on_sqlite, "second") / "model.joblib").unlink()
    instead = ranked(on_sqlite)
    assert (instead.model_version, instead.stand_in, instead.fallback) == ("first", True, True)
    assert (instead.guarantee.answered, instead.guarantee.picked) == (1.0, True)


def test_a_running_process_finds_counts_that_were_added(on_sqlite: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next look at the database brings them, without another promotion."""
    monkeypatch.setattr("core.serving.reranker.LOOK_SECONDS", 0.0)
    version(on_sqlite, "v1", None)
    texts = ["nothing of it", "another"]
    ranker = reranking.reranker(on_sqlite)
    assert ranker.rank("q", texts, guarantee=USUAL).guarantee.reason == NOT_MEASURED
    with on_sqlite.store.write() as session:
        versions.add_evidence(session, "v1", WORDS, SURE[WORDS], by=LEAD)
    assert ranker.rank("q", texts, guarantee=USUAL).guarantee.certified


def test_two_who_measure_at_once_store_one_count(workspace: Workspace) -> None:
    """The second is told, and what the first stored stays."""
    version(workspace, "v1", None)
    with workspace.store.write() as session:
        versions.add_evidence(session, "v1", WORDS, SURE[WORDS], by=LEAD)
    with pytest.raises(Conflict, match="Model 1"), workspace.store.write() as session:
        versions.add_evidence(session, "v1", WORDS, PICKY[WORDS], by=LEAD)
    assert stored(workspace, "v1")[WORDS].to_json() == SURE[WORDS]


def test_a_filled_database_of_the_release_before_upgrades(
    store, old_app: Plain, environ: dict[str, str], opened: Callable[[], Workspace]
) -> None:
    """Its versions have no counts, rank as before, and promise nothing."""
    config = schema._config()
    with store.write() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0020")
    at = "'2026-11-28 10:00:00+00:00'"
    old_app.run(
        "INSERT INTO assay_runs (run_id, state, recipe, seed, requested_by, cancel_requested, started_at, "
        f"heartbeat_at, sample) VALUES (1, 'finished', 'pair', 0, 'Ana', ?, {at}, {at}, ?)",
        False,
        False,
    )
    old_app.run(
        "INSERT INTO assay_model_versions (model_version, run_id, recipe, sha256, n, prompts, sample, metrics, "
        f"champion, created_at) VALUES ('v1', 1, 'pair', 'abc', 10, 5, ?, '{{}}', ?, {at})",
        False,
        True,
    )
    schema.upgrade(store)
    workspace = opened()
    with workspace.store.read() as session:
        assert versions.find(session, "v1").guarantee is None
        assert runs.predictions(session, 1) == {}
    seen = guarantee.poor_picks(workspace, COMMAND_LINE)
    assert (seen.model_version, seen.evidence) == ("v1", None)
    assert seen.standings == {}
