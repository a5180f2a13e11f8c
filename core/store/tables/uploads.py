"""Files that somebody is bringing in through the Data page, from the choice of the file to the note on its import."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from core.store.tables.base import Base
from core.store.types import now


class Upload(Base):
    """One file: where its copy lies, how it is to be read, what its check found, and how far it is."""

    __tablename__ = "assay_uploads"
    __table_args__ = (
        CheckConstraint("state IN ('chosen', 'checking', 'checked', 'importing', 'stopped', 'finished')", name="state"),
        {"sqlite_autoincrement": True},  # what a browser remembers of a discarded file must not meet another one
    )

    upload_id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str]  # as its owner knows it
    folder: Mapped[str] = mapped_column(String(64))  # under ASSAY_HOME/uploads, on the machine that took the file
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    file_hash: Mapped[str] = mapped_column(String(64))  # sha256
    requested_by: Mapped[str]
    rater_id: Mapped[int] = mapped_column(default=0)  # the same person; 0 is nobody with a sign-in or a name here
    state: Mapped[str] = mapped_column(String(16), default="chosen")
    how: Mapped[dict[str, Any]] = mapped_column(default=dict)  # HowToRead
    report: Mapped[dict[str, Any] | None]  # Checked
    rows_done: Mapped[int] = mapped_column(default=0)
    # of the ASSAY_HOME that its copy lies in
    place: Mapped[str] = mapped_column(String(32), default="", server_default=text("''"))
    # how often a process took it; only the last one writes
    claim: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # a worker takes it; else a process of the dashboard does
    for_worker: Mapped[bool] = mapped_column(default=False, server_default=false())
    lost: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # how many workers ended in the middle of it
    process: Mapped[str | None]  # host:pid of the process that checks or imports
    heartbeat_at: Mapped[datetime] = mapped_column(default=now)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    message: Mapped[str | None]  # why it stopped
    import_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
