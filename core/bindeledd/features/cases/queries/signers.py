"""Who may sign an ending that was asked for, and which of them nobody may."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import Case, closing
from bindeledd.features.cases.domain.closing import Signers
from bindeledd.features.cases.queries import histories_of
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.staff import queries as staff
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow


def signers(session: Session, case: Case, request: closing.Request, at: datetime) -> Signers:
    """Who may sign it at `at`: the leads of the team that answers, but not whoever asked where
    another person is needed."""
    leads = staff.leads(session, case.responsible_team_id, at)
    names = tuple(one.name for one in leads if not closing.needs_second(request, one.id))
    if names:
        return Signers(names=names)
    everybody = staff.everybody(session, case.tenant_id, at)
    admins = tuple(one.name for one, _, roles in everybody if one.active and "admin" in roles)
    return Signers(names=(), admins=admins)


def unsigned_by_anybody(session: Session, at: datetime) -> Sequence[tuple[UUID, UUID]]:
    """The teams (tenant, team) in which an ending waits that nobody may sign at `at`."""
    cases = [
        row.read()
        for row in session.scalars(
            sa.select(CaseRow)
            .join(TaskRow, TaskRow.case_id == CaseRow.id)
            .where(TaskRow.kind == sa.literal_column("'sign_closing'"), IS_OPEN)
            .distinct()
        )
    ]
    histories = histories_of(session, [case.id for case in cases])
    leads = {
        team: staff.leads(session, team, at) for team in {one.responsible_team_id for one in cases}
    }
    waiting = [(case, closing.standing_request(histories[case.id])) for case in cases]
    return sorted(
        {
            (case.tenant_id, case.responsible_team_id)
            for case, request in waiting
            if request is not None
            and all(
                closing.needs_second(request, one.id) for one in leads[case.responsible_team_id]
            )
        }
    )
