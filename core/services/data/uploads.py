"""Files that somebody is bringing in: a copy is kept, looked at, checked whole and imported beside the dashboard.

The check and the import of a large file run in a process of their own, which outlives page and browser; that of a small
one where it was asked for. Every page reads the same rows to tell how far they are.
"""

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, BinaryIO

from core.domain.errors import BadInput, Conflict, NotFound, Unavailable
from core.domain.plain import AS_IS, Name
from core.domain.records import Rejected
from core.domain.roles import Act, User
from core.domain.texts import with_marks
from core.labeling.column_names import suggest_mapping
from core.labeling.how_to_read import HowToRead
from core.labeling.raw_rows import Table
from core.labeling.rows import understand
from core.labeling.scales import RatingValues, as_given
from core.labeling.tables import open_table
from core.services.data import checking, importing
from core.services.data.checking import Checked, CheckProgress
from core.services.data.importing import Stopped
from core.services.masking import masks_output
from core.services.running.carrying import GIVEN_BACK, GivenBack, Sentences, end_told
from core.services.running.logs import process_log
from core.services.running.workers import place_of, somebody_imports
from core.services.workspace import Workspace, is_dead, this_process
from core.serving.processes import start_detached
from core.store import audit
from core.store.database import Session, private_folder
from core.store.interactions import uploads
from core.store.interactions.uploads import Claim, Upload
from core.store.retrying import retried, written
from core.store.scratch import scratch

LOOKED_AT = 200
"""Rows that a first look reads."""
SHOWN = 5
MOST_VALUES = 50
SMALL = 200_000
"""Bytes of a file that is checked and imported where that is asked for: it takes a second or two."""
SMALL_PACKED = 20_000
"""The same for files that are compressed."""
PACKED = (".gz", ".xlsx", ".parquet")
BEAT_SECONDS = 1.0
MOST_LOST = 3
"""A file is taken up again after so many workers ended in the middle of it: one that needs too much memory ends all."""
AT_ONCE = 1 << 20
"""Bytes that are copied at once."""
MOST_PATHS, DEEPEST = 60, 5
"""Paths into nested columns that are offered, and how deep they go."""
GONE = "The copy of this file is not here any more. Nothing was changed. Choose the file again."


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What the beginning of a file says: enough to choose columns and scale before the whole is checked."""

    kind: str
    """What the file is, in words."""
    sheets: tuple[str, ...]
    sheet: str
    columns: Annotated[tuple[str, ...], AS_IS]
    """What can be mapped: the file's columns, then paths into nested ones (``input.messages[-1].content``)."""
    rows: tuple[dict[str, Any], ...]
    """The first five rows as the file has them."""
    mapping: Annotated[dict[str, str], AS_IS]
    """Our column names -> the file's, as applied; where ``problem`` is set, as far as they can be guessed."""
    shape: str = ""
    """Its name, for ``HowToRead.shape``."""
    values: tuple[tuple[str, int], ...] = ()
    """The ratings of the first 200 rows as the file writes them, each with its count, the most frequent first."""
    must_ask: bool = False
    """By the first 200 rows: the ratings are no whole numbers from 1 to 5, and nobody said what they mean."""
    question: str = ""
    """The sentence that says so; empty unless ``must_ask``."""
    likely: tuple[str, ...] = ()
    """Names of the scales that fit, the likeliest first."""
    judges: tuple[str, ...] = ()
    """LLM judges whose scores the file has."""
    problem: str = ""
    """Why nothing can be imported like this, in a sentence (a column has to be chosen, ...); empty where it can."""


@dataclass(frozen=True, slots=True)
class UploadView:
    """One file on its way in, for everybody who may import."""

    upload_id: int
    file_name: str
    size: int
    """Bytes."""
    requested_by: Name
    state: str
    """``chosen``, ``checking``, ``checked``, ``importing``, ``stopped`` (a part is in; it can go on), ``finished``."""
    how: Annotated[HowToRead, AS_IS]
    report: Checked | None
    """From the state ``checked`` until it is finished."""
    rows_done: int
    """Of the check or the import that runs, or ran last."""
    rows_total: int | None
    """None until the file was checked."""
    cancel_requested: bool
    message: str | None
    """Why it stopped, or why the check did not come to its end (then the state is ``chosen``)."""
    import_id: int | None
    """Once an import began: its record (``importing.recorded``) says what came in."""
    has_copy: bool
    """Whether the file is still here; without it nothing can be checked, imported or resumed."""
    for_worker: bool
    """A worker does it, or did it last."""
    host: Annotated[str, AS_IS]
    """The machine that does it; empty while it waits."""
    created_at: datetime
    heartbeat_at: datetime

    @property
    def active(self) -> bool:
        """Whether it is being checked or imported."""
        return self.state in uploads.ACTIVE


@masks_output()
def take(workspace: Workspace, user: User, file_name: str, stream: BinaryIO) -> int:
    """Copy a file to where only this server reads it; the upload's number, its state is ``chosen``.

    Raises:
        NotAllowed: the person may not import.
        Unavailable: the disk is full, or cannot be written; nothing of it is left there.
    """
    workspace.require(user, Act.CHANGE_DATA)
    home, folder, file_name = workspace.settings.home, secrets.token_hex(16), with_marks(file_name)
    private_folder(uploads.copies_folder(home))
    try:
        with scratch(uploads.copies_folder(home)) as making:
            size, file_hash = _write_copy(stream, making / _safe(file_name))
            values = {"file_name": file_name, "folder": folder, "size": size, "file_hash": file_hash}
            values["place"] = place_of(home)
            # the row first: a folder without one would belong to nobody
            upload_id = written(workspace.store, lambda session: uploads.add(session, values, user).upload_id)
            making.rename(uploads.copies_folder(home) / folder)
    except OSError as error:
        raise Unavailable(
            f"The file could not be kept on this server ({error.strerror}). Nothing was imported, and nothing of it is "
            "left here. Free some space on its disk, then choose the file again.",
            detail=f"It was being copied to {uploads.copies_folder(home)}.",
        ) from error
    return upload_id


@masks_output()
def first_look(workspace: Workspace, user: User, upload_id: int, how: HowToRead) -> FirstLook:
    """Read the beginning of a file as ``how`` says; whatever it leaves empty is found by looking.

    Raises:
        NotFound: the upload, or its copy, is not here any more.
        BadInput: it is no file that can be read, or has no such sheet.
    """
    workspace.require(user, Act.CHANGE_DATA)
    with workspace.store.read() as session:
        upload = _find(session, upload_id)
    table = open_table(_copy_of(workspace, upload), how.sheet)
    first = [row.values for row in islice(table.rows(), LOOKED_AT) if not isinstance(row, Rejected)]
    paths = tuple(islice(_paths(table, first), MOST_PATHS))
    look = FirstLook(
        kind=table.kind,
        sheets=table.sheets,
        sheet=table.sheet,
        columns=(*table.columns, *paths),
        rows=tuple(dict(values) for values in first[:SHOWN]),
        mapping=dict(how.mapping) or _suggest(table.columns, paths),
    )
    try:
        values = RatingValues(as_given())
        understood = understand(table, how, values)
        values.scale = understood.scale
        for _ in islice(understood.rows(), LOOKED_AT):
            pass
    except BadInput as error:  # the person who chooses the columns has to see them first
        return replace(look, problem=str(error))
    must_ask = values.must_ask and not how.scale
    return replace(
        look,
        shape=understood.shape.name,
        mapping=dict(understood.mapping),
        values=tuple(values.counts.most_common(MOST_VALUES)),
        must_ask=must_ask,
        question=values.question if must_ask else "",
        likely=tuple(scale.name for scale in values.likely),
        judges=tuple(understood.judges.values()),
    )


@masks_output()
def start_check(workspace: Workspace, user: User, upload_id: int, how: HowToRead) -> None:
    """Check the whole file as ``how`` says; a small one is checked when this returns, also one checked before.

    Raises:
        NotFound: the upload, or its copy, is not here any more.
        Conflict: it is being checked or imported, or was imported.
        BadInput: (a small file) nothing can be read or understood.
        Unavailable: the process could not be started.
    """
    workspace.require(user, Act.CHANGE_DATA)
    _start(workspace, user, upload_id, "checking", ("chosen", "checked"), how)


@masks_output()
def start_import(workspace: Workspace, user: User, upload_id: int) -> None:
    """Import a checked file as its check read it; a small one is in when this returns.

    Raises:
        NotFound: the upload, or its copy, is not here any more.
        Conflict: it is not checked, or the same file is being imported.
        BadInput: nobody said what its ratings mean.
        Unavailable: the process could not be started.
    """
    workspace.require(user, Act.CHANGE_DATA)
    _start(workspace, user, upload_id, "importing", ("checked",))


@masks_output()
def resume(workspace: Workspace, user: User, upload_id: int) -> None:
    """Go on with an import that stopped.

    Raises:
        As ``start_import``.
    """
    workspace.require(user, Act.CHANGE_DATA)
    _start(workspace, user, upload_id, "importing", ("stopped",))


@masks_output()
@retried
def cancel(workspace: Workspace, user: User, upload_id: int) -> None:
    """Ask a check or an import to stop, which it does within seconds; what was imported stays."""
    workspace.require(user, Act.CHANGE_DATA)
    with workspace.store.write() as session:
        upload = uploads.find(session, upload_id, lock=True)
        if upload is not None and upload.state in uploads.ACTIVE and not upload.cancel_requested:
            upload.cancel_requested, importing_it = True, upload.state == "importing"
            if upload.for_worker and upload.process is None:
                _end_early(session, Claim.of(upload), "It was stopped before a worker took it.")
            if importing_it:
                audit.write(session, user, "cancelled import", f"import {upload.import_id}")


@masks_output()
def drop(workspace: Workspace, user: User, upload_id: int) -> None:
    """Put an upload away with its copy, or the note of a finished one; what was imported stays.

    Raises:
        Conflict: it is being checked or imported; cancel it first.
    """
    workspace.require(user, Act.CHANGE_DATA)
    _stop_dead(workspace)
    folder = written(workspace.store, lambda session: _remove(session, upload_id))
    uploads.delete_copy(workspace.settings.home, folder)


@masks_output()
def listed(workspace: Workspace, user: User) -> list[UploadView]:
    """The uploads of the last 30 days, newest first; one whose process died is first marked as stopped."""
    workspace.require(user, Act.READ_DATA)
    _stop_dead(workspace)
    with workspace.store.read() as session:
        return [_view(workspace, upload) for upload in uploads.listed(session)]


@masks_output()
def carry_out(workspace: Workspace, user: User, upload_id: int) -> None:
    """Check or import what was asked for on the page, to its end, in this process.

    It is done in the name of whoever asked for it. How it ended, and why, stands in the upload.

    Raises:
        Conflict: it is not waiting to be done any more, or was stopped.
        AssayError: it could not be done.
    """
    workspace.require(user, Act.CHANGE_DATA)
    _carry_out(workspace, _take_over(workspace, upload_id))


@masks_output(as_is="the number of an upload")
def carry_out_next(workspace: Workspace, user: User, *, stopping: Callable[[], bool]) -> int | None:
    """Check or import what waits longest for a worker, in this process; the upload's number, None where nothing waits.

    Only files whose copies this machine can read are taken. Where ``stopping`` says so, it is given back, and the next
    worker takes it up where it stopped.

    Raises:
        As ``carry_out``; GivenBack.
    """
    workspace.require(user, Act.CHANGE_DATA)
    _stop_dead(workspace)
    place = place_of(workspace.settings.home)
    upload = written(workspace.store, lambda session: uploads.take_next(session, place, this_process()))
    if upload is None:
        return None
    with process_log(log_file(workspace, upload.upload_id), f"{upload.state}, by {this_process()}"):
        _carry_out(workspace, upload, stopping)
    return upload.upload_id


def _carry_out(workspace: Workspace, upload: Upload, stopping: Callable[[], bool] = lambda: False) -> None:
    """Check or import, under the claim that stands in ``upload``."""
    claim = Claim.of(upload)
    with _end_recorded(workspace, upload):
        path, how = _copy_of(workspace, upload), HowToRead.from_json(upload.how)
        asked_by = User(upload.rater_id, upload.requested_by)
        steps: Generator[object, None, None]
        if upload.state == "checking":
            steps = _check(workspace, asked_by, claim, path, how)
        else:
            steps = importing.import_checked(
                workspace,
                asked_by,
                path,
                how,
                file_name=upload.file_name,
                file_hash=upload.file_hash,
                claim=claim,
            )
        with closing(steps):
            for _ in steps:
                if stopping():
                    raise GivenBack("The worker was stopped. The next one goes on where it stopped.")


@retried
def _take_over(workspace: Workspace, upload_id: int) -> Upload:
    with workspace.store.write() as session:
        upload = _find(session, upload_id)
        if not uploads.take(session, upload, this_process()):
            raise Conflict("This file is not waiting to be checked or imported any more.")
        return upload


def log_file(workspace: Workspace, upload_id: int) -> Path:
    """Where a process that checks or imports writes its last words."""
    return workspace.settings.home / "logs" / f"import-{upload_id}.log"


def _start(
    workspace: Workspace,
    user: User,
    upload_id: int,
    state: str,
    allowed: tuple[str, ...],
    how: HowToRead | None = None,
) -> None:
    _stop_dead(workspace)
    upload = _begin(workspace, user, upload_id, state, allowed, how)
    if _is_small(upload):
        carry_out(workspace, user, upload_id)
    if _is_small(upload) or upload.for_worker:
        return
    private_folder(log_file(workspace, 0).parent)
    process = upload.process or ""
    try:
        with log_file(workspace, upload_id).open("wb") as log:
            pid = start_detached("core", "import", "--upload", str(upload_id), "--debug", output=log)
    except OSError as error:
        why = f"It could not be started: {error.strerror}. Check disk and rights."
        written(workspace.store, lambda session: uploads.end(session, Claim.of(upload), allowed[-1], message=why))
        raise Unavailable(why) from error
    child = process.rpartition(":")[0] + f":{pid}"
    # its early death is noticed; where it was quicker, it stands there itself already
    written(workspace.store, lambda session: uploads.note_process(session, upload_id, process, child))


def _is_small(upload: Upload) -> bool:
    return upload.size <= (SMALL_PACKED if upload.file_name.casefold().endswith(PACKED) else SMALL)


@retried
def _begin(
    workspace: Workspace, user: User, upload_id: int, state: str, allowed: tuple[str, ...], how: HowToRead | None
) -> Upload:
    with workspace.store.write() as session:
        upload = _find(session, upload_id, lock=True)
        if upload.state not in allowed:
            raise Conflict(_not_now(upload))
        _copy_of(workspace, upload)
        if how is not None:
            upload.how, upload.report = how.to_json(), None
        elif upload.report is not None:
            importing.refuse(Checked.from_json(upload.report))
        for_worker = not _is_small(upload) and somebody_imports(session, upload.place)
        uploads.begin(session, upload, state, None if for_worker else this_process(), user)
        return upload


def _not_now(upload: Upload) -> str:
    if upload.state in uploads.ACTIVE:
        return f"This file is being {upload.state.replace('ing', 'ed')} right now. Wait for its end, or stop it."
    if upload.state == "finished":
        return "This file is imported already. To import it again, choose it again."
    return "This file has to be checked before it is imported. Nothing was changed."


def _check(
    workspace: Workspace, by: User, claim: Claim, path: Path, how: HowToRead
) -> Generator[CheckProgress, None, None]:
    again_at = time.monotonic() + BEAT_SECONDS

    def goes_on(rows: int) -> bool:
        return written(workspace.store, lambda session: uploads.beat(session, claim, rows))

    def end(report: Checked) -> None:
        found = {"report": report.to_json(), "rows_done": report.rows}
        written(workspace.store, lambda session: uploads.end(session, claim, "checked", **found))

    for step in checking.check(workspace, by, path, how):
        if isinstance(step, Checked):
            end(step)
        elif time.monotonic() >= again_at:
            again_at = time.monotonic() + BEAT_SECONDS
            if not goes_on(step.rows):
                raise Stopped("The check was stopped. Nothing was imported.")
            yield step


@contextmanager
def _end_recorded(workspace: Workspace, upload: Upload) -> Iterator[None]:
    """Whatever happens, the upload does not stay active: what stops it is stored with it in a sentence."""
    checking_it = upload.state == "checking"
    stayed = "Nothing was imported." if checking_it else "What came in stays; it can go on where it stopped."
    stopped = f"It stopped unexpectedly. {stayed}"
    memory = f"There was not enough memory for this file. {stayed} A csv or jsonl file needs less."
    claim = Claim.of(upload)

    def end(state: str, sentence: str) -> None:
        def write(session: Session) -> None:
            if state == GIVEN_BACK:
                _give_back(session, claim)
            else:
                _end_early(session, claim, sentence)

        written(workspace.store, write)

    with end_told(Sentences(failed=stopped, stopped=stopped, memory=memory), end):
        yield


def _give_back(session: Session, claim: Claim, *, lost: bool = False) -> None:
    """Let what a worker was doing wait for the next one; what was cancelled meanwhile ends."""
    upload = uploads.find(session, claim.upload_id, lock=True)
    if upload is not None and upload.cancel_requested:
        _end_early(session, claim, "It was stopped.")
    else:
        uploads.give_back(session, claim, lost=lost)


def _end_early(session: Session, claim: Claim, message: str) -> None:
    upload = uploads.find(session, claim.upload_id, lock=True)
    if upload is not None:
        before = "chosen" if upload.state == "checking" else "stopped" if upload.import_id else "checked"
        uploads.end(session, claim, before, message=message)


def _stop_dead(workspace: Workspace) -> None:
    """Tell the uploads whose process died as stopped; those that a worker had wait for the next one, some times."""
    with workspace.store.read() as session:
        begun = [upload for upload in uploads.active(session) if upload.process is not None or not upload.for_worker]
        dead = [upload for upload in begun if is_dead(upload.process, upload.heartbeat_at)]
    if dead:
        written(workspace.store, lambda session: _end_all(session, dead))


def _end_all(session: Session, dead: list[Upload]) -> None:
    for upload in dead:
        if upload.for_worker and upload.lost < MOST_LOST:
            _give_back(session, Claim.of(upload), lost=True)
            continue
        why = (
            "The check ended unexpectedly (stopped, or out of memory). Nothing was imported; check it again."
            if upload.state == "checking"
            else "The import ended unexpectedly (stopped, or out of memory). What came in stays; it can go on."
        )
        _end_early(session, Claim.of(upload), why)


def _remove(session: Session, upload_id: int) -> str:
    """Delete an upload's row; the folder of its copy."""
    upload = uploads.find(session, upload_id, lock=True)
    if upload is None:
        return ""
    if upload.state in uploads.ACTIVE:
        raise Conflict(_not_now(upload))
    uploads.remove(session, [upload_id])
    return upload.folder


def _find(session: Session, upload_id: int, *, lock: bool = False) -> Upload:
    upload = uploads.find(session, upload_id, lock=lock)
    if upload is None:
        raise NotFound("This file is not here any more: somebody put it away. Choose it again.")
    return upload


def _copy(workspace: Workspace, upload: Upload) -> Path | None:
    """The copy of a file, if it may be read: one that an erasure put out can wait for its end on another machine."""
    path = uploads.copies_folder(workspace.settings.home) / upload.folder / _safe(upload.file_name)
    return path if upload.message != uploads.ERASED and path.is_file() else None


def _copy_of(workspace: Workspace, upload: Upload) -> Path:
    path = _copy(workspace, upload)
    if path is None:
        raise NotFound(GONE)
    return path


def _safe(file_name: str) -> str:
    """The name of a copy: that of the file, as far as every disk can hold it; its endings say how to read it."""
    return re.sub(r"[^\w.-]", "_", Path(file_name).name, flags=re.ASCII)[-80:].lstrip(".") or "file"


def _paths(table: Table, rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Paths to the plain values in nested columns, as ``HowToRead.mapping`` writes them."""
    seen: dict[str, None] = {}
    for column in table.columns:
        for values in rows[:SHOWN]:
            for path in _inside(values.get(column), column, 0):
                if path not in seen:
                    seen[path] = None
                    yield path


def _suggest(columns: Sequence[str], paths: Sequence[str]) -> dict[str, str]:
    """Which column is likely what; of a nested column the last text in it."""
    found = suggest_mapping(columns)
    for name, column in found.items():
        inside = [path for path in paths if path.startswith((f"{column}.", f"{column}["))]
        texts = [path for path in inside if path.endswith((".content", ".text"))]
        if inside:
            found[name] = (texts or inside)[-1]
    return found


def _inside(value: object, path: str, depth: int) -> Iterator[str]:
    inner: list[tuple[str, object]] = []
    if isinstance(value, dict):
        inner = [(f"{path}.{key}", one) for key, one in value.items()]
    elif isinstance(value, list) and value:
        inner = [(f"{path}[0]", value[0]), (f"{path}[-1]", value[-1])]  # of one too: other rows can hold more
    elif depth:
        yield path
    for name, one in inner if depth < DEEPEST else ():
        yield from _inside(one, name, depth + 1)


def _write_copy(stream: BinaryIO, to: Path) -> tuple[int, str]:
    """Copy to a new file; its size in bytes and its sha256."""
    digest, size = hashlib.sha256(), 0
    with to.open("xb") as file:
        while piece := stream.read(AT_ONCE):
            digest.update(piece)
            size += file.write(piece)
    return size, digest.hexdigest()


def _view(workspace: Workspace, upload: Upload) -> UploadView:
    report = None if upload.report is None else Checked.from_json(upload.report)
    return UploadView(
        upload_id=upload.upload_id,
        file_name=upload.file_name,
        size=upload.size,
        requested_by=upload.requested_by,
        state=upload.state,
        how=HowToRead.from_json(upload.how),
        report=report,
        rows_done=upload.rows_done,
        rows_total=None if report is None else report.rows,
        cancel_requested=upload.cancel_requested,
        message=upload.message,
        import_id=upload.import_id,
        has_copy=_copy(workspace, upload) is not None,
        for_worker=upload.for_worker,
        host=(upload.process or "").rpartition(":")[0],
        created_at=upload.created_at,
        heartbeat_at=upload.heartbeat_at,
    )
