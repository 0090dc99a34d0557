"""After a contact: what of it can be undone, and when to try next. Read with the case; books nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import Event, EventKind, last_of
from bindeledd.features.cases.domain.at_once import just_made, tried_again
from bindeledd.features.cases.domain.proposing import Proposal, propose
from bindeledd.features.pathways.domain import Book, PathwayUnknown
from bindeledd.features.patients.domain import ContactKind
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor


@dataclass(frozen=True, kw_only=True)
class After:
    """`undo`: the contact that can be undone now. `tried`: the attempt in vain after which `proposal`
    says when to try next; both None where somebody has said when, or nobody is to try."""

    undo: Event | None = None
    tried: Event | None = None
    proposal: Proposal | None = None


def after_contact(
    session: Session,
    file: CaseFile,
    *,
    not_before: datetime | None,
    by: Actor,
    at: datetime,
    book: Book,
) -> After:
    """What can be done with the last contact of a case that was shown to `by`."""
    history = queries.events_of(session, file.case.id)
    undo = just_made(history, by=by.id, at=at)
    last = last_of(tuple(history), EventKind.CONTACT_ATTEMPTED)
    if last is None or not (file.may_be_contacted and file.tried_in_vain):
        return After(undo=undo)
    if last.is_answered or last.source_id is None or tried_again(history, last):
        return After(undo=undo)
    try:
        case = file.case
        needed = book.followed(case.pathway_id, case.pathway_version, case.layers).unreachable
    except PathwayUnknown:
        return After(undo=undo)
    calendar = staff.team_calendar(session, file.case.responsible_team_id)
    ways = ways_to(file)
    found = propose(history, calendar, needed, ways=ways, at=at, not_before=not_before)
    return After(undo=undo, tried=last if found else None, proposal=found)


def ways_to(file: CaseFile) -> tuple[str, ...]:
    """The ways that the person has not said no to, a call first; none where they want no contact."""
    consent = file.consent
    if consent is not None and consent.facts.get("contact_consent") == "no":
        return ()
    phones = [way for way in file.patient.contact_ways or () if way.kind is ContactKind.PHONE]
    who = file.patient.identity
    asked = {
        "phone": not phones or any(way.safe_to_call is not False for way in phones),
        "sms": any(way.safe_to_leave_message is not False for way in phones),
        "letter": who is not None and not who.protected_address,
    }
    return tuple(way for way, is_open in asked.items() if is_open)
