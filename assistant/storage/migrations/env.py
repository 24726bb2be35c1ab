"""Alembic's entry point: runs the migrations on the connection that `upgrade` or `downgrade` opened."""

from alembic import context

import assistant.storage  # noqa: F401  (defines every table)
from assistant.storage.columns import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
