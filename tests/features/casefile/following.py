"""A case in the app, and the four people who may or may not see it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from bindeledd.features.access.domain import RelationKind
from bindeledd.features.access.service import relate
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.patients.domain import ContactWay, Identity
from bindeledd.features.patients.tables import PatientRow, contact_bundle, place
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.foundation.http.forms import ZONE
from bindeledd.foundation.sealing.keyring import seal
from builders import Site, a_site, an_open_case
from doors import an_app
from features.worklist.builders import a_named_patient, seal_identity
from visitors import a_visitor

NAME, PHONE = "Kari Prøve", "+4799112233"


class World:
    """Kari is followed up by the team of Anna and Berit; Carl and Dina work in another one."""

    def __init__(self, database: Database, home: Path, name: str = NAME) -> None:
        self.database = database
        self.at = clock.now()
        discharged = self.at - timedelta(hours=1)
        with database.transaction() as session:
            self.site: Site = a_site(session, self.at)
            self.patient = a_named_patient(session, self.site, name)
            sealed = seal(
                session,
                place(self.site.tenant, "contact_ways", self.patient),
                contact_bundle((ContactWay(value=PHONE),)),
            )
            found = sa.update(PatientRow).where(PatientRow.id == self.patient)
            session.execute(found.values(contact_ways=sealed))
            self.case: UUID = an_open_case(
                session,
                self.site,
                at=discharged,
                discharged_at=discharged,
                patient=self.patient,
                unit=True,
            ).case.id
        self.app = an_app(database, home)
        people = (self.site.anna, self.site.berit, self.site.carl, self.site.dina)
        self.anna, self.berit, self.carl, self.dina = (
            a_visitor(self.app, database, one) for one in people
        )

    def path(self, page: str = "") -> str:
        return f"/cases/{self.case}{'/' if page else ''}{page}"

    def uncovered(self) -> str:
        """The address of a follow-up whose team went home over a weekend, at least a week ago, without
        anybody who had said that they answer."""
        day = self.at - timedelta(days=7)
        friday = (day - timedelta(days=(day.weekday() - 4) % 7)).replace(hour=9)
        with self.database.transaction() as session:
            left = an_open_case(session, self.site, at=friday, discharged_at=friday)
        return f"/cases/{left.case.id}"

    def identity(self, **said: Any) -> None:
        """Seal another identity of the patient."""
        with self.database.transaction() as session:
            seal_identity(session, self.site, self.patient, Identity(full=NAME, **said))

    def version(self) -> str:
        """The version of the patient that a page shows now."""
        with self.database.session() as session:
            found = sa.select(PatientRow.version).where(PatientRow.id == self.patient)
            return str(session.scalar(found))

    def let_see(self, team: UUID) -> None:
        """Another team takes part."""
        with self.database.transaction() as session:
            relate(
                session,
                case_id=self.case,
                patient_id=self.patient,
                team_id=team,
                kind=RelationKind.PARTICIPANT,
                by=self.site.anna,
                at=self.at,
            )

    def all(self, row: Any) -> list[Any]:
        with self.database.session() as session:
            return list(session.scalars(sa.select(row)))

    def open(self, kind: str) -> list[TaskRow]:
        return [one for one in self.all(TaskRow) if one.kind == kind and one.state == "open"]

    def kinds(self) -> list[str]:
        return [event.kind for event in self.all(EventRow)]

    def event(self, kind: str) -> EventRow:
        return next(event for event in self.all(EventRow) if event.kind == kind)

    def reads(self) -> int:
        """How many entries of the log are about the patient."""
        asked = (
            sa.select(sa.func.count())
            .select_from(AuditEventRow)
            .join(AuditSubjectRow, AuditSubjectRow.event_id == AuditEventRow.id)
            .where(AuditSubjectRow.subject_id == self.patient)
        )
        with self.database.session() as session:
            return int(session.scalar(asked) or 0)

    def acts(self) -> list[str]:
        return [event.act for event in self.all(AuditEventRow)]


def in_days(days: int, clock_time: str = "10:00", *, on: str = "due") -> dict[str, object]:
    """The fields of a moment so many days from now."""
    return {f"{on}_on": day_in(days), f"{on}_time": clock_time}


def day_in(days: int, since: datetime | None = None) -> str:
    return ((since or clock.now()).astimezone(ZONE).date() + timedelta(days=days)).isoformat()
