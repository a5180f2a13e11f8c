"""Scores for every row of a file: which model and encoder, the parts, the file with the result."""

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from core.domain.errors import BadInput, Conflict, Unavailable
from core.domain.files import file_sha256
from core.domain.plain import AS_IS
from core.domain.roles import Act, User
from core.domain.settings import Settings
from core.labeling.scoring.table import AnswerTable, Asked, Survey, in_parts, result_row
from core.labeling.writing import check_target, write_table
from core.services.masking import masks_output
from core.services.reranking import reranking
from core.services.workspace import Workspace
from core.serving.encoders import ServingEncoder
from core.serving.reranker import Reranker
from core.serving.scoring.parts import PART_CHARACTERS, PART_ROWS, Parts, part_rows, parts_of, says_where
from core.serving.scoring.pool import Pool, check_pool, pool_of
from core.serving.scoring.scorer import AnswerScorer, Scored, Texts
from core.store import scratch

_BUILD_SECONDS = 120.0
"""So long a file of more than one part waits for the fast encoder that is being built: it wins that back."""


@dataclass(frozen=True, slots=True)
class ScoringProgress:
    """How far it is."""

    done: int
    total: int
    """Rows of the file."""
    anew: bool = False
    """There were parts of another input, model or encoder, which do not count."""
    kept: int = 0
    """Rows whose scores were there from a run before."""


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """What was written."""

    rows: int
    scored: int
    path: Annotated[str, AS_IS]
    model_version: Annotated[str, AS_IS]
    encoder: Annotated[str, AS_IS]
    """The back end that made the vectors."""
    fallback: bool
    """Another model than the one in use scored, because that one cannot be loaded."""
    kept: int
    """Rows whose scores were there from a run before."""
    replaced: int
    """Workers that died and were replaced."""

    def to_json(self) -> dict[str, Any]:
        """As ``score --json`` prints it."""
        return {
            "rows": self.rows,
            "scored": self.scored,
            "unscored": self.rows - self.scored,
            "path": self.path,
            "model_version": self.model_version,
            "encoder": self.encoder,
            "fallback": self.fallback,
            "kept": self.kept,
            "replaced": self.replaced,
        }


@masks_output(as_is="counts and names of files", takes_gaps="scoring stores no text")
def score_file(
    workspace: Workspace,
    user: User,
    path: Path,
    out: Path,
    *,
    model_version: str | None = None,
    mapping: Mapping[str, str] | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
) -> Iterator[ScoringProgress | ScoreResult]:
    """Write a file with a score beside every answer, part by part; yields progress, and the result last.

    What is there of a run that was interrupted is used if input, model and encoder are the same. ``mapping`` says which
    column is user_prompt and which is ai_response where their names do not. ``workers``: processes on this machine,
    None for one a core; or the ``scheduler`` of a Dask cluster.

    Raises:
        BadInput: the file or the place of the result cannot be used; nothing was scored.
        Conflict: another process scores into the same file, or the input was changed meanwhile.
        NotFound: there is no version of that name.
        Unavailable: no model can be used, a worker or the disk fails; finished parts stay.
    """
    workspace.require(user, Act.RERANK)
    check_pool(workers, scheduler)
    target = check_target(out)
    if target == path.resolve():
        raise BadInput("The result would replace the file that is scored. Name another file with --out.")
    table = AnswerTable(path, mapping or {})
    state = _state(path)
    survey = table.survey()
    ranker = reranking.ranker_for(workspace, model_version)
    serving = reranking.serving_encoder(workspace.settings)
    if survey.rows > PART_ROWS:
        _await_builds(ranker, serving)
    scorer = _scorer(ranker, workspace.settings, serving, here=scheduler is None)
    pool = pool_of(scorer.score, workers, scheduler)
    scratch.note(workspace.settings.home, target.parent)
    about = {
        "input": file_sha256(path),
        "columns": table.named,
        "model": scorer.model_version,
        "encoder": scorer.encoder + (f" {scorer.tuned}" if scorer.tuned else ""),
        "part": [part_rows(survey.rows), PART_CHARACTERS],
    }
    with parts_of(target) as parts:
        anew: list[bool] = []
        says_where(lambda: anew.append(parts.begin(about)))
        kept = 0
        for progress in _scored(table, parts, pool, survey.rows, anew[0]):
            kept = progress.kept
            yield progress
        if _state(path) != state:
            raise Conflict(f"{path.name} was changed while it was scored. Nothing was written; run it again.")
        scored = _joined(table, survey, parts, out, scorer.model_version)
        parts.remove()
    yield ScoreResult(
        survey.rows,
        scored,
        str(out),
        scorer.model_version,
        serving.current().back_end,
        fallback=_stands_in(ranker),
        kept=kept,
        replaced=pool.replaced,
    )


def scorer_from_environment(model_version: str | None = None) -> AnswerScorer:
    """What scores in a program that only imported ``core``, with the model in use or with a version that is named.

    Raises:
        AssayError: the sentence says why no model can be used.
    """
    settings = Settings.from_env(os.environ)
    ranker = reranking.reranker_from_environment(model_version)
    return _scorer(ranker, settings, reranking.serving_encoder(settings))


def _scorer(ranker: Reranker, settings: Settings, serving: ServingEncoder, *, here: bool = False) -> AnswerScorer:
    """What scores; ``here``: on this machine alone, where a fast build of tuned layers is found."""
    loaded = ranker.model()
    if loaded is None:
        why = "none is in use yet" if ranker.no_champion else (ranker.reason() or "").rstrip(".")
        raise Unavailable(f"No model can score: {why}. Nothing was scored. python -m core status says where you stand.")
    ref, model = loaded
    confidence = ranker.confidence()
    encoder = serving.current()
    tuned = serving.tuned(model.deep.sha256, model.deep.file) if here and model.deep is not None else None
    return AnswerScorer(
        ref.model_version,
        model,
        None if confidence is None else replace(confidence, known=None),  # the questions it knows are not asked for
        settings.emb_model,
        settings.home,
        encoder.fingerprint,
        None if tuned is None or encoder.reference == encoder.fingerprint else tuned.fingerprint,
    )


def _stands_in(ranker: Reranker) -> bool:
    return ranker.loaded is not None and ranker.stands_in(ranker.loaded)


def _await_builds(ranker: Reranker, serving: ServingEncoder) -> None:
    """Let fast builds that are being made be ready: one encoder makes the vectors of the whole file."""
    give_up = time.monotonic() + _BUILD_SECONDS
    loaded = ranker.model()
    deep = None if loaded is None else loaded[1].deep
    while time.monotonic() < give_up:
        serving.current()  # looks, and begins the build where there is none
        if deep is not None:
            serving.tuned(deep.sha256, deep.file)
        if not serving.pending and not (deep is not None and serving.tuned_pending(deep.sha256)):
            return
        time.sleep(0.5)


def _scored(
    table: AnswerTable, parts: Parts, pool: Pool[Texts, list[Scored]], total: int, anew: bool
) -> Iterator[ScoringProgress]:
    """Score all parts that are not there yet, and keep each as soon as it is scored."""
    kept = done = 0
    sizes: dict[int, int] = {}

    def missing() -> Iterator[tuple[int, list[tuple[object, object]]]]:
        nonlocal kept
        for number, part in _numbered(table, total):
            if parts.read(number, len(part)) is None:
                sizes[number] = len(part)
                yield number, [(row.question, row.answer) for row in part]
            else:
                kept += len(part)

    yield ScoringProgress(0, total, anew)
    for number, scores in pool.map(missing()):
        says_where(lambda number=number, scores=scores: parts.keep(number, scores))  # type: ignore[misc]
        done += sizes.pop(number)
        yield ScoringProgress(kept + done, total, anew, kept)
    yield ScoringProgress(kept + done, total, anew, kept)


def _joined(table: AnswerTable, survey: Survey, parts: Parts, out: Path, model_version: str) -> int:
    """Write the result from the file and its parts; how many rows have a score."""
    scored = 0
    columns = survey.columns()

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal scored
        for number, part in _numbered(table, survey.rows):
            scores = parts.read(number, len(part))
            if scores is None:
                raise Unavailable(
                    f"The scores of part {number} are gone from the folder {out.name}.parts. Run the same command "
                    "again: only what is missing is scored."
                )
            for row, found in zip(part, scores, strict=True):
                scored += found.score is not None
                yield result_row(row, _added(row, found, model_version), columns)

    write_table(out, columns, rows())
    return scored


def _added(row: Asked, found: Scored, model_version: str) -> dict[str, object]:
    return {
        "score": found.score,
        "certainty": found.certainty,
        "model_version": None if found.score is None else model_version,
        "reason": row.unreadable or found.reason,
    }


def _numbered(table: AnswerTable, rows: int) -> Iterator[tuple[int, list[Asked]]]:
    return enumerate(in_parts(table.rows(), most_rows=part_rows(rows), most_characters=PART_CHARACTERS))


def _state(path: Path) -> tuple[int, int, int]:
    about = path.stat()
    return about.st_ino, about.st_size, about.st_mtime_ns
