"""Large exports that a worker prepares while people go on: asked for on the Data page, and downloaded there."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from core.domain.errors import BadInput, HoldsIdentifiers, NotFound
from core.domain.roles import Act, User
from core.labeling.export_columns import EXPORTS
from core.labeling.writing import check_target
from core.services.data import exporting
from core.services.data.exporting import Marked
from core.services.masking import masks_output
from core.services.running import jobs
from core.services.running.jobs import JobView, Step
from core.services.running.workers import place_of, somebody_exports
from core.services.workspace import Workspace
from core.store import audit
from core.store.database import Session, private_folder
from core.store.interactions import exports
from core.store.retrying import written
from core.store.running import jobs as stored
from core.store.running.jobs import EXPORT, Job
from core.store.scratch import scratch

LARGE = 20_000
"""Rows of a file that is left to a worker: where it is asked for it would hold up the page for seconds."""


@dataclass(frozen=True, slots=True)
class PreparedExport:
    """An export beside the page."""

    job: JobView
    has_file: bool
    """Whether its file can be downloaded from this server."""


@masks_output()
def start(
    workspace: Workspace, user: User, kind: str, ending: str, *, marked: Marked = Marked.REFUSE, reason: str = ""
) -> int | None:
    """Leave an export to a worker; None where it is small, or no worker takes it: then it is made at once.

    One that this person asked for alike, and that still waits, is the same one.
    ``ending``: csv, jsonl or parquet. The rest as ``exporting.export``.

    Raises:
        NotAllowed: the role does not include exports.
        BadInput: unknown kind or ending, or no reason where one is needed.
    """
    workspace.require(user, Act.READ_DATA)
    if kind not in EXPORTS:
        raise BadInput(f"{kind!r} is not an export; choose one of {', '.join(exporting.KINDS)}.")
    place = place_of(workspace.settings.home)
    check_target(workspace.settings.home / f"assay_{kind}.{ending}")
    options = {"kind": kind, "ending": ending, "marked": str(marked)}
    if marked is Marked.INCLUDE:
        options["reason"] = exporting.checked_reason(user, reason)
    with workspace.store.read() as session:
        if exports.size(session, kind) < LARGE or not somebody_exports(session, place):
            return None

    def begin(session: Session) -> int:
        asked_twice = stored.waiting_alike(session, EXPORT, options, user)
        if asked_twice is not None:
            return asked_twice.job_id
        job = stored.begin(session, EXPORT, options, user, for_worker=True, place=place)
        audit.write(session, user, "asked for export", f"job {job.job_id}", new={"kind": kind})
        return job.job_id

    return written(workspace.store, begin)


@masks_output()
def listed(workspace: Workspace, user: User) -> list[PreparedExport]:
    """The exports that workers prepare, or prepared within a day, newest first."""
    workspace.require(user, Act.READ_DATA)
    files = stored.files_folder(workspace.settings.home)
    return [
        PreparedExport(job, bool(job.result.get("folder")) and (files / str(job.result["folder"])).is_dir())
        for job in jobs.listed(workspace, user, [EXPORT])
    ]


@masks_output(as_is="a file that was made to leave; what it holds was decided when it was asked for")
def content(workspace: Workspace, user: User, job_id: int) -> bytes:
    """The file of an export.

    Raises:
        NotFound: it is not here any more.
    """
    workspace.require(user, Act.READ_DATA)
    with workspace.store.read() as session:
        job = stored.find(session, job_id)
        folder = "" if job is None else stored.folder_of(job)
    try:
        if folder:
            (file,) = (stored.files_folder(workspace.settings.home) / folder).iterdir()
            return file.read_bytes()
    except (OSError, ValueError):  # it went at this moment
        pass
    raise NotFound("This file is not here any more. Prepare it again.")


@masks_output()
def carry_out_next(workspace: Workspace, user: User, *, stopping: Callable[[], bool]) -> int | None:
    """Make the export that waits longest for a worker of this ASSAY_HOME; its number, None where nothing waits.

    It is made in the name of whoever asked for it. How it ended, and why, stands in the job.

    Raises:
        AssayError: as ``exporting.export``; GivenBack.
    """
    workspace.require(user, Act.READ_DATA)
    job = jobs.taken_next(workspace, EXPORT, place_of(workspace.settings.home))
    if job is None:
        return None
    with jobs.logged(workspace, job), jobs.carried_out(workspace, job, stopping) as step:
        try:
            _make(workspace, job, step)
        except HoldsIdentifiers as error:  # no failure: the person has to say what shall become of them
            jobs.finished(workspace, step, asks=str(error))
    return job.job_id


def _make(workspace: Workspace, job: Job, step: Step) -> None:
    options, files = job.options, stored.files_folder(workspace.settings.home)
    kind = str(options["kind"])
    with workspace.store.read() as session:
        step.total = exports.size(session, kind)
    private_folder(files)
    with scratch(files) as making:
        path = making / f"assay_{kind}.{options['ending']}"
        made = exporting.export(
            workspace,
            User(job.rater_id, job.requested_by),
            kind,
            path,
            marked=Marked(options["marked"]),
            reason=str(options.get("reason", "")),
            on_row=step.at,
        )
        folder = secrets.token_hex(16)
        (making / folder).mkdir(mode=0o700)
        path.rename(making / folder / path.name)
        (making / folder).rename(files / folder)
    step.done = step.total = made.rows
    figures = {"rows": made.rows, "without_pair": made.prompts_without_pair, "left_out": made.left_out}
    try:
        jobs.finished(workspace, step, folder=folder, **figures)
    except BaseException:
        stored.delete_file(workspace.settings.home, folder)
        raise
