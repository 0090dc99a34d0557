"""Who may read what has arrived, and what of it still waits: conditions for one query."""

from typing import cast
from uuid import UUID

import sqlalchemy as sa

from bindeledd.features.access import queries as access
from bindeledd.features.intake.domain.queue import (
    WAITING,
    Status,
)
from bindeledd.features.intake.tables import CallRow, MessageRow
from bindeledd.features.staff.domain import Actor

PAGE = 50
M = MessageRow


def mine(row: type[MessageRow] | type[CallRow], by: Actor) -> sa.ColumnElement[bool]:
    """What the teams of the one who asks answer for."""
    own = row.tenant_id == by.tenant_id
    return own if by.sees_all else sa.and_(own, row.team_id.in_(sorted(by.teams)))


def in_sight(row: type[MessageRow] | type[CallRow], by: Actor) -> sa.ColumnElement[bool]:
    """What the one who asks may read.

    While it waits for an answer, the team that owes one. Afterwards whoever sees the follow-up,
    or else the patient, that it turned out to be about. What is about nobody known stays with
    the team: a refused message, one that was erased, a call.
    """
    own = row.tenant_id == by.tenant_id
    if by.sees_all:
        return own
    nobody = sa.and_(row.case_id.is_(None), row.patient_id.is_(None))
    if row is MessageRow:
        of_team = sa.or_(UNANSWERED, sa.and_(nobody, M.status.in_(_OF_NOBODY)))
    else:
        of_team = sa.or_(CallRow.ended_at.is_(None), nobody)
    return sa.and_(
        own,
        sa.or_(
            sa.and_(row.team_id.in_(sorted(by.teams)), of_team),
            access.sees_case(by, cast("sa.ColumnElement[UUID]", row.case_id)),
            sa.and_(
                row.case_id.is_(None),
                access.sees_patient(by, cast("sa.ColumnElement[UUID]", row.patient_id)),
            ),
        ),
    )


_OF_NOBODY = (Status.REFUSED.value, Status.NOT_OURS.value)
# As the index of the queue says it, and with no parameter, or SQLite does not take that index.
UNANSWERED = sa.or_(
    M.status.in_([sa.literal_column(f"'{status.value}'") for status in WAITING]),
    sa.and_(M.status == sa.literal_column("'refused'"), M.decided_at.is_(None)),
)
