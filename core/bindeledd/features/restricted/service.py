"""What people do with a restricted record: open one, name who may, write in it, read it.

Each is written down under the record itself: nothing of it stands on the follow-up or in the log of
the person, where also others would read that there is one.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.restricted import domain, queries
from bindeledd.features.restricted.domain import Entry, Record
from bindeledd.features.restricted.tables import (
    RestrictedEntryRow,
    RestrictedReaderRow,
    RestrictedRow,
    about_place,
    words_place,
)
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.errors import NotFound
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.keyring import seal


def open_record(session: Session, case_id: UUID, *, title: str, by: Actor, at: datetime) -> Record:
    """Open a record of a follow-up. Whoever leads the team that answers for it may, and is named.

    Raises `LeadOnly`, `OpenedByMember`, `NothingSaid`, `NotFound`.
    """
    patient_id = access.require_case(session, by, case_id)
    case = case_queries.get_case(session, case_id, tenant_id=by.tenant_id)
    access.require_lead(by, case.responsible_team_id)
    if by.id is None:
        raise domain.OpenedByMember(case=case_id)
    row = RestrictedRow(
        id=new_id(),
        tenant_id=by.tenant_id,
        case_id=case_id,
        patient_id=patient_id,
        opened_at=at,
        opened_by=by.id,
    )
    row.about = seal(session, about_place(row), {"title": domain.said(title)})
    session.add(row)
    session.flush()
    _name(session, row, by.id, by=by.id, at=at)
    _told(session, "restricted.opened", row, by=by, at=at)
    return replace(queries.titled(session, row), readers=queries.readers_of(session, row.id))


def name_reader(
    session: Session, record_id: UUID, *, member_id: UUID, by: Actor, at: datetime
) -> None:
    """Let somebody who works here open it. By one who is named; or, where all of those have left,
    by whoever leads the team that answers for the follow-up. Twice is once.

    Raises `ReaderUnknown`, `RestrictedNotFound`.
    """
    row = _row_to_name(session, record_id, by)
    try:
        member = staff.get_member(session, by.tenant_id, member_id)
    except NotFound:
        raise domain.ReaderUnknown(member=member_id) from None
    if not member.active:
        raise domain.ReaderUnknown(member=member_id)
    if queries.named_row(session, record_id, member_id) is not None or by.id is None:
        return
    _name(session, row, member_id, by=by.id, at=at)
    _told(session, "restricted.reader_named", row, by=by, at=at, member=member_id)


def _row_to_name(session: Session, record_id: UUID, by: Actor) -> RestrictedRow:
    row = queries.get_row(session, by, record_id, for_update=True)
    readers = queries.readers_of(session, record_id)
    if by.id is not None and domain.may_open(readers, by.id):
        return row
    case = case_queries.get_case(session, row.case_id, tenant_id=by.tenant_id)
    if by.id is None or not domain.is_left(readers) or case.responsible_team_id not in by.leads:
        raise domain.RestrictedNotFound(record=record_id)
    return row


def end_reader(
    session: Session, record_id: UUID, *, member_id: UUID, by: Actor, at: datetime
) -> None:
    """Let somebody open it no more. By one who is named. Raises `LastReader`, `ReaderUnknown`."""
    row = queries.get_own_row(session, by, record_id, for_update=True)
    domain.check_leaving(queries.readers_of(session, record_id), member_id)
    named = queries.named_row(session, record_id, member_id)
    if named is not None:
        named.ended_at, named.ended_by = at, by.id
        session.flush()
    _told(session, "restricted.reader_ended", row, by=by, at=at, member=member_id)


def write(session: Session, record_id: UUID, *, words: str, by: Actor, at: datetime) -> Entry:
    """Add words to it. What stands there is never changed. Raises `NothingSaid`."""
    row = queries.get_own_row(session, by, record_id, for_update=True)
    if by.id is None:
        raise domain.RestrictedNotFound(record=record_id)
    entry = RestrictedEntryRow(
        id=new_id(),
        tenant_id=by.tenant_id,
        record_id=record_id,
        number=queries.latest_number(session, record_id) + 1,
        made_at=at,
        made_by=by.id,
    )
    said = {"words": domain.said(words)}
    entry.words = seal(session, words_place(entry, row.patient_id), said)
    session.add(entry)
    session.flush()
    _told(session, "restricted.written", row, by=by, at=at)
    return entry.read(said)


def show(session: Session, record_id: UUID, *, by: Actor, at: datetime) -> Record:
    """The record for somebody who is named. A read that is written down."""
    row = queries.get_own_row(session, by, record_id)
    _told(session, "restricted.shown", row, by=by, at=at)
    return replace(
        queries.titled(session, row),
        readers=queries.readers_of(session, record_id),
        entries=queries.entries_of(session, row),
    )


def show_own(session: Session, *, by: Actor, at: datetime) -> list[Record]:
    """Every record that somebody is named in, with its title. A read that is written down."""
    rows = queries.records_of(session, by)
    subjects = [row.id for row in rows]
    facts = {"many": len(rows)}
    audit.record(session, "restricted.listed", by=by, at=at, subjects=subjects, facts=facts)
    return [queries.titled(session, row) for row in rows]


def show_left(session: Session, *, by: Actor, at: datetime) -> list[Record]:
    """Records that nobody can open any more, for whoever leads the team that answers for the
    follow-up: without a title, so that they name somebody. Written down where there is one."""
    rows = queries.left_to(session, by)
    if rows:
        subjects = [row.id for row in rows]
        facts = {"many": len(rows)}
        audit.record(
            session, "restricted.left_listed", by=by, at=at, subjects=subjects, facts=facts
        )
    return [row.read() for row in rows]


def _name(session: Session, row: RestrictedRow, member: UUID, *, by: UUID, at: datetime) -> None:
    session.add(
        RestrictedReaderRow(
            id=new_id(),
            tenant_id=row.tenant_id,
            record_id=row.id,
            member_id=member,
            named_at=at,
            named_by=by,
        )
    )
    session.flush()


def _told(
    session: Session,
    act: str,
    row: RestrictedRow,
    *,
    by: Actor,
    at: datetime,
    member: UUID | None = None,
) -> None:
    facts = {"member": member} if member else {}
    audit.record(session, act, by=by, at=at, subjects=[row.id], facts=facts)
