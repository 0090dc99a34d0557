"""What a case begins with: whose it is, what its index event says, whether the last one goes on."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import BEGINNINGS, Case, Event, EventKind, NewEvent
from bindeledd.features.cases.queries.opening import latest_or_frame
from bindeledd.features.pathways.domain import Pathway
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import Identity
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.calendars import Count
from bindeledd.foundation.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Found:
    """Who a patient is and their last case, both asked for since the patient was locked.

    None: nothing is known of who they are; they never had a case. `frame`: of the team and unit that
    a first case begins with, where that was asked for too.
    """

    who: Identity | None
    last: Case | None
    frame: staff.Frame | None = None


def lock_and_find(
    session: Session, patient_id: UUID, *, team_id: UUID, unit_id: UUID | None, by: Actor
) -> Found:
    """Lock a patient, and ask who they are and for their last case."""
    who = patients.lock_identity(session, patient_id)
    return find(session, patient_id, who, team_id=team_id, unit_id=unit_id, by=by)


def find(
    session: Session,
    patient_id: UUID,
    who: Identity | None,
    *,
    team_id: UUID,
    unit_id: UUID | None,
    by: Actor,
) -> Found:
    """Their last case, where they are locked and who they are is known."""
    last, frame = latest_or_frame(
        session, tenant_id=by.tenant_id, patient_id=patient_id, team_id=team_id, unit_id=unit_id
    )
    return Found(who=who, last=last, frame=frame)


def begun_with(index: NewEvent | Event) -> str:
    """By which name a routine says that it begins with this: the kind of an index event, or the
    event itself."""
    of_its_own = index.kind is EventKind.BEREAVEMENT
    return EventKind.BEREAVEMENT.value if of_its_own else str(index.facts["index_kind"])


def opens_again(session: Session, last: Case, pathway: Pathway, at: datetime) -> bool:
    """Whether a closed case goes on: it was no error, and the window of the pathway has not passed."""
    if last.closed_at is None or queries.in_error(session, last):
        return False
    calendar = staff.team_calendar(session, last.responsible_team_id)
    return calendar.after(last.closed_at, pathway.reopen_within, Count.CALENDAR_DAYS) >= at


def new_case(
    by: Actor,
    pathway: Pathway,
    *,
    of: UUID,
    team: UUID,
    unit: UUID | None,
    after: Case | None,
    since: datetime,
) -> Case:
    """A case of the patient `of`, not yet written, linked to the one `after` which it comes."""
    return Case(
        id=new_id(),
        tenant_id=by.tenant_id,
        patient_id=of,
        pathway_id=pathway.id,
        pathway_version=pathway.version,
        responsible_team_id=team,
        unit_id=unit,
        previous_case_id=None if after is None else after.id,
        opened_at=since,
    )


def _of_unit(unit_id: UUID | None) -> dict[str, str]:
    return {} if unit_id is None else {"unit_id": str(unit_id)}


def with_unit(event: NewEvent, unit_id: UUID | None) -> NewEvent:
    """What a course begins with was in that unit, and so was a stay that is told of together with it."""
    if event.kind not in (*BEGINNINGS, EventKind.ADMITTED, EventKind.DISCHARGED):
        return event
    return replace(event, facts={**_of_unit(unit_id), **event.facts})
