"""A message arrives: kept first, with what was read of it, then asked whose it is (design 4).

Read `receive` first, then `whose.py`. Nothing is dropped, and the same bytes twice change nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.intake import queries
from bindeledd.features.intake.domain.facts import Message
from bindeledd.features.intake.domain.foreign import ForeignFormat, WaitsForReader
from bindeledd.features.intake.domain.queue import ABOUT, Reason, Received, Status
from bindeledd.features.intake.domain.reading import (
    READERS,
    Reader,
    ReaderFailed,
)
from bindeledd.features.intake.domain.routing import Routes
from bindeledd.features.intake.domain.safety import CannotRead, TooLarge
from bindeledd.features.intake.domain.standards import Standards
from bindeledd.features.intake.service import whose
from bindeledd.features.intake.service.desk import PRODUCTION, Desk, fingerprint, shown
from bindeledd.features.intake.service.letters import KEPT, Letter, legible
from bindeledd.features.intake.service.owed import settle
from bindeledd.features.intake.service.rules import Rules
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients.domain.identifiers import Identifier
from bindeledd.features.reminders.service.faults import report_fault
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing import keyring


def desk_of(
    session: Session,
    *,
    by: Actor,
    at: datetime,
    book: Book,
    routes: Routes | None = None,
    standards: Standards | None = None,
    readers: Sequence[Reader] = READERS,
    foreign: Sequence[ForeignFormat] = (),
) -> Desk:
    return Desk(
        session=session,
        by=by,
        at=at,
        book=book,
        routes=routes or queries.routes_of(session, by.tenant_id),
        environment=staff.environment(session) or PRODUCTION,
        standards=standards,
        readers=tuple(readers),
        foreign=tuple(foreign),
    )


def receive(
    session: Session,
    *,
    data: bytes,
    by: Actor,
    at: datetime,
    book: Book,
    name: str = "",
    routes: Routes | None = None,
    standards: Standards | None = None,
    readers: Sequence[Reader] = READERS,
    said: Message | CannotRead | None = None,
    anew: bool = True,
) -> Received:
    """Take one message in, whatever it is; says what became of it and never raises for content.

    The original stands sealed before anything of it is acted on. `said` is what
    `reading.try_to_read` found, for whoever reads before the transaction begins. `name` is what
    the file was called: for people, sealed, never trusted. Bytes that a person has answered are
    asked about `anew` when they come again, but for a row of a list, which comes every day.
    """
    desk = desk_of(
        session, by=by, at=at, book=book, routes=routes, standards=standards, readers=readers
    )
    row, is_new = keep(desk, data, anew=anew)
    if not is_new:
        return _again(desk, row)
    done = _take(desk, row, said or desk.try_to_read(data), legible(name))
    write_audit(desk, done)
    return done


def receive_letter(
    session: Session, letter: Letter, *, rules: Rules, by: Actor, at: datetime
) -> Received:
    """Take in one of `Letter.messages`. Where its `data` is None, only the fingerprint is kept."""
    if letter.data is None:
        return refuse_unread(
            session,
            sha256=letter.sha256,
            size=letter.size,
            by=by,
            at=at,
            book=rules.book,
            name=letter.name,
        )
    return receive(
        session,
        data=letter.data,
        said=letter.said,
        name=letter.name,
        by=by,
        at=at,
        book=rules.book,
        routes=rules.of(session, by.tenant_id),
        standards=rules.standards,
        anew=letter.row is None,
    )


def refuse_unread(
    session: Session, *, sha256: str, size: int, by: Actor, at: datetime, book: Book, name: str = ""
) -> Received:
    """A file larger than `KEPT`: only its hash is kept, sealed, and a person has to look."""
    desk = desk_of(session, by=by, at=at, book=book)
    tokens = desk.fingerprints(sha256)
    known = queries.find_by_bytes(session, desk.tenant, tokens)
    if known is not None and not _was_answered(known):
        return _again(desk, known)
    row = _new_row(desk, tokens[0], size, known)
    about = {"file": legible(name), "sha256": sha256}
    row.facts = keyring.seal(session, row.place("facts"), about)
    session.add(row)
    session.flush()
    done = desk.refuse(row, TooLarge.code)
    write_audit(desk, done)
    return done


def keep(desk: Desk, data: bytes, *, anew: bool = True) -> tuple[MessageRow, bool]:
    """The row of these bytes: made now, or the one that is there (also by somebody this moment)."""
    tokens = desk.fingerprints(fingerprint(data))
    known = queries.find_by_bytes(desk.session, desk.tenant, tokens)
    if known is not None and not (anew and _was_answered(known)):
        return known, False
    try:
        with desk.session.begin_nested():
            return _insert(desk, data, tokens[0], known), True
    except IntegrityError:
        known = queries.find_by_bytes(desk.session, desk.tenant, tokens)
        if known is None:
            raise
        return known, False


def _was_answered(row: MessageRow) -> bool:
    """Whether a person was done with it and nothing came of it: the same bytes are asked about anew."""
    if row.status == Status.REFUSED:
        return row.decided_at is not None
    return row.status == Status.NOT_OURS or (
        row.status == Status.DUPLICATE and row.original is None
    )


def _insert(desk: Desk, data: bytes, token: str, before: MessageRow | None) -> MessageRow:
    row = _new_row(desk, token, len(data), before)
    if len(data) <= KEPT:
        row.original = keyring.seal_raw(desk.session, row.place("original"), data)
    desk.session.add(row)
    desk.session.flush()
    return row


def _new_row(desk: Desk, token: str, size: int, before: MessageRow | None) -> MessageRow:
    row = MessageRow(
        id=new_id(),
        tenant_id=desk.tenant,
        fingerprint=token,
        again=0 if before is None else before.again + 1,
        size=size,
        status=Status.RECEIVED.value,
        team_id=desk.team(),
        received_at=desk.at,
        received_by=desk.by.id,
        late=False,
        repeats=0,
    )
    keyring.new_subject(desk.session, tenant_id=desk.tenant, subject_id=row.id, at=desk.at)
    return row


def _again(desk: Desk, row: MessageRow) -> Received:
    """The same bytes once more: counted, nothing else."""
    row.repeats += 1
    desk.session.flush()
    _audit(desk, "message.repeated", row)
    return Received(
        message_id=row.id,
        status=Status.DUPLICATE,
        reason=Reason.SAME_BYTES,
        format=row.format,
        kind=row.kind,
        case_id=row.case_id,
        patient_id=row.patient_id,
    )


def _take(desk: Desk, row: MessageRow, said: Message | CannotRead, name: str) -> Received:
    if isinstance(said, CannotRead):
        facts = {"file": name, **({ABOUT: said.about} if said.about else {})}
        row.facts = keyring.seal(desk.session, row.place("facts"), facts)
        if isinstance(said, WaitsForReader):
            row.format = said.format
        if isinstance(said, ReaderFailed):
            code, tenant = said.code, desk.tenant
            report_fault(desk.session, f"intake:{tenant}", code, at=desk.at, tenant_id=tenant)
        return replace(desk.refuse(row, said.reason), about=said.about)
    identifier = desk.identifier(said)
    note(desk, row, said, identifier, name)
    return whose.route(desk, row, said, identifier)


def take_again(desk: Desk, row: MessageRow, said: Message | CannotRead | None = None) -> Received:
    """Read a refused message once more. Refused again, it goes on waiting with the same task.

    `said` is what a pack has read of it since.
    """
    before, data = row.task_id, queries.original_of(desk.session, row)
    name = str((queries.facts_of(desk.session, row) or {}).get("file", ""))
    if data is None:
        return desk.answer(row)
    done = _take(desk, row, said or desk.try_to_read(data), name)
    if row.task_id != before or done.status is not Status.REFUSED:
        settle(desk.session, before, at=desk.at)
    return done


def note(
    desk: Desk, row: MessageRow, message: Message, identifier: Identifier | None, name: str
) -> None:
    """Write what the message is: in the open its ids, kind and times; the rest sealed."""
    row.format, row.kind, row.series = message.format, message.kind.value, message.series.value
    row.message_ref = desk.references(message, message.message_id)[0]
    row.generated_at = message.generated_at
    row.checked = message.checked.value
    row.late = desk.at - message.generated_at > desk.routes.late_after
    if message.document_id:
        named = desk.references(message, message.document_id)
        row.document_key = queries.document_key(desk.session, desk.tenant, named)
    tokens = desk.tokens(identifier)
    row.person_token = tokens[0] if tokens else None
    found = queries.find_unit(desk.session, desk.tenant, (*message.sender, *message.receiver))
    if found is not None:
        row.unit_id = found[0]
        row.team_id = found[1] or row.team_id
    row.facts = keyring.seal(desk.session, row.place("facts"), shown(message, identifier, name))
    desk.session.flush()


# --- the log --------------------------------------------------------------------------------------


def write_audit(desk: Desk, done: Received) -> None:
    row = desk.session.get_one(MessageRow, done.message_id)
    _audit(desk, f"message.{done.status.value}", row)


def _audit(desk: Desk, act: str, row: MessageRow) -> None:
    audit.record(
        desk.session,
        act,
        by=desk.by,
        at=desk.at,
        subjects=[row.patient_id or row.id],
        facts={"message": row.id, "reason": row.reason, "case": row.case_id},
    )
