"""Turning over a tenant's key: everything stays readable, also when it is killed in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.staff.domain import command
from bindeledd.foundation.db import Database, open_database
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.sealing.envelope import Place
from bindeledd.foundation.sealing.keyring import Keyring, new_subject, seal, unseal
from bindeledd.foundation.sealing.providers import EnvironmentKeys, FileKeys
from bindeledd.foundation.sealing.rotation import KeyStatus, key_status
from bindeledd.turning import Turned, begin, turn
from builders import MONDAY

SAID = {"family": "Nordmann"}


class Killed(BaseException):
    """The process is gone."""


class House:
    """One tenant with sealed bundles; `open()` is another process that comes to it."""

    def __init__(self, url: str, folder: Path, keys: int = 5) -> None:
        self.url, self.folder, self.tenant = url, folder, uuid4()
        self.opened: list[Database] = []
        self.bundles: dict[Place, bytes] = {}
        FileKeys(folder).make_first(self.tenant)
        self.add(keys)

    def open(self) -> Database:
        self.opened.append(open_database(self.url, info={Keyring: Keyring(FileKeys(self.folder))}))
        return self.opened[-1]

    def add(self, how_many: int) -> None:
        with self.open().transaction() as session:
            for _ in range(how_many):
                subject = uuid4()
                new_subject(session, tenant_id=self.tenant, subject_id=subject, at=MONDAY)
                place = Place(self.tenant, "patients", "identity", subject, subject)
                self.bundles[place] = seal(session, place, SAID)

    def turn(self, **more: object) -> Turned:
        database = self.open()
        begin(database, self.tenant)
        return turn(database, self.tenant, by=command(self.tenant), batch=2, **more)  # type: ignore[arg-type]

    def readable(self) -> bool:
        with self.open().transaction() as session:
            return all(unseal(session, place, b) == SAID for place, b in self.bundles.items())

    def status(self) -> KeyStatus:
        with self.open().transaction() as session:
            return key_status(session, self.tenant)

    def versions(self) -> int:
        return len((self.folder / f"{self.tenant}.keys").read_text().splitlines())


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    made = House(database_url, tmp_path / "keys")
    yield made
    for database in made.opened:
        database.close()


def killed_after(batches: int) -> object:
    told: list[int] = []

    def progress(done: int, _total: int) -> None:
        told.append(done)
        if len(told) == batches:
            raise Killed

    return progress


def test_every_key_is_wrapped_by_the_new_version_and_the_old_one_stays(house: House) -> None:
    done = house.turn()

    wraps = [(v.version, v.newest, v.wraps) for v in house.status().versions]
    assert (done.version, done.done, done.damaged) == (2, 5, ())
    assert wraps == [(1, False, 0), (2, True, 5)]
    assert house.versions() == 2
    assert house.readable()


@pytest.mark.parametrize("batches", [1, 2])
def test_what_was_killed_in_the_middle_goes_on_with_the_same_version(
    house: House, batches: int
) -> None:
    with pytest.raises(Killed):
        house.turn(progress=killed_after(batches))
    assert house.status().to_rewrap == 5 - 2 * batches
    assert house.readable()

    again = house.turn()

    assert (again.version, again.done) == (2, 5 - 2 * batches)
    assert house.status().to_rewrap == 0
    assert house.versions() == 2
    assert house.readable()


def test_what_was_killed_before_the_first_key_makes_no_third_version(house: House) -> None:
    first = begin(house.open(), house.tenant)
    again = begin(house.open(), house.tenant)

    assert (first.made, first.waiting) == (True, 5)
    assert (again.version, again.made, again.waiting) == (2, False, 5)


def test_a_process_that_was_running_all_the_time_reads_on(house: House) -> None:
    running = house.open()
    place, sealed = next(iter(house.bundles.items()))
    with running.transaction() as session:
        assert unseal(session, place, sealed) == SAID

    house.turn()

    running.info[Keyring].drop([place.subject])
    with running.transaction() as session:
        assert unseal(session, place, sealed) == SAID


def test_turning_is_written_down(house: House) -> None:
    house.turn()

    with house.open().transaction() as session:
        asked = sa.select(AuditEventRow.facts).where(AuditEventRow.act == "keys.turned")
        (facts,) = session.scalars(asked)
    assert facts == {"version": 2, "count": 5}


def test_a_key_that_is_not_at_hand_is_said_before_anything_is_made(house: House) -> None:
    house.turn()
    file = house.folder / f"{house.tenant}.keys"
    file.write_text(file.read_text().splitlines()[0] + "\n")

    with pytest.raises(Misconfigured, match="kan ikke åpnes"):
        begin(house.open(), house.tenant)

    assert house.versions() == 1


def test_one_key_that_cannot_be_opened_is_told_in_the_singular(
    database_url: str, tmp_path: Path
) -> None:
    house = House(database_url, tmp_path / "keys", keys=1)
    house.turn()
    file = house.folder / f"{house.tenant}.keys"
    file.write_text(file.read_text().splitlines()[0] + "\n")

    with pytest.raises(Misconfigured, match="1 datanøkkel kan ikke åpnes"):
        begin(house.open(), house.tenant)

    for database in house.opened:
        database.close()


def test_a_key_from_the_environment_is_added_there(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = (house.folder / f"{house.tenant}.keys").read_text().strip()
    monkeypatch.setenv("BINDELEDD_KEYS", line)
    database = open_database(house.url, info={Keyring: Keyring(EnvironmentKeys())})

    with pytest.raises(Misconfigured, match="legg til versjon 2"):
        begin(database, house.tenant)
    fresh = "2:" + line.partition(":")[2][::-1].lstrip("=") + "="
    monkeypatch.setenv("BINDELEDD_KEYS", f"{line},{fresh}")
    database.info[Keyring].forget()
    begun = begin(database, house.tenant)
    done = turn(database, house.tenant, by=command(house.tenant))
    database.close()

    assert (begun.made, done.version, done.done) == (False, 2, 5)
