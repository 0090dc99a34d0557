"""A client of the whole app on each database, with nobody logged in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bindeledd.app import create_app
from bindeledd.foundation.db import Database
from bindeledd.foundation.texts import HOME, be_strict, set_site_language
from bindeledd.plugin.loading import Gathered, gather
from bindeledd.settings import Settings, read_settings
from strictly import strictly


@pytest.fixture(scope="session")
def gathered() -> Gathered:
    return gather()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(read_settings({"BINDELEDD_HOME": str(tmp_path)}), environment="test")


@pytest.fixture
def app(fresh_database: Database, settings: Settings, gathered: Gathered) -> Iterator[Flask]:
    made = create_app(settings, database=fresh_database, gathered=gathered)
    yield strictly(made)
    be_strict(True)
    set_site_language(HOME)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
