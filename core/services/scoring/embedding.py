"""Texts of the database as numbers, made ahead: the training after it only looks them up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.domain.errors import Conflict, Unavailable
from core.domain.roles import Act, User
from core.domain.texts import text_hash
from core.reward.recipes.base import Pair
from core.reward.recipes.registry import PAIR
from core.services.masking import masks_output
from core.services.reranking.reranking import reference_embedder
from core.services.running import jobs
from core.services.running.jobs import Step
from core.services.running.workers import somebody_trains
from core.services.workspace import Workspace, this_process
from core.serving.processes import start_detached
from core.serving.scoring.pool import check_pool, pool_of
from core.serving.scoring.vectors import TextReader
from core.store import audit
from core.store.database import Session, private_folder
from core.store.retrying import written
from core.store.running import jobs as stored
from core.store.running.jobs import EMBEDDING, Claim, Job
from core.store.training import embeddings
from core.store.training.embeddings import DatabaseVectors

ANSWERS = 200
"""Answers of one part; what is interrupted loses a few seconds of work."""

_Found = list[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class EmbeddingProgress:
    """How far it is."""

    done: int
    """Answers whose vectors, and those of their questions, are in the database."""
    total: int


@masks_output(takes_gaps="it stores no text")
def embed(
    workspace: Workspace,
    user: User,
    *,
    everything: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
) -> Iterator[EmbeddingProgress]:
    """Compute the vectors that a training needs and the database does not have, and keep them there.

    For rated answers, or with ``everything`` for all. Yields how far it is after every part of 200 answers; what was
    done stays when it is interrupted, and the next time begins behind it. ``workers``: processes on this machine, None
    for one a core; or the ``scheduler`` of a Dask cluster. Pages show how far it is, and can stop it.

    Raises:
        NotAllowed: the role does not include training.
        BadInput: there cannot be so many workers, or texts must not travel to that scheduler.
        Conflict: it is being done already.
        Cancelled: somebody asked to stop it.
        Unavailable: the encoder cannot be loaded, or the database does not answer.
    """
    workspace.require(user, Act.TRAIN)
    check_pool(workers, scheduler)
    job = _begin(workspace, user, everything, process=this_process())
    with jobs.carried_out(workspace, job) as step:
        yield from _embed(workspace, step, workers, scheduler)


@masks_output()
def start(workspace: Workspace, user: User, *, everything: bool = False) -> int:
    """Begin ``embed`` beside the pages: by a worker, or where none lives that trains by a process of this machine.

    Raises:
        NotAllowed: the role does not include training.
        Conflict: it is being done already.
        Unavailable: the process could not be started.
    """
    workspace.require(user, Act.TRAIN)
    job = _begin(workspace, user, everything, process=None)
    if job.for_worker:
        return job.job_id
    try:
        private_folder(jobs.log_file(workspace, 0).parent)
        with jobs.log_file(workspace, job.job_id).open("wb") as log:
            pid = start_detached("core", "embed", "--job", str(job.job_id), "--debug", output=log)
    except OSError as error:
        why = f"It could not be started: {error.strerror}. Check disk and rights."
        written(workspace.store, lambda session: stored.end(session, Claim.of(job), "failed", message=why))
        raise Unavailable(why) from error
    process = this_process().rpartition(":")[0] + f":{pid}"
    written(workspace.store, lambda session: stored.note_process(session, job.job_id, process))
    return job.job_id


@masks_output()
def carry_out(workspace: Workspace, user: User, job_id: int) -> Iterator[EmbeddingProgress]:
    """Do what a page asked for, to its end, in this process; yields as ``embed`` does.

    Raises:
        NotFound: it does not wait any more.
        AssayError: as ``embed``.
    """
    workspace.require(user, Act.TRAIN)
    with jobs.carried_out(workspace, jobs.taken(workspace, job_id)) as step:
        yield from _embed(workspace, step, None, None)


@masks_output()
def carry_out_next(workspace: Workspace, user: User, *, stopping: Callable[[], bool]) -> int | None:
    """Do what waits for a worker, to its end, in this process; its number, None where nothing waits.

    Raises:
        AssayError: as ``embed``; GivenBack.
    """
    workspace.require(user, Act.TRAIN)
    job = jobs.taken_next(workspace, EMBEDDING)
    if job is None:
        return None
    with jobs.logged(workspace, job), jobs.carried_out(workspace, job, stopping) as step:
        for _ in _embed(workspace, step, None, None):
            pass
    return job.job_id


def _begin(workspace: Workspace, user: User, everything: bool, *, process: str | None) -> Job:
    jobs.stop_dead(workspace)

    def begin(session: Session) -> Job:
        job = stored.begin(
            session,
            EMBEDDING,
            {"all": everything},
            user,
            process=process,
            for_worker=process is None and somebody_trains(session),
        )
        if len(stored.active(session, EMBEDDING)) > 1:
            raise Conflict("The texts are being read already; Train shows how far it is. Nothing was started.")
        audit.write(session, user, "started embedding", f"job {job.job_id}", new={"all": everything})
        return job

    return written(workspace.store, begin)


def _embed(workspace: Workspace, step: Step, workers: int | None, scheduler: str | None) -> Iterator[EmbeddingProgress]:
    everything = bool(step.job.options.get("all"))
    workspace.pick_up(at_once=True)
    embedder = reference_embedder(workspace)
    settings = workspace.settings
    reader = TextReader(settings.emb_model, settings.home, embedder.computed_by, PAIR.view)
    with workspace.store.read() as session:
        total = embeddings.count_answers(session, rated=not everything)
    at_work: dict[int, _Found] = {}  # by the number of the answer before it
    done = 0
    last_told = EmbeddingProgress(done, total)
    yield last_told

    def parts() -> Iterator[tuple[int, list[str]]]:
        nonlocal done
        last = 0
        while True:
            with workspace.store.read() as session:
                found = embeddings.answers_after(session, last, rated=not everything, limit=ANSWERS)
            if not found:
                return
            after, last = last, found[-1][0]
            texts = embedder.missing(PAIR.texts([Pair(prompt, answer) for _, prompt, answer in found]), PAIR.view)
            if texts:
                at_work[after] = found
                yield after, texts
            else:
                done += len(found)
            step.at(done, max(total, done))

    for after, vectors in pool_of(reader.read, workers, scheduler).map(parts()):
        embedder.keep(vectors, PAIR.view)
        found = at_work.pop(after)
        _forget_what_went(workspace, embedder.key(PAIR.view), after, found, everything)
        done += len(found)
        step.at(done, max(total, done))
        last_told = EmbeddingProgress(done, max(total, done))
        yield last_told
    if last_told.done < done:  # what came last was there
        yield EmbeddingProgress(done, max(total, done))
    step.done = step.total = done
    jobs.finished(workspace, step, answers=done)


def _forget_what_went(workspace: Workspace, key: str, after: int, found: _Found, everything: bool) -> None:
    """Remove vectors of texts that were erased or changed while they were computed: the erasure could not."""
    with workspace.store.read() as session:
        now = embeddings.answers_after(session, after, rated=not everything, limit=len(found))
    if now == found:
        return
    there = {text for _, *texts in now for text in texts}
    gone = {text for _, *texts in found for text in texts} - there
    DatabaseVectors(workspace.store).drop(key, [text_hash(text) for text in gone])
