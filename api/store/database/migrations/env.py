"""Run by Alembic with the connection that `api.store.database.migrate` hands over; there is no other way in."""

from alembic import context

from api.store.database.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,  # SQLite can, once its driver leaves BEGIN to us
)
with context.begin_transaction():
    context.run_migrations()
