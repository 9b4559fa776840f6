"""How alembic reaches the database: over the connection that `store.migrate` hands it."""

from __future__ import annotations

from alembic import context

from store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    include_object=lambda _object, name, kind, _reflected, _compare: (
        not (
            # Made on PostgreSQL alone; SQLite's reading table is its own index.
            kind == "index" and name == "ix_reading_series_id_day_hour"
        )
    ),
)
with context.begin_transaction():
    context.run_migrations()
