"""Ranking new answers with ``rerank_candidates``, each back end, against what one would write oneself, in one run.

Answers are new in every repetition and the contenders take turns. "The same texts" are the prompt and the answers.
With ``--data FILE`` (rated answers, csv) also: does the fast encoder score as well as the one the model learned from?
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import core
from bench.encoding import WORDS
from bench.fast_auc import auc_difference
from bench.table import Line
from core.domain.roles import COMMAND_LINE, User
from core.domain.settings import Settings
from core.reward import artifact
from core.reward.encoding.embedder import Embedder, MemoryCache
from core.reward.encoding.weights import locate
from core.reward.linear import LinearModel
from core.reward.model import FittedModel
from core.reward.recipes.registry import TRANSFORMER
from core.reward.transformer.base import load_base, locate_base
from core.reward.transformer.folds import FOLDS
from core.reward.transformer.network import Tuned
from core.reward.transformer.served import DeepPart, pack
from core.services.data import importing
from core.services.reranking.reranking import reranker, serving_encoder
from core.services.training import training
from core.services.workspace import Workspace, open_workspace
from core.serving.encoders import ServingEncoder
from core.serving.reranker import ModelRef, Reranker

MODEL = "all-MiniLM-L6-v2"
ASSAY = {"reference": "sentence-transformers", "auto": "fast encoder"}
BATCH, ONE_BY_ONE, CROSS = "SentenceTransformer.encode, one batch", "encode one by one", "CrossEncoder.rank"
GOALS = {  # time relative to ours: (answers, tokens), back end, opponent
    ("60", "reference", BATCH): 1.1,
    ("256", "reference", BATCH): 1.1,
    ("60", "auto", BATCH): 1 / 2.5,
    ("60", "auto", ONE_BY_ONE): 1 / 4,
    ("256", "auto", BATCH): 1 / 2,
}

PAUSE_SECONDS = 0.1
"""Before each turn: torch's threads keep a core busy for a while after their work, which the next one would pay for."""

Contender = Callable[[str, list[str]], Any]


def options(parser: argparse.ArgumentParser) -> None:
    """How often, and on which rated answers the scores are compared."""
    parser.add_argument("--repetitions", type=int, default=15)
    parser.add_argument("--data", type=Path, help="rated answers: compares the AUC of both encoders (minutes)")


def measure(given: argparse.Namespace) -> list[Line]:
    """Medians of the repetitions."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"ASSAY_HOME": home, "EMB_MODEL": MODEL}
        for name in ("DATABASE_URL", "DB_URI", "DB_HOST", "REWARD_MODEL_PATH"):
            os.environ[name] = ""
        workspace = open_workspace()
        importing.load_sample(workspace, COMMAND_LINE)
        training.train_to_end(workspace, User(0, "bench"), recipe="pair", seed=0, on_progress=lambda done, total: None)
        back_ends = ["reference", *(["auto"] if _fast_is_ready() else [])]
        lines = list(_speed(back_ends, given.repetitions, home))
        lines += _with_tuned_layers(workspace, back_ends, given.repetitions)
        (model,) = workspace.settings.model_dir.glob("*/model.joblib")
        lines.append(Line("model file of the default recipe", model.stat().st_size / 1000, "kB", 100, gates=True))
        for back_end in back_ends:
            lines += _cached(back_end)
            lines += _own_process(back_end)
        if given.data is not None and "auto" in back_ends:
            lines.append(auc_difference(given.data, _settings("auto")))
        return lines


def _speed(back_ends: list[str], repetitions: int, home: str) -> Iterator[Line]:
    contenders: dict[str, Contender] = {name: _assay(name) for name in back_ends} | _opponents(home)
    draw = random.Random(0)
    for tokens in ("60", "256"):
        taken: dict[str, list[float]] = {name: [] for name in contenders}
        for repetition in range(repetitions + 3):  # the first three prepare everybody
            prompt, *answers = (_text(draw, length) for length in (12, *[int(tokens)] * 10))
            for name in draw.sample(sorted(contenders), len(contenders)):
                time.sleep(PAUSE_SECONDS)
                began = time.perf_counter()
                contenders[name](prompt, answers)
                if repetition >= 3:
                    taken[name].append(time.perf_counter() - began)
        median = {name: statistics.median(values) for name, values in taken.items()}
        for name, value in median.items():
            yield Line(f"10 new answers of {tokens} tokens: {ASSAY.get(name, name)}", 1000 * value, "ms", 1000)
        for back_end in back_ends:
            for opponent in (BATCH, ONE_BY_ONE, CROSS):
                goal = GOALS.get((tokens, back_end, opponent))
                ratio = median[back_end] / median[opponent]
                wanted = f" (wanted: {1 / goal:.1f})" if goal else ""
                what = f"{tokens} tokens, {ASSAY[back_end]}: {1 / ratio:.1f} times as fast as {opponent}{wanted}"
                yield Line(what, ratio, "x", goal or 1.1, gates=goal is not None)


def _with_tuned_layers(workspace: Workspace, back_ends: list[str], repetitions: int) -> Iterator[Line]:
    """What tuned layers of three folds take beside ``pair``; what they learned has no part in how fast they are."""
    ref, usual = next(iter(found for found in [reranker(workspace).model()] if found))
    layers, rng = load_base(locate_base("")), np.random.default_rng(0)
    folds = [Tuned(layers).tensors() for _ in range(FOLDS)]
    for fold in folds:  # equal ones would be computed once
        for name, values in fold.items():
            fold[name] = values + rng.normal(0, 1e-3, values.shape).astype(np.float32)
    linear = usual.linear
    model = replace(
        usual,
        recipe=TRANSFORMER.name,
        linear=LinearModel(np.append(linear.center, np.float32(0)), np.append(linear.weights, 0.5), linear.bias),
        deep=DeepPart.of(pack(folds, locate_base(""), layers.dim)),
    )
    about = artifact.Metadata("deep", TRANSFORMER.name, usual.encoder, "", 0, 0, 0, 4, {})
    saved = artifact.save(workspace.settings.home / "deep", model, about, groups=[])
    deep_ref = ModelRef("deep", saved.path, saved.hashes, sample=True)
    for back_end in back_ends:
        usually, deep = _in_turn(serving_encoder(_settings(back_end)), ref, deep_ref, _sha256(model), repetitions)
        yield Line(f"10 new answers of 60 tokens, tuned layers: {ASSAY[back_end]}", 1000 * deep, "ms", 1000)
        yield Line(f"the same relative to the usual method: {ASSAY[back_end]}", deep / usually, "x", 2.5, gates=True)


def _in_turn(
    serving: ServingEncoder, usual: ModelRef, deep: ModelRef, sha256: str, repetitions: int
) -> tuple[float, float]:
    """Medians of the seconds that both models take for ten new answers, once whatever is built for speed is there."""
    cache, draw = MemoryCache(), random.Random(0)

    def embedder() -> Embedder:
        return Embedder(serving.current(), cache, serving.tuned)

    rankers = [Reranker(lambda: [usual], embedder), Reranker(lambda: [deep], embedder)]
    rankers[1].rank("ready", ["one answer"])
    _await(lambda: serving.tuned_pending(sha256), lambda: rankers[1].rank("ready", ["one answer"]))
    taken: list[list[float]] = [[], []]
    for repetition in range(repetitions + 3):
        for which in draw.sample(range(2), 2):
            prompt, *answers = (_text(draw, length) for length in (12, *[60] * 10))
            time.sleep(PAUSE_SECONDS)
            began = time.perf_counter()
            assert rankers[which].rank(prompt, answers).scores[0] is not None
            if repetition >= 3:
                taken[which].append(time.perf_counter() - began)
    return statistics.median(taken[0]), statistics.median(taken[1])


def _sha256(model: FittedModel) -> str:
    assert model.deep is not None
    return model.deep.sha256


def _assay(back_end: str) -> Contender:
    def rank(prompt: str, answers: list[str]) -> Any:
        os.environ["ASSAY_ENCODER"] = back_end
        found = core.rerank_candidates(prompt, answers)
        assert found[0]["_score"] is not None
        return found

    return rank


def _opponents(home: str) -> dict[str, Contender]:
    from sentence_transformers import CrossEncoder, SentenceTransformer
    from transformers import AutoConfig, AutoTokenizer, BertForSequenceClassification

    source = locate(MODEL).source
    sentences = SentenceTransformer(source, local_files_only=True)
    random_weights = Path(home) / "cross-encoder"  # of the same size: how fast it is does not depend on what it learned
    BertForSequenceClassification(AutoConfig.from_pretrained(source, num_labels=1)).save_pretrained(random_weights)
    AutoTokenizer.from_pretrained(source).save_pretrained(random_weights)
    cross = CrossEncoder(str(random_weights), local_files_only=True, max_length=256)
    return {
        BATCH: lambda prompt, answers: sentences.encode([prompt, *answers]),
        ONE_BY_ONE: lambda prompt, answers: [sentences.encode([text]) for text in (prompt, *answers)],
        CROSS: lambda prompt, answers: cross.rank(prompt, answers),
    }


def _cached(back_end: str) -> Iterator[Line]:
    draw = random.Random(1)
    prompt, *answers = (_text(draw, 60) for _ in range(11))
    rank = _assay(back_end)
    rank(prompt, answers)
    times = []
    for _ in range(200):
        began = time.perf_counter()
        rank(prompt, answers)
        times.append(time.perf_counter() - began)
    yield Line(f"10 answers seen before, {ASSAY[back_end]}, median of 200", 1000 * statistics.median(times), "ms", 2)


def _own_process(back_end: str) -> Iterator[Line]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.ranking_process"],
        env=os.environ | {"ASSAY_ENCODER": back_end},
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    name = ASSAY[back_end]
    yield Line(f"fresh process, {name}: import core", found["import"], "s", 0.3)
    yield Line(f"fresh process, {name}: load the model", found["load"], "s", 2)
    yield Line(f"fresh process, {name}: first ranking of 10 answers", found["first"], "s", 10)
    yield Line(f"fresh process, {name}: memory of the process", found["memory"], "MB", 1000)
    yield Line(f"1,000 answers instead of 100, {name}: more memory", found["growth"], "MB", 50, gates=True)
    yield Line(f"1,000 new answers of 60 tokens, {name}", found["thousand"], "s", 60)


def _fast_is_ready() -> bool:
    """Wait for the build, if there is one to wait for."""
    serving = serving_encoder(_settings("auto"))
    began = time.perf_counter()
    _await(lambda: serving.pending, serving.current)
    fast = serving.current().back_end != ASSAY["reference"]
    print(f"fast encoder: {f'ready after {time.perf_counter() - began:.0f} s' if fast else 'not in use here'}")
    return fast


def _await(pending: Callable[[], bool], look: Callable[[], object]) -> None:
    give_up = time.monotonic() + 300
    while pending() and time.monotonic() < give_up:
        look()
        time.sleep(0.2)


def _settings(back_end: str) -> Settings:
    return Settings.from_env({**os.environ, "ASSAY_ENCODER": back_end})


def _text(draw: random.Random, tokens: int) -> str:
    """Words that are one token each; two more tokens mark the ends."""
    return " ".join(draw.choices([word for word in WORDS if word != "persists"], k=tokens - 2))
