"""What people do with appointments. Each act is an event of the case in the same transaction.

A mistake is taken back in `undoing.py`; those of a wrong registration go on in `moving.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.appointments import domain, queries
from bindeledd.features.appointments.domain import Appointment, AppointmentAction, KnownHow
from bindeledd.features.appointments.domain.ways import Way, check_way
from bindeledd.features.appointments.service.owed import (
    owe_after,
    owe_cover,
    owe_giving,
    owe_telling,
    owe_the_rest,
)
from bindeledd.features.appointments.service.writing import Arranged, event_of, insert, write_audit
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.service.outgoing import check_alive
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.ids import new_id


def book_appointment(
    session: Session,
    case_id: UUID,
    *,
    starts_at: datetime,
    detail: Mapping[str, Any],
    give: bool = False,
    previous_id: UUID | None = None,
    member_id: UUID | None = None,
    how: KnownHow | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Arranged:
    """Book an appointment that lies ahead; with `give` it is in the patient's hand at once.

    `detail` (where, with whom, what was said) is sealed; `member_id`: who of us keeps it. One that
    was not given leaves `give_appointment` owed, one that somebody who is away then is to keep
    `cover_appointment`; `how` we know of it, where whoever records it did not see it. Raises
    `AppointmentInPast`, `DeathStands`, `NotFound`.
    """
    if member_id is not None:
        staff.get_member(session, by.tenant_id, member_id)
    patient_id = access.require_case(session, by, case_id)
    domain.check_ahead(starts_at, at)
    check_alive(session, case_id, happened_at=at, by=by)
    made = Appointment(
        id=new_id(),
        tenant_id=by.tenant_id,
        case_id=case_id,
        starts_at=starts_at,
        previous_id=previous_id,
        member_id=member_id,
        how_known=how or _seen_by(by),
        as_of=at,
    )
    if give:
        made = domain.act(made, AppointmentAction.GIVE, at, how=how or _seen_by(by))
    kinds = [EventKind.APPOINTMENT_BOOKED, *([EventKind.APPOINTMENT_GIVEN] if give else [])]
    events = [event_of(kind, made, at, detail) for kind in kinds]
    recorded = cases.record(session, case_id, events, by=by, at=at, book=book)
    insert(session, made, patient_id, detail, by=by, at=at)
    write_audit(session, "appointment.booked", made, patient_id, by=by, at=at)
    if give:
        recorded = owe_the_rest(session, recorded, patient_id, by=by, at=at, book=book)
    else:
        recorded = owe_giving(session, recorded, [(made.id, detail)], by=by, at=at, book=book)
    return _covered(session, made, recorded, by=by, at=at, book=book)


def _covered(
    session: Session, made: Appointment, recorded: Recorded, *, by: Actor, at: datetime, book: Book
) -> Arranged:
    """The appointment; where whoever is to keep it is away then, somebody owes cover."""
    recorded = owe_cover(session, recorded, made, by=by, at=at, book=book)
    return Arranged(appointment=made, recorded=recorded)


def act(
    session: Session,
    appointment_id: UUID,
    action: AppointmentAction,
    *,
    words: Mapping[str, Any],
    how: KnownHow | None = None,
    as_of: datetime | None = None,
    told: bool = False,
    way: Way | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Arranged:
    """Give, keep, miss or cancel an appointment, confirm that it still stands, hand or send it on.

    Handed on, whoever `words` name (`whom`) sees whether the person comes. Sent (`way`) is not
    given: it stays owed that somebody knows that it came. To move one, see `move`: it needs the
    new time.

    A missed one is owed an answer in the same transaction, once for each; a cancelled one a new
    time, and, unless the person was `told`, that they are, before it would have begun. Raises
    `AppointmentRefused`, `AppointmentNotYet`, `WhomNeeded`, `WayNeeded`, `SentIsNotGiven`,
    `DeathStands` where it was to be given or sent, `NotFound`.
    """
    if action is AppointmentAction.MOVE:
        raise domain.AppointmentRefused(appointment=appointment_id, action=action.value)
    domain.check_words(action, words)
    check_way(action, way, how)
    done = _act(
        session,
        appointment_id,
        action,
        words=words,
        how=how,
        as_of=as_of,
        way=way,
        by=by,
        at=at,
        book=book,
    )
    recorded = owe_after(
        session, done.recorded, done.appointment, action, told=told, by=by, at=at, book=book
    )
    return replace(done, recorded=recorded)


def _act(
    session: Session,
    appointment_id: UUID,
    action: AppointmentAction,
    *,
    words: Mapping[str, Any],
    how: KnownHow | None = None,
    as_of: datetime | None = None,
    way: Way | None = None,
    by: Actor,
    at: datetime,
    book: Book,
) -> Arranged:
    row, patient_id = queries.get_row(session, by, appointment_id, for_update=True)
    before = queries.opened(session, row, patient_id)
    after = domain.act(before, action, at, how=how or _seen_by(by), as_of=as_of)
    happened = domain.happened_at(after, action, at, as_of)
    if action in (AppointmentAction.GIVE, AppointmentAction.SEND):
        check_alive(session, row.case_id, happened_at=as_of or at, by=by)
    event = event_of(domain.EVENT[action], after, happened, words, way)
    recorded = cases.record(session, row.case_id, [event], by=by, at=at, book=book)
    row.write(after)
    session.flush()
    write_audit(
        session,
        f"appointment.{_SAID.get(action, after.state.value)}",
        after,
        patient_id,
        by=by,
        at=at,
    )
    return Arranged(appointment=after, recorded=recorded)


def _seen_by(by: Actor) -> KnownHow:
    """How we know it where nobody says so: whoever records it saw it, or a message told."""
    return KnownHow.MESSAGE if by.id is None else KnownHow.SELF


_SAID = {AppointmentAction.CONFIRM: "confirmed", AppointmentAction.SEND: "sent"}


def move(
    session: Session,
    appointment_id: UUID,
    *,
    starts_at: datetime,
    words: Mapping[str, Any],
    give: bool = False,
    how: KnownHow | None = None,
    member_id: UUID | None = None,
    outside: bool = False,
    by: Actor,
    at: datetime,
    book: Book,
) -> Arranged:
    """Move an appointment: the old one ends as moved, and a new one with the new time is booked.

    Whoever was to keep it keeps the new one, unless `member_id` says otherwise, or that it is kept
    `outside`, by whom `words` name (`whom`). Not given, the person is to be told before either of
    the two would begin. `how` we know of the new time, as in `book_appointment`. Raises
    `WhomNeeded`.
    """
    domain.check_ahead(starts_at, at)
    domain.check_outside(words, outside=outside)
    told: dict[str, Any] = {"by": by, "at": at, "book": book}
    moved = _act(session, appointment_id, AppointmentAction.MOVE, words=words, **told)
    kept_by = domain.kept_by(moved.appointment, member_id, outside=outside)
    detail = domain.moved_detail(moved.appointment, words, kept_by)
    made = book_appointment(
        session,
        moved.appointment.case_id,
        starts_at=starts_at,
        detail=detail,
        give=give,
        previous_id=appointment_id,
        member_id=kept_by,
        how=how,
        **told,
    )
    recorded = owe_telling(
        session, made.recorded, moved.appointment, instead=made.appointment, told=give, **told
    )
    return replace(made, recorded=recorded)


def is_kept_by_us(session: Session, appointment_id: UUID, *, by: Actor) -> bool:
    """Whether one of us is to meet the person. Raises `NotFound`."""
    row, _patient_id = queries.get_row(session, by, appointment_id)
    return row.member_id is not None


def leave(
    session: Session,
    case_id: UUID,
    *,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    """Hand on every appointment of the case that stands, for a feature that gives the whole case
    back to where it came from. `words` (sealed) say why."""
    patient_id = access.require_case(session, by, case_id)
    events = []
    for row in queries.standing_rows(session, case_id):
        before = queries.opened(session, row, patient_id)
        after = domain.act(before, AppointmentAction.HAND_ON, at, how=_seen_by(by))
        events.append(event_of(EventKind.APPOINTMENT_HANDED_ON, after, at, words))
        row.write(after)
    if events:
        session.flush()
        cases.record(session, case_id, events, by=by, at=at, book=book)


def show_appointments(
    session: Session, case_id: UUID, *, by: Actor, at: datetime
) -> Sequence[Appointment]:
    """The appointments of a case, opened, for one who may see it. A read that is written down."""
    patient_id = access.require_case(session, by, case_id)
    audit.record(
        session, "appointments.shown", by=by, at=at, subjects=[patient_id], facts={"case": case_id}
    )
    return queries.appointments_of(session, case_id, patient_id=patient_id)
