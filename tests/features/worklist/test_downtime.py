"""The downtime list: encrypted, written down, on time; a failure stands before a person."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError

from bindeledd.checkup.downtime import of_downtime
from bindeledd.checkup.findings import Check
from bindeledd.cli import cli
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.cases import service as casework
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.patients.domain import ContactWay, Identity
from bindeledd.features.patients.service import register_patient
from bindeledd.features.reminders.tables import FaultRow
from bindeledd.features.worklist.domain.downtime import Downtime, file_name, is_due, over
from bindeledd.features.worklist.jobs import write_all, write_due
from bindeledd.foundation.console import Site
from bindeledd.foundation.db import Database
from bindeledd.maintenance import downtime
from bindeledd.plugin.loading import gather
from bindeledd.settings import read_settings
from builders import MONDAY, a_book, a_site, an_open_case
from markers import found_in

PASSWORD = "tolv hvite svaner i sno"
GIVEN, FAMILY, PHONE = "Iŋgá", "Čáhppe-Ødegård", "412 34 567"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class World:
    def __init__(self, database: Database, folder: Path, **message: bool | None) -> None:
        self.database, self.at, self.folder = database, MONDAY, folder / "lists"
        with database.transaction() as session:
            self.site = a_site(session, MONDAY)
            patient = register_patient(
                session,
                tenant_id=self.site.tenant,
                identity=Identity(given=GIVEN, family=FAMILY),
                contact_ways=(
                    ContactWay(value=PHONE, safe_to_call=False, source="person", **message),
                ),
                by=self.site.anna,
                at=MONDAY,
            )
            self.patient = patient.id
            self.case = an_open_case(session, self.site, at=MONDAY, patient=patient.id).case.id

    def said(self, **more: object) -> Downtime:
        given = {"folder": self.folder, "times": (time(7),), "holder": "vaktleder"}
        return Downtime(**{**given, "secret": PASSWORD, **more})  # type: ignore[arg-type]

    def write(self, **more: object) -> tuple[int, int]:
        return write_all(self.database, self.said(**more), a_book(), clock=lambda: self.at)

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*"))

    def text(self) -> str:
        found = []
        for file in self.files():
            reader = PdfReader(file, password=PASSWORD)
            found += [page.extract_text() for page in reader.pages]
        return "\n".join(found)

    def faults(self) -> list[str]:
        with self.database.session() as session:
            return list(session.scalars(sa.select(FaultRow.code)))


class At(Site):
    """The installation as it is looked at in the moment of the world."""

    moment = MONDAY

    @property
    def at(self) -> datetime:
        return self.moment


def a_site_of(world: World, **more: object) -> At:
    settings = replace(read_settings({}), downtime=world.said(**more))
    return At(
        open_settings=lambda: settings,
        open_database=lambda _: world.database,
        gather=lambda _: gather(),
    )


def doctor(world: World, **more: object) -> Check:
    site = a_site_of(world, **more)
    site.moment = world.at
    (found,) = of_downtime(site)
    return found


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def test_with_the_password_the_list_says_who_is_owed_what_and_if_they_may_be_called(
    world: World,
) -> None:
    world.write()

    text = world.text()

    assert FAMILY in text
    assert PHONE in text
    assert "IKKE trygt å ringe" in text
    assert "113" in text


@pytest.mark.parametrize(
    ("safe", "words"),
    [
        (False, "Legg ikke igjen beskjed"),
        (True, "Trygt å legge igjen beskjed"),
        (None, "Ikke spurt om beskjed"),
    ],
)
def test_the_list_says_whether_a_message_may_be_left_in_the_words_of_the_page(
    fresh_database: Database, tmp_path: Path, safe: bool | None, words: str
) -> None:
    world = World(fresh_database, tmp_path, safe_to_leave_message=safe)
    world.write()

    assert words in " ".join(world.text().split())


def test_without_the_password_nothing_of_it_is_readable(world: World) -> None:
    world.write()
    data = [file.read_bytes() for file in world.files()]

    assert data
    assert found_in(b"".join(data), [GIVEN, FAMILY, PHONE, "41234567"]) == []
    for one in data:
        with pytest.raises(FileNotDecryptedError):
            PdfReader(io.BytesIO(one)).pages[0].extract_text()


def test_a_list_is_encrypted_with_aes_256(world: World) -> None:
    world.write()

    encrypted = PdfReader(world.files()[0]).trailer["/Encrypt"]

    assert (encrypted["/V"], encrypted["/R"]) == (5, 6)


def test_there_is_a_file_for_each_team_and_no_name_in_file_name_or_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        world.write()

    said = " ".join([*(file.name for file in world.files()), caplog.text])
    assert len(world.files()) == 2
    assert not any(word in said for word in (GIVEN, FAMILY, PHONE, PASSWORD))


def test_a_file_is_for_its_owners_eyes(world: World) -> None:
    world.write()

    assert {file.stat().st_mode & 0o777 for file in world.files()} == {0o600}


def test_everybody_on_a_list_is_written_down_for_each_team(world: World) -> None:
    world.write()

    with world.database.session() as session:
        events = session.scalars(
            sa.select(AuditEventRow.id).where(AuditEventRow.act == "downtime.listed")
        ).all()
        subjects = session.scalars(
            sa.select(AuditSubjectRow.subject_id).where(AuditSubjectRow.event_id.in_(events))
        ).all()
    assert len(events) == 2
    assert subjects == [world.patient]


def test_lists_are_written_once_when_their_time_has_come(world: World) -> None:
    said, book = world.said(), a_book()

    def due() -> int:
        return write_due(world.database, said, book, clock=lambda: world.at)

    first, again = due(), due()
    world.at += DAY

    assert (first, again, due()) == (2, 0, 2)


def test_a_folder_that_cannot_be_written_to_stands_before_a_person(world: World) -> None:
    world.folder.write_text("in the way")

    assert world.write() == (0, 2)
    assert world.faults() == ["downtime.not_written"]


@pytest.mark.parametrize("password", ["", "too short"])
def test_without_a_password_that_does_nothing_is_written_and_a_person_is_told(
    world: World, password: str
) -> None:
    assert world.write(secret=password) == (0, 1)
    assert world.faults() == ["downtime.no_password"]
    assert world.files() == []


def test_the_password_may_lie_in_a_file(world: World, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{PASSWORD}\n")

    world.write(secret="", secret_file=secret)

    assert FAMILY in world.text()


def test_of_a_reported_death_the_list_says_that_nobody_makes_contact(world: World) -> None:
    with world.database.transaction() as session:
        casework.record(
            session,
            world.case,
            [NewEvent(kind=EventKind.DEATH_REPORTED, at=MONDAY, source="person")],
            by=world.site.anna,
            at=MONDAY,
            book=a_book(),
        )

    world.write()

    assert "ingen tar kontakt" in world.text()
    assert PHONE not in world.text()


def test_doctor_says_what_is_missing(world: World) -> None:
    found = doctor(world, secret="", holder="", folder=world.folder)

    assert not found.ok
    assert all(word in found.found for word in ("passordet mangler", "til å ha passordet", "aldri"))


def test_doctor_is_content_once_the_lists_are_written(world: World) -> None:
    world.write()

    found = doctor(world)

    assert (found.ok, "vaktleder" in found.found) == (True, True)


def test_doctor_tells_of_lists_that_are_late(world: World) -> None:
    world.write()
    world.at += DAY

    assert "ikke skrevet til rett tid" in doctor(world).found


def test_doctor_tells_of_a_password_file_that_others_can_read(world: World, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)

    assert "andre kan lese" in doctor(world, secret_file=secret).found


def test_the_command_writes_the_lists_at_once(world: World) -> None:
    done = CliRunner().invoke(downtime, ["--json"], obj=a_site_of(world))

    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["written"] == len(world.files()) == 2


def test_the_command_stands_in_the_help_with_words() -> None:
    said = CliRunner().invoke(cli, ["--help"]).output

    assert "commands.list.downtime" not in said


def test_old_files_go_and_the_newest_of_each_team_and_others_files_stay() -> None:
    old, older, other = (
        file_name("t", team * 8, MONDAY - days * DAY)
        for team, days in (("a", 8), ("a", 9), ("b", 30))
    )
    names = [old, older, other, "budget.pdf"]

    assert over(names, keep=7 * DAY, at=MONDAY) == [older]


def test_a_time_that_passed_while_nothing_ran_is_still_due() -> None:
    said = Downtime(times=(time(7),))

    assert is_due(said, None, MONDAY)
    assert is_due(said, MONDAY - 3 * DAY, MONDAY)
    assert not is_due(said, MONDAY, MONDAY + HOUR)
