"""That something was not shared because nobody said on what ground: written down, and counted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as cases
from bindeledd.features.handovers.domain.sharing import GroundNeeded, GroundUnknown
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor


def note_refused(
    session: Session,
    case_id: UUID,
    refused: GroundNeeded | GroundUnknown,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Write down that `by` shared nothing of this follow-up, and why not: codes, never words.

    In a transaction of its own: the one that was refused is rolled back. The team is the one that
    answers for the follow-up now, by whose key it is counted (`shares_refused`).
    """
    patient_id = access.require_case(session, by, case_id)
    case = cases.get_case(session, case_id, tenant_id=by.tenant_id)
    team = staff.get_team(session, by.tenant_id, case.responsible_team_id)
    facts = {"case": case_id, "team": team.key, "refused": refused.code}
    audit.record(session, "sharing.refused", by=by, at=at, subjects=[patient_id], facts=facts)
