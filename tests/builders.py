"""Builders: a site, a patient, a case in a few words. What a test does not name is ordinary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Case, EventKind, IndexKind, NewEvent
from bindeledd.features.cases.domain.covering import Cover
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.service import load_book
from bindeledd.features.patients.tables import PatientRow
from bindeledd.features.staff.domain import Actor, ActorKind, system
from bindeledd.features.staff.tables import (
    DutyRow,
    MemberRow,
    MembershipRow,
    OpeningHoursRow,
    OrganisationRow,
    TeamRow,
    TenantRow,
    UnitRow,
)
from bindeledd.features.tasks.domain import Task
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.errors import Refusal
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.keyring import new_subject

MONDAY = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


def refusal(check: Callable[[], object]) -> Refusal | None:
    """What a check refuses with; None where it lets through what it is asked of."""
    try:
        check()
    except Refusal as refused:
        return refused
    return None


def a_cover(at: datetime, who: str = "Legevakten") -> Cover:
    """Somebody answers for longer than any team is away, from a week before `at` on."""
    return Cover(who=who, starts_at=at - timedelta(days=7), ends_at=at + timedelta(days=60))


@dataclass(frozen=True, kw_only=True)
class Site:
    """A tenant with two teams, staffed Monday to Friday 08–16, and four people."""

    tenant: UUID
    organisation: UUID
    team: UUID
    other_team: UUID
    unit: UUID
    anna: Actor
    berit: Actor
    carl: Actor
    dina: Actor

    @property
    def system(self) -> Actor:
        return system(self.tenant)


def a_unit(session: Session, site: Site, key: str, kind: str, *, team: UUID | None = None) -> UUID:
    """Another unit of the site, of its first team or of `team`."""
    unit = new_id()
    session.execute(
        sa.insert(UnitRow).values(
            id=unit,
            tenant_id=site.tenant,
            organisation_id=site.organisation,
            team_id=team or site.team,
            key=key,
            name=key,
            kind=kind,
            active=True,
        )
    )
    return unit


def a_site(session: Session, at: datetime = MONDAY) -> Site:
    """Anna works in the team that Berit leads; Carl works in the other team that Dina leads."""
    tenant, organisation, unit = new_id(), new_id(), new_id()
    teams = (new_id(), new_id())
    session.execute(
        sa.insert(TenantRow).values(
            id=tenant,
            key=str(tenant),
            name="Prøvesykehuset",
            intake_team_id=teams[0],
            settings={},
            made_at=at,
        )
    )
    session.execute(
        sa.insert(OrganisationRow).values(
            id=organisation, tenant_id=tenant, key="trust", name="Prøvesykehuset", kind="trust"
        )
    )
    for key, team in zip(("follow-up", "municipal"), teams, strict=True):
        session.execute(
            sa.insert(TeamRow).values(
                id=team,
                tenant_id=tenant,
                organisation_id=organisation,
                key=key,
                name=key,
                zone="Europe/Oslo",
                active=True,
            )
        )
        session.execute(
            sa.insert(OpeningHoursRow),
            [
                {
                    "team_id": team,
                    "weekday": day,
                    "opens": time(8),
                    "closes": time(16),
                    "tenant_id": tenant,
                }
                for day in range(1, 6)
            ],
        )
    session.execute(
        sa.insert(UnitRow).values(
            id=unit,
            tenant_id=tenant,
            organisation_id=organisation,
            team_id=teams[0],
            key="ward",
            name="Post 3",
            kind="acute_ward",
            acute_number="55 00 00 00",
            active=True,
        )
    )
    people = [
        a_member(session, tenant, team, name, role, at)
        for team, name, role in (
            (teams[0], "anna", "member"),
            (teams[0], "berit", "lead"),
            (teams[1], "carl", "member"),
            (teams[1], "dina", "lead"),
        )
    ]
    return Site(
        tenant=tenant,
        organisation=organisation,
        team=teams[0],
        other_team=teams[1],
        unit=unit,
        anna=people[0],
        berit=people[1],
        carl=people[2],
        dina=people[3],
    )


def a_town(session: Session, site: Site) -> None:
    """The other team is a town's (`byen`), and the ward a hospital's (`sykehuset`)."""
    town = new_id()
    renamed = sa.update(OrganisationRow).where(OrganisationRow.id == site.organisation)
    session.execute(renamed.values(key="sykehuset"))
    session.execute(
        sa.insert(OrganisationRow).values(
            id=town, tenant_id=site.tenant, key="byen", name="Byen", kind="municipality"
        )
    )
    moved = sa.update(TeamRow).where(TeamRow.id == site.other_team)
    session.execute(moved.values(organisation_id=town))


def a_member(
    session: Session, tenant: UUID, team: UUID, name: str, role: str, at: datetime = MONDAY
) -> Actor:
    """A member of a team, on duty round the clock for 60 days (a test may take duty away)."""
    member = new_id()
    session.execute(
        sa.insert(MemberRow).values(
            id=member,
            tenant_id=tenant,
            login=f"{name}-{member}",
            name=name.title(),
            email=f"{name}@example.invalid",
            active=True,
            made_at=at,
        )
    )
    session.execute(
        sa.insert(MembershipRow).values(
            id=new_id(),
            tenant_id=tenant,
            member_id=member,
            team_id=team,
            role=role,
            since=at - timedelta(days=400),
        )
    )
    session.execute(
        sa.insert(DutyRow).values(
            team_id=team,
            member_id=member,
            starts_at=at - timedelta(days=60),
            ends_at=at + timedelta(days=60),
            tenant_id=tenant,
            kind="hours",
        )
    )
    return Actor(
        kind=ActorKind.MEMBER,
        tenant_id=tenant,
        id=member,
        name=name.title(),
        teams=frozenset({team}),
        leads=frozenset({team}) if role == "lead" else frozenset(),
    )


def a_patient_row(session: Session, site: Site, at: datetime = MONDAY) -> UUID:
    """A patient of whom nothing is known yet, with a data key."""
    patient = new_id()
    session.execute(
        sa.insert(PatientRow).values(id=patient, tenant_id=site.tenant, version=1, made_at=at)
    )
    new_subject(session, tenant_id=site.tenant, subject_id=patient, at=at)
    return patient


@dataclass(frozen=True, kw_only=True)
class RawCase:
    """A case with one open task, written as rows, without planning."""

    id: UUID
    patient: UUID
    task: UUID
    event: UUID


_BEGUN = {
    EventKind.INDEX_EVENT: {"index_kind": "suicide_attempt"},
    EventKind.BEREAVEMENT: {"origin": "psychosocial_crisis_team"},
}


def a_case_row(
    session: Session,
    site: Site,
    *,
    due_at: datetime = MONDAY + timedelta(days=1),
    at: datetime = MONDAY,
    team: UUID | None = None,
    patient: UUID | None = None,
    begins: EventKind = EventKind.INDEX_EVENT,
) -> RawCase:
    """The smallest case that the law lets in: the task first, then the case that points at it."""
    case, task, event = new_id(), new_id(), new_id()
    patient = patient or a_patient_row(session, site, at)
    a_task_row(session, site, case=case, task=task, due_at=due_at, at=at, team=team)
    session.execute(
        sa.insert(CaseRow).values(
            id=case,
            tenant_id=site.tenant,
            patient_id=patient,
            state="open",
            pathway_id="national.after-attempt",
            pathway_version="2026.1",
            responsible_team_id=team or site.team,
            opened_at=at,
            next_task_id=task,
            closing_number=1,
            version=1,
        )
    )
    session.execute(
        sa.insert(EventRow).values(
            id=event,
            tenant_id=site.tenant,
            case_id=case,
            kind=begins.value,
            at=at,
            date_only=False,
            recorded_at=at,
            source="person",
            facts=_BEGUN[begins],
        )
    )
    session.execute(
        sa.insert(CareRelationRow).values(
            id=new_id(),
            tenant_id=site.tenant,
            case_id=case,
            patient_id=patient,
            team_id=team or site.team,
            kind="owner",
            since=at,
        )
    )
    return RawCase(id=case, patient=patient, task=task, event=event)


def a_task_row(
    session: Session,
    site: Site,
    *,
    case: UUID | None = None,
    subject: UUID | None = None,
    task: UUID | None = None,
    due_at: datetime = MONDAY + timedelta(days=1),
    at: datetime = MONDAY,
    team: UUID | None = None,
    held_by: UUID | None = None,
    kind: str = "call_patient",
) -> UUID:
    """An open task, with a running round of the ladder that begins at its due time."""
    task = task or new_id()
    moment = due_at.astimezone(UTC)
    entries = [
        (moment, "owner"),
        (moment + timedelta(hours=4), "team"),
        (moment + timedelta(days=1), "lead"),
        (moment + timedelta(days=2), "repeat"),
    ]
    session.execute(
        sa.insert(TaskRow).values(
            id=task,
            tenant_id=site.tenant,
            case_id=case,
            subject_id=subject,
            kind=kind,
            origin="step",
            step_key=f"test.{task}",
            strength="should",
            owner="responsible_team",
            owner_team_id=team or site.team,
            held_by=held_by,
            due_at=due_at,
            first_due_at=due_at,
            due_reason={},
            satisfied_by=[],
            ladder="standard",
            state="open",
            made_at=at,
            round=1,
            next_rung=0,
            next_rung_at=due_at,
            rung_plan=[[f"{when:%Y-%m-%d %H:%M:%S.%f}", audience] for when, audience in entries],
            seen_in_a_row=0,
            version=1,
        )
    )
    return task


@lru_cache(maxsize=1)
def a_book() -> Book:
    """The real national pathway, ladders and rules of the core."""
    return load_book()


def a_book_with(key: str, **other: Any) -> Book:
    """The same with that step of the national pathway written otherwise; without it for nothing."""
    book = a_book()
    national = book.current("suicide_attempt")
    steps = [step for step in national.steps if step.key != key]
    if other:
        steps += [replace(step, **other) for step in national.steps if step.key == key]
    changed = replace(national, steps=tuple(steps))
    pathways = {**book.pathways, (national.id, national.version): changed}
    return Book(pathways=pathways, ladders=book.ladders, core=book.core)


def an_open_case(
    session: Session,
    site: Site,
    *,
    at: datetime = MONDAY,
    discharged_at: datetime | None = None,
    patient: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
    by: Actor | None = None,
    unit: bool = False,
    team: UUID | None = None,
    book: Book | None = None,
) -> Recorded:
    """A case opened by the service with the real national pathway; discharged if so asked."""
    more = (
        []
        if discharged_at is None
        else [NewEvent(kind=EventKind.DISCHARGED, at=discharged_at, source="message")]
    )
    return cases.open_case(
        session,
        patient_id=patient or a_patient_row(session, site, at),
        index_kind=IndexKind.SUICIDE_ATTEMPT,
        index_at=min(at, discharged_at or at),
        team_id=team or site.team,
        unit_id=site.unit if unit else None,
        facts=facts,
        more=more,
        by=by or site.anna,
        at=at,
        book=book or a_book(),
    )


class Followed:
    """A discharged person who is followed up, and what may be asked of their case."""

    def __init__(
        self, session: Session, *, discharged_at: datetime = MONDAY, unit: bool = False
    ) -> None:
        self.session = session
        self.site = a_site(session)
        opened = an_open_case(
            session, self.site, at=discharged_at, discharged_at=discharged_at, unit=unit
        )
        self.case_id: UUID = opened.case.id
        self.patient_id: UUID = opened.case.patient_id

    def tasks(self) -> tuple[Task, ...]:
        return queries.tasks_of(self.session, self.case_id)

    def open(self, kind: str) -> list[Task]:
        return [task for task in self.tasks() if task.kind == kind and task.is_open]

    def kinds(self) -> list[EventKind]:
        return [event.kind for event in queries.events_of(self.session, self.case_id)]

    def case(self) -> Case:
        return queries.get_case(self.session, self.case_id, tenant_id=self.site.tenant)

    def record(
        self, *kinds: EventKind, at: datetime, by: Actor | None = None, **facts: Any
    ) -> Recorded:
        events = [NewEvent(kind=kind, at=at, facts=facts) for kind in kinds]
        who = by or self.site.anna
        return cases.record(self.session, self.case_id, events, by=who, at=at, book=a_book())
