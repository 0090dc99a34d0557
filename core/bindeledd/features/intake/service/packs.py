"""What a pack reads: given out by the worker, kept as it was told, and then asked of a person.

The message stands sealed in the queue, with owner and clock, before anybody is asked. Whatever
the pack does, it goes on standing there: as read, as refused with a fault, or as it was.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.intake import queries
from bindeledd.features.intake.domain.facts import Message
from bindeledd.features.intake.domain.queue import Received
from bindeledd.features.intake.domain.safety import CannotRead
from bindeledd.features.intake.service import receiving
from bindeledd.features.intake.service.rules import Rules
from bindeledd.features.staff.domain import system
from bindeledd.features.tasks.tables import TaskRow


def give_out(session: Session, message_id: UUID, *, at: datetime) -> bytes | None:
    """The bytes for the pack that reads them, and that is written down; None where it waits no more."""
    row = queries.find_waiting_for_pack(session, message_id)
    data = None if row is None else queries.original_of(session, row)
    if row is None or data is None:
        return None
    audit.record(
        session,
        "message.given_to_pack",
        by=system(row.tenant_id),
        at=at,
        subjects=[row.id],
        facts={"message": row.id, "format": row.format},
    )
    return data


def take_read(
    session: Session, message_id: UUID, said: Message | CannotRead, *, rules: Rules, at: datetime
) -> Received | None:
    """What a pack has read of a message, or why it has not; None where somebody was quicker.

    Whoever owes it now owes it no later than before.
    """
    row = queries.find_waiting_for_pack(session, message_id, for_update=True)
    if row is None:
        return None
    by = system(row.tenant_id)
    desk = receiving.desk_of(
        session,
        by=by,
        at=at,
        book=rules.book,
        routes=rules.of(session, row.tenant_id),
        standards=rules.standards,
        foreign=rules.foreign,
    )
    due_at = session.scalar(sa.select(TaskRow.due_at).where(TaskRow.id == row.task_id))
    done = receiving.take_again(replace(desk, due_by=due_at), row, said)
    receiving.write_audit(desk, done)
    return done
