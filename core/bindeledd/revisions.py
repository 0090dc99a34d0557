"""At which revision a database is, and which one this version wants: asked at every start.

Read without Alembic, which a web process has no other use for (11 MB and 0.14 s each). The
revision is only a number: `differences` looks whether the tables are those of the code. That
the guards stand, `doctor` looks: a missing one is no reason to stop alerts.
"""

from collections.abc import Iterable
from importlib.resources import files

import sqlalchemy as sa

from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import said, t
from bindeledd.tables import metadata

_TABLE = "alembic_version"
_TOLD = 3


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
    """Raise `Misconfigured` unless the database is at the revision of this version, and is it."""
    with database.engine.connect() as connection:
        found, wanted = revision_of(connection), newest()
        differs = differences(connection) if found == wanted else []
    if found is not None and found > (wanted or ""):
        raise Misconfigured(
            "installation.newer",
            where=said_where(database),
            found=found,
            wanted=wanted,
        )
    if found != wanted:
        raise Misconfigured(
            "installation.behind",
            where=said_where(database),
            found=found or said("installation.words.none"),
            wanted=wanted,
        )
    if differs:
        more = (
            said("installation.words.more", count=len(differs) - _TOLD)
            if len(differs) > _TOLD
            else ""
        )
        raise Misconfigured(
            "installation.other_edition",
            where=said_where(database),
            found=found,
            known=", ".join(differs[:_TOLD]),
            more=more,
        )


def said_where(database: Database) -> str:
    """Which database it is, as it may stand on a terminal: no password."""
    url = database.engine.url
    if database.dialect == "sqlite":
        return str(url.database)
    hidden = [name for name in url.query if "password" in name]
    return url.difference_update_query(hidden).render_as_string()


def differences(connection: sa.Connection) -> list[str]:
    """In what the tables and columns there are not those of the code, in words."""
    asked = connection.exec_driver_sql(_COLUMNS[connection.dialect.name])
    there = {(row[0], row[1]) for row in asked if row[0] != _TABLE}
    wanted = {(table.name, column.name) for table in metadata.tables.values() for column in table.c}
    return [
        *(
            t("installation.words.lacks", name=name)
            for name in _named(wanted - there, {table for table, _ in there})
        ),
        *(
            t("installation.words.beyond", name=name)
            for name in _named(there - wanted, set(metadata.tables))
        ),
    ]


def _named(columns: Iterable[tuple[str, str]], tables: set[str]) -> list[str]:
    """Columns by their names; where the whole table is of the one side only, the table."""
    return sorted({f"{table}.{name}" if table in tables else table for table, name in columns})


_COLUMNS = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_master t, pragma_table_xinfo(t.name) c "
    "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema()",
}
