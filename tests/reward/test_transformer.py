"""The tuned layers: what they are cut from, what tuning does, what is kept of a stopped one, and what is served."""

import json
import pickle
import shutil
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core.domain.errors import Unavailable
from core.domain.held_out import is_held_out
from core.domain.records import Example
from core.domain.verdicts.gates import Gate
from core.reward.encoding.embedder import Embedder, MemoryCache, View
from core.reward.evaluation.explain import Kind, reasons
from core.reward.evaluation.slices import NOT_MEASURED
from core.reward.linear import logistic
from core.reward.metrics.folds import grouped_folds
from core.reward.metrics.labels import Labels
from core.reward.recipes.base import Pair
from core.reward.training.deep import train_deep
from core.reward.training.events import FoldDone, Refused, TrainingResult, Tuning
from core.reward.transformer import tuning
from core.reward.transformer.base import Layers, load_base, locate_base
from core.reward.transformer.folds import tuned_folds
from core.reward.transformer.hidden import HiddenStates
from core.reward.transformer.kept import forget
from core.reward.transformer.network import Tuned, loss
from core.reward.transformer.served import DeepPart, pack, relations
from tests.reward.fakes import FakeEncoder, embedder, rated_answers
from tests.reward.tiny_base import DIM, tiny_base
from tests.reward.trained import events_and_result


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("base") / "bert")


@pytest.fixture(scope="module")
def layers(base: Path) -> Layers:
    return load_base(locate_base(str(base)))


def split(examples: list[Example]) -> tuple[list[Example], list[Example]]:
    apart = [example for example in examples if is_held_out(example.group)]
    return [example for example in examples if not is_held_out(example.group)], apart


def train(
    examples: list[Example], base: Path, home: Path, source: Embedder | None = None, seed: int = 0
) -> Generator[Any, None, TrainingResult | Refused]:
    learned, apart = split(examples)
    return train_deep(
        learned, apart, base=str(base), home=home, embedder=source or embedder(), seed=seed, positive_threshold=4
    )


@pytest.fixture(scope="module")
def trained(base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], TrainingResult, Embedder]:
    source = embedder()
    *events, result = events_and_result(train(rated_answers(200), base, tmp_path_factory.mktemp("home"), source))
    assert isinstance(result, TrainingResult)
    return events, result, source


@pytest.mark.parametrize("kind", ["bert", "mpnet"])
def test_two_halves_of_a_model_are_the_whole(kind: str, tmp_path: Path) -> None:
    """Lower layers, then the untouched upper ones, give what the model as published gives; for both kinds of model."""
    from transformers import AutoModel

    folder = tiny_base(tmp_path / kind, kind)
    halves = load_base(locate_base(str(folder)))
    texts = ["word1 word2 word3", "word9", "word5 word6 word7 word8 word9 word10 word11"]
    found = Tuned(halves).vectors(halves.hidden(halves.tokens(texts))).detach().numpy()
    whole = AutoModel.from_pretrained(folder, local_files_only=True).eval()
    for vector, ids in zip(found, halves.tokens(texts), strict=True):
        wanted = whole(torch.tensor([ids])).last_hidden_state[0].mean(0).detach().numpy()
        assert vector @ wanted / np.linalg.norm(wanted) == pytest.approx(1, abs=1e-4)


def test_a_base_is_refused_with_a_sentence(base: Path, tmp_path: Path) -> None:
    """What is missing, of another kind or changed is said before anything is loaded; pickled weights never are."""
    with pytest.raises(Unavailable, match="does not exist"):
        locate_base(str(tmp_path / "nowhere"))
    pickled = tmp_path / "pickled"
    shutil.copytree(base, pickled)
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    with pytest.raises(Unavailable, match=r"without model\.safetensors"):
        locate_base(str(pickled))
    other = tmp_path / "other"
    shutil.copytree(base, other)
    known = locate_base(str(other))
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config | {"model_type": "gpt2", "auto_map": {"AutoModel": "x.X"}}))
    with pytest.raises(Unavailable, match="only bert and mpnet"):
        locate_base(str(other))
    (other / "config.json").write_text(json.dumps(config | {"hidden_act": "relu"}))
    with pytest.raises(Unavailable, match="not the one that it was tuned from"):
        load_base(known)


def test_network_and_numpy_say_the_same(layers: Layers, tmp_path: Path) -> None:
    """The log-odds that are learned from are those that are served, also of long answers and several windows."""
    network = Tuned(layers)
    rng = np.random.default_rng(0)
    network.start_at(rng.normal(size=4 * DIM), rng.uniform(1, 2, 4 * DIM), rng.normal(size=4 * DIM), 0.3)
    long = " ".join(f"word{n % 399}" for n in range(500))
    pairs = [Pair("word1 word2", "word3 word1"), Pair("word1 word2", long), Pair(long, "word7")]
    states = HiddenStates(tmp_path / "hidden", layers)
    list(states.fill([text for pair in pairs for text in pair]))
    found = np.concatenate(list(tuning.score(network, states, pairs, np.arange(3))))
    part = DeepPart.of(pack([network.tensors()], locate_base(str(tmp_path_base(layers))), DIM))
    assert part.log_odds(pairs, embedder()) == pytest.approx(found, abs=1e-3)


def tmp_path_base(layers: Layers) -> Path:
    return Path(layers.lower.config._name_or_path)


def test_loss_is_lower_where_better_answers_score_higher() -> None:
    """Both parts: the grade itself, and the order within a prompt, which another prompt's answers do not touch."""
    ratings, contexts = torch.tensor([5.0, 1.0, 3.0]), torch.tensor([0, 0, 1])
    right, wrong = torch.tensor([3.0, -3.0, 0.0]), torch.tensor([-3.0, 3.0, 0.0])
    assert loss(right, ratings, contexts) < loss(wrong, ratings, contexts)
    alone = loss(right, ratings, torch.tensor([0, 1, 2]))
    graded = torch.nn.functional.binary_cross_entropy_with_logits(right, (ratings - 1) / 4)
    assert alone == pytest.approx(float(graded))
    assert loss(right, ratings, contexts) == pytest.approx(float(graded + np.log1p(np.exp(-6))))


def test_batches_hold_whole_prompts_and_bounded_memory() -> None:
    """Every row once, no prompt divided that fits into one batch, and never more tokens than memory is meant for."""
    examples = rated_answers(30, 5) + [replace(one, prompt="busy") for one in rated_answers(10, 5, seed=1)]
    rated = Labels.of(examples, positive_threshold=4)
    tokens = [100] * len(examples)
    tokens[3] = 2 * tuning.PART_TOKENS  # alone in its part, since it cannot be divided
    made = list(tuning.prompt_batches(rated, np.arange(len(examples)), tokens, np.random.default_rng(0)))
    parts = [part for batch in made for part in batch]
    batches = [np.concatenate(batch) for batch in made]
    assert sorted(np.concatenate(batches)) == list(range(len(examples)))
    assert all(len(batch) <= tuning.BATCH_ANSWERS for batch in batches)
    assert all(len(part) == 1 or sum(tokens[row] for row in part) <= tuning.PART_TOKENS for part in parts)
    whole = [
        group for group in np.unique(rated.groups) if (rated.groups == group).sum() <= 5 and group != rated.groups[3]
    ]
    for group in whole:
        assert sum(group in rated.groups[batch] for batch in batches) == 1


def test_a_model_with_tuned_layers_travels_whole(trained: tuple[list[Any], TrainingResult, Embedder]) -> None:
    """To processes that score files and have no folder of the models: the same scores."""
    _, result, source = trained
    pairs = [Pair("word1 word2", "word3 and more"), Pair("word1 word2", "word4")]
    there = pickle.loads(pickle.dumps(result.model))
    assert np.array_equal(there.score(pairs, source), result.model.score(pairs, source))
    assert there.deep.sha256 == result.model.deep.sha256


def test_training_tells_its_story_and_is_measured_on_what_is_kept_apart(
    trained: tuple[list[Any], TrainingResult, Embedder],
) -> None:
    """Folds, epochs and losses are told; everything that is reported is about answers that nothing learned from."""
    events, result, source = trained
    told = list(dict.fromkeys(type(event).__name__ for event in events))
    assert told == ["Started", "Embedding", "Planned", "Tuning", "FoldDone", "Evaluated", "Reported", "Fitted"]
    steps = [event for event in events if isinstance(event, Tuning)]
    assert {(step.fold, step.epoch) for step in steps} == {
        (f, e) for f in (1, 2, 3) for e in range(1, tuning.EPOCHS + 1)
    }
    assert all(0 < step.loss < 5 and (step.seconds_left or 0) >= 0 for step in steps)
    assert [event.fold for event in events if isinstance(event, FoldDone)] == [1, 2, 3]
    learned, apart = split(rated_answers(200))
    assert (result.learned, result.evaluation.n) == (len(learned), len(apart))
    assert not result.groups & {example.group for example in apart}
    assert result.report.row_ids == [example.interaction_id for example in apart]
    assert result.report.curve.reason == NOT_MEASURED
    assert {rater.left_out.reason for rater in result.report.raters} <= {NOT_MEASURED}
    assert result.figures.basis == "kept_apart"
    assert result.adds is not None
    assert result.adds.questions == len({example.group for example in apart})
    assert result.adds.seconds_per_answer is not None
    # it is served as it was scored
    scores = result.model.score([Pair(example.prompt, example.response) for example in apart], source)
    assert scores == pytest.approx([row.score for row in result.evaluation.rows], abs=1e-9)


def test_a_ranking_reads_with_the_mean_of_all_folds(trained: tuple[list[Any], TrainingResult, Embedder]) -> None:
    """The deep column is the mean over the folds, vectors come from the cache, and what is unread counts twice."""
    _, result, _ = trained
    deep = result.model.deep
    assert deep is not None
    pairs = [Pair("word1 word2", "word1 word3"), Pair("word1 word2", "word9 word2 word8")]
    encoder = FakeEncoder()
    source = Embedder(encoder, MemoryCache())
    assert result.model.unread(pairs, source) == [2 * 4, 2 * 3]
    features = result.model.features(pairs, source)
    vectors = source.beside(deep.encoder).vectors([text for pair in pairs for text in pair], View.WINDOWS)
    each = [
        head.log_odds(relations(pairs, {t: rows[:, i * DIM : (i + 1) * DIM] for t, rows in vectors.items()}))
        for i, head in enumerate(deep.loaded().heads)
    ]
    assert len(each) == 3
    assert features[:, -1] == pytest.approx(np.mean(each, axis=0), rel=1e-5)
    assert result.model.unread(pairs, source) == [0, 0]


def test_a_fast_build_reads_where_there_is_one(trained: tuple[list[Any], TrainingResult, Embedder]) -> None:
    """It is found by the hash of the layers, and its vectors are never taken for those of the layers themselves."""
    _, result, _ = trained
    deep = result.model.deep
    assert deep is not None
    asked: list[str] = []

    class Built(FakeEncoder):
        fingerprint = "built"

        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            asked.extend(texts)
            return -deep.encoder.encode(texts)

    pairs = [Pair("word1 word2", "word1 word3")]
    cache = MemoryCache()
    as_tuned = deep.log_odds(pairs, Embedder(FakeEncoder(), cache))
    built = Embedder(FakeEncoder(), cache, lambda sha256, file: Built() if sha256 == deep.sha256 else None)
    assert deep.log_odds(pairs, built) != pytest.approx(as_tuned)
    assert sorted(asked) == ["word1 word2", "word1 word3"]
    assert deep.log_odds(pairs, Embedder(FakeEncoder(), cache, lambda sha256, file: None)) == pytest.approx(as_tuned)


def test_explanation_says_the_share_of_the_deep_part(trained: tuple[list[Any], TrainingResult, Embedder]) -> None:
    """It is one of the reasons, and all of them add up to the score."""
    _, result, source = trained
    pairs = [Pair("word1 word2", "word1 word3"), Pair("word1 word2", "word9 word2 word8")]
    found = reasons(result.model, pairs, source)
    assert all(Kind.DEEP in {reason.kind for reason in one} for one in found)
    apart = [sum(reason.added for reason in one) for one in found]
    scores = np.log(1 / (1 / result.model.score(pairs, source) - 1))
    assert apart[0] - apart[1] == pytest.approx(2 * (scores[0] - scores[1]), abs=1e-3)


def test_same_seed_gives_the_same_model(base: Path, tmp_path: Path) -> None:
    """Nothing in it is drawn without the seed."""
    found = []
    for number in range(2):
        *_, result = events_and_result(train(rated_answers(80), base, tmp_path / str(number)))
        assert isinstance(result, TrainingResult)
        found.append([row.score for row in result.evaluation.rows])
    assert found[0] == found[1]


def test_shuffled_ratings_are_not_promoted(base: Path, tmp_path: Path) -> None:
    """Where there is nothing to learn the deep part adds nothing, and it is said."""
    examples = rated_answers(200)
    ratings = np.random.default_rng(3).permutation([example.rating for example in examples])
    shuffled = [replace(example, rating=float(rating)) for example, rating in zip(examples, ratings, strict=True)]
    *_, result = events_and_result(train(shuffled, base, tmp_path))
    assert isinstance(result, TrainingResult)
    assert result.adds is not None
    assert result.adds.can_tell
    assert not result.adds.helps
    assert not result.judged.decision.promoted


@pytest.mark.parametrize(
    "prompts,per_prompt,reason",
    [(70, 4, "300 rated answers to 60 questions; there are 280 to 70"), (50, 8, "there are 400 to 50")],
)
def test_too_little_is_a_sentence(prompts: int, per_prompt: int, reason: str, base: Path, tmp_path: Path) -> None:
    """Below 300 ratings or 60 prompts nothing is tuned, and it is said what to do."""
    (event,) = events_and_result(train(rated_answers(prompts, per_prompt), base, tmp_path))
    assert isinstance(event, Refused)
    assert reason in event.reason
    assert "usual method" in event.reason


def test_few_questions_kept_apart_never_promote(base: Path, tmp_path: Path) -> None:
    """With fewer than 30 of them the rule does not decide: too few to tell."""
    *_, result = events_and_result(train(rated_answers(76), base, tmp_path))
    assert isinstance(result, TrainingResult)
    assert result.adds is not None
    assert result.adds.questions < 30
    assert result.judged.decision.gate is Gate.TOO_FEW_APART or not result.judged.decision.promoted


def test_a_killed_tuning_goes_on_after_its_last_fold(base: Path, tmp_path: Path) -> None:
    """What was finished is not tuned again, and the end is the same as without a stop; no hidden states stay behind."""
    examples = rated_answers(40)
    rated = Labels.of(examples, positive_threshold=4)
    pairs = [Pair(example.prompt, example.response) for example in examples]
    folds = grouped_folds(rated.good, rated.groups, folds=3, seed=0)
    assert folds is not None

    def steps(home: Path, fingerprint: str = "these") -> Generator[Any, None, Any]:
        return tuned_folds(pairs, rated, folds, locate_base(str(base)), home, fingerprint=fingerprint, seed=0)

    def run(home: Path, fingerprint: str = "these") -> tuple[list[Any], Any]:
        told, going = [], steps(home, fingerprint)
        while True:
            try:
                told.append(next(going))
            except StopIteration as end:
                return told, end.value

    _, whole = run(tmp_path / "whole")
    going = steps(tmp_path / "cut")
    while not isinstance(event := next(going), FoldDone):
        assert event
    next(going)
    going.close()  # in the middle of the second fold
    (folder,) = (tmp_path / "cut" / "folds").iterdir()
    assert [file.name for file in folder.iterdir()] == ["0.safetensors"]
    told, resumed = run(tmp_path / "cut")
    assert isinstance(told[0], FoldDone)
    assert {event.fold for event in told if isinstance(event, Tuning)} == {2, 3}
    assert resumed.log_odds == pytest.approx(whole.log_odds)
    assert [sorted(fold) for fold in resumed.tensors] == [sorted(fold) for fold in whole.tensors]
    # a damaged fold is tuned again; other ratings begin anew and leave nothing of the old ones
    (folder / "1.safetensors").write_bytes(b"cut")
    told, _ = run(tmp_path / "cut")
    assert {event.fold for event in told if isinstance(event, Tuning)} == {2}
    told, _ = run(tmp_path / "cut", "others")
    assert {event.fold for event in told if isinstance(event, Tuning)} == {1, 2, 3}
    assert not folder.exists()
    forget(tmp_path / "cut")
    assert not (tmp_path / "cut" / "folds").exists()


def test_tuning_learns_what_the_untuned_layers_do_not_say(base: Path, tmp_path: Path) -> None:
    """Where good answers hold certain words, the tuned layers tell them apart out of fold."""
    rng = np.random.default_rng(5)
    examples: list[Example] = []
    for number in range(60):
        for good in (True, False, True, False):
            words = [f"word{n}" for n in rng.integers(20, 399, 12)] + (["word3"] if good else ["word4"])
            text = " ".join(rng.permutation(words))
            examples.append(Example(len(examples) + 1, f"word{number} word7", text, None, 5.0 if good else 1.0))
    rated = Labels.of(examples, positive_threshold=4)
    pairs = [Pair(example.prompt, example.response) for example in examples]
    folds = grouped_folds(rated.good, rated.groups, folds=3, seed=0)
    assert folds is not None
    going = tuned_folds(pairs, rated, folds, locate_base(str(base)), tmp_path, fingerprint="x", seed=0)
    try:
        while True:
            next(going)
    except StopIteration as end:
        values = logistic(end.value.log_odds)
    assert np.mean(values[rated.good]) > np.mean(values[~rated.good]) + 0.2
