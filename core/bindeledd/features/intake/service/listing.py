"""A line of a discharge list that nobody follows waits for a person, as a message does."""

from collections.abc import Sequence

from bindeledd.features.intake import queries
from bindeledd.features.intake.domain.facts import Message
from bindeledd.features.intake.domain.listed import FORMAT, Listed, written
from bindeledd.features.intake.domain.queue import WAITING, Reason, Received, Status
from bindeledd.features.intake.service import receiving
from bindeledd.features.intake.service.desk import Desk
from bindeledd.features.intake.service.letters import legible
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.patients.domain.identifiers import Identifier
from bindeledd.foundation.sealing import keyring


def read_line(desk: Desk, line: Listed) -> tuple[bytes, Message, Identifier | None]:
    """The line as a message, and the number in it that holds."""
    data = written(line, at=desk.at)
    message = desk.try_to_read(data)
    if not isinstance(message, Message):
        raise message
    return data, message, desk.identifier(message)


def waits(desk: Desk, identifier: Identifier | None) -> bool:
    """Whether anything about the person waits for an answer already."""
    if identifier is None:
        return False
    rows = queries.waiting_for(desk.session, desk.tenant, desk.tokens(identifier))
    return any(desk.is_about(row, identifier) for row in rows)


def same_before(desk: Desk, message: Message) -> Sequence[MessageRow]:
    """The same line of an earlier list, whatever became of it."""
    tokens = desk.references(message, message.message_id)
    return queries.with_reference(desk.session, desk.tenant, tokens)


def ask_about(
    desk: Desk, data: bytes, message: Message, identifier: Identifier | None, name: str
) -> Received:
    """Let it stand in *to be decided*, sealed, with owner and clock: no route answers for a list."""
    row, _ = receiving.keep(desk, data)
    receiving.note(desk, row, message, identifier, name)
    if identifier is not None:
        why = Reason.LISTED
    else:
        why = Reason.NUMBER_REFUSED if message.patient.ids else Reason.NO_NUMBER
    done = desk.wait(row, Status.TO_DECIDE, why)
    receiving.write_audit(desk, done)
    return done


def keep_unread(desk: Desk, data: bytes, why: Reason, name: str) -> Received:
    """Let a line that cannot be read stand among what cannot be read, sealed as it came, with owner
    and clock, until a person has said what was done about it. The same line again is the same one."""
    row, new = receiving.keep(desk, data)
    if not new:
        return desk.answer(row)
    row.format = FORMAT
    facts = {"file": legible(name), "line": data.decode()}
    row.facts = keyring.seal(desk.session, row.place("facts"), facts)
    done = desk.refuse(row, why)
    receiving.write_audit(desk, done)
    return done


def is_waiting(row: MessageRow) -> bool:
    return row.status in [status.value for status in WAITING]
