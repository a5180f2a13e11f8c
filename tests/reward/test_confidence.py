"""How far scores can be trusted: what they came to for rated answers, what is too close, and what is unknown ground."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.domain.records import Example
from core.reward import artifact
from core.reward.confidence import KnownPrompts, Level, Meaning, ScoreConfidence
from core.reward.metrics.labels import Labels
from core.reward.training.confidence_fit import fit_score_confidence
from core.reward.training.events import TrainingResult
from core.reward.training.trainer import train
from core.serving.reranker import ModelRef, Reranker
from tests.reward.fakes import embedder, rated_answers
from tests.reward.trained import events_and_result


def answers(prompts: int, per_prompt: int = 4) -> list[Example]:
    return rated_answers(prompts, per_prompt, seed=5)


def measured(examples: list[Example], values: np.ndarray) -> ScoreConfidence:
    return fit_score_confidence(examples, Labels.of(examples, positive_threshold=4), values, embedder(), seed=0)


def informed(examples: list[Example], noise: float) -> np.ndarray:
    """Scores that follow the ratings, more or less."""
    ratings = np.array([example.rating for example in examples])
    return np.clip((ratings - 1) / 4 + np.random.default_rng(1).normal(0, noise, len(ratings)), 0, 1)


def test_a_score_means_what_became_of_rated_answers_with_such_scores() -> None:
    """Levels rise, hold every rated answer once and at least twenty each, and count those that were good."""
    examples = answers(100)
    values = informed(examples, 0.3)
    found = measured(examples, values)
    shares = [level.good / level.n for level in found.levels]
    assert shares == sorted(shares)
    assert len(shares) > 2
    assert min(level.n for level in found.levels) >= 20
    assert sum(level.n for level in found.levels) == len(examples)
    middle = found.levels[1]
    inside = [
        example.rating >= 4
        for example, value in zip(examples, values, strict=True)
        if middle.start <= value < found.levels[2].start
    ]
    assert found.meaning(middle.start + 1e-6) == Meaning(sum(inside), len(inside))
    assert found.meaning(0.0) == Meaning(found.levels[0].good, found.levels[0].n)
    assert found.meaning(1.0) == Meaning(found.levels[-1].good, found.levels[-1].n)


@pytest.mark.parametrize("good, n, low, high", [(42, 60, 0.575, 0.801), (0, 30, 0.0, 0.114), (30, 30, 0.886, 1.0)])
def test_a_meaning_has_a_range(good: int, n: int, low: float, high: float) -> None:
    """Wilson's interval: never below nothing or above all, and wide where few were rated."""
    assert Meaning(good, n).range == pytest.approx((low, high), abs=0.001)


def test_the_margin_is_small_for_good_scores_and_everything_for_chance() -> None:
    """Good scores tell near answers apart, noisy ones need a distance, and from chance nothing is ever told apart."""
    examples = answers(100)
    good, noisy = (measured(examples, informed(examples, noise)).margin for noise in (0.05, 0.6))
    assert good is not None
    assert noisy is not None
    assert good < 0.3 < noisy
    assert measured(examples, np.random.default_rng(2).random(len(examples))).margin == 1.0


def test_too_little_data_is_not_known() -> None:
    """Few answers, few pairs or few prompts: nothing is claimed."""
    few = answers(6, 3)
    found = measured(few, informed(few, 0.1))
    assert (found.levels, found.margin, found.familiar) == ((), None, None)
    alone = answers(30, 1)
    assert measured(alone, informed(alone, 0.1)).margin is None


def test_one_prompt_with_many_answers_is_no_flood() -> None:
    """A thousand answers to one prompt are compared by a sample."""
    many = answers(1, 1000) + [replace(e, interaction_id=e.interaction_id + 1000) for e in answers(15)[4:]]
    assert measured(many, informed(many, 0.1)).pairs < 60 * 59 / 2 + 15 * 6


def judged(confidence: ScoreConfidence, texts: list[str], scores: list[float], prompt: str = "0 word1"):
    order = sorted(range(len(texts)), key=lambda place: -scores[place])
    return confidence.judge(prompt, texts, scores, order, embedder())


def test_the_best_two_are_too_close_only_where_they_differ() -> None:
    """Nearer than the margin is too close; equal texts, and one answer alone, are no question at all."""
    confidence = ScoreConfidence(levels=(Level(0.0, 5, 20),), margin=0.1, pairs=99)
    assert judged(confidence, ["a", "b", "c"], [0.5, 0.1, 0.45]).too_close is True
    assert judged(confidence, ["a", "b"], [0.5, 0.3]).too_close is False
    assert judged(confidence, ["a", "a"], [0.5, 0.5]).too_close is False
    assert judged(confidence, ["a", "a", "b"], [0.5, 0.5, 0.45]).too_close is True
    assert judged(confidence, ["a"], [0.5]).too_close is False
    assert judged(replace(confidence, margin=None), ["a", "b"], [0.5, 0.5]).too_close is None


def test_an_unlike_prompt_is_outside() -> None:
    """A prompt without a word in common is unlike what was learned from; a prompt that was learned from is not."""
    examples = answers(40)
    confidence = measured(examples, informed(examples, 0.1))
    assert judged(confidence, ["a"], [0.5], examples[0].prompt).outside is False
    assert judged(confidence, ["a"], [0.5], "").outside is True
    assert confidence.known is not None
    vector = confidence.known.vectors[3].astype(np.float32)
    assert confidence.known.nearest(vector, 2)[0] == confidence.known.groups[3]


def trained(prompts: int = 30) -> TrainingResult:
    steps = train(answers(prompts), recipe="pair", embedder=embedder(), seed=0, positive_threshold=4, minimum=10)
    *_, last = events_and_result(steps)
    assert isinstance(last, TrainingResult)
    return last


@pytest.fixture(scope="module")
def fitted() -> TrainingResult:
    return trained()


def hashes(kept: artifact.Saved, *, older: bool) -> dict[str, str]:
    """What the database knows; of a version of an earlier release the model file only."""
    return {name: sha256 for name, sha256 in kept.hashes.items() if name == artifact.MODEL_FILE or not older}


def saved(folder: Path, fitted: TrainingResult, confidence: ScoreConfidence | None, *, older: bool = False) -> Reranker:
    metadata = artifact.Metadata("v1", "pair", fitted.model.encoder, "d", 120, 30, 0, 4, {})
    kept = artifact.save(folder, fitted.model, metadata, groups=fitted.groups, confidence=confidence)
    ref = ModelRef("v1", kept.path, hashes(kept, older=older), sample=False)
    return Reranker(lambda: [ref], embedder)


def test_the_figures_travel_with_the_version(tmp_path: Path, fitted: TrainingResult) -> None:
    """They come back as they were measured, the vectors within half precision, in files that stay small."""
    saved(tmp_path, fitted, fitted.confidence)
    found = artifact.load_confidence(tmp_path / "v1", hashes={})
    assert found == fitted.confidence
    assert found is not None
    assert isinstance(found.known, KnownPrompts)
    assert set(found.known.groups) == fitted.groups
    assert np.array_equal(found.known.vectors, fitted.confidence.known.vectors)
    assert len(json.dumps(found.to_json())) < 3_000


@pytest.mark.parametrize("damage", ["older", "vectors gone", "vectors changed", "figures spoilt"])
def test_what_is_missing_or_damaged_is_not_known_and_the_model_serves(
    tmp_path: Path, fitted: TrainingResult, damage: str
) -> None:
    """A version of an earlier release, also one whose figures were changed, ranks and abstains from nothing."""
    ranker = saved(tmp_path, fitted, None if damage == "older" else fitted.confidence, older=True)
    file, described = tmp_path / "v1" / artifact.KNOWN_FILE, tmp_path / "v1" / artifact.METADATA_FILE
    if damage == "vectors gone":
        file.unlink()
    elif damage == "vectors changed":
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    elif damage == "figures spoilt":
        metadata = json.loads(described.read_bytes())
        described.write_text(json.dumps(metadata | {"honesty": {"levels": 3, "known_sha256": None}}))
    ranking = ranker.rank("0 word1", ["word1", "no"], abstain=True)
    assert ranking.model_version == "v1"
    assert ranking.certainty is None
    assert (ranking.abstained, ranking.fallback) == (None, False)


def test_abstaining_keeps_the_order_and_says_why(tmp_path: Path, fitted: TrainingResult) -> None:
    """Only where it is asked for: the order of the input, the scores all the same, the reason, and fallback."""
    foreign, texts = "utterly foreign matter", ["no", "utterly foreign matter at length", "matter"]
    ranker = saved(tmp_path, fitted, fitted.confidence)
    usual, kept = ranker.rank(foreign, texts), ranker.rank(foreign, texts, abstain=True)
    assert usual.order != (0, 1, 2)
    assert (usual.abstained, usual.fallback) == (None, False)
    assert usual.certainty is not None
    assert usual.certainty.outside is True
    assert kept.order == (0, 1, 2)
    assert kept.scores == usual.scores
    assert kept.abstained == "This question is unlike those that experts rated answers to."
    assert kept.fallback is True
