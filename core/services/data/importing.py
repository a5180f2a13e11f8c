"""Importing files: streamed, in small transactions, resumable, removable; and the sample."""

import shutil
import time
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.files import file_sha256
from core.domain.records import ImportComparison, ImportRow, Rejected
from core.domain.roles import Act, User
from core.domain.texts import with_marks
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import understand
from core.labeling.tables import open_table
from core.services.data.batches import BatchSize, batches, pause_after
from core.services.data.checking import Checked, CheckProgress, check
from core.services.masking import masks_output, without_gaps
from core.services.workspace import Workspace, is_dead, this_process
from core.store import audit
from core.store.database import Session
from core.store.interactions import imports, interactions, uploads
from core.store.interactions.imports import Counted
from core.store.interactions.uploads import Claim
from core.store.judges import scores
from core.store.outcomes import demo
from core.store.retrying import retried, written
from core.store.training import versions

STOPPED = "The import was stopped. What came in stays; it can go on where it stopped."
Understandable = ImportRow | ImportComparison | Rejected
SAMPLE = Path(__file__).parents[2] / "labeling" / "sample.csv"


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is."""

    import_id: int
    rows: int
    rows_per_second: float


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What one run of an import came to: new interactions, new ratings, rows that added neither, rows refused."""

    import_id: int
    added: int
    ratings: int
    duplicates: int
    rejected: list[Rejected]
    rejected_total: int
    left_out: list[Rejected]
    """The first 1,000 rows that are in without the rating, or the judge's word, that the file gave, and why."""
    left_out_total: int
    preferences: int
    ties: int
    equal_pairs: int
    judged: int
    """Scores and choices of LLM judges."""
    resumed: bool

    def to_json(self) -> dict[str, Any]:
        """As ``import --json`` prints it."""
        shown = {
            "added": self.added,
            "ratings": self.ratings,
            "duplicates": self.duplicates,
            "rejected": [{"row": rejected.number, "reason": rejected.reason} for rejected in self.rejected],
            "rejected_total": self.rejected_total,
            "import_id": self.import_id,
            "ratings_left_out": {
                "total": self.left_out_total,
                "rows": [{"row": left_out.number, "reason": left_out.reason} for left_out in self.left_out],
            },
            "preferences": self.preferences,
            "ties": self.ties,
            "equal_pairs": self.equal_pairs,
        }
        return shown | ({"judged": self.judged} if self.judged else {})


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import as the Data page lists it."""

    import_id: int
    file_name: str
    unfinished: bool
    rows_done: int
    added: int
    ratings: int
    duplicates: int
    rejected_total: int
    rejected: list[dict[str, Any]]
    left_out_total: int
    left_out: list[dict[str, Any]]
    preferences: int
    ties: int
    equal_pairs: int
    judged: int
    started_at: datetime


class Stopped(Conflict):
    """Somebody asked to stop a check or an import, or what it reads was erased."""


@masks_output()
def import_file(
    workspace: Workspace,
    user: User,
    path: Path,
    how: HowToRead = HowToRead(),
    *,
    file_name: str | None = None,
    source: str = "import",
) -> Generator[CheckProgress | ImportProgress | ImportResult, None, None]:
    """Check a whole file, then import it; yields progress now and then, after every batch, and the result at the end.

    What was committed stays when it is cut off; importing the same file again finishes it.

    Args:
        workspace: where to.
        user: who imports.
        path: any file that ``open_table`` reads.
        how: how it is to be read; what is empty in it is found by looking.
        file_name: as the user knows the file, when ``path`` is a temporary copy.
        source: ``import``, or ``sample``.

    Raises:
        BadInput: nothing can be read or understood, or nobody said what its ratings mean; nothing was stored.
        Conflict: the same file is being imported right now.
    """
    workspace.require(user, Act.CHANGE_DATA)
    for step in check(workspace, user, path, how):
        if isinstance(step, Checked):
            refuse(step)
        else:
            yield step
    file_name = with_marks(file_name or path.name)
    yield from import_checked(
        workspace, user, path, how, file_name=file_name, file_hash=file_sha256(path), source=source
    )


@masks_output()
def import_checked(
    workspace: Workspace,
    user: User,
    path: Path,
    how: HowToRead,
    *,
    file_name: str,
    file_hash: str,
    source: str = "import",
    claim: Claim | None = None,
) -> Generator[ImportProgress | ImportResult, None, None]:
    """Import a file that was checked as ``how`` says; yields as ``import_file``.

    ``claim``: on the upload that it is the copy of, and that tells how far it is; it can be stopped there.

    Raises:
        As ``import_file``.
        Stopped: the upload was cancelled or taken by another process, or something was erased; what was committed
            stays.
    """
    workspace.require(user, Act.CHANGE_DATA)
    understood = understand(open_table(path, how.sheet), how)
    workspace.pick_up(at_once=True)
    import_id, resumed = _begin(workspace, user, how, file_name, file_hash, source, claim)
    total, rows, started, size = Counted(), 0, time.monotonic(), BatchSize()
    try:
        for batch in batches(understood.rows(), size, _length):
            rows = batch[-1].number  # one row can hold several answers
            counted, seconds = _store(workspace, import_id, batch, rows, how.rater, source, claim)
            total.add(counted)
            size.follow(len(batch), seconds)
            time.sleep(pause_after(workspace, seconds))
            yield ImportProgress(import_id, rows, rows / max(time.monotonic() - started, 1e-9))
        _finish(workspace, user, import_id, total, claim)
    except BaseException:  # also when the reader of this generator goes away, or Ctrl-C
        written(workspace.store, lambda session: imports.end(session, import_id, "stopped", this_process()))
        raise
    workspace.mark_due()
    yield ImportResult(import_id=import_id, resumed=resumed, **vars(total))


def refuse(report: Checked) -> None:
    """Let only a file pass that can be imported as it was checked.

    Raises:
        BadInput: nobody said what its ratings mean.
    """
    if report.must_ask:
        raise BadInput(f"{report.question} {report.option}")


@masks_output()
def recorded(workspace: Workspace, user: User) -> list[ImportRecord]:
    """The latest imports, newest first."""
    workspace.require(user, Act.READ_DATA)
    with workspace.store.read() as session:
        return [
            ImportRecord(
                import_id=record.import_id,
                file_name=record.file_name,
                unfinished=record.state == "stopped"
                or (record.state == "running" and is_dead(record.process, record.heartbeat_at)),
                rows_done=record.rows_done,
                added=record.added,
                ratings=record.ratings,
                duplicates=record.duplicates,
                rejected_total=record.rejected_total,
                rejected=record.rejected,
                left_out_total=record.left_out_total,
                left_out=record.left_out,
                preferences=record.preferences,
                ties=record.ties,
                equal_pairs=record.equal_pairs,
                judged=record.judged,
                started_at=record.started_at,
            )
            for record in imports.listed(session)
        ]


@masks_output()
def remove_import(workspace: Workspace, user: User, import_id: int) -> int:
    """Take an import back whole; how many of its interactions stay: rated since, or sent by a program too.

    Raises:
        NotFound: there is no such import.
        Conflict: it is still running.
    """
    workspace.require(user, Act.CHANGE_DATA)
    with workspace.store.read() as session:
        record = imports.find(session, import_id)
        if record is None:
            raise NotFound(f"There is no import {import_id} any more.")
        if record.state == "running" and not is_dead(record.process, record.heartbeat_at):
            raise Conflict("This import is still running. Wait for its end, then remove it.")
    old = {"sha256": record.file_hash, "added": record.added, "ratings": record.ratings}
    # before the first row goes: whatever ends this early, it is known who began
    written(
        workspace.store,
        lambda session: audit.write(session, user, "removed import", f"import {import_id}", old=old),
    )
    kept = 0
    while True:
        seen, rated_since = written(workspace.store, lambda session: imports.remove_some(session, import_id))
        kept += rated_since
        if not seen:
            break
    while written(workspace.store, lambda session: imports.remove_ratings_some(session, import_id)):
        pass
    while written(workspace.store, lambda session: imports.remove_preferences_some(session, import_id)):
        pass
    written(workspace.store, lambda session: scores.remove_of_import(session, import_id))
    for folder in written(workspace.store, lambda session: _delete_record(session, import_id)):
        uploads.delete_copy(workspace.settings.home, folder)
    return kept


def _delete_record(session: Session, import_id: int) -> list[str]:
    """Delete the record of an import with the uploads that it came from; the folders of their copies."""
    record = imports.find(session, import_id, lock=True)  # a batch that is being stored comes first, or finds it gone
    if record is not None and record.state == "running" and not is_dead(record.process, record.heartbeat_at):
        raise Conflict(
            "Somebody went on with this import while it was being removed. Wait for its end, then remove it again."
        )
    imports.delete_record(session, import_id)
    taken = uploads.of_import(session, import_id)
    uploads.remove(session, [upload.upload_id for upload in taken])
    return [upload.folder for upload in taken]


@masks_output()
def load_sample(workspace: Workspace, user: User) -> ImportResult:
    """Load the sample that comes with the product.

    Raises:
        Conflict: there are interactions already; sample and own data are kept apart.
    """
    workspace.require(user, Act.CHANGE_DATA)
    workspace.pick_up(at_once=True)
    with workspace.store.read() as session:
        if interactions.sources(session):
            raise Conflict("The sample can only be loaded into an empty database, and this one holds interactions.")
    *_, result = import_file(workspace, user, SAMPLE, source="sample", file_name=imports.SAMPLE)
    assert isinstance(result, ImportResult)
    return result


@masks_output()
@retried
def remove_sample(workspace: Workspace, user: User) -> int:
    """Remove the sample with its ratings, and the models that learned from it; how many interactions went."""
    workspace.require(user, Act.CHANGE_DATA)
    with workspace.store.write() as session:
        gone = interactions.drop_sample(session)
        models = versions.remove_sample(session)
        imports.delete_sample_records(session)
        demo.remove(session, models)
        audit.write(session, user, "removed sample", "sample", old={"answers": gone, "models": len(models)})
    for name in models:
        shutil.rmtree(workspace.settings.model_dir / name, ignore_errors=True)
    return gone


@retried
def _begin(
    workspace: Workspace,
    user: User,
    how: HowToRead,
    file_name: str,
    file_hash: str,
    source: str,
    claim: Claim | None,
) -> tuple[int, bool]:
    """Open the record of an import; its number, and whether it takes up a cut-off one."""
    with workspace.store.write() as session:
        other = imports.running_elsewhere(session, file_hash)
        if other is not None and not is_dead(other.process, other.heartbeat_at):
            raise Conflict(
                f"{other.file_name} is being imported right now (import {other.import_id}). Wait for its end."
            )
        record = imports.begin(session, file_name, file_hash, this_process())
        # whose ratings they are stands with the ratings, where an erasure finds the name
        record.how = {name: value for name, value in how.to_json().items() if name != "rater"}
        import_id, resumed = record.import_id, record.added + record.ratings > 0
        if claim is not None:
            if not uploads.beat(session, claim, 0):
                raise Stopped(STOPPED)
            uploads.note_import(session, claim.upload_id, import_id)
        begun = {"sha256": file_hash, "source": source, "resumed": resumed}
        audit.write(session, user, "started import", f"import {import_id}", new=begun)
    return import_id, resumed


@retried
def _finish(workspace: Workspace, user: User, import_id: int, total: Counted, claim: Claim | None) -> None:
    with workspace.store.write() as session:
        if claim is not None and not uploads.holds(session, claim):
            raise Stopped(STOPPED)
        imports.end(session, import_id, "finished")
        done = {
            "added": total.added,
            "ratings": total.ratings,
            "rejected": total.rejected_total,
            "preferences": total.preferences,
        } | ({"judged": total.judged} if total.judged else {})
        audit.write(session, user, "finished import", f"import {import_id}", new=done)
        if claim is not None:  # before this ends: what is finished has no copy any more
            uploads.delete_copy(workspace.settings.home, uploads.finish(session, claim))


@retried  # the existing application and we waited for each other: once more settles it
def _store(
    workspace: Workspace,
    import_id: int,
    batch: list[Understandable],
    rows: int,
    rater: str,
    source: str,
    claim: Claim | None,
) -> tuple[Counted, float]:
    """Store one batch in one transaction, its share of the import's record included; and the seconds it took."""
    counted = Counted()
    usable: list[ImportRow | ImportComparison] = []
    for row in map(without_gaps, batch):
        if isinstance(row, Rejected):
            counted.reject(row)
        else:
            usable.append(row)
    with workspace.store.write() as session:
        began = time.monotonic()
        counted.add(imports.add_batch(session, import_id, usable, rater=rater, source=source))
        counted.rejected.sort(key=lambda rejected: rejected.number)
        imports.progress(session, import_id, rows, counted)
        # after the writers' lock: an erasure that came before is seen, one that comes later finds these rows
        if claim is not None and not uploads.beat(session, claim, rows):
            raise Stopped(STOPPED)
    return counted, time.monotonic() - began


def _length(row: Understandable) -> int:
    """About how many characters a row holds."""
    if isinstance(row, Rejected):
        return 0
    texts = (row.ai_response, row.feedback_comment or "") if isinstance(row, ImportRow) else (row.chosen, row.rejected)
    return (
        len(row.user_prompt)
        + sum(map(len, texts))
        + len(str(row.metadata or ""))
        + sum(len(turn.text) for turn in row.turns)
    )
