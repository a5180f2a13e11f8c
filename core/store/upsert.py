"""Inserting rows whose key may be there already, or come there at this moment: one statement on both databases."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.store.tables import Base


def insert_missing(session: Session, table: type[Base], *rows: dict[str, Any]) -> None:
    """Insert these rows; where a row of the same key is there, it stays as it is."""
    if rows:
        session.execute(_insert(session, table).on_conflict_do_nothing(), list(rows))


def upsert(session: Session, table: type[Base], *rows: dict[str, Any], key: Sequence[str]) -> None:
    """Insert these rows; where a row of the same ``key`` (columns) is there, it takes the values of the new one.

    All rows give the same columns; other columns of a row that is there stay as they are.
    """
    if not rows:
        return
    statement = _insert(session, table)
    replaced = {name: statement.excluded[name] for name in rows[0] if name not in key}
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=replaced), list(rows))


def add_to(session: Session, table: type[Base], row: dict[str, Any], *, grows: str) -> None:
    """Insert this row; where a row of the same primary key is there, its column ``grows`` by the new row's value."""
    statement = _insert(session, table).values(row)
    column = table.__table__.c[grows]
    key = [one.name for one in inspect(table).primary_key]
    session.execute(
        statement.on_conflict_do_update(index_elements=key, set_={grows: column + statement.excluded[grows]})
    )


def _insert(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    return sqlite.insert(table) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(table)
