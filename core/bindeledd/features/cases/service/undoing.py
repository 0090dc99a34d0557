"""A case that should never have been made is closed as registered in error, by two persons.

For a feature that undoes many at once (a take-over): the first person asked for all of them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import EventKind, NewEvent, ahead, closing
from bindeledd.features.cases.service.endings import (
    _close_tasks,
    _insert_closure,
    _signer,
    for_a_lead,
)
from bindeledd.features.cases.service.writing import (
    Recorded,
    events_from,
    insert_events,
    write_audit,
)
from bindeledd.features.staff.domain import Actor


def close_as_error(
    session: Session,
    case_id: UUID,
    *,
    asked_by: UUID,
    asked_at: datetime,
    words: Mapping[str, Any],
    source: str,
    by: Actor,
    at: datetime,
) -> Recorded:
    """Close the case as registered in error: `asked_by` signed first, `by` (a lead) second.

    Raises `SecondPersonNeeded`, `CaseClosed`, and `MustStillOwed` where somebody waits for an
    answer (a concern, a call, a reported death) and `AppointmentsStand` where appointments stand:
    no signature closes over that.
    """
    row = for_a_lead(session, case_id, by)
    case = row.read()
    error = closing.Ending.REGISTERED_IN_ERROR
    said = NewEvent(
        kind=EventKind.CLOSED,
        at=at,
        facts={"ending": error.value, "asked_by": str(asked_by), "asked_at": asked_at.isoformat()},
        note=words,
        source=source,
    )
    event = events_from(case, [said], by=by, at=at)[0]
    request = closing.Request(event_id=event.id, ending=error, by=asked_by, at=asked_at)
    tasks = queries.tasks_of(session, case_id)
    closing.sign(request, tasks, _signer(by))
    ahead.check_none(ahead.standing(queries.events_of(session, case_id)))
    insert_events(session, case, [event], [said])
    row.closure_id = _insert_closure(session, case, request, words, by=_signer(by), at=at)
    row.state, row.closed_at, row.next_task_id, row.version = "closed", at, None, case.version + 1
    session.flush()
    ended = _close_tasks(session, tasks, event, at)
    write_audit(session, "case.closed", case, [event], by=by, at=at)
    return Recorded(case=row.read(), events=(event,), new=(), changed=ended)
