"""What all tables share: the base class and the names of constraints."""

from datetime import datetime
from typing import Any

from sqlalchemy import MetaData, Table, Text
from sqlalchemy.orm import DeclarativeBase

from core.store.types import Json, UTCDateTime

SYSTEM_USER = 1001
"""The user id under which this product writes into the existing application's tables."""


class Base(DeclarativeBase):
    """Common names for constraints, so that they are the same on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text(), datetime: UTCDateTime(), dict[str, Any]: Json, list[Any]: Json}  # noqa: RUF012


def plain(table: type[Base]) -> Table:
    """The table as such: a statement on it goes past the objects, for many rows or many calls."""
    return Base.metadata.tables[table.__tablename__]
