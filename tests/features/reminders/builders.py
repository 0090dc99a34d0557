"""A site, ladders and tasks as rows, for what the worker does. Nothing here needs a key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.ladder_values import Ladder, Rung
from bindeledd.features.pathways.domain.ladders import start_round
from bindeledd.features.patients.tables import PatientRow
from bindeledd.features.reminders.domain.channels import AddressKind, Message, Outcome, Receipt
from bindeledd.features.reminders.tables import AlertRow, DeliveryRow
from bindeledd.features.staff.domain import Actor, ActorKind
from bindeledd.features.staff.tables import (
    AbsenceRow,
    DutyRow,
    GrantRow,
    MemberRow,
    MembershipRow,
    OpeningHoursRow,
    OrganisationRow,
    TeamRow,
    TenantRow,
)
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.calendars import Calendar, Count, Period
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id

# A Tuesday, ten in the morning on the wall in Oslo.
TUESDAY = datetime(2027, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def at_once(moment: datetime):
    """A clock that stands still at `moment`."""
    return lambda: moment


def _rung(audience: str, **offset: float) -> Rung:
    length = timedelta(**offset)
    return Rung(
        before=length < timedelta(), offset=Period(0, abs(length)), count=Count.HOURS,
        audience=audience,
    )  # fmt: skip


def a_ladder(key: str = "standard") -> Ladder:
    """Owner two hours before and at the due time, team after 4 hours, lead after 24."""
    return Ladder(
        key=key,
        seen_for=Period(1),
        seen_count=Count.CALENDAR_DAYS,
        repeat_every=Period(1),
        repeat_count=Count.CALENDAR_DAYS,
        rungs=(
            _rung("owner", hours=-2),
            _rung("owner"),
            _rung("team", hours=4),
            _rung("lead", hours=24),
        ),
        ignores_hours=False,
    )


BOOK = Book(ladders={"standard": a_ladder()})


@dataclass
class Site:
    """One tenant; `team` has Anna and Bo on duty round the clock, led by Lise; Ada is admin."""

    tenant: UUID
    team: UUID
    members: dict[str, UUID] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        lead = frozenset({self.team}) if name == "lise" else frozenset()
        return Actor(
            kind=ActorKind.MEMBER,
            tenant_id=self.tenant,
            id=self.members[name],
            name=name,
            teams=frozenset({self.team}),
            leads=lead,
        )

    def __getattr__(self, name: str) -> UUID:
        try:
            return self.members[name]
        except KeyError:
            raise AttributeError(name) from None


def a_site(
    session: Session, *, at: datetime = TUESDAY, on_duty: Iterable[str] = ("anna", "bo"),
    admin: str | None = "ada", lead: str | None = "lise",
) -> Site:  # fmt: skip
    """The site of `Site`, its duty from 60 days before `at` to 400 days after."""
    site = Site(tenant=new_id(), team=new_id())
    organisation = new_id()
    _add(session, TenantRow, id=site.tenant, key=site.tenant.hex, name="T", made_at=at,
         intake_team_id=site.team, settings={})  # fmt: skip
    _add(session, OrganisationRow, id=organisation, tenant_id=site.tenant, key="o", name="O",
         kind="trust")  # fmt: skip
    add_team(session, site, organisation, site.team)
    for name in ("anna", "bo"):
        add_member(session, site, name)
    if lead:
        add_member(session, site, lead, role="lead")
    if admin:
        add_member(session, site, admin, role=None)
        _add(session, GrantRow, member_id=site.members[admin], role="admin",
             tenant_id=site.tenant)  # fmt: skip
    for name in on_duty:
        add_duty(session, site, name, at - 60 * DAY, at + 400 * DAY)
    session.flush()
    return site


def add_team(session: Session, site: Site, organisation: UUID, team: UUID) -> None:
    _add(session, TeamRow, id=team, tenant_id=site.tenant, organisation_id=organisation,
         key=team.hex, name="Team", zone="Europe/Oslo", active=True)  # fmt: skip
    for weekday in range(1, 6):
        _add(session, OpeningHoursRow, team_id=team, weekday=weekday, opens=time(8),
             closes=time(16), tenant_id=site.tenant)  # fmt: skip


def add_member(
    session: Session, site: Site, name: str, *, role: str | None = "member",
    email: str | None = "@", at: datetime = TUESDAY,
) -> UUID:  # fmt: skip
    site.members[name] = member = new_id()
    _add(session, MemberRow, id=member, tenant_id=site.tenant, login=name, name=name.title(),
         email=f"{name}@staff.example" if email == "@" else email, active=True,
         made_at=at)  # fmt: skip
    if role:
        _add(session, MembershipRow, id=new_id(), tenant_id=site.tenant, member_id=member,
             team_id=site.team, role=role, since=at - 400 * DAY, until=None)  # fmt: skip
    return member


def add_duty(session: Session, site: Site, name: str, since: datetime, until: datetime) -> None:
    _add(session, DutyRow, team_id=site.team, member_id=site.members[name], starts_at=since,
         tenant_id=site.tenant, ends_at=until, kind="hours")  # fmt: skip


def add_absence(
    session: Session, site: Site, name: str, since: datetime, until: datetime,
    stand_in: str | None = None,
) -> None:  # fmt: skip
    """Away, and off the duty list while it lasts."""
    member = site.members[name]
    _add(session, AbsenceRow, id=new_id(), tenant_id=site.tenant, member_id=member,
         stand_in_id=site.members[stand_in] if stand_in else None, since=since,
         until=until)  # fmt: skip
    session.execute(sa.delete(DutyRow).where(DutyRow.member_id == member))


def _add(session: Session, row: type, **values: Any) -> None:
    session.execute(sa.insert(row).values(**values))


def a_task(
    session: Session,
    site: Site,
    *,
    due_at: datetime = TUESDAY,
    made_at: datetime | None = None,
    held_by: str | None = None,
    ladder: str = "standard",
    case: UUID | None = None,
    book: Book = BOOK,
) -> UUID:
    """An open task of a case of its own (the task first, then the case), its ladder running."""
    made = made_at or due_at - 3 * DAY
    task, own = new_id(), case or new_id()
    plan = start_round(
        book.ladders.get(ladder, a_ladder()), due_at=due_at, calendar=Calendar(), at=made,
        round=1, covered=True,
    )  # fmt: skip
    _add(
        session, TaskRow, id=task, tenant_id=site.tenant, case_id=own, kind="call_patient",
        origin="core", step_key=task.hex, anchor_event_id=None, strength="should",
        owner="responsible_team", owner_team_id=site.team,
        held_by=site.members[held_by] if held_by else None, due_at=due_at, first_due_at=due_at,
        ladder=ladder, state="open", made_at=made, round=1, next_rung=0,
        next_rung_at=plan.next_rung_at, rung_plan=plan.entries, due_reason={}, satisfied_by=[],
    )  # fmt: skip
    if case is None:
        _a_case(session, site, own, task, made)
    return task


def _a_case(session: Session, site: Site, case: UUID, task: UUID, at: datetime) -> None:
    patient = new_id()
    _add(session, PatientRow, id=patient, tenant_id=site.tenant, made_at=at, version=1)
    _add(session, CareRelationRow, id=new_id(), tenant_id=site.tenant, case_id=case,
         patient_id=patient, team_id=site.team, kind="owner", since=at)  # fmt: skip
    _add(session, CaseRow, id=case, tenant_id=site.tenant, patient_id=patient, state="open",
         pathway_id="p", pathway_version="1", responsible_team_id=site.team, opened_at=at,
         next_task_id=task)  # fmt: skip
    session.flush()


def case_of(session: Session, task: UUID) -> UUID:
    return session.execute(sa.select(TaskRow.case_id).where(TaskRow.id == task)).scalar_one()


def do(session: Session, task: UUID, at: datetime) -> UUID:
    """The task is done; its case owes the next one, a month later (new, pointer, old)."""
    row = session.get_one(TaskRow, task, populate_existing=True)
    site = Site(tenant=row.tenant_id, team=row.owner_team_id)
    following = a_task(
        session, site, due_at=at + 30 * DAY, made_at=at, case=row.case_id, ladder=row.ladder
    )
    session.execute(
        sa.update(CaseRow).where(CaseRow.id == row.case_id).values(next_task_id=following)
    )
    session.execute(
        sa.update(TaskRow)
        .where(TaskRow.id == task)
        .values(state="done", ended_at=at, ended_by_event_id=new_id())
    )
    session.flush()
    return following


# --- what came of it ------------------------------------------------------------------------------


def alerts(session: Session, task: UUID | None = None) -> list[tuple[int, int, str]]:
    """(round, rung, audience) of each alert, in order."""
    rows = session.execute(
        sa.select(AlertRow.round, AlertRow.rung, AlertRow.audience)
        .where(AlertRow.task_id == task if task else sa.true())
        .order_by(AlertRow.round, AlertRow.rung)
    )
    return [tuple(row) for row in rows]


def heard(session: Session, site: Site, task: UUID, channel: str = "inbox") -> set[str]:
    """The names of those who were told of a task."""
    names = {member: name for name, member in site.members.items()}
    rows = session.scalars(
        sa.select(DeliveryRow.member_id).where(
            DeliveryRow.task_id == task, DeliveryRow.channel == channel
        )
    )
    return {names[member] for member in rows}


def states(database: Database, channel: str = "email") -> dict[str, int]:
    with database.transaction() as session:
        rows = session.execute(
            sa.select(DeliveryRow.state, sa.func.count())
            .where(DeliveryRow.channel == channel)
            .group_by(DeliveryRow.state)
        )
        return {row[0]: row[1] for row in rows}


class FakeChannel:
    """Remembers what it was given; answers as told, for everybody or for one address."""

    key = "email"
    leaves_machine = False
    address = AddressKind.EMAIL
    receipt_within = None

    def __init__(self, answer: Receipt | None = None, **by_name: Receipt) -> None:
        self.answer = answer or Receipt(outcome=Outcome.SENT)
        self.by_name = by_name
        self.sent: list[Message] = []
        self.tried = 0
        self.asked: list[str] = []

    def send(self, alert: Message) -> Receipt:
        self.tried += 1
        self.asked.append(alert.address.split("@")[0])
        receipt = self.by_name.get(alert.address.split("@")[0], self.answer)
        if receipt.outcome is Outcome.SENT:
            self.sent.append(alert)
        return receipt
