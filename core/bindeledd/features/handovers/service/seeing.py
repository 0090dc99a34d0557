"""Who sees a case that is handed over: the team that is asked, and whoever still owes something."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.access.domain import RelationKind
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases.domain import Case
from bindeledd.features.staff.domain import Actor


def let_receiver_see(
    session: Session, case: Case, to_team_id: UUID, *, by: Actor, at: datetime
) -> None:
    """The team that is asked sees the case from now on, until it has answered."""
    access.relate(
        session,
        case_id=case.id,
        patient_id=case.patient_id,
        team_id=to_team_id,
        kind=RelationKind.RECEIVER,
        by=by,
        at=at,
    )


def receiver_has_answered(
    session: Session, case_id: UUID, team_id: UUID, *, by: Actor, at: datetime
) -> None:
    """Having been asked shows the case no longer; what the answer made of the team may."""
    access.end_relation(
        session,
        case_id=case_id,
        team_id=team_id,
        kind=RelationKind.RECEIVER,
        by=by,
        at=at,
    )


def keep_participants(
    session: Session, case_id: UUID, patient_id: UUID, *, by: Actor, at: datetime
) -> None:
    """A team that still owes the case something goes on seeing it."""
    case = case_queries.get_case(session, case_id, tenant_id=by.tenant_id)
    owing_teams = {t.owner_team_id for t in case_queries.tasks_of(session, case_id) if t.is_open}
    for team_id in sorted(owing_teams - {case.responsible_team_id}):
        access.relate(
            session,
            case_id=case_id,
            patient_id=patient_id,
            team_id=team_id,
            kind=RelationKind.PARTICIPANT,
            by=by,
            at=at,
        )
