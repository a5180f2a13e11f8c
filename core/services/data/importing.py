"""Importing files: streamed, in small transactions, resumable, removable; and the sample."""

import shutil
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.files import file_sha256
from core.domain.records import ImportComparison, ImportRow, Rejected
from core.domain.roles import Act, User
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import understand
from core.labeling.tables import open_table
from core.services.masking import masks_output, refuse_gaps
from core.services.workspace import Workspace, is_dead, this_process
from core.store import audit
from core.store.interactions import imports, interactions
from core.store.interactions.imports import Counted
from core.store.people.raters import IMPORTED, rater_name
from core.store.retrying import retried, written
from core.store.training import versions

BATCH_ROWS = 500
BATCH_CHARACTERS = 4_000_000
BREATH_SECONDS = 0.01
"""Pause between batches in which a rater's write gets in: SQLite has one writer at a time and no queue."""
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
    resumed: bool

    def to_json(self) -> dict[str, Any]:
        """As ``import --json`` prints it."""
        return {
            "added": self.added,
            "ratings": self.ratings,
            "duplicates": self.duplicates,
            "rejected": [{"row": rejected.number, "reason": rejected.reason} for rejected in self.rejected],
            "rejected_total": self.rejected_total,
            "import_id": self.import_id,
        }


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
    started_at: datetime


@masks_output()
def import_file(
    workspace: Workspace,
    user: User,
    path: Path,
    *,
    rater: str = IMPORTED,
    mapping: Mapping[str, str] | None = None,
    context_column: str | None = None,
    file_name: str | None = None,
    source: str = "import",
) -> Generator[ImportProgress | ImportResult, None, None]:
    """Import a file; yields progress after every batch and the result at the end.

    What was committed stays when it is cut off; importing the same file again finishes it.

    Args:
        workspace: where to.
        user: who imports.
        path: csv, jsonl or parquet.
        rater: whose ratings these are where a row names nobody.
        mapping: our column name -> the file's, where they differ.
        context_column: the file's column that separates equal prompts.
        file_name: as the user knows the file, when ``path`` is a temporary copy.
        source: ``import``, or ``sample``.

    Raises:
        BadInput: nothing can be read or understood.
        Conflict: the same file is being imported right now.
    """
    workspace.require(user, Act.CHANGE_DATA)
    rater_name(rater)  # a name that cannot be used would refuse every row
    table = open_table(path)
    how = HowToRead(mapping=mapping or {}, context_column=context_column or "", rater=rater)
    # comparisons follow with the store that knows them
    understood = (row for row in understand(table, how).rows() if not isinstance(row, ImportComparison))
    workspace.pick_up(at_once=True)
    file_hash = file_sha256(path)
    import_id, resumed = _begin(workspace, user, file_name or path.name, file_hash, source)
    total, rows, started = Counted(), 0, time.monotonic()
    try:
        for batch in _batches(understood):
            rows += len(batch)
            total.add(_store(workspace, import_id, batch, rows, rater, source))
            if workspace.store.is_sqlite:
                time.sleep(BREATH_SECONDS)
            yield ImportProgress(import_id, rows, rows / max(time.monotonic() - started, 1e-9))
    except BaseException:  # also when the reader of this generator goes away, or Ctrl-C
        written(workspace.store, lambda session: imports.end(session, import_id, "stopped"))
        raise
    if not rows:
        written(workspace.store, lambda session: imports.delete_record(session, import_id))
        raise BadInput(f"{file_name or path.name} has a header but no rows, so there is nothing to import.")
    _finish(workspace, user, import_id, total)
    workspace.mark_due()
    yield ImportResult(
        import_id, total.added, total.ratings, total.duplicates, total.rejected, total.rejected_total, resumed
    )


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
                started_at=record.started_at,
            )
            for record in imports.listed(session)
        ]


@masks_output()
def remove_import(workspace: Workspace, user: User, import_id: int) -> int:
    """Take an import back whole; how many of its interactions stay because somebody rated them since.

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
    written(workspace.store, lambda session: imports.delete_record(session, import_id))
    return kept


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
        audit.write(session, user, "removed sample", "sample", old={"answers": gone, "models": len(models)})
    for name in models:
        shutil.rmtree(workspace.settings.model_dir / name, ignore_errors=True)
    return gone


@retried
def _begin(workspace: Workspace, user: User, file_name: str, file_hash: str, source: str) -> tuple[int, bool]:
    """Open the record of an import; its number, and whether it takes up a cut-off one."""
    with workspace.store.write() as session:
        other = imports.running_elsewhere(session, file_hash)
        if other is not None and not is_dead(other.process, other.heartbeat_at):
            raise Conflict(
                f"{other.file_name} is being imported right now (import {other.import_id}). Wait for its end."
            )
        record = imports.begin(session, file_name, file_hash, this_process())
        import_id, resumed = record.import_id, record.added + record.ratings > 0
        begun = {"sha256": file_hash, "source": source, "resumed": resumed}
        audit.write(session, user, "started import", f"import {import_id}", new=begun)
    return import_id, resumed


@retried
def _finish(workspace: Workspace, user: User, import_id: int, total: Counted) -> None:
    with workspace.store.write() as session:
        imports.end(session, import_id, "finished")
        done = {"added": total.added, "ratings": total.ratings, "rejected": total.rejected_total}
        audit.write(session, user, "finished import", f"import {import_id}", new=done)


@retried  # the existing application and we waited for each other: once more settles it
def _store(
    workspace: Workspace, import_id: int, batch: list[ImportRow | Rejected], rows: int, rater: str, source: str
) -> Counted:
    """Store one batch in one transaction, its share of the import's record included."""
    counted = Counted()
    usable = []
    for row in map(_without_gaps, batch):
        if isinstance(row, Rejected):
            counted.reject(row)
        else:
            usable.append(row)
    with workspace.store.write() as session:
        counted.add(imports.add_batch(session, import_id, usable, rater=rater, source=source))
        counted.rejected.sort(key=lambda rejected: rejected.number)
        imports.progress(session, import_id, rows, counted)
    return counted


def _without_gaps(row: ImportRow | Rejected) -> ImportRow | Rejected:
    """A row that came from a page or a download in which identifiers were hidden is refused whole."""
    try:
        refuse_gaps(row)
    except BadInput:
        return Rejected(
            row.number,
            "a text holds «... hidden», the gap of something that was hidden where it was copied from; "
            "take the original",
        )
    return row


def _batches(rows: Iterator[ImportRow | Rejected]) -> Iterator[list[ImportRow | Rejected]]:
    batch: list[ImportRow | Rejected] = []
    characters = 0
    for row in rows:
        batch.append(row)
        if isinstance(row, ImportRow):
            characters += len(row.user_prompt) + len(row.ai_response) + len(row.feedback_comment or "")
            characters += len(str(row.metadata or "")) + sum(len(turn.text) for turn in row.turns)
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
