"""What an act on an appointment leaves owed: that it is given, that the person hears, that somebody comes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.appointments import domain, queries
from bindeledd.features.appointments.domain import Appointment, AppointmentAction
from bindeledd.features.appointments.service.absence import COVER, telling_for, wanted_for
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases.domain import silent_since
from bindeledd.features.cases.domain.entailing import FOLLOWS
from bindeledd.features.cases.service import owing
from bindeledd.features.cases.service.adding import Wanted
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.texts import site_language, speaking, t

# What an act leaves owed where the pathway does not say so itself, and what ends it.
_OWED: Mapping[AppointmentAction, tuple[str, tuple[str, ...]]] = {
    AppointmentAction.MISS: ("respond_to_missed_appointment", ("reached",)),
    AppointmentAction.CANCEL: ("give_appointment", ("appointment_given",)),
}

# What ends that this very appointment has to be given: given, or nothing is left to give.
_NOTHING_TO_GIVE = (
    "appointment_given",
    "appointment_moved",
    "appointment_cancelled",
    "appointment_kept",
    "appointment_missed",
    "appointment_handed_on",
)


def owe_after(
    session: Session,
    recorded: Recorded,
    done: Appointment,
    action: AppointmentAction,
    *,
    told: bool,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """What this act, just recorded, leaves owed; it falls with the event that says so."""
    if action is AppointmentAction.GIVE:
        return owe_the_rest(session, recorded, recorded.case.patient_id, by=by, at=at, book=book)
    if action not in _OWED:
        return recorded
    kind, ended_by = _OWED[action]
    said = next(one.id for one in recorded.events if one.kind is domain.EVENT[action])
    recorded = owing.see_that_it_is_owed(
        session,
        recorded,
        kind,
        words={"because": action.value},
        satisfied_by=ended_by,
        after=domain.EVENT[action],
        about={FOLLOWS: said},
        by=by,
        at=at,
        book=book,
    )
    if action is not AppointmentAction.CANCEL:
        return recorded
    return owe_telling(session, recorded, done, because=said, told=told, by=by, at=at, book=book)


def owe_giving(
    session: Session,
    recorded: Recorded,
    booked: Sequence[tuple[UUID, Mapping[str, Any]]],
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Each of these (id, detail) is to be given to the patient."""
    return owing.see_that_each_is_owed(
        session,
        recorded,
        "give_appointment",
        each=[
            ({"about": one, "appointment_id": one}, {"because": "booked", **detail})
            for one, detail in booked
        ],
        satisfied_by=_NOTHING_TO_GIVE,
        by=by,
        at=at,
        book=book,
    )


def owe_the_rest(
    session: Session, recorded: Recorded, patient_id: UUID, *, by: Actor, at: datetime, book: Book
) -> Recorded:
    """One that was given may have ended what was owed for others too: they are still to be given."""
    booked = queries.to_be_given(session, recorded.case.id, patient_id=patient_id, at=at)
    left = [(one.id, one.sealed) for one in booked]
    return owe_giving(session, recorded, left, by=by, at=at, book=book)


def owe_asking(
    session: Session, recorded: Recorded, *, by: Actor, at: datetime, book: Book
) -> Recorded:
    """Nobody knows which time the person has: somebody asks, and gives them one."""
    with speaking(site_language()):  # it is kept
        said = t("appointments.words.ask_which")
    clock = owing.clock_of(session, recorded.case, "give_appointment", at=at, book=book)
    wanted = Wanted(
        kind="give_appointment",
        due_at=clock.due_at,
        reason=clock.reason,
        words={"because": "was_anothers", "words": said},
        satisfied_by=("appointment_given",),
    )
    return owing.owe_all(session, recorded, [wanted], by=by, at=at, book=book)


def owe_telling(
    session: Session,
    recorded: Recorded,
    ended: Appointment,
    *,
    instead: Appointment | None = None,
    because: UUID | None = None,
    told: bool,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """The person still thinks that it stands: somebody tells them before it would have begun.

    Nobody turns to a person who is reported dead.
    """
    if not domain.is_to_be_told(ended, at, told=told):
        return recorded
    if silent_since(case_queries.events_of(session, recorded.case.id)) is not None:
        return recorded
    calendar = staff.team_calendar(session, recorded.case.responsible_team_id)
    wanted = telling_for(ended, instead, calendar, at=at, book=book)
    if because is not None:
        wanted = replace(wanted, about={**(wanted.about or {}), FOLLOWS: because})
    return owing.owe_all(session, recorded, [wanted], by=by, at=at, book=book)


def owe_cover(
    session: Session,
    recorded: Recorded,
    stands: Appointment,
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Where whoever is to keep it has left or is away then, somebody sees to it before it begins;
    one who has been asked already is not asked again."""
    if not (recorded.case.is_open and _has_no_keeper(session, stands, at)):
        return recorded
    calendar = staff.team_calendar(session, recorded.case.responsible_team_id)
    wanted = wanted_for(stands.id, stands.starts_at, calendar, at=at, book=book)
    return owing.owe_all(session, recorded, [wanted], by=by, at=at, book=book)


def _has_no_keeper(session: Session, stands: Appointment, at: datetime) -> bool:
    if stands.member_id is None or stands.starts_at <= at:
        return False
    if str(stands.id) in queries.answered_for(session, [stands.case_id], COVER):
        return False
    member = staff.get_member(session, stands.tenant_id, stands.member_id)
    return not member.active or staff.is_away(session, member.id, stands.starts_at)
