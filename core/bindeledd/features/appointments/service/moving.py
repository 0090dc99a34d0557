"""The appointments of a wrong registration, with the right person."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.appointments import domain, queries
from bindeledd.features.appointments.service.owed import owe_asking, owe_giving
from bindeledd.features.appointments.service.writing import insert, write_audit
from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.cases.domain.correcting import WordsUnreadable
from bindeledd.features.cases.queries.rows import rows_among
from bindeledd.features.cases.service.moving import Moved
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor


def move_to_person(
    session: Session,
    moved: Moved,
    renamed: Mapping[UUID, UUID],
    *,
    wrong_patient_id: UUID,
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    """The appointments that moved events tell of, with the right person; here they were an error.

    Where one took the place of an appointment that stays here, that one has ended as moved, and
    nobody knows which time the person has: somebody owes it to ask, and to give them one.
    Raises `WordsUnreadable`.
    """
    case = moved.right.case
    booked: list[tuple[UUID, Mapping[str, Any]]] = []
    left_without = False
    for row in rows_among(
        session, AppointmentRow, moved.wrong.case.id, list(renamed), order="starts_at"
    ):
        before = queries.opened(session, row, wrong_patient_id)
        if not before.sealed:
            raise WordsUnreadable(case=row.case_id)
        new = replace(
            before,
            id=renamed[row.id],
            case_id=case.id,
            previous_id=None if row.previous_id is None else renamed.get(row.previous_id),
        )
        left_without |= before.previous_id is not None and new.previous_id is None
        insert(session, new, case.patient_id, before.sealed, by=by, at=at)
        row.write(replace(before, state=domain.AppointmentState.IN_ERROR, ended_at=at))
        session.flush()
        write_audit(session, "appointment.moved_to_person", new, case.patient_id, by=by, at=at)
        if new.state is domain.AppointmentState.BOOKED:
            booked.append((new.id, before.sealed))
    owe_giving(session, moved.right, booked, by=by, at=at, book=book)
    if left_without and moved.wrong.case.is_open:
        owe_asking(session, moved.wrong, by=by, at=at, book=book)
