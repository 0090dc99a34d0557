"""The directory of packs: read with its lines, refused where it could never be shown, seen with the task."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.casefile.pages.directory import hours_words
from bindeledd.features.staff.tables import OrganisationRow, UnitRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.loading import gather
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
        (CONTACT.replace('"assess_risk"', '"asess_risk"'), 1),
        (CONTACT.replace('tasks = ["assess_risk"]', "tasks = []"), 1),
        (CONTACT.replace("label = {", "lable = {"), 3),
        (CONTACT.replace("nb =", "sv ="), 3),
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
