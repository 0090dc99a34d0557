"""How the database came to look as it does, one revision at a time (Alembic)."""
