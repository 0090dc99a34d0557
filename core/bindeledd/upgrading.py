"""Bringing a database to the revision that this version wants.

`upgrade` is what `bindeledd db upgrade` runs: one transaction, on both databases, or nothing.
Developers write the next revision with `python -m bindeledd.revising "what changes"`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import said
from bindeledd.revisions import revision_of
from bindeledd.tables import metadata

# One upgrade at a time, whichever machine it runs on (PostgreSQL advisory lock).
_LOCK = 0x62696E64


@dataclass(frozen=True, kw_only=True)
class Upgraded:
    """What an upgrade did: from which revision to which, and the revisions in between."""

    before: str | None
    after: str | None
    applied: tuple[str, ...]


@contextmanager
def folder_of_revisions(folder: Path | None = None) -> Iterator[Path]:
    """The folder that came with this version, wherever it is installed, or another one."""
    if folder is not None:
        yield folder
        return
    with as_file(files("bindeledd.migrations")) as found:
        yield found


def revisions(folder: Path) -> ScriptDirectory:
    """What stands in a folder of revisions."""
    return ScriptDirectory.from_config(_config(folder))


def upgrade(database: Database, to: str = "head", *, folder: Path | None = None) -> Upgraded:
    """Bring `database` to revision `to`, whole or not at all. At it already: nothing happens.

    Raises `Misconfigured` for a database that a newer version made, and for one that has
    tables but no revision: it is not ours to change.
    """
    with _one_at_a_time(database) as connection, folder_of_revisions(folder) as place:
        before = revision_of(connection)
        script = revisions(place)
        _insist_it_is_ours(connection, before, script)
        config = _config(place)
        config.attributes["choices"] = choices(connection)
        command.upgrade(config, to)
        after = revision_of(connection)
        applied = () if after == before else _between(script, before, after)
    return Upgraded(before=before, after=after, applied=applied)


def choices(connection: sa.Connection) -> Mapping[str, Any]:
    """How Alembic is to look at a database: the same for running, writing and comparing."""
    return {
        "connection": connection,
        "target_metadata": metadata,
        "transactional_ddl": True,
        "compare_type": True,
        "compare_server_default": False,
        "render_as_batch": False,
    }


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _between(script: ScriptDirectory, before: str | None, after: str | None) -> tuple[str, ...]:
    steps = [one.revision for one in script.iterate_revisions(after, before or "base")]
    return tuple(reversed(steps))


def _insist_it_is_ours(
    connection: sa.Connection, before: str | None, script: ScriptDirectory
) -> None:
    known = {one.revision for one in script.walk_revisions()}
    if before is not None and before not in known:
        raise Misconfigured(
            "installation.unknown_revision",
            where=str(connection.engine.url.database),
            before=before,
        )
    if before is None and sa.inspect(connection).get_table_names():
        raise Misconfigured(
            "installation.no_revision",
            where=str(connection.engine.url.database),
        )


@contextmanager
def _one_at_a_time(database: Database) -> Iterator[sa.Connection]:
    """A transaction that holds the right to upgrade; on SQLite with keys checked at its end."""
    with database.engine.connect() as connection:
        if database.dialect == "postgresql":
            with connection.begin():
                connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
                yield connection
            return
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                _insist_keys_hold(connection)
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def _insist_keys_hold(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise Misconfigured(
            "installation.would_break",
            where=str(connection.engine.url.database),
            broken=said("web.counted.rows", count=len(broken)),
            first=broken[0][0],
        )
