"""Planted names, numbers and words of a list are searched for in everything that is kept."""

from __future__ import annotations

import pytest

from bindeledd.features.discharges import service as discharges
from bindeledd.features.takeover import service
from bindeledd.foundation.db import Database
from builders import MONDAY, a_book
from features.takeover.builders import ANE, BO, CATO, a_row, a_test_site, csv_of, taken_over
from markers import everything, files_of, found_in

MARKERS = (
    "Xanthippe",
    "Zætterstrøm",
    "Quisling",
    "41234599",
    "ring fastlegen-markør",
    "huset bak markøren",
    "merknad-markør",
    "angre-markør",
    "hemmelig-liste",
    ANE,
    BO,
    CATO,
)


def plant(database: Database) -> None:
    """A row that is taken, one that is refused, a wish to undo it, and a listed discharge."""
    with database.transaction() as session:
        site = a_test_site(session)
        row = a_row(
            given="Xanthippe",
            family="Zætterstrøm",
            next_step="ring fastlegen-markør",
            next_at="4.3.2027",
            appointment="9.3.2027 13.00",
            place="huset bak markøren",
            note="merknad-markør",
        )
        refused = a_row(number=BO, family="Quisling", owner="Ukjent")
        done = taken_over(session, site, csv_of(row, refused), name="hemmelig-liste.csv")
        service.ask_undo(
            session, done.takeover.id, words="angre-markør", by=site.berit, at=MONDAY, book=a_book()
        )
        discharges.compare(
            session,
            data=f"Fødselsnummer;Navn;Utskrevet\n{CATO};Quisling, Xanthippe;1.2.2027".encode(),
            name="hemmelig-liste.csv",
            by=site.system,
            at=MONDAY,
            book=a_book(),
        )


def test_no_marker_stands_in_any_cell(fresh_database: Database) -> None:
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
