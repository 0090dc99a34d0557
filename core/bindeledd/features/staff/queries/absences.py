"""Who is away, and until when."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff.domain import Absence, without_stand_in
from bindeledd.features.staff.tables import ABSENCE_STANDS, AbsenceRow, MembershipRow


def absences(
    session: Session, tenant_id: UUID, team_ids: Collection[UUID], at: datetime
) -> Sequence[Absence]:
    """Who of these teams is away now or has said that they will be, by when it begins.

    Those that were taken back stand among them until their time is over.
    """
    mine = sa.select(MembershipRow.member_id).where(
        MembershipRow.team_id.in_(team_ids),
        sa.or_(MembershipRow.until.is_(None), MembershipRow.until > at),
    )
    rows = session.scalars(
        sa.select(AbsenceRow)
        .where(
            AbsenceRow.tenant_id == tenant_id,
            AbsenceRow.member_id.in_(mine),
            AbsenceRow.until > at,
        )
        .order_by(AbsenceRow.since, AbsenceRow.member_id)
    )
    return [absence_of(row) for row in rows]


def unstood(
    session: Session, tenant_id: UUID, absences: Sequence[Absence]
) -> frozenset[UUID | None]:
    """Those of these absences in whose time the stand-in, of whatever team, is away as well."""
    names = {one.stand_in_id for one in absences if one.stand_in_id is not None}
    if not names:
        return frozenset()
    rows = session.scalars(
        sa.select(AbsenceRow).where(
            AbsenceRow.tenant_id == tenant_id,
            AbsenceRow.member_id.in_(names),
            ABSENCE_STANDS,
            AbsenceRow.until > min(one.since for one in absences),
        )
    )
    return without_stand_in(absences, [absence_of(row) for row in rows])


def away_among(session: Session, member_ids: Collection[UUID], at: datetime) -> set[UUID]:
    """Those of these members of whom somebody has said that they are away at `at`."""
    asked = sa.select(AbsenceRow.member_id).where(
        AbsenceRow.member_id.in_(member_ids),
        ABSENCE_STANDS,
        AbsenceRow.since <= at,
        AbsenceRow.until > at,
    )
    return set(session.scalars(asked))


def absence_of(row: AbsenceRow) -> Absence:
    """The value of a row."""
    return Absence(
        id=row.id,
        member_id=row.member_id,
        since=row.since,
        until=row.until,
        stand_in_id=row.stand_in_id,
        cancelled_at=row.cancelled_at,
        cancelled_by=row.cancelled_by,
    )
