"""Questions about restricted records. Each is asked for one person, and finds what names them."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.queries.rows import find_row
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.restricted.domain import Entry, Reader, Record, RestrictedNotFound, may_open
from bindeledd.features.restricted.tables import (
    RestrictedEntryRow,
    RestrictedReaderRow,
    RestrictedRow,
    about_place,
    words_place,
)
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import MemberRow
from bindeledd.foundation.sealing.keyring import unseal_or_report

R, E = RestrictedReaderRow, RestrictedEntryRow


def readers_of(session: Session, record_id: UUID) -> list[Reader]:
    """Everybody who was ever named, the first one first."""
    rows = session.execute(
        sa.select(R.member_id, R.named_at, R.named_by, R.ended_at, MemberRow.active)
        .join(MemberRow, MemberRow.id == R.member_id)
        .where(R.record_id == record_id)
        .order_by(R.named_at, R.id)
    )
    return [Reader(**row._mapping) for row in rows]


def get_row(
    session: Session, by: Actor, record_id: UUID, *, for_update: bool = False
) -> RestrictedRow:
    """The row of a record of the tenant, for the service; it has not been asked who may open it."""
    row = find_row(session, RestrictedRow, record_id, for_update=for_update)
    if row is None or row.tenant_id != by.tenant_id:
        raise RestrictedNotFound(record=record_id)
    return row


def get_own_row(
    session: Session, by: Actor, record_id: UUID, *, for_update: bool = False
) -> RestrictedRow:
    """The row for somebody who is named in it. Anything else: `RestrictedNotFound`."""
    row = get_row(session, by, record_id, for_update=for_update)
    if by.id is None or not may_open(readers_of(session, record_id), by.id):
        raise RestrictedNotFound(record=record_id)
    return row


def titled(session: Session, row: RestrictedRow) -> Record:
    """The record with its title; None for one that cannot be read."""
    return row.read(unseal_or_report(session, about_place(row), row.about))


def entries_of(session: Session, row: RestrictedRow) -> list[Entry]:
    """What stands in it, the first first, opened. The caller writes down the read."""
    rows = session.scalars(sa.select(E).where(E.record_id == row.id).order_by(E.number))
    return [
        one.read(unseal_or_report(session, words_place(one, row.patient_id), one.words))
        for one in rows
    ]


def latest_number(session: Session, record_id: UUID) -> int:
    return session.scalar(sa.select(sa.func.max(E.number)).where(E.record_id == record_id)) or 0


def records_of(session: Session, by: Actor) -> Sequence[RestrictedRow]:
    """The rows of every record that somebody is named in, the newest first."""
    named = sa.select(R.record_id).where(R.member_id == by.id, R.ended_at.is_(None))
    return session.scalars(
        sa.select(RestrictedRow)
        .where(RestrictedRow.tenant_id == by.tenant_id, RestrictedRow.id.in_(named))
        .order_by(RestrictedRow.opened_at.desc(), RestrictedRow.id)
    ).all()


def left_to(session: Session, by: Actor) -> Sequence[RestrictedRow]:
    """The rows that nobody who works here can open, of follow-ups that a team answers for which one
    leads, the newest first. `domain.is_left` says the same of one."""
    return session.scalars(
        sa.select(RestrictedRow)
        .join(CaseRow, CaseRow.id == RestrictedRow.case_id)
        .where(
            RestrictedRow.tenant_id == by.tenant_id,
            CaseRow.responsible_team_id.in_(by.leads),
            _is_left(),
        )
        .order_by(RestrictedRow.opened_at.desc(), RestrictedRow.id)
    ).all()


def teams_with_left(session: Session) -> list[tuple[UUID, UUID]]:
    """Tenant and team, of every tenant, where `left_to` has something for the lead of the team."""
    rows = session.execute(
        sa.select(RestrictedRow.tenant_id, CaseRow.responsible_team_id)
        .distinct()
        .join(CaseRow, CaseRow.id == RestrictedRow.case_id)
        .where(_is_left())
    )
    return sorted((tenant, team) for tenant, team in rows)


def _is_left() -> sa.ColumnElement[bool]:
    can = sa.select(R.record_id).join(MemberRow, MemberRow.id == R.member_id)
    return RestrictedRow.id.not_in(can.where(R.ended_at.is_(None), MemberRow.active))


def named_row(session: Session, record_id: UUID, member_id: UUID) -> RestrictedReaderRow | None:
    """The place of somebody who is named now."""
    return session.scalar(
        sa.select(R).where(R.record_id == record_id, R.member_id == member_id, R.ended_at.is_(None))
    )


def ids_about(session: Session, patient_ids: Collection[UUID]) -> Sequence[UUID]:
    """The records of every follow-up of a person: ids, for the log of who opened them."""
    return session.scalars(
        sa.select(RestrictedRow.id)
        .join(CaseRow, CaseRow.id == RestrictedRow.case_id)
        .where(CaseRow.patient_id.in_(patient_ids))
    ).all()
