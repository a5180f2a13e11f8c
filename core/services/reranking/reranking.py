"""Ranking candidates with the champion, for the pages, the command line and the Python API."""

import os
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from core.domain.errors import AssayError, BadInput, Unavailable
from core.domain.guarantee.promise import Promise
from core.domain.roles import Act, User
from core.domain.settings import DEFAULT_EMB_MODEL, Settings
from core.labeling.candidates import read_candidates
from core.reward import artifact
from core.reward.encoding.embedder import Embedder, MemoryCache
from core.reward.encoding.encoder import SentenceEncoder
from core.reward.guarantee.learn_then_test import Evidence
from core.services.masking import masks_output
from core.services.reranking import usage
from core.services.running import builds
from core.services.runtime import runtime
from core.services.workspace import Workspace
from core.serving.encoders import ServingEncoder
from core.serving.reranker import ModelRef, Ranking, Reranker
from core.store import schema
from core.store.database import Session, Store, connect
from core.store.interactions.interactions import only_sample
from core.store.training import versions
from core.store.training.embeddings import DatabaseVectors
from core.store.training.versions import ModelVersion


def encoder(emb_model: str) -> SentenceEncoder:
    """The process's reference encoder for this EMB_MODEL: loaded once. Models are trained and measured with it."""
    return runtime.keep("encoder", emb_model, lambda: SentenceEncoder(emb_model))


def reference_embedder(workspace: Workspace) -> Embedder:
    """Vectors from the reference encoder, kept in the database: for answers of the data only."""
    return Embedder(encoder(workspace.settings.emb_model), DatabaseVectors(workspace.store))


def serving_encoder(settings: Settings) -> ServingEncoder:
    """What chooses this process's encoder for candidates: the fast one where it is installed and agrees."""
    name, home, fast = settings.emb_model, settings.home, settings.fast_encoder
    start = partial(builds.begin, settings)
    return runtime.keep(
        "serving encoder", (name, home, fast), lambda: ServingEncoder(name, encoder(name), home, fast=fast, start=start)
    )


def reranker(workspace: Workspace) -> Reranker:
    """The reranker of this process on the workspace's database."""
    return _reranker(workspace.settings, workspace.store)


@masks_output(as_is="figures, and what is said about them; no stored text", takes_gaps="ranking stores no text")
def rank(
    workspace: Workspace,
    user: User,
    prompt: str,
    texts: Sequence[str],
    *,
    model_version: str | None = None,
    source: str | None = None,
    abstain: bool = False,
    guarantee: Promise | None = None,
) -> Ranking:
    """Order candidate answers with the champion, or with a version that is named.

    Without a usable model the input order is kept and the reason said; with ``abstain`` also where the model cannot
    tell, with a ``guarantee`` where the promise cannot be given or kept (``Ranking.abstained`` says why). With a
    ``source`` ("page") it counts as used.

    Raises:
        NotFound: there is no version of that name.
    """
    workspace.require(user, Act.RERANK)
    began = time.perf_counter()
    ranking = ranker_for(workspace, model_version).rank(prompt, texts, abstain=abstain, guarantee=guarantee)
    if source is not None:
        usage.log_of(workspace).note(source, ranking, time.perf_counter() - began)
    return ranking


def ranker_for(workspace: Workspace, model_version: str | None) -> Reranker:
    """What ranks with the champion, or with a version that is named.

    Raises:
        NotFound: there is no version of that name.
    """
    ranker = reranker(workspace)
    if model_version is not None:
        loaded = ranker.model()
        if loaded is None or loaded[0].model_version != model_version:
            _named(workspace.settings, workspace.store, model_version)
            return _reranker(workspace.settings, workspace.store, model_version)
    return ranker


def serving_embedder(workspace: Workspace) -> Embedder:
    """Vectors of what is ranked, from the encoder that serves at this moment."""
    return _embedder(workspace.settings, workspace.store)


def reranker_from_environment(model_version: str | None = None) -> Reranker:
    """The reranker of a program that only imported ``core``; creates nothing and raises nothing when unconfigured."""
    environ = tuple(sorted(_configuration(os.environ).items()))
    make = partial(_from_environment, environ, model_version)
    return runtime.keep("from environment", (environ, model_version), make)


def _from_environment(environ: tuple[tuple[str, str], ...], model_version: str | None) -> Reranker:
    try:
        settings = Settings.from_env(dict(environ))
        store = runtime.keep("database", environ, partial(connect, settings))
    except AssayError as error:
        return Reranker(partial(_raise, str(error)), partial(_raise, str(error)))
    return _reranker(settings, store, model_version)


def _reranker(settings: Settings, store: Store, model_version: str | None = None) -> Reranker:
    def made() -> Reranker:
        find = partial(_named, settings, store, model_version) if model_version else partial(_usable, settings, store)
        return Reranker(find, partial(_embedder, settings, store))

    return runtime.keep("reranker", (settings, store, model_version), made)


def _embedder(settings: Settings, store: Store) -> Embedder:
    vectors = runtime.keep("vectors", (settings, store), MemoryCache)  # of what was ranked, for all versions
    serving = serving_encoder(settings)
    return Embedder(serving.current(), vectors, serving.tuned)


def _usable(settings: Settings, store: Store) -> list[ModelRef]:
    """The champion, then those that were champion before it, latest first."""
    if not schema.exists(store):
        return []
    with store.read() as session:
        return [_ref(settings, session, version) for version in versions.champion_and_fallbacks(session)]


def _named(settings: Settings, store: Store, model_version: str) -> list[ModelRef]:
    """One version, with none to stand in for it."""
    with store.read() as session:
        return [_ref(settings, session, versions.find(session, model_version))]


def _ref(settings: Settings, session: Session, version: ModelVersion) -> ModelRef:
    return ModelRef(
        version.model_version,
        settings.model_dir / version.model_version,
        version.hashes,
        sample=version.sample,
        ignores_own_data=version.sample and not only_sample(session),
        evidence={encoder: Evidence.from_json(found) for encoder, found in (version.guarantee or {}).items()},
    )


def _configuration(environ: Mapping[str, str]) -> dict[str, str]:
    names = {"ASSAY_HOME", "ASSAY_ENCODER", "DATABASE_URL", "EMB_MODEL", "REWARD_MODEL_PATH", "HOME"}
    return {name: value for name, value in environ.items() if name in names or name.startswith("DB_")}


def _raise(sentence: str) -> Any:
    raise Unavailable(sentence)


def model_info() -> dict[str, Any]:
    """What ``core.get_model_info`` returns; values that are unknown without a model are None."""
    ranker = reranker_from_environment()
    loaded = ranker.model()
    info: dict[str, Any] = {
        "model_path": None,
        "embedding_model": os.environ.get("EMB_MODEL") or DEFAULT_EMB_MODEL,
        "is_ready": loaded is not None,
        "model_exists": loaded is not None,
        "model_type": "sbert-logreg",
        "encoder_back_end": None,
        "model_version": None,
        "recipe": None,
        "fallback": loaded is None or ranker.stands_in(loaded[0]),
        "reason": ranker.reason(),
    }
    try:
        settings = Settings.from_env(os.environ)
    except AssayError:
        return info
    info |= {"embedding_model": settings.emb_model, "model_path": str(settings.model_dir)}
    info["encoder_back_end"] = serving_encoder(settings).current().back_end
    ref = loaded[0] if loaded is not None else ranker.champion
    if ref is not None:
        path = ref.path / artifact.MODEL_FILE
        info |= {"model_path": str(path), "model_exists": path.is_file(), "model_version": ref.model_version}
    if loaded is not None:
        info["recipe"] = loaded[1].recipe
    return info


@masks_output(as_is="the caller's own texts with figures", takes_gaps="ranking stores no text")
def rerank_file(
    workspace: Workspace, user: User, prompt: str, path: Path, *, top_k: int | None = None
) -> dict[str, Any]:
    """Order the candidates of a file; what ``rerank --json`` prints, and beside it in words: ``reason`` where
    ``fallback`` is true, ``doubt`` where the order should not be relied on.

    Raises:
        BadInput: the prompt is empty or the file holds no usable candidates.
    """
    workspace.require(user, Act.RERANK)
    if not prompt.strip():
        raise BadInput("The question is empty. Say what was asked with --prompt.")
    texts = [str(candidate["text"]) for candidate in read_candidates(path)]
    ranking = rank(workspace, user, prompt, texts, source="command line")
    usage.log_of(workspace).write()
    results = [{"index": i, "text": texts[i], "score": ranking.scores[i]} for i in ranking.order]
    return {
        "model_version": ranking.model_version,
        "fallback": ranking.fallback,
        "results": results[:top_k],
        "reason": ranking.reason,
        "doubt": None if ranking.certainty is None else ranking.certainty.doubt,
    }
