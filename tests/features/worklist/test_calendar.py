"""The team's calendar: a week by day and hour, what became of each, and who is not there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar as Read

from bindeledd.features.appointments.tables import AppointmentRow, detail_place
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.staff.domain import Absence
from bindeledd.features.staff.tables import AbsenceRow
from bindeledd.features.worklist.domain.calendar import (
    MOST,
    BadWeek,
    Slot,
    Week,
    days_of,
    is_soft,
)
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.keyring import seal
from builders import an_open_case
from doors import a_door
from features.worklist.a_day import NAME, World
from features.worklist.builders import a_named_patient
from statements import statements
from visitors import EITHER, text_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEK = Week(date(2027, 3, 22))  # Easter: Thursday and Friday are public holidays
PLACE = "Storgata 5"


class Booked(World):
    """The same with appointments, made as rows."""

    @property
    def week(self) -> Week:
        return Week.of(self.at)

    def books(self, starts_at: datetime, *, case: UUID | None = None, **said: Any) -> UUID:
        made, detail = new_id(), said.pop("detail", {"where": PLACE, "whom": "Berit"})
        patient = said.pop("patient", self.patient)
        ended = said.get("state", "given") not in ("booked", "given")
        row = {
            "state": "given",
            "given_at": self.at,
            "ended_at": self.at if ended else None,
            "made_at": self.at,
            "made_by": self.site.anna.id,
            **said,
        }
        with self.database.transaction() as session:
            place = detail_place(self.site.tenant, made, patient)
            session.add(
                AppointmentRow(
                    id=made,
                    tenant_id=self.site.tenant,
                    case_id=case or self.case,
                    starts_at=starts_at,
                    detail=seal(session, place, detail),
                    **row,
                )
            )
        return made

    def fill(self, number: int) -> None:
        with self.database.transaction() as session:
            people = [a_named_patient(session, self.site, NAME) for _ in range(min(number, 40))]
            cases = [an_open_case(session, self.site, at=self.at, patient=p) for p in people]
        for n in range(number):
            opened = cases[n % len(cases)].case
            at = self.week.since + timedelta(days=n % 5, hours=8 + n % 7)
            self.books(at, case=opened.id, patient=opened.patient_id)


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> Booked:
    return Booked(fresh_database, tmp_path)


# --- values ----------------------------------------------------------------------------------------


def a_slot(starts_at: datetime, **other: Any) -> Slot:
    return Slot(
        id=new_id(),
        case_id=new_id(),
        starts_at=starts_at,
        state="given",
        team_id=new_id(),
        member_id=None,
        **other,
    )


@pytest.mark.parametrize("text", ["2026-W48", "2026-W53", "2027-W01"])
def test_a_week_is_read_as_it_is_written(text: str) -> None:
    assert str(Week.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "48", "2026-48", "2027-W53", "2026-W00", "٢٠٢٦-W10", "0-W1", "99999999-W01", "a-Wb"],
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(BadWeek):
        Week.parse(text)


def test_a_week_is_as_long_as_the_wall_says_also_when_the_clock_is_changed() -> None:
    assert WEEK.until - WEEK.since == 7 * DAY - HOUR


def test_each_appointment_stands_on_its_day_and_hour_of_the_wall() -> None:
    late = datetime(2027, 3, 23, 22, 30, tzinfo=UTC)  # 23.30 on the wall
    found = days_of(WEEK, [a_slot(late), a_slot(late + HOUR)], {}, [])

    said = [(day.on.day, [hour for hour, _ in day.hours]) for day in found if day.hours]
    assert said == [(23, [23]), (24, [0])]


def test_a_day_says_why_it_is_closed() -> None:
    team = new_id()
    calendar = Calendar(closed=frozenset({date(2027, 3, 23)}))

    found = days_of(WEEK, [], {team: calendar}, [])

    assert [day.shut[0].why if day.shut else "" for day in found] == [
        "",
        "closed",
        "",
        "holiday",
        "holiday",
        "weekend",
        "holiday",
    ]


def test_a_day_says_who_is_away_some_of_it() -> None:
    since = datetime(2027, 3, 23, 12, tzinfo=UTC)
    away = Absence(member_id=new_id(), since=since, until=since + DAY)
    back = Absence(member_id=new_id(), since=since, until=since + DAY, cancelled_at=since)

    found = days_of(WEEK, [], {}, [away, back])

    assert [len(day.away) for day in found] == [0, 1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("state", "ahead", "soft"),
    [
        ("booked", -HOUR, True),
        ("given", -HOUR, True),
        ("given", HOUR, False),
        ("kept", -HOUR, False),
        ("missed", -HOUR, False),
    ],
)
def test_soft_is_what_is_over_and_of_which_nobody_has_spoken(
    state: str, ahead: timedelta, soft: bool
) -> None:
    assert is_soft(state, WEEK.since + ahead, WEEK.since) is soft


def test_what_cannot_be_read_is_not_said_to_lack_a_place() -> None:
    unread = a_slot(WEEK.since, unreadable=True)

    assert not unread.has_no_place
    assert not unread.meets_nobody


# --- the page --------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", EITHER)
def test_a_week_says_who_where_with_whom_and_what_became_of_it(world: Booked) -> None:
    monday = world.week.since
    world.books(monday + 10 * HOUR, state="kept")
    world.books(monday + 11 * HOUR, state="missed", member_id=world.site.berit.id)
    world.books(world.week.previous.since)
    world.books(world.week.until)

    page = text_of(world.anna.get("/calendar"))

    assert page.count(NAME) == 2
    for words in ("10.00", "møtte", "møtte ikke", PLACE, f"Uke {world.week.number}"):
        assert words in page


def test_what_is_over_and_unsaid_is_soft(world: Booked) -> None:
    last = world.week.previous
    world.books(last.since + 10 * HOUR)

    page = text_of(world.anna.get(f"/calendar?week={last}"))

    assert "ingen har sagt det ennå" in page


def test_no_place_and_nobody_to_meet_are_said(world: Booked) -> None:
    world.books(world.week.since + 10 * HOUR, detail={})

    page = text_of(world.anna.get("/calendar"))

    assert "sted mangler" in page
    assert "ingen å møte" in page


@pytest.mark.parametrize("state", ["moved", "cancelled", "in_error"])
def test_what_does_not_take_place_is_gone_from_it(world: Booked, state: str) -> None:
    world.books(world.week.since + 10 * HOUR, state=state)

    assert NAME not in text_of(world.anna.get("/calendar"))


def test_who_is_away_stands_on_the_day(world: Booked) -> None:
    berit = world.site.berit
    with world.database.transaction() as session:
        session.add(
            AbsenceRow(
                id=new_id(),
                tenant_id=world.site.tenant,
                member_id=berit.id,
                since=world.week.since + DAY,
                until=world.week.since + 2 * DAY,
            )
        )

    page = text_of(world.anna.get("/calendar"))

    assert page.count("Berit er borte") == 1


def test_it_is_empty_in_words(world: Booked) -> None:
    assert "Ingen timer denne uken" in text_of(world.anna.get("/calendar"))


def test_a_filter_is_of_whoever_meets_the_person(world: Booked) -> None:
    world.books(world.week.since + 10 * HOUR, member_id=world.site.berit.id)

    mine = text_of(world.anna.get("/calendar?person=me"))
    hers = text_of(world.anna.get(f"/calendar?person={world.site.berit.id}"))
    nobodys = text_of(world.anna.get("/calendar?person=nobody"))

    assert [NAME in page for page in (mine, hers, nobodys)] == [False, True, False]


@pytest.mark.parametrize("asked", ["week=x", "after=x", "team=x"])
def test_a_page_that_there_is_not_is_no_fault_of_ours(world: Booked, asked: str) -> None:
    assert world.anna.get(f"/calendar?{asked}").status_code < 500


def test_another_team_sees_nothing_of_it(world: Booked) -> None:
    world.books(world.week.since + 10 * HOUR)

    assert NAME not in text_of(world.carl.get("/calendar"))
    assert world.carl.get(f"/calendar?team={world.site.team}").status_code == 404


def test_everybody_on_it_is_written_down(world: Booked) -> None:
    world.books(world.week.since + 10 * HOUR)
    world.anna.get("/calendar")

    (event,) = [one for one in world.all(AuditEventRow) if one.act == "calendar.shown"]
    about = [one.subject_id for one in world.all(AuditSubjectRow) if one.event_id == event.id]
    assert about == [world.patient]
    assert event.facts["week"] == str(world.week)


@pytest.mark.parametrize("dialect", EITHER)
def test_the_statements_do_not_grow_with_the_rows(world: Booked) -> None:
    asked: list[int] = []
    for number in (5, 60):
        world.fill(number)
        world.anna.get("/calendar")
        with statements(world.database.engine) as told:
            page = world.anna.get("/calendar")
        assert page.status_code == 200
        asked.append(len(told))

    assert asked[0] == asked[1] <= 14


def test_more_than_a_page_goes_on_where_it_ended(world: Booked) -> None:
    world.fill(MOST + 5)
    door = a_door(world.anna.app, world.database, world.site.anna)

    first = door("GET", "/worklist/calendar").json
    rest = door("GET", f"/worklist/calendar?after={first['next']}").json

    ids = [one["id"] for page in (first, rest) for one in page["appointments"]]
    assert (len(first["appointments"]), len(set(ids)), rest["next"]) == (MOST, MOST + 5, None)
    assert "Flere timer i uken" in text_of(world.anna.get("/calendar"))


# --- a member's own week ---------------------------------------------------------------------------


def test_a_members_week_as_a_file_carries_nobody(world: Booked) -> None:
    world.books(world.week.since + 10 * HOUR, member_id=world.site.anna.id)
    world.books(world.week.since + 11 * HOUR, member_id=world.site.berit.id)

    answer = world.anna.get("/calendar/mine.ics")

    (found,) = Read.from_ical(answer.data).walk("VEVENT")
    assert str(found["SUMMARY"]) == "Time"
    assert found["URL"].endswith(f"/cases/{world.case}")
    for word in (*NAME.split(), PLACE, "Bindeledd"):
        assert word not in answer.text


def test_what_was_withdrawn_is_taken_back_in_a_members_calendar(world: Booked) -> None:
    world.books(world.week.since + 10 * HOUR, member_id=world.site.anna.id, state="moved")

    (found,) = Read.from_ical(world.anna.get("/calendar/mine.ics").data).walk("VEVENT")

    assert (found["STATUS"], found["SEQUENCE"]) == ("CANCELLED", 1)


def test_over_http_the_file_is_the_same(world: Booked) -> None:
    world.books(world.week.since + 10 * HOUR, member_id=world.site.anna.id)
    door = a_door(world.anna.app, world.database, world.site.anna)

    answer = door("GET", f"/worklist/calendar/mine?week={world.week}")

    assert answer.mimetype == "text/calendar"
    assert len(Read.from_ical(answer.data).walk("VEVENT")) == 1


@pytest.mark.parametrize("path", ["/calendar", "/calendar/mine.ics"])
def test_nobody_has_it_without_a_log_in(world: Booked, path: str) -> None:
    assert world.anna.app.test_client().get(path).status_code in (302, 303, 401)
