"""Run the migrations on the connection that ``core.store.schema`` holds."""

from alembic import context

from core.store.schema import VERSION_TABLE
from core.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction surrounds everything, on both databases
)
context.run_migrations()
