"""Empty databases of both kinds, and the tree as a place to look at."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from architecture.tree import ROOT
from architecture.wheels import Environment, build, copy_of_core, environment_with


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


@pytest.fixture(scope="session")
def core_source(scratch: Path) -> Path:
    """What the core's wheel is built from: a copy of the tree."""
    return copy_of_core(scratch / "core-source")


@pytest.fixture(scope="session")
def core_wheel(core_source: Path, scratch: Path) -> Path:
    """The core's wheel, built from a second copy: building leaves things behind."""
    building = scratch / "core-building"
    shutil.copytree(core_source, building)
    return build(building, scratch / "core-wheel", "--wheel")[0]


@pytest.fixture(scope="session")
def pack_wheels(scratch: Path) -> list[Path]:
    """The wheels of the packs in this repository."""
    made = []
    for pack in sorted((ROOT / "plugins").glob("*/pyproject.toml")):
        source = scratch / "pack-sources" / pack.parent.name
        shutil.copytree(
            pack.parent, source, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__", "build")
        )
        made += build(source, scratch / "pack-wheels" / pack.parent.name, "--wheel")
    return made


@pytest.fixture(scope="session")
def environment(core_wheel: Path, pack_wheels: list[Path], scratch: Path) -> Environment:
    """A place away from the checkout where core and packs are installed from wheels."""
    return environment_with([core_wheel, *pack_wheels], scratch / "environment")
