"""What a case begins with: whose it is, what its index event says, whether the last one goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import Case, EventKind, IndexKind, NewEvent
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


def lock_and_find(session: Session, patient_id: UUID, *, by: Actor) -> Found:
    """Lock a patient, and ask who they are and for their last case."""
    who = patients.lock_identity(session, patient_id)
    last = queries.latest_case(session, tenant_id=by.tenant_id, patient_id=patient_id)
    return Found(who=who, last=last)


def index_facts(
    kind: IndexKind, unit_id: UUID | None, said: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What stands with an index event: its kind, the unit, and what else was said."""
    return {"index_kind": kind.value, **_of_unit(unit_id), **(said or {})}


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
    """A stay that is told of together with its index event was in the same unit."""
    if event.kind not in (EventKind.ADMITTED, EventKind.DISCHARGED):
        return event
    return replace(event, facts={**_of_unit(unit_id), **event.facts})
