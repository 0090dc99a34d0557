"""Which of several messages of one document holds, and what the others still tell.

A change is complete content, so the newest says all. Two things are never dropped with an older
one: what was made at the same moment, of which nobody knows which is the newer, and a death.
"""

from collections.abc import Sequence
from dataclasses import replace

from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import Case
from bindeledd.features.intake.domain.facts import Message, Series
from bindeledd.features.intake.domain.queue import WAITING, Reason, Received, Status
from bindeledd.features.intake.service import applying
from bindeledd.features.intake.service.desk import Desk
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.patients.domain.identifiers import Identifier
from bindeledd.foundation.errors import Refusal


def meets_a_newer(
    desk: Desk,
    row: MessageRow,
    message: Message,
    identifier: Identifier | None,
    series: Sequence[MessageRow],
) -> Received | None:
    """What becomes of a message that a change stands before; None where it is the newest."""
    changes = [other for other in series if other.series == Series.CHANGED]
    newer = next((other for other in changes if _is_newer(other, message)), None)
    if newer is not None:
        return _overtaken(desk, row, message, identifier, newer)
    beside = next((one for one in changes if one.generated_at == message.generated_at), None)
    if beside is None:
        return None
    if _reads_the_same(desk, message, beside):
        return duplicate(desk, row, beside, Reason.OVERTAKEN)
    running = _running(desk, row, identifier)
    if running is not None:
        applying.report_death(desk, row, message, running)
    return desk.wait(row, Status.TO_DECIDE, Reason.SAME_MOMENT)


def duplicate(desk: Desk, row: MessageRow, of: MessageRow, reason: Reason) -> Received:
    """It says nothing that `of` has not said."""
    row.duplicate_of, row.case_id, row.patient_id = of.id, of.case_id, of.patient_id
    desk.done(row, Status.DUPLICATE, reason)
    return desk.answer(row)


def replace_earlier(
    desk: Desk, row: MessageRow, message: Message, series: Sequence[MessageRow]
) -> None:
    """Earlier messages of the document that wait need no answer any more, but for a death in one."""
    if message.series is not Series.CHANGED:
        return
    for other in series:
        waits = other.status in [status.value for status in WAITING]
        if not waits or other.series == Series.CANCELLED:
            continue
        if not message.tells_of_death and _tells_of_death(desk, other):
            other.status, other.reason = Status.TO_DECIDE.value, Reason.DEATH_OVERTAKEN
            continue
        other.duplicate_of = row.id
        desk.done(other, Status.DUPLICATE, Reason.OVERTAKEN)


def _is_newer(other: MessageRow, message: Message) -> bool:
    made = other.generated_at
    return message.series is Series.NEW or made is None or made > message.generated_at


def _overtaken(
    desk: Desk,
    row: MessageRow,
    message: Message,
    identifier: Identifier | None,
    newer: MessageRow,
) -> Received:
    if not message.tells_of_death or _tells_of_death(desk, newer):
        return duplicate(desk, row, newer, Reason.OVERTAKEN)
    running = _running(desk, row, identifier)
    if running is None:
        return desk.wait(row, Status.TO_DECIDE, Reason.DEATH_OVERTAKEN)
    return applying.only_death(desk, row, message, running)


def _running(desk: Desk, row: MessageRow, identifier: Identifier | None) -> Case | None:
    """The open follow-up of the person whom the message is about."""
    patient = desk.find_patient(identifier)
    if patient is None:
        return None
    row.patient_id = patient.id
    return cases.find_open_case(desk.session, tenant_id=desk.tenant, patient_id=patient.id)


def _read(desk: Desk, row: MessageRow) -> Message | None:
    try:
        return desk.read_again(row)
    except Refusal:
        return None


def _tells_of_death(desk: Desk, row: MessageRow) -> bool:
    read = _read(desk, row)
    return read is not None and read.tells_of_death


def _reads_the_same(desk: Desk, message: Message, other: MessageRow) -> bool:
    """Whether another message says the same, but for the sender's id of it and how it was checked."""
    read = _read(desk, other)
    if read is None:
        return False
    return replace(read, message_id=message.message_id, checked=message.checked) == message
