"""Follow-ups of which a lead has not yet heard that nobody can answer while nobody is on duty."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import EventKind, last_told
from bindeledd.features.cases.domain.entailing import says_that_nobody_covers
from bindeledd.features.cases.queries import histories_of
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.reminders.domain import NO_COVER_RUNG
from bindeledd.features.reminders.tables import AlertRow
from bindeledd.features.tasks.domain import HELD
from bindeledd.features.tasks.tables import IS_OPEN, TaskRow

_COVERED = EventKind.GAP_COVERED

# Told of this answer, or in this round: to the team that owes it now.
_TOLD = sa.exists().where(
    AlertRow.task_id == TaskRow.id,
    AlertRow.rung == NO_COVER_RUNG,
    AlertRow.team_id == TaskRow.owner_team_id,
    sa.or_(
        AlertRow.raised_at >= EventRow.recorded_at,
        sa.and_(AlertRow.round == TaskRow.round, AlertRow.due_at == TaskRow.due_at),
    ),
)
_UNTOLD = (
    sa.select(TaskRow.case_id, EventRow.id)
    .join(EventRow, EventRow.case_id == TaskRow.case_id)
    .where(
        TaskRow.kind == sa.literal_column("'cover_gap'"),
        IS_OPEN,
        TaskRow.next_rung_at < HELD,
        EventRow.kind == _COVERED.value,
        EventRow.in_error_at.is_(None),
        ~_TOLD,
    )
)


def untold_of_no_cover(session: Session) -> Sequence[UUID]:
    """Each follow-up whose last answer is that nobody can, and whose lead has not heard it; not
    what a take-over holds until a lead has signed it."""
    said = {event: case for case, event in session.execute(_UNTOLD) if case is not None}
    histories = histories_of(session, set(said.values()), kinds=[_COVERED]) if said else {}
    last = [last_told(history, _COVERED) for history in histories.values()]
    return [
        one.case_id for one in last if one and one.id in said and says_that_nobody_covers([one])
    ]
