"""Somebody is registered by hand. It always succeeds, with the same answer (design 9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases import service as casework
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.service.persons import note_birth_date
from bindeledd.features.intake.domain.queue import NoTeam, Registered
from bindeledd.features.intake.domain.registration import Bereavement, Registration, Somebody
from bindeledd.features.intake.domain.routing import Routes
from bindeledd.features.intake.service import applying, receiving
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import Patient
from bindeledd.features.patients.service import add_contact_ways, register_patient
from bindeledd.features.patients.service.finding import hold_numbers
from bindeledd.features.reminders.service import tell_now
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, system
from bindeledd.foundation.ids import new_id

ACUTE = "acute_concern"
# How far back somebody's own registrations are shown, and how many.
_BACK, _MOST = timedelta(days=1), 20


def register(
    session: Session,
    *,
    registration: Registration | Bereavement,
    by: Actor,
    at: datetime,
    book: Book,
    routes: Routes | None = None,
) -> Registered:
    """Register an attempt or self-harm, or that somebody is bereaved: a new follow-up, or an event on
    one that is there.

    Where the patient has a follow-up that the asker may not see, it is told to the team that
    answers for it as an acute task; the asker gets the same answer as always. `routes` are the
    site's: by them, what waited for the patient is applied.
    """
    patient, ways_kept = _find_or_register(session, registration, by=by, at=at, book=book)
    note = _words(registration, ways_kept)
    running = cases.find_open_case(session, tenant_id=by.tenant_id, patient_id=patient.id)
    hidden = running is not None and not access.may_see(session, by, running.id)
    recorded = casework.begin(
        session,
        registration.as_of(at).begins(note),
        patient_id=patient.id,
        team_id=_team(session, registration, by),
        unit_id=registration.unit_id,
        more=[*registration.left(at), *_elsewhere(hidden, note, at)],
        by=by,
        at=at,
        book=book,
    )
    if hidden:
        made = [task.id for task in recorded.new if task.kind == ACUTE]
        tell_now(session, made, at=at, book=book)
    desk = receiving.desk_of(session, by=by, at=at, book=book, routes=routes)
    applying.apply_waiting(desk, patient, recorded.case.id)
    done = Registered(
        id=new_id(),
        case_id=recorded.case.id,
        patient_id=patient.id,
        visible=access.may_see(session, by, recorded.case.id),
    )
    facts = {"registration": done.id}
    audit.record(session, "registration.made", by=by, at=at, subjects=[patient.id], facts=facts)
    return done


def _find_or_register(
    session: Session, registration: Somebody, *, by: Actor, at: datetime, book: Book
) -> tuple[Patient, bool]:
    """The patient with one of the numbers, else a new one; likely doubles become hints.

    And whether the phones stand with the patient now (not where what was there is unreadable).
    """
    held = [one.identifier for one in registration.identity.identifiers]
    hold_numbers(session, by.tenant_id, held)
    for identifier in held:
        found = patients.find_by_number(session, by.tenant_id, identifier)
        if found:
            writer = system(by.tenant_id, by.request_id)
            said, ways = registration.identity, registration.contact_ways
            if said.born_on is not None and said.born_how is not None:
                note_birth_date(
                    session,
                    found[0].id,
                    said.born_on,
                    how=said.born_how,
                    number=identifier,
                    by=writer,
                    at=at,
                    book=book,
                )
            return found[0], add_contact_ways(session, found[0].id, ways, by=writer, at=at)
    patient = register_patient(
        session,
        tenant_id=by.tenant_id,
        identity=registration.identity,
        contact_ways=registration.contact_ways,
        by=by,
        at=at,
    )
    return patient, True


def _team(session: Session, registration: Somebody, by: Actor) -> UUID:
    """Who answers: as said, else the unit's team, else a team of the asker, else the intake team."""
    if registration.unit_id is not None:
        staff.require_unit(session, by.tenant_id, registration.unit_id)
    if registration.team_id is not None:
        return staff.get_team(session, by.tenant_id, registration.team_id).id
    of_unit = None
    if registration.unit_id is not None:
        of_unit = staff.team_of_unit(session, registration.unit_id)
    found = (
        of_unit or next(iter(sorted(by.teams)), None) or staff.intake_team(session, by.tenant_id)
    )
    if found is None:
        raise NoTeam(tenant=by.tenant_id)
    return found


def _words(registration: Somebody, ways_kept: bool) -> Mapping[str, Any]:
    """What was said. Phones stand with the patient, and here only where they could not."""
    words: dict[str, Any] = {**registration.said}
    if not ways_kept:
        words["phones"] = [way.value for way in registration.contact_ways]
    return words


def _elsewhere(hidden: bool, note: Mapping[str, Any], at: datetime) -> Sequence[NewEvent]:
    """What the team hears that answers for the person already, where the asker may not see them."""
    if not hidden:
        return ()
    facts = {"why": "registered_elsewhere"}
    return (NewEvent(kind=EventKind.ACUTE_CONCERN, at=at, facts=facts, note=note),)


@dataclass(frozen=True, kw_only=True)
class Mine:
    """One follow-up that the asker registered: whose, and when. The name is opened."""

    case_id: UUID
    name: str
    at: datetime


def show_my_registrations(session: Session, *, by: Actor, at: datetime) -> Sequence[Mine]:
    """What `by` registered in the last day and may see, the latest first. Written down.

    One that another team follows up is not in it: whoever registers learns nothing of that.
    """
    rows = cases.registered_by(session, by, since=at - _BACK, limit=_MOST)
    names = patients.get_names(session, {row.patient_id for row in rows})
    subjects = sorted(names)
    audit.record(session, "registration.listed", by=by, at=at, subjects=subjects)
    return [
        Mine(case_id=row.case_id, name=names[row.patient_id].name, at=row.recorded_at)
        for row in rows
    ]
