"""Planted names, numbers and words are searched for in everything that the database keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import ContactWay, HeldIdentifier, Identity
from bindeledd.features.patients.domain.identifiers import Identifier, IdentifierKind
from bindeledd.features.relatives import service
from bindeledd.features.relatives.domain import Answer, Family, Share, Young
from bindeledd.foundation.db import Database
from builders import MONDAY, a_book, a_site, an_open_case
from markers import everything, files_of, found_in

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


def test_s212_no_marker_stands_in_any_cell(fresh_database: Database) -> None:
    plant(fresh_database)

    kept = everything(fresh_database)

    assert len(kept) > 1000
    assert found_in(kept, MARKERS) == []


def test_no_marker_stands_in_the_file_or_its_log(
    fresh_database: Database, database_url: str, dialect: str
) -> None:
    if dialect != "sqlite":
        pytest.skip("the file of SQLite; PostgreSQL is searched cell by cell")
    plant(fresh_database)
    files = files_of(database_url)

    assert len(files) >= 2
    assert [found for file in files for found in found_in(file.read_bytes(), MARKERS)] == []


def test_the_search_would_find_a_marker_that_was_left_plain(fresh_database: Database) -> None:
    plant(fresh_database)
    with fresh_database.transaction() as session:
        session.execute(sa.text("UPDATE teams SET name = 'Teamet til Xanthippe'"))

    assert b"Xanthippe" in everything(fresh_database)
