"""The database opens on both kinds and holds the tables."""

import sqlalchemy as sa

from bindeledd.foundation.db import Database


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
