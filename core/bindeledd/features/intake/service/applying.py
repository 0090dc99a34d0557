"""What a message does to a follow-up: opens one, updates one, takes back what it said before."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from bindeledd.features.cases import queries as cases
from bindeledd.features.cases import service as casework
from bindeledd.features.cases.domain import (
    Case,
    Event,
    EventKind,
    IndexKind,
    NewEvent,
    whereabouts,
)
from bindeledd.features.cases.domain.telling import FIXED
from bindeledd.features.cases.service import owing, persons
from bindeledd.features.cases.service.writing import How
from bindeledd.features.intake import queries
from bindeledd.features.intake.domain import telling
from bindeledd.features.intake.domain.facts import Message, Series
from bindeledd.features.intake.domain.queue import WAITING, Reason, Received, Status
from bindeledd.features.intake.service import times
from bindeledd.features.intake.service.desk import Desk
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.patients.domain import BornHow, Patient
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.errors import Refusal

_STANDING = (Status.OPENED.value, Status.UPDATED.value)
# What a person has to say of a message before it does anything, whatever happens meanwhile.
_FOR_A_PERSON = (
    Reason.CANCELLED_ALREADY,
    Reason.ID_REUSED,
    Reason.NOT_OURS_BEFORE,
    Reason.READ_BY_PACK,
)


def open_with(
    desk: Desk,
    row: MessageRow,
    message: Message,
    patient: Patient,
    kind: IndexKind,
    *,
    said: Mapping[str, str] | None = None,
    team_id: UUID | None = None,
    by: Actor | None = None,
) -> Received:
    """Register the index event that the message tells of; what waited for it is applied in order.

    `said`: plain facts that a person said of it, which stand before what its codes say.
    """
    _note_birth_date(desk, message, patient.id)
    kind, began, date_only = telling.index_of(message, kind, desk.at)
    recorded = casework.open_case(
        desk.session,
        patient_id=patient.id,
        index_kind=kind,
        index_at=began,
        date_only=date_only,
        team_id=team_id or row.team_id,
        unit_id=row.unit_id,
        source=telling.SOURCE,
        source_id=row.id,
        facts={"how_known": telling.SOURCE, **desk.routes.coded(message), **(said or {})},
        more=_told(desk, row, message, ()),
        by=by or desk.writer,
        at=desk.at,
        book=desk.book,
    )
    row.case_id, row.patient_id = recorded.case.id, patient.id
    _keep_times(desk, row, message, recorded.case)
    joined = recorded.how is How.JOINED
    desk.done(row, Status.UPDATED if joined else Status.OPENED)
    apply_waiting(desk, patient, recorded.case.id)
    return desk.answer(row, reopened=recorded.how is How.REOPENED)


def update(desk: Desk, row: MessageRow, message: Message, case: Case) -> Received:
    """Record on a running case what the message tells and nobody knew; a new stay joins as one."""
    if row.reason == Reason.DEATH_OVERTAKEN:
        return only_death(desk, row, message, case)
    _note_birth_date(desk, message, case.patient_id)
    known, had_left = _known_after_change(desk, row, message, case)
    told = _told(desk, row, message, known, had_left=had_left)
    coded = desk.routes.index_kind(message)
    if coded is not None and telling.tells_of_new_stay(message, known):
        kind, began, date_only = telling.index_of(message, coded, desk.at)
        casework.open_case(
            desk.session,
            patient_id=case.patient_id,
            index_kind=kind,
            index_at=began,
            date_only=date_only,
            team_id=case.responsible_team_id,
            unit_id=row.unit_id,
            source=telling.SOURCE,
            source_id=row.id,
            facts={"how_known": telling.SOURCE, **desk.routes.coded(message)},
            more=told,
            by=desk.writer,
            at=desk.at,
            book=desk.book,
        )
    else:
        told = telling.with_facts(told, desk.routes.coded(message))
        casework.record(desk.session, case.id, told, by=desk.writer, at=desk.at, book=desk.book)
    row.case_id, row.patient_id = case.id, case.patient_id
    _keep_times(desk, row, message, case)
    desk.done(row, Status.UPDATED)
    return desk.answer(row)


def only_death(desk: Desk, row: MessageRow, message: Message, case: Case) -> Received:
    """The rest of it was overtaken: a newer message of the document has said it."""
    report_death(desk, row, message, case)
    row.case_id, row.patient_id = case.id, case.patient_id
    desk.done(row, Status.UPDATED, Reason.OVERTAKEN)
    return desk.answer(row)


def report_death(desk: Desk, row: MessageRow, message: Message, case: Case) -> None:
    """Of what the message tells the death alone, unless it is known; nothing else is moved by it."""
    known = cases.events_of(desk.session, case.id)
    told = [e for e in _told(desk, row, message, known) if e.kind is EventKind.DEATH_REPORTED]
    if told:
        casework.record(desk.session, case.id, told, by=desk.writer, at=desk.at, book=desk.book)


def _note_birth_date(desk: Desk, message: Message, patient_id: UUID) -> None:
    """The field of its own for it, where nobody has stated one; never what a number looks like."""
    born_on, number = message.patient.born_on, desk.identifier(message)
    if born_on is not None and number is not None:
        persons.note_birth_date(
            desk.session,
            patient_id,
            born_on,
            how=BornHow.MESSAGE,
            number=number,
            by=desk.writer,
            at=desk.at,
            book=desk.book,
        )


def _keep_times(desk: Desk, row: MessageRow, message: Message, case: Case) -> None:
    if times.keep(desk, row, message, case):
        _let_a_person_look(desk, row, case, "changed_message")


def _known_after_change(
    desk: Desk, row: MessageRow, message: Message, case: Case
) -> tuple[tuple[Event, ...], bool]:
    """The history; what the change tells of at another time is marked as entered in error. And
    whether a discharge was."""
    known = cases.events_of(desk.session, case.id)
    if message.series is not Series.CHANGED:
        return known, False
    earlier = [other.id for other in queries.series_of(desk.session, row)]
    moved = telling.moved_by(message, known, earlier)
    if not moved:
        return known, False
    casework.mark_in_error(
        desk.session,
        case.id,
        moved,
        words={"because": "changed_message"},
        right=whereabouts.TOLD_BESIDE if telling.says_where(message) else None,
        by=desk.writer,
        at=desk.at,
        book=desk.book,
    )
    left = any(one.kind is EventKind.DISCHARGED and one.id in moved for one in known)
    return cases.events_of(desk.session, case.id), left


def _told(
    desk: Desk,
    row: MessageRow,
    message: Message,
    known: Sequence[Event],
    *,
    had_left: bool = False,
) -> tuple[NewEvent, ...]:
    received = queries.find_unit(desk.session, desk.tenant, message.receiver) is not None
    unknown = row.unit_id is None
    return telling.tell(
        message,
        row=row.id,
        at=desk.at,
        late=row.late,
        known=known,
        ours_received=received or unknown,
        had_left=had_left,
    )


# --- what waited for its turn ---------------------------------------------------------------------


def apply_waiting(desk: Desk, patient: Patient, case_id: UUID) -> int:
    """Apply, in the order in which they were made, messages that waited for this patient's case."""
    held = patient.identity.identifiers if patient.identity else ()
    keys = {one.identifier.key for one in held}
    tokens = {token for one in held for token in desk.tokens(one.identifier)}
    applied = 0
    for row in queries.waiting_for(desk.session, desk.tenant, tokens):
        if row.reason in _FOR_A_PERSON or not _is_about(desk, row, keys):
            continue
        try:
            message = desk.read_again(row)
        except Refusal:
            continue
        if message.series is Series.CANCELLED:
            continue
        case = cases.get_case(desk.session, case_id, tenant_id=desk.tenant)
        if row.reason == Reason.SAME_MOMENT:
            report_death(desk, row, message, case)
            continue
        update(desk, row, message, case)
        applied += 1
    return applied


def _is_about(desk: Desk, row: MessageRow, keys: set[str]) -> bool:
    facts = queries.facts_of(desk.session, row)
    return facts is not None and facts.get("number_key") in keys


# --- changes and cancellations --------------------------------------------------------------------


def meets_its_cancellation(desk: Desk, message: Message, series: Sequence[MessageRow]) -> bool:
    """Whether the document was cancelled after this was made; what waited has now found it."""
    cancelled = False
    for other in series:
        if other.series != Series.CANCELLED:
            continue
        if other.status == Status.PARKED:
            desk.done(other, Status.UPDATED, Reason.CANCELS_UNDECIDED)
            cancelled = True
        made = other.generated_at
        cancelled = cancelled or (made is not None and made > message.generated_at)
    return cancelled


def cancel(desk: Desk, row: MessageRow, message: Message, series: Sequence[MessageRow]) -> Received:
    """Take back everything that the series said, and let a person look. Nothing is closed."""
    said = [other for other in series if other.series != Series.CANCELLED]
    if not said:
        return desk.wait(row, Status.PARKED, Reason.WAITS_FOR_ORIGINAL)
    for other in said:
        if other.status in [status.value for status in WAITING]:
            other.reason = Reason.CANCELLED_ALREADY
    case_id = next((other.case_id for other in said if other.status in _STANDING), None)
    if case_id is not None:
        return _take_back(desk, row, message, case_id, [other.id for other in said])
    desk.done(row, Status.UPDATED, Reason.CANCELS_UNDECIDED)
    return desk.answer(row)


def _take_back(
    desk: Desk, row: MessageRow, message: Message, case_id: UUID, series: Sequence[UUID]
) -> Received:
    case = cases.get_case(desk.session, case_id, tenant_id=desk.tenant)
    row.case_id, row.patient_id = case.id, case.patient_id
    if not case.is_open:
        return desk.wait(row, Status.TO_DECIDE, Reason.CASE_CLOSED)
    wrong = [
        event.id
        for event in cases.events_of(desk.session, case.id)
        if event.source_id in series
        and not event.in_error
        and event.kind is not EventKind.MESSAGE_RECEIVED
        and event.kind not in FIXED
    ]
    common = {"by": desk.writer, "at": desk.at, "book": desk.book}
    why = {"because": "cancelled_message"}
    casework.mark_in_error(desk.session, case.id, wrong, words=why, **common)  # type: ignore[arg-type]
    casework.record(desk.session, case.id, _told(desk, row, message, ()), **common)  # type: ignore[arg-type]
    times.take_back(desk, row, case)
    _let_a_person_look(desk, row, case, "cancelled_message")
    desk.done(row, Status.UPDATED)
    return desk.answer(row)


def _let_a_person_look(desk: Desk, row: MessageRow, case: Case, why: str) -> None:
    owing.owe_by_rule(
        desk.session,
        case,
        "clinician_decides",
        rule="decide_message",
        words={"reason": why, "message_id": str(row.id)},
        by=desk.writer,
        at=desk.at,
        book=desk.book,
    )
