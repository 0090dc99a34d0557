"""What is asked before a follow-up begins: the patient's last one, or by what a first is planned."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import Case
from bindeledd.features.cases.tables import CaseRow, read_case
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.db import table

_CASES = table(CaseRow)
_OF_PATIENT = sa.and_(
    _CASES.c.tenant_id == sa.bindparam("tenant", type_=sa.Uuid()),
    _CASES.c.patient_id == sa.bindparam("patient", type_=sa.Uuid()),
)
_LATEST = (
    sa.select(_CASES)
    .where(_OF_PATIENT)
    .order_by(
        sa.case((_CASES.c.state == sa.literal_column("'closed'"), 1), else_=0),
        _CASES.c.closed_at.desc(),
    )
    .limit(1)
)
_FIRST = staff.FRAME_IN_TENANT.where(~sa.exists().where(_OF_PATIENT))


def latest_case(session: Session, *, tenant_id: UUID, patient_id: UUID) -> Case | None:
    """The patient's open case; where there is none, the one that was closed last."""
    row = session.execute(_LATEST, {"tenant": tenant_id, "patient": patient_id}).one_or_none()
    return None if row is None else read_case(row)


def latest_or_frame(
    session: Session, *, tenant_id: UUID, patient_id: UUID, team_id: UUID, unit_id: UUID | None
) -> tuple[Case | None, staff.Frame | None]:
    """The latest case of a patient who has one; else the frame of the team and unit with which a
    first would begin, with one query. Neither where the team is none of the tenant's."""
    asked = {"team": team_id, "unit": unit_id, "tenant": tenant_id, "patient": patient_id}
    rows = session.execute(_FIRST, asked).all()
    if rows:
        return None, staff.framed(team_id, rows)
    return latest_case(session, tenant_id=tenant_id, patient_id=patient_id), None
