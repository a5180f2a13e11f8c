"""Counts of answers and ratings that are kept, so that no page scans a million of them."""

from typing import Any

from sqlalchemy import String, false
from sqlalchemy.orm import Mapped, mapped_column

from core.store.tables.base import Base


class Change(Base):
    """A change that the kept counts do not know of yet; triggers write it in the transaction of the change itself.

    Two writers never wait for each other here: each adds rows of its own.
    """

    __tablename__ = "assay_changes"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012  an id is never given twice

    change_id: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(String(8))
    """Which part of the answers: how the hash of the prompt begins; or what changed beside them (``judges``)."""


class PartCounts(Base):
    """What one part of the answers adds to the kept counts."""

    __tablename__ = "assay_part_counts"

    part: Mapped[str] = mapped_column(String(8), primary_key=True)
    counts: Mapped[dict[str, Any]]


class KeptCounts(Base):
    """The counts of all parts together, in one row."""

    __tablename__ = "assay_kept_counts"

    kept_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(default=0)
    """Of two who bring it up to date at the same moment, the second finds another one and writes nothing."""
    built: Mapped[bool] = mapped_column(default=False, server_default=false())
    passed: Mapped[dict[str, Any]]
    """How many changes of each kind are not among ``Change`` any more."""
    counts: Mapped[dict[str, Any]]
