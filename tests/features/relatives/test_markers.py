"""Planted names, numbers and words are searched for in everything that the database keeps."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import ContactWay, HeldIdentifier, Identity
from bindeledd.features.patients.domain.identifiers import Identifier, IdentifierKind
from bindeledd.features.relatives import service
from bindeledd.features.relatives.domain import Answer, Family, Share, Young
from bindeledd.foundation.db import Database
from bindeledd.tables import metadata
from builders import MONDAY, a_book, a_site, an_open_case

LATER = MONDAY + timedelta(days=1)
MARKERS = (
    "Xanthippe",
    "Zætterstrøm",
    "13116900216",
    "41234599",
    "Quisling-vegen",
    "Ørjavik",
    "Vilhelmine",
    "svigermor-markør",
    "ring bare etter markøren",
)


def spellings(marker: str) -> Iterator[bytes]:
    """As it stands, in UTF-16, in hexadecimal and in base64 at each of three places."""
    raw = marker.encode()
    yield raw
    yield marker.encode("utf-16-le")
    yield raw.hex().encode()
    for skip in range(3):
        yield base64.b64encode(raw[skip : skip + (len(raw) - skip) // 3 * 3])


def plant(database: Database) -> None:
    """Put every marker where it belongs, through the services."""
    with database.transaction() as session:
        site = a_site(session)
        number = Identifier(kind=IdentifierKind.FNR, value="13116900216")
        patient = patients.register_patient(
            session,
            tenant_id=site.tenant,
            identity=Identity(
                given="Xanthippe",
                family="Zætterstrøm",
                identifiers=(HeldIdentifier(identifier=number),),
                address="Quisling-vegen 7",
                municipality="Ørjavik",
            ),
            contact_ways=[ContactWay(value="41234599", best_time="ring bare etter markøren")],
            by=site.system,
            at=MONDAY,
        )
        case = an_open_case(session, site, patient=patient.id, discharged_at=MONDAY)
        relative = service.add_relative(
            session,
            patient.id,
            name="Vilhelmine",
            relation="svigermor-markør",
            phone="41234599",
            by=site.anna,
            at=LATER,
        )
        service.give_consent(
            session,
            relative.id,
            what=(Share.PLAN,),
            since=LATER.date(),
            words="ring bare etter markøren",
            by=site.anna,
            at=LATER,
        )
        service.ask_about_relatives(
            session,
            case.case.id,
            answer=Answer.CONTACTED,
            words="Vilhelmine, ring bare etter markøren",
            by=site.anna,
            at=LATER,
            book=a_book(),
        )
        family = Family(children=(Young(born_year=2015),), words="Vilhelmine passer barnet")
        service.ask_about_children(
            session, case.case.id, family=family, by=site.anna, at=LATER, book=a_book()
        )


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


def test_s212_no_marker_stands_in_any_cell(fresh_database: Database) -> None:
    plant(fresh_database)

    kept = everything(fresh_database)

    assert len(kept) > 1000
    found = [m for m in MARKERS for s in spellings(m) if len(s) > 7 and s in kept]
    assert found == []


def test_no_marker_stands_in_the_file_or_its_log(
    fresh_database: Database, database_url: str, dialect: str
) -> None:
    if dialect != "sqlite":
        pytest.skip("the file of SQLite; PostgreSQL is searched cell by cell")
    plant(fresh_database)
    file = Path(database_url.removeprefix("sqlite:///"))
    files = sorted(file.parent.glob(f"{file.name}*"))

    found = [
        (found_in.name, marker)
        for found_in in files
        for marker in MARKERS
        for spelling in spellings(marker)
        if len(spelling) > 7 and spelling in found_in.read_bytes()
    ]

    assert len(files) >= 2
    assert found == []


def test_the_search_would_find_a_marker_that_was_left_plain(fresh_database: Database) -> None:
    plant(fresh_database)
    with fresh_database.transaction() as session:
        session.execute(sa.text("UPDATE teams SET name = 'Teamet til Xanthippe'"))

    assert b"Xanthippe" in everything(fresh_database)
