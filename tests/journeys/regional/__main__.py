"""Writes docs/journeys.md and its pictures: `make journeys`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from architecture.tree import ROOT
from bindeledd.foundation.db import open_database
from bindeledd.foundation.sealing.keyring import Keyring
from bindeledd.foundation.sealing.providers import FileKeys
from bindeledd.foundation.texts import speaking
from conftest import build
from journeys.regional.page import write
from journeys.regional.stories import STORIES, told


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        keys = Keyring(FileKeys(Path(folder) / "keys", create=True))
        database = open_database(f"sqlite:///{folder}/journeys.db", info={Keyring: keys})
        build(database)
        with speaking("en"):
            write(((story, told(database, story)) for story in STORIES), ROOT / "docs")
        database.close()


main()
