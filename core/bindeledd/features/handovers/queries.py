"""Questions about handovers. Nothing here changes anything."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.handovers.domain import Handover, HandoverNotFound, Pair
from bindeledd.features.handovers.tables import HandoverRow, note_place
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.sealing.keyring import unseal_or_report


def get_row(
    session: Session, by: Actor, handover_id: UUID, *, for_update: bool = False
) -> tuple[HandoverRow, UUID]:
    """The row and its patient, for the service; refuses what `by` may not see."""
    row = session.get(HandoverRow, handover_id, with_for_update=for_update or None)
    if row is None or row.tenant_id != by.tenant_id:
        raise HandoverNotFound(handover=handover_id)
    try:
        return row, access.require_case(session, by, row.case_id)
    except OutOfSight:  # an id of somebody else's answers as one of nobody's
        raise HandoverNotFound(handover=handover_id) from None


def find_pending(session: Session, case_id: UUID) -> UUID | None:
    """The handover of the case that waits for an answer, if one does."""
    return session.scalar(
        sa.select(HandoverRow.id).where(
            HandoverRow.case_id == case_id, HandoverRow.state.in_(["sent", "received"])
        )
    )


def handovers_of(session: Session, case_id: UUID, *, patient_id: UUID) -> Sequence[Handover]:
    """The handovers of a case, opened, the latest first. The caller writes down the read."""
    rows = session.scalars(
        sa.select(HandoverRow)
        .where(HandoverRow.case_id == case_id)
        .order_by(HandoverRow.sent_at.desc(), HandoverRow.id)
    )
    return [opened(session, row, patient_id) for row in rows]


def waiting_for(session: Session, team_ids: Iterable[UUID]) -> Sequence[Handover]:
    """Handovers that wait for an answer of these teams, the oldest first, without any words."""
    rows = session.scalars(
        sa.select(HandoverRow)
        .where(
            HandoverRow.to_team_id.in_(list(team_ids)), HandoverRow.state.in_(["sent", "received"])
        )
        .order_by(HandoverRow.sent_at, HandoverRow.id)
    )
    return [row.read() for row in rows]


def opened(session: Session, row: HandoverRow, patient_id: UUID) -> Handover:
    """The value of a row with the words of both sides."""
    bare = row.read()
    said = {}
    for purpose, sealed in (("note", row.note), ("answer", row.answer)):
        if sealed is not None:
            place = note_place(bare, purpose, patient_id)
            said[purpose] = unseal_or_report(session, place, sealed)
    return row.read(said)


def pairs(session: Session, tenant_id: UUID) -> Sequence[Pair]:
    """For each pair of teams: how many handovers were sent, and what became of them."""

    def of(*states: str) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((HandoverRow.state.in_(states), 1), else_=0))

    rows = session.execute(
        sa.select(
            HandoverRow.from_team_id,
            HandoverRow.to_team_id,
            sa.func.count(),
            of("accepted"),
            of("returned"),
            of("sent", "received"),
        )
        .where(HandoverRow.tenant_id == tenant_id)
        .group_by(HandoverRow.from_team_id, HandoverRow.to_team_id)
        .order_by(HandoverRow.from_team_id, HandoverRow.to_team_id)
    )
    return [
        Pair(
            from_team_id=sender,
            to_team_id=receiver,
            sent=int(sent),
            accepted=int(accepted),
            returned=int(returned),
            pending=int(pending),
        )
        for sender, receiver, sent, accepted, returned, pending in rows
    ]
