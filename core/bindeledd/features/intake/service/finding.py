"""Finding whom a call or a message is about, among those whom the asker may see."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access
from bindeledd.features.audit import service as audit
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import Listed, Patient
from bindeledd.features.patients.queries.seen import (
    find_by_name,
    visible_with_number,
    visible_with_phone,
)
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.errors import Invalid


def find_people(
    session: Session, text: str, *, by: Actor, at: datetime, limit: int = 12
) -> Sequence[Listed]:
    """Patients whom `by` may see and who have this number, phone or name. Written down.

    Nobody else is opened, and looking for them is no other work than looking for nobody.
    """
    found = [one.id for one in _by_digits(session, text, by)]
    if found:
        names = list(patients.get_names(session, found).values())
    elif any(sign.isalpha() for sign in text):
        names = find_by_name(session, access.visible_patients(by), text, limit=limit)
    else:
        names = []
    shown = names[:limit]
    facts = {"found": len(shown)}
    audit.record(
        session, "patient.searched", by=by, at=at, subjects=[one.id for one in shown], facts=facts
    )
    return shown


def _by_digits(session: Session, text: str, by: Actor) -> Sequence[Patient]:
    if sum(sign.isdigit() for sign in text) < 5:
        return ()
    try:
        number = patients.read_number(session, text)
    except Invalid:
        return visible_with_phone(session, text, by=by)
    found = visible_with_number(session, number, by=by)
    return found or visible_with_phone(session, text, by=by)
