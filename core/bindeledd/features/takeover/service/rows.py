"""One row becomes a follow-up: patient, history, what is owed next, and the time at hand.

Everything goes through the services that people use; what happened is recorded with its true
time and the source "takeover".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.appointments.domain import KnownHow
from bindeledd.features.appointments.service import book_appointment
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases import service as casework
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.queries.opening import latest_case
from bindeledd.features.cases.service.adding import Wanted, add_tasks
from bindeledd.features.cases.service.persons import note_birth_date
from bindeledd.features.pathways.domain import Book, Clock, core_clock
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import (
    BornHow,
    ContactWay,
    HeldIdentifier,
    Identity,
    Patient,
)
from bindeledd.features.patients.domain.identifiers import Identifier, contradicts
from bindeledd.features.patients.domain.names import folded
from bindeledd.features.patients.service import add_contact_ways, register_patient
from bindeledd.features.patients.service.finding import hold_numbers
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, ActorKind, system
from bindeledd.features.takeover.domain import SIGN, SOURCE, Reason, Why
from bindeledd.features.takeover.domain.reading import Row, When, padded
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.errors import Invalid
from bindeledd.foundation.texts import site_language, speaking, t

# Why a next step is due then: its date stood in the list.
_BY_LIST: Mapping[str, Any] = {"rule": "list"}


@dataclass(kw_only=True)
class Desk:
    """One take-over while it is made: who, when, for which team, and what is known of the site.

    `name`: what whoever hands the file in is called; nothing for a command.
    """

    session: Session
    by: Actor
    at: datetime
    book: Book
    team_id: UUID
    calendar: Calendar
    staff: Mapping[str, UUID]
    units: Mapping[str, UUID]
    name: str = ""
    followed: Mapping[str, set[str | None]] = field(default_factory=dict)

    @property
    def tenant(self) -> UUID:
        return self.by.tenant_id

    @property
    def writer(self) -> Actor:
        """Whoever writes into cases: the product, for whoever handed the file in."""
        return system(self.tenant, self.by.request_id)

    @property
    def team(self) -> Actor:
        """What somebody of the team may see."""
        return Actor(kind=ActorKind.MEMBER, tenant_id=self.tenant, teams=frozenset({self.team_id}))


def known_staff(session: Session, team_id: UUID, at: datetime) -> Mapping[str, UUID]:
    """Everybody who works in the team, by name, login and e-mail address, folded; one each."""
    found: dict[str, set[UUID]] = {}
    for member in staff.members_of(session, team_id, at):
        for name in (member.name, member.login, member.email or ""):
            if name:
                found.setdefault(folded(name), set()).add(member.id)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def identify(desk: Desk, row: Row) -> tuple[Identifier | None, tuple[Reason, ...]]:
    """The number, and what is wrong with number, birth date, owner and unit."""
    reasons: list[Reason] = []
    identifier = None
    if row["number"]:
        try:
            identifier = patients.read_number(desk.session, padded(row["number"]))
        except Invalid:
            reasons.append(Reason(column="number", why=Why.NO_NUMBER))
    if identifier and row.born_on and contradicts(identifier, row.born_on):
        reasons.append(Reason(column="born", why=Why.BORN_OTHERWISE))
    if row["owner"] and folded(row["owner"]) not in desk.staff:
        reasons.append(Reason(column="owner", why=Why.STAFF_UNKNOWN))
    if row["unit"] and folded(row["unit"]) not in desk.units:
        reasons.append(Reason(column="unit", why=Why.UNIT_UNKNOWN))
    return identifier, tuple(reasons)


def why_not(desk: Desk, row: Row, identifier: Identifier | None) -> Reason | None:
    """Why the person cannot be taken over from a file, or None.

    Whom the team does not see is not told of: a person registers them by hand, and the team that
    follows them hears of it (design 9).
    """
    if identifier is None:
        born = desk.followed.get(folded(row.name), set())
        same = row.born_on is None or None in born or row.born_on.isoformat() in born
        return Reason(column="", why=Why.BY_HAND) if born and same else None
    hold_numbers(desk.session, desk.tenant, [identifier])
    for patient in patients.find_by_number(desk.session, desk.tenant, identifier):
        last = latest_case(desk.session, tenant_id=desk.tenant, patient_id=patient.id)
        if last is None or cases.in_error(desk.session, last):
            continue
        mine = last.is_open and access.may_see(desk.session, desk.team, last.id)
        if mine:
            return Reason(column="", why=Why.ALREADY_FOLLOWED, case_id=last.id)
        return Reason(column="", why=Why.BY_HAND)
    return None


def take(desk: Desk, row: Row, row_id: UUID, identifier: Identifier | None) -> tuple[UUID, UUID]:
    """Make the follow-up of a row; gives its case and patient."""
    patient = _patient(desk, row, identifier)
    case_id = _open(desk, row, row_id, patient.id)
    writing: dict[str, Any] = {"by": desk.writer, "at": desk.at, "book": desk.book}
    if row.appointment is not None:
        book_appointment(
            desk.session,
            case_id,
            starts_at=row.appointment.at,
            detail={"where": row["place"], "list_by": desk.name},
            how=KnownHow.LIST,
            give=row.appointment_given,
            **writing,
        )
    if row["next_step"] and row.next_at is not None:
        clock, words = _due(desk, row.next_at), {"words": row["next_step"]}
        wanted = Wanted(due_at=clock.due_at, reason=clock.reason, words=words)
        add_tasks(desk.session, case_id, [wanted], **writing)
    return case_id, patient.id


def _open(desk: Desk, row: Row, row_id: UUID, patient_id: UUID) -> UUID:
    assert row.index_kind is not None and row.index_at is not None  # noqa: S101, PT018
    recorded = casework.open_case(
        desk.session,
        patient_id=patient_id,
        index_kind=row.index_kind,
        index_at=row.index_at.at,
        date_only=row.index_at.date_only,
        team_id=desk.team_id,
        unit_id=desk.units.get(folded(row["unit"])),
        source=SOURCE,
        source_id=row_id,
        facts={"how_known": SOURCE, "intoxication": row.intoxication},
        note=_words(row),
        more=tuple(_history(row, row_id)),
        by=desk.writer,
        at=desk.at,
        book=desk.book,
    )
    return recorded.case.id


def _patient(desk: Desk, row: Row, identifier: Identifier | None) -> Patient:
    ways = (ContactWay(value=row["phone"], source=SOURCE),) if row["phone"] else ()
    if identifier is not None:
        found = patients.find_by_number(desk.session, desk.tenant, identifier)
        if found:
            if row.born_on is not None:
                note_birth_date(
                    desk.session,
                    found[0].id,
                    row.born_on,
                    how=BornHow.PERSON_SAID,
                    number=identifier,
                    by=desk.writer,
                    at=desk.at,
                    book=desk.book,
                )
            add_contact_ways(desk.session, found[0].id, ways, by=desk.writer, at=desk.at)
            return found[0]
    held = () if identifier is None else (HeldIdentifier(identifier=identifier, source=SOURCE),)
    return register_patient(
        desk.session,
        tenant_id=desk.tenant,
        identity=Identity(
            given=row["given"],
            family=row["family"],
            identifiers=held,
            born_on=row.born_on,
            born_how=BornHow.PERSON_SAID if row.born_on else None,
        ),
        contact_ways=ways,
        by=desk.writer,
        at=desk.at,
    )


def _words(row: Row) -> Mapping[str, Any]:
    """What the list said in words; attempts of unknown days stand here and count for nothing."""
    said = [row["note"]] if row["note"] else []
    if row.tried_before:
        with speaking(site_language()):  # it is kept
            said.append(t("takeover.words.tried_before", count=row.tried_before))
    return {"words": " ".join(said)}


def _history(row: Row, row_id: UUID) -> Iterator[NewEvent]:
    told = [
        (EventKind.DISCHARGED, row.discharged),
        *((EventKind.CONTACT_ATTEMPTED, when) for when in row.tried),
        (EventKind.REACHED, row.reached),
        *row.in_place.items(),
    ]
    for kind, when in told:
        if when is not None:
            yield NewEvent(
                kind=kind,
                at=when.at,
                date_only=when.date_only,
                facts={"how_known": SOURCE},
                source=SOURCE,
                source_id=row_id,
            )


def _due(desk: Desk, when: When) -> Clock:
    """When the next step is due: as written, by the end of the team's day where only the day is.

    What has passed is due with the signature, as all that was late when it was taken over.
    """
    due_at = when.at
    if when.date_only:
        ends = desk.calendar.start_of_day(desk.calendar.local_date(when.at) + timedelta(days=1))
        closes = [end for _, end in desk.calendar.intervals(when.at, ends)]
        due_at = closes[-1] if closes else ends
    if due_at > desk.at:
        return Clock(due_at=due_at, reason=_BY_LIST)
    signed = core_clock(desk.book, SIGN, desk.at, desk.calendar)
    return Clock(due_at=signed.due_at, reason={**_BY_LIST, "moved": "takeover"})
