"""Questions about appointments. Nothing here changes anything."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access_queries
from bindeledd.features.appointments.domain import Appointment, AppointmentNotFound
from bindeledd.features.appointments.tables import AppointmentRow, detail_place
from bindeledd.features.cases.queries import lock_cases
from bindeledd.features.cases.queries.rows import find_row, in_sight
from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import ABSENCE_STANDS, AbsenceRow, MemberRow
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow
from bindeledd.foundation.sealing.keyring import unseal_or_report

_STANDS = AppointmentRow.state.in_([sa.literal_column("'booked'"), sa.literal_column("'given'")])


def get_row(
    session: Session, by: Actor, appointment_id: UUID, *, for_update: bool = False
) -> tuple[AppointmentRow, UUID]:
    """The row and its patient, for the service; refuses what `by` may not see."""
    row = find_row(session, AppointmentRow, appointment_id, for_update=for_update)
    return in_sight(session, by, row, AppointmentNotFound(appointment=appointment_id))


def appointments_of(session: Session, case_id: UUID, *, patient_id: UUID) -> Sequence[Appointment]:
    """The appointments of a case, opened, by time. The caller writes down the read."""
    rows = session.scalars(
        sa.select(AppointmentRow)
        .where(AppointmentRow.case_id == case_id)
        .order_by(AppointmentRow.starts_at, AppointmentRow.id)
    )
    return [opened(session, row, patient_id) for row in rows]


def to_be_given(
    session: Session, case_id: UUID, *, patient_id: UUID, at: datetime
) -> Sequence[Appointment]:
    """The appointments ahead that the patient does not know of, opened, by time."""
    rows = session.scalars(
        sa.select(AppointmentRow)
        .where(
            AppointmentRow.case_id == case_id,
            AppointmentRow.state == "booked",
            AppointmentRow.starts_at > at,
        )
        .order_by(AppointmentRow.starts_at, AppointmentRow.id)
    )
    return [opened(session, row, patient_id) for row in rows]


def standing_rows(session: Session, case_id: UUID) -> Sequence[AppointmentRow]:
    """The appointments of the case of which nothing says what became, by time, for the service.

    The case is locked, as it is where one of them is changed.
    """
    lock_cases(session, [case_id])
    return session.scalars(
        sa.select(AppointmentRow)
        .where(AppointmentRow.case_id == case_id, _STANDS)
        .order_by(AppointmentRow.starts_at, AppointmentRow.id)
        .execution_options(populate_existing=True)
    ).all()


class Kept(NamedTuple):
    """An appointment that a member is to keep: ids and time only, and how its follow-up stands."""

    id: UUID
    case_id: UUID
    starts_at: datetime
    is_followed: bool
    team_id: UUID


def of_member(
    session: Session, tenant_id: UUID, member_id: UUID, since: datetime, until: datetime
) -> Sequence[Kept]:
    """The appointments that stand for a member between two moments, by time."""
    rows = session.execute(
        sa.select(
            AppointmentRow.id,
            AppointmentRow.case_id,
            AppointmentRow.starts_at,
            CaseRow.state == "open",
            CaseRow.responsible_team_id,
        )
        .join(CaseRow, CaseRow.id == AppointmentRow.case_id)
        .where(
            AppointmentRow.tenant_id == tenant_id,
            AppointmentRow.member_id == member_id,
            _STANDS,
            AppointmentRow.starts_at > since,
            AppointmentRow.starts_at < until,
        )
        .order_by(AppointmentRow.starts_at, AppointmentRow.id)
    )
    return [Kept(*row) for row in rows]


def answered_for(session: Session, case_ids: Collection[UUID], kind: str) -> set[str]:
    """The appointments of these cases about which a task of this kind is open."""
    facts = session.scalars(
        sa.select(EventRow.facts)
        .join(TaskRow, TaskRow.anchor_event_id == EventRow.id)
        .where(TaskRow.case_id.in_(case_ids), TaskRow.kind == kind, IS_OPEN)
    )
    return {str(fact.get("appointment_id")) for fact in facts}


class LeftOver(NamedTuple):
    """Open tasks about an appointment whose member is here then after all."""

    task_ids: tuple[UUID, ...]
    case_id: UUID
    appointment_id: UUID
    member_id: UUID
    starts_at: datetime


_AWAY_THEN = sa.exists().where(
    AbsenceRow.member_id == AppointmentRow.member_id,
    ABSENCE_STANDS,
    AbsenceRow.since <= AppointmentRow.starts_at,
    AbsenceRow.until > AppointmentRow.starts_at,
)


def here_again(session: Session, tenant_id: UUID, appointment_id: UUID) -> str:
    """What the member is called who keeps the appointment and is not away then; else nothing."""
    found = session.scalar(
        sa.select(MemberRow.name)
        .join(AppointmentRow, AppointmentRow.member_id == MemberRow.id)
        .where(
            AppointmentRow.id == appointment_id,
            AppointmentRow.tenant_id == tenant_id,
            MemberRow.active,
            sa.not_(_AWAY_THEN),
        )
    )
    return found or ""


def left_over(
    session: Session, by: Actor, member_ids: Collection[UUID], kind: str, at: datetime
) -> Sequence[LeftOver]:
    """Appointments ahead that these members keep, in whose time no absence of theirs stands any
    more, with the open tasks of this kind that `by` sees; by time."""
    asked = session.execute(
        sa.select(TaskRow.id, EventRow.facts)
        .join(EventRow, EventRow.id == TaskRow.anchor_event_id)
        .where(
            TaskRow.tenant_id == by.tenant_id,
            TaskRow.kind == kind,
            IS_OPEN,
            access_queries.sees_case(by, TaskRow.__table__.c.case_id),
        )
    )
    tasks: dict[UUID, list[UUID]] = {}
    for row in asked:
        if row.facts.get("appointment_id"):
            tasks.setdefault(UUID(str(row.facts["appointment_id"])), []).append(row.id)
    kept = session.execute(
        sa.select(
            AppointmentRow.id,
            AppointmentRow.case_id,
            AppointmentRow.member_id,
            AppointmentRow.starts_at,
        )
        .where(
            AppointmentRow.id.in_(tasks),
            AppointmentRow.member_id.in_(member_ids),
            _STANDS,
            AppointmentRow.starts_at > at,
            sa.not_(_AWAY_THEN),
        )
        .order_by(AppointmentRow.starts_at, AppointmentRow.id)
    )
    return [
        LeftOver(tuple(tasks[row.id]), row.case_id, row.id, row.member_id, row.starts_at)
        for row in kept
    ]


def seen_among(session: Session, by: Actor, case_ids: Collection[UUID]) -> set[UUID]:
    """Those of these cases that `by` may see."""
    seen = access_queries.sees_case(by, CaseRow.__table__.c.id)
    return set(session.scalars(sa.select(CaseRow.id).where(CaseRow.id.in_(case_ids), seen)))


def opened(session: Session, row: AppointmentRow, patient_id: UUID) -> Appointment:
    """The value of a row with what is sealed; a part that cannot be read is reported."""
    place = detail_place(row.tenant_id, row.id, patient_id)
    return row.read(unseal_or_report(session, place, row.detail))
