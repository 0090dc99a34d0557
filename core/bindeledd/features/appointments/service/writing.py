"""How an appointment is written down: its row, its event, the log. Used by this floor only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.appointments import domain
from bindeledd.features.appointments.domain import Appointment, KnownHow
from bindeledd.features.appointments.domain.ways import Way
from bindeledd.features.appointments.tables import AppointmentRow, detail_place
from bindeledd.features.audit import service as audit
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.sealing.keyring import seal

# Where an event comes from that no person here told; of everything else a person did.
_SOURCES = {KnownHow.MESSAGE: "message", KnownHow.LIST: "takeover"}


@dataclass(frozen=True, kw_only=True)
class Arranged:
    """The appointment, and the case with what is owed after the act."""

    appointment: Appointment
    recorded: Recorded


def event_of(
    kind: EventKind,
    appointment: Appointment,
    at: datetime,
    words: Mapping[str, Any],
    way: Way | None = None,
) -> NewEvent:
    how = appointment.how_known
    return NewEvent(
        kind=kind,
        at=at,
        facts=domain.facts(appointment, way),
        note=dict(words) or None,
        source="person" if how is None else _SOURCES.get(how, "person"),
        source_id=appointment.id,
    )


def insert(
    session: Session,
    made: Appointment,
    patient_id: UUID,
    detail: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
) -> None:
    row = AppointmentRow(
        id=made.id,
        tenant_id=made.tenant_id,
        case_id=made.case_id,
        previous_id=made.previous_id,
        starts_at=made.starts_at,
        member_id=made.member_id,
        made_at=at,
        made_by=by.id,
        detail=seal(session, detail_place(made.tenant_id, made.id, patient_id), detail),
    )
    row.write(made)
    session.add(row)
    session.flush()


def write_audit(
    session: Session,
    what: str,
    appointment: Appointment,
    patient_id: UUID,
    *,
    by: Actor,
    at: datetime,
) -> None:
    audit.record(
        session,
        what,
        by=by,
        at=at,
        subjects=[patient_id],
        facts={"case": appointment.case_id, "appointment": appointment.id},
    )
