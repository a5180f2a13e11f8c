"""Alembic migrations, run by ``core.store.schema``; there is no ini file."""
