"""Finding whom a call or a message is about, among those whom the asker may see."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access
from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.audit import service as audit
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import Listed, Patient
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.errors import Invalid


def find_people(
    session: Session, text: str, *, by: Actor, at: datetime, limit: int = 12
) -> Sequence[Listed]:
    """Patients whom `by` may see and who have this number, phone or name. Written down."""
    found = _seen_of(session, [one.id for one in _by_digits(session, text, by)], by)
    if found:
        names = list(patients.get_names(session, found).values())
    elif any(sign.isalpha() for sign in text):
        names = patients.find_by_name(session, access.visible_patients(by), text, limit=limit)
    else:
        names = []
    shown = names[:limit]
    facts = {"found": len(shown)}
    audit.record(
        session, "patient.searched", by=by, at=at, subjects=[one.id for one in shown], facts=facts
    )
    return shown


def _seen_of(session: Session, found: Sequence[UUID], by: Actor) -> Sequence[UUID]:
    """Those of them whom `by` may see: asked for them alone, never for all of a team."""
    if not found:
        return ()
    mine = access.visible_patients(by).where(CareRelationRow.patient_id.in_(found))
    seen = set(session.scalars(mine))
    return [one for one in found if one in seen]


def _by_digits(session: Session, text: str, by: Actor) -> Sequence[Patient]:
    if sum(sign.isdigit() for sign in text) < 5:
        return ()
    try:
        number = patients.read_number(session, text)
    except Invalid:
        return patients.find_by_phone(session, by.tenant_id, text)
    return patients.find_by_number(session, by.tenant_id, number) or patients.find_by_phone(
        session, by.tenant_id, text
    )
