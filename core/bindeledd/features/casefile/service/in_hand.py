"""The sheet of an appointment: shown before it is printed, printed, and as a calendar file.

Each is written down and does nothing else: that the person has it in hand is said by a person.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.appointments.domain import AppointmentNotFound
from bindeledd.features.audit import service as audit
from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.in_hand import (
    Agreed,
    Closed,
    NoSheet,
    Paper,
    check_agreed,
    covering,
    entry,
    first_closed,
    language_for,
)
from bindeledd.features.casefile.domain.shown import AppointmentView
from bindeledd.features.casefile.service import case_file
from bindeledd.features.casefile.service.directory import numbers_on_paper
from bindeledd.features.cases.domain.correcting import DeathStands, Outgoing
from bindeledd.features.cases.service.outgoing import may_go_out
from bindeledd.features.pathways.domain import Book, Layer
from bindeledd.features.pathways.domain.letter_values import Letter
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.calendar_files import Entry
from bindeledd.foundation.texts import LANGUAGES, site_language, speaking

_NOTICE = Outgoing.APPOINTMENT_NOTICE
# Tasks in whose directory a number may stand on paper for the person.
_KINDS = ("give_appointment", "offer_plan")
# One sheet does for the weekend that follows the appointment too.
_AFTER = timedelta(days=4)


@dataclass(frozen=True, kw_only=True)
class AskedSheet:
    """What is asked for: of which appointment, in which language (theirs where none is said), with
    what was agreed (as the appointment has it where nothing is)."""

    case_id: UUID
    appointment_id: UUID
    language: str = ""
    agreed: Agreed | None = None


def show_sheet(
    session: Session, asked: AskedSheet, *, by: Actor, at: datetime, book: Book
) -> Paper:
    """The sheet as it would be printed. Raises `NoSheet`, `DeathStands`, `NotFound`."""
    file = case_file(session, asked.case_id, by=by, at=at, book=book)
    return write(session, file, asked, by=by, book=book)


def write(session: Session, file: CaseFile, asked: AskedSheet, *, by: Actor, book: Book) -> Paper:
    """The sheet of a case that was read, written down as shown."""
    made = _paper(session, file, _standing(file, asked.appointment_id), asked, book)
    _write_down(session, "sheet.shown", file, made, by=by)
    return made


def print_sheet(
    session: Session, asked: AskedSheet, *, by: Actor, at: datetime, book: Book
) -> Paper | None:
    """The sheet, to be printed. Written down before it leaves.

    None where a death was reported: it is held, which stands in the history. Raises `CaseClosed`,
    `SheetReveals`, `NoSheet`, `NotFound`.
    """
    if not may_go_out(session, asked.case_id, _NOTICE, words={}, by=by, at=at, book=book):
        return None
    file = case_file(session, asked.case_id, by=by, at=at, book=book)
    made = _paper(session, file, _standing(file, asked.appointment_id), asked, book)
    check_agreed(made.agreed)
    _write_down(session, "sheet.printed", file, made, by=by, form="pdf")
    return made


def take_entry(
    session: Session, asked: AskedSheet, *, by: Actor, at: datetime, book: Book
) -> Entry | None:
    """The same for the calendar of the person; of one that was cancelled, what takes it back.

    None and refusals as in `print_sheet`.
    """
    if not may_go_out(session, asked.case_id, _NOTICE, words={}, by=by, at=at, book=book):
        return None
    file = case_file(session, asked.case_id, by=by, at=at, book=book)
    one = find(file, asked.appointment_id)
    gone = one.state == "cancelled" and one.starts_at > at
    asked = replace(asked, agreed=Agreed()) if gone else asked
    made = _paper(
        session, file, one if gone else _standing(file, asked.appointment_id), asked, book
    )
    check_agreed(made.agreed)
    _write_down(session, "sheet.printed", file, made, by=by, form="ics")
    return entry(made, file.appointments, file.timeline)


def find(file: CaseFile, appointment_id: UUID) -> AppointmentView:
    """The appointment of the case. Raises `AppointmentNotFound`."""
    for one in file.appointments:
        if one.id == appointment_id:
            return one
    raise AppointmentNotFound(appointment=appointment_id)


def _standing(file: CaseFile, appointment_id: UUID) -> AppointmentView:
    if file.death is not None:
        raise DeathStands(case=file.case.id)
    one = find(file, appointment_id)
    if not (one.stands and one.starts_at > file.at):
        raise NoSheet(appointment=appointment_id, state=one.state)
    return one


def _paper(
    session: Session, file: CaseFile, one: AppointmentView, asked: AskedSheet, book: Book
) -> Paper:
    sheets = _sheets(file, book)
    languages = tuple(dict.fromkeys((*LANGUAGES, *sheets)))
    who = file.patient.identity
    typed = asked.language or (who.language if who is not None else None)
    language = language_for(typed, languages, site_language())
    layer, letter = sheets.get(language, (None, None))
    place = str((one.detail or {}).get("where") or "")
    with speaking(language):
        numbers = tuple(dict.fromkeys(_numbers(session, file, book)))
    return Paper(
        appointment=one,
        at=file.at,
        language=language,
        languages=languages,
        agreed=asked.agreed or Agreed(where=place, whom=one.whom),
        numbers=numbers,
        closed=_closed(session, file, one),
        letter=letter,
        layer="" if layer is None else layer.key,
        environment=staff.environment(session),
    )


def _sheets(file: CaseFile, book: Book) -> dict[str, tuple[Layer, Letter]]:
    """Language → the sheet that the layers of the case bring, the most local of them."""
    return {
        language: (layer, letter)
        for layer, letter in book.letters(file.case.layers, file.elsewhere)
        if letter.is_sheet
        for language in letter.languages
    }


def _numbers(session: Session, file: CaseFile, book: Book) -> list[tuple[str, str]]:
    return [
        line
        for kind in _KINDS
        for line in numbers_on_paper(session, book, file.case, file.at, kind)
    ]


def _closed(session: Session, file: CaseFile, one: AppointmentView) -> Closed | None:
    """When the team is closed next for a day or more, and who answers then, by name."""
    team = file.case.responsible_team_id
    calendar = staff.team_calendar(session, team)
    found = first_closed(calendar, file.at, one.starts_at + _AFTER)
    if found is None:
        return None
    duties = staff.duty_of(session, team, *found)
    names = staff.member_names(session, file.case.tenant_id) if duties else {}
    known = dict.fromkeys(names.get(duty.member_id, "") for duty in duties)
    return Closed(
        since=found[0],
        until=found[1],
        names=tuple(filter(None, known)),
        covers=covering(file.timeline, *found),
    )


def _write_down(
    session: Session, act: str, file: CaseFile, made: Paper, *, by: Actor, form: str = ""
) -> None:
    facts = {
        "case": file.case.id,
        "appointment": made.appointment.id,
        "language": made.language,
        **({"layer": made.layer} if made.layer else {}),
        **({"form": form} if form else {}),
    }
    audit.record(session, act, by=by, at=file.at, subjects=[file.patient.id], facts=facts)
