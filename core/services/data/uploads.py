"""Files that somebody is bringing in: a copy is kept, looked at, checked whole and imported beside the dashboard.

The check and the import of a large file run in a process of their own, which outlives page and browser; that of a small
one where it was asked for. Every page reads the same rows to tell how far they are.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, BinaryIO

from core.domain.plain import AS_IS, Name
from core.domain.roles import Act, User
from core.labeling.how_to_read import HowToRead
from core.services.data.checking import Checked
from core.services.masking import masks_output
from core.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What the beginning of a file says: enough to choose columns and scale before the whole is checked."""

    kind: str
    """What the file is, in words."""
    sheets: tuple[str, ...]
    sheet: str
    columns: Annotated[tuple[str, ...], AS_IS]
    """What can be mapped: the file's columns, then paths into those that are nested (``input.messages[-1].content``)."""
    rows: tuple[dict[str, Any], ...]
    """The first five rows as the file has them."""
    shape: str
    """Its name, for ``HowToRead.shape``."""
    shape_title: str
    becomes: str
    """What a row becomes, in a sentence."""
    mapping: Annotated[dict[str, str], AS_IS]
    """Our column names -> the file's, as applied; where ``problem`` is set, as far as they can be guessed."""
    metadata: Annotated[tuple[str, ...], AS_IS]
    """Columns that are kept as metadata."""
    scale: str
    """The scale that is applied; empty: whole numbers from 1 to 5, as they are."""
    values: tuple[tuple[str, int], ...]
    """The ratings of the first 200 rows as the file writes them, each with its count, the most frequent first."""
    must_ask: bool
    """By the first 200 rows: the ratings are no whole numbers from 1 to 5, and nobody said what they mean."""
    question: str
    """The sentence that says so; empty unless ``must_ask``."""
    likely: tuple[str, ...]
    """Names of the scales that fit, the likeliest first."""
    problem: str
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
    created_at: datetime
    heartbeat_at: datetime

    @property
    def active(self) -> bool:
        """Whether it is being checked or imported."""
        return self.state in ("checking", "importing")


@masks_output()
def take(workspace: Workspace, user: User, file_name: str, stream: BinaryIO) -> int:
    """Copy a file to where only this server reads it; the upload's number, its state is ``chosen``.

    Raises:
        NotAllowed: the person may not import.
        Unavailable: the disk is full, or cannot be written; nothing of it is left there.
    """
    workspace.require(user, Act.CHANGE_DATA)
    raise NotImplementedError


@masks_output()
def first_look(workspace: Workspace, user: User, upload_id: int, how: HowToRead) -> FirstLook:
    """Read the beginning of a file as ``how`` says; whatever it leaves empty is found by looking.

    Raises:
        NotFound: the upload, or its copy, is not here any more.
        BadInput: it is no file that can be read, or has no such sheet or shape.
    """
    workspace.require(user, Act.CHANGE_DATA)
    raise NotImplementedError


@masks_output()
def start_check(workspace: Workspace, user: User, upload_id: int, how: HowToRead) -> None:
    """Check the whole file as ``how`` says; a small one is checked when this returns, also one checked before.

    Raises:
        NotFound: the upload, or its copy, is not here any more.
        Conflict: it is being checked or imported.
        BadInput: (a small file) nothing can be read or understood.
        Unavailable: the process could not be started.
    """
    workspace.require(user, Act.CHANGE_DATA)
    raise NotImplementedError


@masks_output()
def start_import(workspace: Workspace, user: User, upload_id: int) -> None:
    """Import a checked file as its check read it; a small one is in when this returns.

    Raises:
        NotFound: the upload, or its copy, is not here any more.
        Conflict: it is not checked, or the same file is being imported.
        BadInput: nobody said what its ratings mean, or it has no rows.
        Unavailable: the process could not be started.
    """
    workspace.require(user, Act.CHANGE_DATA)
    raise NotImplementedError


@masks_output()
def resume(workspace: Workspace, user: User, upload_id: int) -> None:
    """Go on with an import that stopped.

    Raises:
        As ``start_import``.
    """
    workspace.require(user, Act.CHANGE_DATA)
    raise NotImplementedError


@masks_output()
def cancel(workspace: Workspace, user: User, upload_id: int) -> None:
    """Ask a check or an import to stop, which it does within seconds; what was imported stays."""
    workspace.require(user, Act.CHANGE_DATA)
    raise NotImplementedError


@masks_output()
def drop(workspace: Workspace, user: User, upload_id: int) -> None:
    """Put an upload away with its copy, or the note of a finished one; what was imported stays.

    Raises:
        Conflict: it is being checked or imported; cancel it first.
    """
    workspace.require(user, Act.CHANGE_DATA)
    raise NotImplementedError


@masks_output()
def listed(workspace: Workspace, user: User) -> list[UploadView]:
    """The uploads of the last 30 days, newest first; one whose process died is first marked as stopped."""
    workspace.require(user, Act.READ_DATA)
    raise NotImplementedError
