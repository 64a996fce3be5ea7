"""Alembic's environment: uses the connection and the transaction of `tutor.store.database`."""

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
