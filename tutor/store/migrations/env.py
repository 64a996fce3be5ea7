"""How Alembic reaches the database: through the connection that `tutor.store.database` hands it, in its transaction."""

from __future__ import annotations

from alembic import context

from tutor.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
