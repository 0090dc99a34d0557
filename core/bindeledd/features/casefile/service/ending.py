"""An ending that was asked for and that nobody may sign stands before whoever can do something."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import closing
from bindeledd.features.cases.queries.signers import signers
from bindeledd.features.reminders.service.faults import report_fault


def tell_unsigned(session: Session, tenant_id: UUID, team_id: UUID, *, at: datetime) -> None:
    """Tell the leads of the team and the administrators; it says neither which follow-up nor how many."""
    report_fault(session, f"team:{team_id}", "case.nobody_signs", at=at, tenant_id=tenant_id)


def with_signers(session: Session, file: CaseFile, *, at: datetime) -> CaseFile:
    """The case, with who may sign the ending that was asked for, or that nobody may."""
    if file.closing is None:
        return file
    request = closing.standing_request(queries.events_of(session, file.case.id))
    if request is None:
        return file
    found = signers(session, file.case, request, at)
    said = replace(file.closing, signers=found, nobody_signs=not found.names)
    return replace(file, closing=said)
