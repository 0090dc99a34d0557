"""Somebody moves a thing to the right person while another works on it: both are answered.

With real commits. Only PostgreSQL locks row by row; SQLite lets one write at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event as ThreadEvent
from threading import Thread, current_thread
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.appointments import service as appointments
from bindeledd.features.appointments.domain import AppointmentAction, AppointmentRefused
from bindeledd.features.casefile.service.bedside import leave_before_assessment
from bindeledd.features.casefile.service.moving import move_to_right_person
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, IndexKind, NewEvent
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.service import endings, saying
from bindeledd.features.documents import service as documents
from bindeledd.features.documents.domain import DocumentNotFound
from bindeledd.features.documents.service import undoing
from bindeledd.features.patients import queries as people
from bindeledd.features.patients.domain import ContactWay
from bindeledd.features.patients.service import add_contact_ways
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Refusal
from builders import MONDAY, Followed, a_book, an_open_case

HOUR = timedelta(hours=1)
WHY = {"words": "Feil person ble valgt"}


class Locks(ThreadEvent):
    """Set when the other one is about to wait for what the mover holds."""

    of: Thread | None = None
    first: str = ""


@contextmanager
def told_when_it_locks(database: Database) -> Iterator[Locks]:
    locks = Locks()

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        held = "FROM cases" in statement or "FROM patients" in statement
        if current_thread() is locks.of and held and " FOR " in statement:
            locks.first = locks.first or statement
            locks.set()

    sa.event.listen(database.engine, "before_cursor_execute", listen)
    try:
        yield locks
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", listen)


class Two:
    """A case with a summary and an appointment, and the person they should have stood with."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            followed = Followed(session)
            self.case_id, self.site, self.wrong = (
                followed.case_id,
                followed.site,
                followed.patient_id,
            )
            self.right = an_open_case(session, self.site, at=MONDAY).case.patient_id
            self.how = {"by": self.site.anna, "book": a_book()}
            later: Any = {"at": MONDAY + HOUR, **self.how}
            begun = documents.begin_summary(session, self.case_id, by=self.site.anna, at=MONDAY)
            self.document = begun.document.id
            self.recipients = [one.id for one in begun.document.recipients]
            documents.write_summary(session, self.document, **later)
            starts: Any = {"starts_at": MONDAY + 48 * HOUR, "detail": {"where": "Poli"}}
            booked = appointments.book_appointment(session, self.case_id, **starts, **later)
            self.appointment = booked.appointment.id
            tried: Any = {"words": {"phone": "+4790000000", "how": "rung"}, **later}
            own = (ContactWay(value="+4790000000"),)
            add_contact_ways(session, self.wrong, own, by=self.site.anna, at=MONDAY)
            told = saying.tell(session, self.case_id, EventKind.NUMBER_VERIFIED, **tried)
            self.verified = told.events[0].id

    def race(self, kind: EventKind, act: Callable[[Session], object]) -> str:
        """Move the event of this kind while another does `act`: what the other one heard."""
        with ThreadPoolExecutor(1) as pool, told_when_it_locks(self.database) as locks:
            with self.database.transaction() as session:
                people.lock_patient(session, self.wrong)
                saying.locked_version(session, self.case_id, by=self.site.anna)
                waiting = pool.submit(self._heard, act, locks)
                assert locks.wait(10)
                events = queries.events_of(session, self.case_id)
                chosen = [event.id for event in events if event.kind is kind]
                move_to_right_person(
                    session,
                    self.case_id,
                    chosen,
                    to_patient_id=self.right,
                    words=WHY,
                    at=MONDAY + 3 * HOUR,
                    **self.how,
                )
            self.waited_for = locks.first
            return waiting.result(10)

    def _heard(self, act: Callable[[Session], object], locks: Locks) -> str:
        locks.of = current_thread()
        try:
            with self.database.transaction() as session:
                act(session)
        except Refusal as refused:
            return refused.code
        return "done"


@pytest.fixture
def two(fresh_database: Database) -> Two:
    if fresh_database.dialect != "postgresql":
        pytest.skip("SQLite lets one write at a time")
    return Two(fresh_database)


def test_a_summary_that_is_moved_meanwhile_is_not_found_here_by_whoever_sends_it(two: Two) -> None:
    def send(session: Session) -> object:
        how: Any = {"at": MONDAY + 2 * HOUR, **two.how}
        return documents.send_summary(session, two.document, two.recipients, **how)

    assert two.race(EventKind.SUMMARY_WRITTEN, send) == DocumentNotFound.code


def test_an_appointment_that_is_moved_meanwhile_is_not_given_here(two: Two) -> None:
    def give(session: Session) -> object:
        how: Any = {"words": {}, "at": MONDAY + 2 * HOUR, **two.how}
        return appointments.act(session, two.appointment, AppointmentAction.GIVE, **how)

    assert two.race(EventKind.APPOINTMENT_BOOKED, give) == AppointmentRefused.code


def test_a_number_that_is_taken_back_while_something_is_moved_is_taken_back_after_it(
    two: Two,
) -> None:
    def take_back(session: Session) -> object:
        how: Any = {"words": WHY, "at": MONDAY + 4 * HOUR, **two.how}
        return cases.mark_in_error(session, two.case_id, [two.verified], **how)

    assert two.race(EventKind.SUMMARY_WRITTEN, take_back) == "done"
    assert "FROM patients" in two.waited_for


def test_a_stay_that_ends_meanwhile_is_not_ended_twice(two: Two) -> None:
    def leave(session: Session) -> object:
        how: Any = {"at": MONDAY + 4 * HOUR, **two.how}
        return leave_before_assessment(session, two.case_id, **how)

    told: Any = {"at": MONDAY + 3 * HOUR, **two.how}
    with two.database.transaction() as session:
        admitted = NewEvent(kind=EventKind.ADMITTED, at=MONDAY + 2 * HOUR)
        cases.record(session, two.case_id, [admitted], **told)
    with ThreadPoolExecutor(1) as pool, told_when_it_locks(two.database) as locks:
        with two.database.transaction() as session:
            saying.locked_version(session, two.case_id, by=two.site.anna)
            waiting = pool.submit(two._heard, leave, locks)
            assert locks.wait(10)
            gone = NewEvent(kind=EventKind.DISCHARGED, at=MONDAY + 3 * HOUR)
            cases.record(session, two.case_id, [gone], **told)
        assert waiting.result(10) == "done"

    with two.database.session() as session:
        kinds = [event.kind for event in queries.events_of(session, two.case_id)]
    assert kinds.count(EventKind.DISCHARGED) == 2, "the first stay's, and this one's"
    assert EventKind.LEFT_BEFORE_ASSESSMENT in kinds


def test_what_is_put_right_after_closing_waits_for_whoever_registers_the_person_anew(
    two: Two,
) -> None:
    """One follow-up of a person is open: the other one is looked at there."""
    at = MONDAY + 500 * 24 * HOUR
    with two.database.transaction() as session:
        appointments.leave(session, two.case_id, words=WHY, at=MONDAY + 2 * HOUR, **two.how)
        ending: Any = {"ending": Ending.COMPLETED, "override": True, "words": WHY}
        ended: Any = {"at": MONDAY + 3 * HOUR, **two.how}
        endings.request_closing(session, two.case_id, **ending, **ended)
        signed: Any = {**ended, "by": two.site.berit, "words": WHY}
        endings.sign_closing(session, two.case_id, **signed)

    def put_right(session: Session) -> object:
        how: Any = {"words": WHY, "at": at, **two.how}
        return undoing.undo_writing(session, two.document, **how)

    with ThreadPoolExecutor(1) as pool, told_when_it_locks(two.database) as locks:
        with two.database.transaction() as session:
            people.lock_patient(session, two.wrong)
            waiting = pool.submit(two._heard, put_right, locks)
            assert locks.wait(10)
            new = cases.open_case(
                session,
                patient_id=two.wrong,
                index_kind=IndexKind.SELF_HARM,
                index_at=at,
                team_id=two.site.team,
                at=at,
                **two.how,
            )
        assert waiting.result(10) == "done"

    assert "FROM patients" in locks.first
    with two.database.session() as session:
        closed = queries.get_case(session, two.case_id, tenant_id=two.site.tenant)
        told = [event.kind for event in queries.events_of(session, new.case.id)]
    assert not closed.is_open
    assert EventKind.CORRECTED_EARLIER in told
