"""Runs the revisions on the connection and with the choices that `bindeledd.upgrading` hands over."""

from alembic import context

context.configure(**context.config.attributes["choices"])
with context.begin_transaction():
    context.run_migrations()
