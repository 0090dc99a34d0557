"""The database: SQLite for one machine, PostgreSQL for more, the same promises on both.

`Database` opens either; `transaction()` is the one way to write and stands visibly at the edge.
Rows are declared on `Base`. Triggers that guard the law are declared with `refuse()` in the
`tables` module that owns the table, and restated by the migrations.
"""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pysqlite3.dbapi2 as sqlite
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.compiler import SQLCompiler

from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.turns import Turns

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Below this version a database in WAL mode with two connections can lose committed writes
# (sqlite.org/wal.html#walresetbug).
SAFE_SQLITE = (3, 51, 3)


class Utc(sa.TypeDecorator[datetime]):
    """An instant. Always with a zone in Python, always UTC in the database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Every table of the core."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map = {
        UUID: sa.Uuid(),
        datetime: Utc(),
        str: sa.Text(),
        bytes: sa.LargeBinary(),
        dict[str, Any]: Json,
        list[Any]: Json,
    }


def table(row: type[Base]) -> sa.Table:
    """The table of a row class, for statements over sets that need no entities."""
    found = row.__table__
    if not isinstance(found, sa.Table):
        raise TypeError(f"{row.__name__} has no table of its own")
    return found


# --- sealed columns -------------------------------------------------------------------------


class _IsEnvelope(sa.sql.expression.ColumnElement[bool]):
    """True for a sealed envelope (or nothing): plaintext cannot land in the column."""

    inherit_cache = True
    type = sa.Boolean()

    def __init__(self, column: str) -> None:
        self.column = column


@compiles(_IsEnvelope, "sqlite")
def _envelope_sqlite(element: _IsEnvelope, compiler: SQLCompiler, **_: object) -> str:
    c = element.column
    return (
        f"{c} IS NULL OR (typeof({c}) = 'blob' AND length({c}) >= 32 "
        f"AND hex(substr({c}, 1, 1)) = 'C1')"
    )


@compiles(_IsEnvelope, "postgresql")
def _envelope_postgresql(element: _IsEnvelope, compiler: SQLCompiler, **_: object) -> str:
    c = element.column
    return f"{c} IS NULL OR (octet_length({c}) >= 32 AND get_byte({c}, 0) = 193)"


def only_sealed(column: str) -> sa.CheckConstraint:
    """A check that nothing but a sealed envelope (or NULL) can land in `column`."""
    check = sa.CheckConstraint(_IsEnvelope(column), name=f"{column}_sealed")
    check.info["sealed"] = column
    return check


# --- guards: what the database itself refuses -------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Guard:
    """One trigger that refuses an operation, in both dialects."""

    name: str
    table: str
    on: str
    when: str
    message: str
    dialects: tuple[str, ...] = ("sqlite", "postgresql")
    quietly: bool = False

    def create(self, dialect: str) -> list[str]:
        """The statements that make it, empty where the guard is not for this dialect."""
        if dialect not in self.dialects:
            return []
        if dialect == "sqlite":
            how = "IGNORE" if self.quietly else f"ABORT, '{self.message}'"
            return [
                f"CREATE TRIGGER {self.name} BEFORE {self.on} ON {self.table} FOR EACH ROW "
                f"WHEN {self.when} BEGIN SELECT RAISE({how}); END"
            ]
        back = "OLD" if self.on == "DELETE" else "NEW"
        made = [
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {self.when} THEN RAISE EXCEPTION '{self.message}' USING ERRCODE = '23514'; "
            f"END IF; RETURN {back}; END $$",
            f"CREATE TRIGGER {self.name} BEFORE {self.on} ON {self.table} FOR EACH ROW "
            f"EXECUTE FUNCTION {self.name}()",
        ]
        if self.on == "DELETE" and self.when == "true":
            made.append(
                f"CREATE FUNCTION {self.name}_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"RAISE EXCEPTION '{self.message}' USING ERRCODE = '23514'; END $$"
            )
            made.append(
                f"CREATE TRIGGER {self.name}_all BEFORE TRUNCATE ON {self.table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {self.name}_all()"
            )
        return made

    def drop(self, dialect: str) -> list[str]:
        """The statements that take it away again (for a migration that restates it)."""
        if dialect not in self.dialects:
            return []
        if dialect == "sqlite":
            return [f"DROP TRIGGER {self.name}"]
        names = [self.name]
        if self.on == "DELETE" and self.when == "true":
            names.append(f"{self.name}_all")
        return [f"DROP FUNCTION {name}() CASCADE" for name in names]


def guards() -> list[Guard]:
    """Every guard that the tables declare, in the order of their names."""
    declared: dict[str, Guard] = Base.metadata.info.setdefault("guards", {})
    return [declared[name] for name in sorted(declared)]


def refuse(
    table: str,
    on: str,
    *,
    name: str,
    message: str,
    when: str = "true",
    dialects: tuple[str, ...] = ("sqlite", "postgresql"),
    quietly: bool = False,
) -> None:
    """Declare that the database refuses `on` (INSERT, UPDATE, DELETE) on `table` when `when`.

    `when` is SQL that both dialects understand, over `OLD` and `NEW`. `message` reaches whoever
    typed the statement: it says what is wrong, without content. `quietly` leaves the row out
    instead (SQLite only).
    """
    guard = Guard(
        name=name,
        table=table,
        on=on,
        when=when,
        message=message,
        dialects=dialects,
        quietly=quietly,
    )
    declared: dict[str, Guard] = Base.metadata.info.setdefault("guards", {})
    if declared.setdefault(name, guard) != guard:
        raise ValueError(f"two guards of the name {name}")


def never_deleted(table: str, *, twice: str = "refused") -> None:
    """Declare that rows of `table` are never deleted, whoever asks, nor replaced by others.

    SQLite's `OR REPLACE` deletes without asking the triggers of deletion: so what would collide
    is refused beforehand. `twice="left_out"` is for tables that are written with `ON CONFLICT DO
    NOTHING`: what is there stays, and nobody is told.
    """
    refuse(table, "DELETE", name=f"keep_{table}", message=f"rows of {table} are never deleted")
    keys = _unique_keys(Base.metadata.tables[table])
    same = [*(_same(table, key, where) for key, where in keys), f"({table}.rowid = NEW.rowid)"]
    found = f"EXISTS (SELECT 1 FROM {table} WHERE {{}})"  # noqa: S608
    refuse(
        table,
        "INSERT",
        name=f"replace_no_{table}",
        when=" OR ".join(found.format(one) for one in same),
        message=f"rows of {table} are never replaced",
        dialects=("sqlite",),
        quietly=twice == "left_out",
    )
    first = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ("rowid", *keys[0][0]))
    others = [
        f"({_moved(table, *key)}) AND "
        + found.format(f"{_same(table, *key)} AND {table}.rowid <> OLD.rowid")
        for key in keys[1:]
    ]
    refuse(
        table,
        "UPDATE",
        name=f"displace_no_{table}",
        when=" OR ".join([first, *others]),
        message=f"rows of {table} are never replaced",
        dialects=("sqlite",),
    )


def _unique_keys(table: sa.Table) -> list[tuple[tuple[str, ...], str]]:
    """The columns of each unique key, the primary key first, with the rows for which it counts."""
    keys = [(tuple(table.primary_key.columns.keys()), "")]
    for one in sorted(table.constraints, key=lambda held: str(held.name)):
        if isinstance(one, sa.UniqueConstraint):
            keys.append((tuple(one.columns.keys()), ""))
    for index in sorted(table.indexes, key=lambda held: str(held.name)):
        if index.unique:
            where = index.dialect_options["sqlite"]["where"]
            keys.append((tuple(index.columns.keys()), "" if where is None else str(where)))
    primary = set(keys[0][0])
    return [keys[0], *(key for key in keys[1:] if not primary <= set(key[0]))]


def _moved(table: str, key: tuple[str, ...], where: str) -> str:
    """SQL: something of the unique key changes."""
    names = (column.name for column in Base.metadata.tables[table].columns)
    held = [name for name in names if re.search(rf"\b{name}\b", where)]
    return " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in dict.fromkeys([*key, *held]))


def _same(table: str, key: tuple[str, ...], where: str) -> str:
    """SQL: a row of `table` has the unique key of the new row."""
    names = "|".join(Base.metadata.tables[table].columns.keys())
    counts = [re.sub(rf"\b({names})\b", rf"{of}.\1", where) for of in (table, "NEW") if where]
    return "(" + " AND ".join([*(f"{table}.{n} = NEW.{n}" for n in key), *counts]) + ")"


def never_changed(table: str, *, twice: str = "refused") -> None:
    """Declare that `table` is only ever appended to."""
    never_deleted(table, twice=twice)
    refuse(table, "UPDATE", name=f"fix_{table}", message=f"rows of {table} are never changed")


@sa.event.listens_for(Base.metadata, "after_create")
def _create_guards(target: sa.MetaData, connection: sa.Connection, **_: object) -> None:
    for guard in guards():
        for statement in guard.create(connection.dialect.name):
            connection.exec_driver_sql(statement.replace("%", "%%"))


# An option of a connection: what it begins only reads.
READS = "bindeledd_reads"

# --- opening it -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Database:
    """An open database, and what its sessions carry with them (`info`: the key ring)."""

    engine: sa.Engine
    info: Mapping[Any, Any] = field(default_factory=dict)

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    def session(self) -> Session:
        """A new session; whoever opens it closes it."""
        return Session(self.engine, expire_on_commit=False, info=dict(self.info))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One piece of work: committed whole at the end of the block, or not at all."""
        with self.session() as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One long look at everything as it stands, for questions only: no writer waits for it."""
        with Session(self._reader, expire_on_commit=False, info=dict(self.info)) as session:
            yield session

    @property
    def _reader(self) -> sa.Engine:
        return self.engine.execution_options(**{READS: True, "postgresql_readonly": True})

    def learn(self) -> None:
        """Let SQLite count what its indexes hold, where that has changed; a short look at each.

        PostgreSQL does so by itself. Whoever is writing is let write: then it is done another time.
        """
        if self.dialect != "sqlite":
            return
        with closing(self.engine.raw_connection()) as connection, suppress(sqlite.Error):
            for pragma in ("busy_timeout=0", "analysis_limit=400", "optimize=0x10002"):
                connection.cursor().execute(f"PRAGMA {pragma}").fetchall()
            connection.cursor().execute("PRAGMA busy_timeout=10000").fetchall()

    def close(self) -> None:
        self.engine.dispose()


def open_database(
    url: str, *, info: Mapping[Any, Any] | None = None, echo: bool = False
) -> Database:
    """Open the database at `url` (`sqlite:///FILE` or `postgresql://…`).

    Raises `Misconfigured` for any other kind, and for a SQLite library that could lose
    committed writes.
    """
    made = sa.make_url(url)
    backend = made.get_backend_name()
    if backend == "sqlite":
        engine = _open_sqlite(made, echo)
    elif backend == "postgresql":
        engine = _open_postgresql(made, echo)
    else:
        raise Misconfigured(
            f"databaser av typen «{backend}» er ukjent",
            where="BINDELEDD_DATABASE_URL",
            do="bruk sqlite:///FIL eller postgresql://BRUKER@VERT/NAVN",
        )
    return Database(engine, info or {})


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
        raise Misconfigured(
            "dette er ingen database som kan leses", where=str(file), do="bruk en annen fil"
        ) from None


def tables_in(file: Path) -> set[str]:
    """The names of the tables of a SQLite file, read only; none where there is no file yet."""
    if not file.exists():
        return set()
    return {row[0] for row in look_into(file, "SELECT name FROM sqlite_master WHERE type='table'")}


_BUSY_STATES = frozenset({"55P03", "40P01", "40001"})  # PostgreSQL: lock, deadlock, serialisation


def is_busy(wrong: Exception) -> bool:
    """Whether somebody else holds what we waited for: trying again later is right."""
    cause = getattr(wrong, "orig", None)
    if getattr(cause, "sqlstate", None) in _BUSY_STATES:
        return True
    return isinstance(cause, sqlite.OperationalError) and "locked" in str(cause)


def said_of(wrong: Exception) -> str:
    """One line for people about an error of the database; never with values or statements."""
    cause = getattr(wrong, "orig", None)
    if is_busy(wrong):
        return "databasen er opptatt · prøv igjen om litt"
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    kind = type(cause or wrong).__name__
    return f"databasen svarte ikke som ventet ({' '.join(filter(None, (kind, code)))}) · se `bindeledd doctor`"


# A connection that rested for longer than this is tried before it is used.
_RESTED = 5.0


def _open_postgresql(url: sa.URL, echo: bool) -> sa.Engine:
    from psycopg.pq import Format  # not loaded where the database is a file

    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        echo=echo,
        hide_parameters=True,
        pool_size=10,
        max_overflow=5,
        connect_args={
            "options": "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000 "
            "-c timezone=UTC -c datestyle=ISO "
            # Read by index from memory or SSD: else a prepared page is planned anew each time.
            "-c random_page_cost=1.1 -c jit=off"
        },
    )

    @sa.event.listens_for(engine, "before_cursor_execute")
    def pack(_connection: Any, cursor: Any, _s: str, _p: Any, context: Any, _m: bool) -> None:
        """Ask for the rows as the server holds them, where a statement says `packed`: nothing is
        written out as text on one side to be read on the other."""
        if context is not None and context.execution_options.get("packed"):
            cursor.format = Format.BINARY

    @sa.event.listens_for(engine, "checkin")
    def rest(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def wake(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < _RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as gone:
            raise sa.exc.DisconnectionError() from gone

    return engine


# Databases of one connection, which are gone with it.
_IN_MEMORY = (None, "", ":memory:")


def _open_sqlite(url: sa.URL, echo: bool) -> sa.Engine:
    if sqlite.sqlite_version_info < SAFE_SQLITE:
        raise Misconfigured(
            f"SQLite {sqlite.sqlite_version} kan miste det som er lagret",
            where="pysqlite3",
            do="installer pysqlite3 0.6.1 eller nyere (SQLite 3.51.3 eller nyere)",
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


__all__ = [
    "Base",
    "Database",
    "Guard",
    "Json",
    "Utc",
    "guards",
    "is_busy",
    "look_into",
    "never_changed",
    "never_deleted",
    "only_sealed",
    "open_database",
    "refuse",
    "said_of",
    "sqlite_file",
    "table",
    "tables_in",
]
