"""Planted words are searched for in all that a database keeps, however they are spelt there."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlalchemy as sa

from bindeledd.foundation.db import Database
from bindeledd.tables import metadata

SHORTEST = 8  # bytes: what is shorter stands in anything by chance


def everything(database: Database) -> bytes:
    """Every cell of every table."""
    with database.transaction() as session:
        cells = [
            bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
            for table in metadata.tables.values()
            for row in session.execute(sa.select(table))
            for cell in row
        ]
    return b"\0".join(cells)


def files_of(database_url: str) -> list[Path]:
    """The file of an SQLite database, and those that it keeps beside it."""
    file = Path(database_url.removeprefix("sqlite:///"))
    return sorted(file.parent.glob(f"{file.name}*"))


def found_in(kept: bytes, markers: Iterable[str]) -> list[str]:
    """The markers that stand in these bytes, in whatever spelling."""
    return [
        marker
        for marker in markers
        for spelling in _spellings(marker)
        if len(spelling) >= SHORTEST and spelling in kept
    ]


def _spellings(marker: str) -> Iterator[bytes]:
    """As it stands, in UTF-16, in hexadecimal and in base64 at each of three places."""
    raw = marker.encode()
    yield raw
    yield marker.encode("utf-16-le")
    yield raw.hex().encode()
    for skip in range(3):
        yield base64.b64encode(raw[skip : skip + (len(raw) - skip) // 3 * 3])
