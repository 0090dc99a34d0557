"""Whose is it? `route` is the order of the questions; what none of them answers goes to a person."""

from bindeledd.features.cases import queries as cases
from bindeledd.features.intake import queries
from bindeledd.features.intake.domain import routing, telling
from bindeledd.features.intake.domain.facts import Message, Series
from bindeledd.features.intake.domain.foreign import is_foreign
from bindeledd.features.intake.domain.queue import Reason, Received, Status
from bindeledd.features.intake.domain.routing import Opens
from bindeledd.features.intake.service import applying, overtaken
from bindeledd.features.intake.service.desk import PRODUCTION, Desk, fingerprint
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.patients.domain import Patient
from bindeledd.features.patients.domain.identifiers import Identifier


def route(desk: Desk, row: MessageRow, message: Message, identifier: Identifier | None) -> Received:
    """The questions in their order; the first that has an answer gives it."""
    refused = _not_to_be_taken(desk, message)
    if refused is not None:
        return desk.refuse(row, refused)
    desk.hold(identifier)
    same = queries.find_by_ref(desk.session, row, desk.references(message, message.message_id))
    if same is not None:
        return _same_id(desk, row, same, identifier)
    if is_foreign(message.format):
        return _read_by_pack(desk, row, identifier)
    series = queries.series_of(desk.session, row)
    if not all(desk.is_about(other, identifier) for other in series):
        return desk.wait(row, Status.TO_DECIDE, Reason.ID_REUSED)
    if message.series is Series.CANCELLED:
        return applying.cancel(desk, row, message, series)
    met = overtaken.meets_a_newer(desk, row, message, identifier, series)
    if met is not None:
        return met
    if applying.meets_its_cancellation(desk, message, series):
        return desk.wait(row, Status.TO_DECIDE, Reason.CANCELLED_ALREADY)
    overtaken.replace_earlier(desk, row, message, series)
    return _find_its_case(desk, row, message, identifier)


def _read_by_pack(desk: Desk, row: MessageRow, identifier: Identifier | None) -> Received:
    """A person looks at what a pack has read, whatever a route says: nothing opens, is updated or

    is taken back on the word of a pack alone.
    """
    patient = desk.find_patient(identifier)
    if patient is not None:
        row.patient_id = patient.id
    return desk.wait(row, Status.TO_DECIDE, Reason.READ_BY_PACK)


def _not_to_be_taken(desk: Desk, message: Message) -> Reason | None:
    if message.test and desk.environment == PRODUCTION:
        return Reason.TEST_IN_PRODUCTION
    if message.test and not desk.routes.accept_tests:
        return Reason.TEST_NOT_ACCEPTED
    return None if message.has_patient else Reason.NO_PATIENT


def _same_id(
    desk: Desk, row: MessageRow, same: MessageRow, identifier: Identifier | None
) -> Received:
    """The sender's id was here before: the same content about the same person changes nothing.

    Anything else is asked of a person, and so is what nobody can compare any more.
    """
    if same.status == Status.NOT_OURS and _same_bytes(desk, row, same):
        return desk.wait(row, Status.TO_DECIDE, Reason.NOT_OURS_BEFORE)
    if not desk.is_about(same, identifier) or not desk.says_the_same(row, same):
        return desk.wait(row, Status.TO_DECIDE, Reason.ID_REUSED)
    return overtaken.duplicate(desk, row, same, Reason.SAME_MESSAGE)


def _same_bytes(desk: Desk, row: MessageRow, other: MessageRow) -> bool:
    """Whether the other, erased by now, came as these very bytes, whatever key it was kept under."""
    data = queries.original_of(desk.session, row)
    return data is not None and other.fingerprint in desk.fingerprints(fingerprint(data))


def _find_its_case(
    desk: Desk, row: MessageRow, message: Message, identifier: Identifier | None
) -> Received:
    patient = desk.find_patient(identifier)
    if patient is not None:
        row.patient_id = patient.id
        running = cases.find_open_case(desk.session, tenant_id=desk.tenant, patient_id=patient.id)
        if running is not None:
            return applying.update(desk, row, message, running)
    if not routing.can_open(message):
        return desk.wait(row, Status.PARKED, Reason.WAITS_FOR_CASE)
    asked = _ask(desk, message, identifier, patient)
    if asked is not None:
        return desk.wait(row, Status.TO_DECIDE, asked)
    kind = desk.routes.opens_as(message)
    if kind is None:
        return desk.wait(row, Status.TO_DECIDE, Reason.ASK)
    patient = patient or desk.register(message, identifier)
    return applying.open_with(desk, row, message, patient, kind)


def _ask(
    desk: Desk, message: Message, identifier: Identifier | None, patient: Patient | None
) -> Reason | None:
    """Why a person has to say whose it is; None where a rule of the site answers."""
    if identifier is None:
        return Reason.NUMBER_REFUSED if message.patient.ids else Reason.NO_NUMBER
    opens, coded = desk.routes.of(message).opens, desk.routes.index_kind(message)
    if opens is Opens.ASK:
        return Reason.ASK
    if desk.routes.opens_as(message) is None:
        return Reason.OTHER_CODE if message.diagnoses else Reason.NO_CODE
    if patient is None:
        return None
    closed = cases.last_closed_case(desk.session, tenant_id=desk.tenant, patient_id=patient.id)
    if closed is None:
        return None
    known = cases.events_of(desk.session, closed.id)
    new = coded is not None and telling.tells_of_new_stay(message, known)
    return None if new else Reason.CASE_CLOSED
