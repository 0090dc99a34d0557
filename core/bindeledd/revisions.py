"""At which revision a database is, and which one this version wants: asked at every start.

Read without Alembic, which a web process has no other use for (11 MB and 0.14 s each).
"""

from importlib.resources import files

import sqlalchemy as sa

from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Misconfigured

_TABLE = "alembic_version"


def newest() -> str | None:
    """The revision that this version wants: the last of the files `NNNN_what_changes.py`."""
    found = [
        entry.name.partition("_")[0]
        for entry in (files("bindeledd.migrations") / "versions").iterdir()
        if entry.name.endswith(".py") and entry.name[:4].isdigit()
    ]
    return max(found, default=None)


def revision_of(connection: sa.Connection) -> str | None:
    """The revision that a database is at; None when nothing was ever made in it."""
    if not sa.inspect(connection).has_table(_TABLE):
        return None
    found = connection.scalar(sa.text(f"SELECT max(version_num) FROM {_TABLE}"))  # noqa: S608
    return None if found is None else str(found)


def insist_upgraded(database: Database) -> None:
    """Raise `Misconfigured` unless the database is at the revision of this version."""
    with database.engine.connect() as connection:
        found, wanted = revision_of(connection), newest()
    if found != wanted:
        raise Misconfigured(
            f"the database is at revision {found or 'none'}, this version wants {wanted}",
            where="database",
            do="take a backup, then run: bindeledd db upgrade",
        )
