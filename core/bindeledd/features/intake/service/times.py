"""The times at hand that a message tells of, as appointments: booked once, moved, cancelled."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bindeledd.features.appointments import queries as appointments
from bindeledd.features.appointments import service as appointment_work
from bindeledd.features.appointments.domain import Appointment, AppointmentAction
from bindeledd.features.cases.domain import Case
from bindeledd.features.intake import queries
from bindeledd.features.intake.domain import telling
from bindeledd.features.intake.domain.facts import AppointmentFacts, Message, Series
from bindeledd.features.intake.service.desk import Desk
from bindeledd.features.intake.tables import MessageRow


def keep(desk: Desk, row: MessageRow, message: Message, case: Case) -> bool:
    """A time at hand that lies ahead becomes an appointment, once; given where the patient was told.

    Where a change tells of other times than the messages before it, theirs are moved or cancelled.
    True where one stands beside them that people have moved since: a person has to look.
    """
    changed = message.series is Series.CHANGED and message.complete
    if message.tells_of_death or not (changed or message.appointments):
        return False
    there = appointments.appointments_of(desk.session, case.id, patient_id=case.patient_id)
    told = {found.at: found for found in message.appointments if found.booked and found.at}
    times = {known.starts_at for known in there}
    new = [told[at] for at in sorted(told) if at > desk.at and at not in times]
    ours, moved = _standing(desk, row, there) if changed else ([], [])
    gone = [known for known in ours if known.starts_at not in told]
    for known, found in zip(gone, new, strict=False):
        _move(desk, row, known, found)
    _cancel(desk, row, gone[len(new) :])
    for found in new[len(gone) :]:
        _book(desk, row, found, case)
    return bool(new and moved)


def take_back(desk: Desk, row: MessageRow, case: Case) -> None:
    """The document was cancelled: its times ahead do not stand, unless people have moved them."""
    there = appointments.appointments_of(desk.session, case.id, patient_id=case.patient_id)
    _cancel(desk, row, _standing(desk, row, there)[0])


def _standing(
    desk: Desk, row: MessageRow, there: Sequence[Appointment]
) -> tuple[list[Appointment], list[Appointment]]:
    """Appointments ahead that earlier messages of the document told of: as told, and moved since."""
    said = {str(other.id) for other in queries.series_of(desk.session, row)}
    told_by = {known.id: (known.sealed or {}).get("message_id") for known in there}
    ours: list[Appointment] = []
    moved: list[Appointment] = []
    for known in there:
        if told_by[known.id] in said and known.is_ahead and known.starts_at > desk.at:
            before = known.previous_id and told_by.get(known.previous_id)
            (moved if before == told_by[known.id] else ours).append(known)
    return ours, moved


def _detail(row: MessageRow, found: AppointmentFacts) -> Mapping[str, Any]:
    return {"where": found.place, "minutes": found.minutes, **_how_known(row)}


def _how_known(row: MessageRow) -> Mapping[str, Any]:
    return {"how_known": telling.SOURCE, "message_id": str(row.id)}


def _book(desk: Desk, row: MessageRow, found: AppointmentFacts, case: Case) -> None:
    if found.at is None:
        return
    appointment_work.book_appointment(
        desk.session,
        case.id,
        starts_at=found.at,
        detail=_detail(row, found),
        give=found.patient_told is True,
        by=desk.writer,
        at=desk.at,
        book=desk.book,
    )


def _move(desk: Desk, row: MessageRow, known: Appointment, found: AppointmentFacts) -> None:
    if found.at is None:
        return
    appointment_work.move(
        desk.session,
        known.id,
        starts_at=found.at,
        words=_detail(row, found),
        give=found.patient_told is True,
        by=desk.writer,
        at=desk.at,
        book=desk.book,
    )


def _cancel(desk: Desk, row: MessageRow, gone: Collection[Appointment]) -> None:
    """What no message says any more does not stand; a new time is owed to the patient."""
    for known in gone:
        appointment_work.act(
            desk.session,
            known.id,
            AppointmentAction.CANCEL,
            words=_how_known(row),
            by=desk.writer,
            at=desk.at,
            book=desk.book,
        )
