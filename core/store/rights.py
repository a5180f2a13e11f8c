"""Which rights on the tables are missing, as the GRANT statements that their owner has to run (PostgreSQL)."""

from sqlalchemy import func, select

from core.store.database import Store
from core.store.tables import Base

NEEDED = {
    "rlhf_interactions": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "rlhf_sessions": ("SELECT",),
    "rlhf_reward_model_training": ("SELECT", "INSERT"),
}
"""On the existing application's tables; on our own everything is needed."""


def missing(store: Store, *, only: str | None = None) -> list[str]:
    """One GRANT per table and sequence that lacks a right; empty on SQLite, where the file's rights decide.

    ``only`` restricts the look to one table.
    """
    if store.is_sqlite:
        return []
    grants = []
    with store.read() as session:
        user = session.scalar(select(func.quote_ident(func.current_user())))
        for name in [only] if only else sorted(Base.metadata.tables):
            wanted = NEEDED.get(name, ("SELECT", "INSERT", "UPDATE", "DELETE"))
            lacking = [right for right in wanted if not session.scalar(select(func.has_table_privilege(name, right)))]
            if lacking:
                grants.append(f"GRANT {', '.join(lacking)} ON {name} TO {user};")
            (column, *_) = Base.metadata.tables[name].primary_key.columns
            sequence = session.scalar(select(func.pg_get_serial_sequence(name, column.name)))
            draws = "INSERT" in wanted and sequence is not None
            if draws and not session.scalar(select(func.has_sequence_privilege(sequence, "USAGE"))):
                grants.append(f"GRANT USAGE ON SEQUENCE {sequence} TO {user};")
    return grants
