"""How far a person may put later what is owed, and what nobody puts later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.postponing import LaterByLead, NeverLater
from bindeledd.features.cases.jobs import bring_back
from bindeledd.features.cases.service import work
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.postponing import later_at_most
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.tables import AlertRow
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.calendars import Period
from bindeledd.foundation.db import Database
from builders import MONDAY, Followed, a_book

AT = MONDAY + timedelta(hours=1)
FRIDAY = MONDAY + timedelta(days=4, hours=2)
TEN_YEARS = timedelta(days=3650)


@pytest.fixture
def follow(session: Session) -> Followed:
    return Followed(session)


def put_later(
    follow: Followed,
    task: Task,
    due_at: datetime,
    *,
    by: Actor | None = None,
    book: Book | None = None,
) -> None:
    work.move_later(
        follow.session,
        follow.case_id,
        task.id,
        due_at=due_at,
        words={"words": "Kan vente"},
        by=by or follow.site.anna,
        at=AT,
        book=book or a_book(),
    )


@pytest.mark.parametrize("by", ["anna", "berit"])
def test_whether_a_death_is_true_is_put_later_by_nobody(follow: Followed, by: str) -> None:
    follow.record(EventKind.DEATH_REPORTED, at=AT)
    [confirm] = follow.open("confirm_death")

    with pytest.raises(NeverLater):
        put_later(
            follow, confirm, confirm.due_at + timedelta(minutes=1), by=getattr(follow.site, by)
        )


def test_an_acute_concern_keeps_its_minutes(follow: Followed) -> None:
    follow.record(EventKind.ACUTE_CONCERN, at=AT)
    [concern] = follow.open("acute_concern")

    with pytest.raises(NeverLater):
        put_later(follow, concern, concern.due_at + timedelta(minutes=1))


def test_cover_before_a_gap_is_not_put_past_the_gap(session: Session) -> None:
    follow = Followed(session, discharged_at=MONDAY + timedelta(days=4))
    [cover] = follow.open("cover_gap")

    with pytest.raises(NeverLater):
        put_later(follow, cover, cover.due_at + timedelta(days=2))


@pytest.mark.parametrize(
    ("kind", "ladder"),
    [
        ("confirm_death", "death"),
        ("acute_concern", "short"),
        ("cover_gap", "gap"),
        ("cover_appointment", "appointment"),
        ("clinician_decides", "standard"),
        ("withdraw_booked", "standard"),
        ("review_held", "standard"),
        ("answer_call", "desk"),
    ],
)
def test_the_files_say_what_is_never_put_later(kind: str, ladder: str) -> None:
    assert not later_at_most(a_book(), kind, ladder)


def test_a_ladder_that_says_nothing_is_as_the_standard_one() -> None:
    book = a_book()
    silent = replace(book.ladder("desk"), key="own", later_at_most=None)
    more = replace(book, ladders={**book.ladders, "own": silent})

    assert later_at_most(more, "call_patient", "own") == book.ladder("standard").later_at_most


def test_a_call_is_put_as_far_as_the_routine_lets_a_member(follow: Followed) -> None:
    [call, *_] = follow.open("call_patient")
    latest = work.latest(follow.session, call, a_book())
    assert latest is not None

    put_later(follow, call, latest)

    assert latest in [task.due_at for task in follow.open("call_patient")]


def test_many_small_moves_come_no_further_than_one(follow: Followed) -> None:
    [call, *_] = follow.open("call_patient")
    latest = work.latest(follow.session, call, a_book())
    assert latest is not None
    put_later(follow, call, latest)

    with pytest.raises(LaterByLead):
        put_later(follow, call, latest + timedelta(minutes=1))


def test_a_lead_puts_it_further(follow: Followed) -> None:
    [call, *_] = follow.open("call_patient")
    further = call.due_at + timedelta(days=20)
    lead = replace(follow.site.anna, leads=frozenset({follow.site.team}))

    put_later(follow, call, further, by=lead)

    assert further in [task.due_at for task in follow.open("call_patient")]


def test_a_site_says_how_far(follow: Followed) -> None:
    [call, *_] = follow.open("call_patient")
    book = a_book()
    ladder = replace(book.ladder(call.ladder), later_at_most=Period.parse("P1D"))
    own = replace(book, ladders={**book.ladders, call.ladder: ladder})

    with pytest.raises(LaterByLead):
        put_later(follow, call, call.due_at + timedelta(days=2), book=own)


def raised(database: Database, task: Task) -> int:
    with database.transaction() as session:
        return session.scalars(
            sa.select(sa.func.count()).select_from(AlertRow).where(AlertRow.task_id == task.id)
        ).one()


def test_what_was_put_later_is_told_at_its_new_time(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        follow = Followed(session)
        call = min(follow.open("call_patient"), key=lambda task: task.due_at)
        new = call.due_at + timedelta(days=5)
        put_later(follow, call, new)

    jobs.sweep(fresh_database, a_book(), rules=Rules(), clock=lambda: new + timedelta(minutes=1))

    assert raised(fresh_database, call) > 0


def a_death_put_ten_years_later(database: Database) -> Task:
    """As a site may have it from before this was refused."""
    book = a_book()
    loose = {
        key: replace(one, later_at_most=Period(days=9000)) for key, one in book.ladders.items()
    }
    with database.transaction() as session:
        follow = Followed(session)
        follow.record(EventKind.DEATH_REPORTED, at=AT)
        [confirm] = follow.open("confirm_death")
        put_later(follow, confirm, AT + TEN_YEARS, book=replace(book, ladders=loose))
    return confirm


def due_of(database: Database, task: Task) -> datetime:
    with database.transaction() as session:
        return session.scalars(sa.select(TaskRow.due_at).where(TaskRow.id == task.id)).one()


def test_a_death_that_was_put_later_before_is_due_now(fresh_database: Database) -> None:
    confirm = a_death_put_ten_years_later(fresh_database)

    brought = bring_back(fresh_database, a_book(), clock=lambda: FRIDAY)

    assert (brought, due_of(fresh_database, confirm)) == (1, FRIDAY)


def test_and_is_told(fresh_database: Database) -> None:
    confirm = a_death_put_ten_years_later(fresh_database)
    bring_back(fresh_database, a_book(), clock=lambda: FRIDAY)

    jobs.sweep(fresh_database, a_book(), rules=Rules(), clock=lambda: FRIDAY + timedelta(minutes=1))

    assert raised(fresh_database, confirm) > 0


def test_it_is_brought_back_once(fresh_database: Database) -> None:
    a_death_put_ten_years_later(fresh_database)
    bring_back(fresh_database, a_book(), clock=lambda: FRIDAY)

    again = bring_back(fresh_database, a_book(), clock=lambda: FRIDAY)

    assert again == 0


def test_what_may_be_put_later_stays_where_it_was_put(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        follow = Followed(session)
        [call, *_] = follow.open("call_patient")
        put_later(follow, call, call.due_at + timedelta(days=5))

    assert bring_back(fresh_database, a_book(), clock=lambda: FRIDAY) == 0
