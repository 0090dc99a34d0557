"""The directory of packs: read with its lines, refused where it could never be shown, seen with the task."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain.dialling import hours_words
from bindeledd.features.casefile.pages.directory import whom
from bindeledd.features.casefile.service.directory import numbers_on_paper
from bindeledd.features.staff.tables import OrganisationRow, TeamRow, UnitRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.ids import new_id
from bindeledd.plugin.loading import gather
from builders import a_site, an_open_case
from doors import an_app
from features.casefile.following import World
from plugin.packs import DATA, Shelf
from visitors import a_visitor, text_of

CONTACT = """
    [[contact]]
    key = "one.by-day"
    label = { nb = "Psykiatri på dagtid", en = "Psychiatry by day" }
    phone = "+47 77 00 00 00"
    hours = [{ weekdays = [1, 2], opens = 08:00:00, closes = 15:30:00 }]
    tasks = ["assess_risk"]
    units = ["medical_ward"]
    rows = ["S-015"]
"""


def put(shelf: Shelf, contacts: str) -> None:
    shelf.put("one", DATA, files={"contacts.toml": contacts})


def test_s015_a_pack_knows_who_answers_by_day(shelf: Shelf) -> None:
    put(shelf, CONTACT)
    (one,) = gather(["one"], points=shelf.points).book.contacts
    assert (one.phone, one.tasks) == ("+47 77 00 00 00", {"assess_risk"})
    assert one.hours == ((1, time(8), time(15, 30)), (2, time(8), time(15, 30)))
    assert hours_words(one.hours) == "man., tirs. 08.00-15.30"


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (CONTACT.replace("+47 77 00 00 00", "ring oss"), 4),
        (CONTACT.replace('"assess_risk"', '"asess_risk"'), 6),
        (CONTACT.replace('tasks = ["assess_risk"]', "tasks = []"), 6),
        (CONTACT.replace("label = {", "lable = {"), 3),
        (CONTACT.replace("nb =", "sv ="), 3),
        (CONTACT + '    link = "http://kommunen.example"\n', 9),
        (CONTACT + '    link = "javascript:alert(1)"\n', 9),
        (CONTACT + '    link = "https://a.example/\\" onclick=\\"x"\n', 9),
    ],
)
def test_what_does_not_fit_stops_the_start_with_its_line(
    shelf: Shelf, broken: str, line: int
) -> None:
    put(shelf, broken)
    with pytest.raises(Misconfigured) as stopped:
        gather(["one"], points=shelf.points)
    assert stopped.value.where.startswith("pack-one:contacts.toml:")
    assert int(stopped.value.where.rpartition(":")[2]) in (line, 1)


def test_who_answers_is_told_by_the_clock_of_the_team(session: Session, shelf: Shelf) -> None:
    put(shelf, CONTACT.replace('units = ["medical_ward"]', ""))
    book, site = gather(["one"], points=shelf.points).book, a_site(session)
    case = an_open_case(session, site).case
    by_zone = {}
    for zone in ("Europe/Oslo", "Atlantic/Azores"):
        session.execute(sa.update(TeamRow).where(TeamRow.id == site.team).values(zone=zone))
        session.expire_all()
        file = SimpleNamespace(case=case, at=datetime(2027, 3, 1, 7, 30, tzinfo=UTC))  # a Monday
        [line] = whom(session, book, file, "assess_risk")  # type: ignore[arg-type]
        by_zone[zone] = line.answers
    assert by_zone == {"Europe/Oslo": True, "Atlantic/Azores": False}


def test_s135_whoever_took_over_sees_the_directory_of_their_own_house_too(
    session: Session, shelf: Shelf
) -> None:
    """The case began in a ward of a trust; the team that answers now is of the municipality."""
    ours = CONTACT.replace('units = ["medical_ward"]', 'organisations = ["drammen"]')
    put(shelf, ours + CONTACT.replace("one.by-day", "one.of-the-ward"))
    book, site = gather(["one"], points=shelf.points).book, a_site(session)
    session.execute(sa.update(UnitRow).values(kind="medical_ward"))
    case = an_open_case(session, site, unit=True).case
    file = SimpleNamespace(case=case, at=datetime(2027, 3, 1, 7, 30, tzinfo=UTC))
    assert len(whom(session, book, file, "assess_risk")) == 1  # type: ignore[arg-type]
    town = new_id()
    session.execute(
        sa.insert(OrganisationRow).values(
            id=town, tenant_id=site.tenant, key="drammen", name="Drammen", kind="municipality"
        )
    )
    moved = sa.update(TeamRow).where(TeamRow.id == site.team)
    session.execute(moved.values(organisation_id=town))
    session.expire_all()
    assert len(whom(session, book, file, "assess_risk")) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["by-day", "other.by-day", "one"])
def test_a_contact_without_the_name_of_its_pack_stops_the_start(shelf: Shelf, key: str) -> None:
    put(shelf, CONTACT.replace("one.by-day", key))
    with pytest.raises(Misconfigured) as stopped:
        gather(["one"], points=shelf.points)
    assert stopped.value.where == "pack-one:contacts.toml:2"
    assert stopped.value.fault.code == "plugin.key_without_name"


def test_one_key_stands_for_one_contact(shelf: Shelf) -> None:
    put(shelf, CONTACT + CONTACT)
    with pytest.raises(Misconfigured) as stopped:
        gather(["one"], points=shelf.points)
    assert "one.by-day" in str(stopped.value)


def test_s013_s016_s103_the_page_of_a_task_says_who_is_meant_and_that_the_number_is_missing(
    fresh_database: Database, tmp_path: Path
) -> None:
    world = World(fresh_database, tmp_path)
    with fresh_database.transaction() as session:
        session.execute(sa.update(OrganisationRow).values(key="vestre-viken"))
        session.execute(sa.update(UnitRow).values(kind="medical_ward"))
    world.app = an_app(fresh_database, tmp_path, ["helse-sor-ost"])
    world.anna = a_visitor(world.app, fresh_database, world.site.anna)
    (task,) = world.open("assess_risk")
    page = text_of(world.anna.get(world.path(f"tasks/{task.id}")))
    assert "Tilsyn fra psykiatrien til somatiske avdelinger" in page
    assert "Nummeret er ikke lagt inn her ennå." in page
    (other,) = world.open("send_summary")
    assert "Hvem du kan spørre" not in text_of(world.anna.get(world.path(f"tasks/{other.id}")))


HELP = """
    [[contact]]
    key = "one.doctor"
    label = { nb = "Legevakt", en = "Doctor on call" }
    phone = "116 117"
    tasks = ["offer_plan"]
    on_paper = true
    [[contact]]
    key = "one.inside"
    label = { nb = "Bare for ansatte", en = "Staff only" }
    phone = "+47 77 00 00 00"
    tasks = ["offer_plan"]
    [[contact]]
    key = "one.guide"
    label = { nb = "Veilederen", en = "The guide" }
    link = "https://veileder.example/plan"
    version = "2025-03"
    tasks = ["offer_plan"]
    on_paper = true
"""


def test_s138_what_a_person_may_call_stands_on_the_paper_and_the_rest_beside_the_form(
    session: Session, shelf: Shelf
) -> None:
    put(shelf, HELP)
    book, site = gather(["one"], points=shelf.points).book, a_site(session)
    case, at = an_open_case(session, site).case, datetime(2027, 3, 1, 7, 30, tzinfo=UTC)
    assert list(numbers_on_paper(session, book, case, at)) == [
        ("Legevakt", "116 117 · Hele døgnet.")
    ]
    lines = whom(session, book, SimpleNamespace(case=case, at=at), "offer_plan")  # type: ignore[arg-type]
    assert {one.label: (one.link, one.version) for one in lines}["Veilederen"] == (
        "https://veileder.example/plan",
        "2025-03",
    )
    assert len(lines) == 3


def test_s138_the_page_on_which_a_plan_is_written_says_whom_to_call(
    fresh_database: Database, tmp_path: Path
) -> None:
    world = World(fresh_database, tmp_path)
    plain = text_of(world.anna.get(world.path("plan/write")))
    assert "116 117" not in plain
    world.app = an_app(fresh_database, tmp_path, ["hjelpelenker"])
    world.anna = a_visitor(world.app, fresh_database, world.site.anna)
    page = text_of(world.anna.get(world.path("plan/write")))
    assert "116 117" in page
    assert "Hele døgnet." in page
