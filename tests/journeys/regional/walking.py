"""One person through the packs of a region, day by day, on the product's own services.

Colleagues come to work every staffed morning and do what falls due that day; a story says what
else happens, what is answered, and what somebody leaves undone. Each day the roll call is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.appointments import queries as appointments_of
from bindeledd.features.appointments import service as appointments
from bindeledd.features.appointments.domain import AppointmentAction, AppointmentState
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Case, Event, EventKind, IndexKind, NewEvent, staying
from bindeledd.features.cases.service import work
from bindeledd.features.contacts import service as contacts
from bindeledd.features.contacts.domain import NewContact, Outcome
from bindeledd.features.handovers import service as handovers
from bindeledd.features.handovers.domain import FirstDate
from bindeledd.features.pathways.domain import Book, Gate, Step
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.rollcall import queries as rollcall
from bindeledd.features.rollcall.domain import silences_of
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import (
    DutyRow,
    MembershipRow,
    OpeningHoursRow,
    OrganisationRow,
    TeamRow,
    TenantRow,
    UnitRow,
)
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import a_member, a_patient_row

OSLO = ZoneInfo("Europe/Oslo")
# Colleagues begin with their list then, and the day's own events come later.
MORNING, AFTERNOON = time(8, 30), time(14, 45)
BEGAN, EVENING = time(8), time(20)
LENGTH = timedelta(days=120)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A unit or office that answers for somebody: whose it is, what it is, who works there."""

    name: str
    organisation: str
    kind: str
    unit: str
    unit_kind: str
    who: str


@dataclass(frozen=True, kw_only=True)
class Happened:
    """Something in the story, and where."""

    at: datetime
    words: str
    place: str


@dataclass(frozen=True, kw_only=True)
class Act:
    """What the story says of a day: at what time, what, and how it is done in the product."""

    day: int
    at: time
    words: str
    place: str
    does: Any


@dataclass
class There:
    """A place of the story as it stands in the tenant."""

    place: Place
    team: UUID
    unit: UUID
    member: Actor


@dataclass
class Walk:
    """One person, from the first word until `LENGTH` has passed."""

    database: Database
    book: Book
    places: Sequence[Place]
    begins: date
    answers: Mapping[str, str]
    left: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session: Session = self.database.session()
        self.tenant = new_id()
        self.now = self.moment(0, MORNING)
        self.happened: list[Happened] = []
        self.kept: dict[str, UUID] = {}
        self.there = {one.name: there for one, there in zip(self.places, self._site(), strict=True)}
        self.case_id: UUID | None = None
        self.patient_id = a_patient_row(self.session, self._as_site(), self.now)
        self.accounted = 0

    # --- where ------------------------------------------------------------------------------------

    def _as_site(self) -> Any:
        return type("Tenant", (), {"tenant": self.tenant})

    def _site(self) -> list[There]:
        intake = new_id()
        self.session.execute(
            sa.insert(TenantRow).values(
                id=self.tenant,
                key=str(self.tenant),
                name="Prøveregionen",
                intake_team_id=intake,
                settings={},
                made_at=self.now,
            )
        )
        owners: dict[str, UUID] = {}
        found = []
        for one in self.places:
            if one.organisation not in owners:
                owners[one.organisation] = self._organisation(one)
            team = new_id() if found else intake
            found.append(self._team(one, team, owners[one.organisation]))
        return found

    def _organisation(self, one: Place) -> UUID:
        key = new_id()
        self.session.execute(
            sa.insert(OrganisationRow).values(
                id=key,
                tenant_id=self.tenant,
                key=one.organisation,
                name=one.organisation,
                kind=one.kind,
            )
        )
        return key

    def _team(self, one: Place, team: UUID, organisation: UUID) -> There:
        unit = new_id()
        mine = {"tenant_id": self.tenant, "organisation_id": organisation, "active": True}
        self.session.execute(
            sa.insert(TeamRow).values(
                id=team, key=one.unit, name=one.name, zone="Europe/Oslo", **mine
            )
        )
        hours = {"opens": time(8), "closes": time(15, 30), "tenant_id": self.tenant}
        self.session.execute(
            sa.insert(OpeningHoursRow),
            [{"team_id": team, "weekday": day, **hours} for day in range(1, 6)],
        )
        self.session.execute(
            sa.insert(UnitRow).values(
                id=unit,
                team_id=team,
                key=one.unit,
                name=one.name,
                kind=one.unit_kind,
                acute_number="",
                **mine,
            )
        )
        member = a_member(self.session, self.tenant, team, one.who.lower(), "lead", self.now)
        a_member(self.session, self.tenant, team, f"{one.who.lower()}-2", "lead", self.now)
        self._on_duty(member, team)
        return There(place=one, team=team, unit=unit, member=member)

    def _on_duty(self, member: Actor, team: UUID) -> None:
        since, until = self.now - timedelta(days=1), self.now + LENGTH + timedelta(days=30)
        of = sa.and_(DutyRow.member_id == member.id, DutyRow.team_id == team)
        self.session.execute(sa.update(DutyRow).where(of).values(starts_at=since, ends_at=until))
        self.session.execute(
            sa.update(MembershipRow).where(MembershipRow.member_id == member.id).values(since=since)
        )

    # --- when -------------------------------------------------------------------------------------

    def moment(self, day: int, at: time) -> datetime:
        """That time on the wall, so many days after the first."""
        return datetime.combine(self.begins + timedelta(days=day), at, tzinfo=OSLO)

    def day_of(self, at: datetime) -> int:
        return (at.astimezone(OSLO).date() - self.begins).days

    def live(self, acts: Sequence[Act]) -> None:
        """All days of the story: what happens, what colleagues do, and who is accounted for."""
        for day in range(LENGTH.days + 1):
            today = [act for act in acts if act.day == day]
            self._visit(day, MORNING)
            for act in sorted(today, key=lambda one: one.at):
                self.now = self.moment(day, act.at)
                act.does(self, self.there[act.place])
                self.note(act.words, act.place)
            self._visit(day, AFTERNOON)
            self._evening(day)

    def note(self, words: str, place: str) -> None:
        self.happened.append(Happened(at=self.now, words=words, place=place))

    def _visit(self, day: int, at: time) -> None:
        """Colleagues go through the list."""
        self.now = max(self.now, self.moment(day, at))
        if self.case_id is None or not Calendar().staffed(self.now):
            return
        done: set[UUID] = set()
        while due := [task for task in self._due_today(day) if task.id not in done]:
            self._do(due[0])
            done.add(due[0].id)
            self.now += timedelta(minutes=5)

    def _due_today(self, day: int) -> list[Task]:
        """What colleagues take today: what falls due before they have begun tomorrow."""
        until = self._next_morning(day) + timedelta(hours=2)
        found = [
            task
            for task in self.tasks()
            if task.is_open
            and task.due_at < until
            and (task.window_from is None or task.window_from <= self.now)
            and not self._left(task, day)
            and not self._waits_for_others(task)
        ]
        return sorted(found, key=lambda task: (task.due_at, task.step_key))

    def _left(self, task: Task, day: int) -> bool:
        """Does the story let somebody leave it undone today?"""
        late = self.left.get(self.key(task), 0)
        return late > 0 and day < self.day_of(task.due_at) + late

    def _next_morning(self, day: int) -> datetime:
        for after in range(1, 12):
            at = self.moment(day + after, MORNING)
            if Calendar().staffed(at):
                return at
        raise AssertionError("no staffed day in twelve")

    # --- what colleagues do -----------------------------------------------------------------------

    @property
    def case(self) -> Case:
        assert self.case_id is not None
        return queries.get_case(self.session, self.case_id, tenant_id=self.tenant)

    def tasks(self) -> tuple[Task, ...]:
        assert self.case_id is not None
        return queries.tasks_of(self.session, self.case_id)

    def events(self) -> tuple[Event, ...]:
        return queries.events_of(self.session, self.case.id)

    @staticmethod
    def key(task: Task) -> str:
        return task.step_key.removeprefix("gate.")

    def first_due(self, key: str) -> int | None:
        """The day on which what this rule asks for first falls due; None where it was never owed."""
        days = [self.day_of(task.due_at) for task in self.tasks() if self.key(task) == key]
        return min(days, default=None)

    def rule(self, task: Task) -> Step | Gate | None:
        """What asked for it: by the routine of today, or by a layer that has ended since."""
        case, key = self.case, self.key(task)
        stayed = staying.others(staying.stays(self.events()))
        today = staying.routines(self.book, case, stayed).find(key)
        return today or next((rule for rule in self._added() if rule.key == key), None)

    def _added(self) -> Iterator[Step | Gate]:
        for layer in self.book.layers:
            for rule in layer.added:
                yield replace(rule, level=layer.level, layer=layer.key)

    def of(self, task: Task) -> Actor:
        """Who works in the team that owns it."""
        return next(one.member for one in self.there.values() if one.team == task.owner_team_id)

    def _waits_for_others(self, task: Task) -> bool:
        rule = self.rule(task)
        wanted = set(rule.satisfying if rule else task.satisfied_by)
        return bool(wanted) and wanted <= {"handover_accepted", "handover_returned"}

    def _do(self, task: Task) -> None:
        rule = self.rule(task)
        wanted = tuple(rule.satisfying if rule else task.satisfied_by)
        who = self.of(task)
        if "reached" in wanted:
            self.call(Outcome.SPOKE_WITH_PATIENT, who)
        elif "appointment_given" in wanted:
            self.give_appointment(who)
        elif {"appointment_kept", "appointment_confirmed"} & set(wanted):
            self._settle(who, "appointment_kept" in wanted)
        elif wanted:
            self.record(wanted[0], who, **self._evidence(rule))
        else:
            told = self._told(who)
            work.complete_task(
                self.session, self.case.id, task.id, words={"words": "Gjort"}, **told
            )

    def _evidence(self, rule: Step | Gate | None) -> dict[str, str]:
        asked = rule.evidence if rule is not None else {}
        said = {name: self._answer(rule.key if rule else "", name) for name in asked}
        given = {name: answer for name, answer in said.items() if answer is not None}
        unsaid = sorted(said.keys() - given.keys())
        assert not unsaid, f"the story says nothing of {unsaid} ({rule and rule.key})"
        wrong = [name for name, value in given.items() if value not in asked[name]]
        assert not wrong, f"{wrong} do not keep {rule and rule.key}"
        return given

    def _answer(self, key: str, name: str) -> str | None:
        """What the story answers to a field, for this rule (`rule:field`) or wherever it is asked."""
        return self.answers.get(f"{key}:{name}", self.answers.get(name))

    def _told(self, who: Actor) -> dict[str, Any]:
        return {"by": who, "at": self.now, "book": self.book}

    def record(self, kind: str, who: Actor, **facts: Any) -> None:
        new = [NewEvent(kind=EventKind(kind), at=self.now, facts=facts, note={"words": "Sagt"})]
        cases.record(self.session, self.case.id, new, **self._told(who))

    def call(self, outcome: Outcome, who: Actor) -> None:
        new = NewContact(outcome=outcome)
        contacts.register_contact(self.session, self.case.id, new, **self._told(who))

    def give_appointment(self, who: Actor, days: int = 6) -> None:
        at = self.moment(self.day_of(self.now) + days, time(10))
        while not Calendar().staffed(at):
            at += timedelta(days=1)
        done = appointments.book_appointment(
            self.session,
            self.case.id,
            starts_at=at,
            detail={"where": "Poliklinikken"},
            give=True,
            **self._told(who),
        )
        self.kept["last"] = done.appointment.id

    def _settle(self, who: Actor, kept: bool) -> None:
        action = AppointmentAction.KEEP if kept else AppointmentAction.CONFIRM
        for one in appointments_of.appointments_of(
            self.session, self.case.id, patient_id=self.patient_id
        ):
            given = one.state is AppointmentState.GIVEN
            if given and (one.starts_at <= self.now) == kept:
                told = self._told(who)
                appointments.act(self.session, one.id, action, words={"words": "Slik"}, **told)

    # --- what the story does ----------------------------------------------------------------------

    def open(self, there: There, *, index: str = "suicide_attempt", **facts: Any) -> None:
        opened = cases.open_case(
            self.session,
            patient_id=self.patient_id,
            index_kind=IndexKind(index),
            index_at=self.now - timedelta(hours=2),
            team_id=there.team,
            unit_id=there.unit,
            facts=facts,
            **self._told(there.member),
        )
        self.case_id = opened.case.id

    def hand_over(self, there: There, to: str) -> None:
        done = handovers.hand_over(
            self.session,
            self.case.id,
            to_team_id=self.there[to].team,
            words={"words": "Bor der"},
            **self._told(there.member),
        )
        self.kept["handover"] = done.handover.id

    def accept(self, there: There, days: int = 2) -> None:
        due = self.moment(self.day_of(self.now) + days, time(12))
        while not Calendar().staffed(due):
            due += timedelta(days=1)
        first = FirstDate(due_at=due, words="Vi ringer")
        told = self._told(there.member)
        handovers.accept(self.session, self.kept["handover"], first=first, words={}, **told)

    def send_back(self, there: There) -> None:
        told = self._told(there.member)
        handovers.send_back(
            self.session, self.kept["handover"], words={"words": "Ikke vår"}, **told
        )

    # --- nobody is lost ---------------------------------------------------------------------------

    def _evening(self, day: int) -> None:
        """The worker has gone over everything, and everybody is accounted for."""
        self.now = max(self.now, self.moment(day, EVENING))
        self.session.commit()
        jobs.sweep(self.database, self.book, rules=Rules(), clock=lambda: self.now)
        said = rollcall.derive(
            self.session, self.tenant, silences=silences_of(self.book), at=self.now
        )
        assert (said.unseen, said.remainder, said.pointer_wrong) == (0, (), ()), self.now
        assert not said.beside.handovers_lost, self.now
        self.accounted += 1
