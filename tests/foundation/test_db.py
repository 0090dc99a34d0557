"""The database opens on both kinds and holds the tables."""

from contextlib import closing
from datetime import UTC, datetime
from uuid import UUID

import pysqlite3.dbapi2 as sqlite
import pytest
import sqlalchemy as sa

from bindeledd.foundation.db import Database, Json, Utc

# One value of each kind that the tables hold.
HELD = {
    "id": (sa.Uuid(), UUID(int=7)),
    "at": (Utc(), datetime(2026, 3, 29, 1, 30, 0, 250_000, tzinfo=UTC)),
    "on": (sa.Date(), datetime(2026, 3, 29, tzinfo=UTC).date()),
    "words": (sa.Text(), "Ánne Østgård 🌊"),
    "sealed": (sa.LargeBinary(), bytes(range(256))),
    "count": (sa.BigInteger(), 2**62),
    "yes": (sa.Boolean(), True),
    "said": (Json, {"a": [1, "å", None, 0.5]}),
}


def test_the_tables_are_there(database: Database) -> None:
    with database.transaction() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM cases")) == 0


def test_a_fresh_database_is_empty_and_commits(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM tasks")) == 0


def test_a_database_learns_what_its_indexes_hold_and_stays_usable(
    fresh_database: Database,
) -> None:
    fresh_database.learn()
    with fresh_database.transaction() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM cases")) == 0
        if fresh_database.dialect == "sqlite":
            assert session.scalar(sa.text("PRAGMA busy_timeout")) == 10000


def test_learning_waits_for_nobody_who_writes(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        session.execute(sa.text("UPDATE tasks SET round = round"))
        fresh_database.learn()
        assert session.scalar(sa.text("SELECT count(*) FROM tasks")) == 0


def test_a_connection_waits_as_before_where_another_writer_kept_it_from_learning(
    fresh_database: Database,
) -> None:
    if fresh_database.dialect != "sqlite":
        pytest.skip("PostgreSQL learns by itself")
    with fresh_database.transaction() as session:
        session.execute(sa.text("CREATE TABLE counted (a)"))
        session.execute(sa.text("CREATE INDEX counted_a ON counted (a)"))
        session.execute(sa.text("INSERT INTO counted VALUES (1), (2)"))
    with closing(sqlite.connect(fresh_database.engine.url.database)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        fresh_database.learn()
        with fresh_database.reading() as session:
            waits = session.scalar(sa.text("PRAGMA busy_timeout"))
    assert waits == 10000


def test_packed_rows_say_the_same_as_rows_in_writing(database: Database) -> None:
    if database.dialect != "postgresql":
        pytest.skip("a file has nothing to write out")
    asked = sa.select(
        *(
            sa.type_coerce(sa.cast(sa.bindparam(name, value, type_=kind), kind), kind).label(name)
            for name, (kind, value) in HELD.items()
        ),
        sa.cast(sa.null(), sa.Uuid()).label("none"),
    )
    with database.transaction() as session:
        plain = session.execute(asked).one()
        packed = session.execute(asked.execution_options(packed=True)).one()
    assert packed == plain
    assert packed.none is None
    for name, found in packed._mapping.items():
        if name != "none":
            assert (name, found) == (name, HELD[name][1])
            assert type(found) is type(HELD[name][1])


def test_packed_rows_come_as_the_server_holds_them(database: Database) -> None:
    if database.dialect != "postgresql":
        pytest.skip("a file has nothing to write out")
    asked = sa.select(sa.literal(1).label("one"))
    with database.transaction() as session:
        shapes = [
            session.execute(said).cursor.pgresult.fformat(0)  # type: ignore[attr-defined]
            for said in (asked, asked.execution_options(packed=True))
        ]
    assert shapes == [0, 1]
