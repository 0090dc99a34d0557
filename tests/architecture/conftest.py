"""Empty databases of both kinds, and the tree as a place to look at."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa


def _admin(statement: str) -> None:
    url = sa.make_url(os.environ["BINDELEDD_TEST_POSTGRES"]).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def empty_url(dialect: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it, of each kind."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    name = f"empty_{uuid.uuid4().hex}"
    _admin(f'CREATE DATABASE "{name}"')
    url = sa.make_url(os.environ["BINDELEDD_TEST_POSTGRES"]).set(database=name)
    yield url.render_as_string(hide_password=False)
    _admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
