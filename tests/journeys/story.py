"""What stories are told with: a site, people who were discharged, and a clock that goes on.

Wherever the clock stops the sweep runs, and the roll call, by its own queries, has to account for
everyone: whoever falls out of it fails the story there and then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.appointments import service as appointments
from bindeledd.features.appointments.domain import AppointmentAction
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import Case, Event, EventKind
from bindeledd.features.cases.service import endings, saying, work
from bindeledd.features.contacts import service as contacts
from bindeledd.features.contacts.domain import NewContact, Outcome
from bindeledd.features.patients.domain import ContactWay
from bindeledd.features.patients.service import add_contact_ways
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.tables import AlertRow
from bindeledd.features.rollcall import queries as rollcall
from bindeledd.features.rollcall.domain import Statement, silences_of
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import MemberRow
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from builders import Site, a_book, a_cover, an_open_case
from features.takeover.builders import a_test_site

OSLO = ZoneInfo("Europe/Oslo")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment on the wall in Oslo."""
    return datetime(year, month, day, hour, minute, tzinfo=OSLO).astimezone(UTC)


def in_march(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment on the wall in March 2027; the 1st is a Monday."""
    return local(2027, 3, day, hour, minute)


def sweep_and_account(database: Database, session: Session, tenant: UUID, at: datetime) -> None:
    """The sweep at `at`; then the roll call has to know the one person who is followed up."""
    session.commit()
    jobs.sweep(database, a_book(), rules=Rules(), clock=lambda: at)
    said = rollcall.derive(session, tenant, silences=silences_of(a_book()), at=at)
    session.commit()
    assert (said.registered, said.unseen, said.remainder) == (1, 0, ()), at


@dataclass(frozen=True)
class Person:
    """Somebody who is followed up, and what colleagues do and record."""

    story: Story
    case_id: UUID
    patient_id: UUID

    @property
    def case(self) -> Case:
        story = self.story
        return queries.get_case(story.session, self.case_id, tenant_id=story.site.tenant)

    @property
    def events(self) -> tuple[Event, ...]:
        return queries.events_of(self.story.session, self.case_id)

    def owed(self, kind: str | None = None) -> list[Task]:
        found = queries.tasks_of(self.story.session, self.case_id)
        return [task for task in found if task.is_open and kind in (None, task.kind)]

    def owes(self, kind: str, key: str = "") -> Task:
        """The one task of this kind (and step) that is owed: the first of them to be due."""
        found = [task for task in self.owed(kind) if key in ("", task.step_key)]
        assert found, (kind, key, [(task.kind, task.step_key) for task in self.owed()])
        return min(found, key=lambda task: task.due_at)

    def first_call(self) -> Task:
        [call] = [task for task in self.owed("call_patient") if task.step_key == "first-contact"]
        return call

    def _told(self, by: Actor | None) -> dict[str, Any]:
        return {"by": by or self.story.site.anna, "at": self.story.at, "book": a_book()}

    def call(self, outcome: Outcome, by: Actor | None = None, **more: Any) -> None:
        new = NewContact(outcome=outcome, **more)
        contacts.register_contact(self.story.session, self.case_id, new, **self._told(by))

    def tell(self, kind: EventKind, by: Actor | None = None, **more: Any) -> None:
        words = more.pop("words", {"words": "Sagt"})
        if (more.get("facts") or {}).get("cover") == "accepted":
            more.setdefault("covers", a_cover(self.story.at))
        saying.tell(self.story.session, self.case_id, kind, words=words, **more, **self._told(by))

    def has_the_number(self, number: str) -> None:
        """Somebody writes a number of theirs beside what is known."""
        by, story = self.story.site.anna, self.story
        ways = (ContactWay(value=number),)
        add_contact_ways(story.session, self.patient_id, ways, by=by, at=story.at)

    def appointment(self, starts_at: datetime, by: Actor | None = None, **more: Any) -> UUID:
        """A time in the hand of the person. Gives its id."""
        done = appointments.book_appointment(
            self.story.session,
            self.case_id,
            starts_at=starts_at,
            detail={"where": "DPS"},
            give=True,
            **more,
            **self._told(by),
        )
        return done.appointment.id

    def becomes(self, appointment: UUID, action: AppointmentAction) -> None:
        appointments.act(
            self.story.session, appointment, action, words={"words": "Slik"}, **self._told(None)
        )

    def hold(self, task: Task, member: Actor) -> None:
        """`member` takes the task."""
        story = self.story
        work.hold_task(
            story.session, self.case_id, task.id, member_id=member.id, by=member, at=story.at
        )

    def done(self, task: Task, by: Actor | None = None, **more: Any) -> None:
        words = {"words": "Gjort"}
        work.complete_task(
            self.story.session, self.case_id, task.id, words=words, **more, **self._told(by)
        )

    def ask_to_end(self, ending: Any, by: Actor | None = None, override: bool = True) -> None:
        endings.request_closing(
            self.story.session,
            self.case_id,
            ending=ending,
            words={"words": "Fordi"},
            override=override,
            **self._told(by),
        )

    def sign_end(self, by: Actor | None = None) -> None:
        endings.sign_closing(
            self.story.session,
            self.case_id,
            words={"words": "Lest"},
            **self._told(by or self.story.site.berit),
        )


class Story:
    """People who are discharged, and a worker that sweeps as the clock goes on.

    The first is discharged at `at`, unless `people` is 0; others by `discharged()`.
    """

    def __init__(self, database: Database, at: datetime, *, people: int = 1) -> None:
        self.database, self.at = database, at
        self.session: Session = database.session()
        self.site: Site = a_test_site(self.session, at)
        self.people: list[Person] = []
        self.channels: tuple[str, ...] = ()
        for _ in range(people):
            self.discharged()
        self.session.commit()

    def discharged(self, at: datetime | None = None, **more: Any) -> Person:
        """Somebody is discharged at `at` (now), to Anna's team."""
        done = an_open_case(
            self.session, self.site, at=self.at, discharged_at=at or self.at, unit=True, **more
        )
        person = Person(self, done.case.id, done.case.patient_id)
        self.people.append(person)
        return person

    @property
    def case_id(self) -> UUID:
        return self.people[0].case_id

    def owed(self, kind: str | None = None) -> list[Task]:
        return self.people[0].owed(kind)

    def first_call(self) -> Task:
        return self.people[0].first_call()

    # --- time -------------------------------------------------------------------------------------

    def go_on_to(self, at: datetime, *, sweep: bool = True) -> None:
        self.at = at
        self.session.commit()
        if sweep:
            jobs.sweep(
                self.database,
                a_book(),
                rules=Rules(),
                clock=lambda: at,
                channels=self.channels,
            )

    def lives(self, until: datetime, step: timedelta = 6 * HOUR) -> None:
        """The clock goes on to `until`, step by step; at each step everyone is accounted for."""
        while self.at < until:
            self.go_on_to(min(until, self.at + step))
            self.everybody()

    # --- what came of it --------------------------------------------------------------------------

    def alerts(self, task: Task) -> list[tuple[int, int, str]]:
        rows = self.session.execute(
            sa.select(AlertRow.round, AlertRow.rung, AlertRow.audience)
            .where(AlertRow.task_id == task.id)
            .order_by(AlertRow.round, AlertRow.rung)
        )
        return [(row.round, row.rung, row.audience) for row in rows]

    def heard(self, task: Task, since: datetime | None = None) -> set[str]:
        """The names of those whom the sweep has alerted to a task."""
        from bindeledd.features.reminders.tables import DeliveryRow

        names = sa.select(MemberRow.name).join(DeliveryRow, DeliveryRow.member_id == MemberRow.id)
        names = names.where(DeliveryRow.task_id == task.id)
        if since is not None:
            names = names.where(DeliveryRow.made_at >= since)
        return set(self.session.scalars(names))

    def loose(self, kind: str) -> list[TaskRow]:
        """Open tasks that belong to no follow-up: what arrived and who called."""
        found = sa.select(TaskRow).where(TaskRow.kind == kind, TaskRow.state == "open")
        return list(self.session.scalars(found.execution_options(populate_existing=True)))

    def roll(self) -> Statement:
        found = rollcall.derive(
            self.session, self.site.tenant, silences=silences_of(a_book()), at=self.at
        )
        self.session.commit()
        return found

    def everybody(self, **numbers: int) -> Statement:
        """The roll call, which has to be complete; and to say these numbers."""
        said = self.roll()
        assert (said.unseen, said.remainder, said.pointer_wrong) == (0, (), ()), self.at
        assert said.undecided.unseen == (), self.at
        assert not said.beside.handovers_lost, self.at
        assert {name: said.numbers[name] for name in numbers} == numbers, self.at
        return said
