"""The appointments of a week, with what is sealed of them. Nothing here changes anything."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.queries import sees_case
from bindeledd.features.appointments.tables import AppointmentRow, detail_place
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.staff.domain import Actor
from bindeledd.features.worklist.domain import Cursor
from bindeledd.features.worklist.domain.calendar import (
    MOST,
    SHOWN,
    WITHDRAWN,
    Chosen,
    Slot,
    Week,
)
from bindeledd.foundation.sealing.keyring import unseal_all

Row = sa.Row[*tuple[Any, ...]]
_A = AppointmentRow


def slots_of(
    session: Session,
    by: Actor,
    week: Week,
    teams: Collection[UUID],
    chosen: Chosen,
    after: Cursor | None,
) -> Sequence[Row]:
    """The appointments of the follow-ups that these teams answer for, by time and then id; one more
    than a page holds, where there are more."""
    asked = _of_week(by, week.since, week.until).where(
        _A.state.in_(SHOWN), CaseRow.responsible_team_id.in_(teams)
    )
    if chosen.nobody:
        asked = asked.where(_A.member_id.is_(None))
    elif chosen.person is not None:
        asked = asked.where(_A.member_id == chosen.person)
    if after is not None:
        asked = asked.where(sa.tuple_(_A.starts_at, _A.id) > (after.due_at, after.id))
    return session.execute(asked.limit(MOST + 1)).all()


def own_week(session: Session, by: Actor, since: datetime, until: datetime) -> Sequence[Row]:
    """What `by` is to keep, and what of it was withdrawn; as far as `by` sees the follow-up."""
    asked = _of_week(by, since, until).where(
        _A.member_id == by.id, _A.state.in_({*SHOWN, *WITHDRAWN})
    )
    return session.execute(asked).all()


def _of_week(by: Actor, since: datetime, until: datetime) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            _A.id,
            _A.tenant_id,
            _A.case_id,
            _A.starts_at,
            _A.state,
            _A.member_id,
            _A.detail,
            CaseRow.responsible_team_id,
            CaseRow.patient_id,
        )
        .join(CaseRow, CaseRow.id == _A.case_id)
        .where(
            _A.tenant_id == by.tenant_id,
            _A.starts_at >= since,
            _A.starts_at < until,
            sees_case(by, CaseRow.__table__.c.id),
        )
        .order_by(_A.starts_at, _A.id)
    )


def opened(session: Session, rows: Sequence[Row]) -> list[Slot]:
    """Each with where and whom; one question for the keys of them all."""
    places = [(detail_place(row.tenant_id, row.id, row.patient_id), row.detail) for row in rows]
    return [
        Slot(
            id=row.id,
            case_id=row.case_id,
            starts_at=row.starts_at,
            state=row.state,
            team_id=row.responsible_team_id,
            member_id=row.member_id,
            where=str((said or {}).get("where") or ""),
            whom=str((said or {}).get("whom") or ""),
            unreadable=said is None,
        )
        for row, said in zip(rows, unseal_all(session, places), strict=True)
    ]
