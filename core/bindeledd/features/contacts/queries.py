"""Questions about contacts. Nothing here changes anything."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.tables import EventRow
from bindeledd.features.contacts.domain import Channel, Contact, Direction
from bindeledd.features.contacts.tables import ContactRow, detail_place
from bindeledd.foundation.sealing.keyring import unseal_or_report


def contacts_of(session: Session, case_id: UUID, *, patient_id: UUID) -> Sequence[Contact]:
    """The contacts of a case, opened, the latest first. The caller writes down the read.

    A sealed part that cannot be read is reported, and the contact stands without it.
    """
    rows = session.scalars(
        sa.select(ContactRow)
        .where(ContactRow.case_id == case_id)
        .order_by(ContactRow.at.desc(), ContactRow.id)
    )
    return [
        row.read(
            unseal_or_report(session, detail_place(row.tenant_id, row.id, patient_id), row.detail)
        )
        for row in rows
    ]


def of_events(session: Session, event_ids: Sequence[UUID]) -> Sequence[ContactRow]:
    """The rows of the contacts that these events tell of, for the service."""
    return session.scalars(
        sa.select(ContactRow)
        .where(ContactRow.event_id.in_(event_ids))
        .order_by(ContactRow.at, ContactRow.id)
    ).all()


def unanswered_calls(session: Session, case_id: UUID, *, since: datetime, until: datetime) -> int:
    """How many calls out between the two reached nobody; those entered in error do not count,
    nor one that the person answered with a no, or with *later*."""
    found = session.scalar(
        sa.select(sa.func.count())
        .select_from(ContactRow)
        .join(EventRow, EventRow.id == ContactRow.event_id)
        .where(
            ContactRow.case_id == case_id,
            ContactRow.direction == Direction.OUT.value,
            ContactRow.channel == Channel.PHONE.value,
            ContactRow.at >= since,
            ContactRow.at <= until,
            EventRow.kind == EventKind.CONTACT_ATTEMPTED.value,
            EventRow.in_error_at.is_(None),
            EventRow.facts["person_answered"].as_string().is_distinct_from("yes"),
        )
    )
    return found or 0
