"""How alembic reaches the database: over the connection that `store.migrate` hands it."""

from __future__ import annotations

from alembic import context

from store import notices, policy_tables, station_indices, tokens, trajectories  # noqa: F401 - their tables join the metadata
from store.migrate import is_of
from store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    include_object=is_of(connection.dialect.name),
)
with context.begin_transaction():
    context.run_migrations()
