"""A person answers what waits: ours or not ours, read it again, or what was done about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import IndexKind
from bindeledd.features.intake import queries
from bindeledd.features.intake.domain.facts import Series
from bindeledd.features.intake.domain.foreign import ForeignFormat
from bindeledd.features.intake.domain.listed import FORMAT
from bindeledd.features.intake.domain.queue import (
    WAITING,
    AlreadyDecided,
    CancellationOpensNothing,
    NeedsIndexKind,
    NeedsReason,
    NotOurs,
    NotRefused,
    Received,
    Status,
    WordsMissing,
)
from bindeledd.features.intake.domain.reading import READERS, Reader
from bindeledd.features.intake.domain.registration import Intoxication
from bindeledd.features.intake.domain.routing import Routes
from bindeledd.features.intake.domain.standards import Standards
from bindeledd.features.intake.service import applying, receiving
from bindeledd.features.intake.service.desk import Desk, erase
from bindeledd.features.intake.service.owed import settle
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import Patient
from bindeledd.features.patients.service.showing import require_patient
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import table
from bindeledd.foundation.sealing import keyring
from bindeledd.foundation.sealing.envelope import Place


def decide(
    session: Session,
    message_id: UUID,
    *,
    ours: bool,
    by: Actor,
    at: datetime,
    book: Book,
    index_kind: IndexKind | None = None,
    intoxication: Intoxication = Intoxication.UNKNOWN,
    patient_id: UUID | None = None,
    team_id: UUID | None = None,
    because: NotOurs | None = None,
    routes: Routes | None = None,
) -> Received:
    """A named person says "ours" (a follow-up opens or goes on) or "not ours" (the bytes are erased).

    `index_kind` says what it began with, where no listed code does, and `intoxication` whether it
    was one, which stands before what a code says; `patient_id` is a patient
    that the asker sees, where the number does not find them; `because` is why a discharge of a
    list is not ours. Raises `MessageNotFound`, `AlreadyDecided`, `NeedsIndexKind`, `NeedsReason`,
    `CancellationOpensNothing`.
    """
    row = queries.get_row(session, message_id, by=by, for_update=True)
    if row.status not in [status.value for status in WAITING]:
        raise AlreadyDecided(message=message_id, status=row.status)
    if not ours and because is None and row.format == FORMAT:
        raise NeedsReason(message=message_id)
    row.decided_at, row.decided_by = at, by.id
    if not ours:
        return _erase(session, row, because, by=by, at=at)
    desk = receiving.desk_of(session, by=by, at=at, book=book, routes=routes)
    done = _take_as_ours(desk, row, index_kind, intoxication, patient_id, team_id)
    _audit(desk.session, "message.ours", row, by=by, at=at)
    return done


def _take_as_ours(
    desk: Desk,
    row: MessageRow,
    index_kind: IndexKind | None,
    intoxication: Intoxication,
    patient_id: UUID | None,
    team_id: UUID | None,
) -> Received:
    message = desk.read_again(row)
    identifier = desk.identifier(message)
    patient = _named(desk, patient_id) or desk.find_patient(identifier)
    running = None
    if patient is not None:
        running = cases.find_open_case(desk.session, tenant_id=desk.tenant, patient_id=patient.id)
    if message.series is Series.CANCELLED:
        raise CancellationOpensNothing(message=row.id)
    if running is not None:
        return applying.update(desk, row, message, running)
    kind = index_kind or desk.routes.index_kind(message)
    if kind is None:
        raise NeedsIndexKind(message=row.id)
    patient = patient or desk.register(message, identifier)
    return applying.open_with(
        desk, row, message, patient, kind, said=intoxication.facts, team_id=team_id, by=desk.by
    )


def _named(desk: Desk, patient_id: UUID | None) -> Patient | None:
    if patient_id is None:
        return None
    require_patient(desk.session, patient_id, by=desk.by)
    return patients.get_patient(desk.session, patient_id, tenant_id=desk.tenant)


def _erase(
    session: Session, row: MessageRow, because: NotOurs | None, *, by: Actor, at: datetime
) -> Received:
    """Bytes and facts are gone for good, with the key that opened them; hash and decision stay."""
    row.status, row.reason = Status.NOT_OURS.value, because
    row.original = row.facts = row.patient_id = row.case_id = None
    settle(session, row.task_id, at=at)
    for one in (row, *queries.copies_of(session, row)):
        erase(session, one)
    _audit(session, "message.not_ours", row, by=by, at=at)
    return Received(message_id=row.id, status=Status.NOT_OURS, format=row.format, kind=row.kind)


def answer_refused(
    session: Session, message_id: UUID, *, words: Mapping[str, Any], by: Actor, at: datetime
) -> None:
    """Say what was done about a message that could not be taken in (the sender was told …)."""
    row = queries.get_row(session, message_id, by=by, for_update=True)
    if row.status != Status.REFUSED:
        raise NotRefused(message=message_id, status=row.status)
    if row.decided_at is not None:
        raise AlreadyDecided(message=message_id, status=row.status)
    if not any(str(said).strip() for said in words.values()):
        raise WordsMissing(message=message_id)
    row.decided_at, row.decided_by = at, by.id
    if row.task_id is not None:
        _write_words(session, row.tenant_id, row.task_id, row.id, words)
    settle(session, row.task_id, at=at)
    _audit(session, "message.refusal_answered", row, by=by, at=at)


def read_again(
    session: Session,
    message_id: UUID,
    *,
    by: Actor,
    at: datetime,
    book: Book,
    routes: Routes | None = None,
    standards: Standards | None = None,
    readers: Sequence[Reader] = READERS,
    foreign: Sequence[ForeignFormat] = (),
) -> Received:
    """Try a refused message once more (a reader was mended, a setting changed)."""
    row = queries.get_row(session, message_id, by=by, for_update=True)
    if row.status != Status.REFUSED:
        raise NotRefused(message=message_id, status=row.status)
    if row.decided_at is not None:
        raise AlreadyDecided(message=message_id, status=row.status)
    desk = receiving.desk_of(
        session,
        by=by,
        at=at,
        book=book,
        routes=routes,
        standards=standards,
        readers=readers,
        foreign=foreign,
    )
    done = receiving.take_again(desk, row)
    _audit(session, "message.read_again", row, by=by, at=at)
    return done


def _write_words(
    session: Session, tenant_id: UUID, task_id: UUID, subject: UUID, words: Mapping[str, Any]
) -> None:
    place = Place(tenant_id, "tasks", "note", task_id, subject)
    session.execute(
        sa.update(table(TaskRow))
        .where(TaskRow.id == task_id)
        .values(note=keyring.seal(session, place, words))
    )


def _audit(session: Session, act: str, row: MessageRow, *, by: Actor, at: datetime) -> None:
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subjects=[row.patient_id or row.id],
        facts={"message": row.id, "case": row.case_id, "status": row.status},
    )
