"""An absence ahead is taken back, one that has begun is ended, and what it asked for is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.appointments.service.absence import keep_after_all, see_to
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.service.work import complete_task
from bindeledd.features.reminders.service.leaving import begin_absences
from bindeledd.features.staff import queries as staff_queries
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.domain import AbsenceBegun, AbsenceNotFound, NotYours
from bindeledd.features.staff.tables import AbsenceRow, DutyRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.features.worklist.service.absence import leave_for_today
from bindeledd.foundation.db import Database
from builders import MONDAY, Followed, a_book
from features.casefile.following import World
from features.casefile.test_pages_acts import day_in, goes_back, in_days
from features.worklist.test_leaving import booked
from visitors import text_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOW = MONDAY + 2 * HOUR


def away_ahead(follow: Followed, *, days: int = 2, lasting: int = 2) -> AbsenceRow:
    since = MONDAY + days * DAY
    leave_for_today(
        follow.session, follow.site.anna.id, since=since, until=since + lasting * DAY,
        by=follow.site.anna, at=NOW, book=a_book(),
    )  # fmt: skip
    return follow.session.scalars(sa.select(AbsenceRow)).one()


def duties(follow: Followed) -> list[Any]:
    found = sa.select(DutyRow.starts_at, DutyRow.ends_at).where(
        DutyRow.member_id == follow.site.anna.id,
        DutyRow.starts_at.between(MONDAY + DAY, MONDAY + 10 * DAY),
    )
    return [tuple(row) for row in follow.session.execute(found.order_by(DutyRow.starts_at))]


@pytest.mark.parametrize("who", ["anna", "berit"])
def test_one_that_has_not_begun_is_taken_back_by_the_person_or_a_lead_and_stays_in_the_history(
    session: Session, who: str
) -> None:
    follow = Followed(session)
    staff.materialise_duty(session, follow.site.tenant, since=NOW)
    before = duties(follow)
    absence = away_ahead(follow)
    assert len(duties(follow)) < len(before)

    by = getattr(follow.site, who)
    staff.cancel_absence(session, absence.id, by=by, at=NOW + HOUR)

    assert duties(follow) == before
    [row] = session.scalars(sa.select(AbsenceRow)).all()
    assert (row.cancelled_at, row.cancelled_by) == (NOW + HOUR, by.id)
    assert not staff_queries.is_away(session, row.member_id, row.since + HOUR)
    audited = session.scalars(
        sa.select(AuditEventRow.act).where(AuditEventRow.act == "staff.away_cancelled")
    ).all()
    assert len(audited) == 1
    assert begin_absences(session, at=row.since + HOUR) == 0
    away_ahead_again = staff.away(
        session, row.member_id, since=row.since, until=row.until, by=by, at=NOW + HOUR
    )
    assert away_ahead_again.id != row.id


def test_it_is_taken_back_once_before_it_begins_and_by_nobody_else(session: Session) -> None:
    follow = Followed(session)
    absence = away_ahead(follow)
    with pytest.raises(AbsenceNotFound):
        staff.cancel_absence(session, absence.id, by=follow.site.carl, at=NOW)
    with pytest.raises(AbsenceBegun):
        staff.cancel_absence(session, absence.id, by=follow.site.anna, at=absence.since)
    staff.cancel_absence(session, absence.id, by=follow.site.anna, at=NOW)
    with pytest.raises(AbsenceNotFound):
        staff.cancel_absence(session, absence.id, by=follow.site.anna, at=NOW)


def test_what_it_asked_for_stays_until_one_act_answers_all_of_it(session: Session) -> None:
    follow = Followed(session)
    anna = follow.site.anna
    for hours in (50, 52):
        booked(follow, MONDAY + hours * HOUR, anna.id)
    booked(follow, MONDAY + 9 * DAY, anna.id)
    absence = away_ahead(follow)
    assert len(follow.open("cover_appointment")) == 2
    assert keep_after_all(session, anna.id, by=anna, at=NOW, book=a_book()) == 0, "still away then"

    staff.cancel_absence(session, absence.id, by=anna, at=NOW)
    assert len(follow.open("cover_appointment")) == 2, "nothing ends by itself"

    with pytest.raises(NotYours):
        keep_after_all(session, anna.id, by=follow.site.carl, at=NOW, book=a_book())
    assert keep_after_all(session, anna.id, by=anna, at=NOW, book=a_book()) == 2
    assert follow.open("cover_appointment") == []
    assert follow.kinds().count(EventKind.TASK_DONE) == 2


def test_an_appointment_that_was_asked_about_twice_is_answered_once_and_for_all(
    session: Session,
) -> None:
    follow = Followed(session)
    anna = follow.site.anna
    appointment = booked(follow, MONDAY + 50 * HOUR, anna.id)
    absence = away_ahead(follow)
    how: dict[str, Any] = {"by": anna, "at": NOW, "book": a_book()}
    see_to(session, follow.case_id, [appointment], **how)
    staff.cancel_absence(session, absence.id, by=anna, at=NOW)
    assert len(follow.open("cover_appointment")) == 2

    assert keep_after_all(session, anna.id, **how) == 1
    assert follow.open("cover_appointment") == []


def test_what_somebody_else_answers_meanwhile_does_not_undo_the_rest(
    fresh_database: Database,
) -> None:
    """The follow-ups are locked all at once, in the order that everybody keeps, before it is read."""
    with fresh_database.transaction() as session:
        follow = Followed(session)
        anna = follow.site.anna
        for hours in (50, 52):
            booked(follow, MONDAY + hours * HOUR, anna.id)
        absence = away_ahead(follow)
        staff.cancel_absence(session, absence.id, by=anna, at=NOW)
        first, _ = follow.open("cover_appointment")
    how: dict[str, Any] = {"by": anna, "at": NOW, "book": a_book()}

    def meanwhile() -> None:
        with fresh_database.transaction() as other:
            words = {"words": "Berit tar den"}
            complete_task(other, follow.case_id, first.id, words=words, **how)

    postgresql = fresh_database.dialect == "postgresql"  # SQLite lets one write at a time
    if not postgresql:
        meanwhile()
    with fresh_database.transaction() as session:
        if postgresql:
            _once_before(session, "FOR UPDATE", meanwhile)
        assert keep_after_all(session, anna.id, **how) == 1
        follow.session = session
        assert follow.open("cover_appointment") == []


def _once_before(session: Session, said: str, act: Callable[[], None]) -> None:
    """Somebody else does `act` just before this session first says that."""
    left = [act]

    @sa.event.listens_for(session.connection(), "before_cursor_execute")
    def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if said in statement and left:
            left.pop()()


def test_back_before_it_is_over_leaves_the_rest_of_it_to_be_answered(session: Session) -> None:
    follow = Followed(session)
    anna = follow.site.anna
    for hours in (4, 26):
        booked(follow, MONDAY + hours * HOUR, anna.id)
    leave_for_today(
        session, anna.id, since=NOW, until=NOW + 2 * DAY, by=anna, at=NOW, book=a_book()
    )
    staff.back_again(session, anna.id, by=anna, at=MONDAY + 20 * HOUR)
    back = MONDAY + 21 * HOUR
    assert keep_after_all(session, anna.id, by=follow.site.berit, at=back, book=a_book()) == 1
    [missed] = follow.open("cover_appointment")
    assert missed.due_at < back, "the one of the first day is past: what became of it is not known"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


def test_on_the_page_it_is_said_ahead_taken_back_and_answered(world: World) -> None:
    anna = world.site.anna.id
    fields = {**in_days(3, on="starts"), "where": "Poliklinikken", "give": "yes", "how": "self"}
    goes_back(world, "appointment", {**fields, "member": anna})
    past = world.anna.post("/away", {"since_on": day_in(-2), "until_on": day_in(4)})
    assert past.status_code == 422
    assert "Velg i dag eller en senere dag" in text_of(past)
    said = world.anna.post("/away", {"since_on": day_in(2), "until_on": day_in(4)})
    assert "away_ahead_appointments" in said.headers["Location"]

    [absence] = world.all(AbsenceRow)
    cancel = f"/away/{absence.id}/cancel"
    assert "Kommer" in text_of(world.berit.get("/away"))
    assert cancel in world.berit.get("/away").text
    assert cancel in world.berit.get("/duty").text
    assert cancel not in world.carl.get("/away").text
    assert world.carl.post(cancel).status_code in (403, 404)
    assert world.berit.post(cancel).status_code == 303

    page = text_of(world.anna.get("/away"))
    assert "Avlyst" in page
    assert "Én time venter fortsatt på svar" in page
    assert cancel not in world.anna.get("/away").text
    [task] = world.open("cover_appointment")
    assert "Fraværet er avlyst eller avsluttet" in text_of(
        world.anna.get(world.path(f"tasks/{task.id}"))
    )
    assert world.anna.post(f"/away/{anna}/keep").status_code == 303
    assert world.open("cover_appointment") == []
    assert world.all(TaskRow)
    assert "er her likevel og tar timen" in text_of(world.anna.get(world.path()))
