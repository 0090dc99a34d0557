"""An ending that was asked for and that nobody may sign stands before whoever can do something."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.reminders.service.faults import report_fault


def tell_unsigned(session: Session, tenant_id: UUID, team_id: UUID, *, at: datetime) -> None:
    """Tell the leads of the team and the administrators; it says neither which follow-up nor how many."""
    report_fault(session, f"team:{team_id}", "case.nobody_signs", at=at, tenant_id=tenant_id)
