"""The database opens on both kinds and holds the tables."""

import sqlalchemy as sa

from bindeledd.foundation.db import Database


def test_the_tables_are_there(database: Database) -> None:
    with database.transaction() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM cases")) == 0


def test_a_fresh_database_is_empty_and_commits(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM tasks")) == 0
