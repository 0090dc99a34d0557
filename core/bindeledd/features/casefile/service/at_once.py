"""Whoever has to hear at once of what was just recorded does, whichever door it came in by."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bindeledd.features.casefile.service.ending import tell_unsigned
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import EventKind, closing
from bindeledd.features.cases.domain.entailing import says_that_nobody_covers
from bindeledd.features.cases.queries.signers import signers
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book
from bindeledd.features.reminders.service import no_cover, tell_now

_ACUTE = "acute_concern"


@dataclass(frozen=True, kw_only=True)
class ToldAtOnce:
    """`lead`: whether a lead has it that nobody can cover; None where nobody owes that, or says so.
    `nobody_signs`: an ending was asked for that nobody may sign."""

    lead: bool | None = None
    nobody_signs: bool = False


def tell_at_once(session: Session, done: Recorded, *, at: datetime, book: Book) -> ToldAtOnce:
    """Put what cannot wait for the sweep before those who have to hear it, in this transaction.

    An acute concern; that nobody can answer while nobody is on duty; an ending that nobody may sign.
    """
    tell_now(session, [task.id for task in done.new if task.kind == _ACUTE], at=at, book=book)
    nobody = says_that_nobody_covers(done.events) is not None
    return ToldAtOnce(
        lead=no_cover(session, done.case.id, at=at) if nobody else None,
        nobody_signs=_told_of_nobody_signing(session, done, at),
    )


def _told_of_nobody_signing(session: Session, done: Recorded, at: datetime) -> bool:
    if not any(event.kind is EventKind.CLOSING_REQUESTED for event in done.events):
        return False
    request = closing.standing_request(queries.events_of(session, done.case.id))
    if request is None or signers(session, done.case, request, at).names:
        return False
    tell_unsigned(session, done.case.tenant_id, done.case.responsible_team_id, at=at)
    return True
