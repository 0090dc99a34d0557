"""The summaries of a wrong registration, with the right person."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.cases.domain.correcting import WordsUnreadable
from bindeledd.features.cases.queries.rows import rows_among
from bindeledd.features.cases.service.moving import Moved
from bindeledd.features.documents import queries
from bindeledd.features.documents.domain import Recipient
from bindeledd.features.documents.service.writing import write_audit
from bindeledd.features.documents.tables import DocumentRow, RecipientRow, detail_place
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.sealing.keyring import seal


def move_to_person(
    session: Session,
    moved: Moved,
    renamed: Mapping[UUID, UUID],
    *,
    wrong_patient_id: UUID,
    by: Actor,
    at: datetime,
) -> None:
    """The documents that moved events tell of, with the right person; here they were an error.

    Who was sent it, when, and how we know, go with it. Raises `WordsUnreadable`.
    """
    case = moved.right.case
    olds = rows_among(session, DocumentRow, moved.wrong.case.id, list(renamed), order="made_at")
    to: dict[UUID, list[RecipientRow]] = {old.id: [] for old in olds}
    for one in queries.recipient_rows(session, list(to)) if to else ():
        to[one.document_id].append(one)
    for old in olds:
        new = DocumentRow(
            id=renamed[old.id],
            tenant_id=old.tenant_id,
            case_id=case.id,
            kind=old.kind,
            written_at=old.written_at,
            made_at=at,
            made_by=by.id,
        )
        session.add(new)
        session.flush()
        made = [
            _copy(session, one, renamed[one.id], new.id, wrong_patient_id, case.patient_id)
            for one in to[old.id]
        ]
        old.in_error_at = at
        session.flush()
        write_audit(session, "document.moved", new.read(made), case.patient_id, by=by, at=at)


def _copy(
    session: Session, old: RecipientRow, copy_id: UUID, document_id: UUID, wrong: UUID, right: UUID
) -> Recipient:
    before = queries.opened(session, old, wrong)
    if old.detail is not None and not before.sealed:
        raise WordsUnreadable(recipient=old.id)
    one = RecipientRow(id=copy_id, tenant_id=old.tenant_id, document_id=document_id, kind=old.kind)
    one.write(before)
    if before.sealed:
        one.detail = seal(session, detail_place(old.tenant_id, one.id, right), before.sealed)
    session.add(one)
    return one.read(before.sealed)
