"""SQLite: one file, whose writers stand in line; and a look into a file without changing it."""

from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pysqlite3.dbapi2 as sqlite
import sqlalchemy as sa

from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.turns import Turns

# Below this version a database in WAL mode with two connections can lose committed writes
# (sqlite.org/wal.html#walresetbug).
SAFE_SQLITE = (3, 51, 3)

# Databases of one connection, which are gone with it.
_IN_MEMORY = (None, "", ":memory:")

# An option of a connection: what it begins only reads.
READS = "bindeledd_reads"


def open_sqlite(url: sa.URL, echo: bool) -> sa.Engine:
    """An engine for the file at `url`. Raises `Misconfigured` where it could lose what is saved."""
    if sqlite.sqlite_version_info < SAFE_SQLITE:
        raise Misconfigured(
            "installation.old_sqlite",
            where="pysqlite3",
            sqlite_version=sqlite.sqlite_version,
        )
    engine = sa.create_engine(
        url,
        module=sqlite,
        echo=echo,
        hide_parameters=True,
        # A thread waits in the line of those who write, and never for a connection: the pool of
        # SQLAlchemy gives a free one to whoever comes by, not to whoever has waited longest.
        **({} if url.database in _IN_MEMORY else {"max_overflow": -1}),
        connect_args={"timeout": 10},
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
            "trusted_schema=OFF",
            "cell_size_check=ON",
            "cache_size=-65536",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    _one_after_another(engine, Turns())
    return engine


# How long whoever wants to write waits for the others of this process.
_LINE = 10.0


def _one_after_another(engine: sa.Engine, turns: Turns) -> None:
    """Let those who write in this process stand in line: SQLite alone lets them try by chance."""
    dialect = engine.dialect
    commit, rollback = dialect.do_commit, dialect.do_rollback

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get(READS, False):
            connection.exec_driver_sql("BEGIN")
            return
        mine = _plain(connection.connection)
        if not turns.take(mine, _LINE):
            locked = sqlite.OperationalError("database is locked")
            raise sa.exc.OperationalError("BEGIN IMMEDIATE", None, locked)
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            turns.leave(mine)
            raise

    def do_commit(connection: Any) -> None:
        commit(connection)
        turns.leave(_plain(connection))

    def do_rollback(connection: Any) -> None:
        try:
            rollback(connection)
        finally:
            turns.leave(_plain(connection))

    @sa.event.listens_for(engine, "close")
    def close(connection: Any, _record: Any) -> None:
        turns.leave(connection)

    dialect.do_commit = do_commit  # type: ignore[method-assign,assignment]
    dialect.do_rollback = do_rollback  # type: ignore[method-assign,assignment]


def _plain(connection: Any) -> object:
    """The connection of the driver itself, whatever stands around it."""
    return getattr(connection, "dbapi_connection", None) or connection


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite address, whatever else the address says; None for anything else."""
    made = sa.make_url(url)
    if made.get_backend_name() != "sqlite" or made.database in _IN_MEMORY:
        return None
    return Path(str(made.database)).absolute()


def look_into(file: Path, question: str) -> list[tuple[Any, ...]]:
    """Ask a SQLite file something without changing a byte of it. Raises `Misconfigured`."""
    address = f"file:{quote(str(file))}?mode=ro"
    try:
        with closing(sqlite.connect(address, uri=True, timeout=10)) as connection:
            return list(connection.execute(question))
    except sqlite.Error:
        raise Misconfigured("installation.no_database", where=str(file)) from None


def tables_in(file: Path) -> set[str]:
    """The names of the tables of a SQLite file, read only; none where there is no file yet."""
    if not file.exists():
        return set()
    return {row[0] for row in look_into(file, "SELECT name FROM sqlite_master WHERE type='table'")}
